"""What the operations of the OpenAPI document have in common: parameters, headers, schemas, and what goes wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from kg.questions.formats import SHAPES
from kg.questions.question import KINDS, PLOTS
from kg.questions.table import MOST_ROWS
from server.current import KEPT_NAME
from server.errors import PROBLEM_JSON
from server.negotiate import HTML
from server.question_request import MOST, SHAPE, SIZE, VERSION

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
IRI: Json = {"type": "string", "format": "uri"}
COUNT: Json = {"type": "integer", "minimum": 0}
WHETHER: Json = {"type": "boolean"}

_SENTENCES = {
    HTTPStatus.BAD_REQUEST: "The request cannot be taken; `detail` says why.",
    HTTPStatus.FORBIDDEN: "An update. This endpoint is read-only.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or not in this format; `detail` says what there is.",
    HTTPStatus.NOT_ACCEPTABLE: "The answer comes in none of the media types that are accepted; `detail` lists them.",
    HTTPStatus.PRECONDITION_FAILED: "The answer is not the one that `If-Match` names.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large, or the answer needs more than is allowed.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is neither a form nor a query.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on this side.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too much is under way. Send it again after the seconds in `Retry-After`.",
    HTTPStatus.GATEWAY_TIMEOUT: "The answer was not there before the deadline of the query.",
}
_BUSY = HTTPStatus.SERVICE_UNAVAILABLE


def ref(kind: str, name: str) -> Json:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def maybe(schema: Json) -> Json:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def record(properties: Json) -> Json:
    """An object that has all of these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def problems(*statuses: int) -> Json:
    """The responses for errors; 400 is one that names no parameter."""
    return {str(status): ref("responses", f"Problem{status}") for status in statuses}


def given(*names: str) -> list[Json]:
    """Parameters by the names of their components."""
    return [ref("parameters", name) for name in names]


def conditional(response: Json) -> Json:
    """The responses of an address that has an entity tag."""
    headers = {"ETag": ref("headers", "ETag"), **response.get("headers", {})}
    return {"200": {**response, "headers": headers}, "304": ref("responses", "NotModified")}


def _problem(status: HTTPStatus, schema: str = "Problem", said: str = "") -> Json:
    content = {PROBLEM_JSON: {"schema": ref("schemas", schema)}, HTML: {"schema": TEXT}}
    response: Json = {"description": said or _SENTENCES[status], "content": content}
    if status == _BUSY:
        response["headers"] = {"Retry-After": {"schema": COUNT, "description": "Seconds."}}
    return response


def responses() -> Json:
    """The responses that several operations have; errors come as a page to a client that would rather have one."""
    wrong = "A parameter cannot be taken. `parameter` names it, `allowed` is what it may be, where that can be listed."
    return {
        "NotModified": {
            "description": "What the entity tag in `If-None-Match` names is still the answer.",
            "headers": {"ETag": ref("headers", "ETag")},
        },
        "ParameterProblem": _problem(HTTPStatus.BAD_REQUEST, "ParameterProblem", wrong),
        **{f"Problem{status.value}": _problem(status) for status in _SENTENCES},
    }


def headers() -> Json:
    """The headers of responses that are worth a word."""
    return {
        "ETag": {"schema": TEXT, "description": "Names this answer, for `If-None-Match`. It is weak."},
        "Link": {
            "schema": TEXT,
            "description": "The pages `next`, `prev` and `first` (RFC 8288), if there are others. They stay with the "
            "snapshot of this one.",
        },
    }


def parameters() -> Json:
    """The parameters that several operations have."""

    def query(name: str, schema: Json, said: str) -> Json:
        return {"name": name, "in": "query", "description": said, "schema": schema}

    size = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"type": "string", "enum": ["max"]}]}
    return {
        "shape": query(
            SHAPE,
            {"type": "string", "enum": list(SHAPES), "default": SHAPES[0]},
            "`objects`: rows as objects; `arrays`: rows as lists; `array`: nothing but the rows, as objects.",
        ),
        "size": query(
            "_size",
            size,
            f"Rows of a page, at most {MOST}, which is `max`. Without it JSON has {SIZE} and a table all of them.",
        ),
        "next": query(
            "_next",
            {"type": "integer", "minimum": 0, "maximum": MOST_ROWS, "default": 0},
            "The first row of a page, as `next` of the page before has it.",
        ),
        "version": query(
            VERSION,
            {"type": "string", "pattern": f"^{KEPT_NAME.pattern}$"},
            "The snapshot that answers, if it is still kept; without it the one in service.",
        ),
        "words": query("q", TEXT, "Words, all of which stand in a question, its description or its tags."),
        "if-none-match": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` of an answer that is there already.",
            "schema": TEXT,
        },
    }


def schemas() -> Json:
    """The schemas that several operations have."""
    problem = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
    cell = {"type": ["string", "number", "boolean", "null"]}
    return {
        "Problem": {
            "description": "RFC 9457; `detail` is a sentence for people.",
            "type": "object",
            "properties": problem,
            "required": list(problem),
        },
        "ParameterProblem": {
            "allOf": [
                ref("schemas", "Problem"),
                {
                    "type": "object",
                    "properties": {"parameter": TEXT, "allowed": {"type": "array", "items": TEXT}},
                    "required": ["parameter", "allowed"],
                },
            ]
        },
        "Cell": {"description": "An IRI, a text, a number, a truth value, or nothing.", **cell},
        "Iris": {"type": "array", "items": IRI},
        "CellOrIris": {"oneOf": [ref("schemas", "Cell"), ref("schemas", "Iris")]},
        "Answer": _answer(),
        "AnyAnswer": {
            "oneOf": [
                ref("schemas", "Answer"),
                {"type": "array", "items": {"type": "object", "additionalProperties": ref("schemas", "CellOrIris")}},
            ]
        },
        "QuestionList": record(
            {
                "ok": {"const": True},
                "count": COUNT,
                "version": TEXT,
                "questions": {"type": "array", "items": ref("schemas", "QuestionListed")},
            }
        ),
        "QuestionListed": _listed(),
        "CslItem": {
            "description": "A work as the Citation Style Language has it in JSON; `id` is the slug of the reference.",
            "type": "object",
            "properties": {"id": TEXT, "type": TEXT, "title": TEXT, "DOI": TEXT, "PMID": TEXT, "URL": IRI},
            "required": ["id", "type"],
        },
    }


def _answer() -> Json:
    properties: Json = {
        "ok": {"const": True},
        "question": {**TEXT, "description": "The name of the question."},
        "summary": {**TEXT, "description": "The question in words."},
        "parameters": {"type": "object", "description": "What was asked with: IRIs in full; null where any would do."},
        "columns": {"type": "array", "items": TEXT},
        "rows": {"type": "array", "items": {"type": ["object", "array"]}},
        "count": {**COUNT, "description": "Rows of the whole answer."},
        "n": {**maybe(COUNT), "description": "Cases behind the rows; null if the question is not about cases."},
        "N": {**maybe(COUNT), "description": "Cases in which it was assessed; null if each row has its own."},
        "cases": {**ref("schemas", "Iris"), "description": "The cases behind the rows."},
        "truncated": {
            **WHETHER,
            "description": f"Whether there are rows beyond the {MOST_ROWS}th, which are not given.",
        },
        "next": {**maybe(TEXT), "pattern": "^[0-9]+$", "description": "The `_next` of the next page."},
        "next_url": {**maybe(IRI), "description": "Where the next page is."},
        "version": {**TEXT, "description": "The snapshot that answered."},
        "permalink": {**IRI, "description": "Where this answer stays as long as that snapshot is kept."},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _listed() -> Json:
    parameter = {
        "name": TEXT,
        "type": {"enum": list(KINDS)},
        "label": TEXT,
        "of": maybe(IRI),
        "default": maybe(TEXT),
        "least": {"type": ["integer", "null"]},
        "most": {"type": ["integer", "null"]},
    }
    texts = {"type": "array", "items": TEXT}
    return record(
        {
            **dict.fromkeys(("slug", "summary", "description", "group"), TEXT),
            "tags": texts,
            "parameters": {"type": "array", "items": record(parameter)},
            "plot": {"enum": [*PLOTS, None]},
            "reproduces": {**texts, "description": "Statistics that a paper prints, as record and id."},
            "url": IRI,
            "json": IRI,
        }
    )
