"""What a release of a terminology says of the codes that we map, and the part of its hierarchy that is above them.

The readers of SNOMED CT (`kg.link.rf2`) and of OBO ontologies (`kg.link.obo`) both give a `Release`. Its quads make one
named graph, which is the user's own and under the licence of the release; no export holds it unless asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import ReleaseError
from kg.link.sssom import MappingSet
from kg.namespaces import BASE, PREFIXES

GRAPHS = BASE + "graph/terminology/"
IS_A = PREFIXES["rdfs"] + "subClassOf"
SURE = ("replaced by", "same as", "merged into")
"""Kinds of replacement that name the one code to use instead; the other kinds are suggestions to weigh."""

_LABEL = NamedNode(PREFIXES["rdfs"] + "label")
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_DEPRECATED = NamedNode(PREFIXES["owl"] + "deprecated")
_REPLACED = NamedNode(PREFIXES["dcterms"] + "isReplacedBy")
_TRUE = Literal("true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))


class Replacement(NamedTuple):
    """What a release offers for a code out of use: how the two relate, the other code, its IRI and its label."""

    kind: str
    code: str
    iri: str
    label: str


class Edge(NamedTuple):
    """One step of the hierarchy: from a code, by a relation, to the code above it or related to it; all are IRIs."""

    child: str
    relation: str
    parent: str


@dataclass(frozen=True)
class Status:
    """What a release says of one code that we map.

    ``names`` are all terms in use for it, ``full_name`` the one that SNOMED CT calls fully specified. ``our_labels``
    are the labels that our mappings give it. ``outside`` tells a code of an extension that the release does not cover,
    of which it cannot say anything.
    """

    code: str
    iri: str
    known: bool
    active: bool
    label: str = ""
    full_name: str = ""
    names: tuple[str, ...] = ()
    replaced_by: tuple[Replacement, ...] = ()
    our_labels: tuple[str, ...] = ()
    outside: bool = False

    def fits(self, label: str) -> bool | None:
        """Whether a label is one of its names; ``None`` if there is no label or no name to compare."""
        if not label or not self.names:
            return None
        return normalised(label) in {normalised(name) for name in self.names}

    @property
    def labels_fit(self) -> bool | None:
        """Whether all our labels are names of it; ``None`` if there is nothing to compare."""
        answers = [answer for label in self.our_labels if (answer := self.fits(label)) is not None]
        return all(answers) if answers else None


@dataclass(frozen=True)
class Release:
    """One release of a terminology, as far as our mappings reach.

    ``slug`` names its graph and its files, ``prefix`` is the one of its CURIEs in the mapping set. ``license`` is an
    IRI if the release states one. ``language`` is the tag of its labels, empty where the release does not say.
    """

    slug: str
    name: str
    prefix: str
    version: str
    statuses: tuple[Status, ...]
    edges: tuple[Edge, ...]
    labels: Mapping[str, str]
    language: str = ""
    license: str = ""

    @property
    def graph(self) -> str:
        """IRI of its named graph."""
        return GRAPHS + self.slug

    def status(self) -> dict[str, Status]:
        """The statuses by CURIE."""
        return {status.code: status for status in self.statuses}


def mapped_labels(mappings: MappingSet, prefix: str) -> dict[str, tuple[str, ...]]:
    """The CURIEs with a prefix that our mappings name, sorted, each with the labels that its rows give it."""
    found: dict[str, set[str]] = {}
    for mapping in mappings.mappings:
        if mapping.object_id.startswith(prefix + ":"):
            found.setdefault(mapping.object_id, set()).update({mapping.object_label} - {""})
    return {code: tuple(sorted(found[code])) for code in sorted(found)}


def normalised(label: str) -> str:
    """A label without what differs between prints of the same words: case, width, spaces, kinds of dash and apostrophe.

    >>> normalised("Non–Hodgkin’s  Lymphoma") == normalised("non-hodgkin's lymphoma")
    True
    """
    plain = unicodedata.normalize("NFKC", label).casefold()
    for odd, even in (("–", "-"), ("‐", "-"), ("—", "-"), ("’", "'"), ("‘", "'")):
        plain = plain.replace(odd, even)
    return " ".join(plain.split())


def climb(starts: Iterable[str], parents: Callable[[str], Iterable[str]]) -> list[Edge]:
    """The is-a edges on all paths from some codes to the root, sorted.

    Raises:
        ReleaseError: the paths run in a circle; the message names it.
    """
    above: dict[str, tuple[str, ...]] = {}
    ahead = list(starts)
    while ahead:
        if (code := ahead.pop()) not in above:
            above[code] = tuple(dict.fromkeys(parents(code)))
            ahead.extend(above[code])
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        circle = error.args[1][::-1]  # the sorter names parents before their children
        shown = " → ".join(circle if len(circle) <= 8 else [*circle[:4], "…", *circle[-3:]])
        fault = "The hierarchy of the release runs in a circle"
        raise ReleaseError(f"{fault}: {shown}. Take the release from its publisher again.") from error
    return sorted(Edge(code, IS_A, parent) for code in above for parent in above[code])


def final_replacements(
    code: str, offers: Callable[[str], Iterable[tuple[str, str]]], is_active: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """What to use instead of a code, as kind and code; one that is itself out of use is followed to its own successors.

    ``offers`` gives kind and code for a code. A way that comes back to a code that it passed ends there.
    """
    passed = {code}
    ahead = [(kind, target) for kind, target in offers(code)]
    while ahead:
        kind, target = ahead.pop(0)
        if target in passed:
            continue
        passed.add(target)
        further = [] if is_active(target) else list(offers(target))
        if further:
            # Two steps are as sure as the less sure one of them.
            ahead = [(kind if kind not in SURE else later, end) for later, end in further] + ahead
        else:
            yield kind, target


def release_quads(release: Release) -> list[Quad]:
    """The named graph of a release, sorted: what the graph is, edges, labels, and which mapped codes are out of use.

    >>> none = Release("hp", "HPO", "HP", "2025-01-16", (), (), {})
    >>> len(release_quads(none)), release_quads(none)[0].graph_name.value
    (5, 'https://w3id.org/sanctuary-kg/graph/terminology/hp')
    """
    graph = NamedNode(release.graph)
    quads = set(_about(release, graph))
    for child, relation, parent in release.edges:
        quads.add(Quad(NamedNode(child), NamedNode(relation), NamedNode(parent), graph))
    for iri, label in release.labels.items():
        quads.add(Quad(NamedNode(iri), _LABEL, Literal(label, language=release.language or None), graph))
    for status in release.statuses:
        if status.known and not status.active:
            quads.add(Quad(NamedNode(status.iri), _DEPRECATED, _TRUE, graph))
            sure = [one for one in status.replaced_by if one.kind in SURE]
            quads |= {Quad(NamedNode(status.iri), _REPLACED, NamedNode(one.iri), graph) for one in sure}
    return sorted(quads, key=str)


def _about(release: Release, graph: NamedNode) -> Iterator[Quad]:
    """What the graph itself is."""
    english = {
        "rdfs:label": f"{release.name} {release.version}: the codes that the mappings name, and what is above them",
        "dcterms:description": "Made on this computer from a release of the user's own; not part of Sanctuary KG.",
        "dcterms:rights": f"The licence of the release of {release.name} itself holds for this graph.",
    }
    yield Quad(graph, _TYPE, NamedNode(PREFIXES["void"] + "Dataset"), graph)
    for name, words in english.items():
        yield Quad(graph, _property(name), Literal(words, language="en"), graph)
    yield Quad(graph, _property("owl:versionInfo"), Literal(release.version), graph)
    if release.license:
        yield Quad(graph, _property("dcterms:license"), NamedNode(release.license), graph)


def _property(curie: str) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)
