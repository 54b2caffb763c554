"""``/openapi.json``: OpenAPI 3.1 of the questions, the endpoint and the rest, made once for each snapshot.

What a question may be asked and what its answer looks like are of the snapshot: the document is made when the first
client asks for it, with the answers that the server gives. Where a client finds the server is of the request, and is
filled in then.
"""

from __future__ import annotations

import json
import threading
import time
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from kg.namespaces import BASE
from kg.questions import GROUPS, Answer, ParameterError, Question
from kg.questions.formats import Page, document
from server import ops
from server.ask import ClosedError
from server.current import answer_from, current_snapshot
from server.errors import ProblemError
from server.openapi_parts import Json, headers, parameters, responses, schemas
from server.openapi_paths import other_paths, other_schemas
from server.openapi_questions import list_paths, question_paths
from server.question_catalogue import catalogue, choices
from server.question_drawing import can_draw
from server.question_formats import Asked
from server.question_request import Wanted
from server.questions import described, finished

EXTENSION = "sanctuary_openapi"
SHOWN = 2
"""So many rows are in an example."""
SECONDS = 20.0
"""For so long questions are asked for examples; those that are left have none."""
_HERE = "http://here.invalid"
"""Stands in the document for the address of the server: a document is kept, and each client knows its own address."""
_DESCRIPTION = """\
Questions about published cases of leukemia outside the marrow, each answered with n of N and the papers behind it, and
the SPARQL endpoint over the same graph. It is read-only, needs no key, and takes requests from any page.

Data and answers are CC BY 4.0, the software is Apache-2.0. Published cases are rare and selected: what they count is
not how often something happens, and nothing here is medical advice.

Each question has `/questions/<name>.json`, and files at the same address with another ending. Errors are
`application/problem+json` (RFC 9457). Addresses that have an entity tag take HEAD and `If-None-Match`."""

blueprint = Blueprint("openapi", __name__)


class Documents:
    """The document of the snapshot in service. Safe for threads."""

    def __init__(self) -> None:
        self._kept: tuple[str, str] = ("", "")
        self._lock = threading.Lock()

    def get(self) -> str:
        """The document of the snapshot of this request.

        Raises:
            ProblemError: another request has been making it for long, or the workers have no answer.
        """
        version = current_snapshot().version
        kept_version, text = self._kept
        if kept_version == version:
            return text
        if not self._lock.acquire(timeout=SECONDS):
            detail = "The description is being made. Ask for it again in a moment."
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "5"})
        try:
            if self._kept[0] != version:
                self._kept = version, json.dumps(_document(), ensure_ascii=False, separators=(",", ":")) + "\n"
            return self._kept[1]
        finally:
            self._lock.release()


@blueprint.record_once
def _keep_documents(state: BlueprintSetupState) -> None:
    state.app.extensions[EXTENSION] = Documents()


@blueprint.get("/openapi.json")
def openapi() -> BaseResponse:
    """The document: 200, 304, or a problem; a client finds the address under which it reached the server."""
    documents = cast(Documents, current_app.extensions[EXTENSION])
    try:
        text = documents.get()
    except ClosedError:
        # The snapshot has just been replaced.
        answer_from(None)
        text = documents.get()
    if not request.host:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "The header “Host” of this request is no name of a host.")
    here = json.dumps(request.url_root.rstrip("/"), ensure_ascii=False)[1:-1]
    response = Response(text.replace(_HERE, here), content_type="application/json")
    return finished(response, negotiated=False, pinned=False)


def _document() -> Json:
    version, questions = current_snapshot().version, catalogue().questions
    ready = time.monotonic() + SECONDS
    paths, components = question_paths(
        questions, choices(), lambda question: _example(question, ready), draws=can_draw()
    )
    groups = [group for group in GROUPS if any(question.group == group for question in questions)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sanctuary KG",
            "version": version,
            "summary": "Leukemia outside the marrow, case by case.",
            "description": _DESCRIPTION,
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "externalDocs": {"url": BASE, "description": "The dataset."},
        "servers": [{"url": _HERE}],
        "security": [],
        "tags": [{"name": name} for name in ("questions", *groups, "SPARQL", "graphs", "operation")],
        "paths": {
            **list_paths(questions, _listed(questions)),
            **paths,
            **other_paths(version, ops.versions().get_json()),
        },
        "components": {
            "schemas": {**schemas(), **other_schemas(), **components["schemas"]},
            "parameters": {**parameters(), **components["parameters"]},
            "responses": {**responses(), **components["responses"]},
            "headers": headers(),
        },
    }


def _example(question: Question, ready: float) -> tuple[Answer, Json] | None:
    """The answer to a question as it stands, and what ``?_size=2`` shows of it."""
    if time.monotonic() > ready:
        return None
    asked = Asked(question, {}, choices(), Wanted(size=SHOWN), False)
    try:
        answer = asked.answer
    except ParameterError:
        # A default of the question is not in this graph.
        return None
    except ProblemError as error:
        if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        # It takes too long or too much; that will be so for the next client too.
        return None
    page = Page(0, SHOWN)
    told = document(answer, page, "objects")
    assert isinstance(told, dict)
    following = page.next(answer)
    told["next_url"] = None if following is None else _at(asked.part(following, "json", pinned=True, external=True))
    told["version"] = current_snapshot().version
    told["permalink"] = _at(asked.permalink)
    return answer, told


def _listed(questions: tuple[Question, ...]) -> Json | None:
    """The list as it is when the words of one question are looked for."""
    if not questions:
        return None
    first: dict[str, Any] = described(questions[0], {})
    first |= {name: _at(first[name]) for name in ("url", "json")}
    return {"ok": True, "count": 1, "version": current_snapshot().version, "questions": [first]}


def _at(address: str) -> str:
    """An address on this server as the document keeps it: what a client calls this server is not to be kept."""
    parts = urlsplit(address)
    return _HERE + parts.path.removeprefix(request.root_path.rstrip("/")) + (f"?{parts.query}" if parts.query else "")
