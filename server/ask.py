"""Queries of our own, asked of the workers: rows for a page, or a document in one format."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from server.current import current
from server.errors import ProblemError
from server.negotiate import PAGE, Format
from server.pool import Job
from server.sparql import GONE, Asked, answer
from server.spool import NoAnswerError

MOST_ROWS = 100_000
"""A page is made of at most so many."""

# Our queries hold nothing of a stranger's but an IRI, which the engine may still find wrong.
_STATUS = {
    "syntax": HTTPStatus.BAD_REQUEST,
    "refused": HTTPStatus.BAD_REQUEST,
    "deadline": HTTPStatus.GATEWAY_TIMEOUT,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "closed": HTTPStatus.SERVICE_UNAVAILABLE,
    "gone": HTTPStatus.SERVICE_UNAVAILABLE,
}


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
        status = _STATUS.get(error.kind, HTTPStatus.INTERNAL_SERVER_ERROR)
        headers = {"Retry-After": "1"} if error.kind in ("busy", "closed") else None
        raise ProblemError(status, error.detail, headers) from error
    found: list[list[Any]] = table["rows"]
    return found


def document(query: str, form: Format) -> Response:
    """The response with what a CONSTRUCT gives in one format, from the cache if it is there.

    Raises:
        ProblemError: the workers have no answer.
    """
    return answer(Asked(query, (), (), current().limits.seconds, (), (form,)))
