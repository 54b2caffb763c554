"""The mapping set as quads of its graph: one SKOS match a row."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.errors import MappingError
from kg.link import MappingSet
from kg.vocabulary import Vocabulary

GRAPH = NamedNode(ns.GRAPH_MAPPINGS)


def mapping_quads(mappings: MappingSet, vocabulary: Vocabulary) -> Iterator[Quad]:
    """A match from our concept to the identifier of each row.

    Raises:
        MappingError: a row maps a term that the ontology does not have.
    """
    for mapping in mappings.mappings:
        name = mapping.subject.removeprefix(ns.SANCT)
        if name not in vocabulary.concepts:
            near = ", ".join(vocabulary.nearest(name)) or "nothing near"
            problem = f"Line {mapping.line} of the mapping set maps {mapping.subject_id}, which the ontology lacks."
            raise MappingError(f"{problem} Nearest: {near}. Correct the row or add the term.")
        yield Quad(NamedNode(mapping.subject), NamedNode(mapping.predicate), NamedNode(mapping.object), GRAPH)
