"""Snapshots: a graph written once, never changed, and the pointer to the one in service.

A snapshot is a folder ``<version>-<hash>`` with ``store/`` (pyoxigraph), ``sanctuary.nq`` (canonical N-Quads),
``ontology.ttl``, ``questions/`` and ``manifest.json``. A build writes it under another name and renames it when it is
whole; the link ``current`` is then replaced in one step. Whoever has the old one open keeps it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store, parse

from kg.errors import QueryError, SnapshotError
from kg.namespaces import PREFIXES
from kg.questions.table import Table, table_of

CURRENT = "current"
NQUADS = "sanctuary.nq"
MANIFEST = "manifest.json"
STORE = "store"
ONTOLOGY = "ontology.ttl"
QUESTIONS = "questions"
TERMINOLOGIES = "terminologies.nq"
Results = QuerySolutions | QueryBoolean | QueryTriples


@dataclass(frozen=True)
class Snapshot:
    """A snapshot opened for reading."""

    folder: Path
    manifest: Mapping[str, Any]
    store: Store

    @property
    def version(self) -> str:
        """Name of the snapshot: version of the project and the first digits of the hash."""
        return str(self.manifest["version"])

    @property
    def nquads(self) -> Path:
        """The canonical N-Quads file."""
        return self.folder / NQUADS

    @property
    def terminologies(self) -> Path:
        """The N-Quads of the user's own terminologies; there is no such file if there are none."""
        return self.folder / TERMINOLOGIES

    def query(self, sparql: str) -> Results:
        """Evaluate SPARQL; the default graph is the union of all named graphs, the project's prefixes are known.

        Raises:
            QueryError: the query does not parse or cannot be evaluated.
        """
        return run_query(self.store, sparql)

    def table(self, sparql: str) -> Table:
        """The rows of a SELECT, as `kg.questions` and what is built on it ask for them.

        Raises:
            QueryError: the query is none, or cannot be evaluated.
        """
        solutions = self.query(sparql)
        if not isinstance(solutions, QuerySolutions):
            raise QueryError("Only a SELECT has rows.")
        with evaluating():
            return table_of(solutions)


def run_query(store: Store, sparql: str) -> Results:
    """Evaluate a query on a store as `Snapshot.query` does.

    Raises:
        QueryError: the query does not parse or cannot be evaluated.
    """
    try:
        with evaluating():
            return store.query(sparql, prefixes=dict(PREFIXES))
    except SyntaxError as error:
        raise QueryError(f"The query does not parse{_where(sparql, error)}") from error


@contextlib.contextmanager
def evaluating() -> Iterator[None]:
    """Say in words what goes wrong inside; the engine evaluates while its results are read, so read them inside too.

    Raises:
        QueryError: a function, a service or the store failed.
    """
    try:
        yield
    except (ValueError, RuntimeError, OSError) as error:
        raise QueryError(f"The query cannot be evaluated: {error}") from error


def _where(sparql: str, error: SyntaxError) -> str:
    """The place of a syntax error, the line it is in, and what was expected if that is short."""
    match = re.search(r"(\d+):(\d+)(?:: (.*))?", error.msg or "", re.DOTALL)
    if match is None:
        return f": {error.msg}"
    lines = sparql.splitlines()
    line = lines[int(match[1]) - 1].strip() if int(match[1]) <= len(lines) else ""
    shown = f" (“{line if len(line) <= 80 else line[:80] + '…'}”)" if line else ""
    reason = f": {match[3]}" if match[3] and len(match[3]) <= 160 else "."
    return f" at line {match[1]}, column {match[2]}{shown}{reason}"


def open_current(snapshots: Path) -> Snapshot:
    """The snapshot in service.

    Raises:
        SnapshotError: there is none, or it is damaged.
    """
    link = snapshots / CURRENT
    if not link.exists():
        raise SnapshotError(f"There is no snapshot in {snapshots}. Run “sanctuary build” first.")
    return open_snapshot(link.resolve())


def open_snapshot(folder: Path) -> Snapshot:
    """The snapshot in a folder, for reading only.

    Raises:
        SnapshotError: a part is missing or cannot be read.
    """
    manifest = read_manifest(folder)
    try:
        return Snapshot(folder, manifest, Store.read_only(str(folder / STORE)))
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError is how the engine tells of broken files
        raise _damaged(folder, error) from error


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest of the snapshot in a folder.

    Raises:
        SnapshotError: it is missing, or not one of this project.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, error) from error
    if not isinstance(manifest, dict) or "version" not in manifest:
        raise SnapshotError(f"The manifest of {folder} is not one of this project. Build again.")
    return manifest


def _damaged(folder: Path, error: Exception) -> SnapshotError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return SnapshotError(f"The snapshot {folder} is damaged ({reason}). Build again.")


@contextlib.contextmanager
def locked(snapshots: Path) -> Iterator[None]:
    """Hold the build lock of a snapshots folder; left-overs of builds that died are removed first.

    Raises:
        SnapshotError: another build holds the lock, or the folder cannot be written.
    """
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
        handle = (snapshots / ".lock").open("w")
    except OSError as error:
        raise SnapshotError(f"{snapshots} cannot be written: {error.strerror}. Choose another --snapshots.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SnapshotError(f"Another build is writing to {snapshots}. Wait for it to end.") from error
        for leftover in snapshots.glob(".partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def write_store(folder: Path, nquads: bytes, union: bytes) -> Store:
    """A new store in a folder, filled, flushed and compacted.

    ``union`` is the triples of all graphs as N-Triples, each once; it becomes the default graph. pyoxigraph can make
    a union while it queries, but then finds a triple once for each graph that holds it, and counts go wrong.
    """
    store = Store(str(folder / STORE))
    store.bulk_load(nquads, format=RdfFormat.N_QUADS)
    store.bulk_load(union, format=RdfFormat.N_TRIPLES)
    store.flush()
    store.optimize()
    return store


def add_terminologies(folder: Path, store: Store, nquads: bytes) -> None:
    """Add the graphs of the user's own terminologies to a store and to its union, and keep them in a file beside it.

    They are under licences of their own, so the canonical N-Quads and all that is made of them stay without them.
    """
    (folder / TERMINOLOGIES).write_bytes(nquads)
    store.bulk_load(nquads, format=RdfFormat.N_QUADS)
    quads = parse(nquads, format=RdfFormat.N_QUADS)
    store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    store.flush()
    store.optimize()


def terminologies_suffix(nquads: bytes) -> str:
    """What the name of a snapshot ends in that has these graphs of the user's own beside it."""
    return f"-with-{hashlib.sha256(nquads).hexdigest()[:8]}"


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """The manifest, as JSON with sorted keys."""
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def publish(partial: Path, snapshots: Path, version: str) -> Path:
    """Give a finished snapshot its name and put it in service, in two steps that each happen or do not.

    A snapshot of that name that is already there holds the same graph and is kept as it is, unless it is damaged.
    """
    final = snapshots / version
    if _sound(final):
        shutil.rmtree(partial)
    else:
        _sync(partial)
        damaged = partial.with_name(partial.name + "-damaged")
        if final.exists():
            final.rename(damaged)
        partial.rename(final)
        shutil.rmtree(damaged, ignore_errors=True)
    waiting = snapshots / ".current-next"
    waiting.unlink(missing_ok=True)
    waiting.symlink_to(version)
    waiting.replace(snapshots / CURRENT)
    descriptor = os.open(snapshots, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return final


def _sound(folder: Path) -> bool:
    """Whether a folder holds a snapshot that opens and whose N-Quads are those of its manifest and of its name."""
    try:
        snapshot = open_snapshot(folder)
        own = snapshot.terminologies.read_bytes() if snapshot.manifest.get("terminologies") else None
        if own is not None and not folder.name.endswith(terminologies_suffix(own)):
            return False
        return hashlib.sha256(snapshot.nquads.read_bytes()).hexdigest() == snapshot.manifest.get("sha256")
    except (SnapshotError, OSError):
        return False


def _sync(folder: Path) -> None:
    """Have the disk hold every file of a folder before its name says that it is whole."""
    for path in [folder, *folder.rglob("*")]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
