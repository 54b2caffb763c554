"""The description of the server for programs: it is valid, its examples are answers, and each host gets its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from kg.build import Built
from server import ask, create_app
from server.errors import ProblemError
from tests.question_fixture import publish_with_questions

AT = "/openapi.json"
OTHERS = {
    *("/questions", "/questions.json", "/questions/{slug}", "/sparql", "/graph-store", "/.well-known/void"),
    *(AT, "/health", "/ready", "/-/versions"),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("snapshots")
    publish_with_questions(folder)
    return create_app(folder).test_client()


@pytest.fixture(scope="module")
def document(client: Any) -> Any:
    return client.get(AT).json


@pytest.fixture(scope="module")
def shipped(built: Built, snapshots: Path) -> Any:
    return create_app(snapshots).test_client()


def errors(document: Any) -> list[str]:
    return [str(error.message) for error in OpenAPIV31SpecValidator(document).iter_errors()]


def wrong(document: Any, schema: Any, value: Any) -> list[str]:
    """What is wrong with a value by a schema of the document."""
    whole = {"allOf": [schema], "components": document["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def resolved(document: Any, part: Any) -> Any:
    while "$ref" in part:
        _, kind, name = part["$ref"].removeprefix("#/").split("/")
        part = document["components"][kind][name] | {key: value for key, value in part.items() if key != "$ref"}
    return part


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def examples(document: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where an example of an answer stands, its schema, and the example."""
    for path, operation in operations(document):
        media = resolved(document, operation["responses"]["200"]).get("content", {})
        for one in media.values():
            if "example" in one:
                yield path, one["schema"], one["example"]


def test_it_is_valid(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert errors(document) == []
    slugs = ("cases-at-a-site", "numbered-things")
    assert set(document["paths"]) == OTHERS | {f"/questions/{s}{end}" for s in slugs for end in (".json", ".{format}")}
    named = [operation["operationId"] for _, operation in operations(document)]
    assert len(named) == len(set(named))
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == tags
    held = {f"#/components/{kind}/{name}" for kind, several in document["components"].items() for name in several}
    assert set(references(document)) <= held


def test_an_invalid_one_is_found(document: Any) -> None:
    assert errors({**document, "info": {"title": "x"}})
    path = "/questions/numbered-things.json"
    assert wrong(document, {"$ref": "#/components/schemas/NumberedThingsAnswer"}, [{"thing": "x", "number": 1}])
    assert errors({**document, "paths": {path: {"get": {"responses": {"200": {}}}}}})


def test_the_parameters_are_typed(document: Any) -> None:
    operation = document["paths"]["/questions/cases-at-a-site.json"]["get"]
    asked = {one["name"]: one for one in (resolved(document, part) for part in operation["parameters"])}
    assert list(asked)[:5] == ["site", "most", "words", "case", "code"]
    schemas = {name: resolved(document, one["schema"]) for name, one in asked.items()}
    assert schemas["site"]["enum"] == ["Nerve", "AnatomicalSite"]
    assert schemas["site"]["default"] == "AnatomicalSite"
    assert schemas["most"] == {"type": "integer", "minimum": 0, "maximum": 120, "default": 100}
    assert schemas["words"] == {"type": "string", "maxLength": 200}
    assert "one-2020-2" in schemas["case"]["enum"]
    assert schemas["code"]["examples"] == ["EX:AnatomicalSite"]
    assert re.search(schemas["code"]["pattern"], "EX:Nerve")
    assert not re.search(schemas["code"]["pattern"], "XE:Nerve")
    assert "Any, if it is left out." in asked["case"]["description"]
    assert operation["tags"] == ["sites and extent"]
    files = document["paths"]["/questions/cases-at-a-site.{format}"]["get"]
    assert [one["name"] for one in (resolved(document, part) for part in files["parameters"])][1:6] == list(asked)[:5]


def test_every_default_and_example_is_allowed_and_every_example_is_the_answer(shipped: Any) -> None:
    document = shipped.get(AT).json
    assert errors(document) == []
    listed = shipped.get("/questions.json").json["questions"]
    assert len(document["paths"]) == len(OTHERS) + 2 * len(listed)
    checked = 0
    for name, parameter in document["components"]["parameters"].items():
        schema = resolved(document, parameter["schema"])
        for value in [*([schema["default"]] if "default" in schema else []), *schema.get("examples", [])]:
            assert wrong(document, parameter["schema"], value) == [], name
            checked += 1
    assert checked > len(listed) / 2
    answered = 0
    for path, schema, example in examples(document):
        assert wrong(document, schema, example) == [], path
        if path.startswith("/questions/"):
            response = shipped.get(path, query_string={"_size": 2})
            # An example is the whole of what the server says but for where the next page is.
            answered += {**response.json, "next_url": None} == {**example, "next_url": None}
        elif path.startswith(("/health", "/ready", "/-/")):
            assert shipped.get(path).json == example
    assert answered == len(listed)


def test_what_a_short_name_means_is_what_it_asks_for(shipped: Any) -> None:
    """Each value that the document lists is taken, by a question that has it."""
    document, asked = shipped.get(AT).json, 0
    seen: set[str] = set()
    for path, operation in operations(document):
        for part in operation["parameters"] if path.endswith(".json") and path.startswith("/questions/") else []:
            parameter = resolved(document, part)
            schema = parameter["schema"]
            if not parameter["name"].startswith("_") and "$ref" in schema and schema["$ref"] not in seen:
                seen.add(schema["$ref"])
                known = resolved(document, schema)
                for value in [*known.get("enum", []), *known.get("examples", [])]:
                    response = shipped.get(path.replace(".json", ".rq"), query_string={parameter["name"]: value})
                    assert response.status_code == 200, (path, value, response.text)
                    asked += 1
    assert asked > 100


def test_it_is_not_sent_twice(client: Any) -> None:
    first = client.get(AT)
    assert first.content_type == "application/json"
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert client.get(AT, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.head(AT).headers["Content-Length"] == str(len(first.data))
    assert client.post(AT).status_code == 405


@pytest.mark.parametrize("path", [AT, "/questions.json", "/questions/cases-at-a-site.csv"])
def test_another_answer_than_is_wanted_is_no_answer(client: Any, path: str) -> None:
    response = client.get(path, headers={"If-Match": '"another"'})
    assert (response.status_code, response.mimetype) == (412, "application/problem+json")
    assert "Cache-Control" not in response.headers


def test_each_client_is_told_its_own_address(client: Any) -> None:
    for host, root in (("one.example", ""), ("two.example:81", ""), ("one.example", "/under")):
        environ = {"SCRIPT_NAME": root, "HTTP_HOST": host}
        text = client.get(AT, environ_overrides=environ).text
        assert f'"servers":[{{"url":"http://{host}{root}"}}]' in text
        assert f'"permalink":"http://{host}{root}/questions/cases-at-a-site?_version=' in text
        assert "here.invalid" not in text
        assert ("one" if host.startswith("two") else "two") + ".example" not in text
    assert client.get(AT, headers={"Host": 'no"host'}).status_code == 400


def test_it_is_of_the_snapshot_in_service(tmp_path: Path) -> None:
    publish_with_questions(tmp_path, questions=False)
    client: Any = create_app(tmp_path).test_client()
    bare = client.get(AT).json
    assert errors(bare) == []
    assert set(bare["paths"]) == OTHERS - {"/questions/{slug}"}
    version = publish_with_questions(tmp_path, 2)
    follower: Any = create_app(tmp_path).test_client()
    assert follower.get(AT).json["info"]["version"] == version != bare["info"]["version"]


def test_a_question_that_has_no_answer_is_described_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_with_questions(tmp_path)
    client: Any = create_app(tmp_path).test_client()
    table, status = ask.table, HTTPStatus.SERVICE_UNAVAILABLE

    def failing(query: str) -> object:
        if "sanct:order" in query:
            raise ProblemError(status, "No.")
        return table(query)

    monkeypatch.setattr(ask, "table", failing)
    assert client.get(AT).status_code == 503
    status = HTTPStatus.GATEWAY_TIMEOUT
    document = client.get(AT).json
    assert errors(document) == []
    content = document["paths"]["/questions/numbered-things.json"]["get"]["responses"]["200"]["content"]
    assert "example" not in content["application/json"]
    assert "example" in str(document["paths"]["/questions/cases-at-a-site.json"])
    monkeypatch.undo()
    real = client.get("/questions/numbered-things.json").json
    assert wrong(document, content["application/json"]["schema"], real) == []


def test_a_default_that_the_graph_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / publish_with_questions(tmp_path) / "questions" / "cases-at-a-site.rq"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- site: sanct:AnatomicalSite", "- site: sanct:Nowhere"), encoding="utf-8")
    document = create_app(tmp_path).test_client().get(AT).json
    assert errors(document) == []
    assert document is not None
    assert "default" not in document["components"]["parameters"]["cases-at-a-site.site"]["schema"]


@pytest.mark.parametrize("shape", ["objects", "arrays", "array"])
def test_every_shape_is_described(client: Any, document: Any, shape: str) -> None:
    for slug in ("CasesAtASite", "NumberedThings"):
        path = "/questions/" + re.sub(r"(?<!^)(?=[A-Z])", "-", slug).lower().replace("a-t-a", "at-a")
        answer = client.get(f"{path}.json", query_string={"_shape": shape}).json
        schema = {"$ref": f"#/components/schemas/{slug}Answer"}
        assert wrong(document, schema, answer) == []
        rows = answer["rows"] if isinstance(answer, dict) else answer
        rows[0] = ["x"] if isinstance(rows[0], list) else {"x": 1}
        assert wrong(document, schema, answer)


def test_pages_lead_to_it(client: Any) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert f'<a href="{AT}" rel="service-desc">' in page
    assert '<a href="/questions">' in page


def test_a_name_that_ends_in_a_dot_is_no_question(client: Any) -> None:
    assert client.get("/questions/cases-at-a-site.").status_code == 404
