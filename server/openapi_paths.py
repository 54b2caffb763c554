"""The OpenAPI document's paths beside the questions: the endpoint, the graphs, and what those who run it ask."""

from __future__ import annotations

from kg.namespaces import GRAPH_METADATA, PREFIXES
from server.examples import DEFAULT
from server.graph_store import FORMATS as GRAPHS
from server.negotiate import GRAPH_FORMATS, HTML, RESULT_FORMATS, Format
from server.openapi_parts import IRI, TEXT, Json, conditional, given, problems, record, ref
from server.sparql import FORM, QUERY

_ASK = "ASK { ?case a sanct:Case }"
_QUERY_METHOD = (
    "The same is taken with the HTTP method QUERY (draft-ietf-httpbis-safe-method-w-body), which OpenAPI 3.1 has no "
    "place for: the query is the body, of the type `application/sparql-query`."
)
_PREFIXES = f"Prefixes that need no declaration: {', '.join(PREFIXES)}."
_AFTER_A_QUERY = (400, 403, 406, 413, 500, 503, 504)


def other_paths(version: str, versions: Json) -> Json:
    """The paths that are the same for every snapshot.

    Args:
        version: the snapshot in service.
        versions: what ``/-/versions`` answers.
    """
    return {
        "/sparql": {"get": _get(), "post": _post()},
        "/graph-store": {"get": _graph()},
        "/.well-known/void": {"get": _void()},
        "/openapi.json": {"get": _itself()},
        "/health": {"get": _told("health", "Whether the process answers.", {"status": "ok"})},
        "/ready": {
            "get": _told("ready", "Whether a query is answered.", {"status": "ready", "snapshot": version}, 503)
        },
        "/-/versions": {"get": _told("versions", "What runs here.", versions)},
    }


def other_schemas() -> Json:
    """The schemas of these paths."""
    names = {"type": "array", "items": TEXT}
    term = {"type": "object", "properties": {"type": TEXT, "value": {}}, "required": ["type", "value"]}
    row = {"type": "object", "additionalProperties": term}
    head = {"type": "object", "properties": {"vars": names, "link": names}}
    results = {"type": "object", "properties": {"bindings": {"type": "array", "items": row}}, "required": ["bindings"]}
    return {
        "SparqlResults": {
            "description": "SPARQL 1.1 Query Results JSON Format: `results` of SELECT, `boolean` of ASK.",
            "type": "object",
            "properties": {"head": head, "results": results, "boolean": {"type": "boolean"}},
            "required": ["head"],
            "oneOf": [{"required": ["results"]}, {"required": ["boolean"]}],
        },
        "JsonLd": {"description": "JSON-LD 1.1.", "type": ["object", "array"]},
        "Iri": IRI,
    }


def _content(offers: tuple[Format, ...]) -> Json:
    content: Json = {}
    for offer in offers:
        schema = TEXT
        if offer.media_type.startswith("application/") and offer.name == "json":
            schema = ref("schemas", "SparqlResults")
        elif offer.name == "jsonld":
            schema = ref("schemas", "JsonLd")
        content[offer.media_type] = {"schema": schema}
    return content


def _answered() -> Json:
    content = _content((*RESULT_FORMATS, *GRAPH_FORMATS))
    content["application/sparql-results+json"]["example"] = {"head": {}, "boolean": True}
    said = "Solutions of SELECT and ASK, or a graph of CONSTRUCT and DESCRIBE, in the format that is accepted."
    return {"description": said, "content": content}


def _asked() -> Json:
    """What may come with a query: its dataset, a format and a deadline."""
    formats = list(dict.fromkeys(offer.name for offer in (*RESULT_FORMATS, *GRAPH_FORMATS)))
    several = {"type": "array", "items": ref("schemas", "Iri")}
    return {
        "default-graph-uri": {**several, "description": "Graphs whose union is the default graph of the query."},
        "named-graph-uri": {**several, "description": "Named graphs of the query."},
        "format": {"type": "string", "enum": formats, "description": "The format, whatever is accepted."},
        "timeout": {
            "type": "number",
            "minimum": 0.001,
            "description": "Seconds after which to give up, if that is before the server does; three decimals at most.",
        },
    }


def _in_query() -> list[Json]:
    asked = []
    for name, schema in _asked().items():
        said = schema.pop("description")
        asked.append({"name": name, "in": "query", "description": said, "schema": schema})
    return asked


def _get() -> Json:
    query = {
        "name": "query",
        "in": "query",
        "description": f"SPARQL 1.1. Without it, the description of the service. {_PREFIXES}",
        "schema": TEXT,
        "examples": {"ask": {"value": _ASK}, "select": {"summary": DEFAULT.question, "value": DEFAULT.sparql}},
    }
    elsewhere = {
        "description": "To the start page: a browser asked without a query.",
        "headers": {"Location": {"schema": TEXT}},
        "content": {HTML: {"schema": TEXT}},
    }
    return {
        "operationId": "query",
        "tags": ["SPARQL"],
        "summary": "Answers a query.",
        "description": f"SPARQL 1.1 Protocol, section 2.1.1. {_QUERY_METHOD}",
        "parameters": [query, *_in_query(), *given("if-none-match")],
        "responses": {**conditional(_answered()), "303": elsewhere, **problems(*_AFTER_A_QUERY)},
    }


def _post() -> Json:
    form = {"type": "object", "properties": {"query": TEXT, **_asked()}, "required": ["query"]}
    return {
        "operationId": "query_by_post",
        "tags": ["SPARQL"],
        "summary": "Answers a query that is sent as a form or as it is.",
        "description": "SPARQL 1.1 Protocol, sections 2.1.2 and 2.1.3. The parameters of the address go with a query "
        "that is sent as it is; a form has them all inside.",
        "parameters": [*_in_query(), *given("if-none-match")],
        "requestBody": {
            "required": True,
            "description": "At most 1 MB.",
            "content": {
                FORM: {"schema": form, "example": {"query": DEFAULT.sparql, "format": "json"}},
                QUERY: {"schema": TEXT, "example": _ASK},
            },
        },
        "responses": {**conditional(_answered()), **problems(*_AFTER_A_QUERY, 415)},
    }


def _graph() -> Json:
    return {
        "operationId": "graph",
        "tags": ["graphs"],
        "summary": "A named graph, or the default graph, which is the union of all.",
        "description": "Graph Store Protocol, section 5.2, to read: name one of `graph` and `default`. `/dataset` "
        "lists the graphs.",
        "parameters": [
            {
                "name": "graph",
                "in": "query",
                "description": "The IRI of a graph.",
                "schema": ref("schemas", "Iri"),
                "example": GRAPH_METADATA,
            },
            {
                "name": "default",
                "in": "query",
                "description": "The default graph; there without a value.",
                "allowEmptyValue": True,
                "schema": {"type": "string", "maxLength": 0},
            },
            *given("if-none-match"),
        ],
        "responses": {
            **conditional({"description": "Its triples.", "content": _content(GRAPHS)}),
            **problems(400, 404, 406, 413, 500, 503, 504),
        },
    }


def _void() -> Json:
    names = [offer.name for offer in GRAPH_FORMATS]
    wanted = {
        "name": "format",
        "in": "query",
        "description": "The format, whatever is accepted.",
        "schema": {"type": "string", "enum": names},
    }
    response = {"description": "VoID, DCAT and service description.", "content": _content(GRAPH_FORMATS)}
    return {
        "operationId": "void",
        "tags": ["graphs"],
        "summary": "What the dataset says of itself.",
        "parameters": [wanted, *given("if-none-match")],
        "responses": {**conditional(response), **problems(400, 406, 413, 500, 503, 504)},
    }


def _itself() -> Json:
    schema = {
        "type": "object",
        "properties": {"openapi": TEXT, "info": {"type": "object"}, "paths": {"type": "object"}},
        "required": ["openapi", "info", "paths"],
    }
    response = {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": schema}}}
    return {
        "operationId": "openapi",
        "tags": ["operation"],
        "summary": "This document.",
        "parameters": given("if-none-match"),
        "responses": {**conditional(response), **problems(400, 412, 500, 503, 504)},
    }


def _told(name: str, said: str, example: Json, *errors: int) -> Json:
    media = {"schema": record(dict.fromkeys(example, TEXT)), "example": example}
    return {
        "operationId": name,
        "tags": ["operation"],
        "summary": said,
        "responses": {
            "200": {"description": said, "content": {"application/json": media}},
            **problems(*errors),
        },
    }
