"""The triples of one document, ready to be shown: values with labels and links, and where each thing is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.namespaces import BASE, ONTOLOGY, PREFIXES, SANCT, shrink
from server.pages import Cell, target

TYPE = PREFIXES["rdf"] + "type"
LABEL = PREFIXES["rdfs"] + "label"
EVIDENCE = SANCT + "evidence"
_OA = PREFIXES["oa"]
_LANG_STRING = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

# Names for properties of others, where what their IRI ends in would be no word of the page.
_NAMES = {
    TYPE: "type",
    PREFIXES["rdfs"] + "subClassOf": "kind of",
    PREFIXES["rdfs"] + "subPropertyOf": "kind of",
    PREFIXES["rdfs"] + "isDefinedBy": "defined by",
    PREFIXES["skos"] + "altLabel": "also called",
    PREFIXES["skos"] + "prefLabel": "preferred label",
    PREFIXES["skos"] + "inScheme": "in the scheme",
    PREFIXES["rdfs"] + "seeAlso": "see also",
    PREFIXES["bibo"] + "doi": "DOI",
    PREFIXES["bibo"] + "pmid": "PMID",
    PREFIXES["bibo"] + "issn": "ISSN",
    PREFIXES["bibo"] + "eissn": "electronic ISSN",
    PREFIXES["bibo"] + "number": "article number",
    PREFIXES["oa"] + "exact": "words",
    PREFIXES["oa"] + "start": "from character",
    PREFIXES["oa"] + "end": "to character",
    PREFIXES["qudt"] + "ucumCode": "UCUM code",
}


@dataclass(frozen=True)
class Value:
    """A term as it is shown: its text, where it leads, and what a pointer over it says."""

    text: str
    href: str | None = None
    external: bool = False
    title: str | None = None


@dataclass(frozen=True)
class Fact:
    """A property of a thing with its values."""

    name: Value
    values: Sequence[Value]


@dataclass(frozen=True)
class Place:
    """Where something is written: the words, the paper, and where in it."""

    mention: Value
    papers: Sequence[Value]
    where: str


@dataclass(frozen=True)
class Entry:
    """A thing with what is said of it and where that is written."""

    name: Value
    facts: Sequence[Fact]
    places: Sequence[Place]


@dataclass
class Told:
    """Triples by subject and property.

    Args:
        rows: the triples, as a worker gives them.
        names: labels of properties.
    """

    rows: Iterable[Sequence[Any]]
    names: dict[str, str]
    _about: dict[str, dict[str, list[Cell]]] = field(default_factory=dict)
    _incoming: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _targets: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for s, p, o in self.rows:
            self._about.setdefault(s["text"], {}).setdefault(p["text"], []).append(o)
            if o["iri"] is not None:
                self._incoming.setdefault(o["iri"], {}).setdefault(p["text"], []).append(s["text"])

    def about(self, iri: str) -> dict[str, list[Cell]]:
        """Properties of a thing with their values."""
        return self._about.get(iri, {})

    def incoming(self, iri: str) -> dict[str, list[str]]:
        """Properties by which things point to one, with those things."""
        return self._incoming.get(iri, {})

    def iris(self, iri: str, prop: str) -> list[str]:
        """The IRIs among the values of a property."""
        return [cell["iri"] for cell in self.about(iri).get(prop, []) if cell["iri"] is not None]

    def texts(self, iri: str, prop: str) -> list[str]:
        """The values of a property as texts, sorted."""
        return sorted(str(cell["text"]) for cell in self.about(iri).get(prop, []))

    def label(self, iri: str) -> str:
        """What a thing is called: its English label, else any, else a short form of its IRI."""
        cells = self.about(iri).get(LABEL, [])
        if cells:
            return min((cell["kind"] != "en", str(cell["text"])) for cell in cells)[1]
        if iri.startswith(BASE + ".well-known/genid/"):
            return f"part of a definition ({iri[-24:][:6]})"
        if iri == ONTOLOGY:
            return "Sanctuary KG ontology"
        if iri.startswith(BASE) and "#" in iri:
            return iri.partition("#")[2]
        return shrink(iri).removeprefix("<").removesuffix(">")

    def property_name(self, prop: str) -> Value:
        """What a property is called, with a link if it is ours."""
        local = re.split(r"[/#]", prop)[-1]
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower()
        return self._linked(prop, self.names.get(prop) or _NAMES.get(prop) or plain)

    def thing(self, iri: str) -> Value:
        """A thing by its label."""
        return self._linked(iri, self.label(iri))

    def values(self, cells: Iterable[Cell]) -> list[Value]:
        """Values in order: numbers by size, the rest by their text."""
        shown = (self.thing(cell["iri"]) if cell["iri"] is not None else _literal(cell) for cell in cells)
        return sorted(dict.fromkeys(shown), key=lambda value: natural(value.text))

    def facts(self, iri: str, hidden: Iterable[str] = (), first: Sequence[str] = ()) -> list[Fact]:
        """The properties of a thing but the hidden ones; those named first come first, the rest by name."""
        hidden = set(hidden)
        found = [
            (first.index(prop) if prop in first else len(first), Fact(self.property_name(prop), self.values(cells)))
            for prop, cells in self.about(iri).items()
            if prop not in hidden
        ]
        return [fact for _, fact in sorted(found, key=lambda one: (one[0], one[1].name.text))]

    def places(self, iri: str) -> list[Place]:
        """Where a thing is written, in the order of the text."""
        nodes = self.iris(iri, EVIDENCE)
        return [self.place(node) for node in sorted(nodes, key=natural)]

    def place(self, node: str) -> Place:
        """One piece of evidence."""
        mention = next(iter(self.texts(node, _OA + "exact")), self.label(node))
        papers = [self.thing(paper) for paper in self.iris(node, SANCT + "inReference")]
        return Place(self._linked(node, mention), papers, ", ".join(self._whereabouts(node)))

    def _whereabouts(self, node: str) -> Iterator[str]:
        def one(prop: str) -> str | None:
            return next(iter(self.texts(node, prop)), None)

        table, row, column = (one(SANCT + name) for name in ("tableNumber", "tableRow", "tableColumn"))
        section, start, end = one(SANCT + "section"), one(_OA + "start"), one(_OA + "end")
        if table is not None:
            yield f"Table {table}"
            yield from [f"row {row}"] if row else []
            yield from [f"column “{column}”"] if column else []
        elif section is not None:
            yield f"section “{section}”"
        if start is not None and end is not None:
            yield f"characters {start} to {end}"

    def _linked(self, iri: str, text: str) -> Value:
        if iri not in self._targets:
            self._targets[iri] = target({"text": iri, "iri": iri, "kind": None})
        href = self._targets[iri]
        return Value(text, href, external=href is not None and not iri.startswith(BASE), title=iri)


def _literal(cell: Cell) -> Value:
    kind = cell["kind"]
    if kind is None or _LANG_STRING.fullmatch(kind):
        title = None if kind is None else f"language: {kind}"
    else:
        title = f"datatype: {shrink(kind)}"
    return Value(str(cell["text"]), title=title)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers in a text by their size.

    >>> sorted(["b 10", "b 9", "A"], key=natural)
    ['A', 'b 9', 'b 10']
    """
    parts = re.findall(r"[0-9]{1,15}|[^0-9]+|[0-9]+", text)
    return [(0, int(p), "") if p.isascii() and p.isdigit() and len(p) < 16 else (1, 0, p.casefold()) for p in parts]
