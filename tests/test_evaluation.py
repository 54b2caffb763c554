"""The rules by which extraction is held against what a person read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.errors import SourceTextError
from kg.evaluation import Matching, evaluate, paired, read_gold
from kg.vocabulary import Vocabulary


def gold(*cases: dict[str, Any], name: str = "t") -> Any:
    return read_gold(json.dumps({"id": name, "text": "x", "cases": cases}))


@pytest.mark.parametrize(
    ("wanted", "got", "same", "neutral"),
    [
        ("MagneticResonanceImaging", "MagneticResonanceImaging", True, True),
        ("MagneticResonanceImaging", "SpineMRI", True, False),  # narrower than the gold
        ("SpineMRI", "MagneticResonanceImaging", True, True),  # broader, in one group
        ("SpineMRI", "DiagnosticImaging", False, True),  # broader than any group
        ("SpineMRI", "BrainMRI", False, False),
        ("AcuteMonocyticLeukemia", "AcuteMyeloidLeukemia", True, True),
        ("AcuteMyeloidLeukemia", "AcuteLymphoblasticLeukemia", False, False),
        ("AcuteMyeloidLeukemia", "NoSuchConcept", False, False),
    ],
)
def test_what_counts_for_what(vocabulary: Vocabulary, wanted: str, got: str, same: bool, neutral: bool) -> None:
    matching = Matching(vocabulary)
    assert matching.same(wanted, got) is same
    assert matching.neutral([wanted], got) is neutral


def test_lists_count_each_concept_of_the_gold_once(vocabulary: Vocabulary) -> None:
    case = {"sites": ["Testis", "Skin"], "modalities": ["SpineMRI"]}
    found = {"sites": ["Testis", "Testis", "Breast"], "modalities": ["SpineMRI", "MagneticResonanceImaging"]}
    result = evaluate([(gold(case), [found])], vocabulary)
    sites, modalities = result.scores["sites"], result.scores["modalities"]
    assert (sites.right, sites.missed, sites.extra) == (1, 1, 1)
    assert (sites.precision, sites.recall, sites.f1) == (0.5, 0.5, 0.5)
    assert (modalities.right, modalities.missed, modalities.extra) == (1, 0, 0)
    assert {(one.field, one.missed, one.extra) for one in result.mistakes} == {
        ("sites", "Skin", ""),
        ("sites", "", "Breast"),
    }


def test_a_broad_concept_beside_a_narrow_one_in_the_gold_counts_neither_way(vocabulary: Vocabulary) -> None:
    case = {"modalities": ["SpineMRI", "MagneticResonanceImaging", "Biopsy"]}
    result = evaluate([(gold(case), [{"modalities": ["SpineMRI", "MagneticResonanceImaging"]}])], vocabulary)
    score = result.scores["modalities"]
    assert (score.right, score.missed, score.extra) == (1, 1, 0)


@pytest.mark.parametrize(
    ("age", "said", "right"),
    [
        *((8, "8", 1), (8, "8.4", 1), (8, "9", 0), (8, None, 0)),
        *((0.5, "0.55", 1), (0.5, "0.8", 0), (None, None, 1), (None, "8", 0)),
    ],
)
def test_ages_may_differ_a_little(vocabulary: Vocabulary, age: float | None, said: str | None, right: int) -> None:
    score = evaluate([(gold({"age_years": age}), [{"age": said}])], vocabulary).scores["age"]
    assert (score.cases, score.cases_right) == (1, right)


def test_a_single_value_that_the_gold_lacks_is_not_scored(vocabulary: Vocabulary) -> None:
    scores = evaluate([(gold({}), [{"relapse": "true", "sex": "Male"}])], vocabulary).scores
    assert scores["relapse"].cases == 0
    assert (scores["sex"].cases, scores["sex"].cases_right) == (1, 0)


def test_patients_are_paired_by_age_and_sex_then_by_order() -> None:
    first, second, third = {"age_years": 5, "sex": "Male"}, {"age_years": 7, "sex": "Female"}, {"sex": "Female"}
    pairs = list(paired([first, second, third], [{"sex": "Male"}, {"age": "7", "sex": "Female"}]))
    assert pairs == [(second, {"age": "7", "sex": "Female"}), (first, {"sex": "Male"}), (third, None)]
    assert list(paired([], [{"age": "1"}])) == [(None, {"age": "1"})]


def test_a_relapse_from_a_decoy_is_told(vocabulary: Vocabulary) -> None:
    found = [{"relapse": "true", "leukemia": "Leukemia"}]
    texts = [
        (gold(name="none"), found),
        (gold({"relapse": False}, name="first"), found),
        (gold({"relapse": True}), found),
    ]
    result = evaluate(texts, vocabulary)
    assert (result.texts, result.decoys, result.deceived) == (3, 2, ["none", "first"])


@pytest.mark.parametrize(
    ("line", "needle"),
    [
        ("not json", "Invalid JSON"),
        ("[1]", "an object"),
        ('{"id": "a", "text": "x"}', "at cases"),
        ('{"id": "a", "text": "x", "cases": 3}', "array at cases"),
        ('{"id": "a", "text": "x", "cases": [{"age_years": "old"}]}', r"number.* at cases\.0\.age_years"),
        ('{"id": "a", "text": "x", "cases": [{"sites": "Testis"}]}', r"at cases\.0\.sites"),
    ],
)
def test_gold_that_cannot_be_read_is_told_with_its_place(line: str, needle: str, tmp_path: Path) -> None:
    with pytest.raises(SourceTextError, match=needle):
        read_gold(line)
    path = tmp_path / "gold.jsonl"
    path.write_text("\n" + line + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", "--gold", str(path)])
    assert result.exit_code == 1
    assert "gold.jsonl:2: " in result.output
    assert "Traceback" not in result.output


def test_the_command_reads_and_scores(tmp_path: Path) -> None:
    text = "A 45-year-old man with acute myeloid leukemia in complete remission had an isolated testicular relapse."
    case = {"age_years": 45, "sex": "Male", "leukemia": ["AcuteMyeloidLeukemia"], "relapse": True, "sites": ["Testis"]}
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "one", "text": text, "cases": [case]}) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", "--gold", str(path), "--json"])
    fields = json.loads(result.stdout)["fields"]
    assert [fields[name]["accuracy"] for name in ("age", "sex", "leukemia", "relapse")] == [1, 1, 1, 1]
    assert fields["sites"]["f1"] == 1
