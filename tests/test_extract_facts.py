"""What the facts of a story say together for a relapse and for a remission before it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.evaluation import read_gold
from kg.extract.facts import facts_of, judge
from kg.extract.leukemia import leukemia
from kg.extract.story import Story
from kg.vocabulary import Vocabulary
from tests.extract_fixture import read, reader
from tests.fit_weights import answered, cases, fit, right

FITTING = Path(__file__).parent / "reports" / "fitting.jsonl"
PLAIN = "A 40-year-old man with AML had fever."
BACK = "A 40-year-old man with AML in remission for three years had a breast mass. Biopsy showed a relapse of AML."


def story(text: str) -> Story:
    (reading,) = read(text)
    return Story(reading, list(leukemia(reading)))


def test_a_fact_has_the_place_where_it_is_told() -> None:
    told = facts_of(story(BACK))["told"]
    assert told is not None
    assert BACK[slice(*told.place)].startswith("relapse")


@pytest.mark.parametrize("question", ["relapse", "in_remission"])
def test_facts_add_up(question: str) -> None:
    plain, back = judge(story(PLAIN), question), judge(story(BACK), question)
    assert plain.probability < 0.5 < back.probability
    assert back.holds
    assert back.cue is not None
    assert not plain.holds


def test_a_relapse_that_was_feared_and_was_another_illness_speaks_against_one() -> None:
    feared = "A 40-year-old man with AML in remission for three years had a breast mass. Relapse was feared."
    other = f"{feared} Biopsy showed ductal carcinoma, and relapse was excluded."
    assert judge(story(other), "relapse").probability < judge(story(feared), "relapse").probability
    assert not judge(story(other), "relapse").holds


def test_weights_are_found_again_from_the_reports() -> None:
    rows = list(cases(FITTING, reader()))
    for question in ("relapse", "in_remission"):
        known = answered(rows, question)
        half, other = known[::2], known[1::2]
        start, weights = fit(half)
        assert right(start, weights, half) / len(half) > 0.9
        assert right(start, weights, other) / len(other) > 0.8
        assert weights == fit(half)[1]


def test_the_reports_for_fitting_are_gold(vocabulary: Vocabulary) -> None:
    lines = FITTING.read_text(encoding="utf-8").splitlines()
    names = set(vocabulary.concepts)
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids))
    for line in lines:
        for case in read_gold(line)["cases"]:
            told = {*case["leukemia"], *case["sites"], *case["modalities"], *case["treatments"], *case["differentials"]}
            told |= {*case["findings"]["present"], *case["findings"]["absent"]}
            assert told <= names, json.loads(line)["id"]


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("told", "Since then neither thrombosis nor leukemia has recurred."),
        ("told", "The leukemia had not reappeared."),
        ("told", "Spinal recurrence was the working diagnosis for several days."),
        ("told", "Leukemic relapse was never demonstrated."),
        ("told", "A first relapse scare came with a normal MRI."),
        ("leukemia found", "No promyelocytes were seen in the fluid."),
        ("leukemia found", "Slit-lamp examination argued against leukemic infiltration."),
        ("leukemia found", "An aspirate of the marrow held 1% blasts."),
        ("leukemia found", "Myeloid sarcoma was the preoperative diagnosis."),
    ],
)
def test_what_is_not_said_is_no_fact(fact: str, text: str) -> None:
    assert fact not in facts_of(story(f"A 40-year-old man with AML in remission was seen. {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "He developed a nasal mass. Histology showed EBV-positive NK/T-cell lymphoma; the bone marrow was normal.",
        "He had a lytic lesion of the skull. Curettage showed Langerhans cell histiocytosis.",
    ],
)
def test_another_tumor_is_no_relapse(text: str) -> None:
    assert not judge(story(f"A 40-year-old man was in complete remission of AML. {text}"), "relapse").holds
