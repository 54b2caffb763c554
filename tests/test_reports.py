"""The invented reports by which extraction is measured are well formed and their halves are apart.

What extraction finds in them is another test's matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.vocabulary import Vocabulary

REPORTS = Path(__file__).parent / "reports"
DEVELOPMENT, UNTOUCHED = REPORTS / "development.jsonl", REPORTS / "untouched.jsonl"
HALVES = pytest.mark.parametrize("path", [DEVELOPMENT, UNTOUCHED], ids=lambda path: path.stem)
LEAST, LEAST_DECOYS, LEAST_STYLES = 30, 10, 6
STYLES = {
    "abstract",
    "structured abstract",
    "narrative",
    "two patients",
    "table in words",
    "letter",
    "older",
    "British spelling",
    "non-native",
    "image caption",
}
SCHEMES = {
    "leukemia": "LeukemiaTypes",
    "leukemia_also": "LeukemiaTypes",
    "sites": "AnatomicalSites",
    "modalities": "Modalities",
    "treatments": "Treatments",
    "differentials": "Differentials",
}
SIGNED = {"findings": ("Findings", {"present", "absent"}), "markers": ("Markers", {"positive", "negative"})}
VALUES: dict[str, set[str | bool | None]] = {
    "sex": {None, "Male", "Female"},
    "relapse": {None, True, False},
    "in_remission": {None, True, False},
    "isolated": {None, True, False},
    "marrow": {None, "Involved", "NotInvolved", "Indeterminate"},
    "csf": {None, "Involved", "NotInvolved", "Indeterminate"},
    "outcome": {None, "Alive", "Dead"},
}
NUMBERS = {"age_years", "remission_years", "relapse_number"}
REQUIRED = {*SCHEMES, *SIGNED, *VALUES, *NUMBERS, "response", "no_concept"} - {"leukemia_also"}
OPTIONAL = {"leukemia_also", "age_text", "note"}

Report = dict[str, Any]


def read(path: Path) -> list[Report]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def named(path: Path) -> Iterator[tuple[str, Report]]:
    """Every case of a file with the name of its report."""
    for report in read(path):
        for case in report["cases"]:
            yield report["id"], case


def sentences(text: str) -> set[str]:
    """The longer sentences of a text, without regard to spaces and case."""
    parts = re.split(r"(?<=[.!?])\s+|\n", text)
    return {part for part in (" ".join(part.lower().split()) for part in parts) if len(part) > 40}


@HALVES
def test_there_are_enough_reports_decoys_and_styles(path: Path) -> None:
    reports = read(path)
    assert len(reports) >= LEAST
    assert sum(report["decoy"] for report in reports) >= LEAST_DECOYS
    assert sum(not report["decoy"] for report in reports) >= LEAST_DECOYS
    styles = {report["style"] for report in reports}
    assert styles <= STYLES
    assert len(styles) >= LEAST_STYLES


@HALVES
def test_a_report_has_all_its_keys(path: Path) -> None:
    for report in read(path):
        assert set(report) == {"id", "style", "decoy", "text", "cases"}, report["id"]
        assert report["text"] == report["text"].strip() != "", report["id"]
        for case in report["cases"]:
            assert REQUIRED <= set(case) <= REQUIRED | OPTIONAL, report["id"]


@HALVES
def test_concepts_are_of_the_right_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    names = {scheme: {concept.name for concept in vocabulary.in_scheme(scheme)} for scheme in {*SCHEMES.values()}}
    names |= {scheme: {concept.name for concept in vocabulary.in_scheme(scheme)} for scheme, _ in SIGNED.values()}
    wrong = []
    for report, case in named(path):
        for field, scheme in SCHEMES.items():
            wrong += [(report, field, name) for name in case.get(field, ()) if name not in names[scheme]]
        for field, (scheme, signs) in SIGNED.items():
            assert set(case[field]) == signs, report
            wrong += [
                (report, field, name) for sign in signs for name in case[field][sign] if name not in names[scheme]
            ]
    assert wrong == []


@HALVES
def test_values_are_those_of_the_format(path: Path, vocabulary: Vocabulary) -> None:
    responses = {concept.name for concept in vocabulary.in_scheme("TreatmentResponse")} | {None}
    for report, case in named(path):
        for field, allowed in VALUES.items():
            assert case[field] in allowed, (report, field)
        for field in NUMBERS:
            assert case[field] is None or case[field] > 0, (report, field)
        assert case["response"] in responses, report


@HALVES
def test_nothing_is_said_twice_or_against_itself(path: Path) -> None:
    for report, case in named(path):
        for field in (*SCHEMES, "no_concept"):
            assert len(case.get(field, [])) == len(set(case.get(field, []))), (report, field)
        assert not set(case["findings"]["present"]) & set(case["findings"]["absent"]), report
        assert case["leukemia"], report
        if case["marrow"] == "Involved":
            assert case["isolated"] is False, report
            assert "BoneMarrow" in case["sites"], report
        if case["isolated"]:
            assert case["marrow"] != "Involved", report


@HALVES
def test_a_decoy_has_no_relapse_and_the_others_have(path: Path) -> None:
    for report in read(path):
        relapses = [case["relapse"] for case in report["cases"]]
        if report["decoy"]:
            assert True not in relapses, report["id"]
        else:
            assert relapses, report["id"]
            assert all(relapses), report["id"]


def test_the_halves_have_nothing_in_common() -> None:
    development, untouched = read(DEVELOPMENT), read(UNTOUCHED)
    ids = [report["id"] for report in (*development, *untouched)]
    assert len(ids) == len(set(ids))
    texts = [" ".join(report["text"].lower().split()) for report in (*development, *untouched)]
    assert len(texts) == len(set(texts))
    one = set().union(*(sentences(report["text"]) for report in development))
    other = set().union(*(sentences(report["text"]) for report in untouched))
    assert one & other == set()
