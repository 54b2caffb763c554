"""The files to download, as bytes.

They hold every graph but the metadata graph, which states their sizes and hashes and so cannot be in them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from kg import namespaces as ns
from kg.graph import canonical_nquads


@dataclass(frozen=True)
class Dump:
    """A file to download.

    ``form`` is its name among the W3C's formats; ``of`` is the IRI of what it holds, if that is data of the graph.
    """

    name: str
    title: str
    data: bytes
    media_type: str
    of: str | None
    form: str | None = None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    def entry(self) -> dict[str, str | int]:
        """What a manifest says of it."""
        return {"title": self.title, "media_type": self.media_type, "bytes": len(self.data), "sha256": self.sha256}


def dump_files(quads: Sequence[Quad], ontology: Sequence[Triple], mappings: bytes, schema: str) -> list[Dump]:
    """The files, the same bytes for the same input.

    They are not packed: the bytes of a gzip file depend on the build of zlib, and with them what the metadata graph
    says of the file, and the name of the snapshot. The server packs what it sends.

    Args:
        quads: all quads but those of the metadata graph.
        ontology: the ontology as OWL has it, with steadily labelled blank nodes.
        mappings: the SSSOM file.
        schema: the JSON Schema of a record.
    """
    by_graph = sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad)))
    triples = sorted({quad.triple for quad in quads}, key=str)
    quads_title = "All graphs but the metadata graph"
    return [
        Dump(
            "sanctuary.nq",
            f"{quads_title}, canonical N-Quads",
            canonical_nquads(quads),
            "application/n-quads",
            ns.DATASET,
            "N-Quads",
        ),
        Dump(
            "sanctuary.trig",
            f"{quads_title}, TriG",
            _written(by_graph, RdfFormat.TRIG),
            "application/trig",
            ns.DATASET,
            "TriG",
        ),
        Dump(
            "sanctuary.ttl",
            f"{quads_title}, merged, Turtle",
            _written(triples, RdfFormat.TURTLE),
            "text/turtle",
            ns.DATASET,
            "Turtle",
        ),
        Dump(
            "ontology.ttl",
            "The ontology with OWL's class expressions, Turtle",
            _written(ontology, RdfFormat.TURTLE),
            "text/turtle",
            ns.GRAPH_ONTOLOGY,
            "Turtle",
        ),
        Dump(
            "ontology.owl",
            "The ontology with OWL's class expressions, RDF/XML",
            _written(ontology, RdfFormat.RDF_XML),
            "application/rdf+xml",
            ns.GRAPH_ONTOLOGY,
            "RDF_XML",
        ),
        Dump(
            "mappings.sssom.tsv",
            "The mappings to other terminologies with their justifications, SSSOM/TSV",
            mappings,
            "text/tab-separated-values",
            ns.GRAPH_MAPPINGS,
        ),
        Dump("record.schema.json", "JSON Schema of a record file", schema.encode(), "application/json", None),
    ]


def _written(statements: Sequence[Quad] | Sequence[Triple], form: RdfFormat) -> bytes:
    data = serialize(statements, format=form, prefixes=dict(ns.PREFIXES))
    assert data is not None
    return data
