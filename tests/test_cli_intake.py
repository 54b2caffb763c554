"""Tables, references, phenopackets and PMC-Patients from the command line to drafts that a signed build takes."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kg.batch import archives
from kg.batch.folder import DRAFTS, REFERENCES
from kg.batch.inputs import Inputs
from kg.batch.work import Form, Item, Job, work
from kg.build import build
from kg.cli.main import app
from kg.config import shipped
from kg.draft.record import Outcome
from kg.evidence import State, check_record, source_document, unused_cells
from kg.ingest import read_plain_text
from kg.records import read_record
from kg.records.reader import read_curated
from kg.records.yaml_positions import read_yaml
from kg.vocabulary import Vocabulary

TABLE = (
    "First author\tYear\tAge/Sex\tDiagnosis\tSites\tIn remission\tProof\tMRI\tCSF\tOther studies\tOutcome\n"
    "Kim\t2001\t17/M\tAML*\tleft orbit, testis\tO\tBiopsy\tmass of the orbit\tblasts\tPET/CT: normal\tdied of sepsis\n"
    "Lee\t2003\t\tAML (M5)\tskin\tX\tbiopsy\t\tN/A\t\tAlive\n"
    "Present case\t2005\t60/F\tCLL\tsciatic nerve\tX\tBiopsy\tnormal\tnormal\tN/A\talive\n"
)
PACKET = {
    "id": "one",
    "subject": {"id": "P 1", "sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P7Y"}}},
    "phenotypicFeatures": [{"type": {"id": "HP:0001945", "label": "Fever"}, "excluded": True}],
    "diseases": [{"term": {"id": "NCIT:C3171", "label": "Acute Myeloid Leukemia"}}],
    "metaData": {
        "created": "2024-01-01T00:00:00Z", "createdBy": "a test", "phenopacketSchemaVersion": "2.0",
        "resources": [], "externalReferences": [{"id": "PMID:12345678", "description": "A paper"}],
    },
}  # fmt: skip
SUMMARY = (
    "A {}-year-old man with acute myeloid leukemia in complete remission presented with a mass of the left orbit. "
    "Biopsy showed a relapse. The bone marrow was normal."
)


def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin)


def refused(*arguments: str | Path) -> str:
    """What a command says that cannot do its work: one sentence, and nothing on standard output."""
    done = run(*arguments)
    assert done.exit_code in (1, 2, 3)
    assert done.stdout == ""
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("sanctuary: ")]
    return said.removeprefix("sanctuary: ")


def signed(text: str) -> str:
    return text.replace("  # Not signed.", '  signed_by: "A Curator"\n  #')


def patient(number: int) -> dict[str, Any]:
    uid = f"{7000000 + number}-1"
    return {"patient_uid": uid, "PMID": 7000000 + number, "title": f"No. {number}", "patient": SUMMARY.format(number)}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "review.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


# Tables


def test_a_table_with_plain_headings_is_a_draft_in_one_command(table: Path) -> None:
    done = run("table", table, "--reference", "review-2005")
    assert done.exit_code == 0
    first, second, own = read_yaml(done.stdout, "draft.yaml").value["cases"]
    assert (first["case"], first["primary_reference"], first["patient"]["age"]) == (
        "kim-2001-1",
        "kim-2001",
        {"years": 17},
    )
    assert first["episodes"][0]["sites"] == [{"site": "Orbit", "laterality": "LeftSide"}, {"site": "Testis"}]
    assert (first["episodes"][0]["onset"], first["episodes"][0]["csf"]) == ("InRemission", "Involved")
    results = {one["modality"]: one["result"] for one in first["investigations"]}
    assert results == {"Biopsy": "Abnormal", "MagneticResonanceImaging": "Abnormal", "PETCT": "Normal"}
    assert first["outcomes"][0]["vital_status"] == "Dead"
    assert "age" not in second["patient"]
    assert second["diagnoses"][0]["leukemia"] == "AcuteMyeloidLeukemia"
    assert (own["case"], own["told"]) == ("review-2005-1", "primary")
    assert own["patient"]["evidence"][0]["cell"] == {"row": 3, "column": "First author"}
    assert "row 2, column “Diagnosis”: “AML (M5)” is taken as AcuteMyeloidLeukemia" in done.stdout
    assert "# For references.yaml:\n#  - reference: review-2005" in done.stdout
    assert "Age/Sex → patient.age, patient.sex" in done.stderr


def test_the_proposed_mapping_gives_the_same_draft(table: Path, tmp_path: Path) -> None:
    proposed = run("table", table, "--propose")
    mapping = tmp_path / "map.yaml"
    mapping.write_text(proposed.stdout, encoding="utf-8")
    assert "columns are known by their headings" in proposed.stderr
    arguments = ("table", table, "--reference", "review-2005")
    assert run(*arguments, "--columns", mapping).stdout == run(*arguments).stdout


def test_a_signed_table_with_empty_cells_is_built(table: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    out, data = tmp_path / "out", tmp_path / "data"
    assert run("table", table, "--reference", "review-2005", "--out", out).exit_code == 0
    shutil.copytree(shipped("data"), data)
    path = data / "records" / "review-2005.yaml"
    path.write_text(signed((out / "records" / path.name).read_text("utf-8")), encoding="utf-8")
    with (data / REFERENCES).open("a", encoding="utf-8") as bibliography:
        bibliography.write((out / REFERENCES).read_text("utf-8").partition("references:\n")[2])
    built = build(shipped("ontology"), data, shipped("queries"), tmp_path / "snapshots")
    assert built.manifest["counts"]["cases"] == 16 + 3
    record = read_record(path, vocabulary).record
    document = source_document(record, tmp_path)
    assert {one.state for one in check_record(record, document)} == {State.EXACT}
    assert unused_cells(record, document) == []


def test_a_cell_that_is_passed_over_is_found(table: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "review-2005.yaml"
    path.write_text(run("table", table, "--reference", "review-2005").stdout, encoding="utf-8")
    record = read_record(path, vocabulary).record
    document = source_document(record, tmp_path)
    without = record.cases[0].model_copy(update={"outcomes": ()})
    found = unused_cells(record.model_copy(update={"cases": (without, *record.cases[1:])}), document)
    assert [(number, cell.row, cell.column) for number, cell in found] == [(1, 1, "Outcome")]
    assert unused_cells(record.model_copy(update={"cases": record.cases[:2]}), document) == []  # a row that is left out


def test_the_shipped_records_use_every_cell_of_their_tables(sources: Path, vocabulary: Vocabulary) -> None:
    for record in read_curated(shipped("data"), vocabulary).records:
        assert unused_cells(record, read_plain_text(sources / record.document.file)) == []


def test_a_table_inside_a_paper_is_read_too(sources: Path) -> None:
    done = run("table", sources / "baek-2021.txt", "--propose")
    assert done.exit_code == 0
    assert '"EMG/NCS":\n    - {field: investigation, concept: ElectromyographyNerveConductionStudy}' in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the file is empty"),
        (b"Age,Diagnosis\n4,caf\xe9\n", "byte 19 is not UTF-8"),
        ("Age,Sex,Diagnosis\n4,M,AML,more\n", "review.csv:2: the row has 4 cells for 3 columns"),
        ("Age,Diagnosis\n4," + "x" * 10_000_000, "review.csv:2: this is not a table in text: a cell is longer"),
        ("A,B\n1,2\n", "no heading says plainly what its column holds: “A”, “B”"),
        ("Age,Sex\n1,M\n", "no heading says plainly where the type of leukemia is (Age → patient.age"),
    ],
)
def test_a_bad_table_is_refused_in_one_sentence(content: str | bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert words in refused("table", path)


def test_what_a_mapping_gets_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    path, mapping = tmp_path / "review.csv", tmp_path / "map.yaml"
    path.write_text("Age,Sex,Age\n4,M,5\n", encoding="utf-8")
    mapping.write_text('columns:\n  "Nope": [{field: reference}]\n', encoding="utf-8")
    assert "Table 1 has no column “Nope”. It has “Age”, “Sex”, “Age (2)”" in refused("table", path, "-c", mapping)
    mapping.write_text('columns:\n  "Age": [{field: patient.agee}]\n', encoding="utf-8")
    assert "map.yaml:2:19: at columns.Age[0].field “patient.agee” is no field" in refused("table", path, "-c", mapping)
    assert "is no slug, as bad-slug is" in refused("table", path, "--reference", "Bad_Slug")


def test_cells_that_are_no_values_are_told_with_row_column_and_value(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("Age,Diagnosis,Diagnosis\n=1+1,AML,x\nabc,AML,x\n", encoding="utf-8")
    done = run("table", path)
    assert f"{path}: row 2, column “Age”: “abc” is not an age in years." in done.stderr
    assert "“=1+1” is a formula; the cell is taken as empty." in done.stderr
    assert "the heading comes again; this column is “Diagnosis (2)”." in done.stdout


# References


def test_references_that_are_there_already_are_told_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "library.bib"
    path.write_text(
        "@article{a, title={Known}, author={Baek, S}, year=2021, doi={10.4097/KJA.20128}}\n"
        "@article{b, title={New one}, author={Kim, Jae}, year=2019, pmid={31234567}}\n"
        "@article{c, title={Wrong}, author={Doe, J}, year=2018, doi={nonsense}}\n",
        encoding="utf-8",
    )
    done = run("references", path)
    assert [one["reference"] for one in read_yaml(done.stdout, "new.yaml").value["references"]] == [
        "kim-2019",
        "doe-2018",
    ]
    assert "is in the bibliography as baek-2021 (doi:10.4097/kja.20128)" in done.stderr
    assert "entry c: doi is not written as one" in done.stderr
    for _ in range(2):
        assert run("references", path, "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / REFERENCES).read_text("utf-8").count("  - reference: ") == 2
    assert "neither BibTeX, RIS nor CSL-JSON" in refused("references", Path(__file__))


# Phenopackets and PMC-Patients


def test_phenopackets_become_drafts_beside_papers(tmp_path: Path, vocabulary: Vocabulary) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.json").write_text(json.dumps(PACKET | {"id": name}), encoding="utf-8")
    other = PACKET | {"diseases": [{"term": {"id": "OMIM:605275", "label": "Noonan syndrome 2"}}]}
    (folder / "none.json").write_text(json.dumps(other), encoding="utf-8")
    (folder / "paper.txt").write_text(SUMMARY.format(40), encoding="utf-8")
    done = run("extract", folder, "--out", tmp_path / "out", "--jobs", "1")
    assert "3 drafted, 1 no leukemia" in done.stderr
    record = read_record(tmp_path / "out" / "records" / "one.yaml", vocabulary).record
    assert [(one.finding, one.status) for one in record.cases[0].findings] == [("Fever", "Absent")]
    references = (tmp_path / "out" / REFERENCES).read_text("utf-8")
    assert references.count("- reference: pmid-12345678\n") == 1  # both phenopackets name it
    assert {one.state for one in check_record(record, source_document(record, folder))} == {State.EXACT}
    assert "4 were done before" in run("extract", folder, "--out", tmp_path / "out", "--jobs", "1").stderr


def test_a_phenopacket_has_a_line_like_a_paper() -> None:
    item = Item("one.json", "one.json", "0" * 64, data=json.dumps(PACKET).encode())
    line = json.loads(work(item, Job(Form.JSONL, "2026-11-20")).line)
    (case,) = line["cases"]
    assert (case["age"], case["sex"], case["leukemia"]) == ("7", "Male", "AcuteMyeloidLeukemia")
    assert case["findings"] == {"Absent": ["Fever"]}
    assert {one["mention"] for one in case["values"]} >= {"P7Y", "MALE", "Fever"}


def test_a_damaged_phenopacket_fails_alone() -> None:
    data = json.dumps(PACKET | {"negated": True}).encode()
    result = work(Item("bad.json", "bad.json", "0" * 64, data=data), Job(Form.YAML, "2026-11-20"))
    assert result.outcome is Outcome.FAILED
    assert "does not keep to the schema" in result.reason


@pytest.mark.parametrize("form", ["array", "lines", "packed", "streamed"])
def test_patients_of_pmc_are_documents_one_by_one(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [patient(number) for number in range(30)]
    text = json.dumps(entries) if form == "array" else "".join(json.dumps(one) + "\n" for one in entries)
    path = tmp_path / ("patients.json.gz" if form in ("packed", "streamed") else "patients.json")
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    if form == "streamed":
        monkeypatch.setattr(archives, "MAX_BYTES", 3000)
    found = list(Inputs([str(path)]))
    inside = "patients.json.gz!patients.json" if path.suffix == ".gz" else "patients.json"
    assert [one.name for one in found] == [f"{inside}#{7000000 + number}-1" for number in range(30)]
    assert len({one.key for one in found}) == 30


def test_a_bomb_of_patients_is_refused_while_it_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "patients.json.gz"
    path.write_bytes(gzip.compress((json.dumps(patient(1)) + "\n").encode() * 20_000))
    monkeypatch.setattr(archives, "MAX_BYTES", 900_000)
    last = list(Inputs([str(path)]))[-1]
    assert not isinstance(last, Item)
    assert "unpacks to more than" in last.reason


def test_a_draft_of_a_pmc_patient_is_checked_against_its_file(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "patients.jsonl"
    path.write_text("".join(json.dumps(patient(number)) + "\n" for number in range(3)) + "{broken\n", encoding="utf-8")
    done = run("extract", path, "--out", tmp_path / "out", "--jobs", "1")
    assert "3 drafted, 1 failed" in done.stderr
    assert "line 4: this is not JSON" in done.stderr
    record = read_record(tmp_path / "out" / "records" / "pmid-7000001.yaml", vocabulary).record
    assert record.document.file == "patients.jsonl#7000001-1"
    assert {one.state for one in check_record(record, source_document(record, tmp_path))} == {State.EXACT}


def test_lines_go_to_standard_output_and_talk_to_the_other(tmp_path: Path) -> None:
    path = tmp_path / "patients.json"
    path.write_text(json.dumps([patient(1)]), encoding="utf-8")
    done = run("extract", path, "--format", "jsonl", "--jobs", "1")
    assert [json.loads(line)["pmid"] for line in done.stdout.splitlines()] == ["7000001"]
    assert not (tmp_path / DRAFTS).exists()


@pytest.mark.parametrize("command", ["table", "references"])
def test_help_has_examples(command: str) -> None:
    assert f"sanctuary {command} " in run(command, "--help").stdout
