"""``/graph-store``: reads of the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named indirectly, by ``?graph=`` with its IRI or by ``?default`` (section 4.2); GET and HEAD give it
(sections 5.2 and 5.7). The rest of the protocol writes, and this store is read-only.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from kg.link.hierarchy import GRAPHS as TERMINOLOGIES
from server.addresses import is_iri
from server.ask import document, rows
from server.current import current_snapshot
from server.errors import ProblemError
from server.negotiate import GRAPH_FORMATS, ranked

READ_ONLY = "This graph store is read-only: it takes GET and HEAD. Build a snapshot to change the data."
ALLOW = "GET, HEAD, OPTIONS"
# Formats with graphs in them would only say again which graph this is.
FORMATS = tuple(form for form in GRAPH_FORMATS if form.name in ("turtle", "ntriples", "jsonld", "rdfxml"))
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
# The user's own terminologies are under licences of their own: the whole is without them, as every export is. Whoever
# names the graph of one gets it. Each triple once, as the union has it.
_WITHOUT_TERMINOLOGIES = f"""\
CONSTRUCT {{ ?s ?p ?o }}
WHERE {{ SELECT DISTINCT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRSTARTS(STR(?g), "{TERMINOLOGIES}")) }} }}"""

blueprint = Blueprint("graph_store", __name__)


@blueprint.get("/graph-store", provide_automatic_options=False)
def graph() -> Response:
    """A graph: 200 with its triples, 304, or a problem; 404 where there is none of that name (section 5.2)."""
    name = _graph_name()
    forms = ranked(request.headers.get("Accept", ""), FORMATS)
    if not forms:
        types = ", ".join(form.media_type for form in FORMATS)
        raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"A graph comes as one of: {types}.")
    if name is None:
        return document(_WITHOUT_TERMINOLOGIES if current_snapshot().manifest.get("terminologies") else _ALL, forms[0])
    if not rows(f"SELECT ?s {{ GRAPH <{name}> {{ ?s ?p ?o }} }} LIMIT 1"):
        raise ProblemError(HTTPStatus.NOT_FOUND, f"There is no graph <{name}>. /dataset lists the graphs.")
    return document(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}", forms[0])


@blueprint.route("/graph-store", methods=["OPTIONS"])
def options() -> Response:
    """What may be done here: reading."""
    return Response(status=HTTPStatus.NO_CONTENT, headers={"Allow": ALLOW})


@blueprint.route("/graph-store", methods=["PUT", "POST", "DELETE", "PATCH"], provide_automatic_options=False)
def write() -> Response:
    """Nothing: every write is refused (section 5, “405 Method Not Allowed”)."""
    raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, READ_ONLY, {"Allow": ALLOW})


def _graph_name() -> str | None:
    """The IRI of the graph that is asked for; ``None`` for the default graph."""
    names = request.args.getlist("graph")
    defaults = request.args.getlist("default")
    if len(names) + len(defaults) != 1:
        detail = "Name one graph, with ?graph= and its IRI, or ask for the default graph with ?default."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)
    if defaults:
        return None
    if not is_iri(names[0]):
        raise ProblemError(HTTPStatus.BAD_REQUEST, "The value of “graph” is not an absolute IRI.")
    return names[0]
