"""Drafts: what was found becomes a record that the format takes, with evidence that is found again; it can be built."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg.build import build
from kg.config import shipped
from kg.draft.placing import evidence_of
from kg.draft.record import Outcome, Patient, draft_record, file_name, outcome_of, read_patients, record_slug
from kg.draft.record_yaml import record_yaml, reference_yaml, renamed
from kg.draft.summary import summary
from kg.errors import RecordError
from kg.evidence import State, check_record, source_document
from kg.extract.reader import Reader
from kg.extract.reading import Found
from kg.ingest import Document, Metadata, read_bytes
from kg.records import Record
from kg.records.yaml_positions import read_yaml
from kg.vocabulary import Vocabulary
from tests.extract_fixture import reader

TEXT = """A 34-year-old man with acute myeloid leukemia (AML) in complete remission for two years presented with
pain of the left sciatic nerve. He had no fever. MRI showed thickening of the sciatic nerve. The bone marrow was normal
and the cerebrospinal fluid was free of blasts. A nerve biopsy showed infil-
tration by blasts, positive for CD34. The white cell count was 6,500. He was given cytarabine and local irradiation,
and died of sepsis 4 months later. AML had been diagnosed at the age of 31.
"""


def document(text: str = TEXT, name: str = "case.txt") -> Document:
    return next(read_bytes(text.encode(), name))


def found(field: str, value: str, words: str, confidence: float = 0.9, **detail: str) -> Found:
    start = TEXT.index(words)
    return Found(field, value, start, start + len(words), confidence, detail)


WHO = [
    found("age", "34", "34-year-old", 0.97),
    found("sex", "Male", "man", 0.98),
    found("leukemia", "AcuteMyeloidLeukemia", "acute myeloid leukemia", 0.95),
    found("leukemia", "Leukemia", "leukemia", 0.5),
]
EPISODE = [
    found("relapse", "true", "in complete remission"),
    found("in_remission", "true", "in complete remission"),
    found("remission_years", "2", "for two years", 0.8),
    found("site", "SciaticNerve", "left sciatic nerve", laterality="LeftSide"),
    found("site", "SciaticNerve", "the sciatic nerve"),
    found("marrow", "NotInvolved", "bone marrow was normal"),
    found("csf", "NotInvolved", "cerebrospinal fluid was free of blasts"),
]
REST = [
    found("finding", "Pain", "pain", status="Present"),
    found("finding", "Fever", "no fever", status="Absent"),
    found("modality", "MagneticResonanceImaging", "MRI", result="Abnormal"),
    found("modality", "NerveBiopsy", "nerve biopsy", result="Abnormal"),
    found("marker", "CD34", "CD34", expression="Positive"),
    found("measurement", "6500", "6,500", type="LeukocyteCount"),
    found("treatment", "Cytarabine", "cytarabine"),
    found("treatment", "Radiotherapy", "local irradiation"),
    found("outcome", "Dead", "died", cause="Sepsis"),
    found("event", "LeukemiaDiagnosis", "AML had been diagnosed", age="31"),
    found("event", "Death", "died of sepsis"),
]


def drafted(
    several: Sequence[Found], vocabulary: Vocabulary, text: str = TEXT
) -> tuple[dict[str, Any], tuple[str, ...]]:
    draft = draft_record(document(text), [Patient(tuple(several))], reader(), "2026-11-20")
    assert draft is not None
    return draft.record["cases"][0], draft.notes


def test_a_draft_has_what_was_found_and_no_more(vocabulary: Vocabulary) -> None:
    case, _ = drafted([*WHO, *EPISODE, *REST], vocabulary)
    assert (case["patient"]["sex"], case["patient"]["age"]) == ("Male", {"years": 34})
    assert case["patient"]["confidence"] == Decimal("0.97")
    (diagnosis,) = case["diagnoses"]
    assert diagnosis["leukemia"] == "AcuteMyeloidLeukemia"  # “leukemia” is the same one under its wider name
    initial, relapse = case["episodes"]
    assert (initial["id"], initial["onset"], initial["marrow"]) == ("initial-leukemia", "NotInRemission", "NotReported")
    assert (relapse["order"], relapse["after"], relapse["onset"]) == (2, "initial-leukemia", "InRemission")
    assert relapse["remission"] == {"at_least": 2}
    assert relapse["sites"] == [{"site": "SciaticNerve", "laterality": "LeftSide"}]
    assert (relapse["marrow"], relapse["csf"]) == ("NotInvolved", "NotInvolved")
    assert relapse["confirmed_by"] == ["nerve-biopsy", "immunophenotyping"]
    assert {one["finding"]: one["status"] for one in case["findings"]} == {"Pain": "Present", "Fever": "Absent"}
    assert {one["treatment"]: one.get("agents") for one in case["treatments"]} == {
        "Radiotherapy": None,
        "Chemotherapy": ["Cytarabine"],
    }
    assert case["outcomes"][0] | {"evidence": 0} == {
        "id": "outcome", "vital_status": "Dead", "cause": "Sepsis", "confidence": Decimal("0.9"), "evidence": 0,
    }  # fmt: skip
    assert [one["event"] for one in case["timeline"]] == ["Death", "LeukemiaDiagnosis"]


def test_what_was_not_found_is_left_out(vocabulary: Vocabulary) -> None:
    case, _ = drafted(WHO[2:3], vocabulary)
    assert set(case) == {"case", "told", "patient", "diagnoses"}
    assert set(case["patient"]) == {"confidence", "evidence"}


@pytest.mark.parametrize(
    ("several", "note"),
    [
        ([found("relapse", "true", "in complete remission")], "a relapse is told without a place"),
        ([found("blood", "Involved", "white cell count")], "the blood is told as Involved"),
        ([found("age", "30", "31", 0.5)], "several ages are told: 34, 30"),
        ([found("measurement", "6500", "6,500")], "not clear what was measured"),
        ([found("outcome", "Alive", "later", interval_months="4")], "the outcome is told after 4 months"),
        ([found("finding", "Nonsense", "pain")], "left out: cases[0].findings[0].finding"),
    ],
)
def test_what_the_format_cannot_hold_is_told(several: list[Found], note: str, vocabulary: Vocabulary) -> None:
    case, notes = drafted([*WHO, *several], vocabulary)
    assert note in " ".join(notes)
    assert "episodes" not in case
    assert not case.get("findings")


def test_an_episode_without_proof_is_not_confirmed(vocabulary: Vocabulary) -> None:
    case, _ = drafted([*WHO, *EPISODE], vocabulary)
    assert case["episodes"][0]["certainty"] == "Probable"


def test_a_death_event_needs_a_death(vocabulary: Vocabulary) -> None:
    case, _ = drafted([*WHO, found("event", "Death", "died"), found("outcome", "Alive", "given")], vocabulary)
    assert "timeline" not in case


def test_a_marrow_relapse_is_one_of_the_marrow(vocabulary: Vocabulary) -> None:
    several = [found("relapse", "true", "remission"), found("marrow", "Involved", "bone marrow was normal")]
    case, _ = drafted([*WHO, *several], vocabulary)
    assert case["episodes"][0]["sites"] == [{"site": "BoneMarrow"}]


def test_every_mention_is_found_again(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "case.txt").write_text(TEXT, encoding="utf-8")
    everywhere = [
        Found("finding", "Pain", start, end, 0.9) for start in range(0, 400, 7) for end in (start + 3, start + 90)
    ]
    draft = draft_record(document(), [Patient((*WHO, *everywhere, *REST))], reader(), "2026-11-20")
    assert draft is not None
    record = Record.model_validate(draft.record, context={"vocabulary": vocabulary})
    checked = check_record(record, source_document(record, tmp_path))
    assert len(checked) > 20
    assert {one.state for one in checked} == {State.EXACT}


def test_a_place_is_whole_words_and_short() -> None:
    text = document()
    start = TEXT.index("myeloid") + 2
    place = evidence_of(text, start, start + 3)
    assert place is not None
    assert place["mention"] == "myeloid"
    long = evidence_of(text, 0, 300)
    assert long is not None
    assert len(long["mention"].split()) == 8
    cut = TEXT.index("infil-")
    broken = evidence_of(text, cut, TEXT.index(" by blasts"))
    assert broken is not None
    assert broken["mention"] == "infiltration"
    assert evidence_of(text, len(TEXT) + 5, len(TEXT) + 9) is None
    assert evidence_of(text, TEXT.index("(AML)"), TEXT.index("(AML)")) is None


NASTY = [
    "yes",
    "null",
    "1e5",
    "- a",
    "a: b # c",
    'q"uo\\te',
    "{x}",
    "\x85\u2028\ufeff",
    "'",
    "&a *b !c",
    "ends ",
    "é 😀",
]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_survives_the_yaml(text: str, vocabulary: Vocabulary) -> None:
    draft = draft_record(document(), [Patient(tuple(WHO))], reader(), "2026-11-20")
    assert draft is not None
    place = draft.record["cases"][0]["patient"]["evidence"][0]
    place |= {"mention": text, "section": text}
    draft.record["curation"]["agent"] = text
    value = read_yaml(record_yaml(draft), "draft.yaml").value
    assert value["cases"][0]["patient"]["evidence"][0] == place
    assert value["curation"]["agent"] == text
    reference = {"reference": "a", "title": text, "authors": [{"name": text}], "year": 2001}
    assert read_yaml("references:\n" + reference_yaml(reference), "references.yaml").value["references"] == [reference]


def test_a_draft_is_the_same_as_yaml(vocabulary: Vocabulary) -> None:
    draft = draft_record(document(), [Patient((*WHO, *EPISODE, *REST))], reader(), "2026-11-20")
    assert draft is not None
    text = record_yaml(draft)
    assert read_yaml(text, "draft.yaml").value == draft.record
    other = read_yaml(renamed(text, "case", "case-b"), "draft.yaml").value
    assert (other["record"], other["cases"][0]["case"]) == ("case-b", "case-b-1")
    assert "Not signed" in text


def test_documents_that_are_no_case_become_no_record() -> None:
    assert outcome_of([])[0] is Outcome.NO_PATIENT
    assert outcome_of([Patient((found("age", "34", "34"),))])[0] is Outcome.NO_LEUKEMIA
    assert outcome_of([Patient(tuple(WHO)), Patient(())])[0] is Outcome.DRAFTED


def test_names_of_drafts(vocabulary: Vocabulary) -> None:
    told = Metadata(title="A case", authors=("van Asseldonk JT", "Baek S"), year=1993, pmid="123", journal="J")
    sources = [
        (Metadata(), "My Case (1).txt", "my-case-1"),
        (told, "a.xml", "van-asseldonk-1993"),
        (Metadata(pmid="123"), "set.xml#123", "pmid-123"),
        (Metadata(), "set.xml#no-3", "set-xml-no-3"),
    ]
    for metadata, name, slug in sources:
        text = document()
        assert record_slug(Document(name, TEXT, text.sha256, text.sections, (), metadata)) == slug
    long = draft_record(document(name="very-long-" * 30 + ".txt"), [Patient(tuple(WHO))], reader(), "2026-11-20")
    assert long is not None
    assert len(long.slug) < 70
    assert file_name("../../etc/passwd") == "etc-passwd"
    assert file_name("\u202e") == "document"


def test_the_flat_summary(vocabulary: Vocabulary) -> None:
    (case,) = summary(document(), [Patient((*WHO, *EPISODE, *REST))], vocabulary)
    assert (case["patient"], case["age"], case["leukemia"]) == (1, "34", "AcuteMyeloidLeukemia")
    assert case["sites"] == ["SciaticNerve"]
    assert case["findings"] == {"Present": ["Pain"], "Absent": ["Fever"]}
    nerve = next(value for value in case["values"] if value["field"] == "site")
    assert nerve == {
        "field": "site", "value": "SciaticNerve", "label": "sciatic nerve",
        "concept": "https://w3id.org/sanctuary-kg/ontology/SciaticNerve", "mention": "left sciatic nerve",
        "start": TEXT.index("left sciatic"), "end": TEXT.index("left sciatic") + 18, "confidence": 0.9,
        "detail": {"laterality": "LeftSide"},
    }  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """The shipped data with a draft beside it, as a curator has it."""
    folder = tmp_path_factory.mktemp("data") / "data"
    shutil.copytree(shipped("data"), folder)
    draft = draft_record(document(), [Patient((*WHO, *EPISODE, *REST))], reader(), "2026-11-20")
    assert draft is not None
    (folder / "records" / "case.yaml").write_text(record_yaml(draft), encoding="utf-8")
    with (folder / "references.yaml").open("a", encoding="utf-8") as references:
        references.write(reference_yaml(draft.reference))
    return folder


def test_a_draft_is_built_once_signed(data: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"case\.yaml:9:3: at curation This draft .* no curator has signed it"):
        build(shipped("ontology"), data, shipped("queries"), tmp_path / "snapshots")
    path = data / "records" / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n  tool:", '\n  signed_by: "A Curator"\n  tool:'), encoding="utf-8")
    built = build(shipped("ontology"), data, shipped("queries"), tmp_path / "snapshots")
    assert built.manifest["counts"]["papers"] == 3
    nquads = next(built.folder.glob("*.nq")).read_text(encoding="utf-8")
    assert '<http://purl.org/dc/terms/contributor> "A Curator"' in nquads


def test_drafts_of_real_extractors_hold(vocabulary: Vocabulary) -> None:
    text = document(
        "A 45-year-old woman with acute lymphoblastic leukemia in complete remission for 3 years presented with a "
        "painless mass of the left breast. Biopsy showed infiltration by lymphoblasts; an extramedullary relapse of "
        "the breast was diagnosed. The bone marrow was normal. She received chemotherapy.\n"
    )
    patients = read_patients(text, Reader(vocabulary))
    assert outcome_of(patients)[0] is Outcome.DRAFTED
    draft = draft_record(text, patients, reader(), "2026-11-20")
    assert draft is not None
    assert not any(note.startswith("left out") for note in draft.notes)
    case = draft.record["cases"][0]
    assert case["patient"]["age"] == {"years": 45}
    assert case["diagnoses"][0]["leukemia"] == "AcuteLymphoblasticLeukemia"
    Record.model_validate(draft.record, context={"vocabulary": vocabulary})
