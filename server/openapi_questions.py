"""The questions in the OpenAPI document.

A question has two paths of its own, with its parameters typed: ``/questions/<slug>.json``, whose rows are typed by the
question's columns, and ``/questions/<slug>.{format}`` for what is a file in the end. So a generated client has two
methods a question instead of nine, and neither takes a parameter that the question does not have. The page that people
see is one path for all, since nobody generates a client for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.questions import Answer, Choices, Question
from kg.questions.answer import LISTS
from server.negotiate import HTML
from server.openapi_parameters import bound, called, description, identifier, parameter_schema
from server.openapi_parts import COUNT, TEXT, Json, conditional, given, maybe, problems, record, ref
from server.question_formats import FORMATS

_IF_KEPT = "if-none-match"
_ERRORS = (412, 413, 500, 503, 504)

Example = Callable[[Question], tuple[Answer, Json] | None]
"""The answer to a question with its defaults, and the same as JSON with its first rows; ``None`` if there is none."""


def question_paths(
    questions: tuple[Question, ...], choices: Choices, example: Example, *, draws: bool
) -> tuple[Json, Json]:
    """The paths of the questions, and the components that they refer to.

    Args:
        questions: those of the snapshot.
        choices: what their parameters may be in it.
        example: answers each.
        draws: whether plots can be drawn here.
    """
    paths: Json = {}
    components: Json = {"schemas": {}, "parameters": _formats(), "responses": _files()}
    for question in questions:
        found = example(question)
        answer, shown = found or (None, None)
        slug, name = question.slug, called(question.slug)
        asked = []
        for parameter in question.parameters:
            schema = parameter_schema(parameter, choices, components["schemas"])
            key = f"{slug}.{parameter.name}"
            components["parameters"][key] = {
                "name": parameter.name,
                "in": "query",
                "description": description(parameter, choices),
                "schema": schema,
            }
            asked.append(key)
        components["schemas"][f"{name}Row"] = _row(answer)
        components["schemas"][f"{name}Answer"] = _whole(question, answer)
        shared = {"tags": [question.group], "summary": question.summary}
        media: Json = {"schema": ref("schemas", f"{name}Answer")}
        response = {
            "description": "The answer.",
            "headers": {"Link": ref("headers", "Link")},
            "content": {"application/json": media if shown is None else {**media, "example": shown}},
        }
        errors = {"400": ref("responses", "ParameterProblem"), **problems(404, *_ERRORS)}
        paths[f"/questions/{slug}.json"] = {
            "get": {
                "operationId": f"ask_{identifier(slug)}",
                **shared,
                "description": question.description,
                "parameters": given(*asked, "shape", "size", "next", "version", _IF_KEPT),
                "responses": {**conditional(response), **errors},
            }
        }
        drawn = draws and question.plot is not None
        file = ref("responses", "FileOrPlot" if drawn else "File")
        paths[f"/questions/{slug}.{{format}}"] = {
            "get": {
                "operationId": f"export_{identifier(slug)}",
                **shared,
                "description": f"The answer to `/questions/{slug}.json` as a file. `_size` and `_next` are for `csv` "
                "and `tsv` only.",
                "parameters": given(
                    "format-or-plot" if drawn else "format", *asked, "size", "next", "version", _IF_KEPT
                ),
                "responses": {"200": file, "304": ref("responses", "NotModified"), **errors, **problems(413)},
            }
        }
    return paths, components


def list_paths(questions: tuple[Question, ...], example: Json | None) -> Json:
    """The list of questions, as a page and as JSON, and the page of any question."""
    listed: Json = {"schema": ref("schemas", "QuestionList")}
    if example is not None:
        listed["example"] = example
    asked = given("words", "version", _IF_KEPT)
    errors = {"400": ref("responses", "ParameterProblem"), **problems(404, *_ERRORS)}
    both = {"application/json": listed, HTML: {"schema": TEXT}}

    def operation(name: str, said: str, content: Json, *others: int) -> Json:
        response = {"description": "The questions.", "content": content}
        told = {"operationId": name, "tags": ["questions"], "summary": said, "parameters": asked}
        return {"get": {**told, "responses": {**conditional(response), **errors, **problems(*others)}}}

    paths = {
        "/questions.json": operation("list_questions", "The questions.", {"application/json": listed}),
        "/questions": operation(
            "questions_page", "The questions, as a page or as JSON by what is accepted.", both, 406
        ),
    }
    if questions:
        paths["/questions/{slug}"] = _page(questions, {**errors, **problems(406, 413)})
    return paths


def _page(questions: tuple[Question, ...], errors: Json) -> Json:
    slug = {"name": "slug", "in": "path", "required": True, "description": "The name of a question."}
    free = {
        "name": "parameters",
        "in": "query",
        "description": "The parameters of the question, each under its own name; its path with `.json` has them typed.",
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": TEXT},
    }
    response = {
        "description": "The question with its answer, as a page unless something else is accepted.",
        "headers": {"Link": ref("headers", "Link")},
        "content": {
            HTML: {"schema": TEXT},
            "application/json": {"schema": ref("schemas", "AnyAnswer")},
            "text/csv": {"schema": TEXT},
            "text/tab-separated-values": {"schema": TEXT},
        },
    }
    return {
        "get": {
            "operationId": "question_page",
            "tags": ["questions"],
            "summary": "A question as a page with a form, or its answer by what is accepted.",
            "parameters": [
                {**slug, "schema": {"type": "string", "enum": [question.slug for question in questions]}},
                free,
                *given("shape", "size", "next", "version", _IF_KEPT),
            ],
            "responses": {**conditional(response), **errors},
        }
    }


def _formats() -> Json:
    def path(suffixes: list[str]) -> Json:
        kinds = "; ".join(f"`{suffix}`: {FORMATS[suffix].label}" for suffix in suffixes)
        schema = {"type": "string", "enum": suffixes}
        return {"name": "format", "in": "path", "required": True, "description": f"{kinds}.", "schema": schema}

    files = [suffix for suffix in FORMATS if suffix != "json"]
    return {"format-or-plot": path(files), "format": path([suffix for suffix in files if suffix != "svg"])}


def _files() -> Json:
    """The answer as a file: tables, references, its SPARQL, and a plot where the question has one."""
    content = {FORMATS[suffix].media_type: {"schema": TEXT} for suffix in FORMATS if suffix not in ("json", "svg")}
    content[FORMATS["csl.json"].media_type] = {"schema": {"type": "array", "items": ref("schemas", "CslItem")}}
    plot = {FORMATS["svg"].media_type: {"schema": TEXT}}
    return {
        name: {
            "description": said,
            "headers": {"ETag": ref("headers", "ETag"), "Link": ref("headers", "Link")},
            "content": several,
        }
        for name, said, several in (
            ("File", "The rows, the papers behind them, or the query that gives them.", content),
            ("FileOrPlot", "The rows, the papers behind them, the query that gives them, or a plot.", content | plot),
        )
    }


def _row(answer: Answer | None) -> Json:
    if answer is None:
        return {"type": "object", "additionalProperties": ref("schemas", "CellOrIris")}
    return record({column: _cell(column) for column in answer.columns})


def _cell(column: str) -> Json:
    """What a column holds, as far as the questions' rules promise it."""
    if column in LISTS:
        return ref("schemas", "Iris")
    if column in ("n", "N"):
        return COUNT
    if column == "share":
        return {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    return maybe(TEXT) if column.endswith("Label") else ref("schemas", "Cell")


def _whole(question: Question, answer: Answer | None) -> Json:
    """The answer in each of its shapes.

    An answer without rows has no shape of rows, so what is chosen among is a single row and not the list of them.
    """
    row = ref("schemas", f"{called(question.slug)}Row")
    items = ref("schemas", "CellOrIris")
    listed: Json = {"type": "array", "items": items}
    properties: dict[str, Any] = {
        "question": {"const": question.slug},
        "parameters": record(bound(question)),
        "rows": {"type": "array", "items": {"oneOf": [row, listed]}},
    }
    if answer is not None:
        width = len(answer.columns)
        listed |= {"minItems": width, "maxItems": width}
        properties["columns"] = {"const": list(answer.columns)}
    return {
        "oneOf": [
            {"allOf": [ref("schemas", "Answer"), {"type": "object", "properties": properties}]},
            {"type": "array", "items": row},
        ]
    }
