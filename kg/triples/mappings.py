"""The mapping set as quads of its graph: one SKOS match a row, and beside it the record that says why, where and when.

The records are those of the RDF form of SSSOM: an ``owl:Axiom`` with the match as its source, property and target, and
what else the row says as slots. A row that says that a terminology has no term is a record without a match.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote

from pyoxigraph import Literal, NamedNode, Quad

from kg import namespaces as ns
from kg.errors import MappingError
from kg.link import NO_TERM_FOUND, Mapping, MappingSet, expand
from kg.triples.node import Properties, Value, node_quads, partial_date, text
from kg.triples.node import expand as term
from kg.vocabulary import Vocabulary

GRAPH = NamedNode(ns.GRAPH_MAPPINGS)


def mapping_quads(mappings: MappingSet, vocabulary: Vocabulary) -> Iterator[Quad]:
    """The set with its metadata, a match from our concept to the identifier of each row, and a record of each row.

    Raises:
        MappingError: a row maps a term that the ontology does not have.
    """
    yield from _set_quads(mappings)
    for mapping in (*mappings.mappings, *mappings.not_found):
        name = mapping.subject.removeprefix(ns.SANCT)
        if name not in vocabulary.concepts:
            near = ", ".join(vocabulary.nearest(name)) or "nothing near"
            problem = f"Line {mapping.line} of the mapping set maps {mapping.subject_id}, which the ontology lacks."
            raise MappingError(f"{problem} Nearest: {near}. Correct the row or add the term.")
        yield Quad(GRAPH, term("sssom:mappings"), NamedNode(record_iri(mapping)), GRAPH)
        yield from _record_quads(mapping)
    for mapping in mappings.mappings:
        yield Quad(NamedNode(mapping.subject), NamedNode(mapping.predicate), NamedNode(mapping.object), GRAPH)


def record_iri(mapping: Mapping) -> str:
    """IRI of the record of a row, from what it maps to what; where no term was found, from the terminology."""
    there = mapping.source if mapping.object_id == NO_TERM_FOUND else quote(unquote(mapping.object_id), safe=":")
    return ns.part(ns.GRAPH_MAPPINGS, "mapping", mapping.subject, mapping.predicate, there)


def _set_quads(mappings: MappingSet) -> Iterator[Quad]:
    """The metadata of the header. The set and the graph are one thing, whose label is with the metadata of the graphs.

    Texts have no language, since SSSOM knows none.
    """
    said = {key: value for key, value in mappings.metadata.items() if isinstance(value, str)}
    creators = mappings.metadata.get("creator_label")
    source = expand(said.get("subject_source", ""), mappings.prefixes)
    properties: Properties = {
        "rdf:type": term("sssom:MappingSet"),
        "dcterms:title": text(said.get("mapping_set_title")),
        "dcterms:description": text(said.get("mapping_set_description")),
        "dcterms:license": _node(said.get("license")),
        "owl:versionInfo": text(said.get("mapping_set_version")),
        "sssom:creator_label": [Literal(str(one)) for one in creators] if isinstance(creators, list) else None,
        "sssom:subject_source": _node(source),
    }
    for name, value in properties.items():
        if value is not None:
            for one in (value,) if isinstance(value, Value) else value:
                yield Quad(GRAPH, term(name), one, GRAPH)


def _record_quads(mapping: Mapping) -> Iterator[Quad]:
    """One row with its justification, its labels, and where and when it was seen."""
    properties: Properties = {
        "owl:annotatedSource": NamedNode(mapping.subject),
        "owl:annotatedProperty": NamedNode(mapping.predicate),
        "owl:annotatedTarget": NamedNode(mapping.object),
        "sssom:subject_label": _text(mapping.subject_label),
        "sssom:object_label": _text(mapping.object_label),
        "sssom:mapping_justification": _node(mapping.justification),
        "sssom:object_source": _node(mapping.source),
        "sssom:object_source_version": _text(mapping.source_version),
        "dcterms:created": partial_date(mapping.date or None),
        "rdfs:seeAlso": [NamedNode(address) for address in mapping.see_also],
        "rdfs:comment": _text(mapping.comment),
    }
    kind = mapping.predicate_id.partition(":")[2].removesuffix("Match")
    if mapping.object_id == NO_TERM_FOUND:
        there = f"no {kind} match in {ns.shrink(mapping.source).partition(':')[2]}"
    else:
        there = f"{kind} match {mapping.object_id}" + f" “{mapping.object_label}”" * bool(mapping.object_label)
    label = f"{mapping.subject_label or mapping.subject_id}: {there}"
    yield from node_quads(GRAPH, NamedNode(record_iri(mapping)), ["owl:Axiom"], label, properties)


def _text(value: str) -> Value | None:
    return text(value or None)


def _node(iri: str | None) -> NamedNode | None:
    return NamedNode(iri) if iri else None
