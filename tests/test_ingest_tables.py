"""Case tables become drafts: by a mapping of their columns, each value with its cell, and nothing that no cell says."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from kg.build import build
from kg.config import shipped
from kg.errors import RecordError, SourceTextError
from kg.evidence import State, check_record
from kg.ingest import read_plain_text
from kg.ingest.case_table import draft_cases
from kg.ingest.case_table_files import MAX_BYTES, read_case_table
from kg.ingest.case_table_map import TableMap, read_table_map
from kg.ingest.document import Document
from kg.ingest.drafts import Draft, Note, NoteKind
from kg.records.case import Case, Episode
from kg.records.reader import read_curated
from kg.vocabulary import Vocabulary

CURATION = {"method": "Extracted", "agent": "A test", "date": "2026-01-31", "tool": "sanctuary"}

BAEK = r"""
table: 1
episode: neuroleukemiosis
columns:
  "Author (yr)":
    - {field: reference, values: {"Current (2019)": baek-2021, "Bilstrom and Lundquist (1992)": billstrom-1992}}
  "Age/ Sex":
    - {field: patient.age, pattern: '(\d+)/[MF]'}
    - {field: patient.sex, pattern: '\d+/([MF])', values: {M: Male, F: Female}}
  "Diagnosis":
    - {field: diagnosis.leukemia}
  "Involved regions":
    - field: episode.extent
      values:
        "Multi-extremities": MultiExtremity
        "Multi-extremities and face": MultiExtremity
        "Mono-extremities": MonoExtremity
    - field: episode.sites
      values:
        "Multi-extremities": [PeripheralNerve, Extremity]
        "Multi-extremities and face": [PeripheralNerve, Extremity, Face]
        "Mono-extremities": [PeripheralNerve, Extremity]
  "Symptom appearance during remission":
    - {field: episode.onset, values: {O: InRemission, X: NotInRemission}}
  "Source of confirmation":
    - {field: episode.confirmed_by}
  "EMG/NCS":
    - {field: investigation, concept: ElectromyographyNerveConductionStudy}
  "CSF study":
    - field: episode.csf
      values:
        "Normal": NotInvolved
        "Elevated protein": Indeterminate
        "Elevated protein and glucose": Indeterminate
        "Atypical and blast forms": Involved
        "Blast forms": Involved
        "Increased leukocyte": Indeterminate
        "Normal → elevated protein, cell count": NotInvolved
  "BM study":
    - field: episode.marrow
      values: {"Normal": NotInvolved, "Normal → relapse": NotInvolved, "Relapse": Involved}
"""

MAP = r"""
episode: relapse
columns:
  "Study":
    - {field: reference}
  "Age (months)":
    - {field: patient.age, unit: months}
  "Sex":
    - {field: patient.sex, values: {boy: Male, girl: Female}}
  "Type":
    - {field: diagnosis.leukemia}
  "Site":
    - {field: episode.sites, values: {"both eyes": [Eye]}}
  "In CR":
    - {field: episode.onset, values: {O: InRemission, X: NotInRemission}}
  "Proof":
    - {field: episode.confirmed_by}
  "Fever":
    - {field: finding, concept: Fever, values: {"+": Present, "-": Absent}}
  "MRI":
    - {field: investigation, concept: MagneticResonanceImaging}
  "Drug":
    - {field: treatment}
  "Outcome":
    - {field: outcome.vital_status, values: {died: Dead}}
"""
HEAD = ["Study", "Age (months)", "Sex", "Type", "Site", "In CR", "Proof", "Fever", "MRI", "Drug", "Outcome"]
ROWS = [
    ["Kim et al. (2001)", "18", "boy", "AML", "both eyes", "O", "Biopsy", "+", "Abnormal", "methotrexate", "died"],
    ["Kim et al. (2001)", "30", "girl", "AMoL", "Testis", "x", "Biopsy", "-", "N/A", "n/a", "Alive"],
    ["Lee and Park, 2003", "N/A", "N/A", "AML", "Eye", "N/A", "NA", "N/A", "N/A", "Radiotherapy", "N/A"],
]


def separated(rows: list[list[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def workbook(rows: Sequence[Sequence[Any]], **sheets: str) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = "Cases"
    for row in rows:
        book.active.append(list(row))
    for title, state in sheets.items():
        book.create_sheet(title).sheet_state = state
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, **changed: bytes) -> bytes:
    """A workbook with other bytes for the sheet or another part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            key = part.filename.rsplit("/", 1)[-1].partition(".")[0]
            new.writestr(part.filename, changed.get(key, old.read(part)))
    return stream.getvalue()


def sheet_xml(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("xl/worksheets/sheet1.xml")


def drafted(data: bytes, mapping: TableMap, vocabulary: Vocabulary, name: str = "table.csv") -> Draft:
    document, notes = read_case_table(data, name, mapping.sheet)
    return draft_cases(document, "review-2005", mapping, vocabulary, CURATION, (), notes)


def cells(document: Document) -> dict[tuple[int, str], str]:
    return {(c.row, c.column): document.text[c.start : c.end] for c in document.tables[0].cells}


def unplaced(part: Any) -> Any:
    """Parts of a record without the positions in the text."""
    if isinstance(part, dict):
        return {key: unplaced(value) for key, value in part.items() if key not in ("start", "end")}
    return [unplaced(item) for item in part] if isinstance(part, list) else part


def places(notes: tuple[Note, ...], kind: NoteKind) -> list[str]:
    return [note.place for note in notes if note.kind is kind]


@pytest.fixture(scope="module")
def mapping(vocabulary: Vocabulary) -> TableMap:
    return read_table_map(MAP, "map.yaml", vocabulary)


@pytest.fixture(scope="module")
def baek(vocabulary: Vocabulary, sources: Path) -> Draft:
    known = read_curated(shipped("data"), vocabulary).bibliography.references
    document = read_plain_text(sources / "baek-2021.txt")
    return draft_cases(document, "baek-2021", read_table_map(BAEK, "map.yaml", vocabulary), vocabulary, CURATION, known)


def first(case: Case) -> Episode:
    return case.episodes[0]


FIELDS: dict[str, Callable[[Case], object]] = {
    "told": lambda case: case.told,
    "primary reference": lambda case: case.primary_reference,
    "age": lambda case: case.patient.age,
    "sex": lambda case: case.patient.sex,
    "leukemia": lambda case: case.diagnoses[0].leukemia,
    "onset": lambda case: first(case).onset,
    "extent": lambda case: first(case).extent,
    "marrow": lambda case: first(case).marrow,
    "csf": lambda case: first(case).csf,
    "confirmed by": lambda case: {
        one.modality for one in case.investigations if one.id in first(case).confirmed_by
    },
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_table_1_of_baek_agrees_with_the_curated_record(field: str, baek: Draft, vocabulary: Vocabulary) -> None:
    (curated,) = [r for r in read_curated(shipped("data"), vocabulary).records if r.record == "baek-2021"]
    own = {case.case: FIELDS[field](case) for case in baek.record.cases}
    assert len(own) == 15
    assert own == {case.case: FIELDS[field](case) for case in curated.cases}


def test_sites_and_conduction_studies_of_the_retold_cases_agree_too(baek: Draft, vocabulary: Vocabulary) -> None:
    (curated,) = [r for r in read_curated(shipped("data"), vocabulary).records if r.record == "baek-2021"]

    def said(case: Case) -> tuple[Any, ...]:
        emg = [i.result for i in case.investigations if i.modality == "ElectromyographyNerveConductionStudy"]
        return [site.site for site in first(case).sites], emg

    retold = {case.case: said(case) for case in curated.cases if case.told == "review"}
    assert len(retold) == 14
    assert {case.case: said(case) for case in baek.record.cases if case.told == "review"} == retold


def test_every_mention_of_baek_stands_in_its_cell(baek: Draft) -> None:
    checked = check_record(baek.record, baek.document)
    assert len(checked) >= 150
    assert {item.state for item in checked} == {State.EXACT}
    assert {item.evidence.cell is not None for item in checked} == {True}
    assert baek.references == ()


def test_rows_become_cases(mapping: TableMap, vocabulary: Vocabulary) -> None:
    found = drafted(separated([HEAD, *ROWS]), mapping, vocabulary)
    one, two, three = found.record.cases
    assert [case.case for case in (one, two, three)] == ["kim-2001-1", "kim-2001-2", "lee-2003-1"]
    assert one.patient.age is not None
    assert (float(one.patient.age.years or 0), one.patient.sex) == (1.5, "Male")
    assert (one.diagnoses[0].leukemia, two.diagnoses[0].leukemia) == (
        "AcuteMyeloidLeukemia",
        "AcuteMonocyticLeukemia",
    )
    assert [site.site for case in (one, two) for site in first(case).sites] == ["Eye", "Testis"]
    assert (first(one).onset, first(two).onset, first(three).onset) == ("InRemission", "NotInRemission", "NotReported")
    assert [finding.status for case in (one, two, three) for finding in case.findings] == [
        "Present",
        "Absent",
        "NotReported",
    ]
    results = [(i.modality, i.result) for i in two.investigations]
    assert results == [("Biopsy", "Abnormal"), ("MagneticResonanceImaging", "NotReported")]
    assert (one.treatments[0].agents, three.treatments[0].treatment) == (("Methotrexate",), "Radiotherapy")
    assert [case.outcomes[0].vital_status for case in (one, two, three)] == ["Dead", "Alive", "NotReported"]
    assert (three.patient.age, three.patient.sex, first(three).certainty) == (None, None, "Probable")
    assert {item.state for item in check_record(found.record, found.document)} == {State.EXACT}
    assert [reference.reference for reference in found.references] == ["review-2005", "kim-2001", "lee-2003"]


def test_a_signed_draft_builds(mapping: TableMap, vocabulary: Vocabulary, tmp_path: Path) -> None:
    draft = drafted(separated([HEAD, *ROWS]), mapping, vocabulary)
    data = tmp_path / "data"
    (data / "records").mkdir(parents=True)
    for path in [*shipped("data").glob("*.*"), *shipped("data").glob("records/*.yaml")]:
        (data / path.relative_to(shipped("data"))).write_bytes(path.read_bytes())
    draft.data["curation"]["signed_by"] = "A curator"
    record = yaml.safe_dump(json.loads(json.dumps(draft.data, default=float)), allow_unicode=True, sort_keys=False)
    (data / "records" / "review-2005.yaml").write_text(record, encoding="utf-8")
    own = [one.model_dump(exclude_defaults=True, mode="json") for one in draft.references]
    with (data / "references.yaml").open("a", encoding="utf-8") as bibliography:
        bibliography.write("\n" + "\n".join("  " + line for line in yaml.safe_dump(own).splitlines()) + "\n")
    assert build(shipped("ontology"), data, shipped("queries"), tmp_path / "snapshots").folder.is_dir()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Sex", "m?", "has no value for patient.sex"),
        ("Age (months)", "18.5.1", "is not an age in months"),
        ("Age (months)", "1600", "is not an age in months"),
        ("Site", "elbow grease", "has no value for episode.sites"),
        ("MRI", "mass", "has no value for investigation"),
        ("Fever", "39", "has no value for finding"),
    ],
)
def test_a_value_that_is_not_understood_is_told_and_left_out(
    column: str, value: str, words: str, mapping: TableMap, vocabulary: Vocabulary
) -> None:
    row = list(ROWS[0])
    row[HEAD.index(column)] = value
    found = drafted(separated([HEAD, row]), mapping, vocabulary)
    (note,) = [note for note in found.notes if note.kind is NoteKind.UNMAPPED]
    assert note.place == f"row 1, column “{column}”"
    assert words in note.text
    assert value not in json.dumps(found.data, default=str)


def test_an_empty_cell_says_nothing_and_is_told(mapping: TableMap, vocabulary: Vocabulary) -> None:
    row = ["" if column in ("In CR", "MRI", "Sex") else word for column, word in zip(HEAD, ROWS[0], strict=True)]
    found = drafted(separated([HEAD, row]), mapping, vocabulary)
    (case,) = found.record.cases
    assert (case.patient.sex, first(case).onset) == (None, "NotReported")
    assert [one.modality for one in case.investigations] == ["Biopsy"]
    assert "nothing is said of empty cells: Sex, In CR, MRI." in [note.text for note in found.notes]


def test_a_status_that_is_not_understood_makes_no_episode(mapping: TableMap, vocabulary: Vocabulary) -> None:
    row = ["?" if column == "In CR" else word for column, word in zip(HEAD, ROWS[0], strict=True)]
    found = drafted(separated([HEAD, row]), mapping, vocabulary)
    (case,) = found.record.cases
    assert case.episodes == ()
    assert case.investigations[0].episode is None
    assert any("no episode is made" in note.text and "episode.onset" in note.text for note in found.notes)


def test_a_status_that_does_not_fit_its_pattern_makes_no_episode_either(vocabulary: Vocabulary) -> None:
    text = MAP.replace("{field: episode.onset, ", "{field: episode.onset, pattern: 'CR: (.)', ")
    found = drafted(separated([HEAD, ROWS[0]]), read_table_map(text, "m.yaml", vocabulary), vocabulary)
    assert found.record.cases[0].episodes == ()
    fitting = ["CR: O" if column == "In CR" else word for column, word in zip(HEAD, ROWS[0], strict=True)]
    other = drafted(separated([HEAD, fitting]), read_table_map(text, "m.yaml", vocabulary), vocabulary)
    assert first(other.record.cases[0]).onset == "InRemission"


def test_a_row_without_a_leukemia_gives_no_case(mapping: TableMap, vocabulary: Vocabulary) -> None:
    rows = [[("lymphoma" if column == "Type" else word) for column, word in zip(HEAD, ROWS[0], strict=True)], ROWS[1]]
    found = drafted(separated([HEAD, *rows]), mapping, vocabulary)
    assert [case.patient.sex for case in found.record.cases] == ["Female"]
    assert "row 1" in places(found.notes, NoteKind.PROBLEM)
    with pytest.raises(SourceTextError, match="no row gives a case: row 1"):
        drafted(separated([HEAD, rows[0]]), mapping, vocabulary)


def test_columns_that_are_not_read_and_rows_that_are_skipped_are_told(vocabulary: Vocabulary) -> None:
    mapping = read_table_map(
        "skip_rows: [1]\ncolumns:\n  Type:\n    - {field: diagnosis.leukemia}", "m.yaml", vocabulary
    )
    found = drafted(separated([HEAD, *ROWS]), mapping, vocabulary)
    assert [case.case for case in found.record.cases] == ["review-2005-2", "review-2005-3"]
    assert {case.told for case in found.record.cases} == {"primary"}
    ignored = [note for note in found.notes if note.kind is NoteKind.IGNORED]
    assert [note.place for note in ignored] == ["Table 1", "row 1"]
    assert "“Outcome”" in ignored[0].text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: {}", "at least 1"),
        ("columns:\n  A:\n    - {field: patients.age}", r"m\.yaml:3:\d+: at columns\.A\[0\]\.field"),
        ("columns:\n  A:\n    - {field: patient.sex, values: {M: Man}}", r"m\.yaml:3:\d+: .*“Man” is not a concept"),
        ("columns:\n  A:\n    - {field: patient.age, pattern: '(a'}", "no regular expression"),
        ("columns:\n  A:\n    - {field: patient.age, pattern: 'a'}", "must have one group"),
        ("columns:\n  A:\n    - {field: investigation}", "needs “concept”"),
        ("columns:\n  A:\n    - {field: patient.sex, concept: Biopsy}", "belongs to"),
        ("columns:\n  A:\n    - {field: investigation, concept: Fever}", "“Fever” is not a concept of Modalities"),
        ("colums: {}", "colums"),
        ("columns: [", "This is not YAML"),
    ],
)
def test_a_mapping_that_is_wrong(text: str, words: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(RecordError, match=words):
        read_table_map(text, "m.yaml", vocabulary)


def test_a_column_or_a_table_that_is_not_there(mapping: TableMap, vocabulary: Vocabulary) -> None:
    with pytest.raises(SourceTextError, match=r"Table 1 has no column “Study”, .+\. It has “A”, “B”\."):
        drafted(b"A,B\n1,2\n", mapping, vocabulary)
    other = mapping.model_copy(update={"table": 7})
    with pytest.raises(SourceTextError, match="no Table 7"):
        drafted(separated([HEAD, *ROWS]), other, vocabulary)


def test_a_word_of_the_mapping_can_stand_for_several_concepts(vocabulary: Vocabulary) -> None:
    text = """
columns:
  T:
    - {field: diagnosis.leukemia}
  D:
    - {field: treatment, values: {FLAG: [Fludarabine, Cytarabine]}}
"""
    (case,) = drafted(b"T,D\nAML,flag\n", read_table_map(text, "m.yaml", vocabulary), vocabulary).record.cases
    assert [one.agents for one in case.treatments] == [("Fludarabine",), ("Cytarabine",)]


def test_several_concepts_where_one_belongs_are_not_decided(vocabulary: Vocabulary) -> None:
    text = "columns:\n  T:\n    - {field: diagnosis.leukemia, values: {x: [AcuteLeukemia, Leukemia]}}"
    with pytest.raises(SourceTextError, match="no row gives a case"):
        drafted(b"T,D\nx,1\n", read_table_map(text, "m.yaml", vocabulary), vocabulary)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_tables(delimiter: str, encoding: str) -> None:
    rows = [["A", "B b", "C"], ["1", "two\nlines", f"x{delimiter}y"], ["", "Ödem", ""]]
    document, notes = read_case_table(separated(rows, delimiter).decode().encode(encoding), "t.csv")
    assert cells(document) == {
        (1, "A"): "1",
        (1, "B b"): "two lines",
        (1, "C"): f"x{delimiter}y".replace("\t", " "),
        (2, "B b"): "Ödem",
    }
    assert notes == ()


def test_headings_that_are_alike_or_empty() -> None:
    document, _ = read_case_table(b"A,A,\n1,2,3\n", "t.csv")
    assert document.tables[0].columns == ("A", "A (2)", "Column 3")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"A,B\n", "no row below its headings"),
        (b"hello\nworld\n", "no tab, comma or semicolon"),
        (b"A,B\n1,\xe9\n", "byte 6 is not UTF-8"),
        (b"A,B\n1,\x00\n", "NUL"),
        (b"A,B\n1,2,3\n", "2: the row has 3 cells for 2 columns"),
        (b'A,B\n1,"2\n', "not a table in text"),
        (b"A,B\n" + b"1," * 100_001, "cells"),
        (b"A,B\n" + b"1,2\n" * 100_001, "more than 200,000 cells"),
        (b"A,B\n1,2\n" + b" " * MAX_BYTES, "larger than"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "password, or is of the old format"),
        (b"PK\x03\x04nonsense", "no workbook that can be read"),
    ],
)
def test_text_that_is_no_table(data: bytes, words: str) -> None:
    with pytest.raises(SourceTextError, match=words) as caught:
        read_case_table(data, "t.csv")
    assert str(caught.value).startswith("t.csv:")


def test_a_formula_in_text_is_no_value() -> None:
    document, notes = read_case_table(b'A,B\n1,"=HYPERLINK(""x"")"\n', "t.csv")
    assert cells(document) == {(1, "A"): "1"}
    assert places(notes, NoteKind.PROBLEM) == ["row 1, column 2"]


def test_a_workbook(mapping: TableMap, vocabulary: Vocabulary) -> None:
    rows = [[int(word) if word.isdigit() else word for word in row] for row in ROWS]
    found = drafted(saved(workbook([HEAD, *rows])), mapping, vocabulary, "table.xlsx")
    other = drafted(separated([HEAD, *ROWS]), mapping, vocabulary)
    assert found.document.text.removeprefix("Table 1. Cases") == other.document.text.removeprefix("Table 1.")
    assert unplaced(found.data["cases"]) == unplaced(other.data["cases"])


def test_numbers_as_they_are_shown() -> None:
    document, _ = read_case_table(saved(workbook([["A", "B", "C", "D"], [17.0, 2.5, True, 1e-5]])), "t.xlsx")
    assert [cells(document)[1, column] for column in "ABCD"] == ["17", "2.5", "TRUE", "0.00001"]


def test_a_title_above_the_headings_and_empty_rows() -> None:
    book = workbook([["Cases of the literature"], [], ["A", "B"], ["1", "2"], [], ["3", "4"]])
    book.active.merge_cells("A1:B1")
    document, _ = read_case_table(saved(book), "t.xlsx")
    assert cells(document) == {(1, "A"): "1", (1, "B"): "2", (2, "A"): "3", (2, "B"): "4"}


def test_merged_cells_are_cells_of_all_they_cover() -> None:
    book = workbook([["Study", "Age", "Sex"], ["Kim", 8, "M"], [None, 9, "F"], ["Lee", "both", None]])
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("B4:C4")
    document, _ = read_case_table(saved(book), "t.xlsx")
    found = cells(document)
    assert (found[1, "Study"], found[2, "Study"], found[2, "Age"], found[2, "Sex"]) == ("Kim", "Kim", "9", "F")
    assert (found[3, "Age"], found[3, "Sex"]) == ("both", "both")
    table = document.tables[0]
    assert table.cell(1, "Study").start == table.cell(2, "Study").start  # type: ignore[union-attr]


def test_formulas_errors_and_dates_are_told() -> None:
    book = workbook([["A", "B", "C", "D"], ["x", "=1+1", "#N/A", date(2021, 5, 3)]])
    document, notes = read_case_table(saved(book), "t.xlsx")
    assert cells(document) == {(1, "A"): "x", (1, "D"): "2021-05-03"}
    assert places(notes, NoteKind.PROBLEM) == ["cell B2", "cell C2"]
    assert places(notes, NoteKind.LOSS) == ["cell D2"]
    assert "3/5" in notes[-1].text


def test_a_formula_counts_with_the_value_that_was_saved() -> None:
    data = saved(workbook([["A", "B"], ["x", "=1+1"]]))
    with_value = sheet_xml(data).replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(b"<v></v>", b"<v>2</v>")
    assert b"<v>2</v>" in with_value
    document, notes = read_case_table(repacked(data, sheet1=with_value), "t.xlsx")
    assert cells(document)[1, "B"] == "2"
    assert [note.text for note in notes] == ["the value of a formula, as it was saved."]


def test_sheets_that_are_hidden_or_several() -> None:
    rows: list[list[Any]] = [["A", "B"], [1, 2]]
    document, notes = read_case_table(saved(workbook(rows, Draft="hidden", Deep="veryHidden")), "t.xlsx")
    assert cells(document) == {(1, "A"): "1", (1, "B"): "2"}
    assert places(notes, NoteKind.IGNORED) == ["sheet “Draft”", "sheet “Deep”"]
    two = saved(workbook(rows, Other="visible"))
    with pytest.raises(SourceTextError, match="shows 2 sheets"):
        read_case_table(two, "t.xlsx")
    assert cells(read_case_table(two, "t.xlsx", "Cases")[0])
    with pytest.raises(SourceTextError, match=r"no sheet “X”\. There is “Cases”, “Other”"):
        read_case_table(two, "t.xlsx", "X")


def test_hidden_rows_and_columns_are_told() -> None:
    book = workbook([["A", "B"], [1, 2], [3, 4]])
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    document, notes = read_case_table(saved(book), "t.xlsx")
    assert cells(document)[2, "B"] == "4"
    assert [note.text.split()[1] for note in notes] == ["rows", "columns"]


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "."), data)
    return stream.getvalue()


def with_xml(before: bytes, after: bytes) -> bytes:
    """The small workbook with something put beside the end of its data."""
    return repacked(BASE, sheet1=sheet_xml(BASE).replace(b"</sheetData>", before + b"</sheetData>" + after))


def merged(ref: bytes) -> bytes:
    return with_xml(b"", b'<mergeCells><mergeCell ref="' + ref + b'"/></mergeCells>')


BASE = saved(workbook([["A", "B"], [1, 2]]))
ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped(a__txt=b"x"), "no workbook"),
        (zipped(**{f"p{n}": b"" for n in range(2001)}), "unpacks to more"),
        (repacked(BASE, sheet1=b" " * 61_000_000), "unpacks to more"),
        (repacked(BASE, sheet1=ENTITY + sheet_xml(BASE)), "not that of a workbook"),
        (repacked(BASE, sheet1=b"<broken"), "no workbook that can be read"),
        (merged(b"A1:XFD1048576"), "merged cells cover more"),
        (merged(b"&#65;1:XFD9"), "merged cells without a place"),
        (with_xml(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', b""), "reaches over more"),
    ],
    ids=["zip", "many", "bomb", "entity", "broken", "merged", "escaped", "far"],
)  # fmt: skip
def test_workbooks_that_are_out_of_proportion(data: bytes, words: str) -> None:
    with pytest.raises(SourceTextError, match=words):
        read_case_table(data, "t.xlsx")
