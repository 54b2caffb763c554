"""The endpoint ``/sparql``: the query operation of the SPARQL 1.1 Protocol, section 2.1.

Nothing of a query is parsed here: its text, its dataset and the formats that the client takes go to a worker.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import cast

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from server.access_log import noted
from server.cache import Cache, Kept, normalise
from server.current import Serving, current, current_snapshot
from server.errors import ProblemError
from server.negotiate import GRAPH_FORMATS, PAGE, RESULT_FORMATS, Format, named, prefers_html, ranked
from server.pages import MAX_ROWS, result_page
from server.pool import Job
from server.spool import NoAnswerError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
READ_ONLY = "This endpoint is read-only: it answers queries and takes no updates. Build a snapshot to change the data."
GONE = "sanctuary.gone"
"""Key of the WSGI environment under which a server may put a function that says whether the client has left."""
_DESCRIPTION = """CONSTRUCT { ?s ?p ?o } WHERE {
  GRAPH skg:graph\\/metadata { ?s ?p ?o FILTER(STRSTARTS(STR(?s), "https://w3id.org/sanctuary-kg/sparql")) }
}"""
_IRIS = re.compile(r"<[^\s<>(){}\"|^`\\]*>")
_MAY_VARY = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)

blueprint = Blueprint("sparql", __name__)

# How each reason for having no answer is told: status, and headers.
_STATUS = {
    "syntax": HTTPStatus.BAD_REQUEST,
    "refused": HTTPStatus.BAD_REQUEST,
    "update": HTTPStatus.BAD_REQUEST,
    "evaluation": HTTPStatus.BAD_REQUEST,
    "memory": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "size": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "lost": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "deadline": HTTPStatus.GATEWAY_TIMEOUT,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "closed": HTTPStatus.SERVICE_UNAVAILABLE,
    "gone": HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True)
class Asked:
    """What the client sent: a query, its dataset, its own deadline, and the formats it takes, best first."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    seconds: float
    solutions: tuple[Format, ...]
    graphs: tuple[Format, ...]

    def job(self) -> Job:
        """The same as a worker takes it."""
        syntaxes = tuple(f.syntax for f in self.solutions), tuple(f.syntax for f in self.graphs)
        return Job(self.query, self.default, self.named, *syntaxes, limit=MAX_ROWS)

    def key(self, version: str) -> str:
        """What decides the answer, as one text."""
        formats = [f.media_type for f in (*self.solutions, *self.graphs)]
        return json.dumps([version, normalise(self.query), self.default, self.named, formats])


@blueprint.route("/sparql", methods=["GET", "POST", "QUERY"])
def query() -> BaseResponse:
    """Answer a query: 200 with the results, 304, or a problem. Without one, describe the service."""
    sent = _read_request()
    if not sent.queries and request.method in ("GET", "HEAD"):
        if prefers_html(request.accept_mimetypes, _machine_types()):
            return redirect(url_for("pages.start"), HTTPStatus.SEE_OTHER)
        return answer(_asked(sent, _DESCRIPTION))
    if len(sent.queries) != 1:
        detail = f"Send exactly one “query” parameter; this request has {len(sent.queries) or 'none'}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)
    return answer(_asked(sent, sent.queries[0]))


def answer(asked: Asked) -> Response:
    """The response to a query.

    Raises:
        ProblemError: there is no answer.
    """
    noted().query = asked.query
    serving = current_snapshot()
    key = None if _MAY_VARY.search(_IRIS.sub("", asked.query)) else asked.key(serving.version)
    etag = None if key is None else hashlib.sha256(key.encode()).hexdigest()[:32]
    if etag is not None and etag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = _kept(key) or _evaluated(serving, asked, key)
    if etag is not None:
        # Weak: without ORDER BY the rows may come in another order, and gzip changes the bytes.
        response.set_etag(etag, weak=True)
        response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.add("Accept")
    return response


def cache() -> Cache:
    """The cache of this application."""
    return cast(Cache, current_app.extensions["sanctuary_cache"])


@dataclass(frozen=True)
class _Sent:
    queries: tuple[str, ...]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str
    timeout: str


def _read_request() -> _Sent:
    parameters = request.args
    queries = parameters.getlist("query")
    if request.method not in ("GET", "HEAD"):
        if request.mimetype == UPDATE:
            raise ProblemError(HTTPStatus.FORBIDDEN, READ_ONLY)
        if request.mimetype == QUERY:
            queries = [*queries, _body()]
        elif request.mimetype == FORM:
            parameters = request.form
            queries = [*queries, *parameters.getlist("query")]
        else:
            sent = f"“{request.mimetype}”" if request.mimetype else "no content type"
            detail = f"This request has {sent}. Send a query as {FORM} or as {QUERY}."
            raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, {"Accept-Post": f"{FORM}, {QUERY}"})
    if "update" in parameters or "update" in request.args:
        raise ProblemError(HTTPStatus.FORBIDDEN, READ_ONLY)
    return _Sent(
        tuple(queries),
        tuple(filter(None, parameters.getlist("default-graph-uri"))),
        tuple(filter(None, parameters.getlist("named-graph-uri"))),
        parameters.get("format", ""),
        parameters.get("timeout", ""),
    )


def _body() -> str:
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{QUERY} is always UTF-8.", {"Accept-Post": QUERY})
    try:
        return request.get_data(cache=False).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"The query is not UTF-8 at byte {error.start}.") from error


def _asked(sent: _Sent, query: str) -> Asked:
    solutions, graphs = _formats(sent.format)
    return Asked(query, sent.default_graphs, sent.named_graphs, _seconds(sent.timeout), solutions, graphs)


def _formats(wanted: str) -> tuple[tuple[Format, ...], tuple[Format, ...]]:
    """What the client takes of results and of graphs: what ``format`` names, else what Accept says."""
    if not wanted:
        accept = request.headers.get("Accept", "")
        return ranked(accept, RESULT_FORMATS), ranked(accept, GRAPH_FORMATS)
    solution, graph = named(wanted, RESULT_FORMATS), named(wanted, GRAPH_FORMATS)
    if solution is None and graph is None:
        names = ", ".join(dict.fromkeys(offer.name for offer in (*RESULT_FORMATS, *GRAPH_FORMATS)))
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"There is no format “{wanted}”. There are: {names}.")
    return (solution,) if solution else (), (graph,) if graph else ()


def _seconds(wanted: str) -> float:
    """The deadline of a query: that of the server, or a lower one that the client asks for."""
    most = current().limits.seconds
    if not wanted:
        return most
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", wanted) or float(wanted) <= 0:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"“timeout” is a number of seconds above 0, at most {most:g}.")
    return min(most, float(wanted))


def _kept(key: str | None) -> Response | None:
    kept = None if key is None else cache().get(key)
    noted().cache_hit = None if key is None else kept is not None
    return None if kept is None else Response(kept.body, kept.status, list(kept.headers))


def _evaluated(serving: Serving, asked: Asked, key: str | None) -> Response:
    gone: Callable[[], bool] = request.environ.get(GONE, lambda: False)
    try:
        told = current().run(asked.job(), asked.seconds, gone)
        chunks = told.chunks
        first = next(chunks, b"")
        second = next(chunks, None)
    except NoAnswerError as error:
        noted().outcome = error.kind
        raise _problem(error, asked) from error
    syntax = told.head["syntax"]
    chosen = next(f for f in (*asked.solutions, *asked.graphs) if f.syntax == syntax)
    if chosen == PAGE:
        body = b"".join([first, *([] if second is None else [second, *chunks])])
        page = result_page(serving, asked, json.loads(body), told.head["form"])
        return Response(page, content_type="text/html; charset=utf-8")
    charset = "; charset=utf-8" if chosen.media_type.startswith("text/") else ""
    headers = (("Content-Type", chosen.media_type + charset),)
    if second is None:
        if key is not None and not told.head["volatile"]:
            cache().put(key, Kept(200, headers, first))
        return Response(first, headers=list(headers))
    parts: list[bytes] = [first, second]
    stretches: Iterator[bytes] = chain(parts, chunks)
    if key is not None and not told.head["volatile"]:
        store = cache()
        stretches = keeping(stretches, store.largest, lambda whole: store.put(key, Kept(200, headers, whole)))
    response = Response(stretches, headers=list(headers))
    # A client that leaves in the middle leaves the body unread; closing it ends the worker.
    response.call_on_close(chunks.close)
    return response


def keeping(chunks: Iterable[bytes], most: int, keep: Callable[[bytes], None]) -> Iterator[bytes]:
    """The same stretches, and at their end the whole to ``keep``, unless it is more than ``most`` bytes."""
    kept: bytearray | None = bytearray()
    for chunk in chunks:
        if kept is not None:
            kept += chunk
            if len(kept) > most:
                kept = None
        yield chunk
    if kept is not None:
        keep(bytes(kept))


def _problem(error: NoAnswerError, asked: Asked) -> ProblemError:
    if error.kind == "not-acceptable":
        offers = GRAPH_FORMATS if error.detail == "graph" else RESULT_FORMATS
        types = ", ".join(offer.media_type for offer in offers)
        return ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"The answer to this query comes as one of: {types}.")
    headers = {"Retry-After": "1"} if error.kind in ("busy", "closed") else None
    return ProblemError(_STATUS.get(error.kind, HTTPStatus.INTERNAL_SERVER_ERROR), error.detail, headers)


def _machine_types() -> list[str]:
    return [offer.media_type for offer in (*RESULT_FORMATS, *GRAPH_FORMATS) if offer != PAGE]
