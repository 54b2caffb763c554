"""Conditional requests (RFC 9110, section 13): a tag for each answer, 304 for who has it, 412 for who wants another."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from flask import Response, request

from server.errors import ProblemError


def conditional(response: Response, cache_control: str) -> Response:
    """The response with its tag, or 304. The tag is weak, since gzip changes the bytes.

    Raises:
        ProblemError: 412, the client wants another answer than this one (``If-Match``).
    """
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = cache_control
    if response.make_conditional(request).status_code == HTTPStatus.PRECONDITION_FAILED:
        # As it is, it would carry the whole answer, and a cache might take it for that.
        raise ProblemError(HTTPStatus.PRECONDITION_FAILED, "The answer is not the one that “If-Match” names.")
    return response
