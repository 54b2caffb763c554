"""The same patient in two papers: from folders of records, signed and not, to what the command says."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.config import shipped
from kg.errors import ConfigError, RecordError
from kg.records.check import check_curated
from kg.records.reader import read_bibliography, read_curated
from kg.same_patient import Word, find_pairs, read_folders
from kg.vocabulary import Vocabulary
from tests.conftest import ROOT
from tests.same_patient_fixture import EVIDENCE, KINDS, LEE, LIU, case_of, episode, folder_of, names


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """Drafts of two papers that the shipped data speak of: one it holds for the same patient, one it retells."""
    lee = case_of("lee-2019-b-1", episodes=[episode("SciaticNerve", "LeftSide", {"at_least": 4, "below": 5})])
    liu = case_of("liu-2007-1")
    liu["patient"] = {"sex": "Male", "age": {"years": 10}, "evidence": EVIDENCE}
    liu["diagnoses"] = [{"leukemia": "AcuteLymphoblasticLeukemia", "evidence": EVIDENCE}]
    return folder_of(tmp_path / "drafts", ("lee-2019-b", [lee]), ("liu-2007", [liu]), references=[LEE, LIU])


def test_the_second_telling_that_curators_suspect_is_found(drafts: Path) -> None:
    reading = read_folders([shipped("data"), drafts], KINDS)
    found = find_pairs(reading.tellings, reading.words, KINDS, case="baek-2021-1", min_score=5)
    (best, *_) = found.pairs
    assert (best.other.case, best.word) == ("lee-2019-b-1", Word.PROBABLE)
    traits = {reason.trait for reason in best.reasons if reason.weight > 0}
    assert {"sex", "age within a year", "site", "side", "leukemia", "year of the papers"} <= traits


def test_a_retold_case_meets_its_first_telling(drafts: Path) -> None:
    reading = read_folders([drafts, shipped("data")], KINDS)
    found = find_pairs(reading.tellings, reading.words, KINDS, case="liu-2007-1", min_score=8)
    best = found.pairs[0]
    assert {best.one.source.record, best.other.source.record} == {"baek-2021", "liu-2007"}
    assert best.reasons[0].trait == "first told by the same paper"
    assert best.word is Word.OPEN


def test_the_shipped_data_hold_no_unjudged_pair() -> None:
    reading = read_folders([shipped("data")], KINDS)
    assert len(reading.tellings) == 16
    assert find_pairs(reading.tellings, reading.words, KINDS, min_score=0).pairs == ()


def test_one_paper_has_one_record(tmp_path: Path, drafts: Path) -> None:
    """A copy under another name, and a draft of a paper that curators have read: neither makes a pair."""
    again = tmp_path / "again"
    shutil.copytree(drafts, again)
    baek = case_of("baek-2021-b-1")
    extra = folder_of(
        tmp_path / "extra",
        ("baek-2021-b", [baek]),
        references=[{"reference": "baek-2021-b", "year": 2021, "doi": "10.4097/KJA.20128"}],
    )
    reading = read_folders([shipped("data"), drafts, again, extra, drafts], KINDS)
    assert reading.again == 3
    assert "baek-2021-b-1" not in {telling.case for telling in reading.tellings}
    assert len(reading.tellings) == 18


def test_papers_of_one_slug_in_two_folders_are_two_unless_something_identifies_them(tmp_path: Path) -> None:
    one = folder_of(tmp_path / "one", ("liu-2007", [case_of("liu-2007-1")]))
    other = folder_of(tmp_path / "other", ("liu-2007", [case_of("liu-2007-1")]))
    reading = read_folders([one, other], KINDS)
    assert len({telling.source.paper for telling in reading.tellings}) == 2
    assert len(find_pairs(reading.tellings, reading.words, KINDS).pairs) == 1


def test_a_no_in_a_record_is_read_checked_and_respected(tmp_path: Path, drafts: Path, vocabulary: Vocabulary) -> None:
    no = {
        "reference": "lee-2019",
        "reasons": [{"trait": "age", "bearing": "SpeaksAgainst", "here": "69", "there": "70"}],
        "evidence": EVIDENCE,
    }
    lee = {"reference": "lee-2019", "year": 2019, "doi": "10.3348/jksr.2019.80.2.339"}
    case = case_of("kim-2020-1", not_same_patient=[no])
    signed = folder_of(tmp_path / "signed", ("kim-2020", [case]), references=[lee], signed=True)
    check_curated(read_curated(signed, vocabulary), vocabulary)
    reading = read_folders([signed, drafts], KINDS)
    found = find_pairs(reading.tellings, reading.words, KINDS, min_score=-99)
    assert ("kim-2020-1", "lee-2019-b-1") not in names(found)
    assert found.decided == 1

    for wrong, problem in (("kim-2020-1", "this case itself"), ("nobody-1", "No record has the case")):
        no["case"] = wrong
        folder = folder_of(tmp_path / wrong, ("kim-2020", [case]), references=[lee], signed=True)
        with pytest.raises(RecordError, match=problem):
            check_curated(read_curated(folder, vocabulary), vocabulary)


def test_a_long_bibliography_is_read_in_parts_with_the_right_lines(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "references.yaml"
    entries = [f"  - reference: a-{number}\n    year: 2001\n" for number in range(4500)]
    path.write_text("# A head.\nreferences:\n" + "".join(entries), encoding="utf-8")
    assert [one.reference for one in read_bibliography(path, vocabulary)] == [f"a-{number}" for number in range(4500)]
    entries[4200] = "  - reference: a-4200\n    year: long ago\n"
    path.write_text("# A head.\nreferences:\n" + "".join(entries), encoding="utf-8")
    with pytest.raises(RecordError, match=r"references\.yaml:8404:") as caught:
        list(read_bibliography(path, vocabulary))
    assert path.read_text(encoding="utf-8").splitlines()[8403] == "    year: long ago"
    assert len(caught.value.problems) == 1


def test_a_folder_without_records_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        read_folders([tmp_path / "none"], KINDS)


@pytest.mark.parametrize("signed", [True, False])
def test_signed_or_not_a_record_is_read_and_known_as_such(tmp_path: Path, signed: bool) -> None:
    folder = folder_of(tmp_path / "a", ("kim-2020", [case_of("kim-2020-1")]), signed=signed)
    assert [telling.source.signed for telling in read_folders([folder], KINDS).tellings] == [signed]


# The command


def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", "same-patient", *map(str, arguments)]
    env = {**os.environ, **more}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_the_command_lists_pairs_with_reasons_and_says_how_to_answer(drafts: Path) -> None:
    before = {path: path.read_bytes() for path in drafts.rglob("*.yaml")}
    done = run(drafts, "--case", "baek-2021-1")
    assert done.returncode == 0, done.stderr
    row = next(csv.DictReader(io.StringIO(done.stdout)))
    assert (row["case"], row["paper"], row["otherPaper"]) == ("baek-2021-1", "baek-2021", "lee-2019-b (draft)")
    assert "site: sciatic nerve" in row["for"]
    assert "not_same_patient" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert {path: path.read_bytes() for path in drafts.rglob("*.yaml")} == before


def test_the_formats_agree_and_the_same_is_said_twice(drafts: Path) -> None:
    as_json = json.loads(run(drafts, "--format", "json", "--min-score", "0").stdout)
    lines = run(drafts, "--format", "jsonl", "--min-score", "0", PYTHONHASHSEED="5").stdout.splitlines()
    assert [json.loads(line) for line in lines] == as_json["pairs"]
    assert as_json["above"] == len(lines) > 1
    best = as_json["pairs"][0]
    assert best["score"] == pytest.approx(sum(reason["weight"] for reason in best["reasons"]), abs=0.1)
    table = run(drafts, "--format", "table", "--min-score", "0", "--limit", "1").stdout
    assert "first told by" in " ".join(table.split())


def test_nothing_found_is_no_output_and_no_advice() -> None:
    done = run("--format", "jsonl")
    assert (done.returncode, done.stdout) == (0, "")
    assert "16 cases in 2 papers" in done.stderr
    assert "not_same_patient" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--case", "baek-2021-9"), 2, "it has baek-2021-1"),
        (("nowhere",), 2, "nowhere is no folder. Name a folder like data/"),
        (("--limit", "-1"), 2, "limit"),
    ],
)
def test_mistakes_are_one_sentence(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_draft_that_cannot_be_read_is_left_out_alone(drafts: Path) -> None:
    (drafts / "records" / "torn.yaml").write_text("record: torn\ncases: [", encoding="utf-8")
    done = run(drafts, "--format", "jsonl")
    assert done.returncode == 1
    assert "torn.yaml:" in done.stderr
    assert len(done.stdout.splitlines()) >= 2
