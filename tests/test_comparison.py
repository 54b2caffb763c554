"""How a draft is held against the curated record of the same paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.comparison import FIELDS, compare
from kg.records import Record
from kg.vocabulary import Vocabulary


def at(start: int, mention: str = "word") -> dict[str, Any]:
    return {"mention": mention, "start": start, "end": start + len(mention)}


def record(vocabulary: Vocabulary, *cases: dict[str, Any]) -> Record:
    data = {
        "record": "one-2020",
        "document": {"file": "one.txt", "sha256": "0" * 64, "characters": 900},
        "curation": {"method": "Curated", "agent": "tests", "date": "2026-01-01"},
        "cases": cases,
    }
    return Record.model_validate(data, context={"vocabulary": vocabulary})


def case(**parts: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "case": "one-2020-1",
        "told": "primary",
        "patient": {"sex": "Male", "age": {"years": 8}, "evidence": [at(10)]},
        "diagnoses": [{"leukemia": "AcuteMyeloidLeukemia", "evidence": [at(20)]}],
    }
    return whole | parts


def finding(concept: str, status: str = "Present", *, start: int = 100, **parts: Any) -> dict[str, Any]:
    return {"finding": concept, "status": status, "evidence": [at(start)], **parts}


def test_equal_records_agree_in_all(vocabulary: Vocabulary) -> None:
    one = record(vocabulary, case(findings=[finding("Fever"), finding("Pain", "Absent")]))
    scores, mistakes = compare(one, one, vocabulary)
    assert not mistakes
    assert tuple(scores) == FIELDS
    assert scores["findings"].right == 2
    assert all(score.missed == score.extra == 0 for score in scores.values())
    assert {name for name, score in scores.items() if score.right} == {
        *("cases", "age", "sex", "leukemia", "findings", "evidence")
    }


@pytest.mark.parametrize(
    ("curated", "drafted", "counts"),
    [
        ([finding("Fever")], [finding("Fever", "Absent")], (0, 1, 1)),  # another status is another statement
        ([finding("LimbPain")], [finding("LowerLimbPain")], (1, 0, 0)),  # narrower
        ([finding("Fever")], [finding("Fever"), finding("Fever")], (1, 0, 1)),  # each is found once
        ([finding("Fever")], [], (0, 1, 0)),
    ],
)
def test_findings_count_with_their_status(
    vocabulary: Vocabulary, curated: list[Any], drafted: list[Any], counts: tuple[int, int, int]
) -> None:
    left, right = (record(vocabulary, case(findings=several)) for several in (curated, drafted))
    score = compare(left, right, vocabulary)[0]["findings"]
    assert (score.right, score.missed, score.extra) == counts


def test_sides_results_and_doses_are_compared(vocabulary: Vocabulary) -> None:
    def build(side: str, result: str, dose: str) -> Record:
        episode = {
            "id": "relapse", "order": 1, "onset": "InRemission", "marrow": "NotReported", "csf": "NotReported",
            "sites": [{"site": "SciaticNerve", "laterality": side}], "evidence": [at(30)],
        }  # fmt: skip
        treatment = {
            "treatment": "Chemotherapy", "evidence": [at(50)],
            "doses": [{"agent": "Cytarabine", "kind": "SingleDose", "value": dose, "unit": "mg"}],
        }  # fmt: skip
        study = {"modality": "MagneticResonanceImaging", "result": result, "evidence": [at(40)]}
        return record(vocabulary, case(episodes=[episode], investigations=[study], treatments=[treatment]))

    scores, mistakes = compare(build("LeftSide", "Abnormal", "20"), build("RightSide", "Normal", "20.0"), vocabulary)
    assert {name for name, score in scores.items() if score.missed or score.extra} == {"sides", "results"}
    assert scores["doses"].right == 1
    assert ("sides", "SciaticNerve LeftSide", "") in {(m.field, m.missed, m.extra) for m in mistakes}


def test_evidence_counts_places_that_overlap(vocabulary: Vocabulary) -> None:
    curated = record(vocabulary, case(findings=[finding("Fever", start=100), finding("Pain", start=300)]))
    drafted = record(vocabulary, case(findings=[finding("Fever", start=102), finding("Pain", start=500)]))
    score = compare(curated, drafted, vocabulary)[0]["evidence"]
    assert (score.right, score.missed, score.extra) == (3, 1, 1)


def test_a_case_without_draft_is_missed_whole(vocabulary: Vocabulary) -> None:
    curated = record(vocabulary, case(), case(case="one-2020-2"))
    assert compare(curated, None, vocabulary)[0]["cases"].missed == 2
    other = case(case="other-1", patient={"sex": "Female", "age": {"years": 30}, "evidence": [at(10)]})
    scores, mistakes = compare(curated, record(vocabulary, other, case(case="x-1")), vocabulary)
    assert (scores["cases"].right, scores["cases"].missed, scores["cases"].extra) == (2, 0, 0)
    assert {(m.text, m.missed, m.extra) for m in mistakes if m.field == "sex"} == {
        ("one-2020-2", "Male", ""),
        ("one-2020-2", "", "Female"),
    }


def test_the_command_compares_the_papers(sources: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "--papers", str(sources), "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert set(shown) == {"baek-2021", "hangai-2014"}
    assert shown["hangai-2014"]["fields"]["cases"]["right"] == 1
    assert shown["hangai-2014"]["fields"]["age"]["right"] == 1


def test_one_of_gold_and_papers() -> None:
    for words in ([], ["--gold", "a", "--papers", "b"]):
        result = CliRunner().invoke(app, ["evaluate", *words])
        assert result.exit_code == 2
        assert "--gold" in result.output
    missing = CliRunner().invoke(app, ["evaluate", "--papers", "no-such-folder"])
    assert missing.exit_code == 1
    assert "no-such-folder" in missing.output
