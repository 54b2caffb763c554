"""IRIs of the project and the prefixes that its files and queries use.

Every IRI of the data is made here and derives from content: the slug of a record, the name of a concept,
a position in a text. Nothing is numbered by chance, so two builds of the same input give the same IRIs.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from types import MappingProxyType

BASE = "https://w3id.org/sanctuary-kg/"
ONTOLOGY = "https://w3id.org/sanctuary-kg/ontology"
SANCT = ONTOLOGY + "/"

PREFIXES = MappingProxyType(
    {
        "sanct": SANCT,
        "skg": BASE,
        "bibo": "http://purl.org/ontology/bibo/",
        "bioregistry": "https://bioregistry.io/registry/",
        "cito": "http://purl.org/spar/cito/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "formats": "http://www.w3.org/ns/formats/",
        "oa": "http://www.w3.org/ns/oa#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "qudt": "http://qudt.org/schema/qudt/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "semapv": "https://w3id.org/semapv/vocab/",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "sssom": "https://w3id.org/sssom/",
        "vann": "http://purl.org/vocab/vann/",
        "void": "http://rdfs.org/ns/void#",
        "void-ext": "http://ldf.fi/void-ext#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""Prefix to namespace, for serialisations and for the command line."""

GRAPH_ONTOLOGY = BASE + "graph/ontology"
GRAPH_BIBLIOGRAPHY = BASE + "graph/bibliography"
GRAPH_MAPPINGS = BASE + "graph/mappings"
GRAPH_INFERRED = BASE + "graph/inferred"
GRAPH_METADATA = BASE + "graph/metadata"

DATASET = BASE + "dataset"
"""All graphs but the metadata graph, which describes it."""
SERVICE = BASE + "sparql"
"""The endpoint."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens.

    >>> slugify("SciaticNerve"), slugify("Med Pediatr Oncol"), slugify("Billström R")
    ('sciatic-nerve', 'med-pediatr-oncol', 'billstrom-r')
    """
    plain = unicodedata.normalize("NFKD", _CAMEL.sub("-", text)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def short_hash(text: str, digits: int = 8) -> str:
    """First hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def term(name: str) -> str:
    """IRI of an own class, property or concept from its local name."""
    return SANCT + name


def paper_graph(reference: str) -> str:
    """IRI of the named graph that holds all that one paper asserts."""
    return f"{BASE}graph/reference/{reference}"


def case(slug: str) -> str:
    """IRI of a case."""
    return f"{BASE}case/{slug}"


def statement(case_slug: str, record: str, kind: str, name: str, *, primary: bool) -> str:
    """IRI of one statement about a case.

    A statement of the paper that tells the case first hand lies right below the case. One of a paper that
    retells it lies below ``as-told-in/<record>``, so that two papers never write into one node.
    """
    home = case(case_slug) if primary else f"{case(case_slug)}/as-told-in/{record}"
    return f"{home}/{kind}/{name}"


def reference(slug: str) -> str:
    """IRI of a publication."""
    return f"{BASE}reference/{slug}"


def journal(title: str) -> str:
    """IRI of a journal from its abbreviated title."""
    return f"{BASE}journal/{slugify(title)}"


def citation(citing: str, number: int) -> str:
    """IRI of the citation that stands as ``number`` in the list of the citing paper."""
    return f"{BASE}citation/{citing}/{number}"


def evidence(record: str, start: int, end: int) -> str:
    """IRI of a place in the text of a paper; offsets count Unicode code points."""
    return f"{BASE}evidence/{record}/{start}-{end}"


def curation(record: str) -> str:
    """IRI of the activity that took the statements from a paper."""
    return f"{BASE}curation/{record}"


def question(slug: str) -> str:
    """IRI of a competency question."""
    return f"{BASE}question/{slug}"


def dump(name: str) -> str:
    """IRI of a file to download, from its name."""
    return f"{BASE}dumps/{name}"


def part(whole: str, *words: str) -> str:
    """IRI of a part of a description: a fragment of the IRI of what is described, from words and CURIEs.

    An IRI among the words is written as its CURIE, or as a hash where no prefix fits.

    >>> part(DATASET, "class", term("Case"), "property", PREFIXES["rdf"] + "type")
    'https://w3id.org/sanctuary-kg/dataset#class/sanct:Case/property/rdf:type'
    """
    names = [shrink(word) if "://" in word else word for word in words]
    return f"{whole}#" + "/".join(short_hash(name, 16) if name.startswith("<") else name for name in names)


def shrink(iri: str) -> str:
    """The CURIE of an IRI where a prefix fits and the rest is a plain local name, else the IRI in brackets.

    >>> shrink("https://w3id.org/sanctuary-kg/ontology/BonePain")
    'sanct:BonePain'
    >>> shrink("http://example.org/a b")
    '<http://example.org/a b>'
    """
    best = max((p for p in PREFIXES if iri.startswith(PREFIXES[p])), key=lambda p: len(PREFIXES[p]), default=None)
    if best is not None and re.fullmatch(r"[\w./-]*\w", rest := iri[len(PREFIXES[best]) :]):
        return f"{best}:{rest}"
    return f"<{iri}>"
