"""How a node of the graph is written down: its types, its label, its properties, as quads of one graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg.namespaces import PREFIXES, SANCT

Value = NamedNode | Literal
Properties = Mapping[str, Value | Iterable[Value] | None]

_XSD = PREFIXES["xsd"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")


def expand(name: str) -> NamedNode:
    """A property from its CURIE, or from its local name if it is our own.

    >>> expand("dcterms:title").value, expand("site").value
    ('http://purl.org/dc/terms/title', 'https://w3id.org/sanctuary-kg/ontology/site')
    """
    prefix, colon, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local) if colon else NamedNode(SANCT + name)


def node_quads(
    graph: NamedNode, subject: NamedNode, types: Iterable[str], label: str, properties: Properties
) -> Iterator[Quad]:
    """All quads that have one node as their subject. Properties whose value is ``None`` are left out."""
    for name in dict.fromkeys(types):
        yield Quad(subject, _TYPE, expand(name), graph)
    yield Quad(subject, _LABEL, Literal(label, language="en"), graph)
    for name, value in properties.items():
        if value is None:
            continue
        predicate = expand(name)
        for one in (value,) if isinstance(value, (NamedNode, Literal)) else value:
            yield Quad(subject, predicate, one, graph)


def concept(name: str | None) -> NamedNode | None:
    """IRI of a concept, or ``None`` for none."""
    return None if name is None else NamedNode(SANCT + name)


def concepts(names: Iterable[str]) -> list[NamedNode]:
    """IRIs of several concepts."""
    return [NamedNode(SANCT + name) for name in names]


def text(value: str | None) -> Literal | None:
    """A plain string literal."""
    return None if value is None else Literal(value)


def integer(value: int | None) -> Literal | None:
    """An ``xsd:integer``."""
    return None if value is None else Literal(str(value), datatype=NamedNode(_XSD + "integer"))


def decimal(value: Decimal | None) -> Literal | None:
    """An ``xsd:decimal`` in the canonical form of XML Schema 1.1 Part 2, section 3.3.3: no exponent, no idle zero.

    >>> decimal(Decimal("80.50")).value, decimal(Decimal("8E1")).value
    ('80.5', '80')
    """
    if value is None:
        return None
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return Literal("0" if plain in ("-0", "") else plain, datatype=NamedNode(_XSD + "decimal"))


def boolean(value: bool) -> Literal:
    """An ``xsd:boolean``."""
    return Literal("true" if value else "false", datatype=NamedNode(_XSD + "boolean"))


def any_uri(value: str) -> Literal:
    """An ``xsd:anyURI``."""
    return Literal(value, datatype=NamedNode(_XSD + "anyURI"))


def partial_date(value: str | None) -> Literal | None:
    """``xsd:gYear``, ``xsd:gYearMonth`` or ``xsd:date``, whichever the text has the precision for."""
    if value is None:
        return None
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
    return Literal(value, datatype=NamedNode(_XSD + kind))
