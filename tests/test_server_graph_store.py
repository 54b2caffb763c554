"""Reads of the SPARQL 1.1 Graph Store HTTP Protocol; every write is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse

from kg import namespaces as ns
from kg.build import Built
from kg.snapshot import Snapshot
from server import create_app
from tests.server_fixture import CASE, LABEL, ONE, TWO, TYPE, publish_snapshot, quads
from tests.test_server_protocol import BROWSER, problem

EVERYTHING = {quad.triple for quad in quads()}
SYNTAXES = [
    ("text/turtle", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
    ("application/n-triples", "application/n-triples", RdfFormat.N_TRIPLES),
    ("application/ld+json", "application/ld+json", RdfFormat.JSON_LD),
    ("application/rdf+xml", "application/rdf+xml", RdfFormat.RDF_XML),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("snapshots")
    publish_snapshot(folder)
    return create_app(folder).test_client()


def get(client: FlaskClient, query: str, accept: str | None = None, method: str = "GET") -> Any:
    headers = {} if accept is None else {"Accept": accept}
    return client.open(f"/graph-store?{query}", method=method, headers=headers)


def of_graph(graph: NamedNode) -> set[Triple]:
    return {quad.triple for quad in quads() if quad.graph_name == graph}


def triples(response: Any, rdf: RdfFormat = RdfFormat.TURTLE) -> set[Triple]:
    assert response.status_code == 200, response.text
    found = list(parse(response.data, format=rdf))
    assert all(quad.graph_name == DefaultGraph() for quad in found)
    assert len(found) == len(set(found)), "each triple once"
    return {quad.triple for quad in found}


class TestReading:
    """Section 5.2."""

    @pytest.mark.parametrize(("accept", "content_type", "rdf"), SYNTAXES)
    def test_each_syntax(self, client: FlaskClient, accept: str, content_type: str, rdf: RdfFormat) -> None:
        for query, expected in ((f"graph={ONE.value}", of_graph(ONE)), ("default", EVERYTHING)):
            response = get(client, query, accept)
            assert response.content_type == content_type
            assert "Accept" in response.vary
            assert triples(response, rdf) == expected

    def test_a_graph_is_not_another(self, client: FlaskClient) -> None:
        two = triples(get(client, f"graph={TWO.value}"))
        assert two == {
            Triple(CASE, TYPE, NamedNode(ns.term("Case"))),
            Triple(CASE, LABEL, Literal("case one", language="en")),
        }

    def test_the_default_graph_is_the_union(self, client: FlaskClient) -> None:
        assert triples(get(client, "default")) == triples(get(client, "default=")) == EVERYTHING

    @pytest.mark.parametrize("accept", [None, "*/*", "text/*", BROWSER, "text/turtle;charset=utf-8"])
    def test_turtle_is_the_default(self, client: FlaskClient, accept: str | None) -> None:
        assert get(client, "default", accept).mimetype == "text/turtle"

    def test_quality_decides(self, client: FlaskClient) -> None:
        accept = "text/turtle;q=0.2, application/rdf+xml;q=0.9, application/trig"
        assert get(client, "default", accept).mimetype == "application/rdf+xml"

    def test_nothing_acceptable(self, client: FlaskClient) -> None:
        for accept in ("image/png", "application/n-quads", "text/csv"):
            assert "text/turtle" in problem(get(client, f"graph={ONE.value}", accept), 406)
        assert get(client, f"graph={ONE.value}", "text/html").status_code == 406

    def test_head(self, client: FlaskClient) -> None:
        """Section 5.7."""
        response = get(client, f"graph={ONE.value}", method="HEAD")
        assert (response.status_code, response.data) == (200, b"")
        whole = get(client, f"graph={ONE.value}")
        assert response.headers["Content-Type"] == whole.headers["Content-Type"]
        assert response.headers["ETag"] == whole.headers["ETag"]
        assert get(client, "graph=urn:none", method="HEAD").status_code == 404

    def test_not_modified(self, client: FlaskClient) -> None:
        etag = get(client, f"graph={ONE.value}").headers["ETag"]
        again = client.get(f"/graph-store?graph={ONE.value}", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        other = client.get(f"/graph-store?graph={TWO.value}", headers={"If-None-Match": etag})
        assert other.status_code == 200


class TestNaming:
    """Section 4.2."""

    @pytest.mark.parametrize(
        "query",
        ["", "default&default", f"default&graph={ONE.value}", f"graph={ONE.value}&graph={TWO.value}", "other=x"],
    )
    def test_exactly_one_graph(self, client: FlaskClient, query: str) -> None:
        assert "Name one graph" in problem(get(client, query), 400)

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "relative",
            "/graph/ontology",
            "urn:a b",
            "urn:x%3E%20%7B%7D",
            "urn:%22x",
            "urn:x%5Cu003e",
            "http://%5Bx",
            "http://x/%00",
            "urn:x%0Ay",
            "urn:x%27%23SERVICE",
            "http://x:port:1/",
            "urn:" + "x" * 3000,
        ],
    )
    def test_no_iri(self, client: FlaskClient, name: str) -> None:
        response = get(client, f"graph={name}")
        assert response.status_code in (400, 404)
        assert response.content_type == "application/problem+json"
        if name not in ("urn:x%27%23SERVICE",):
            assert response.status_code == 400, name

    def test_unknown_graph(self, client: FlaskClient) -> None:
        for name in (CASE.value, "urn:none", f"{ONE.value}x", "http://example.org/a?b=c"):
            assert "There is no graph" in problem(get(client, f"graph={name}"), 404)

    def test_injection(self, client: FlaskClient) -> None:
        attack = "urn:x%3E%20%7B%7D%20%7D%20UNION%20%7B%20%3Fs%20%3Fp%20%3Fo"
        problem(get(client, f"graph={attack}"), 400)


class TestReadOnly:
    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
    @pytest.mark.parametrize("query", ["default", f"graph={ONE.value}", ""])
    def test_writes(self, client: FlaskClient, method: str, query: str) -> None:
        response = client.open(
            f"/graph-store?{query}", method=method, data=b"<a:a> <a:b> <a:c> .", content_type="text/turtle"
        )
        assert "read-only" in problem(response, 405)
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"

    def test_options(self, client: FlaskClient) -> None:
        response = client.options("/graph-store?default")
        assert response.status_code == 204
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_real_graphs(built: Built, snapshots: Path, snapshot: Snapshot) -> None:
    client = create_app(snapshots).test_client()
    for name in [graph for graph in snapshot.store.named_graphs() if isinstance(graph, NamedNode)]:
        expected = {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, name)}
        assert triples(get(client, f"graph={name.value}", "application/n-triples"), RdfFormat.N_TRIPLES) == expected
    union = {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, DefaultGraph())}
    assert triples(get(client, "default", "application/n-triples"), RdfFormat.N_TRIPLES) == union
