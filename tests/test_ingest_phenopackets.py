"""Phenopackets become drafts: what is mapped is said with its place, what is not is told, and nothing is guessed."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.build import build
from kg.config import shipped
from kg.errors import SourceTextError
from kg.evidence import State, check_record
from kg.ingest.drafts import Draft, NoteKind
from kg.ingest.phenopacket import draft_phenopackets, notes_of, phenopacket_document
from kg.ingest.phenopacket_terms import Term, Terms
from kg.ingest.phenopacket_time import duration_years, when
from kg.link.sssom import read_mappings
from kg.records.paper import Reference
from kg.vocabulary import Vocabulary

CURATION = {"method": "Extracted", "agent": "A test", "date": "2026-01-31", "tool": "sanctuary"}


def term(code: str, label: str = "") -> dict[str, str]:
    return {"id": code, "label": label} if label else {"id": code}


def age(duration: str) -> dict[str, Any]:
    return {"age": {"iso8601duration": duration}}


def ages(**limits: str) -> dict[str, Any]:
    return {"ageRange": {key: {"iso8601duration": duration} for key, duration in limits.items()}}


def quantity(value: float, unit: str, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": term(unit, "a unit"), "value": value}
    if low is not None:
        found["referenceRange"] = {"unit": term(unit, "a unit"), "low": low, "high": high}
    return found


PACKET: dict[str, Any] = {
    "id": "invented-1",
    "subject": {
        "id": "Patient 1",
        "sex": "FEMALE",
        "timeAtLastEncounter": age("P8Y6M"),
        "vitalStatus": {
            "status": "DECEASED",
            "timeOfDeath": age("P9Y"),
            "causeOfDeath": term("HP:0002090", "Pneumonia"),
        },
    },
    "phenotypicFeatures": [
        {
            "type": term("HP:0000520", "Proptosis"),
            "onset": age("P8Y"),
            "severity": term("sanct:Severe", "severe"),
            "evidence": [{"evidenceCode": term("ECO:0000033", "author statement"), "reference": {"id": "PMID:222"}}],
        },
        {"type": term("HP:0002315", "Headache"), "excluded": True},
        {"type": term("HP:0003419", "Low back pain")},
        {"type": term("HP:0003419", "Low back pain"), "excluded": True},
        {"type": term("HP:0001265", "Hyporeflexia")},
        {"type": term("HP:9999999", "Nothing of ours")},
    ],
    "measurements": [
        {
            "assay": term("LOINC:2880-3", "Protein in CSF"),
            "value": {"quantity": quantity(90.0, "UCUM:mg/dL", 15.0, 45.0)},
            "timeObserved": {"timestamp": "2019-03-05T00:00:00Z"},
        }
    ],
    "diseases": [
        {"term": term("MONDO:0004967", "acute lymphoblastic leukemia"), "onset": age("P5Y")},
        {"term": term("MONDO:0000000", "some other disease")},
        {"term": term("HP:0002754", "Osteomyelitis"), "excluded": True},
    ],
    "medicalActions": [
        {
            "treatment": {
                "agent": term("CHEBI:28680", "cytarabine"),
                "doseIntervals": [{"quantity": quantity(100.0, "UCUM:mg/m2")}],
            },
            "responseToTreatment": term("NCIT:C4870", "Complete Remission"),
        },
        {
            "radiationTherapy": {
                "modality": term("X:1", "a beam"),
                "bodySite": term("UBERON:0000970", "eye"),
                "dosage": 9,
            }
        },
    ],
    "files": [{"uri": "file:///x.vcf"}],
    "metaData": {
        "phenopacketSchemaVersion": "2.0.2",
        "externalReferences": [{"id": "PMID:111", "reference": "https://doi.org/10.1000/a", "description": "A title"}],
    },
}


@dataclass(frozen=True)
class Drafter:
    terms: Terms
    vocabulary: Vocabulary

    def __call__(self, packet: Any, name: str = "case.json", known: tuple[Reference, ...] = ()) -> Draft:
        return draft_phenopackets(json.dumps(packet).encode(), name, self.terms, self.vocabulary, CURATION, known)

    def changed(self, **parts: Any) -> Draft:
        return self({**copy.deepcopy(PACKET), **parts})


@pytest.fixture(scope="module")
def drafter(vocabulary: Vocabulary) -> Drafter:
    return Drafter(Terms(read_mappings(shipped("data") / "mappings.sssom.tsv").mappings, vocabulary), vocabulary)


@pytest.fixture(scope="module")
def draft(drafter: Drafter) -> Draft:
    return drafter(PACKET)


def told(draft: Draft, place: str) -> list[str]:
    return [note.text for note in draft.notes if note.place == place]


def test_patient_diagnosis_and_outcome(draft: Draft) -> None:
    (case,) = draft.record.cases
    assert (case.case, case.told, case.primary_reference) == ("case-1", "review", "pmid-111")
    assert case.patient.sex == "Female"
    assert case.patient.age is not None
    assert case.patient.age.years == Decimal("8.5")
    (diagnosis,) = case.diagnoses
    assert diagnosis.age is not None
    assert (diagnosis.leukemia, diagnosis.age.years) == ("AcuteLymphoblasticLeukemia", Decimal(5))
    (outcome,) = case.outcomes
    assert (outcome.vital_status, outcome.cause) == ("Dead", "Pneumonia")
    assert case.episodes == ()


def test_findings_keep_what_was_excluded(draft: Draft) -> None:
    (case,) = draft.record.cases
    found = [(finding.finding, finding.status, finding.severity) for finding in case.findings]
    assert found == [
        ("Proptosis", "Present", "Severe"),
        ("Headache", "Absent", None),
        # HPO's low back pain is narrower: its presence is back pain, its absence is not the absence of back pain.
        ("BackPain", "Present", None),
    ]
    mentions = [proof.mention for proof in case.findings[1].evidence]
    assert mentions == ["Headache", "true"]
    assert [(one.condition, one.status) for one in case.differentials] == [("Osteomyelitis", "RuledOut")]


def test_what_is_not_mapped_is_told_and_not_guessed(draft: Draft) -> None:
    assert "narrower than BackPain" in told(draft, "/phenotypicFeatures/2/type")[0]
    assert "no exact concept" in told(draft, "/phenotypicFeatures/3/type")[0]
    assert "near: Areflexia (close)" in told(draft, "/phenotypicFeatures/4/type")[0]
    assert told(draft, "/phenotypicFeatures/5/type") == ["“Nothing of ours” (HP:9999999) has no concept here."]
    assert told(draft, "/diseases/1/term") == ["“some other disease” (MONDO:0000000) has no concept here."]
    assert {note.place for note in notes_of(draft, NoteKind.IGNORED)} >= {
        "/files",
        "/medicalActions/1/radiationTherapy/dosage",
    }


def test_a_disease_that_was_excluded_is_ruled_out(drafter: Drafter) -> None:
    diseases = [PACKET["diseases"][0], {"term": term("HP:0002754", "Osteomyelitis"), "excluded": True}]
    (case,) = drafter.changed(diseases=diseases).record.cases
    assert [(one.condition, one.status) for one in case.differentials] == [("Osteomyelitis", "RuledOut")]


def test_a_measurement_is_read_by_its_range_alone(draft: Draft, drafter: Drafter) -> None:
    (case,) = draft.record.cases
    (investigation,) = case.investigations
    (measured,) = investigation.measurements
    assert (investigation.result, investigation.date) == ("Abnormal", "2019-03-05")
    assert (measured.value, measured.unit, measured.low, measured.high) == (
        Decimal(90),
        "mg/dL",
        Decimal(15),
        Decimal(45),
    )
    assert measured.interpretation == "Elevated"
    bare = [{"assay": term("LOINC:2880-3"), "value": {"quantity": quantity(30.0, "UCUM:mg/dL")}}]
    (other,) = drafter.changed(measurements=bare).record.cases[0].investigations
    assert (other.result, other.measurements[0].interpretation) == ("NotReported", None)


def test_a_unit_that_is_not_known_leaves_the_number_as_printed(drafter: Drafter) -> None:
    strange = [{"assay": term("LOINC:2880-3"), "value": {"quantity": quantity(30.0, "UCUM:[furlong]")}}]
    (measured,) = drafter.changed(measurements=strange).record.cases[0].investigations[0].measurements
    assert (measured.value, measured.printed) == (None, "30 a unit")


def test_treatments(draft: Draft) -> None:
    drug, beam = draft.record.cases[0].treatments
    assert (drug.treatment, drug.agents, drug.response) == ("TreatmentProcedure", ("Cytarabine",), "CompleteRemission")
    (dose,) = drug.doses
    assert (dose.value, dose.unit, dose.kind) == (Decimal(100), "mg/m2", "SingleDose")
    assert (beam.treatment, [site.site for site in beam.sites]) == ("Radiotherapy", ["Eye"])
    assert told(draft, "/medicalActions/1/radiationTherapy/modality") == ["“a beam” (X:1) has no concept here."]


def test_the_timeline_is_in_order_and_names_what_it_is_of(draft: Draft) -> None:
    events = [(event.order, event.event, event.refers_to) for event in draft.record.cases[0].timeline]
    assert events == [(1, "SymptomOnset", "finding-1"), (2, "Death", None)]
    assert draft.record.cases[0].findings[0].id == "finding-1"


def test_every_mention_stands_at_its_pointer(draft: Draft) -> None:
    checked = check_record(draft.record, draft.document)
    assert len(checked) > 20
    assert {item.state for item in checked} == {State.EXACT}
    proof = draft.record.cases[0].diagnoses[0].evidence[0]
    assert (proof.section, proof.mention) == ("/diseases/0/term/label", "acute lymphoblastic leukemia")


def test_the_text_does_not_depend_on_how_the_json_is_written(drafter: Drafter, draft: Draft) -> None:
    turned = json.dumps(dict(reversed(PACKET.items())), indent=3).replace("phenotypicFeatures", "phenotypic_features")
    document = phenopacket_document(turned.encode(), "case.json")
    assert document.text == draft.document.text
    assert document.sha256 != draft.document.sha256


def test_references(draft: Draft, drafter: Drafter) -> None:
    assert [(one.number, one.reference) for one in draft.record.citations] == [(1, "pmid-111"), (2, "pmid-222")]
    own, paper, other = draft.references
    assert (own.reference, paper.identified, other.reference) == ("case", False, "pmid-222")
    assert paper.note == "pmid:111, doi:10.1000/a in case.json. A title"
    known = Reference(reference="kim-2001", doi="10.1000/A")
    (case,) = drafter(PACKET, known=(known,)).record.cases
    assert case.primary_reference == "kim-2001"


def test_without_a_reference_the_case_is_told_first_hand(drafter: Drafter) -> None:
    (case,) = drafter.changed(metaData={}, phenotypicFeatures=[]).record.cases
    assert (case.told, case.primary_reference) == ("primary", None)


def test_a_leukemia_among_the_features(drafter: Drafter) -> None:
    feature = {"type": term("HP:0006721", "Acute lymphoblastic leukemia")}
    (case,) = drafter.changed(diseases=[], phenotypicFeatures=[feature]).record.cases
    assert [one.leukemia for one in case.diagnoses] == ["AcuteLymphoblasticLeukemia"]
    other = [{"type": term("HP:0006721", "Acute lymphoblastic leukemia"), "excluded": True}]
    with pytest.raises(SourceTextError, match="no phenopacket tells of a leukemia"):
        drafter.changed(diseases=[], phenotypicFeatures=other)


def test_a_wrong_label_beside_an_identifier_is_told(drafter: Drafter) -> None:
    found = drafter.changed(phenotypicFeatures=[{"type": term("HP:0002315", "Foot drop")}])
    assert "called “Headache”, but the source writes “Foot drop”" in told(found, "/phenotypicFeatures/0/type")[0]


@pytest.mark.parametrize("wrap", [lambda a, b: [a, b], lambda a, b: {"id": "c", "members": [a, b], "files": [1]}])
def test_several_in_one_file(wrap: Any, drafter: Drafter) -> None:
    other = {**copy.deepcopy(PACKET), "subject": {"id": "Patient 1", "sex": "MALE"}}
    found = drafter(wrap(PACKET, other), "cohort.json")
    assert [case.case for case in found.record.cases] == ["cohort-patient-1", "cohort-patient-1-b"]
    assert [case.patient.sex for case in found.record.cases] == ["Female", "Male"]
    assert {item.state for item in check_record(found.record, found.document)} == {State.EXACT}


def test_json_lines(drafter: Drafter, vocabulary: Vocabulary) -> None:
    lines = "\n".join([json.dumps(PACKET), "{oops", json.dumps(PACKET)])
    found = draft_phenopackets(lines.encode(), "a.jsonl", drafter.terms, vocabulary, CURATION)
    assert len(found.record.cases) == 2
    assert [str(note) for note in notes_of(found, NoteKind.PROBLEM)] == ["/1: line 2 is not JSON. Correct it."]


def test_a_family_gives_proband_and_relatives(drafter: Drafter) -> None:
    family = {"id": "f", "proband": PACKET, "relatives": [{**PACKET, "diseases": []}], "pedigree": {"persons": []}}
    found = drafter(family, "family.json")
    assert len(found.record.cases) == 1
    assert told(found, "/pedigree") == ["pedigree is not read."]
    assert told(found, "/relatives/0")


def test_one_bad_phenopacket_does_not_lose_the_others(drafter: Drafter) -> None:
    bad = copy.deepcopy(PACKET)
    bad["phenotypicFeatures"][1] = {"type": term("HP:0002315"), "negated": True}
    found = drafter([bad, PACKET], "two.json")
    assert len(found.record.cases) == 1
    (problem,) = [note for note in found.notes if note.place == "/0"]
    assert "negated" in problem.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"{", ":1:2: this is not JSON"),
        (b'{"a": 1}', "no phenopacket, cohort or family"),
        (b"[]", "it is empty"),
        (b"\xff\xfe{", "byte 0 is not UTF-8"),
        (b'{"subject": {"id": "a", "id": "b"}}', "“id” stands twice"),
        (b"[" * 5000 + b"]" * 5000, "nested too deep"),
        (b'{"subject": {"sex": "WOMAN"}}', "Invalid enum value WOMAN"),
        (b'{"subject": {"age": 3}}', 'no field named "age"'),
        (b'{"metaData": {"phenopacketSchemaVersion": "1.0.0"}}', "version 1.0.0 of the schema"),
        (b'{"subject": {"id": "a"}}', "no phenopacket tells of a leukemia"),
    ],
)
def test_what_cannot_be_read(data: bytes, words: str, drafter: Drafter) -> None:
    with pytest.raises(SourceTextError, match="(?s)" + words.replace("(", r"\(")) as caught:
        draft_phenopackets(data, "case.json", drafter.terms, drafter.vocabulary, CURATION)
    assert str(caught.value).startswith("case.json:")


def test_other_species_are_no_patients(drafter: Drafter) -> None:
    mouse = {"id": "m", "taxonomy": term("NCBITaxon:10090", "Mus musculus")}
    with pytest.raises(SourceTextError, match="not a human"):
        drafter.changed(subject=mouse)


def test_a_file_whose_name_a_record_cannot_hold(drafter: Drafter) -> None:
    with pytest.raises(SourceTextError, match="Rename it"):
        drafter(PACKET, "patient 1.json")


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("P39Y", "39"),
        ("P1Y6M", "1.5"),
        ("P3M", "0.25"),
        ("P10D", "0.0274"),
        ("P1YT5H", "1"),
        ("P0D", "0"),
        ("P126Y", None),
        ("P", None),
        ("PT", None),
        ("-P3Y", None),
        ("P3Yx", None),
        ("3", None),
        ("", None),
    ],
)
def test_durations(text: str, years: str | None) -> None:
    assert duration_years(text) == (None if years is None else Decimal(years))


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (ages(start="P45Y", end="P49Y"), {"at_least": 45, "below": 50}),
        (ages(end="P1Y6M"), {"below": Decimal("1.5833")}),
        (ages(start="P9Y", end="P5Y"), None),
        ({"ontologyClass": {"id": "HP:0011463", "label": "Childhood onset"}}, {"at_least": 1, "below": 5}),
        ({"ontologyClass": {"id": "HP:0003584", "label": "Late onset"}}, {"at_least": 60}),
        ({"ontologyClass": {"id": "HP:0003577", "label": "Congenital onset"}}, None),
        ({"gestationalAge": {"weeks": 20}}, None),
    ],
)  # fmt: skip
def test_times(element: dict[str, Any], expected: dict[str, Any] | None) -> None:
    found = when(element, "/onset")
    assert found is not None
    assert found.age == expected
    assert bool(found.why) == (expected is None)


@pytest.mark.parametrize(
    ("code", "label", "schemes", "absent", "concept"),
    [
        ("NCIt:C3171", "", ("LeukemiaTypes",), False, "AcuteMyeloidLeukemia"),
        ("http://purl.obolibrary.org/obo/HP_0000520", "", ("Findings",), False, "Proptosis"),
        ("sanct:FootDrop", "", ("Findings",), False, "FootDrop"),
        ("HP:0001909", "Leukemia", ("LeukemiaTypes",), False, "Leukemia"),
        ("HP:0001909", "Blood cancer", ("LeukemiaTypes",), False, None),
        ("HP:0001288", "Gait disturbance", ("Findings",), False, None),
        ("HP:0012514", "Lower limb pain", ("Findings",), False, "LowerLimbPain"),
        ("HP:0001954", "Recurrent fever", ("Findings",), False, "Fever"),
        ("HP:0001954", "Recurrent fever", ("Findings",), True, None),
        ("HP:0000520", "Proptosis", ("AnatomicalSites",), False, None),
    ],
)
def test_terms(
    code: str, label: str, schemes: tuple[str, ...], absent: bool, concept: str | None, drafter: Drafter
) -> None:
    found = drafter.terms.meaning(Term(code, label, "/x"), *schemes, absent=absent)
    assert found.concept == concept
    assert found.concept or found.why


def test_a_signed_draft_builds(draft: Draft, tmp_path: Path) -> None:
    """The draft as a curator would save it, beside the shipped records, becomes a verified snapshot."""
    data = tmp_path / "data"
    (data / "records").mkdir(parents=True)
    for path in shipped("data").glob("*.*"):
        (data / path.name).write_bytes(path.read_bytes())
    for path in (shipped("data") / "records").glob("*.yaml"):
        (data / "records" / path.name).write_bytes(path.read_bytes())
    signed = draft.data | {"curation": draft.data["curation"] | {"signed_by": "A curator"}}
    record = yaml.safe_dump(json.loads(json.dumps(signed, default=float)), allow_unicode=True, sort_keys=False)
    (data / "records" / "case.yaml").write_text(record, encoding="utf-8")
    own = [one.model_dump(exclude_defaults=True, mode="json") for one in draft.references]
    with (data / "references.yaml").open("a", encoding="utf-8") as bibliography:
        bibliography.write("\n" + "\n".join("  " + line for line in yaml.safe_dump(own).splitlines()) + "\n")
    built = build(shipped("ontology"), data, shipped("queries"), tmp_path / "snapshots")
    assert built.folder.is_dir()
