"""The asserted graph: every quad that the records, the bibliography, the mappings and the ontology give.

Pure: values in, quads out. Canonical N-Quads are made here as well, since they are what makes a graph the same graph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Quad, Triple

from kg.link import MappingSet
from kg.records import Curated
from kg.triples import bibliography_quads, mapping_quads, ontology_quads, record_quads
from kg.vocabulary import Vocabulary


@dataclass(frozen=True)
class Inputs:
    """All that a graph is made of, read and checked."""

    ontology: list[Triple]
    vocabulary: Vocabulary
    curated: Curated
    mappings: MappingSet


def asserted_quads(inputs: Inputs) -> Iterator[Quad]:
    """Quads of all graphs but the inferred and the metadata graph, paper by paper."""
    yield from ontology_quads(inputs.ontology, inputs.vocabulary)
    yield from bibliography_quads(inputs.curated.bibliography)
    yield from mapping_quads(inputs.mappings, inputs.vocabulary)
    for record in inputs.curated.records:
        yield from record_quads(record, inputs.vocabulary)


def canonical_nquads(quads: Iterable[Quad]) -> bytes:
    """The canonical N-Quads of a dataset without blank nodes, as RDF Dataset Canonicalization (RDFC-1.0) has them.

    Without blank nodes the algorithm comes down to the canonical form of each quad, sorted in code point order,
    each once (section 4.4.3, step 7, and section 5).

    Raises:
        ValueError: a blank node is left.
    """
    lines: set[str] = set()
    for quad in quads:
        if _holds_blank_node(quad.subject, quad.object, quad.graph_name):
            raise ValueError(f"A blank node is left in the graph: {quad}")
        lines.add(f"{quad} .\n")
    return "".join(sorted(lines)).encode("utf-8")


def _holds_blank_node(*terms: object) -> bool:
    """Whether a term is a blank node or a triple term with one in it."""
    inside = (_holds_blank_node(t.subject, t.object) for t in terms if isinstance(t, Triple))
    return any(isinstance(term, BlankNode) for term in terms) or any(inside)


def union_ntriples(quads: Iterable[Quad]) -> bytes:
    """The triples of all graphs, each once, as sorted N-Triples: what the default graph answers with."""
    return "".join(sorted({f"{quad.triple} .\n" for quad in quads})).encode("utf-8")


def fingerprint(nquads: bytes) -> str:
    """SHA-256 of canonical N-Quads, in hexadecimal."""
    return hashlib.sha256(nquads).hexdigest()
