"""RDF files into a snapshot of their own that lasts as long as it is served.

The folder has the shape of a build's, with a store and a manifest but without dumps. Files are read as they stream by;
nothing of their size is held in memory.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from kg.errors import ConfigError
from kg.snapshot import CURRENT, STORE, write_manifest

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".n3": RdfFormat.N3,
}
GRAPH = "urn:sanctuary:file:"
"""What the graph of a file is called, before the file's name."""
AT_ONCE = 300_000
"""Quads that are held in memory before they are written."""

Tell = Callable[[str, int, int], None]
"""Told what is being read, how much of it is done, and how much there is."""


class _Source(io.RawIOBase):
    """The bytes of a file, counted and hashed as they are read."""

    def __init__(self, file: IO[bytes], digest: Any, tell: Callable[[int], None]) -> None:
        self._file, self._digest, self._tell = file, digest, tell
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._digest.update(data)
        self._read += len(data)
        self._tell(self._read)
        return len(data)


@contextlib.contextmanager
def loaded(files: Sequence[Path], tell: Tell = lambda what, done, total: None) -> Iterator[Path]:
    """A folder of snapshots with these files in service; it is removed at the end.

    What a file says outside of any named graph becomes the graph ``urn:sanctuary:file:`` and the file's name; named
    graphs keep their names. The default graph is the union of all, each triple once.

    Raises:
        ConfigError: a file is missing, has no known extension, is damaged or does not parse.
    """
    graphs = graph_names(files)
    snapshots = Path(tempfile.mkdtemp(prefix="sanctuary-"))
    try:
        version = _write(snapshots / "partial", graphs, tell)
        (snapshots / "partial").rename(snapshots / version)
        (snapshots / CURRENT).symlink_to(version)
        yield snapshots
    finally:
        shutil.rmtree(snapshots, ignore_errors=True)


def _write(folder: Path, graphs: Mapping[Path, NamedNode], tell: Tell) -> str:
    """The store and the manifest in a folder; gives the version, which follows from the files' bytes."""
    folder.mkdir()
    digest = hashlib.sha256()
    store = Store(str(folder / STORE))
    try:
        for path, graph in graphs.items():
            digest.update(f"{graph.value}\n".encode())
            with _in_words(path):
                _load(store, path, graph, digest, tell)
        store.flush()
        store.optimize()
        (solution,) = cast(QuerySolutions, store.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"))
        quads = int(solution[0].value)
    finally:
        # A traceback would keep it open, and the folder could not be removed.
        del store
    version = f"files-{digest.hexdigest()[:12]}"
    counts = {"quads": quads, "files": len(graphs)}
    write_manifest(folder, {"version": version, "sha256": digest.hexdigest(), "counts": counts})
    return version


def graph_names(files: Sequence[Path]) -> dict[Path, NamedNode]:
    """Each file, once, with the name of its graph; of files of one name in several folders all but one get a number.

    Raises:
        ConfigError: a file is missing, or has no known extension.
    """
    graphs: dict[Path, NamedNode] = {}
    taken: set[str] = set()
    for path in files:
        if not path.exists():
            raise ConfigError(f"There is no file {path}.")
        if not path.is_file():
            raise ConfigError(f"{path} is not a file.")
        _format(path)
        if path.resolve() in {known.resolve() for known in graphs}:
            continue
        name = iri = GRAPH + quote(path.name)
        number = 1
        while iri in taken:
            number += 1
            iri = f"{name}~{number}"
        taken.add(iri)
        graphs[path] = NamedNode(iri)
    return graphs


def _format(path: Path) -> RdfFormat:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    suffix = "".join(suffixes[-1:]) if suffixes[-1:] != [".gz"] else "".join(suffixes[-2:-1])
    if suffix not in FORMATS:
        raise ConfigError(f"{path} has no known extension. Known are {', '.join(FORMATS)}, each also with .gz behind.")
    return FORMATS[suffix]


def _load(store: Store, path: Path, graph: NamedNode, digest: Any, tell: Tell) -> None:
    """Put a file's quads into their graphs and, in the same pass, into the default graph.

    The engine's own loader reads faster, but the union must then be read back from the store, which takes longer; and
    it takes over a gigabyte of memory where stretches of this length take a quarter.
    """
    size = path.stat().st_size
    packed = path.suffix.lower() == ".gz"
    with path.open("rb") as file:
        source = io.BufferedReader(_Source(file, digest, lambda done: tell(path.name, done, size)), 1_048_576)
        stream = cast(IO[bytes], gzip.GzipFile(fileobj=source) if packed else source)
        try:
            quads = _quads(stream, path, graph)
            while (first := next(quads, None)) is not None:
                store.bulk_extend(chain([first], islice(quads, AT_ONCE)))
        except SyntaxError as error:
            while packed and stream.read(1_048_576):
                pass  # damage may make text that does not parse before it is found out
            raise _unparsed(path, error) from error


def _quads(stream: IO[bytes], path: Path, graph: NamedNode) -> Iterator[Quad]:
    """Each quad of a file twice: in its graph, and in the default graph. The store keeps a quad once."""
    form, default = _format(path), DefaultGraph()
    for quad in parse(stream, format=form, base_iri=graph.value, rename_blank_nodes=True):
        subject, predicate, object_ = quad.subject, quad.predicate, quad.object
        name = graph if quad.graph_name == default else quad.graph_name
        if form == RdfFormat.N3 and isinstance(name, BlankNode):
            raise ConfigError(f"{path} cannot be loaded: it holds a formula of N3, which is not RDF.")
        yield Quad(subject, predicate, object_, name)
        yield Quad(subject, predicate, object_, default)


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Say in words that a file cannot be read or the store cannot be written."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ConfigError(f"{path} is damaged: it is not whole gzip ({error}).") from error
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError(f"{path} cannot be loaded: {reason}.") from error


def _unparsed(path: Path, error: SyntaxError) -> ConfigError:
    """The engine's message, with the place in the way of compilers."""
    place = "".join(f":{number}" for number in (error.lineno, error.offset) if number is not None)
    reason = str(error.msg)
    if error.lineno is not None and ": " in reason:
        reason = reason.split(": ", 1)[1]
    return ConfigError(f"{path}{place}: it does not parse: {reason.splitlines()[0].rstrip('.')}.")
