"""The one place where queries meet the engine.

Evaluation runs inside this process and no deadline is enforced yet: the engine cannot be told to stop. Worker
processes can take this module's place without a change to its callers.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from kg.errors import QueryError
from kg.namespaces import PREFIXES
from kg.snapshot import Results, Snapshot

# The engine's parser and optimiser call themselves once for each “{} UNION {} UNION …” or “!!!…”, and a stack that
# runs out takes the process with it. The longest query that the guard lets through fits in this one. Only the
# pages that are touched cost memory.
_STACK = 512 * 1024 * 1024
_stack_size = threading.Lock()

T = TypeVar("T")


class EvaluationEndedError(Exception):
    """A fault of ours or of the engine ended an evaluation."""


@dataclass(frozen=True)
class Query:
    """A query with the dataset that the protocol names for it (SPARQL 1.1 Protocol, section 2.1.4).

    Both graph lists empty: the dataset of the query itself, or that of the store.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A term of a result: its text, the IRI if it is one, and its language or datatype."""

    text: str
    iri: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Table:
    """The first rows of an answer; ``more`` if there are others. An ASK gives ``truth`` and no rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    more: bool = False
    truth: bool | None = None


def evaluate(snapshot: Snapshot, query: Query, syntax: str) -> bytes:
    """The answer, written down in the syntax of a media type.

    Raises:
        QueryError: the query does not parse or cannot be evaluated.
    """

    def write(results: Results) -> bytes:
        if isinstance(results, QueryTriples):
            rdf = RdfFormat.from_media_type(syntax)
            assert rdf is not None
            return serialize(results, format=rdf, prefixes=dict(PREFIXES)) or b""
        return results.serialize(format=QueryResultsFormat.from_media_type(syntax)) or b""

    return _evaluate(snapshot, query, write)


def evaluate_table(snapshot: Snapshot, query: Query, limit: int) -> Table:
    """The first ``limit`` rows of the answer.

    Raises:
        QueryError: the query does not parse or cannot be evaluated.
    """

    def read(results: Results) -> Table:
        if isinstance(results, QueryBoolean):
            return Table((), (), truth=bool(results))
        columns: tuple[str, ...]
        rows: Iterator[tuple[Cell | None, ...]]
        if isinstance(results, QueryTriples):
            columns = ("subject", "predicate", "object")
            rows = ((_cell(t.subject), _cell(t.predicate), _cell(t.object)) for t in results)
        else:
            columns = tuple(variable.value for variable in results.variables)
            rows = (tuple(None if term is None else _cell(term) for term in row) for row in results)
        taken = tuple(islice(rows, limit + 1))
        return Table(columns, taken[:limit], more=len(taken) > limit)

    return _evaluate(snapshot, query, read)


def _evaluate(snapshot: Snapshot, query: Query, read: Callable[[Results], T]) -> T:
    """Evaluate and read the results in one go, on a stack that is deep enough; results never leave that thread."""
    answers: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            answers.append(read(_results(snapshot, query)))
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            errors.append(error)

    with _stack_size:
        before = threading.stack_size(_STACK)
        try:
            # A daemon, so that a query without end does not keep the process from ending.
            thread = threading.Thread(target=run, name="query", daemon=True)
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    for error in errors:
        if isinstance(error, SyntaxError):
            raise QueryError(f"The query does not parse: {_where(str(error.msg), query.text)}") from error
        if isinstance(error, (ValueError, RuntimeError)):
            raise QueryError(f"The query cannot be evaluated: {error}.") from error
        raise error
    if not answers:
        raise EvaluationEndedError("The thread of a query ended without an answer; its traceback stands above.")
    return answers[0]


def _results(snapshot: Snapshot, query: Query) -> Results:
    if not query.default_graphs and not query.named_graphs:
        return snapshot.store.query(query.text, prefixes=dict(PREFIXES))
    return snapshot.store.query(
        query.text,
        prefixes=dict(PREFIXES),
        default_graph=[NamedNode(iri) for iri in query.default_graphs],
        named_graphs=[NamedNode(iri) for iri in query.named_graphs],
    )


def _where(message: str, text: str) -> str:
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


def _cell(term: NamedNode | BlankNode | Literal | Triple) -> Cell:
    if isinstance(term, NamedNode):
        return Cell(term.value, iri=term.value)
    if isinstance(term, Literal):
        plain = term.datatype.value in (PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString")
        return Cell(term.value, kind=term.language or (None if plain else term.datatype.value))
    return Cell(str(term))
