"""The asserted graph: every quad that the records, the bibliography, the mappings and the ontology give.

Pure: values in, quads out. Canonical N-Quads are made here as well, since they are what makes a graph the same graph.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg import __version__
from kg import namespaces as ns
from kg.link import MappingSet
from kg.records import Curated
from kg.triples import bibliography_quads, mapping_quads, ontology_quads, record_quads
from kg.triples.node import integer, node_quads, partial_date, text
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


DATASET = NamedNode(ns.BASE + "dataset")
RULES = "OWL 2 direct semantics: class membership and class hierarchy"


def metadata_quads(quads: Iterable[Quad], inputs: Inputs, reasoner: str) -> Iterator[Quad]:
    """What the dataset is: its graphs with their sizes, and how the inferred one came about.

    Args:
        quads: all quads of the other graphs.
        inputs: what they were made of; the newest curation date becomes the date of the dataset.
        reasoner: name and version of the reasoner behind the inferred graph.
    """
    graph = NamedNode(ns.GRAPH_METADATA)
    sizes = Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode))
    dates = [record.curation.date for record in inputs.curated.records]
    yield from node_quads(
        graph,
        DATASET,
        ["void:Dataset", "dcat:Dataset"],
        "Sanctuary KG",
        {
            "dcterms:title": Literal("Sanctuary KG: case reports of leukemia outside the marrow", language="en"),
            "dcterms:license": NamedNode("https://creativecommons.org/licenses/by/4.0/"),
            "dcterms:creator": text("Sanctuary KG contributors"),
            "dcterms:issued": partial_date(max(dates)),
            "owl:versionInfo": text(__version__),
            "void:uriSpace": text(ns.BASE),
            "void:triples": integer(sum(sizes.values())),
            "sd:namedGraph": [NamedNode(name) for name in sorted(sizes)],
        },
    )
    for name, size in sorted(sizes.items()):
        label = name.removeprefix(ns.BASE + "graph/").replace("/", " ")
        inferred = name == ns.GRAPH_INFERRED
        yield from node_quads(
            graph,
            NamedNode(name),
            ["sd:NamedGraph"],
            f"{label} graph",
            {
                "sd:name": NamedNode(name),
                "tripleCount": integer(size),
                "ruleSet": text(f"{RULES}, by {reasoner}") if inferred else None,
                "sd:entailmentRegime": NamedNode("http://www.w3.org/ns/entailment/OWL-Direct") if inferred else None,
            },
        )


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
