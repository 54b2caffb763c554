"""What the SHACL shapes demand of the properties of a class, in words.

Neither the graph nor a snapshot holds the shapes; they are read from the ontology of this installation, which is the
one that a build verifies a snapshot with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.config import shipped
from kg.namespaces import PREFIXES, shrink

SHAPES = "shapes.ttl"
_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]

_BOUNDS = {
    "minInclusive": "from {}",
    "minExclusive": "above {}",
    "maxInclusive": "up to {}",
    "maxLength": "up to {} characters",
    "pattern": "matches {}",
    "lessThan": "less than {}",
}

Node = NamedNode | BlankNode | Literal | Triple
Statements = Mapping[Node, Mapping[str, list[Node]]]


@dataclass
class Demand:
    """What is demanded of one property: in words, and why."""

    constraints: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


@cache
def demands() -> Mapping[str, Mapping[str, Demand]]:
    """What each class, by its IRI, demands of each property, by its IRI; its superclasses demand more."""
    statements = _read()
    found: dict[str, dict[str, Demand]] = {}
    for shape, said in statements.items():
        if any(_value(one) == _SH + "NodeShape" for one in said.get(_RDF + "type", [])):
            for target in said.get(_SH + "targetClass", []):
                _add(found.setdefault(_value(target), {}), statements, shape)
    return found


def _add(found: dict[str, Demand], statements: Statements, shape: Node) -> None:
    for one in statements[shape].get(_SH + "property", []):
        said = statements.get(one, {})
        path = next(iter(said.get(_SH + "path", [])), None)
        if not isinstance(path, NamedNode):
            continue
        demand = found.setdefault(path.value, Demand())
        for text in _words(said, statements):
            if text not in demand.constraints:
                demand.constraints.append(text)
        # The second half of a message says what a curator should do about it.
        messages = (_value(message).partition(";")[0] for message in said.get(_SH + "message", []))
        demand.rules.extend(message.rstrip(".") + "." for message in messages)


def _words(said: Mapping[str, list[Node]], statements: Statements) -> Iterator[str]:
    """One property shape in words."""
    values = {name: _value(nodes[0]) for name, nodes in said.items() if nodes}
    least, most = values.get(_SH + "minCount"), values.get(_SH + "maxCount")
    if least and least == most:
        yield f"exactly {least}"
    else:
        yield from (f"at least {least}",) if least else ()
        yield from (f"at most {most}",) if most else ()
    for name in ("class", "datatype", "hasValue"):
        yield from (shrink(_value(node)) for node in said.get(_SH + name, []))
    for name, text in _BOUNDS.items():
        if value := values.get(_SH + name):
            yield text.format(shrink(value) if name == "lessThan" else value)
    for head in said.get(_SH + "in", []):
        yield "one of " + ", ".join(shrink(_value(one)) for one in _items(statements, head))
    for head in said.get(_SH + "or", []):
        yield " or ".join(" ".join(_words(statements.get(one, {}), statements)) for one in _items(statements, head))


def _items(statements: Statements, head: Node) -> Iterable[Node]:
    """The members of an RDF list."""
    while (said := statements.get(head)) and _RDF + "first" in said:
        yield said[_RDF + "first"][0]
        head = said[_RDF + "rest"][0]


def _read() -> Statements:
    statements: dict[Node, dict[str, list[Node]]] = {}
    for quad in parse(path=shipped("ontology") / SHAPES, format=RdfFormat.TURTLE):
        statements.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return statements


def _value(node: Node) -> str:
    return "" if isinstance(node, Triple) else node.value
