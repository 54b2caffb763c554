"""What goes wrong, told to the client: RFC 9457 problem details, or a small page for a browser."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from server.negotiate import prefers_html

PROBLEM_JSON = "application/problem+json"

_log = logging.getLogger(__name__)

# Werkzeug's own sentences speak of browsers and proxies; these say what to do here.
_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address. The start page is /, the SPARQL endpoint /sparql.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method; the Allow header lists those it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body of the request is larger than 1 MB.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on this side. The query need not be at fault.",
}


class ProblemError(Exception):
    """An answer that is an error.

    ``detail`` is a sentence for the person behind the client and holds nothing about the machine.
    """

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def register(app: Flask) -> None:
    """Have every error of an app answered as a problem."""
    app.register_error_handler(ProblemError, respond)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def respond(problem: ProblemError) -> Response:
    """The response for a problem (RFC 9457, section 3)."""
    status = problem.status
    if prefers_html(request.accept_mimetypes):
        # A query too long for an address is not carried back into the form.
        query = request.args.get("query", "")
        query = query if len(query) < 4000 else ""
        page = render_template(
            "error.html", status=status.value, title=status.phrase, detail=problem.detail, query=query
        )
        response = Response(page, status.value, mimetype="text/html")
    else:
        members = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": problem.detail}
        body = json.dumps(members, ensure_ascii=False, indent=2) + "\n"
        response = Response(body, status.value, content_type=PROBLEM_JSON)
    response.headers.update(problem.headers)
    response.vary.add("Accept")
    return response


def _http_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:
        # A redirect is an HTTPException as well.
        return error.get_response(request.environ)
    status = HTTPStatus(error.code)
    allow = getattr(error, "valid_methods", None)
    detail = _SENTENCES.get(status, error.description or status.description)
    return respond(ProblemError(status, detail, {"Allow": ", ".join(sorted(allow))} if allow else None))


def _unexpected(error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return respond(ProblemError(status, _SENTENCES[status]))
