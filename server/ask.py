"""Queries of our own, asked of the workers: rows for a page, terms for a question, or a document in one format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request
from pyoxigraph import Literal, NamedNode

from kg.questions import Table
from kg.questions.table import MOST_ROWS as MOST_OF_AN_ANSWER
from server.cache import Kept
from server.current import current, current_snapshot
from server.errors import ProblemError
from server.negotiate import PAGE, Format
from server.pages import Cell
from server.pool import Job
from server.sparql import GONE, Asked, answer, cache
from server.spool import NoAnswerError

MOST_ROWS = 100_000
"""A page is made of at most so many."""

# Our queries hold nothing of a stranger's but an IRI, which the engine may still find wrong.
_STATUS = {
    "syntax": HTTPStatus.BAD_REQUEST,
    "refused": HTTPStatus.BAD_REQUEST,
    "memory": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "size": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "lost": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "deadline": HTTPStatus.GATEWAY_TIMEOUT,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "closed": HTTPStatus.SERVICE_UNAVAILABLE,
    "gone": HTTPStatus.SERVICE_UNAVAILABLE,
}


class ClosedError(ProblemError):
    """The snapshot of this request went out of service. Whoever asked several queries of it begins again."""


def rows(query: str) -> list[list[Any]]:
    """The rows of a SELECT, or the triples of a CONSTRUCT, as cells in the way of `server.pages.Cell`.

    Raises:
        ProblemError: the workers have no answer.
    """
    job = Job(query, solutions=(PAGE.syntax,), graphs=(PAGE.syntax,), limit=MOST_ROWS)
    try:
        told = current().run(job, current().limits.seconds, request.environ.get(GONE, lambda: False))
        table: dict[str, Any] = json.loads(b"".join(told.chunks))
    except NoAnswerError as error:
        raise problem(error) from error
    found: list[list[Any]] = table["rows"]
    return found


def table(query: str) -> Table:
    """The rows of a SELECT as terms, at most so many as an answer to a question has; from the cache if they are there.

    They come from the snapshot of this request and from no other, so that several queries fit together.

    Raises:
        ClosedError: the snapshot has just gone out of service.
        ProblemError: the workers have no answer.
    """
    serving = current_snapshot()
    key = json.dumps(["table", serving.version, query])
    kept = cache().get(key)
    if kept is not None:
        return _terms(json.loads(kept.body))
    job = Job(query, solutions=(PAGE.syntax,), limit=MOST_OF_AN_ANSWER)
    try:
        told = serving.pool.run(job, serving.pool.limits.seconds, request.environ.get(GONE, lambda: False))
        body = b"".join(told.chunks)
    except NoAnswerError as error:
        raise problem(error) from error
    if not told.head["volatile"]:
        cache().put(key, Kept(200, (), body))
    return _terms(json.loads(body))


def problem(error: NoAnswerError) -> ProblemError:
    """What the client is told where the workers have no answer to a query of ours."""
    status = _STATUS.get(error.kind, HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {"Retry-After": "1"} if error.kind in ("busy", "closed") else None
    return (ClosedError if error.kind == "closed" else ProblemError)(status, error.detail, headers)


def _terms(told: Mapping[str, Any]) -> Table:
    found = (tuple(None if cell is None else _term(cell) for cell in row) for row in told["rows"])
    return Table(tuple(told["columns"]), tuple(found), bool(told["more"]))


def _term(cell: Cell) -> NamedNode | Literal:
    """The term that a worker wrote as a cell; its kind is a language, or the IRI of a datatype, which has a colon."""
    text, kind = str(cell["text"]), cell["kind"]
    if cell["iri"] is not None:
        return NamedNode(cell["iri"])
    if kind is None:
        return Literal(text)
    return Literal(text, datatype=NamedNode(kind)) if ":" in kind else Literal(text, language=kind)


def document(query: str, form: Format) -> Response:
    """The response with what a CONSTRUCT gives in one format, from the cache if it is there.

    Raises:
        ProblemError: the workers have no answer.
    """
    return answer(Asked(query, (), (), current().limits.seconds, (), (form,)))
