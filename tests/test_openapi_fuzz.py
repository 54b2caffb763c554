"""What /openapi.json promises, held against what the server answers to sense and to nonsense, by schemathesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import events, from_schema

from kg.build import Built
from server import create_app, questions
from server.pool import Limits
from tests.question_fixture import publish_with_questions

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
EXAMPLES = 4
"""So many random requests are made of each operation, after those that try the bounds of each parameter."""
ACCEPTED = (
    *("text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "text/csv;q=0.5, text/turtle"),
    *("application/problem+json", "image/png"),
)
# QUERY is taken at /sparql, which OpenAPI 3.1 cannot say.
UNEXPECTED = ["PUT", "DELETE", "PATCH", "TRACE"]

FILES = r"^/questions/[d-z].*\.\{format\}$"
"""Of these the bounds of parameters are not tried again: the parameters are those of the JSON. Random requests are."""


@dataclass
class Ran:
    """What was asked, how often, and what was wrong."""

    operations: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    checks: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.operations.total()

    def __str__(self) -> str:
        statuses = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{len(self.operations)} operations, {self.cases} cases ({statuses}), {self.checks} checks, "
            f"{self.failures.total()} failures"
        )

    def add(self, event: Any) -> None:
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.failures[type(event).__name__] += 1
            self.told.append(str(getattr(event, "value", None) or getattr(event, "exception", event)))
        if not isinstance(event, events.ScenarioFinished):
            return
        recorder = event.recorder
        self.operations[recorder.label] += len(recorder.cases)
        self.statuses.update(one.response.status_code for one in recorder.interactions.values() if one.response)
        for check in (check for several in recorder.checks.values() for check in several):
            self.checks += 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                self.failures[type(failure).__name__] += 1
                self.told.append(f"{recorder.label}: {failure.message}\n{check.failure_info.code_sample}")


def fuzz(app: Flask, *, only: str = "", examples: int = EXAMPLES) -> Ran:
    """Ask what the document of an app describes; the same requests every time."""
    config = schemathesis.Config.from_dict(
        {
            "seed": 1,
            "continue-on-failure": True,
            # Its client for WSGI asks for gzip and cannot read it.
            "headers": {"Accept-Encoding": "identity"},
            "generation": {"deterministic": True, "max-examples": examples, "database": "none", "no-shrink": True},
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": True}, "fuzzing": {"enabled": True}},
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "operations": [
                {"include-path": "/sparql", "phases": {"coverage": {"unexpected-methods": UNEXPECTED}}},
                *([{"exclude-path": only, "enabled": False}] if only else []),
                {"include-path-regex": FILES, "phases": {"coverage": {"enabled": False}}},
            ],
        }
    )
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    schemathesis.serializer.alias("application/sparql-query", "text/plain")
    ran = Ran()
    for event in from_schema(schema).execute():
        ran.add(event)
    return ran


@pytest.fixture(autouse=True)
def _varied() -> Iterator[None]:
    """Other media types are accepted in half of the requests; most versions that are made up become one there is."""
    asked, versions = 0, dict[int, str]()

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        nonlocal asked
        asked += 1
        case.headers["Accept"] = ACCEPTED[asked // 2 % len(ACCEPTED)] if asked % 2 else "*/*"
        app = case.operation.app
        if isinstance(case.query, dict) and "_version" in case.query and asked % 8:
            if id(app) not in versions:
                versions[id(app)] = app.test_client().get("/-/versions").json["snapshot"]
            case.query["_version"] = versions[id(app)]
        for sent in (case.query, case.body):
            if isinstance(sent, dict) and isinstance(sent.get("timeout"), int | float) and 0 < sent["timeout"] < 5:
                # A query is given up after a millisecond if the client says so: that is no error of the server.
                sent["timeout"] = 5

    schemathesis.hook(before_call)
    yield
    schemathesis.hooks.unregister(before_call)


def test_the_server_answers_as_the_document_says(built: Built, snapshots: Path) -> None:
    app = create_app(snapshots, Limits(seconds=10))
    described = app.test_client().get("/openapi.json").json
    assert described is not None
    ran = fuzz(app)
    print(f"\nschemathesis: {ran}")
    assert ran.told == []
    assert ran.failures.total() == 0
    named = {f"{method.upper()} {path}" for path, item in described["paths"].items() for method in item}
    # The document itself was read to begin with, and is not asked for again.
    assert set(ran.operations) == named - {"GET /openapi.json"}
    assert min(count for name, count in ran.operations.items() if name.startswith("GET /questions/")) >= EXAMPLES
    assert ran.cases > 30 * len(named)
    assert ran.checks > 4 * ran.cases
    # Nonsense is refused early: without enough answers the schemas of answers would not be tried.
    assert ran.statuses[200] > ran.cases / 5
    assert {304, 400, 404, 405, 406, 415} <= set(ran.statuses)


def _breaks(*_: Any, **__: Any) -> str:
    raise RuntimeError("planted")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (_breaks, {"ServerError"}),
        (lambda asked, suffix: '{"ok": true}', {"JsonSchemaError"}),
    ],
    ids=["an error of the server", "an answer of another shape"],
)
def test_a_planted_defect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, found: set[str]
) -> None:
    publish_with_questions(tmp_path)
    app = create_app(tmp_path)
    only = "/questions/numbered-things.json"
    assert fuzz(app, only=only, examples=1).told == []
    monkeypatch.setattr(questions, "body", answer)
    ran = fuzz(app, only=only, examples=1)
    assert set(ran.operations) == {"GET /questions/numbered-things.json"}
    assert set(ran.failures) == found
