"""What there is to count in a graph, and which class uses which property to reach what.

The triples are read twice, once for the types and once for the patterns. A pattern is all classes of a subject, a
property, and all classes of the object or its datatype; there are few of them however many triples there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from kg.namespaces import BASE, PREFIXES, term
from kg.triples.ontology import GENID

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_CONCEPT = PREFIXES["skos"] + "Concept"
_SHOWN = (term("Case"), term("Episode"), term("Reference"), _CONCEPT)
"""Of each of these classes one member serves as an example."""

Classes = frozenset[str]
Pattern = tuple[Classes, str, Classes | str]
"""Classes of the subject, property, and classes of the object or, of a literal, its datatype."""


@dataclass(frozen=True)
class Counts:
    """How often there is what; ``properties`` count triples, ``classes`` their members.

    In ``patterns`` a class that is a concept of a vocabulary is left out: see `kg.describe.void`.
    """

    triples: int
    subjects: int
    objects: int
    entities: int
    properties: Counter[str]
    classes: Counter[str]
    patterns: Counter[Pattern]
    examples: tuple[str, ...]

    def used(self) -> Counter[tuple[str, str]]:
        """Triples by class of the subject and property."""
        found: Counter[tuple[str, str]] = Counter()
        for (classes, property_, _), times in self.patterns.items():
            for one in classes:
                found[one, property_] += times
        return found

    def links(self) -> Counter[tuple[str, str, str]]:
        """Triples by class of the subject, property and class of the object."""
        found: Counter[tuple[str, str, str]] = Counter()
        for (classes, property_, reached), times in self.patterns.items():
            if not isinstance(reached, str):
                for one in classes:
                    for other in reached:
                        found[one, property_, other] += times
        return found

    def literals(self) -> Counter[tuple[str, str, str]]:
        """Triples by class of the subject, property and datatype."""
        found: Counter[tuple[str, str, str]] = Counter()
        for (classes, property_, reached), times in self.patterns.items():
            if isinstance(reached, str):
                for one in classes:
                    found[one, property_, reached] += times
        return found


def count(triples: Collection[Triple]) -> Counts:
    """The counts of a graph, in time that grows with its triples.

    Args:
        triples: its triples, each once.
    """
    types: dict[object, set[str]] = {}
    subjects: set[object] = set()
    objects: set[object] = set()
    for triple in triples:
        subjects.add(triple.subject)
        objects.add(triple.object)
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            types.setdefault(triple.subject, set()).add(triple.object.value)
    concepts = {node.value for node, found in types.items() if _CONCEPT in found and isinstance(node, NamedNode)}
    # The same few sets of classes come again and again; one object for each keeps the counting below cheap.
    shared: dict[Classes, Classes] = {}
    kinds = {node: shared.setdefault(kind, kind) for node, found in types.items() for kind in [_kind(found, concepts)]}
    none: Classes = frozenset()
    patterns: Counter[Pattern] = Counter()
    properties: Counter[str] = Counter()
    for triple in triples:
        reached = triple.object
        end = reached.datatype.value if isinstance(reached, Literal) else kinds.get(reached, none)
        property_ = triple.predicate.value
        patterns[kinds.get(triple.subject, none), property_, end] += 1
        properties[property_] += 1
    own = {node.value for node in subjects if isinstance(node, NamedNode) and node.value.startswith(BASE)}
    return Counts(
        triples=len(triples),
        subjects=len(subjects),
        objects=len(objects),
        entities=len(own),
        properties=properties,
        classes=Counter(one for found in types.values() for one in found),
        patterns=patterns,
        examples=tuple(_examples(types, own)),
    )


def _kind(classes: set[str], concepts: set[str]) -> Classes:
    return frozenset(classes - concepts)


def _examples(types: dict[object, set[str]], own: set[str]) -> Iterator[str]:
    """The first member of each class that is shown; else the first node of ours that is no class expression."""
    members = {one: [iri for iri in own if one in types.get(NamedNode(iri), ())] for one in _SHOWN}
    yield from (min(found) for found in members.values() if found)
    if not any(members.values()):
        yield from sorted(iri for iri in own if not iri.startswith(GENID))[:1]
