"""Ontologies in OWL as RDF/XML, triple by triple."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.link.obo_terms import ALTERNATIVE, EXACT_SYNONYM, LICENSES, OFFERS, SHORTHAND, Terms, iri_of
from kg.namespaces import PREFIXES

_RDFS, _OWL, _RDF = (PREFIXES[prefix] for prefix in ("rdfs", "owl", "rdf"))
_RESTRICTION = (_OWL + "onProperty", _OWL + "someValuesFrom")


class _Superclasses:
    """“Some” restrictions among the superclasses, put together from their triples in whatever order these come."""

    def __init__(self) -> None:
        self._inside: dict[str, list[str]] = {}
        self._bounds: list[tuple[str, str]] = []

    def inside(self, node: str, predicate: str, value: str) -> None:
        """A triple of a restriction."""
        if predicate in _RESTRICTION:
            self._inside.setdefault(node, ["", ""])[_RESTRICTION.index(predicate)] = value

    def bound(self, iri: str, node: str) -> None:
        """A class is below a restriction."""
        self._bounds.append((iri, node))

    def relate(self, terms: Terms) -> None:
        """All of them as relations."""
        for iri, node in self._bounds:
            relation, other = self._inside.get(node, ("", ""))
            if relation and other:
                terms.relate(iri, relation, other)


def read_owl(stream: IO[bytes], terms: Terms, prefixes: Mapping[str, str]) -> None:
    """Read OWL in RDF/XML: named superclasses are is-a, “some” restrictions among the superclasses are relations.

    Raises:
        SyntaxError: it does not parse.
    """
    labels: dict[str, Literal] = {}
    relations: set[str] = set()
    superclasses = _Superclasses()
    for quad in parse(stream, format=RdfFormat.RDF_XML):
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if isinstance(subject, BlankNode):
            if terms.with_relations and isinstance(value, NamedNode):
                superclasses.inside(subject.value, predicate, value.value)
            continue
        if not isinstance(subject, NamedNode):
            continue
        iri = subject.value
        if predicate == _RDFS + "subClassOf" and isinstance(value, NamedNode):
            terms.parents.setdefault(iri, []).append(value.value)
        elif predicate == _RDFS + "subClassOf" and isinstance(value, BlankNode) and terms.with_relations:
            superclasses.bound(iri, value.value)
        elif predicate == _RDFS + "label" and isinstance(value, Literal):
            if (held := labels.get(iri)) is None or (_english(value) and not _english(held)):
                labels[iri] = value
        elif predicate == _RDF + "type" and isinstance(value, NamedNode):
            _read_type(iri, value.value.removeprefix(_OWL), terms, relations)
        elif isinstance(value, (NamedNode, Literal)):
            _read_annotation(iri, predicate, value.value, terms, prefixes)
    terms.labels.update((iri, literal.value) for iri, literal in labels.items())
    for iri in relations:
        for alias in (terms.labels.get(iri, ""), iri.rsplit("/", 1)[-1]):
            terms.name_relation(alias, iri)
    superclasses.relate(terms)


def _english(label: Literal) -> bool:
    return label.language in (None, "en")


def _read_type(iri: str, kind: str, terms: Terms, relations: set[str]) -> None:
    """What the IRI names: a term, a relation, or the ontology."""
    if kind == "Class":
        terms.declare(iri)
    elif kind == "ObjectProperty":
        relations.add(iri)
    elif kind == "Ontology" and not terms.ontology:
        terms.ontology = iri


def _read_annotation(iri: str, predicate: str, value: str, terms: Terms, prefixes: Mapping[str, str]) -> None:
    """An annotation of a term, a relation or the ontology."""
    if predicate == EXACT_SYNONYM:
        terms.synonym(iri, value)
    elif predicate == _OWL + "deprecated":
        if value in ("true", "1"):
            terms.obsolete.add(iri)
    elif predicate in OFFERS:
        terms.offer(iri, OFFERS[predicate], iri_of(value, prefixes))
    elif predicate == ALTERNATIVE:
        terms.offer(iri_of(value, prefixes), "merged into", iri)
    elif predicate == SHORTHAND:
        terms.name_relation(value, iri)
    elif iri == terms.ontology:
        if predicate in LICENSES:
            terms.license = value
        elif predicate == _OWL + "versionIRI" or (predicate == _OWL + "versionInfo" and not terms.version):
            terms.version = value
