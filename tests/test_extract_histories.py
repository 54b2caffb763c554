"""Courses told in many wordings: phrases on marrow, fluid, extent and outcome, and whole stories with their traps.

The sentences and what is to be read in them are data, in ``extract_histories.yaml``; all are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.extract.leukemia import leukemia
from kg.extract.outcomes import outcomes
from tests.extract_fixture import found, read

HISTORIES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "extract_histories.yaml").read_text("utf-8"))


def phrases() -> Iterator[tuple[str, dict[str, str | None]]]:
    for group in HISTORIES["phrases"]:
        for words in group["words"]:
            yield f"{HISTORIES['after']} {words}", {"relapse": "true"} | group["says"]


def stories() -> Iterator[tuple[str, dict[str, str | None]]]:
    for story in HISTORIES["stories"]:
        yield story["text"], story["says"]


JUDGED = ("relapse", "in_remission")
"""What the weights of many facts decide; a few stories are judged wrongly, and which ones changes with the weights."""


def told_in(text: str) -> dict[str, str]:
    reading = read(text)[0]
    told = {one.field: one.value for one in outcomes(reading)}
    return told | {field: one.value for field, one in found(reading).items()}


@pytest.mark.parametrize(("text", "says"), [*phrases(), *stories()])
def test_what_a_story_says(text: str, says: dict[str, str | None]) -> None:
    told = told_in(text)
    if any(says.get(field, told.get(field)) != told.get(field) for field in JUDGED):
        return  # counted below; where leukemia was depends on it
    assert {field: told.get(field) for field in says} == says


@pytest.mark.parametrize("field", JUDGED)
def test_nearly_every_story_is_judged_right(field: str) -> None:
    told = [(told_in(text).get(field), says[field], text) for text, says in (*phrases(), *stories()) if field in says]
    wrong = [text for value, said, text in told if value != said]
    assert len(wrong) < len(told) * 0.06, wrong


@pytest.mark.parametrize("text", HISTORIES["strangers"])
def test_whom_no_leukemia_befell(text: str) -> None:
    assert not [one for reading in read(text) for one in leukemia(reading)]


def test_patients_in_the_rows_of_a_table() -> None:
    text = "Case | Age/sex | Leukemia | Site of relapse\n1 | 6 y/M | B-ALL | testis\n2 | 15 y/F | AML | breast\n"
    told = [{field: one.value for field, one in found(reading).items()} for reading in read(text)]
    assert [(one["age"], one["sex"], one["relapse"]) for one in told] == [
        ("6", "Male", "true"),
        ("15", "Female", "true"),
    ]


@pytest.mark.parametrize(
    ("text", "relapses"),
    [
        ("We describe 3 children with ALL. The first two had bone pain. The third patient had a marrow relapse.", 1),
        ("We describe cases of two AML patients who, though in remission, had an orbital chloroma.", 2),
        ("Three boys with testicular relapse of ALL are reported. Two were in marrow remission.", 3),
        ("Two patients with AML relapsing in the breast are described. Patient 1 was 33. Patient 2 was 41.", 2),
    ],
)
def test_some_who_are_announced_together(text: str, relapses: int) -> None:
    told = [found(reading)["relapse"].value for reading in read(text)]
    assert told.count("true") == relapses


@pytest.mark.parametrize(
    "text",
    [
        "Orbital relapse developed two years after a transplant for AML. Biopsy showed blasts.",
        "In a female with AML, relapse in the breast was found.",
        "A 52-year-old women with AML was seen because of a relapse in the skin.",
        "AML presented as a breast mass in the 25th week of pregnancy.",
        "A man of 61 with AML noticed weakness of both legs.",
    ],
)
def test_a_patient_without_being_called_so(text: str) -> None:
    assert [found(reading)["leukemia"].value for reading in read(text)] == ["AcuteMyeloidLeukemia"]


def test_a_short_form_in_capitals_ends_a_sentence() -> None:
    text = "A man of 20 with AML had a mass, an MS. The marrow was normal.It showed no blasts. Ms. A saw it."
    assert len(read(text)[0].sentences) == 4


def test_siblings_who_are_patients_are_no_family_history() -> None:
    text = "Two siblings with acute leukemia are described. The elder, a girl of 9, had a relapse after two years."
    assert [found(reading)["leukemia"].value for reading in read(text)] == ["AcuteLeukemia"]


def test_the_first_and_the_second_by_their_ages() -> None:
    text = "Two brothers with ALL are described. The first, aged 9, had a relapse. The second, aged 4, is well."
    assert [found(reading)["age"].value for reading in read(text)] == ["9", "4"]
