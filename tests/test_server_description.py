"""What the service says of itself is what it does, and the files that it offers are those of the snapshot."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Triple, parse
from werkzeug.serving import make_server

from kg import namespaces as ns
from kg.build import Built
from kg.describe.files import DATASET_JSONLD, DUMPS
from kg.export import graph_names
from kg.snapshot import Snapshot
from server import create_app
from server.negotiate import GRAPH_FORMATS, RESULT_FORMATS
from tests.server_fixture import publish_snapshot

VOID = "/.well-known/void"
CHROMIUM = shutil.which("chromium")
SERVICE = f"<{ns.SERVICE}>"


@pytest.fixture(scope="module")
def application(built: Built, snapshots: Path) -> Flask:
    return create_app(snapshots)


@pytest.fixture(scope="module")
def client(application: Flask) -> FlaskClient:
    return application.test_client()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """On a snapshot of a build that did not describe it."""
    folder = tmp_path_factory.mktemp("bare")
    publish_snapshot(folder)
    return create_app(folder).test_client()


def values(snapshot: Snapshot, query: str) -> list[str]:
    answer = snapshot.query(query)
    assert isinstance(answer, QuerySolutions)
    return [str(row[0].value) for row in answer]


def metadata(snapshot: Snapshot) -> set[Triple]:
    graph = NamedNode(ns.GRAPH_METADATA)
    return {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, graph)}


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/ld+json", RdfFormat.JSON_LD),
        ("application/rdf+xml", RdfFormat.RDF_XML),
    ],
)
def test_the_well_known_address_gives_the_metadata_graph(
    client: FlaskClient, snapshot: Snapshot, media_type: str, form: RdfFormat
) -> None:
    response = client.get(VOID, headers={"Accept": media_type})
    assert response.status_code == 200
    assert response.mimetype == media_type
    assert "Accept" in response.headers["Vary"]
    assert {quad.triple for quad in parse(response.data, format=form)} == metadata(snapshot)


def test_the_well_known_address_speaks_turtle_and_knows_conditions(client: FlaskClient) -> None:
    response = client.get(VOID)
    assert response.mimetype == "text/turtle"
    again = client.get(VOID, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(VOID, query_string={"format": "ntriples"}).mimetype == "application/n-triples"
    assert client.get(VOID, query_string={"format": "nope"}).status_code == 400
    assert client.get(VOID, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(VOID, headers={"Accept": "text/html"}).mimetype == "text/html"
    assert client.post(VOID).status_code == 405
    assert client.head(VOID).status_code == 200


W3C_NAMES = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/ld+json": "JSON-LD",
    "application/rdf+xml": "RDF_XML",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}
"""Of https://www.w3.org/ns/formats/; a page is none of them, and plain JSON is another name for the first."""


def test_each_claimed_format_is_served_and_each_served_one_claimed(client: FlaskClient, snapshot: Snapshot) -> None:
    claimed = set(values(snapshot, f"SELECT ?f {{ {SERVICE} sd:resultFormat ?f }}"))
    assert claimed == {ns.PREFIXES["formats"] + name for name in W3C_NAMES.values()}
    offered = {offer.media_type for offer in (*RESULT_FORMATS, *GRAPH_FORMATS)}
    assert offered == {*W3C_NAMES, "text/html", "application/json"}
    for media_type, name in W3C_NAMES.items():
        query = "SELECT * {}" if name.startswith("SPARQL") else "CONSTRUCT { <s:s> <p:p> 1 } {}"
        response = client.get("/sparql", query_string={"query": query}, headers={"Accept": media_type})
        assert (response.status_code, response.mimetype) == (200, media_type)
        if not name.startswith("SPARQL"):
            assert len(list(parse(response.data, format=RdfFormat.from_media_type(media_type)))) == 1


def test_the_default_graph_is_the_union(client: FlaskClient, snapshot: Snapshot) -> None:
    assert values(snapshot, f"SELECT ?f {{ {SERVICE} sd:feature ?f }}") == [ns.PREFIXES["sd"] + "UnionDefaultGraph"]
    counted = []
    for pattern in ("?s ?p ?o", "SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"):
        query = f"SELECT (COUNT(*) AS ?n) {{ {{ {pattern} }} }}"
        counted.append(client.get("/sparql", query_string={"query": query, "format": "csv"}).text)
    assert counted[0] == counted[1]


def test_what_is_not_claimed_is_refused(client: FlaskClient) -> None:
    service = "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"
    assert client.get("/sparql", query_string={"query": service}).status_code == 400
    assert client.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 403


def test_the_named_graphs_are_those_of_the_service(snapshot: Snapshot) -> None:
    path = f"{SERVICE} sd:defaultDataset/sd:namedGraph ?node . ?node sd:name ?g ; sd:graph ?g"
    assert sorted(values(snapshot, f"SELECT ?g {{ {path} }}")) == graph_names(snapshot)
    assert snapshot.query(f"ASK {{ {SERVICE} sd:endpoint {SERVICE} ; sd:supportedLanguage sd:SPARQL11Query }}")
    assert snapshot.query(f"ASK {{ {SERVICE} sd:defaultDataset/sd:defaultGraph ?g . ?g a sd:Graph }}")


def test_the_listing_names_the_files_of_the_manifest(client: FlaskClient, built: Built) -> None:
    response = client.get("/dumps/", headers={"Accept": "application/json"})
    listed = {entry.pop("name"): entry for entry in response.get_json()["dumps"]}
    assert {name: {k: v for k, v in e.items() if k != "url"} for name, e in listed.items()} == built.manifest[DUMPS]
    again = client.get("/dumps/", headers={"If-None-Match": response.headers["ETag"], "Accept": "application/json"})
    assert again.status_code == 304
    page = client.get("/dumps/", headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert all(f"/dumps/{name}" in page.text for name in built.manifest[DUMPS])


def test_each_file_comes_as_it_is(client: FlaskClient, built: Built) -> None:
    for name, entry in built.manifest[DUMPS].items():
        response = client.get(f"/dumps/{name}", headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert response.mimetype == entry["media_type"]
        assert hashlib.sha256(response.data).hexdigest() == entry["sha256"]
        assert response.headers["Content-Length"] == str(entry["bytes"])
        assert "Content-Encoding" not in response.headers
        assert response.headers["ETag"] == f'"{entry["sha256"]}"'


def test_a_file_in_parts_and_under_conditions(client: FlaskClient, built: Built) -> None:
    path, whole = "/dumps/sanctuary.nq", (built.folder / DUMPS / "sanctuary.nq").read_bytes()
    tag = client.head(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    other = client.get(path, headers={"Range": "bytes=10-19", "If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, whole)
    assert client.get(path, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


@pytest.mark.parametrize(
    "name",
    [
        *("manifest.json", "../manifest.json", "%2e%2e/manifest.json", "..%2fmanifest.json", "..", "%00", "x"),
        *("/etc/passwd", "%2fetc%2fpasswd", "sanctuary.nq/", "sanctuary.nq%00", "SANCTUARY.NQ", "..%5cx"),
    ],
)
def test_no_other_path_leads_to_a_file(client: FlaskClient, name: str) -> None:
    response = client.get(f"/dumps/{name}")
    assert response.status_code in (308, 404)
    assert b"sha256" not in response.data
    assert b"root:" not in response.data


def test_a_snapshot_without_a_description_has_none(bare: FlaskClient) -> None:
    assert bare.get("/dumps/").get_json()["dumps"] == []
    assert bare.get("/dumps/sanctuary.nq").status_code == 404
    assert bare.get("/schema-org.jsonld").status_code == 404
    assert "ld+json" not in bare.get("/").text
    assert bare.get(VOID).status_code == 200


class Blocks(HTMLParser):
    """Script elements and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.links: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag == "link":
            self.links.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        if self.scripts and self.lasttag == "script" and data.strip():
            attributes, before = self.scripts[-1]
            self.scripts[-1] = attributes, before + data


def test_the_start_page_carries_the_description(client: FlaskClient, built: Built) -> None:
    page = Blocks(client.get("/", headers={"Accept": "text/html"}).text)
    written = (built.folder / DATASET_JSONLD).read_text(encoding="utf-8")
    response = client.get("/schema-org.jsonld")
    assert response.mimetype == "application/ld+json"
    assert response.text == written
    assert client.get("/schema-org.jsonld", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    ((attributes, data),) = page.scripts
    assert attributes == {"type": "application/ld+json"}
    assert json.loads(data) == json.loads(written)
    alternates = [link for link in page.links if link["rel"] == "alternate"]
    assert alternates == [{"rel": "alternate", "type": "application/ld+json", "href": "/schema-org.jsonld"}]


def test_nothing_in_the_description_can_end_its_element(built: Built, snapshots: Path, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    shutil.copytree(snapshots, folder, symlinks=True)
    nasty = {"name": "</script><script>alert(1)</script><!--"}
    (folder / built.folder.name / DATASET_JSONLD).write_text(json.dumps(nasty), encoding="utf-8")
    html = create_app(folder).test_client().get("/").text
    ((_, data),) = Blocks(html).scripts
    assert json.loads(data) == nasty
    assert "alert(1)</script>" not in html


@pytest.fixture
def address(built: Built, snapshots: Path) -> Iterator[str]:
    """The pages, and one that a browser must complain of: else silence would say nothing."""
    app = create_app(snapshots)
    runs = "<!doctype html><title>control</title><script>document.title = 'ran'</script>"
    app.add_url_rule("/control", view_func=lambda: Response(runs, mimetype="text/html"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_content_security_policy_lets_the_data_block_be(address: str, tmp_path: Path) -> None:
    complaints = {}
    for path in ("/", "/dumps/", "/control"):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        flags += ["--disable-sync", "--virtual-time-budget=5000", "--enable-logging=stderr", "--dump-dom"]
        command = [str(CHROMIUM), *flags, f"--user-data-dir={tmp_path / 'profile'}", address + path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        complaints[path] = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert complaints.pop("/control")[0].count("Content Security Policy")
    assert complaints == {"/": [], "/dumps/": []}
