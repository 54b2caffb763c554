"""The ontology as quads of its graph: blank nodes named, labels and hierarchy also in SKOS.

The Turtle files keep OWL's blank nodes, as OWL 2 Mapping to RDF Graphs demands. The graph that is served has none:
each class expression gets a Skolem IRI (RDF 1.1 Concepts, section 3.5) that derives from what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg import namespaces as ns
from kg.triples.node import decimal
from kg.vocabulary import LABEL, Vocabulary

GRAPH = NamedNode(ns.GRAPH_ONTOLOGY)
_SKOS = ns.PREFIXES["skos"]
BROADER = NamedNode(_SKOS + "broader")
_PREF_LABEL = NamedNode(_SKOS + "prefLabel")
_TOP_CONCEPT_OF = NamedNode(_SKOS + "topConceptOf")
_HAS_TOP_CONCEPT = NamedNode(_SKOS + "hasTopConcept")
_DEFINED_BY = NamedNode(ns.PREFIXES["rdfs"] + "isDefinedBy")
_ONTOLOGY = NamedNode(ns.ONTOLOGY)
_DECIMAL = NamedNode(ns.PREFIXES["xsd"] + "decimal")
GENID = ns.BASE + ".well-known/genid/"


def ontology_quads(triples: Sequence[Triple], vocabulary: Vocabulary) -> Iterator[Quad]:
    """The ontology's triples without blank nodes, and the SKOS view of its concepts."""
    names = _skolem_names(triples)
    for triple in triples:
        subject, object_ = names.get(triple.subject, triple.subject), names.get(triple.object, triple.object)
        yield Quad(subject, triple.predicate, _canonical(object_), GRAPH)
        if isinstance(subject, NamedNode) and subject.value.startswith(ns.SANCT) and triple.predicate == LABEL:
            yield Quad(subject, _DEFINED_BY, _ONTOLOGY, GRAPH)
    for triple in skos_triples(vocabulary):
        yield Quad(triple.subject, triple.predicate, triple.object, GRAPH)


def _canonical(node: Any) -> Any:
    """A decimal in canonical form, as the store writes it: “18.0” would come back as “18”."""
    if isinstance(node, Literal) and node.datatype == _DECIMAL:
        return decimal(Decimal(node.value))
    return node


def skos_triples(vocabulary: Vocabulary) -> Iterator[Triple]:
    """What SKOS says of the concepts: preferred label, broader (is-a and part-of), and the tops of each scheme."""
    for concept in vocabulary.concepts.values():
        node = NamedNode(concept.iri)
        yield Triple(node, _PREF_LABEL, Literal(concept.label, language="en"))
        for parent in concept.parents:
            yield Triple(node, BROADER, NamedNode(ns.term(parent)))
        if not any(vocabulary.concepts[parent].scheme == concept.scheme for parent in concept.parents):
            scheme = NamedNode(ns.term(concept.scheme))
            yield Triple(node, _TOP_CONCEPT_OF, scheme)
            yield Triple(scheme, _HAS_TOP_CONCEPT, node)


def _skolem_names(triples: Iterable[Triple]) -> dict[object, NamedNode]:
    """An IRI for each blank node, from a hash of the tree below it.

    Class expressions and lists are trees, so the hash of a node is that of its sorted predicates and objects.
    """
    below: dict[BlankNode, list[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            below.setdefault(triple.subject, []).append(triple)
    named: dict[object, NamedNode] = {}

    def name(node: BlankNode) -> NamedNode:
        if node not in named:
            said = sorted(f"{t.predicate} {part(t.object)}" for t in below.get(node, []))
            digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:24]
            named[node] = NamedNode(GENID + digest)
        return named[node]

    def part(node: object) -> str:
        return str(name(node)) if isinstance(node, BlankNode) else str(node)

    for node in below:
        name(node)
    return named
