"""A small graph with a clinic in it, and how the tests of documents and pages read what they get."""

from __future__ import annotations

from collections.abc import Iterator

from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg import namespaces as ns
from server.entity_queries import MOST_INCOMING
from tests.server_fixture import CASE, LABEL, NASTY, ONE, TWO, TYPE
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
