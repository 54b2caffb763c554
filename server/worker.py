"""A process that evaluates strangers' queries, one at a time, on a store opened for reading.

Whatever a query does, it does here: it is read, guarded, parsed and evaluated in this process, which the front ends
when it runs too long or grows too large. Started as ``python -m server.worker FD STORE``; imports the engine and little
else, so that a new one is ready soon.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg.namespaces import PREFIXES
from server import frames
from server.guard import FORMS, UPDATES, Guarded, RefusedError, guard

Results = QuerySolutions | QueryBoolean | QueryTriples

# The engine's parser and optimiser call themselves once for each “{} UNION {} UNION …” or “!!!…”, and a stack that runs
# out ends the process. Only the pages that are touched cost memory.
STACK = 512 * 1024 * 1024
CHUNK = 65536
FULL = 8000
"""A stretch of the engine that is at least so long is not its last."""
ORPHAN_CHECK = 1.0
"""Seconds between looks whether the front still lives."""
ROWS = "rows"
"""Not a media type: the first rows as JSON, for a page of ours."""


class _NoAnswerError(Exception):
    """Why there is no answer: a kind that the front turns into a status, and a sentence."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class _Out(io.RawIOBase):
    """What the engine writes, gathered into frames.

    The engine hands over its bytes by eight kilobytes, and what is left when it is done. The head goes out with the
    first full stretch, so that a query which fails before has an error for an answer, and one which goes on has its
    first bytes early. A short answer leaves in one piece with its head and its end.
    """

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        self._connection = connection
        self._head: bytes | None = head
        self._pending = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pending += data
        if len(data) >= FULL if self._head is not None else len(self._pending) >= CHUNK:
            self._connection.sendall(self._gathered())
        return len(data)

    def finish(self) -> None:
        """Send what has gathered, and that it is all."""
        self._connection.sendall(self._gathered() + frames.packed(frames.END, b""))

    def _gathered(self) -> bytes:
        out = b"" if self._head is None else frames.packed(frames.HEAD, self._head)
        if self._pending:
            out += frames.packed(frames.DATA, bytes(self._pending))
        self._head = None
        self._pending.clear()
        return out


class Worker:
    """Answers jobs until the front closes the connection."""

    def __init__(self, connection: socket.socket, store: Store) -> None:
        self._connection = connection
        self._store = store
        self._merged: tuple[tuple[tuple[str, ...], tuple[str, ...]], Store] | None = None

    def run(self) -> None:
        """Take jobs in turn."""
        reader = frames.Reader(self._connection)
        while True:
            try:
                _, body = reader.read()
            except (EOFError, ConnectionError):
                return
            try:
                self._answer(json.loads(body))
            except _NoAnswerError as none:
                self._fail(none.kind, str(none))
            except MemoryError:
                self._fail("memory", "The query needs more memory than one query may have.")

    def _fail(self, kind: str, detail: str) -> None:
        frames.send(self._connection, frames.ERROR, json.dumps({"kind": kind, "detail": detail}).encode())

    def _answer(self, job: dict[str, Any]) -> None:
        guarded = _guarded(job["query"], frozenset(job["endpoints"]))
        results = self._results(guarded, tuple(job["default"]), tuple(job["named"]))
        graph = isinstance(results, QueryTriples)
        offers = job["graphs"] if graph else job["solutions"]
        if not offers:
            kind = "graph" if graph else "results"
            raise _NoAnswerError("not-acceptable", kind)
        syntax = offers[0]
        head = {"syntax": syntax, "form": guarded.keyword, "volatile": guarded.volatile}
        out = _Out(self._connection, json.dumps(head).encode())
        self._write(results, syntax, job["limit"], out)
        out.finish()

    def _write(self, results: Results, syntax: str, limit: int, out: _Out) -> None:
        try:
            if syntax == ROWS:
                out.write(json.dumps(_rows(results, limit)).encode())
            elif isinstance(results, QueryTriples):
                rdf = RdfFormat.from_media_type(syntax)
                assert rdf is not None
                serialize(results, cast(BinaryIO, out), rdf, prefixes=dict(PREFIXES))
            else:
                results.serialize(cast(BinaryIO, out), QueryResultsFormat.from_media_type(syntax))
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise _NoAnswerError("evaluation", f"The query cannot be evaluated: {error}.") from error

    def _results(self, guarded: Guarded, default: tuple[str, ...], named: tuple[str, ...]) -> Results:
        try:
            return self._evaluate(guarded, default, named)
        except SyntaxError as error:
            raise _NoAnswerError(
                "syntax", f"The query does not parse: {where(str(error.msg), guarded.text)}"
            ) from error
        except (ValueError, RuntimeError, OSError) as error:
            raise _NoAnswerError("evaluation", f"The query cannot be evaluated: {error}.") from error

    def _evaluate(self, guarded: Guarded, default: tuple[str, ...], named: tuple[str, ...]) -> Results:
        prefixes = dict(PREFIXES)
        if not default and not named:
            # The protocol's dataset comes before that of the query (SPARQL 1.1 Protocol, 2.1.4).
            default, named = guarded.from_default, guarded.from_named
        if not default and not named:
            return self._store.query(guarded.text, prefixes=prefixes)
        if len(default) > 1:
            # The engine finds a triple once for each graph that holds it; a merge has it once (SPARQL 1.1, 13.1).
            return self._merge(default, named).query(
                guarded.text,
                prefixes=prefixes,
                default_graph=DefaultGraph(),
                named_graphs=[NamedNode(iri) for iri in named],
            )
        return self._store.query(
            guarded.text,
            prefixes=prefixes,
            default_graph=[NamedNode(iri) for iri in default],
            named_graphs=[NamedNode(iri) for iri in named],
        )

    def _merge(self, default: tuple[str, ...], named: tuple[str, ...]) -> Store:
        """A store in memory whose default graph is the merge of several; the last one is kept."""
        if self._merged is None or self._merged[0] != (default, named):
            merged = Store()
            for iri in default:
                quads = self._store.quads_for_pattern(None, None, None, NamedNode(iri))
                merged.bulk_extend(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads)
            for iri in named:
                merged.bulk_extend(self._store.quads_for_pattern(None, None, None, NamedNode(iri)))
            self._merged = (default, named), merged
        return self._merged[1]


def _guarded(text: str, endpoints: frozenset[str]) -> Guarded:
    try:
        guarded = guard(text, endpoints)
    except RefusedError as refused:
        raise _NoAnswerError("refused", str(refused)) from refused
    if guarded.keyword in UPDATES:
        raise _NoAnswerError("update", "This endpoint is read-only: it answers queries and takes no updates.")
    if guarded.keyword not in FORMS:
        found = f"it begins with {guarded.keyword[:20]}" if guarded.keyword else "there is no such word in it"
        detail = f"The query does not parse. A query is a SELECT, ASK, CONSTRUCT or DESCRIBE; {found}."
        raise _NoAnswerError("syntax", detail)
    return guarded


def where(message: str, text: str) -> str:
    """The engine's message in words: the place and, where it has one, the reason.

    The engine reads as many characters as the longest keyword that could stand there before it gives up, so that its
    column may lie a little behind the fault. The character classes that it expected help nobody and are left out.
    """
    found = re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", message, re.DOTALL)
    if found is None:
        return message
    line, column = int(found[1]), int(found[2])
    before = "".join(text.split("\n")[line - 1 : line])[: column - 1].rstrip()[-25:].strip()
    near = f", near “{before}”" if before else ""
    # Among keywords and characters, its own reasons are the items that are sentences.
    items = dict.fromkeys(re.split(r",\s+", found[3]))
    reasons = [_REASONS.get(item, item) for item in items if re.fullmatch(r"[A-Z][A-Za-z]* [\w *-]*[a-z]", item)]
    reason = "; ".join(reasons) or "this is not SPARQL 1.1"
    return f"line {line}, column {column} or shortly before{near}: {reason}."


_REASONS = {"Prefix not found": "a prefix is not declared", "IRI parsing failed": "an IRI is not valid"}


def _rows(results: Results, limit: int) -> dict[str, Any]:
    """The first rows as plain values: ``truth``, or ``columns``, ``rows`` and whether there are ``more``."""
    if isinstance(results, QueryBoolean):
        return {"truth": bool(results), "columns": [], "rows": [], "more": False}
    rows: Iterator[list[Any]]
    if isinstance(results, QueryTriples):
        columns = ["subject", "predicate", "object"]
        rows = ([_cell(t.subject), _cell(t.predicate), _cell(t.object)] for t in results)
    else:
        columns = [variable.value for variable in results.variables]
        rows = ([None if term is None else _cell(term) for term in row] for row in results)
    taken = list(islice(rows, limit + 1))
    return {"truth": None, "columns": columns, "rows": taken[:limit], "more": len(taken) > limit}


def _cell(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, str | None]:
    if isinstance(term, NamedNode):
        return {"text": term.value, "iri": term.value, "kind": None}
    if isinstance(term, Literal):
        plain = term.datatype.value in (PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString")
        return {"text": term.value, "iri": None, "kind": term.language or (None if plain else term.datatype.value)}
    return {"text": str(term), "iri": None, "kind": None}


def main(descriptor: int, store: str) -> None:
    """Serve the front at the other end of a socket until it closes."""
    front = os.getppid()
    # Ctrl-C is for the front, which ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=descriptor)
    worker = Worker(connection, Store.read_only(store))
    frames.send(connection, frames.END, b"")
    threading.stack_size(STACK)
    thread = threading.Thread(target=worker.run, name="queries")
    thread.start()
    while thread.is_alive():
        thread.join(ORPHAN_CHECK)
        if os.getppid() != front:
            os._exit(1)  # the front was killed outright, and nobody waits for what this query may still give


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
