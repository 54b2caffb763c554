"""A good record is taken; each kind of bad input gives one clear error with file, line, path and remedy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import RecordError
from kg.records import Curated, read_curated
from kg.records.check import check_curated
from kg.records.walk import walk_evidence
from kg.vocabulary import Vocabulary

PLACE = "{mention: leukemia, section: Discussion, start: 40, end: 48, sentence: 'aaaaaaaaaaaaaaaa'}"
RECORD = f"""\
record: lee-2019
document:
  file: lee-2019.txt
  sha256: "{"0" * 64}"
  characters: 100
curation:
  method: Curated
  agent: "A curator"
  date: "2020-06-15"
citations:
  - number: 1
    reference: kim-2001
    evidence: [{PLACE}]
cases:
  - case: lee-2019-1
    told: primary
    patient:
      sex: Male
      age: {{years: 8}}
      evidence: [{PLACE}]
    diagnoses:
      - id: b-all
        leukemia: BPrecursorALL
        age: {{years: 5}}
        date: "2016-02-29"
        evidence: [{PLACE}]
    episodes:
      - id: nerve-relapse
        order: 1
        of: b-all
        onset: InRemission
        remission: {{at_least: 1, below: 3}}
        sites: [{{site: SciaticNerve, laterality: LeftSide}}]
        marrow: NotInvolved
        csf: NotReported
        confirmed_by: [nerve-biopsy]
        evidence: [{PLACE}]
    findings:
      - id: leg-pain
        finding: BonePain
        status: Present
        evidence: [{PLACE}]
    investigations:
      - id: nerve-biopsy
        modality: Biopsy
        result: Abnormal
        measurements:
          - type: CRPMeasurement
            value: 2.61
            unit: "mg/dL"
            evidence: [{PLACE}]
        evidence: [{PLACE}]
    treatments:
      - id: chemotherapy
        treatment: SystemicChemotherapy
        agents: [Vincristine]
        evidence: [{PLACE}]
"""
REFERENCES = """\
references:
  - reference: lee-2019
    doi: "10.1000/lee"
  - reference: kim-2001
    doi: "10.1000/kim"
"""


def write(folder: Path, record: str = RECORD, references: str = REFERENCES, name: str = "lee-2019") -> Path:
    """A data folder with one record and the bibliography."""
    (folder / "records").mkdir(exist_ok=True)
    path = folder / "records" / f"{name}.yaml"
    path.write_bytes(record.encode())
    (folder / "references.yaml").write_bytes(references.encode())
    return path


def take(folder: Path, vocabulary: Vocabulary) -> Curated:
    curated = read_curated(folder, vocabulary)
    check_curated(curated, vocabulary)
    return curated


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_good_record_is_taken(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write(tmp_path)
    (record,) = take(tmp_path, vocabulary).records
    (case,) = record.cases
    assert case.episodes[0].sites[0].site == "SciaticNerve"
    assert case.investigations[0].measurements[0].value == Decimal("2.61")
    assert case.diagnoses[0].date == "2016-02-29"
    assert case.outcomes == ()
    assert len(list(walk_evidence(record))) == RECORD.count("mention:")


# Old text, new text, words that stand only on the line at fault, path, problem, remedy.
CASE, DIAGNOSIS, EPISODE = "cases[0]", "cases[0].diagnoses[0]", "cases[0].episodes[0]"
TREATMENT, EVIDENCE = "cases[0].treatments[0]", "citations[0].evidence[0]"
TWO_IN_LIST = f"  - number: 1\n    reference: lee-2019\n    evidence: [{PLACE}]\ncases:"
BAD = {
    "malformed YAML": ("sex: Male", "sex: [Male", "age: {years: 8}", "", "This is not YAML", "Mend the syntax"),
    "repeated key": ("told: primary", "case: x", "case: x", "", "“case” stands here twice", "Keep one"),
    "unknown concept": ("site: SciaticNerve", "site: SciaticNeve", "SciaticNeve", f"{EPISODE}.sites[0].site",
                        "“SciaticNeve” is not a concept of AnatomicalSites", "Nearest: SciaticNerve"),
    "concept of another scheme": ("leukemia: BPrecursorALL", "leukemia: Biopsy", "leukemia: Biopsy",
                                  f"{DIAGNOSIS}.leukemia", "not a concept of LeukemiaTypes", "choose another"),
    "unknown unit": ("mg/dL", "mg/dl", "mg/dl", "cases[0].investigations[0].measurements[0].unit",
                     "“mg/dl” is not a known unit", "Use one of these UCUM codes"),
    "ids twice in a case": ("id: leg-pain", "id: b-all", "id: b-all\n        finding", "cases[0].findings[0].id",
                            "“b-all” already names a diagnosis", "Rename one"),
    "citation number twice": ("cases:", TWO_IN_LIST, "number: 1\n    reference: lee-2019", "citations[1]",
                              "“1” stands in citations a second time", "Rename or remove one"),
    "reference not defined": ("reference: kim-2001", "reference: kin-2001", "kin-2001", "citations[0].reference",
                              "“kin-2001” is not defined", "references.yaml"),
    "evidence missing": (f"    evidence: [{PLACE}]\ncases:", "cases:", "number: 1", "citations[0].evidence",
                         "“evidence” is missing", "Add it"),
    "evidence empty": (f"evidence: [{PLACE}]\ncases:", "evidence: []\ncases:", "evidence: []", "citations[0].evidence",
                       "at least 1 item", "Correct it"),
    "evidence without a place": (PLACE, "{mention: leukemia}", "{mention: leukemia}", EVIDENCE,
                                 "“leukemia” has no place", "sanctuary evidence anchor"),
    "evidence with half a place": (", sentence: 'aaaaaaaaaaaaaaaa'", "", "start: 40, end: 48}]\ncases", EVIDENCE,
                                   "“leukemia” has only part of a place", "Remove start, end and sentence"),
    "offset outside the text": ("end: 48", "end: 101", "end: 101", f"{EVIDENCE}.end",
                                "ends at 101, but the text has 100 characters", "Remove start, end and sentence"),
    "end before start": ("end: 48", "end: 39", "end: 39", EVIDENCE, "“end” must lie after “start”", "Anchor"),
    "negative offset": ("start: 40", "start: -1", "start: -1", f"{EVIDENCE}.start", "found -1", "Correct it"),
    "long mention": ("mention: leukemia", "mention: a b c d e f g h i", "a b c d", EVIDENCE, "more than 8 words",
                     "Cut it"),
    "blank mention": ("mention: leukemia", "mention: ' '", "mention: ' '", EVIDENCE, "white space", "Copy the words"),
    "month 13": ("2016-02-29", "2017-13", "2017-13", f"{DIAGNOSIS}.date", "“2017-13” is not a date", "Write YYYY"),
    "30 February": ("2016-02-29", "2017-02-30", "2017-02-30", f"{DIAGNOSIS}.date", "not a date", "Write YYYY"),
    "29 February 2015": ("2016-02-29", "2015-02-29", "2015-02-29", f"{DIAGNOSIS}.date", "not a date", "Write YYYY"),
    "date in words": ("2016-02-29", "May 2016", "May 2016", f"{DIAGNOSIS}.date", "not a date", "Write YYYY"),
    "digits of another script": ("2016-02-29", "２０１６", "２０１６", f"{DIAGNOSIS}.date", "not a date", "Write YYYY"),
    "year 1700": ("2016-02-29", "1700", '"1700"', f"{DIAGNOSIS}.date", "not a date", "between 1800 and 2100"),
    "after curation": ("2016-02-29", "2020-06-16", "2020-06-16", f"{DIAGNOSIS}.date", "lies after the curation",
                       "Correct the date"),
    "age 130": ("years: 8", "years: 130", "years: 130", "cases[0].patient.age.years", "found 130", "Correct it"),
    "negative age": ("years: 8", "years: -1", "years: -1", "cases[0].patient.age.years", "found -1", "Correct it"),
    "no age": ("{years: 8}", "{}", "age: {}", "cases[0].patient.age", "Give either “years”",
               "or “at_least” and “below”"),
    "diagnosed older than met": ("years: 5", "years: 9", "years: 9", f"{DIAGNOSIS}.age", "Diagnosed at 9, but 8",
                                 "Correct"),
    "age range upside down": ("{years: 5}", "{at_least: 5, below: 4}", "below: 4", f"{DIAGNOSIS}.age",
                              "“below” must be more", "than “at_least”"),
    "remission upside down": ("at_least: 1, below: 3", "at_least: 3, below: 1", "below: 1", f"{EPISODE}.remission",
                              "“below” must be more", "than “at_least”"),
    "unknown key": ("sex: Male", "gender: Male", "gender", "cases[0].patient.gender", "“gender” is not a key",
                    "spelling"),
    "unknown key with parts": ("    diagnoses:", "    colour:\n      hue: 1\n    diagnoses:", "colour:",
                               "cases[0].colour",
                               "“colour” is not a key", "spelling"),
    "missing key": ("    told: primary\n", "", "case: lee-2019-1", "cases[0].told", "“told” is missing", "Add it"),
    "truth value as number": ("order: 1", "order: true", "order: true", f"{EPISODE}.order", "found True", "Correct it"),
    "agent as treatment": ("treatment: SystemicChemotherapy", "treatment: Methotrexate", "treatment: Methotrexate",
                           f"{TREATMENT}.treatment", "“Methotrexate” is an agent", "under “agents”"),
    "treatment as agent": ("[Vincristine]", "[SystemicChemotherapy]", "agents:", f"{TREATMENT}.agents",
                           "is not an agent", "under “treatment”"),
    "id that is not there": ("of: b-all", "of: t-all", "of: t-all", f"{EPISODE}.of", "nothing called “t-all”",
                             "Correct"),
    "id of the wrong kind": ("[nerve-biopsy]", "[leg-pain]", "confirmed_by", f"{EPISODE}.confirmed_by",
                             "“leg-pain” is a finding, not an investigation", "Name another"),
    "retold without primary": ("told: primary", "told: review", "case: lee-2019-1", CASE, "“primary_reference”",
                               "Name the"),
    "first hand with another primary": ("told: primary", "told: primary\n    primary_reference: kim-2001",
                                        "primary_ref",
                                        f"{CASE}.primary_reference", "has no other primary", "Remove it"),
    "number too large to write": ("2.61", "1e999999", "1e999999", "cases[0].investigations[0].measurements[0].value",
                                  "digits", "Correct it"),
    "name of the file": ("record: lee-2019", "record: kim-2001", "record: kim", "record",
                         "its file is lee-2019.yaml", "same name"),
    "empty file": (RECORD, "# later\n", "", "", "valid dictionary", "Correct it"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_record(kind: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    old, new, words, path, problem, remedy = BAD[kind]
    text = changed(RECORD, old, new)
    file = write(tmp_path, text)
    with pytest.raises(RecordError) as caught:
        take(tmp_path, vocabulary)
    shown = str(caught.value)
    assert len(caught.value.problems) == 1, shown
    line = f":{line_of(text, words)}:" if words else ":"
    assert shown.startswith(f"{file}{line}")
    assert not path or f": at {path} " in shown
    assert problem in shown
    assert remedy in shown
    assert "\n" not in shown
    assert caught.value.exit_code == 3


DISCREPANCY = f"""\
discrepancies:
  - id: pain
    cases: [lee-2019-1]
    refers_to: leg-pain
    kind: InternalDiscrepancy
    trait: pain
    here: pain of the leg
    there: no pain
    evidence: [{PLACE}]
"""


def test_a_discrepancy_refers_to_a_statement_of_its_case(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write(tmp_path, RECORD + DISCREPANCY)
    (record,) = take(tmp_path, vocabulary).records
    assert record.discrepancies[0].refers_to == "leg-pain"


@pytest.mark.parametrize(
    ("old", "new", "problem", "remedy"),
    [
        ("refers_to: leg-pain", "refers_to: arm-pain", "“lee-2019-1” has nothing called “arm-pain”", "or add it"),
        ("refers_to: leg-pain", "refers_to: pain", "“lee-2019-1” has nothing called “pain”", "or add it"),
        ("    cases: [lee-2019-1]\n", "", "in one case, which this record tells", "alone under “cases”"),
        ("[lee-2019-1]", "[lee-2019-1, lee-2019-1]", "in one case, which this record tells", "alone under “cases”"),
    ],
)
def test_a_discrepancy_that_refers_to_nothing(
    old: str, new: str, problem: str, remedy: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    file = write(tmp_path, RECORD + changed(DISCREPANCY, old, new))
    with pytest.raises(RecordError) as caught:
        take(tmp_path, vocabulary)
    (found,) = caught.value.problems
    assert (found.file, found.path) == (str(file), "discrepancies[0].refers_to")
    assert problem in str(found)
    assert remedy in str(found)


def test_a_case_twice_in_a_record(tmp_path: Path, vocabulary: Vocabulary) -> None:
    cases = RECORD[RECORD.index("  - case:") :]
    file = write(tmp_path, RECORD + cases)
    with pytest.raises(RecordError, match=r"“lee-2019-1” stands in cases a second time\. Rename") as caught:
        take(tmp_path, vocabulary)
    assert str(caught.value).startswith(f"{file}:{RECORD.count(chr(10)) + 1}:")


def test_a_case_told_first_hand_by_two_records(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write(tmp_path)
    write(tmp_path, RECORD.replace("record: lee-2019", "record: kim-2001"), name="kim-2001")
    with pytest.raises(RecordError) as caught:
        take(tmp_path, vocabulary)
    assert [Path(problem.file).name for problem in caught.value.problems] == ["kim-2001.yaml", "lee-2019.yaml"]
    for problem in caught.value.problems:
        assert (problem.path, problem.line) == ("cases[0].case", line_of(RECORD, "lee-2019-1"))
        assert "first hand too" in str(problem)


@pytest.mark.parametrize(
    ("curated", "event"), [("2020", "2020-06-01"), ("2020-06", "2020-06-30"), ("2020-06-15", "2020")]
)
def test_dates_are_compared_as_far_as_both_go(curated: str, event: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    write(tmp_path, RECORD.replace("2020-06-15", curated).replace("2016-02-29", event))
    assert take(tmp_path, vocabulary).records[0].curation.date == curated
