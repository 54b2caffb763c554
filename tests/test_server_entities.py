"""Linked data: every IRI of ours answers, with the format that its client takes, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg import namespaces as ns
from kg.build import Built
from kg.snapshot import Snapshot
from server import create_app
from server.addresses import LONGEST, iri_at, path_of
from server.entity_queries import MOST_INCOMING
from tests.server_fixture import CASE, LABEL, NASTY, ONE, TWO, TYPE, publish_snapshot
from tests.test_server_pages import Page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
SYNTAXES = {
    "ttl": (RdfFormat.TURTLE, "text/turtle; charset=utf-8"),
    "nt": (RdfFormat.N_TRIPLES, "application/n-triples"),
    "jsonld": (RdfFormat.JSON_LD, "application/ld+json"),
    "rdf": (RdfFormat.RDF_XML, "application/rdf+xml"),
}


def own(name: str) -> NamedNode:
    return NamedNode(ns.term(name))


COMMON, EVIL = own("Common"), NamedNode(ns.reference("evil-1999"))
RETIRED, SPLIT, REPLACED = (NamedNode(ns.case(name)) for name in ("old-1990-1", "old-1990-2", "old-1990-3"))
REPLACES = NamedNode(ns.PREFIXES["dcterms"] + "isReplacedBy")
DEPRECATED = NamedNode(ns.PREFIXES["owl"] + "deprecated")
TRUE = Literal("true", datatype=NamedNode(ns.PREFIXES["xsd"] + "boolean"))
FALSE = Literal("false", datatype=NamedNode(ns.PREFIXES["xsd"] + "boolean"))


CLINIC = NamedNode(ns.case("clinic-2000-1"))


def clinic() -> Iterator[Quad]:
    """A case whose findings were present, absent, not reported, and of a status that the pages do not know."""
    yield Quad(CLINIC, TYPE, own("Case"), ONE)
    findings = (("pain", "Present"), ("fever", "Absent"), ("rash", "NotReported"), ("cough", "Doubtful"))
    for at, (name, status) in enumerate(findings):
        finding, place = NamedNode(f"{CLINIC.value}/finding/{name}"), NamedNode(ns.evidence("one-2020", at, at + 9))
        yield Quad(CLINIC, own("finding"), finding, ONE)
        yield Quad(finding, own("status"), own(status), ONE)
        yield Quad(finding, LABEL, Literal(f"{name}: {status}", language="en"), ONE)
        yield Quad(finding, own("findingType"), own(name.title()), ONE)
        yield Quad(own(name.title()), LABEL, Literal(name, language="en"), ONE)
        yield Quad(finding, own("evidence"), place, ONE)
        yield Quad(place, NamedNode(ns.PREFIXES["oa"] + "exact"), Literal(f"words on {name}"), ONE)
        yield Quad(place, own("section"), Literal("Case"), ONE)


def planted() -> Iterator[Quad]:
    """What the small snapshot lacks: retired names, something very common, and values that want escaping."""
    yield from clinic()
    yield Quad(RETIRED, DEPRECATED, TRUE, ONE)
    yield Quad(SPLIT, DEPRECATED, TRUE, ONE)
    yield Quad(SPLIT, REPLACES, CASE, ONE)
    yield Quad(SPLIT, REPLACES, RETIRED, ONE)
    yield Quad(REPLACED, REPLACES, CASE, ONE)
    yield Quad(own("Kept"), DEPRECATED, FALSE, ONE)
    yield Quad(COMMON, LABEL, Literal("common", language="en"), ONE)
    for n in range(MOST_INCOMING + 5):
        yield Quad(NamedNode(f"http://example.org/{n}"), TYPE, COMMON, TWO)
    yield Quad(EVIL, LABEL, Literal(NASTY), TWO)
    yield Quad(
        EVIL,
        own("value"),
        Literal("1", datatype=NamedNode("http://x/'b&c")),
        TWO,
    )
    yield Quad(EVIL, own("note"), Literal("\"'><img src=x onerror=alert(1)>", language="en"), TWO)
    yield Quad(EVIL, own("page"), NamedNode("http://example.org/?a=1&b='x'"), TWO)
    yield Quad(EVIL, own("page"), NamedNode("javascript:alert(1)"), TWO)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("planted")
    publish_snapshot(folder, planted())
    return create_app(folder).test_client()


@pytest.fixture(scope="module")
def real_app(built: Built, snapshots: Path) -> Flask:
    return create_app(snapshots)


@pytest.fixture(scope="module")
def real(real_app: Flask) -> FlaskClient:
    return real_app.test_client()


def path_to(iri: str | NamedNode, suffix: str = "") -> str:
    iri = iri.value if isinstance(iri, NamedNode) else iri
    assert iri.startswith(ns.BASE)
    return "/" + iri.removeprefix(ns.BASE) + suffix


def triples(data: bytes, rdf: RdfFormat = RdfFormat.TURTLE) -> set[Triple]:
    return {quad.triple for quad in parse(data, format=rdf)}


def subject(triple: Triple) -> str:
    assert isinstance(triple.subject, NamedNode)
    return triple.subject.value


def page(client: FlaskClient, path: str) -> Page:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, response.text
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.text)


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


def sample(snapshot: Snapshot, count: int) -> list[str]:
    """IRIs of ours that are subjects, spread evenly over the kinds, the same ones every time."""
    subjects = {
        quad.subject.value
        for quad in snapshot.store.quads_for_pattern(None, None, None, DefaultGraph())
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(ns.BASE)
    }
    subjects = {iri for iri in subjects if "#" not in iri and path_of(iri) is not None}
    kinds: dict[str, list[str]] = {}
    for iri in sorted(subjects, key=lambda one: ns.short_hash(one, 16)):
        steps = iri.removeprefix(ns.BASE).split("/")
        below = steps[4::2] if "as-told-in" in steps else steps[2::2]
        kind = "/".join([steps[0], *(below if steps[0] in ("case", "reference") else [])])
        kinds.setdefault(kind, []).append(iri)
    assert len(kinds) > 20, sorted(kinds)
    chosen: list[str] = []
    while len(chosen) < count and any(kinds.values()):
        for kind in sorted(kinds):
            chosen += [kinds[kind].pop()] if kinds[kind] else []
    return chosen[:count]


class TestRealGraph:
    def test_each_name_answers_with_what_is_said_of_it(self, real: FlaskClient, snapshot: Snapshot) -> None:
        iris = sample(snapshot, 200)
        assert len(set(iris)) == 200
        for iri in iris:
            response = real.get(path_to(iri, ".nt"))
            assert response.status_code == 200, iri
            expected = {q.triple for q in snapshot.store.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph())}
            assert expected
            assert expected <= triples(response.data, RdfFormat.N_TRIPLES), iri

    def test_each_name_has_a_page_and_turtle(self, real: FlaskClient, snapshot: Snapshot) -> None:
        for iri in sample(snapshot, 60):
            response = real.get(path_to(iri), headers={"Accept": BROWSER})
            assert response.headers["Location"] == path_to(iri, ".html")
            assert iri in page(real, path_to(iri, ".html")).text
            assert triples(real.get(path_to(iri, ".ttl")).data), iri

    def test_every_name_is_one_that_the_server_knows(self, snapshot: Snapshot) -> None:
        quads = snapshot.store.quads_for_pattern(None, None, None, None)
        terms = {
            term.value
            for quad in quads
            for term in (quad.subject, quad.predicate, quad.object)
            if isinstance(term, NamedNode) and term.value.startswith(ns.BASE)
        }
        assert len(terms) > 2000
        ours = {iri for iri in terms if path_of(iri) is not None}
        assert [iri for iri in ours if iri.endswith((".html", *(f".{suffix}" for suffix in SYNTAXES)))] == []
        assert [iri for iri in ours if f"{ns.BASE}{path_of(iri)}" != iri.partition("#")[0]] == []
        # The rest is no thing but a page, a service or a file, which answers for itself.
        rest = {re.split("[/#]", iri.removeprefix(ns.BASE))[0] for iri in terms - ours}
        assert rest <= {"", ".well-known", "sparql", "dumps"}

    def test_parts_behind_a_number_sign_are_told_of(self, real: FlaskClient, snapshot: Snapshot) -> None:
        graph = NamedNode(ns.GRAPH_METADATA)
        metadata = {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, graph)}
        wholes = {ns.BASE + "dataset", ns.ONTOLOGY, ns.paper_graph("baek-2021"), ns.GRAPH_MAPPINGS}
        for whole in wholes:
            said = {triple for triple in metadata if subject(triple).partition("#")[0] == whole}
            assert said
            assert said <= triples(real.get(path_to(whole, ".nt")).data, RdfFormat.N_TRIPLES), whole

    def test_links_of_a_page_lead_somewhere(self, real: FlaskClient) -> None:
        for start in ("/case/hangai-2014-1.html", "/ontology/SciaticNerve.html", "/dataset.html", "/ontology.html"):
            links = {str(a["href"]) for a in page(real, start).all("a")}
            ours = sorted(link for link in links if link.startswith("/"))[:40]
            assert len(ours) > 8
            for link in ours:
                assert real.get(link, headers={"Accept": BROWSER}).status_code == 200, link

    def test_ontology(self, real: FlaskClient, snapshot: Snapshot) -> None:
        for path in ("/ontology", "/ontology/", "/ontology/0.1.0"):
            assert real.get(path, headers={"Accept": "text/turtle"}).status_code == 303
        graph = NamedNode(ns.GRAPH_ONTOLOGY)
        whole = {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, graph)}
        for suffix, (rdf, _) in SYNTAXES.items():
            found = triples(real.get(f"/ontology.{suffix}").data, rdf)
            assert whole <= found
            assert {subject(triple).partition("#")[0] for triple in found - whole} <= {ns.ONTOLOGY}
        shown = page(real, "/ontology.html").text
        for name in ("anatomical sites", "leukemia types", "findings", "modalities", "treatments", "finding type"):
            assert name in shown

    def test_graph(self, real: FlaskClient, snapshot: Snapshot) -> None:
        name = NamedNode(ns.paper_graph("hangai-2014"))
        whole = {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, name)}
        assert whole <= triples(real.get(path_to(name, ".ttl")).data)

    def test_case_document_holds_its_evidence(self, real: FlaskClient, snapshot: Snapshot) -> None:
        found = triples(real.get("/case/baek-2021-1.ttl").data)
        mentions = {triple.subject for triple in found if triple.predicate.value == ns.PREFIXES["oa"] + "exact"}
        places = {triple.object for triple in found if triple.predicate == own("evidence")}
        assert len(places) > 100
        assert places <= mentions
        statements = {triple.object for triple in found if triple.subject == NamedNode(ns.case("baek-2021-1"))}
        labelled = {triple.subject for triple in found if triple.predicate == LABEL}
        assert {one for one in statements if isinstance(one, NamedNode) and ns.BASE in one.value} <= labelled


class TestRealPages:
    def test_case(self, real: FlaskClient) -> None:
        response = real.get("/case/baek-2021-1.html")
        shown = Page(response.text)
        headings = [
            "Who",
            "Diagnosis",
            "Episodes",
            "Findings present",
            "Findings absent",
            "Investigations",
            "Treatments",
            "Outcome",
            "Differential diagnoses",
            "Timeline",
        ]
        places = [response.text.index(f"<h2>{heading}") for heading in headings]
        assert places == sorted(places)
        assert "“ 70-year-old man ”" in shown.text
        assert "section “Case Report”, characters 3315 to 3330" in shown.text
        assert "Table 1, row 15, column “Age/ Sex”, characters 8916 to 8920" in shown.text
        assert "/evidence/baek-2021/3315-3330.html" in [a["href"] for a in shown.all("a")]
        assert shown.all("h1")
        assert "adult case" in shown.text

    def test_retold_case_names_the_paper_that_retells_it(self, real: FlaskClient) -> None:
        shown = page(real, "/case/voin-2017-2.html").text
        assert "summarised in Baek et al. 2021" in shown
        assert "Table 1, row" in shown

    def test_concept(self, real: FlaskClient) -> None:
        shown = page(real, "/ontology/SciaticNerve.html").text
        for words in (
            "Largest nerve of the body",
            "nervus ischiadicus",
            "broader lower extremity",
            "tibial nerve",
            "exact match",
            "UBERON_0001322",
            "Cases in which it stands 1 Baek 2021, patient 1",
        ):
            assert words in shown, words

    def test_evidence(self, real: FlaskClient) -> None:
        shown = page(real, "/evidence/baek-2021/8916-8920.html").text
        for words in ("“70/M”", "table cell evidence", "table row 15", "Baek et al. 2021", "patient of Baek 2021"):
            assert words in shown, words

    def test_reference(self, real: FlaskClient) -> None:
        shown = page(real, "/reference/baek-2021.html").text
        authors = [shown.index(name) for name in ("Soon Ju Baek", "Jung Woong Lee", "Jin Young Chon")]
        assert authors == sorted(authors), "in the order of the paper"
        assert "Korean J Anesthesiol" in shown

    def test_nothing_foreign_or_inline(self, real: FlaskClient) -> None:
        for path in ("/case/baek-2021-1.html", "/ontology.html", "/ontology/BonePain.html", "/dataset.html"):
            shown = page(real, path)
            assert not [s for s in shown.all("script") if s.get("type") != "application/ld+json"]
            assert not shown.all("style")
            assert not [a for _, attributes in shown.tags for a in attributes if a == "style" or a.startswith("on")]
            for link in shown.all("link"):
                assert link["rel"] == "alternate" or str(link["href"]).startswith("/static/")
                assert str(link["href"]).startswith("/")
                assert real.get(str(link["href"])).mimetype == link.get("type", "text/css")

    def test_a_result_leads_to_the_page(self, real: FlaskClient) -> None:
        response = real.get(
            "/sparql", query_string={"query": "SELECT ?c { ?c a sanct:Case }"}, headers={"Accept": BROWSER}
        )
        links = [a["href"] for a in Page(response.text).all("a")]
        assert "/case/baek-2021-1.html" in links
