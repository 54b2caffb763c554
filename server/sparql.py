"""The endpoint ``/sparql``: the query operation of the SPARQL 1.1 Protocol, section 2.1."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kg.errors import QueryError
from kg.snapshot import Snapshot
from server.current import current_snapshot
from server.errors import ProblemError
from server.evaluate import Query, evaluate, evaluate_table
from server.guard import FORMS, UPDATES, Guarded, RefusedError, guard
from server.negotiate import GRAPH_FORMATS, PAGE, RESULT_FORMATS, Format, choose, formats_for, named, prefers_html
from server.pages import MAX_ROWS, result_page

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
READ_ONLY = "This endpoint is read-only: it answers queries and takes no updates. Build a snapshot to change the data."

blueprint = Blueprint("sparql", __name__)


@dataclass(frozen=True)
class _Sent:
    """What the client sent; ``format`` is empty where the Accept header decides."""

    queries: tuple[str, ...]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str


@blueprint.route("/sparql", methods=["GET", "POST"])
def query() -> BaseResponse:
    """Answer a query: 200 with the results, 304, or a problem."""
    sent = _read_request()
    if not sent.queries and request.method != "POST" and prefers_html(request.accept_mimetypes, _machine_types()):
        return redirect(url_for("pages.start"), HTTPStatus.SEE_OTHER)
    if len(sent.queries) != 1:
        detail = f"Send exactly one “query” parameter; this request has {len(sent.queries) or 'none'}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)
    guarded = _guarded(sent.queries[0])
    dataset = Query(guarded.text, sent.default_graphs, sent.named_graphs)
    _refuse_merge(guarded, dataset)
    chosen = _choose(guarded.keyword, sent.format)
    snapshot = current_snapshot()
    etag = None if guarded.volatile or request.method == "POST" else _etag(snapshot, dataset, chosen)
    if etag is not None and etag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = _answer(snapshot, dataset, chosen, sent.queries[0], guarded.keyword)
    if etag is not None:
        # Weak: without ORDER BY the rows may come in another order.
        response.set_etag(etag, weak=True)
    response.vary.add("Accept")
    return response


def _read_request() -> _Sent:
    parameters = request.args
    queries = parameters.getlist("query")
    if request.method == "POST":
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
    )


def _body() -> str:
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{QUERY} is always UTF-8.", {"Accept-Post": QUERY})
    try:
        return request.get_data(cache=False).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"The query is not UTF-8 at byte {error.start}.") from error


def _guarded(text: str) -> Guarded:
    try:
        guarded = guard(text)
    except RefusedError as refused:
        raise ProblemError(HTTPStatus.BAD_REQUEST, str(refused)) from refused
    if guarded.keyword in UPDATES:
        raise ProblemError(HTTPStatus.BAD_REQUEST, READ_ONLY)
    if guarded.keyword not in FORMS:
        found = f"it begins with {guarded.keyword[:20]}" if guarded.keyword else "there is no such word in it"
        detail = f"A query is a SELECT, ASK, CONSTRUCT or DESCRIBE; {found}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"The query does not parse. {detail}")
    return guarded


def _refuse_merge(guarded: Guarded, dataset: Query) -> None:
    """Several default graphs are to be answered as one merged graph; the engine finds a shared triple once for each."""
    by_protocol = bool(dataset.default_graphs or dataset.named_graphs)
    wanted = len(dataset.default_graphs) if by_protocol else guarded.default_graphs
    if wanted > 1:
        detail = (
            "Only one default graph can be chosen for now (“default-graph-uri” or FROM). "
            "Without any, the default graph is the union of all; GRAPH chooses among the named graphs."
        )
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)


def _choose(keyword: str, wanted: str) -> Format:
    offers = formats_for(keyword)
    chosen = named(wanted, offers) if wanted else choose(request.accept_mimetypes, offers)
    if chosen is not None:
        return chosen
    if wanted and named(wanted, (*RESULT_FORMATS, *GRAPH_FORMATS)) is None:
        names = ", ".join(dict.fromkeys(offer.name for offer in offers))
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"There is no format “{wanted}”. For this query there are: {names}.")
    types = ", ".join(offer.media_type for offer in offers)
    raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"The answer to this query comes as one of: {types}.")


def _etag(snapshot: Snapshot, dataset: Query, chosen: Format) -> str:
    parts = (snapshot.version, dataset.text, chosen.media_type, *dataset.default_graphs, "", *dataset.named_graphs)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _answer(snapshot: Snapshot, dataset: Query, chosen: Format, text: str, keyword: str) -> Response:
    try:
        if chosen == PAGE:
            table = evaluate_table(snapshot, dataset, MAX_ROWS)
            return Response(result_page(snapshot, dataset, table, text, keyword), mimetype=PAGE.media_type)
        body = evaluate(snapshot, dataset, chosen.syntax)
    except QueryError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, str(error)) from error
    charset = "; charset=utf-8" if chosen.media_type.startswith("text/") else ""
    return Response(body, content_type=chosen.media_type + charset)


def _machine_types() -> list[str]:
    return [offer.media_type for offer in (*RESULT_FORMATS, *GRAPH_FORMATS) if offer != PAGE]
