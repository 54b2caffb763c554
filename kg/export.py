"""The snapshot's graphs in the formats that other stores and tools read."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from kg.errors import ConfigError
from kg.namespaces import BASE, PREFIXES
from kg.snapshot import Snapshot


@dataclass(frozen=True)
class Format:
    """A serialisation: its name on the command line, media type, file ending, and whether it holds named graphs."""

    name: str
    rdf: RdfFormat
    graphs: bool

    @property
    def ending(self) -> str:
        """File ending without a dot."""
        return str(self.rdf.file_extension)


FORMATS = MappingProxyType(
    {
        name: Format(name, rdf, graphs)
        for name, rdf, graphs in (
            ("nquads", RdfFormat.N_QUADS, True),
            ("trig", RdfFormat.TRIG, True),
            ("turtle", RdfFormat.TURTLE, False),
            ("ntriples", RdfFormat.N_TRIPLES, False),
            ("rdfxml", RdfFormat.RDF_XML, False),
            ("jsonld", RdfFormat.JSON_LD, True),
        )
    }
)


def graph_names(snapshot: Snapshot) -> list[str]:
    """IRIs of the named graphs, sorted."""
    return sorted(graph.value for graph in snapshot.store.named_graphs() if isinstance(graph, NamedNode))


def find_graph(snapshot: Snapshot, word: str) -> str:
    """The IRI of a named graph from its IRI or from the part after ``graph/``.

    Raises:
        ConfigError: there is no such graph; the message lists those there are.
    """
    names = graph_names(snapshot)
    for name in names:
        if word in (name, name.removeprefix(BASE + "graph/"), name.rsplit("/", 1)[-1]):
            return name
    known = ", ".join(name.removeprefix(BASE + "graph/") for name in names)
    raise ConfigError(f"There is no graph “{word}”. The graphs are: {known}.")


def export(
    snapshot: Snapshot, form: Format, out: BinaryIO, graphs: Iterable[str] = (), *, zipped: bool = False
) -> None:
    """Write the dataset, or the named graphs of it, to a binary stream.

    Formats without named graphs get the triples of the chosen graphs, each once. The same snapshot gives the same
    bytes.
    """
    chosen = list(graphs)
    statements: Iterator[Quad] | Iterator[Triple] = (
        _quads(snapshot, chosen) if form.graphs else _triples(snapshot, chosen)
    )
    prefixes = None if form.name in ("nquads", "ntriples") else dict(PREFIXES)
    if not zipped:
        serialize(statements, out, form.rdf, prefixes=prefixes)
        return
    # No time and no name in the header, so that the bytes depend on the graph alone.
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        serialize(statements, cast(BinaryIO, packed), form.rdf, prefixes=prefixes)


def _quads(snapshot: Snapshot, graphs: list[str]) -> Iterator[Quad]:
    """Quads in canonical order, from the canonical file."""
    wanted = set(graphs)
    files = [snapshot.nquads]
    if wanted and snapshot.terminologies.is_file():
        files.append(snapshot.terminologies)  # under licences of their own: only where a graph of them is asked for
    for quad in (quad for path in files for quad in parse(path=path, format=RdfFormat.N_QUADS)):
        if not wanted or (isinstance(quad.graph_name, NamedNode) and quad.graph_name.value in wanted):
            yield quad


def _triples(snapshot: Snapshot, graphs: list[str]) -> Iterator[Triple]:
    previous: set[Triple] = set()
    for quad in _quads(snapshot, graphs):
        if quad.triple not in previous:
            previous.add(quad.triple)
            yield quad.triple
