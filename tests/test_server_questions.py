"""Questions over HTTP: their formats, their paging, what they refuse, and that old addresses go on answering."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from kg import namespaces as ns
from server import create_app
from tests.question_fixture import MANY, publish_with_questions

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
AT = "/questions/cases-at-a-site"
NUMBERED = "/questions/numbered-things"
NERVE = ns.term("Nerve")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("snapshots")
    publish_with_questions(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Any:
    return create_app(folder).test_client()


def told(client: Any, path: str, status: int = 200, **parameters: Any) -> Any:
    response = client.get(path, query_string=parameters or None)
    assert response.status_code == status, response.text
    return response.json


def linked(response: Any) -> dict[str, str]:
    """The addresses of a Link header by their relations."""
    parts = [part.split(">; rel=") for part in response.headers.get("Link", "").split(", ") if part]
    return {rel.strip('"'): address.removeprefix("<") for address, rel in parts}


def test_the_list(client: Any) -> None:
    found = told(client, "/questions.json")
    assert (found["ok"], found["count"]) == (True, 2)
    first = found["questions"][0]
    assert (first["slug"], first["group"]) == ("cases-at-a-site", "sites and extent")
    assert first["reproduces"] == ["one-2020/mean-age"]
    assert [p["name"] for p in first["parameters"]] == ["site", "most", "words", "case", "code"]
    assert first["parameters"][1] == {
        "name": "most",
        "type": "integer",
        "label": "Highest age",
        "of": None,
        "default": "100",
        "least": 0,
        "most": 120,
    }
    for question in found["questions"]:
        assert client.get(question["url"]).status_code == 200
        assert client.get(question["json"]).json["question"] == question["slug"]
    assert [q["slug"] for q in told(client, "/questions.json", q="NUMBER order")["questions"]] == ["numbered-things"]
    assert told(client, "/questions.json", q="number nowhere")["count"] == 0
    assert client.get("/questions", headers={"Accept": "application/json"}).json == found
    assert client.get("/questions").mimetype == "text/html"
    assert told(client, "/questions.json", 400, p="1")["parameter"] == "p"
    assert client.get("/questions", headers={"Accept": "image/png"}).status_code == 406


def test_json(client: Any) -> None:
    found = told(client, f"{AT}.json", site="nerve", most=20)
    assert list(found) == [
        *("ok", "question", "summary", "parameters", "columns", "rows", "count", "n", "N", "cases", "truncated"),
        *("next", "next_url", "version", "permalink"),
    ]
    cases = [ns.case("one-2020-2"), ns.case("one-2020-3")]
    assert found["parameters"] == {"site": NERVE, "most": 20, "words": None, "case": None, "code": None}
    assert found["rows"][0] | {"siteLabel": ""} == {
        **{"site": NERVE, "siteLabel": "", "n": 2, "N": 4, "share": 0.5, "cases": cases}
    }
    assert (found["count"], found["n"], found["N"], found["cases"]) == (1, 2, 4, cases)
    assert (found["next"], found["next_url"], found["truncated"]) == (None, None, False)
    rows = told(client, f"{AT}.json", _shape="arrays")["rows"]
    assert rows[0][0] == NERVE
    assert told(client, f"{AT}.json", _shape="array")[0]["site"] == NERVE


def test_tables_are_whole_unless_asked_for_in_parts(client: Any) -> None:
    response = client.get(f"{NUMBERED}.csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'inline; filename="numbered-things.csv"'
    rows = list(csv.reader(io.StringIO(response.text)))
    assert len(rows) == MANY + 1
    assert rows[1] == ["http://example.org/thing/0", "thing 0", "0"]
    response = client.get(f"{NUMBERED}.tsv", query_string={"_size": 2, "_next": 3})
    assert response.content_type == "text/tab-separated-values; charset=utf-8"
    assert response.text.splitlines()[1:] == [f"http://example.org/thing/{n}\tthing {n}\t{n}" for n in (3, 4)]
    assert set(linked(response)) == {"first", "prev", "next"}


@pytest.mark.parametrize("suffix", ["json", "csv", "tsv"])
def test_links_walk_the_whole_answer(client: Any, suffix: str) -> None:
    response = client.get(f"{NUMBERED}.{suffix}", query_string={"_size": 60})
    texts, seen = [], [response]
    while "next" in linked(seen[-1]):
        seen.append(client.get(linked(seen[-1])["next"]))
    assert len(seen) == 5
    for one in seen:
        if suffix == "json":
            texts += [row["thingLabel"] for row in one.json["rows"]]
        else:
            table = csv.reader(io.StringIO(one.text), delimiter="," if suffix == "csv" else "\t")
            texts += [row[1] for row in list(table)[1:]]
    assert texts == [f"thing {n}" for n in range(MANY)]
    assert client.get(linked(seen[-1])["first"]).text == seen[0].text
    assert client.get(linked(seen[2])["prev"]).text == seen[1].text


def test_next_url_is_the_link(client: Any) -> None:
    response = client.get(f"{NUMBERED}.json", query_string={"_size": 100, "_shape": "arrays"})
    told = response.json
    assert told["next"] == "100"
    assert told["next_url"] == "http://localhost" + linked(response)["next"]
    assert "_shape=arrays" in told["next_url"]
    assert f"_version={told['version']}" in told["next_url"]
    assert len(client.get(f"{NUMBERED}.json", query_string={"_size": "max"}).json["rows"]) == MANY
    assert len(client.get(f"{NUMBERED}.json").json["rows"]) == 100
    assert client.get(f"{NUMBERED}.json", query_string={"_next": 1000}).json["rows"] == []


def test_links_carry_the_parameters(client: Any) -> None:
    response = client.get(f"{AT}.json", query_string={"site": "nerve", "words": "a&b=ü", "_next": 1, "_size": 1})
    for address in linked(response).values():
        assert "site=Nerve&words=a%26b%3D%C3%BC&_size=1" in address


def test_references(client: Any) -> None:
    for suffix, media_type in (
        ("bib", "application/x-bibtex; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
        ("csl.json", "application/vnd.citationstyles.csl+json"),
    ):
        response = client.get(f"{AT}.{suffix}")
        assert response.status_code == 200
        assert response.content_type == media_type
        assert "10.1000/1" in response.text
        assert f'"cases-at-a-site.{suffix}"' in response.headers["Content-Disposition"]
    assert [item["id"] for item in client.get(f"{AT}.csl.json").json] == ["one-2020"]
    assert client.get(f"{NUMBERED}.csl.json").json == []


def test_the_query_runs_as_it_is_given(client: Any) -> None:
    response = client.get(f"{AT}.rq", query_string={"site": "Nerve", "words": 'x" } UNION'})
    assert response.content_type == "application/sparql-query; charset=utf-8"
    assert "#+" not in response.text
    assert "_site_iri" not in response.text
    rows = client.get("/sparql", query_string={"query": response.text, "format": "csv"})
    assert rows.status_code == 200
    assert rows.text.splitlines() == ["site,siteLabel,n,N,share,cases"]


def test_a_plot(client: Any) -> None:
    pytest.importorskip("vl_convert")
    response = client.get(f"{AT}.svg")
    assert response.content_type == "image/svg+xml"
    assert response.text.startswith("<svg ")
    assert "<script" not in response.text
    assert client.get(f"{NUMBERED}.svg").status_code == 404
    assert client.get(f"{AT}.svg", query_string={"words": "nowhere"}).status_code == 404


def test_negotiation(client: Any) -> None:
    for accept, media_type in (
        ("", "text/html"),
        ("*/*", "text/html"),
        (BROWSER, "text/html"),
        ("application/json", "application/json"),
        ("text/html;q=0.5, text/csv", "text/csv"),
        ("text/tab-separated-values;charset=utf-8", "text/tab-separated-values"),
    ):
        response = client.get(AT, headers={"Accept": accept} if accept else {})
        assert response.mimetype == media_type
        assert "Accept" in response.vary
    response = client.get(AT, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/csv" in response.text
    assert client.get(f"{AT}.csv", headers={"Accept": BROWSER}).mimetype == "text/csv"
    assert client.get(AT, query_string={"_shape": "array"}, headers={"Accept": "application/json"}).json[0]["n"] == 3


@pytest.mark.parametrize(
    ("suffix", "query", "parameter", "allowed"),
    [
        ("json", "site=Nowhere", "site", "Nerve"),
        ("json", "most=121", "most", "a whole number from 0 to 120"),
        ("csv", "most=ten", "most", "a whole number from 0 to 120"),
        ("json", "code=nonsense", "code", "EX"),
        ("json", "case=nobody", "case", "one-2020-2"),
        ("json", "words=" + "x" * 201, "words", None),
        ("json", "words=%00", "words", None),
        ("svg", "colour=red", "colour", "site"),
        ("json", "site=Nerve&site=Nerve", "site", None),
        ("json", "_size=1&_size=1", "_size", None),
        ("json", "_size=0", "_size", "max"),
        ("json", "_size=1001", "_size", "max"),
        ("json", "_size=", "_size", "max"),
        ("json", "_next=-1", "_next", None),
        ("json", "_next=%D9%A1", "_next", None),
        ("json", "_shape=square", "_shape", "objects"),
        ("csv", "_shape=array", "_shape", "_size"),
        ("bib", "_size=1", "_size", "_version"),
        ("json", "_colour=red", "_colour", "_shape"),
        ("rq", "site=Nowhere", "site", "Nerve"),
        ("json", "_version=..%2F..", "_version", None),
        ("json", "_version=", "_version", None),
        ("json", "_version=a..b", "_version", None),
        ("json", "_version=.aside", "_version", None),
    ],
)
def test_what_is_wrong_is_named(client: Any, suffix: str, query: str, parameter: str, allowed: str | None) -> None:
    response = client.get(f"{AT}.{suffix}?{query}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.text)
    assert (problem["status"], problem["parameter"]) == (400, parameter)
    assert allowed is None or allowed in problem["allowed"]
    assert problem["detail"].endswith((".", "?"))
    assert "Cache-Control" not in response.headers


def test_unknown_questions_and_formats(client: Any) -> None:
    assert "“cases-at-a-site”" in told_problem(client, "/questions/case-at-site.json")
    assert "“numbered-things”" in told_problem(client, "/questions/things")
    assert "/questions lists all" in told_problem(client, "/questions/zzz")
    assert "json, csv" in told_problem(client, f"{AT}.xml")
    assert "cases-at-a-site" in told_problem(client, "/questions/case-at-site.json?_colour=red")
    for path in ("/questions/", "/questions/a/b", "/questions/..%2F", "/questions/%00"):
        assert client.get(path).status_code == 404


def told_problem(client: Any, path: str) -> str:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    return str(json.loads(response.text)["detail"])


def test_an_answer_is_not_sent_twice(client: Any) -> None:
    for path in ("/questions", "/questions.json", AT, f"{AT}.json", f"{AT}.csv", f"{AT}.rq", f"{AT}.bib"):
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=60"
        assert first.headers["ETag"].startswith('W/"')
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{AT}.json").headers["ETag"] != client.get(f"{AT}.json?most=10").headers["ETag"]


def test_answers_are_kept_in_the_cache(folder: Path) -> None:
    client: Any = create_app(folder).test_client()
    first = client.get(f"{AT}.json?most=10").text
    client.application.extensions["sanctuary_snapshot"].get().pool.close()
    assert client.get(f"{AT}.json?most=10").text == first
    assert client.get(f"{AT}.csv?most=10").status_code == 200
    response = client.get(f"{AT}.csv?most=11")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_methods(client: Any) -> None:
    for path in ("/questions", "/questions.json", AT, f"{AT}.csv"):
        response = client.options(path)
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(get.data))
        assert client.post(path).status_code == 405


def test_without_questions(tmp_path: Path) -> None:
    publish_with_questions(tmp_path, questions=False)
    client: Any = create_app(tmp_path).test_client()
    assert told(client, "/questions.json")["questions"] == []
    assert "has no questions" in client.get("/questions", headers={"Accept": BROWSER}).text
    assert client.get(AT).status_code == 404
