"""Sites of leukemic involvement as papers word them, and places that are none; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.rulefiles import rules
from kg.extract.site_facts import places_of
from kg.extract.sites import probability, sites
from tests.extract_fixture import read, reader
from tests.fit_places import frames, in_frame, short_reports

OPENING = "A 40-year-old man with AML in remission was admitted. "


def found(text: str) -> set[str]:
    return {one.value for reading in read(text) for one in sites(reading)}


def finest(names: set[str]) -> set[str]:
    """The names without what is only broader than another one."""
    ancestors = reader().vocabulary.ancestors
    return {one for one in names if not any(one != other and one in ancestors(other) for other in names)}


FRAMES = (
    "He had an isolated {} relapse.",
    "There was {} involvement by leukemia in this patient.",
    "Biopsy showed leukemic infiltration of the {}.",
    "He had a relapse in the {}.",
    "He was found to have a mass in the {}. Biopsy revealed leukemic blasts.",
    "MRI showed a lesion of the {} consistent with leukemic infiltration.",
    "His disease recurred, involving the {}.",
)
OTHER = (
    "There was no leukemic infiltration of the {} in this patient.",
    "He complained of pain in the {}.",
    "MRI of the {} was normal.",
    "He had a fungal infection of the {}.",
    "He underwent irradiation of the {}.",
    "Chronic GVHD involving the {} was treated.",
)


REPORTS = 0.15
"""Weights decide, so that a few of the short reports are read wrongly; which ones changes with the weights."""


def labels() -> list[tuple[str, str]]:
    """Each concept that may be a site, with its label."""
    rule = rules("sites")
    without = {*rule["never"], *rule["own"]}
    concepts = reader().vocabulary.in_scheme("AnatomicalSites")
    return [(one.name, str(one.label)) for one in concepts if one.name not in without]


@pytest.mark.parametrize("frame", FRAMES)
def test_every_site_by_its_label(frame: str) -> None:
    assert [name for name, label in labels() if name not in found(OPENING + frame.format(label))] == []


@pytest.mark.parametrize("frame", OTHER)
def test_no_site_by_its_label(frame: str) -> None:
    assert [name for name, label in labels() if name in found(OPENING + frame.format(label))] == []


@pytest.mark.parametrize(("frame", "involved"), frames())
def test_places_in_a_frame(frame: str, involved: bool) -> None:
    assert [text for text, expected in in_frame(frame, involved=involved) if found(text) != expected] == []


def test_nearly_every_short_report_is_read_right() -> None:
    told = list(short_reports())
    assert len(told) > 200
    wrong = [text for text, expected in told if finest(found(text)) != finest(set(expected))]
    assert len(wrong) < REPORTS * len(told), wrong


def test_where_nothing_speaks_of_leukemia_no_place_is_a_site() -> None:
    assert found(OPENING + "He underwent irradiation of the femur.") == set()


def test_a_site_has_the_probability_and_the_place_of_what_says_most() -> None:
    text = "He had pain in the orbit. A biopsy of the orbit showed leukemic infiltration."
    (reading,) = read(OPENING + text)
    (one,) = sites(reading)
    assert (one.value, one.start) == ("Orbit", len(OPENING) + text.rindex("orbit"))
    assert one.confidence == round(probability(places_of(reading)["Orbit"].facts), 2)


def test_what_is_wider_than_another_site_is_not_told() -> None:
    text = "Relapse in the brain was seen: biopsy of the frontal lobe showed leukemic infiltration of the brain."
    assert found(OPENING + text) == {"FrontalLobe"}


def test_a_level_is_told_by_all_its_words() -> None:
    text = f"{OPENING}An extradural mass at T4-T6 proved to be granulocytic sarcoma."
    told = {one.value: text[one.start : one.end] for reading in read(text) for one in sites(reading)}
    assert told["ThoracicSpine"] == "T4-T6"


def test_a_side_before_another_place_is_that_ones() -> None:
    text = f"{OPENING}Leukemic infiltration of the right tibia and multiple vertebral bodies was found."
    told = {one.value: one.detail.get("laterality") for reading in read(text) for one in sites(reading)}
    assert told == {"Tibia": "RightSide", "VertebralBody": None}


def test_a_sentence_of_a_thousand_places_is_read() -> None:
    text = f"{OPENING}Relapse in the {'liver, spleen, ' * 500}and gums was found."
    assert {"Liver", "Spleen", "Gingiva"} <= found(text)
