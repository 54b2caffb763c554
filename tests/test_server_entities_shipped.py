"""Linked data on the shipped graph: every kind of thing, as a document and as a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat

from kg import namespaces as ns
from kg.build import Built
from kg.snapshot import Snapshot
from server import create_app
from server.addresses import path_of
from tests.entity_fixture import (
    BROWSER,
    SYNTAXES,
    own,
    page,
    path_to,
    subject,
    triples,
)
from tests.server_fixture import LABEL
from tests.test_server_pages import Page


@pytest.fixture(scope="module")
def real_app(built: Built, snapshots: Path) -> Flask:
    return create_app(snapshots)


@pytest.fixture(scope="module")
def real(real_app: Flask) -> FlaskClient:
    return real_app.test_client()


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
            "UBERON:0001322",
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
