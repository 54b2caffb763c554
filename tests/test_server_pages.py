"""The pages: what they say, that they escape what they show, and that nothing foreign loads in them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad

from kg import namespaces as ns
from server import create_app
from server.examples import DEFAULT, EXAMPLES
from tests.server_fixture import CASE, LABEL, NASTY, ONE, TWO, publish_snapshot

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    snapshots: Path = tmp_path_factory.mktemp("snapshots")
    many = (Quad(NamedNode(f"http://example.org/{n}"), LABEL, Literal(f"number {n}"), TWO) for n in range(1100))
    publish_snapshot(snapshots, many)
    return create_app(snapshots).test_client()


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def browse(client: FlaskClient, path: str, **parameters: Any) -> Any:
    return client.get(path, query_string=parameters or None, headers={"Accept": BROWSER})


def answer(client: FlaskClient, query: str, **parameters: Any) -> Page:
    response = browse(client, "/sparql", query=query, **parameters)
    assert response.status_code == 200, response.text
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.text)


def test_start_page_says_what_this_is(client: FlaskClient) -> None:
    page = Page(browse(client, "/").text)
    for words in ("published case reports", "16", "2", "28", "29,726", "not medical advice", "How to cite", "0.1.0-"):
        assert words in page.text
    hrefs = [a.get("href") for a in page.all("a")]
    assert "/prefixes" in hrefs


def test_form_works_without_scripts(client: FlaskClient) -> None:
    html = browse(client, "/").text
    page = Page(html)
    (form,) = page.all("form")
    assert (form["action"], form["method"]) == ("/sparql", "get")
    assert page.all("textarea")[0]["name"] == "query"
    assert DEFAULT.sparql in html.replace("&gt;", ">").replace("&lt;", "<")
    formats = [option["value"] for option in page.all("option")]
    assert {"html", "json", "csv", "turtle"} <= set(formats)
    for value in formats:
        assert browse(client, "/sparql", query=DEFAULT.sparql, format=value).status_code in (200, 406)


def test_default_query_answers_its_question(client: FlaskClient) -> None:
    page = answer(client, DEFAULT.sparql, format="html")
    assert "1 row." in page.text
    assert "bone marrow examination" in page.text


def test_example_links_work(client: FlaskClient) -> None:
    links = [str(a["href"]) for a in Page(browse(client, "/").text).all("a")]
    examples = [link for link in links if link.startswith("/sparql?query=")]
    assert len(examples) == len(EXAMPLES)
    for link in examples:
        assert browse(client, link).status_code == 200


def test_query_in_the_address_fills_the_form(client: FlaskClient) -> None:
    page = browse(client, "/", query="ASK { ?s ?p '</textarea><script>' }").text
    assert "ASK { ?s ?p &#39;&lt;/textarea&gt;&lt;script&gt;&#39; }" in page


def test_nothing_foreign_or_inline(client: FlaskClient) -> None:
    for response in (
        browse(client, "/"),
        browse(client, "/sparql", query="SELECT * { ?s ?p ?o }"),
        browse(client, "/sparql", query="nonsense"),
    ):
        page = Page(response.text)
        assert not page.all("script")
        assert not page.all("style")
        assert not [
            attributes for _, attributes in page.tags if any(n == "style" or n.startswith("on") for n in attributes)
        ]
        for link in page.all("link"):
            assert str(link["href"]).startswith("/static/")
            assert client.get(str(link["href"])).status_code == 200
        policy = response.headers["Content-Security-Policy"]
        for directive in ("default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"):
            assert directive in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_answer_is_escaped(client: FlaskClient) -> None:
    html = browse(client, "/sparql", query="SELECT ?label { ?case a sanct:Case ; rdfs:label ?label }").text
    assert NASTY not in html
    assert "&lt;script&gt;alert" in html
    assert NASTY in Page(html).text
    html = browse(client, "/sparql", query=f"SELECT * {{ ?s ?p '{NASTY}' }}").text
    assert NASTY not in html, "the query is shown as well"


def test_iris_of_ours_become_curies_that_lead_to_their_page(client: FlaskClient) -> None:
    page = answer(client, "SELECT ?case ?type { ?case a ?type }")
    assert "skg:case/one-2020-1" in page.text
    assert "sanct:Case" in page.text
    link = next(str(a["href"]) for a in page.all("a") if a.get("title") == CASE.value)
    assert "case one" in Page(browse(client, link).text).text


def test_other_iris_lead_to_themselves_if_they_are_web_addresses(client: FlaskClient) -> None:
    page = answer(client, "SELECT (<http://example.org/1> AS ?a) (<javascript:alert(1)> AS ?b) {}")
    hrefs = [str(a["href"]) for a in page.all("a")]
    assert "http://example.org/1" in hrefs
    assert not [href for href in hrefs if href.startswith("javascript")]
    assert "<javascript:alert(1)>" in page.text


def test_first_thousand_rows(client: FlaskClient) -> None:
    page = answer(client, "SELECT * { ?s rdfs:label ?o }")
    assert len(page.all("tr")) == 1001
    assert "The first 1,000 rows; there are more." in page.text
    assert len(answer(client, "SELECT * { ?s rdfs:label ?o } LIMIT 1000").all("tr")) == 1001
    assert "there are more" not in answer(client, "SELECT * { ?s rdfs:label ?o } LIMIT 1000").text


def test_ask_empty_and_unbound(client: FlaskClient) -> None:
    assert "Yes" in answer(client, "ASK {}").text
    assert "No rows." in answer(client, "SELECT * { ?s a sanct:Nothing }").text
    assert {"class": "unbound"} in answer(client, "SELECT ?a ?b { BIND(1 AS ?a) }").all("td")


def test_graph_as_a_table(client: FlaskClient) -> None:
    page = answer(client, f"DESCRIBE <{CASE.value}>")
    for words in ("subject", "predicate", "object", "rdfs:label", "Turtle"):
        assert words in page.text


def test_links_to_other_formats_keep_query_and_graphs(client: FlaskClient) -> None:
    query = "SELECT ?label { ?case a sanct:Case ; rdfs:label ?label } # ü&+"
    page = answer(client, query, **{"default-graph-uri": TWO.value})
    links = {str(a["href"]).rpartition("=")[2]: str(a["href"]) for a in page.all("a") if "format=" in str(a["href"])}
    assert set(links) == {"json", "xml", "csv", "tsv"}
    assert client.get(links["csv"]).text == "label\r\ncase one\r\n"
    assert {"type": "hidden", "name": "default-graph-uri", "value": TWO.value} in page.all("input")
    assert ONE.value not in str(page.tags)


def test_browser_without_a_query_is_led_to_the_form(client: FlaskClient) -> None:
    response = browse(client, "/sparql")
    assert response.status_code == 303
    assert response.headers["Location"] == "/"


def test_browser_gets_errors_as_pages(client: FlaskClient) -> None:
    response = browse(client, "/sparql", query="ASK { ?s <b>nope:p</b> ?o }")
    assert response.status_code == 400
    assert response.content_type == "text/html; charset=utf-8"
    assert "<b>" not in response.text
    assert "The query does not parse" in Page(response.text).text
    back = next(str(a["href"]) for a in Page(response.text).all("a") if str(a["href"]).startswith("/?query="))
    assert "nope:p" in Page(browse(client, back).text).text
    assert browse(client, "/nowhere").status_code == 404
    assert "There is nothing at this address" in browse(client, "/nowhere").text


def test_prefixes_can_be_put_before_a_query(client: FlaskClient) -> None:
    response = client.get("/prefixes")
    assert response.content_type == "text/plain; charset=utf-8"
    assert f"PREFIX sanct: <{ns.SANCT}>\n" in response.text
    assert client.get("/sparql", query_string={"query": response.text + "ASK {}"}).status_code == 200
