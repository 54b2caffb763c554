"""The SPARQL 1.1 Protocol over HTTP, against a small snapshot."""

from __future__ import annotations

import csv
import io
import json
import logging
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, Quad, RdfFormat, parse

from server import create_app
from tests.server_fixture import CASE, LABEL, ONE, TWO, publish_snapshot

CASES = "SELECT ?case { ?case a sanct:Case }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?case a sanct:Case }"
GRAPH = "CONSTRUCT WHERE { ?case a sanct:Case }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    publish_snapshot(tmp_path)
    return tmp_path


@pytest.fixture
def client(snapshots: Path) -> FlaskClient:
    return create_app(snapshots).test_client()


def get(client: FlaskClient, query: str, accept: str | None = None, **parameters: Any) -> Any:
    headers = {} if accept is None else {"Accept": accept}
    return client.get("/sparql", query_string={"query": query, **parameters}, headers=headers)


def bindings(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = json.loads(response.data)["results"]["bindings"]
    return rows


def problem(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body = response.get_json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert "Traceback" not in body["detail"]
    assert "/srv" not in body["detail"]
    return str(body["detail"])


class TestSending:
    def test_by_get(self, client: FlaskClient) -> None:
        assert bindings(get(client, CASES)) == [{"case": {"type": "uri", "value": CASE.value}}]

    def test_by_form(self, client: FlaskClient) -> None:
        assert len(bindings(client.post("/sparql", data={"query": CASES}))) == 1

    def test_directly(self, client: FlaskClient) -> None:
        response = client.post("/sparql", data=CASES.encode(), content_type="application/sparql-query; charset=UTF-8")
        assert len(bindings(response)) == 1

    def test_unknown_parameters_are_ignored(self, client: FlaskClient) -> None:
        assert len(bindings(get(client, CASES, timeout="1", nonsense="x"))) == 1

    def test_escaped_codepoints(self, client: FlaskClient) -> None:
        assert len(bindings(get(client, CASES.replace("S", r"\u0053", 1)))) == 1

    def test_no_query(self, client: FlaskClient) -> None:
        assert "exactly one" in problem(client.get("/sparql", query_string=[("query", CASES)] * 2), 400)
        assert "exactly one" in problem(client.post("/sparql", data={"x": "y"}), 400)

    def test_two_queries(self, client: FlaskClient) -> None:
        assert "has 2" in problem(client.get("/sparql?query=ASK{}&query=ASK{}"), 400)
        assert "has 2" in problem(client.post("/sparql?query=ASK{}", data={"query": "ASK{}"}), 400)

    def test_content_type(self, client: FlaskClient) -> None:
        response = client.post("/sparql", data=CASES, content_type="text/plain")
        assert "text/plain" in problem(response, 415)
        assert "application/sparql-query" in response.headers["Accept-Post"]
        assert "no content type" in problem(client.post("/sparql", data=CASES), 415)

    def test_not_utf8(self, client: FlaskClient) -> None:
        response = client.post("/sparql", data=b"ASK { ?s ?p '\xff' }", content_type="application/sparql-query")
        assert "not UTF-8 at byte 13" in problem(response, 400)

    def test_body_too_large(self, client: FlaskClient) -> None:
        for content_type in ("application/sparql-query", "application/x-www-form-urlencoded"):
            response = client.post("/sparql", data=b"query=" + b"x" * 1_000_000, content_type=content_type)
            assert "1 MB" in problem(response, 413)

    def test_query_too_long(self, client: FlaskClient) -> None:
        response = client.post("/sparql", data={"query": "ASK {} #".ljust(100_001, "x")})
        assert "100,001 characters" in problem(response, 400)

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    def test_method(self, client: FlaskClient, method: str) -> None:
        response = client.open("/sparql", method=method)
        problem(response, 405)
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}


class TestReadOnly:
    UPDATE = "INSERT DATA { <a:a> <a:b> <a:c> }"

    def test_update_operation(self, client: FlaskClient) -> None:
        assert "read-only" in problem(client.post("/sparql", data={"update": self.UPDATE}), 403)
        response = client.post("/sparql", data=self.UPDATE, content_type="application/sparql-update")
        assert "read-only" in problem(response, 403)

    @pytest.mark.parametrize("update", [UPDATE, "LOAD <http://127.0.0.1:1/>", "PREFIX a: <b:c> clear all", "DROP ALL"])
    def test_update_sent_as_query(self, client: FlaskClient, update: str) -> None:
        assert "read-only" in problem(get(client, update), 400)

    def test_service(self, client: FlaskClient) -> None:
        assert "SERVICE" in problem(get(client, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), 400)


class TestFormats:
    def test_json_is_the_default(self, client: FlaskClient) -> None:
        for accept in (None, "", "*/*", "application/*", "text/html;q=0, */*;q=0.1"):
            assert get(client, CASES, accept).content_type == "application/sparql-results+json", accept

    def test_plain_json_by_its_name(self, client: FlaskClient) -> None:
        response = get(client, CASES, "application/json")
        assert response.content_type == "application/json"
        assert len(bindings(response)) == 1

    def test_xml(self, client: FlaskClient) -> None:
        response = get(client, CASES, "application/sparql-results+xml")
        assert response.content_type == "application/sparql-results+xml"
        uris = ElementTree.fromstring(response.data).iter("{http://www.w3.org/2005/sparql-results#}uri")
        assert [uri.text for uri in uris] == [CASE.value]

    def test_csv_and_tsv(self, client: FlaskClient) -> None:
        response = get(client, CASES, "text/csv;header=present, text/html;q=0.5")
        assert response.content_type == "text/csv; charset=utf-8"
        assert list(csv.reader(io.StringIO(response.text))) == [["case"], [CASE.value]]
        response = get(client, CASES, "text/tab-separated-values")
        assert response.content_type == "text/tab-separated-values; charset=utf-8"
        assert response.text == f"?case\n<{CASE.value}>\n"

    def test_ask(self, client: FlaskClient) -> None:
        assert get(client, "ASK { ?s a sanct:Case }").get_json(force=True)["boolean"] is True
        assert get(client, "ASK { ?s a sanct:Nothing }").get_json(force=True)["boolean"] is False

    @pytest.mark.parametrize(
        ("accept", "content_type", "rdf"),
        [
            ("*/*", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
            ("text/turtle;charset=utf-8", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
            ("application/n-triples", "application/n-triples", RdfFormat.N_TRIPLES),
            ("application/ld+json", "application/ld+json", RdfFormat.JSON_LD),
            ("application/rdf+xml, text/turtle;q=0.9", "application/rdf+xml", RdfFormat.RDF_XML),
        ],
    )
    def test_graphs(self, client: FlaskClient, accept: str, content_type: str, rdf: RdfFormat) -> None:
        for query in (GRAPH, f"DESCRIBE <{CASE.value}>"):
            response = get(client, query, accept)
            assert response.status_code == 200, response.text
            assert response.content_type == content_type
            assert {quad.subject for quad in parse(response.data, format=rdf)} == {CASE}

    def test_quality_decides(self, client: FlaskClient) -> None:
        accept = "application/sparql-results+json;q=0.2, application/sparql-results+xml;q=0.7, text/csv;q=0.5"
        assert get(client, CASES, accept).content_type == "application/sparql-results+xml"

    def test_nothing_acceptable(self, client: FlaskClient) -> None:
        assert "text/csv" in problem(get(client, CASES, "image/png"), 406)
        assert "text/turtle" in problem(get(client, GRAPH, "text/csv"), 406)
        assert "text/csv" in problem(get(client, CASES, "text/turtle"), 406)

    def test_format_parameter(self, client: FlaskClient) -> None:
        assert get(client, CASES, BROWSER, format="csv").mimetype == "text/csv"
        assert get(client, GRAPH, BROWSER, format="ntriples").mimetype == "application/n-triples"
        assert get(client, CASES, "text/csv", format="").mimetype == "text/csv"
        assert "no format “excel”" in problem(get(client, CASES, format="excel"), 400)
        assert "text/turtle" in problem(get(client, GRAPH, format="csv"), 406)


class TestDataset:
    def test_the_default_is_the_union_and_counts_each_triple_once(self, client: FlaskClient) -> None:
        assert bindings(get(client, COUNT))[0]["n"]["value"] == "1"

    def test_one_default_graph(self, client: FlaskClient) -> None:
        labels = "SELECT ?label { ?case rdfs:label ?label }"
        rows = bindings(get(client, labels, **{"default-graph-uri": TWO.value}))
        assert [row["label"]["value"] for row in rows] == ["case one"]
        posted = client.post("/sparql", data={"query": labels, "default-graph-uri": TWO.value})
        assert bindings(posted) == rows

    def test_it_replaces_the_dataset_of_the_query(self, client: FlaskClient) -> None:
        query = f"SELECT ?label FROM <{TWO.value}> {{ ?case rdfs:label ?label FILTER(lang(?label) = 'en') }}"
        assert {row["label"]["value"] for row in bindings(get(client, query))} == {"case one"}
        replaced = bindings(get(client, query, **{"default-graph-uri": ONE.value}))
        assert {row["label"]["value"] for row in replaced} == {"biopsy", "bone marrow examination"}

    def test_named_graphs(self, client: FlaskClient) -> None:
        graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
        assert len(bindings(get(client, graphs))) == 2
        one = {"named-graph-uri": ONE.value}
        assert [row["g"]["value"] for row in bindings(get(client, graphs, **one))] == [ONE.value]
        assert bindings(get(client, CASES, **one)) == [], "without a default graph it is empty"
        assert bindings(get(client, graphs, **{"default-graph-uri": ONE.value})) == []

    def test_several_default_graphs_are_not_merged_wrongly(self, client: FlaskClient) -> None:
        both: dict[str, Any] = {"default-graph-uri": [ONE.value, TWO.value]}
        assert bindings(get(client, COUNT, **both))[0]["n"]["value"] == "1"
        clauses = COUNT.replace("{", f"FROM <{ONE.value}> FROM g:two-2021 {{")
        prefix = f"PREFIX g: <{TWO.value.removesuffix('two-2021')}> "
        assert bindings(get(client, prefix + clauses))[0]["n"]["value"] == "1"

    def test_graph_that_is_no_iri(self, client: FlaskClient) -> None:
        problem(get(client, CASES, **{"default-graph-uri": "no iri"}), 400)


class TestMistakes:
    def test_place_of_a_syntax_error(self, client: FlaskClient) -> None:
        detail = problem(get(client, "SELECT *\nWHERE {\n ?s ?p ?o"), 400)
        assert "line 3, column 10" in detail
        assert "\\u{" not in detail

    def test_reason_of_a_syntax_error(self, client: FlaskClient) -> None:
        assert "a prefix is not declared" in problem(get(client, "ASK { ?s nope:p ?o }"), 400)
        assert "variable that is unbound" in problem(get(client, "SELECT ?x {} GROUP BY ?y"), 400)
        assert "begins with SELEC." in problem(get(client, "SELEC * {}"), 400)
        assert "SELECT, ASK" in problem(get(client, ""), 400)

    def test_unknown_function(self, client: FlaskClient) -> None:
        assert "<http://x/f>" in problem(get(client, "ASK { ?s ?p ?o FILTER(<http://x/f>(?s)) }"), 400)

    def test_bug_of_ours_stays_with_us(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(*args: object) -> bytes:
            raise LookupError("secret in /srv/sanctuary")

        monkeypatch.setattr("server.sparql.answer", broken)
        with caplog.at_level(logging.ERROR):
            detail = problem(get(client, CASES), 500)
        assert "secret" not in detail
        assert "secret in /srv/sanctuary" in caplog.text

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT * {" + "{}UNION" * 14_000 + "{}}",
            "SELECT * {FILTER(" + "!" * 99_000 + "?a)}",
            "SELECT * {" + "MINUS{}" * 14_000 + "}",
        ],
        ids=["union", "not", "minus"],
    )
    def test_long_chains_do_not_end_the_process(self, client: FlaskClient, query: str) -> None:
        assert client.post("/sparql", data={"query": query}).status_code == 200


class TestHeaders:
    def test_cross_origin(self, client: FlaskClient) -> None:
        for response in (get(client, CASES), get(client, "nonsense"), client.get("/"), client.get("/nowhere")):
            assert response.headers["Access-Control-Allow-Origin"] == "*"

    def test_preflight(self, client: FlaskClient) -> None:
        response = client.options("/sparql", headers={"Access-Control-Request-Method": "POST"})
        assert response.status_code == 200
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]

    def test_head(self, client: FlaskClient) -> None:
        response = client.head("/sparql", query_string={"query": CASES})
        assert response.status_code == 200
        assert response.data == b""
        assert response.content_length == len(get(client, CASES).data)

    def test_vary(self, client: FlaskClient) -> None:
        assert "Accept" in get(client, CASES).headers["Vary"]
        assert "Accept" in get(client, "nonsense").headers["Vary"]

    def test_etag(self, client: FlaskClient) -> None:
        etag = get(client, CASES).headers["ETag"]
        again = {"query_string": {"query": CASES}, "headers": {"If-None-Match": f'"other", {etag}'}}
        response = client.get("/sparql", **again)
        assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", etag)
        assert get(client, CASES + " ").headers["ETag"] == etag
        assert get(client, CASES + " LIMIT 1").headers["ETag"] != etag
        assert get(client, CASES, "text/csv").headers["ETag"] != etag
        assert get(client, CASES, **{"default-graph-uri": ONE.value}).headers["ETag"] != etag
        assert get(client, CASES, **{"named-graph-uri": ONE.value}).headers["ETag"] != etag

    def test_no_etag_where_the_answer_changes(self, client: FlaskClient) -> None:
        assert "ETag" not in get(client, "SELECT (RAND() AS ?x) {}").headers
        assert "ETag" not in get(client, "nonsense").headers


class TestSnapshots:
    def test_new_one_is_picked_up(self, client: FlaskClient, snapshots: Path) -> None:
        labels = "SELECT ?label { ?case a sanct:Case ; rdfs:label ?label }"
        before = get(client, labels)
        assert len(bindings(before)) == 2
        version = publish_snapshot(snapshots, [Quad(CASE, LABEL, Literal("third"), TWO)])
        headers = {"If-None-Match": before.headers["ETag"]}
        for _ in range(200):
            after = client.get("/sparql", query_string={"query": labels}, headers=headers)
            if after.status_code == 200:
                break
            time.sleep(0.05)
        assert len(bindings(after)) == 3
        assert version in client.get("/").text

    def test_damaged_one_is_passed_over(
        self, client: FlaskClient, snapshots: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (snapshots / "0.1.0-broken").mkdir()
        (snapshots / "current").unlink()
        assert len(bindings(get(client, CASES))) == 1, "the link is gone"
        (snapshots / "current").symlink_to("0.1.0-broken")
        for _ in range(3):
            assert len(bindings(get(client, CASES))) == 1
        for _ in range(100):
            if "Staying" in caplog.text:
                break
            time.sleep(0.05)
        assert caplog.text.count("Staying with snapshot") == 1
