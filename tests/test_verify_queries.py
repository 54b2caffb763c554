"""Each verify query finds the defect that is planted for it, and nothing in a sound graph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from pyoxigraph import DefaultGraph, Quad, QuerySolutions, RdfFormat, Store, parse

from kg import namespaces as ns
from kg.config import shipped
from kg.graph import union_ntriples
from kg.link import MappingSet
from kg.link.sssom import Mapping
from kg.queries import Query, read_queries
from kg.records import Bibliography, Record
from kg.snapshot import run_query
from kg.triples import bibliography_quads, mapping_quads, ontology_quads, record_quads
from kg.verify import verify
from kg.vocabulary import read_ontology, read_vocabulary

QUERIES = read_queries(shipped("queries") / "verify")
_places = count(0, 20)


def at(mention: str = "left ilium", **more: Any) -> list[dict[str, Any]]:
    """Anchored evidence, each call in a new place."""
    start = next(_places)
    place = {"mention": mention, "section": "Case report", "start": start, "end": start + 10, "sentence": "0" * 16}
    return [{**place, **more}]


def cell(row: int, column: str) -> list[dict[str, Any]]:
    """Evidence in a cell of Table 1."""
    return at(section=None, cell={"row": row, "column": column})


def dated(name: str, event: str, order: int, **more: Any) -> dict[str, Any]:
    """A timeline event."""
    return {"id": name, "event": event, "order": order, "evidence": at(), **more}


BIBLIOGRAPHY: dict[str, Any] = {
    "references": [
        {
            "reference": slug,
            "title": f"Work {slug}",
            "authors": [{"name": "Lee SE", "orcid": "0000-0002-2664-3608"}, {"name": "Park J"}],
            "journal": {"title": "Oncol Lett", "issn_print": "1792-1074"},
            "year": 2019,
            "doi": f"10.1000/{slug}",
            "checked": ["https://example.org/page"],
        }
        for slug in ("one-2020", "other-2019", "baek-2021", "hangai-2014")  # The ontology names the last two.
    ]
    + [{"reference": "one-2020-ref2", "identified": False, "note": "Number 2 of one-2020."}]
}

CASE: dict[str, Any] = {
    "case": "one-2020-1",
    "told": "primary",
    "patient": {"sex": "Male", "age": {"years": 8}, "evidence": cell(1, "Age")},
    "diagnoses": [{"id": "all", "leukemia": "BPrecursorALL", "age": {"years": 5}, "evidence": cell(1, "Diagnosis")}],
    "episodes": [
        {
            "id": name,
            "order": order,
            "onset": "InRemission",
            "remission": {"at_least": 1, "below": 2},
            "sites": [{"site": "Ilium", "laterality": "LeftSide"}],
            "marrow": "NotInvolved",
            "csf": "NotReported",
            "confirmed_by": ["biopsy"],
            "after": after,
            "evidence": at(),
        }
        for name, order, after in (("first", 1, None), ("second", 2, "first"))
    ],
    "findings": [
        {"finding": "BonePain", "status": "Present", "shown_by": ["blood"], "episode": "first", "evidence": at()},
        {"finding": "Pallor", "status": "Absent", "evidence": cell(2, "Age")},
        {"finding": "Fever", "status": "NotReported", "evidence": cell(2, "Diagnosis")},
    ],
    "investigations": [
        {"id": "biopsy", "modality": "Biopsy", "result": "Abnormal", "date": "2017-10", "evidence": at()},
        {
            "id": "blood",
            "modality": "CRPMeasurement",
            "result": "Abnormal",
            "measurements": [
                {"type": "CRPMeasurement", "value": 9, "high": 5, "interpretation": "Elevated", "evidence": at()}
            ],
            "markers": [{"marker": "CD19", "expression": "Positive", "evidence": at()}],
            "evidence": at(),
        },
        {"modality": "MagneticResonanceImaging", "result": "NotReported", "evidence": at()},
    ],
    "treatments": [
        {
            "treatment": "Chemotherapy",
            "agents": ["Cytarabine"],
            "doses": [{"agent": "Cytarabine", "kind": "DailyDose", "value": 80, "unit": "mg/d"}],
            "evidence": at(),
        }
    ],
    "outcomes": [
        {"vital_status": "Dead", "cause": "Pneumonia", "interval_months": 2, "after": "referral", "evidence": at()}
    ],
    "differentials": [
        {"condition": "Radiculopathy", "status": "RuledOut", "ruled_out_by": ["biopsy"], "evidence": at()}
    ],
    "timeline": [
        dated("referral", "Referral", 1, date="2017-07"),
        dated("death", "Death", 2, interval_months=2, after="referral"),
    ],
    "possibly_same_patient": [
        {
            "reference": "other-2019",
            "reasons": [{"trait": "age", "bearing": "SpeaksFor", "here": "8", "there": "8 years"}],
            "evidence": at(),
        }
    ],
}

RECORD: dict[str, Any] = {
    "record": "one-2020",
    "document": {"file": "one-2020.txt", "sha256": "a" * 64, "characters": 9999},
    "curation": {"method": "Curated", "agent": "A curator", "date": "2026-11-20"},
    "cases": [CASE],
    "citations": [
        {"number": 1, "reference": "other-2019", "evidence": at()},
        {"number": 2, "reference": "one-2020-ref2", "evidence": at()},
    ],
    "statistics": [{"id": "men", "measure": "men", "numerator": 1, "denominator": 2, "evidence": at()}],
    "discrepancies": [
        {
            "id": "age",
            "cases": ["one-2020-1"],
            "kind": "InternalDiscrepancy",
            "trait": "age",
            "here": "8",
            "there": "9",
            "evidence": at(),
        }
    ],
}

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in ns.PREFIXES.items()) + (
    "@prefix graph: <https://w3id.org/sanctuary-kg/graph/> .\n"
    "@prefix paper: <https://w3id.org/sanctuary-kg/reference/> .\n"
    "@prefix case: <https://w3id.org/sanctuary-kg/case/> .\n"
    "@prefix t: <https://w3id.org/sanctuary-kg/test/> .\n"
)

IN_ONE = "<https://w3id.org/sanctuary-kg/graph/reference/one-2020>"
FIRST = "<https://w3id.org/sanctuary-kg/case/one-2020-1/episode/first>"
SECOND = "<https://w3id.org/sanctuary-kg/case/one-2020-1/episode/second>"
BLOOD = "<https://w3id.org/sanctuary-kg/case/one-2020-1/investigation/blood>"

PLANTED = {
    "absent-finding-typed": (
        "t:f a sanct:Finding, sanct:BonePain ; sanct:findingType sanct:BonePain ; sanct:status sanct:Absent ."
    ),
    "agent-as-treatment-type": "t:t sanct:treatmentType sanct:Gabapentin .",
    "ambiguous-synonym": 'sanct:BonePain skos:altLabel "Fever"@en .',
    "author-order-with-a-gap": "paper:x sanct:authorship t:a, t:b . t:a sanct:order 1 . t:b sanct:order 3 .",
    "blank-nodes": "t:s rdfs:seeAlso [] .",
    "broader-cycle": "t:a skos:broader t:b . t:b skos:broader t:a .",
    "case-without-diagnosis": f"{IN_ONE} {{ case:x a sanct:Case ; sanct:reportedIn paper:one-2020 }}",
    "citation-numbers-with-a-gap": "t:c cito:hasCitingEntity paper:one-2020 ; sanct:referenceNumber 4 .",
    "concept-of-another-scheme": "t:s sanct:site sanct:BonePain .",
    "concept-without-label": "t:c skos:inScheme sanct:Findings .",
    "confirmed-episode-without-proof": "t:e a sanct:Episode ; sanct:certainty sanct:Confirmed .",
    "death-contradicted": "t:o sanct:causeOfDeath sanct:Pneumonia ; sanct:ofCase t:c ; sanct:vitalStatus sanct:Alive .",
    "dose-of-another-agent": "t:t sanct:agent sanct:Cytarabine ; sanct:dose t:d . t:d sanct:agent sanct:Mepivacaine .",
    "duplicate-label-in-scheme": 't:c skos:inScheme sanct:Findings ; skos:prefLabel "Bone pain"@en .',
    "episode-before-the-one-it-follows": f"{FIRST} sanct:followsEpisode {SECOND} .",
    "episode-confirmed-by-normal-investigation": (
        "t:e sanct:confirmedBy t:i . t:i a sanct:Investigation ; sanct:result sanct:Normal ."
    ),
    "episode-order-with-a-gap": f"{IN_ONE} {{ case:one-2020-1 sanct:episode t:e . t:e sanct:order 2 }}",
    "episode-without-site-or-extent": "t:e a sanct:Episode .",
    "event-before-its-start": (
        "t:a a sanct:TimelineEvent ; sanct:order 1 ; sanct:afterEvent t:b . t:b a sanct:TimelineEvent ; sanct:order 2 ."
    ),
    "evidence-outside-its-paper": (
        f"{IN_ONE} {{ t:s sanct:evidence t:e }} graph:other {{ t:e sanct:inReference paper:other-2019 }}"
    ),
    "evidence-unused": "t:e a sanct:Evidence .",
    "finding-shown-by-normal-investigation": (
        "t:f sanct:findingType sanct:BonePain ; sanct:status sanct:Present ; sanct:shownBy t:i . "
        "t:i sanct:result sanct:Normal ."
    ),
    "identified-reference-without-title": "paper:x a sanct:Reference .",
    "inferred-graph-repeats-asserted": (
        f"{IN_ONE} {{ t:e a sanct:Relapse }} <{ns.GRAPH_INFERRED}> {{ t:e a sanct:Relapse }}"
    ),
    "interval-from-nowhere": "t:o sanct:intervalInMonths 2.0 .",
    "investigation-not-reported-typed": (
        "t:i a sanct:Biopsy ; sanct:modality sanct:Biopsy ; sanct:result sanct:NotReported ."
    ),
    "link-across-cases": f"t:f sanct:ofCase case:x ; sanct:shownBy {BLOOD} .",
    "link-across-papers": f"t:f prov:wasDerivedFrom paper:other-2019 ; sanct:shownBy {BLOOD} .",
    "link-to-nothing": f"{FIRST} sanct:confirmedBy t:nothing .",
    "mapped-concept-unknown": (
        f"<{ns.GRAPH_MAPPINGS}> {{ sanct:NoConcept skos:exactMatch <http://purl.obolibrary.org/obo/HP_0002653> }}"
    ),
    "mapping-contradicted": (
        f"<{ns.GRAPH_MAPPINGS}> {{ sanct:BonePain skos:broadMatch <http://purl.obolibrary.org/obo/HP_0002653> }}"
    ),
    "mapping-to-no-term": "t:r owl:annotatedTarget sssom:NoTermFound .",
    "mapping-without-record": (
        f"<{ns.GRAPH_MAPPINGS}> {{ sanct:BonePain skos:broadMatch <http://purl.obolibrary.org/obo/HP_0000001> }}"
    ),
    "marrow-site-without-marrow-status": (
        "t:e a sanct:Episode ; sanct:site sanct:BoneMarrow ; sanct:marrowStatus sanct:NotInvolved ."
    ),
    "measurement-contradicts-range": (
        "t:m sanct:value 9.0 ; sanct:referenceHigh 5.0 ; sanct:interpretation sanct:WithinRange ."
    ),
    "mention-too-long": 't:e oa:exact "one two three four five six seven eight nine" .',
    "one-doi-two-references": 'paper:x bibo:doi "10.1000/ONE-2020" .',
    "orphan-concept": "t:c skos:inScheme sanct:Findings .",
    "possibly-same-patient-merged": "case:one-2020-1 sanct:summarisedIn paper:other-2019 .",
    "present-finding-not-typed": "t:f sanct:findingType sanct:BonePain ; sanct:status sanct:Present .",
    "reference-cited-not-described": "paper:one-2020 cito:cites paper:unknown .",
    "remission-length-outside-remission": (
        "t:e sanct:remissionYearsAtLeast 1.0 ; sanct:remissionAtOnset sanct:NotInRemission ."
    ),
    "site-without-involvement": "t:f sanct:ofCase case:one-2020-1 ; sanct:site sanct:Ilium .",
    "statement-in-another-papers-graph": f"{IN_ONE} {{ t:s prov:wasDerivedFrom paper:other-2019 }}",
    "statement-not-typed": "t:d sanct:leukemiaType sanct:BPrecursorALL .",
    "statement-out-of-reach": "t:f sanct:ofCase case:one-2020-1 .",
    "statement-without-evidence": "t:f sanct:ofCase case:one-2020-1 .",
    "treatment-type-as-agent": "t:t sanct:agent sanct:Chemotherapy .",
    "two-primary-tellings": "case:one-2020-1 sanct:reportedIn paper:other-2019 .",
    "undeclared-term": "t:s sanct:noSuchProperty 1 .",
    "unidentified-reference-with-bibliography": 'paper:one-2020-ref2 dcterms:title "A title" .',
}


@pytest.fixture(scope="module")
def sound() -> list[Quad]:
    """The quads of a small record in which nothing is wrong."""
    triples = read_ontology(shipped("ontology"))
    words = read_vocabulary(triples)
    iris = ns.term("BonePain"), ns.PREFIXES["skos"] + "exactMatch", "http://purl.obolibrary.org/obo/HP_0002653"
    why, source = ns.PREFIXES["semapv"] + "ManualMappingCuration", ns.PREFIXES["bioregistry"] + "hp"
    row = Mapping(1, "sanct:BonePain", "skos:exactMatch", "HP:0002653", "Bone pain", *iris, "bone pain", why, source)
    return [
        *ontology_quads(triples, words),
        *mapping_quads(MappingSet({}, {}, (row,)), words),
        *bibliography_quads(Bibliography.model_validate(BIBLIOGRAPHY)),
        *record_quads(Record.model_validate(RECORD, context={"vocabulary": words}), words),
    ]


@pytest.fixture(scope="module")
def store(sound: list[Quad]) -> Store:
    """A store with the sound graph, as a snapshot has it."""
    filled = Store()
    filled.extend([*sound, *in_default_graph(sound)])
    return filled


def in_default_graph(quads: list[Quad]) -> Iterator[Quad]:
    """The same triples in the default graph, which answers for all graphs."""
    return (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)


def rows(store: Store, query: Query) -> int:
    """How many rows a query gives."""
    solutions = run_query(store, query.sparql)
    return len(list(solutions)) if isinstance(solutions, QuerySolutions) else 0


def test_a_sound_graph_has_no_defect(sound: list[Quad], store: Store) -> None:
    report = verify(store, union_ntriples(sound), shipped("ontology") / "shapes.ttl", QUERIES)
    assert report.defects == ()


def test_every_query_has_a_planted_defect() -> None:
    assert set(PLANTED) == {query.slug for query in QUERIES}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.slug)
def test_a_query_finds_its_planted_defect(store: Store, query: Query) -> None:
    planted = list(parse(PREFIXES + PLANTED[query.slug], format=RdfFormat.TRIG))
    added = [quad for quad in dict.fromkeys([*planted, *in_default_graph(planted)]) if quad not in store]
    store.extend(added)
    try:
        assert rows(store, query) > 0
    finally:
        for quad in added:
            store.remove(quad)
    assert rows(store, query) == 0


RECORD_OF = "owl:annotatedSource sanct:BonePain ; owl:annotatedProperty skos:broadMatch ; owl:annotatedTarget"


@pytest.mark.parametrize(
    ("slug", "planted"),
    [
        ("mapping-without-record", f"<{ns.GRAPH_MAPPINGS}> {{ t:r {RECORD_OF} <http://example.org/x> }}"),
        (
            "mapping-contradicted",
            f"<{ns.GRAPH_MAPPINGS}> {{ t:r {RECORD_OF} sssom:NoTermFound ; sssom:object_source bioregistry:hp }}",
        ),
        ("mapping-to-no-term", "sanct:BonePain skos:closeMatch sssom:NoTermFound ."),
    ],
)
def test_a_query_of_two_rules_finds_a_breach_of_the_second(store: Store, slug: str, planted: str) -> None:
    (query,) = (query for query in QUERIES if query.slug == slug)
    quads = list(parse(PREFIXES + planted, format=RdfFormat.TRIG))
    added = [*quads, *in_default_graph(quads)]
    store.extend(added)
    try:
        assert rows(store, query) > 0
    finally:
        for quad in added:
            store.remove(quad)
    assert rows(store, query) == 0


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.slug)
def test_a_query_states_its_rule_and_its_prefixes(query: Query) -> None:
    assert query.summary.endswith(".")
    Store().query(query.sparql)  # Without the prefixes that run_query adds.
