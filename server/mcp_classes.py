"""For assistants: what kinds of node there are, how many, with which properties, and what is demanded of them.

The counts are those of the VoID description in the metadata graph; the constraints are the SHACL shapes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pydantic import BaseModel, Field
from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.namespaces import DATASET, PREFIXES, SANCT, shrink
from kg.questions.table import Term
from server.mcp_graph import Asking
from server.mcp_shapes import Demand, demands

_CLASSES = """
SELECT ?class ?label ?definition ?members (COUNT(?partition) AS ?properties) WHERE {
  %s void:classPartition ?of .
  ?of void:class ?class ; void:entities ?members .
  FILTER(STRSTARTS(STR(?class), STR(sanct:)) || ?class = skos:Concept)
  OPTIONAL { ?of void:propertyPartition ?partition }
  OPTIONAL { ?class rdfs:label ?label }
  OPTIONAL { ?class skos:definition ?definition }
} GROUP BY ?class ?label ?definition ?members ORDER BY DESC(?members) ?class
"""
_PROPERTIES = """
SELECT ?property ?label ?definition ?times ?value WHERE {
  %s void:classPartition ?of .
  ?of void:class %s ; void:propertyPartition ?partition .
  ?partition void:property ?property ; void:triples ?times .
  FILTER(?property != rdf:type)
  OPTIONAL { ?property rdfs:label ?label }
  OPTIONAL { ?property skos:definition ?definition }
  OPTIONAL { ?partition void:classPartition/void:class|void-ext:datatypePartition/void-ext:datatype ?value }
} ORDER BY ?property ?value
"""
_ABOVE = "SELECT DISTINCT ?above { %s rdfs:subClassOf* ?above . FILTER(isIRI(?above)) } ORDER BY ?above"
_SKOS_CONCEPT = PREFIXES["skos"] + "Concept"
_NOISE = {SANCT + "Entity", SANCT + "Statement", *(PREFIXES["owl"] + name for name in ("Class", "NamedIndividual"))}


class ClassTold(BaseModel):
    """A class in short."""

    name: str = Field(description="a CURIE, as SPARQL takes it")
    label: str | None
    definition: str | None
    members: int


class PropertyTold(BaseModel):
    """A property as the members of a class have it."""

    name: str
    label: str | None = None
    definition: str | None = None
    used: int = Field(description="how many statements the graph has; 0: allowed and not used yet")
    values: list[str] = Field(default=[], description="classes or datatypes of its values")
    constraints: list[str] = Field(default=[], description="what SHACL demands")
    rules: list[str] = []


class ClassesTold(BaseModel):
    """The classes, or one of them with its properties."""

    classes: list[ClassTold]
    properties: list[PropertyTold] = []
    superclasses: list[str] = []
    about: str
    snapshot: str


def describe_classes(asking: Asking, name: str) -> ClassesTold:
    """The classes of the case model, or one class with its properties.

    Raises:
        QueryError: there is no such class, or no answer in time.
    """
    every = list(_classes(asking))
    if not name.strip():
        own = [told for told, properties in every if properties]
        about = (
            "The classes of the case model with their members. A case has statements (diagnosis, episode, finding, "
            "investigation, treatment, outcome …), each with evidence in a paper. Concepts of the vocabularies are "
            "classes too and are left out here: look_up_concept finds them. Give a name for a class's properties."
        )
        return ClassesTold(classes=own, about=about, snapshot=asking.version)
    told = _named(name, [one for one, _ in every])
    node = NamedNode(_iri(told.name))
    above = [_text(row[0]) for row in asking.table(_ABOVE % node).rows]
    about = (
        "used counts statements of members of this class. The constraints are those that every build is verified with; "
        "concepts of a vocabulary as classes show skos:Concept among the values."
    )
    return ClassesTold(
        classes=[told],
        properties=list(_properties(asking, node, above)),
        superclasses=[shrink(iri) for iri in above if iri != node.value],
        about=about,
        snapshot=asking.version,
    )


def _classes(asking: Asking) -> Iterator[tuple[ClassTold, int]]:
    """Each class with the number of its properties: none if it is a concept, of which members alone are counted."""
    for one, label, definition, members, properties in asking.table(_CLASSES % NamedNode(DATASET)).rows:
        told = ClassTold(
            name=shrink(_text(one)),
            label=_text(label) or None,
            definition=_text(definition) or None,
            members=int(_text(members)),
        )
        yield told, int(_text(properties))


def _named(name: str, classes: list[ClassTold]) -> ClassTold:
    wanted = name.strip().casefold()
    for told in classes:
        known = (told.name, told.name.partition(":")[2], _iri(told.name), told.label or "")
        if wanted in (one.casefold() for one in known):
            return told
    names = {one.casefold(): told.name for told in classes for one in (told.name.partition(":")[2], told.label or "")}
    near = dict.fromkeys(names[one] for one in difflib.get_close_matches(wanted, names, n=3, cutoff=0.6))
    advice = f"Did you mean {' or '.join(near)}?" if near else "Call it without a name to list the classes."
    raise QueryError(f"There is no class “{name[:80]}” with members in this graph. {advice}")


def _properties(asking: Asking, node: NamedNode, above: list[str]) -> Iterator[PropertyTold]:
    """The properties that members have, then those that are allowed and not used."""
    wanted = _demanded(above)
    told: dict[str, PropertyTold] = {}
    for property_, label, definition, times, value in asking.table(_PROPERTIES % (NamedNode(DATASET), node)).rows:
        iri = _text(property_)
        one = told.get(iri)
        if one is None:
            demand = wanted.pop(iri, Demand())
            one = told[iri] = PropertyTold(
                name=shrink(iri),
                label=_text(label) or None,
                definition=_text(definition) or None,
                used=int(_text(times)),
                constraints=demand.constraints,
                rules=demand.rules,
            )
        if value is not None and _text(value) not in _NOISE:
            one.values.append(shrink(_text(value)))
    yield from told.values()
    for iri, demand in wanted.items():
        yield PropertyTold(name=shrink(iri), used=0, constraints=demand.constraints, rules=demand.rules)


def _demanded(above: list[str]) -> dict[str, Demand]:
    """What a class and its superclasses demand, by property."""
    found: dict[str, Demand] = {}
    for one in above:
        for property_, demand in demands().get(one, {}).items():
            known = found.setdefault(property_, Demand())
            known.constraints += [text for text in demand.constraints if text not in known.constraints]
            known.rules += [text for text in demand.rules if text not in known.rules]
    return found


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
