"""Linked data on a small graph: where each address leads, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from kg import namespaces as ns
from server import create_app
from server.addresses import LONGEST, iri_at
from server.entity_queries import MOST_INCOMING
from tests.entity_fixture import (
    BROWSER,
    CLINIC,
    COMMON,
    EVIL,
    REPLACED,
    RETIRED,
    SPLIT,
    SYNTAXES,
    own,
    page,
    path_to,
    planted,
    triples,
)
from tests.server_fixture import CASE, LABEL, NASTY, ONE, TYPE, publish_snapshot
from tests.test_server_pages import Page


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("planted")
    publish_snapshot(folder, planted())
    return create_app(folder).test_client()


class TestSeeOther:
    """Cool URIs for the Semantic Web, section 4.2, and RFC 9110, section 12.5.1."""

    @pytest.mark.parametrize(
        ("accept", "suffix"),
        [
            (None, "ttl"),
            ("*/*", "ttl"),
            ("text/*", "ttl"),
            (BROWSER, "html"),
            ("text/html", "html"),
            ("text/turtle", "ttl"),
            ("text/turtle;charset=utf-8", "ttl"),
            ("application/n-triples", "nt"),
            ("application/ld+json", "jsonld"),
            ("application/rdf+xml", "rdf"),
            ("text/html;q=0.3, application/rdf+xml;q=0.8, text/turtle;q=0.5", "rdf"),
            ("text/turtle;q=0, application/ld+json;q=0.1", "jsonld"),
            ("image/png, text/html;q=0.2", "html"),
        ],
    )
    def test_accept_decides(self, client: FlaskClient, accept: str | None, suffix: str) -> None:
        response = client.get(path_to(CASE), headers={"Accept": accept} if accept else {})
        assert response.status_code == 303
        assert response.headers["Location"] == f"/case/one-2020-1.{suffix}"
        assert "Accept" in response.vary
        assert response.data == b""
        assert client.get(response.headers["Location"]).status_code == 200

    def test_the_other_documents_are_linked(self, client: FlaskClient) -> None:
        link = client.get(path_to(CASE)).headers["Link"]
        found = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', link)
        assert {target.rpartition(".")[2] for target, _ in found} == {"html", *SYNTAXES}
        for target, media_type in found:
            assert client.get(target).mimetype == media_type

    @pytest.mark.parametrize("accept", ["image/png", "text/csv", "application/sparql-results+json", "*/*;q=0"])
    def test_nothing_acceptable(self, client: FlaskClient, accept: str) -> None:
        response = client.get(path_to(CASE), headers={"Accept": accept})
        assert response.status_code == 406
        assert "text/turtle" in response.get_json(force=True)["detail"]
        assert "one-2020-1.ttl" in response.headers["Link"]
        assert "Accept" in response.vary

    def test_head(self, client: FlaskClient) -> None:
        response = client.head(path_to(CASE), headers={"Accept": BROWSER})
        assert (response.status_code, response.headers["Location"]) == (303, "/case/one-2020-1.html")
        assert client.head(path_to(ns.case("none"))).status_code == 404

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
    def test_nothing_is_written(self, client: FlaskClient, method: str) -> None:
        for suffix in ("", ".ttl"):
            response = client.open(path_to(CASE, suffix), method=method)
            assert response.status_code == 405
            assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}

    def test_below_a_prefix(self, client: FlaskClient) -> None:
        mounted = {"SCRIPT_NAME": "/kg"}
        response = client.get(path_to(CASE), environ_overrides=mounted, headers={"Accept": "text/html"})
        assert response.headers["Location"] == "/kg/case/one-2020-1.html"
        html = client.get(path_to(CASE, ".html"), environ_overrides=mounted)
        links = [str(a["href"]) for a in Page(html.text).all("a") if a.get("rel") != "external"]
        assert len(links) > 8
        assert [link for link in links if not link.startswith("/kg/")] == []


class TestDocuments:
    @pytest.mark.parametrize("suffix", SYNTAXES)
    def test_each_syntax(self, client: FlaskClient, suffix: str) -> None:
        rdf, content_type = SYNTAXES[suffix]
        # The path names the format, whatever the client says that it takes.
        response = client.get(path_to(CASE, f".{suffix}"), headers={"Accept": "image/png"})
        assert response.status_code == 200
        assert response.content_type == content_type
        assert "Accept" not in response.vary
        assert Triple(CASE, TYPE, own("Case")) in triples(response.data, rdf)
        assert triples(response.data, rdf) == triples(client.get(path_to(CASE, ".nt")).data, RdfFormat.N_TRIPLES)

    def test_links(self, client: FlaskClient) -> None:
        for suffix in ("html", "ttl"):
            link = client.get(path_to(CASE, f".{suffix}")).headers["Link"]
            assert f'<{CASE.value}>; rel="describes"' in link
            assert f"one-2020-1.{suffix}>" not in link
            assert link.count('rel="alternate"') == 4

    @pytest.mark.parametrize("suffix", ["html", *SYNTAXES])
    def test_not_modified(self, client: FlaskClient, suffix: str) -> None:
        response = client.get(path_to(CASE, f".{suffix}"))
        etag = response.headers["ETag"]
        assert client.get(path_to(CASE, f".{suffix}")).headers["ETag"] == etag
        again = client.get(path_to(CASE, f".{suffix}"), headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        other = client.get(path_to(ONE, f".{suffix}"), headers={"If-None-Match": etag})
        assert other.status_code == 200

    @pytest.mark.parametrize("suffix", ["html", "ttl"])
    def test_head(self, client: FlaskClient, suffix: str) -> None:
        response = client.head(path_to(CASE, f".{suffix}"))
        assert (response.status_code, response.data) == (200, b"")
        assert response.headers["ETag"] == client.get(path_to(CASE, f".{suffix}")).headers["ETag"]

    def test_parts_and_labels_and_what_points_here(self, client: FlaskClient) -> None:
        found = triples(client.get(path_to(CASE, ".ttl")).data)
        test = NamedNode(f"{CASE.value}/test/c")
        assert Triple(test, own("result"), own("Normal")) in found, "a part"
        assert Triple(own("MarrowExamination"), LABEL, Literal("bone marrow examination", language="en")) in found
        biopsy = triples(client.get(path_to(own("Biopsy"), ".ttl")).data)
        assert Triple(NamedNode(f"{CASE.value}/investigation/b"), own("modality"), own("Biopsy")) in biopsy

    def test_too_much_points_here(self, client: FlaskClient) -> None:
        found = triples(client.get(path_to(COMMON, ".ttl")).data)
        incoming = [triple for triple in found if triple.object == COMMON and triple.predicate == TYPE]
        assert len(incoming) == MOST_INCOMING
        document = NamedNode(f"{COMMON.value}.ttl")
        (comment,) = [triple.object for triple in found if triple.subject == document and triple.object != COMMON]
        assert isinstance(comment, Literal)
        assert "1,000" in comment.value
        assert comment.value in page(client, path_to(COMMON, ".html")).text
        assert "foaf" not in client.get(path_to(CASE, ".nt")).text, "only what is cut says so"

    def test_named_graph(self, client: FlaskClient) -> None:
        found = triples(client.get(path_to(ONE, ".ttl")).data)
        assert Triple(CASE, LABEL, Literal(NASTY)) in found
        assert Triple(CASE, LABEL, Literal("case one", language="en")) not in found, "this stands in another graph"


class TestUnknown:
    @pytest.mark.parametrize(
        "path",
        [
            "/case/none",
            "/case/none.ttl",
            "/case/one-2020-1.txt",
            "/case/one-2020-1/",
            "/case/",
            "/case",
            "/ontology/Nothing",
            "/.well-known/genid/0",
            "/case/one-2020-1%00",
            "/case/%00.ttl",
            "/case/one-2020-1%3E%20%7B%7D",
            "/case/%3Cscript%3E",
            "/case/one-2020-1%22",
            "/case/one-2020-1%27",
            "/case/one-2020-1%5Cu003e",
            "/case/one-2020-1%60%7C%5E",
            "/case/one-2020-1%20",
            "/case/one-2020-1%0A",
            "/case/one-2020-1%0D%0ASet-Cookie:x",
            "/case/one-2020-1%E2%80%A8",
            "/case/%FF%FE",
            "/case/%25",
            "/case/%2500",
            "/case/%253E",
            "/case/../case/one-2020-1",
            "/case/./one-2020-1",
            "/case/%2E%2E/case/one-2020-1",
            "/case/..%2F..%2Fetc/passwd",
            "/case/one-2020-1%3Fx",
            "/case/one-2020-1%23x",
            "/case/" + "x" * 10_000,
            "/case/" + "%3E" * 5_000,
            "/case/" + "a/" * 4_000,
            "/case/.ttl",
            "/case/.html",
        ],
    )
    def test_nothing_there(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 404, path
        assert response.content_type == "application/problem+json"
        body = response.get_json()
        assert body["status"] == 404
        assert len(response.data) < 2_000
        browsed = client.get(path, headers={"Accept": BROWSER})
        assert browsed.status_code == 404
        assert "<script" not in browsed.text

    def test_doubled_slash(self, client: FlaskClient) -> None:
        response = client.get("/case//one-2020-1")
        assert response.status_code in (308, 404)

    def test_the_name_is_told(self, client: FlaskClient) -> None:
        assert ns.case("none") in client.get("/case/none").get_json()["detail"]

    def test_a_query_cannot_be_smuggled_in(self, client: FlaskClient) -> None:
        for attack in (
            "one-2020-1> ?p ?o } } #",
            'one-2020-1/"))} UNION { ?s ?p ?o } #',
            "one-2020-1\\u003e ?p ?o }",
            "a'''b",
        ):
            for suffix in ("", ".ttl", ".html"):
                assert client.get(f"/case/{quote(attack)}{suffix}").status_code == 404, attack

    @pytest.mark.parametrize("odd", ["é", "(x)", "a;b", "a,b", "a=b&c", "a@b", "x*", "x!$"])
    def test_legal_but_unknown(self, client: FlaskClient, odd: str) -> None:
        response = client.get(f"/case/{quote(odd)}")
        assert response.status_code == 404
        assert odd in response.get_json()["detail"], "it was asked for, not refused"

    def test_longest(self) -> None:
        assert iri_at("case/" + "x" * (LONGEST - 5)) is not None
        assert iri_at("case/" + "x" * (LONGEST - 4)) is None


class TestRetired:
    """RFC 9110, section 15.5.11."""

    def test_without_a_follower(self, client: FlaskClient) -> None:
        for suffix in ("", ".ttl", ".html"):
            response = client.get(path_to(RETIRED, suffix))
            assert response.status_code == 410
            assert response.content_type == "application/problem+json"
            assert RETIRED.value in response.get_json()["detail"]
            assert "In its place" not in response.get_json()["detail"]

    def test_replacements_are_named(self, client: FlaskClient) -> None:
        response = client.get(path_to(REPLACED))
        assert response.status_code == 410
        assert f"In its place: <{CASE.value}>." in response.get_json()["detail"]
        assert response.headers["Link"] == f'<{CASE.value}>; rel="successor-version"'
        both = client.get(path_to(SPLIT)).get_json()["detail"]
        assert CASE.value in both
        assert RETIRED.value in both

    def test_browser(self, client: FlaskClient) -> None:
        response = client.get(path_to(REPLACED), headers={"Accept": BROWSER})
        assert response.status_code == 410
        assert CASE.value in Page(response.text).text

    def test_deprecated_false_is_not_retired(self, client: FlaskClient) -> None:
        assert client.get(path_to(own("Kept"))).status_code == 303


class TestClinic:
    def test_findings_by_status(self, client: FlaskClient) -> None:
        shown = page(client, path_to(CLINIC, ".html")).text
        order = [
            ("Findings present", "pain", "words on pain"),
            ("Findings absent", "fever", "words on fever"),
            ("Findings not reported", "rash", "words on rash"),
            ("Other findings", "cough", "words on cough"),
        ]
        places = [shown.index(words) for group in order for words in group]
        assert places == sorted(places)
        assert shown.count("section “Case”") == 4


class TestEscaping:
    def test_nasty_values(self, client: FlaskClient) -> None:
        html = client.get(path_to(EVIL, ".html")).text
        shown = Page(html)
        assert NASTY in shown.text
        assert not shown.all("script")
        assert not shown.all("img")
        assert not [
            name for _, attributes in shown.tags for name in attributes if name.startswith("on") or name == "style"
        ]
        assert "<img" in shown.text, "as text"

    def test_links(self, client: FlaskClient) -> None:
        links = page(client, path_to(EVIL, ".html")).all("a")
        outside = [a for a in links if str(a["href"]).startswith("http")]
        assert [(a["href"], a["rel"]) for a in outside] == [("http://example.org/?a=1&b='x'", "external")]
        assert not [a for a in links if str(a["href"]).startswith("javascript")]

    def test_datatype_and_language(self, client: FlaskClient) -> None:
        titles = [span.get("title") for span in page(client, path_to(EVIL, ".html")).all("span")]
        assert "language: en" in titles
        assert any(str(title).startswith("datatype: ") for title in titles)
