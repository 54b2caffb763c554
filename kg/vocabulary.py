"""The concepts that records may name, read from the ontology's Turtle files.

A record writes a concept by its local name (``SciaticNerve``). `Vocabulary` answers whether that name exists in
the right scheme, what its neighbours are, and, where it does not exist, which names come nearest.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import OntologyError
from kg.namespaces import PREFIXES, SANCT

RDF, RDFS, OWL, SKOS = (PREFIXES[p] for p in ("rdf", "rdfs", "owl", "skos"))
SUBCLASS_OF = NamedNode(RDFS + "subClassOf")
PART_OF = NamedNode(SANCT + "partOf")
TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")
DEFINITION = NamedNode(SKOS + "definition")
ALT_LABEL = NamedNode(SKOS + "altLabel")
IN_SCHEME = NamedNode(SKOS + "inScheme")
MEMBER = NamedNode(SKOS + "member")
UCUM_CODE = NamedNode(PREFIXES["qudt"] + "ucumCode")
EQUIVALENT_CLASS = NamedNode(OWL + "equivalentClass")
INTERSECTION_OF = NamedNode(OWL + "intersectionOf")
FIRST, REST, NIL = (NamedNode(RDF + name) for name in ("first", "rest", "nil"))


@dataclass(frozen=True)
class Concept:
    """One term that records can name.

    ``parents`` are the local names it is a kind of, a part of or a member of; ``value_sets`` the closed sets it
    belongs to (``FindingStatus``); ``ucum`` its UCUM code if it is a unit.
    """

    name: str
    label: str
    definition: str
    synonyms: tuple[str, ...]
    scheme: str
    parents: tuple[str, ...]
    value_sets: tuple[str, ...] = ()
    ucum: str | None = None
    is_class: bool = True

    @property
    def iri(self) -> str:
        """Full IRI of the concept."""
        return SANCT + self.name


class Vocabulary:
    """All concepts by local name.

    >>> from kg.config import shipped
    >>> words = read_vocabulary(read_ontology(shipped("ontology")))
    >>> words.concepts["SciaticNerve"].label
    'sciatic nerve'
    >>> "ExtramedullarySite" in words.ancestors("SciaticNerve")
    True
    """

    def __init__(self, concepts: Mapping[str, Concept], groups: Iterable[str] = ()) -> None:
        self.concepts = dict(sorted(concepts.items()))
        self.groups = frozenset(groups)
        """Concepts at whose level reviews count (``ontology/groups.ttl``)."""
        self._units = {concept.ucum: concept for concept in self.concepts.values() if concept.ucum}

    def in_scheme(self, *schemes: str) -> list[Concept]:
        """Concepts of the named schemes or value sets, sorted by name."""
        wanted = set(schemes)
        return [c for c in self.concepts.values() if c.scheme in wanted or wanted & set(c.value_sets)]

    def unit(self, ucum: str) -> Concept | None:
        """The unit with this UCUM code, or ``None``."""
        return self._units.get(ucum)

    def units(self) -> list[str]:
        """UCUM codes of all known units."""
        return sorted(self._units)

    def ancestors(self, name: str) -> set[str]:
        """The concept itself and all that it is a kind of or a part of."""
        found: set[str] = set()
        ahead = [name]
        while ahead:
            current = ahead.pop()
            if current not in found and current in self.concepts:
                found.add(current)
                ahead.extend(self.concepts[current].parents)
        return found

    def nearest(self, word: str, *schemes: str, limit: int = 3) -> list[str]:
        """Local names whose name, label or synonym comes nearest to a word that is not one of them."""
        names: dict[str, str] = {}
        for concept in self.in_scheme(*schemes) if schemes else self.concepts.values():
            for form in (concept.name, concept.label, *concept.synonyms):
                names.setdefault(form.lower(), concept.name)
        hits = difflib.get_close_matches(word.lower(), names, n=limit * 3, cutoff=0.6)
        return list(dict.fromkeys(names[hit] for hit in hits))[:limit]


def read_ontology(folder: Path) -> list[Triple]:
    """All triples of the Turtle files in a folder, ``shapes.ttl`` aside, in the order of the file names.

    Raises:
        OntologyError: a file does not parse, or there is none; the message has file, line and column.
    """
    triples: list[Triple] = []
    files = sorted(path for path in folder.glob("*.ttl") if path.name != "shapes.ttl")
    if not files:
        raise OntologyError(f"There is no .ttl file in {folder}. Point --ontology at the folder that holds core.ttl.")
    for path in files:
        try:
            for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True):
                triples.append(quad.triple)
        except SyntaxError as error:
            raise OntologyError(
                f"{path}:{error.lineno}:{error.offset}: {error.msg}. Mend the Turtle and build again."
            ) from error
    return triples


def read_vocabulary(triples: Iterable[Triple]) -> Vocabulary:
    """The vocabulary that a set of ontology triples defines.

    Raises:
        OntologyError: a concept has no label or no definition, or two units have one code.
    """
    index = _Index(triples)
    concepts: dict[str, Concept] = {}
    for node in index.subjects_with(IN_SCHEME):
        if not node.value.startswith(SANCT):
            continue
        name = node.value.removeprefix(SANCT)
        label, definition = index.text(node, LABEL), index.text(node, DEFINITION)
        if not label or not definition:
            raise OntologyError(f"The concept {name} lacks a label or a definition. Add it in ontology/.")
        types = {t.value for t in index.nodes(node, TYPE)}
        own_types = {t.removeprefix(SANCT) for t in types if t.startswith(SANCT)}
        concepts[name] = Concept(
            name=name,
            label=label,
            definition=definition,
            synonyms=tuple(index.texts(node, ALT_LABEL)),
            scheme=index.nodes(node, IN_SCHEME)[0].value.removeprefix(SANCT),
            parents=tuple(sorted(index.named_parents(node) | own_types)),
            value_sets=tuple(sorted(own_types)),
            ucum=index.text(node, UCUM_CODE) or None,
            is_class=OWL + "Class" in types,
        )
    units: dict[str, str] = {}
    for concept in concepts.values():
        if concept.ucum and units.setdefault(concept.ucum, concept.name) != concept.name:
            both = f"{units[concept.ucum]} and {concept.name}"
            raise OntologyError(f"{both} have one UCUM code, {concept.ucum}. Keep one of them in ontology/.")
    known = set(concepts)
    for name, concept in concepts.items():
        parents = tuple(parent for parent in concept.parents if parent in known)
        concepts[name] = Concept(**{**concept.__dict__, "parents": parents})
    groups = (member for group in index.subjects_with(MEMBER) for member in index.nodes(group, MEMBER))
    return Vocabulary(concepts, (member.value.removeprefix(SANCT) for member in groups))


class _Index:
    """Triples by subject and predicate."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._objects: dict[tuple[object, NamedNode], list[object]] = {}
        for triple in triples:
            self._objects.setdefault((triple.subject, triple.predicate), []).append(triple.object)

    def subjects_with(self, predicate: NamedNode) -> list[NamedNode]:
        return [s for s, p in self._objects if p == predicate and isinstance(s, NamedNode)]

    def nodes(self, subject: NamedNode | BlankNode, predicate: NamedNode) -> list[NamedNode]:
        return [o for o in self._objects.get((subject, predicate), []) if isinstance(o, NamedNode)]

    def texts(self, subject: NamedNode, predicate: NamedNode) -> list[str]:
        return [o.value for o in self._objects.get((subject, predicate), []) if isinstance(o, Literal)]

    def text(self, subject: NamedNode, predicate: NamedNode) -> str:
        return next(iter(self.texts(subject, predicate)), "")

    def named_parents(self, node: NamedNode) -> set[str]:
        """Named superclasses, named conjuncts of a definition, and wholes of which it is a part."""
        found = [*self.nodes(node, SUBCLASS_OF), *self.nodes(node, PART_OF)]
        for expression in self._objects.get((node, EQUIVALENT_CLASS), []):
            if isinstance(expression, BlankNode):
                for cell in self._objects.get((expression, INTERSECTION_OF), []):
                    found.extend(self._members(cell))
        return {n.value.removeprefix(SANCT) for n in found if n.value.startswith(SANCT) and n != node}

    def _members(self, cell: object) -> list[NamedNode]:
        members: list[NamedNode] = []
        while isinstance(cell, BlankNode):
            members.extend(self.nodes(cell, FIRST))
            rest = self._objects.get((cell, REST), [NIL])
            cell = rest[0]
        return members
