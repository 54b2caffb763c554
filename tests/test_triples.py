"""Small records, built here, become the quads that they should, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg import namespaces as ns
from kg.config import shipped
from kg.records import Bibliography, Record
from kg.triples import bibliography_quads, ontology_quads, record_quads
from kg.triples.node import boolean, decimal, expand, integer, node_quads, partial_date, text
from kg.vocabulary import Vocabulary, read_ontology

XSD, RDF = ns.PREFIXES["xsd"], ns.PREFIXES["rdf"]
TYPE = NamedNode(RDF + "type")
CASE_IRI = ns.case("one-2020-1")
STATEMENT_CLASSES = {
    *("PatientDescription", "Diagnosis", "Episode", "Finding", "Investigation", "Measurement", "MarkerResult"),
    *("Treatment", "Outcome", "Differential", "TimelineEvent", "PossibleIdentity"),
}


def at(start: int) -> list[dict[str, Any]]:
    return [{"mention": "left ilium", "section": "Case report", "start": start, "end": start + 10}]


def case(**more: Any) -> dict[str, Any]:
    """A case in which every kind of statement stands once; unnamed where the model lets it be."""
    return {
        "case": "one-2020-1",
        "told": "primary",
        "patient": {"sex": "Male", "age": {"years": 8}, "evidence": at(0)},
        "diagnoses": [{"leukemia": "BPrecursorALL", "evidence": at(10)}],
        "episodes": [
            {
                "id": "bone",
                "order": 1,
                "onset": "InRemission",
                "sites": [{"site": "Ilium", "laterality": "LeftSide"}, {"site": "Ilium", "laterality": "RightSide"}],
                "marrow": "NotInvolved",
                "csf": "NotReported",
                "confirmed_by": ["biopsy"],
                "evidence": at(20),
            }
        ],
        "findings": [
            {"finding": "BonePain", "status": "Present", "episode": "bone", "evidence": at(30)},
            {"finding": "Pallor", "status": "Absent", "evidence": at(40)},
            {"finding": "Fever", "status": "NotReported", "evidence": at(50)},
        ],
        "investigations": [
            {
                "id": "biopsy",
                "modality": "Biopsy",
                "result": "Abnormal",
                "measurements": [{"type": "CRPMeasurement", "value": "2.610", "unit": "mg/dL", "evidence": at(60)}],
                "markers": [
                    {"marker": "CD22", "expression": "Positive", "evidence": at(70)},
                    {"marker": "CD22", "expression": "Positive", "compartment": "Cytoplasm", "evidence": at(80)},
                ],
                "evidence": at(90),
            },
            {"modality": "MagneticResonanceImaging", "result": "NotReported", "evidence": at(100)},
        ],
        "treatments": [{"treatment": "Chemotherapy", "agents": ["Cytarabine"], "evidence": at(110)}],
        "outcomes": [{"vital_status": "Dead", "cause": "Pneumonia", "evidence": at(120)}],
        "differentials": [{"condition": "Radiculopathy", "status": "Considered", "evidence": at(130)}],
        "timeline": [{"id": "referral", "event": "Referral", "order": 1, "date": "2017-07", "evidence": at(140)}],
        "possibly_same_patient": [
            {
                "reference": "other-2019",
                "reasons": [{"trait": "age", "bearing": "SpeaksFor", "here": "8", "there": "8"}],
                "evidence": at(150),
            }
        ],
        **more,
    }


@pytest.fixture(name="quads")
def _quads(vocabulary: Vocabulary) -> list[Quad]:
    return written(vocabulary, case())


def written(
    vocabulary: Vocabulary, *cases: dict[str, Any], record: str = "one-2020", discrepancies: Iterable[Any] = ()
) -> list[Quad]:
    """The quads of a record with these cases."""
    model = {
        "record": record,
        "document": {"file": f"{record}.txt", "sha256": "a" * 64, "characters": 999},
        "curation": {"method": "Curated", "agent": "A curator", "date": "2026-11-20"},
        "cases": list(cases),
        "discrepancies": list(discrepancies),
    }
    context = {"vocabulary": vocabulary}
    return list(record_quads(Record.model_validate(model, context=context), vocabulary))


def term(name: str) -> NamedNode:
    return NamedNode(ns.term(name))


def iri(node: object) -> str:
    assert isinstance(node, NamedNode)
    return node.value


def subjects(quads: Iterable[Quad], predicate: str, value: str) -> set[str]:
    """IRIs of the nodes that have an own property with an own value."""
    return {iri(q.subject) for q in quads if q.predicate == expand(predicate) and q.object == term(value)}


def types(quads: Iterable[Quad], node: str) -> set[str]:
    found = [q.object for q in quads if q.subject == NamedNode(node) and q.predicate == TYPE]
    return {iri(kind).removeprefix(ns.SANCT) for kind in found}


def statements(quads: Iterable[Quad]) -> set[str]:
    typed = {q for q in quads if q.predicate == TYPE and q.object in {term(n) for n in STATEMENT_CLASSES}}
    return {iri(q.subject) for q in typed}


@pytest.mark.parametrize(
    ("finding", "expected"),
    [("BonePain", {"Finding", "BonePain"}), ("Pallor", {"Finding"}), ("Fever", {"Finding"})],
)
def test_only_a_present_finding_is_an_instance_of_its_concept(
    quads: list[Quad], finding: str, expected: set[str]
) -> None:
    [node] = subjects(quads, "findingType", finding)
    assert types(quads, node) == expected


@pytest.mark.parametrize(
    ("modality", "expected"),
    [("Biopsy", {"Investigation", "Biopsy"}), ("MagneticResonanceImaging", {"Investigation"})],
)
def test_an_investigation_that_is_not_reported_is_no_instance_of_its_modality(
    quads: list[Quad], modality: str, expected: set[str]
) -> None:
    [node] = subjects(quads, "modality", modality)
    assert types(quads, node) == expected


def test_no_node_is_blank_and_every_iri_is_ours(quads: list[Quad]) -> None:
    assert not [q for q in quads if isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode)]
    assert all(isinstance(q.subject, NamedNode) and q.subject.value.startswith(ns.BASE) for q in quads)
    assert {str(q.graph_name) for q in quads} == {f"<{ns.paper_graph('one-2020')}>"}


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        ("evidence", None),
        ("prov:wasDerivedFrom", ns.reference("one-2020")),
        ("prov:wasGeneratedBy", ns.curation("one-2020")),
        ("ofCase", CASE_IRI),
    ],
)
def test_every_statement_says_where_it_comes_from(quads: list[Quad], predicate: str, value: str | None) -> None:
    found = statements(quads)
    kinds = {kind for node in found for kind in types(quads, node)}
    assert kinds >= STATEMENT_CLASSES
    for node in found:
        values = {iri(q.object) for q in quads if iri(q.subject) == node and q.predicate == expand(predicate)}
        assert values
        assert value is None or values == {value}


def test_evidence_points_to_the_place(quads: list[Quad]) -> None:
    place = NamedNode(ns.evidence("one-2020", 30, 40))
    said = {q.predicate.value.rpartition("#")[2]: q.object for q in quads if q.subject == place}
    assert said["start"] == Literal("30", datatype=NamedNode(XSD + "integer"))
    assert said["end"] == Literal("40", datatype=NamedNode(XSD + "integer"))
    assert said["exact"] == Literal("left ilium")
    [pain] = subjects(quads, "findingType", "BonePain")
    assert [q.object for q in quads if iri(q.subject) == pain and q.predicate == term("evidence")] == [place]


def test_same_input_same_iris(vocabulary: Vocabulary, quads: list[Quad]) -> None:
    assert written(vocabulary, case()) == quads


def test_a_changed_value_of_an_unnamed_statement_changes_its_iri_alone(
    vocabulary: Vocabulary, quads: list[Quad]
) -> None:
    changed = case()
    changed["findings"][0]["severity"] = "Mild"
    [before] = subjects(quads, "findingType", "BonePain")
    after = written(vocabulary, changed)
    assert statements(quads) - statements(after) == {before}
    assert statements(after) - statements(quads) == subjects(after, "findingType", "BonePain")
    assert before.startswith(f"{CASE_IRI}/finding/bone-pain-")


def test_a_place_found_anew_leaves_the_iri_alone(vocabulary: Vocabulary, quads: list[Quad]) -> None:
    moved = case()
    moved["findings"][0]["evidence"] = at(500)
    assert statements(written(vocabulary, moved)) == statements(quads)


def test_a_named_statement_keeps_its_iri_when_its_value_changes(vocabulary: Vocabulary, quads: list[Quad]) -> None:
    changed = case()
    changed["investigations"][0]["result"] = "Inconclusive"
    assert f"{CASE_IRI}/investigation/biopsy" in statements(quads) & statements(written(vocabulary, changed))


def test_parts_that_differ_in_side_or_compartment_stay_apart(quads: list[Quad]) -> None:
    assert len(subjects(quads, "site", "Ilium") - {f"{CASE_IRI}/episode/bone"}) == 2
    assert len(subjects(quads, "marker", "CD22")) == 2


def test_two_papers_on_one_patient_share_the_case_and_no_statement(vocabulary: Vocabulary, quads: list[Quad]) -> None:
    retold = written(vocabulary, case(told="review", primary_reference="one-2020"), record="two-2021")
    assert not statements(quads) & statements(retold)
    assert {str(q.graph_name) for q in retold} == {f"<{ns.paper_graph('two-2021')}>"}
    home = f"{CASE_IRI}/as-told-in/two-2021/"
    assert {node for node in statements(retold) if not node.startswith(home)} == set()
    assert {node.replace(home, CASE_IRI + "/") for node in statements(retold)} == statements(quads)
    both = [*quads, *retold]
    assert {iri(q.subject) for q in both if q.object == term("Case")} == {CASE_IRI}
    for predicate, source, reference in (("reportedIn", quads, "one-2020"), ("summarisedIn", retold, "two-2021")):
        values = [iri(q.object) for q in source if q.predicate == term(predicate)]
        assert values == [ns.reference(reference)]
    shared = {iri(q.subject) for q in quads} & {iri(q.subject) for q in retold}
    assert shared == {CASE_IRI}


@pytest.mark.parametrize(
    ("literal", "value", "kind"),
    [
        (decimal(Decimal("2.610")), "2.61", "decimal"),
        (decimal(Decimal("8E1")), "80", "decimal"),
        (decimal(Decimal("100")), "100", "decimal"),
        (decimal(Decimal("-0.0")), "0", "decimal"),
        (decimal(Decimal("0.0000001")), "0.0000001", "decimal"),
        (integer(0), "0", "integer"),
        (integer(-7), "-7", "integer"),
        (partial_date("2017"), "2017", "gYear"),
        (partial_date("2017-07"), "2017-07", "gYearMonth"),
        (partial_date("2017-07-31"), "2017-07-31", "date"),
        (boolean(True), "true", "boolean"),
        (text("1"), "1", "string"),
    ],
)
def test_literals_have_one_form(literal: Literal | None, value: str, kind: str) -> None:
    assert literal == Literal(value, datatype=NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("refers_to", "words"),
    [
        (None, "9. procedure, 2018"),
        ("all", "9. procedure: B-lymphoblastic leukemia, 2018"),
        ("bone", "9. procedure: ilium, 2018"),
        ("pain", "9. procedure: bone pain, 2018"),
        ("pallor", "9. procedure: pallor absent, 2018"),
        ("biopsy", "9. procedure: biopsy, 2018"),
        ("chemotherapy", "9. procedure: chemotherapy with cytarabine, 2018"),
        ("death", "9. procedure: pneumonia, 2018"),
        ("remission", "9. procedure: in complete remission, 2018"),
        ("unknown", "9. procedure, 2018"),
        ("radiculopathy", "9. procedure: radiculopathy, 2018"),
        ("referral", "9. procedure, 2018"),
    ],
)
def test_an_event_is_labelled_with_what_it_refers_to(refers_to: str | None, words: str, vocabulary: Vocabulary) -> None:
    told = case()
    told["diagnoses"][0]["id"], told["treatments"][0]["id"] = "all", "chemotherapy"
    told["findings"][0]["id"], told["findings"][1]["id"] = "pain", "pallor"
    told["differentials"][0]["id"], told["outcomes"][0]["id"] = "radiculopathy", "death"
    told["outcomes"] += [
        {"id": "remission", "vital_status": "NotReported", "disease_status": "InCompleteRemission", "evidence": at(1)},
        {"id": "unknown", "vital_status": "NotReported", "evidence": at(2)},
    ]
    event = {"id": "event", "event": "ProcedureDone", "order": 9, "date": "2018", "refers_to": refers_to}
    told["timeline"].append({**event, "evidence": at(3)})
    assert label(written(vocabulary, told), f"{CASE_IRI}/event/event") == words


def label(quads: Iterable[Quad], node: str) -> str:
    [found] = [q.object for q in quads if q.subject == NamedNode(node) and q.predicate == expand("rdfs:label")]
    assert isinstance(found, Literal)
    return found.value


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ({"vital_status": "Dead", "cause": "Pneumonia"}, "vital status: dead of pneumonia"),
        ({"vital_status": "NotReported"}, "vital status: not reported"),
        (
            {"vital_status": "NotReported", "disease_status": "InCompleteRemission"},
            "in complete remission; vital status: not reported",
        ),
    ],
)
def test_an_outcome_is_labelled_with_all_that_is_reported(
    outcome: dict[str, Any], words: str, vocabulary: Vocabulary
) -> None:
    quads = written(vocabulary, case(outcomes=[{"id": "end", **outcome, "evidence": at(1)}]))
    assert label(quads, f"{CASE_IRI}/outcome/end") == words


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        ({"sex": "Male", "age": {"years": 8}}, "patient of One 2020, patient 1: male, aged 8"),
        ({"age": {"at_least": 0.5, "below": 3}}, "patient of One 2020, patient 1: aged at least 0.5 and below 3"),
        ({"sex": "Female"}, "patient of One 2020, patient 1: female"),
        ({}, "patient of One 2020, patient 1"),
    ],
)
def test_a_patient_is_labelled_with_sex_and_age(patient: dict[str, Any], words: str, vocabulary: Vocabulary) -> None:
    quads = written(vocabulary, case(patient={"id": "who", **patient, "evidence": at(1)}))
    assert label(quads, f"{CASE_IRI}/description/who") == words


def test_a_discrepancy_refers_to_the_statement_of_its_case_as_this_paper_tells_it(vocabulary: Vocabulary) -> None:
    note: dict[str, Any] = {
        "id": "place",
        "kind": "InternalDiscrepancy",
        "trait": "place",
        "here": "ilium",
        "there": "sacrum",
    }
    note |= {"cases": ["one-2020-1"], "refers_to": "biopsy", "evidence": at(5)}
    retold = case(told="review", primary_reference="one-2020")
    for told, node in ((case(), CASE_IRI), (retold, f"{CASE_IRI}/as-told-in/two-2021")):
        quads = written(vocabulary, told, record="one-2020" if told is not retold else "two-2021", discrepancies=[note])
        [found] = [q.object for q in quads if q.predicate == expand("refersTo")]
        assert found == NamedNode(f"{node}/investigation/biopsy")
        assert found in {q.subject for q in quads}


def test_what_is_not_given_is_not_written() -> None:
    assert [make(None) for make in (decimal, integer, text, partial_date)] == [None] * 4
    graph, node = NamedNode(ns.BASE + "g"), NamedNode(ns.BASE + "n")
    found = list(node_quads(graph, node, ["Finding", "Finding"], "a label", {"severity": None, "quality": []}))
    assert [q.predicate.value.rpartition("#")[2] for q in found] == ["type", "label"]


def test_an_unidentified_reference_has_no_bibliography() -> None:
    unknown = {"reference": "one-2020-ref1", "identified": False, "note": "Number 1."}
    quads = list(bibliography_quads(Bibliography.model_validate({"references": [unknown]})))
    said = {q.predicate.value for q in quads}
    assert said == {
        *(RDF + "type", ns.PREFIXES["rdfs"] + "label", ns.PREFIXES["dcterms"] + "identifier"),
        ns.PREFIXES["skos"] + "editorialNote",
    }
    assert types(quads, ns.reference("one-2020-ref1")) == {"Reference", "UnidentifiedReference"}


def test_equal_class_expressions_get_one_skolem_iri_and_different_ones_two(vocabulary: Vocabulary) -> None:
    on, is_a = NamedNode(ns.PREFIXES["owl"] + "onProperty"), NamedNode(ns.PREFIXES["rdfs"] + "subClassOf")
    nodes = [BlankNode(name) for name in "abc"]
    said = [Triple(node, on, term(p)) for node, p in zip(nodes, ("site", "site", "marker"), strict=True)]
    said += [Triple(term(f"K{n}"), is_a, node) for n, node in enumerate(nodes)]
    quads = [q for q in ontology_quads(said, vocabulary) if q.predicate in (on, is_a)]
    names = [q.object for n in range(3) for q in quads if q.subject == term(f"K{n}")]
    assert names[0] == names[1] != names[2]
    assert len(set(quads)) == 5


def test_the_shipped_ontology_is_served_without_blank_nodes(vocabulary: Vocabulary) -> None:
    triples = read_ontology(shipped("ontology"))
    assert any(isinstance(t.subject, BlankNode) for t in triples)
    quads = list(ontology_quads(triples, vocabulary))
    assert not any(isinstance(x, BlankNode) for q in quads for x in (q.subject, q.object))
