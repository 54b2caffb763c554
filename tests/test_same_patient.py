"""Pairs that may be one patient: what speaks for and against, what rules out, and that a curator has the last word."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.same_patient import cases as generated
from kg.records.case import Case
from kg.same_patient import Contradiction, Pair, Telling, Word, Words, find_pairs
from kg.same_patient import blocks as blocking
from kg.same_patient.compare import compare
from kg.same_patient.frequencies import Frequencies
from kg.same_patient.telling import Source, Span, telling_of
from tests.same_patient_fixture import EVIDENCE, KINDS, case_of, names, reasons, ruled_out, told

# Reasons


def test_what_only_one_of_two_tells_is_no_reason() -> None:
    bare = told(1)
    full = told(2, sex="Male", age=40, year=2000, sites={"Skin"}, findings=frozenset({"Fever"}), died=True)
    assert set(reasons(bare, full)) == {"leukemia"}


@pytest.mark.parametrize(
    ("a", "b", "trait"),
    [
        ({"sex": "Male"}, {"sex": "Female"}, "sex"),
        ({"leukemias": {"AcuteMyeloidLeukemia"}}, {"leukemias": {"BPrecursorALL"}}, "leukemia"),
        ({"leukemias": {"LymphoidLeukemia"}}, {"leukemias": {"AcuteMonocyticLeukemia"}}, "leukemia"),
        ({"age": 8}, {"age": 45}, "age"),
        ({"age": 40, "year": 2000}, {"age": 30, "year": 2010}, "age"),
        ({"age": 40, "year": 2000}, {"age": 60, "year": 2005}, "age"),
        ({"diagnosed": Span(5, 6)}, {"diagnosed": Span(12, 13)}, "age at diagnosis"),
    ],
)
def test_what_one_patient_cannot_have_had_rules_a_pair_out(a: dict[str, Any], b: dict[str, Any], trait: str) -> None:
    one, other = told(1, **a), told(2, **b)
    assert ruled_out(one, other) == ruled_out(other, one) == trait
    assert find_pairs([one, other], Words(), KINDS, min_score=-99).pairs == ()


@pytest.mark.parametrize(
    ("a", "b", "trait"),
    [
        ({"age": 40}, {"age": 40}, "age"),
        ({"age": 69}, {"age": 70}, "age within a year"),
        ({"age": 8, "ages": (Span(5, 6), Span(8, 9))}, {"age": 5}, "ages at other episodes"),
        ({"age": 40, "year": 2000}, {"age": 49, "year": 2010}, "ages at other times"),
        ({"leukemias": {"AcuteLeukemia"}}, {"leukemias": {"AcuteMonocyticLeukemia"}}, "leukemia, one broader"),
        ({"sites": {"SciaticNerve"}}, {"sites": {"SciaticNerve"}}, "site"),
        ({"sites": {"SciaticNerve"}}, {"sites": {"PeripheralNerve"}}, "site, one broader"),
        ({"authors": frozenset({"baek s"})}, {"authors": frozenset({"baek s", "lee s"})}, "authors"),
        ({"cites": frozenset({2})}, {}, "citation"),
        ({"year": 2019}, {"year": 2020}, "year of the papers"),
        ({"agents": frozenset({"Cytarabine"})}, {"agents": frozenset({"Cytarabine"})}, "agent"),
        ({"remissions": frozenset({Span(5, 6)})}, {"remissions": frozenset({Span(5, 6)})}, "time in remission"),
        ({"causes": frozenset({"Sepsis"})}, {"causes": frozenset({"Sepsis"})}, "cause"),
        ({"dates": frozenset({("Death", "2001-05")})}, {"dates": frozenset({("Death", "2001-05-03")})}, "date"),
    ],
)  # fmt: skip
def test_each_kind_of_agreement_speaks_for_one_patient(a: dict[str, Any], b: dict[str, Any], trait: str) -> None:
    others = [told(n, year=1990 + n, leukemias={"ChronicMyeloidLeukemia"}) for n in range(3, 30)]
    found = reasons(told(1, **a), told(2, **b), others)
    assert found[trait].weight > 0
    assert found[trait].bearing == "SpeaksFor"


@pytest.mark.parametrize(
    ("a", "b", "trait"),
    [
        ({"age": 40, "year": 2000}, {"age": 43, "year": 2020}, "age"),
        ({"leukemias": {"AcuteMonocyticLeukemia"}}, {"leukemias": {"AcutePromyelocyticLeukemia"}},
         "leukemia, another of its group"),
        ({"leukemias": {"MyelodysplasticSyndrome"}}, {"leukemias": {"AcuteMyeloidLeukemia"}},
         "leukemia that may turn into the other"),
        ({"sites": {"SciaticNerve"}}, {"sites": {"Testis"}}, "site"),
        ({"sites": {"Testis"}, "sides": frozenset({("Testis", "LeftSide")})},
         {"sites": {"Testis"}, "sides": frozenset({("Testis", "RightSide")})}, "side"),
        ({"retells": frozenset({2}), "cites": frozenset({2})}, {}, "told apart by one of the papers"),
        ({"died": True, "year": 2000}, {"died": False, "year": 2004}, "outcome"),
        ({"dates": frozenset({("Death", "2001")})}, {"dates": frozenset({("Death", "2005-05-03")})}, "date"),
        ({"authors": frozenset({"baek s"})}, {"authors": frozenset({"lee s"})}, "authors"),
    ],
)  # fmt: skip
def test_each_kind_of_difference_speaks_against(a: dict[str, Any], b: dict[str, Any], trait: str) -> None:
    found = reasons(told(1, **a), told(2, **b))
    assert found[trait].weight < 0
    assert found[trait].bearing == "SpeaksAgainst"
    assert "citation" not in found


def test_a_rare_site_weighs_more_than_a_frequent_one() -> None:
    others = [told(n, sites={"Skin"}) for n in range(5, 60)]
    skin = reasons(told(1, sites={"Skin"}), told(2, sites={"Skin"}), others)["site"]
    nerve = reasons(told(1, sites={"SciaticNerve"}), told(2, sites={"SciaticNerve"}), others)["site"]
    assert nerve.weight > skin.weight + 4
    assert skin.note == "skin: in 55 of 55 others"
    assert nerve.note == "sciatic nerve: in 0 of 55 others"


def test_without_years_ages_up_to_a_long_course_apart_say_nothing() -> None:
    assert set(reasons(told(1, age=30), told(2, age=40))) == {"leukemia"}


def test_round_values_are_no_coincidence() -> None:
    found = [
        {"finding": "BoneMarrowBlasts", "status": "Present", "evidence": EVIDENCE,
         "measurements": [{"type": "BoneMarrowBlastPercentage", "value": value, "unit": "%", "evidence": EVIDENCE}]}
        for value in (Decimal("71.6"), Decimal(90))
    ]  # fmt: skip
    case = Case.model_validate(case_of("a-1", findings=found), context={"vocabulary": KINDS.vocabulary})
    source = Source("a", "a.yaml", True, 0, 10)
    assert {value for _, value, _ in telling_of(case, source, 0, KINDS).measured} == {Decimal("71.6")}


# Pairs


def _invented() -> list[Telling]:
    """Cases of every kind: some alike, some retold, some with next to nothing told."""
    dice = random.Random(3)
    found = []
    for number in range(40):
        found.append(
            told(
                number,
                home=dice.choice([number, number, number - 1]) if number else 0,
                sex=dice.choice(["Male", "Female", None]),
                age=dice.choice([8, 30, 31, 70, None]),
                year=dice.choice([1999, 2001, 2019, None]),
                leukemias={dice.choice(["AcuteMyeloidLeukemia", "AcuteLeukemia", "BPrecursorALL"])},
                sites={dice.choice(["Skin", "SciaticNerve", "PeripheralNerve", "Testis"])},
                authors=frozenset(dice.choices(["a a", "b b", "c c"], k=dice.randint(0, 2))),
            )
        )
    return found


INVENTED = _invented()


def _said(pair: Pair) -> tuple[object, ...]:
    return pair.one.key, pair.other.key, pair.score, pair.reasons, pair.word


@settings(max_examples=25, deadline=None)
@given(st.permutations(INVENTED), st.integers(1, 60))
def test_the_order_of_the_input_has_no_say(shuffled: list[Telling], limit: int) -> None:
    expected = find_pairs(INVENTED, Words(), KINDS, min_score=3, limit=limit)
    found = find_pairs(shuffled, Words(), KINDS, min_score=3, limit=limit)
    assert [_said(pair) for pair in found.pairs] == [_said(pair) for pair in expected.pairs]
    assert len(found.pairs) <= limit


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(INVENTED), st.sampled_from(INVENTED))
def test_comparing_is_symmetric(a: Telling, b: Telling) -> None:
    others = Frequencies(INVENTED)
    there, back = compare(a, b, others, KINDS), compare(b, a, others, KINDS)
    if isinstance(there, Contradiction) or isinstance(back, Contradiction):
        assert there == Contradiction(back.trait, back.there, back.here) if isinstance(back, Contradiction) else False
    else:
        assert sorted(there) == sorted(reason.turned() for reason in back)


def test_all_pairs_of_few_cases_are_found_once_the_best_first() -> None:
    found = find_pairs(INVENTED, Words(), KINDS, min_score=3)
    scores = [round(pair.score, 6) for pair in found.pairs]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 3
    expected = set()
    others = Frequencies(INVENTED)
    for a, b in combinations(sorted(INVENTED, key=lambda one: one.key), 2):
        held = compare(a, b, others, KINDS)
        if not isinstance(held, Contradiction) and sum(reason.weight for reason in held) >= 3:
            expected.add((a.case, b.case))
    assert len(names(found)) == len(set(names(found))) == found.above
    assert set(names(found)) == expected


def test_there_is_no_pair_inside_one_paper() -> None:
    one = told(1, sex="Male", age=8)
    assert find_pairs([one, replace(one, case="case-2")], Words(), KINDS, min_score=-99).pairs == ()


def test_a_case_can_be_asked_for() -> None:
    everything = find_pairs(INVENTED, Words(), KINDS, min_score=3)
    found = find_pairs(INVENTED, Words(), KINDS, case="case-7", min_score=3)
    assert names(found) == [pair for pair in names(everything) if "case-7" in pair] != []


def test_blocks_lose_no_likely_pair_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    tellings, twins = generated(1000, KINDS)
    blocked = find_pairs(tellings, Words(), KINDS, min_score=12)
    monkeypatch.setattr(blocking, "ALL", 1000)
    whole = find_pairs(tellings, Words(), KINDS, min_score=12)
    assert blocked.compared < whole.compared / 5
    assert set(names(blocked)) >= {pair for pair in names(whole) if frozenset(pair) in twins}
    assert len(blocked.pairs) > 0.8 * len(whole.pairs)


def test_a_citation_brings_cases_together_that_share_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "ALL", 2)
    monkeypatch.setattr(blocking, "LARGEST", 4)
    crowd = [told(n) for n in range(50)]
    citing = told(60, cites=frozenset({7}))
    found = find_pairs([*crowd, citing], Words(), KINDS, min_score=4)
    assert names(found) == [("case-60", "case-7")]


# A curator's word


def test_only_a_signed_record_has_a_say() -> None:
    words = Words()
    words.add("case-1", 2, None)
    draft, signed, other = told(1), told(1, signed=True), told(2)
    assert words.on(draft, other) is Word.OPEN
    assert words.on(signed, other) is words.on(other, signed) is Word.NOT_SAME


def test_a_no_can_mean_one_case_of_a_paper() -> None:
    words = Words()
    words.add("case-1", 2, None, "b-1")
    one = told(1, signed=True)
    assert words.on(one, told(2, case="b-1")) is Word.NOT_SAME
    assert words.on(one, told(2, case="b-2")) is Word.OPEN


def test_a_no_of_the_first_paper_holds_for_its_retelling() -> None:
    words = Words()
    words.add("case-1", 2, None)
    assert words.on(told(1, signed=True), told(9, home=2)) is Word.NOT_SAME


@pytest.mark.parametrize(("certainty", "word"), [("Possible", Word.POSSIBLE), ("Confirmed", Word.SAME)])
def test_a_maybe_is_shown_as_such_and_a_yes_is_left_out(certainty: str, word: Word) -> None:
    words = Words()
    words.add("case-1", 2, certainty)
    pair = [told(1, signed=True, age=30), told(2, age=30)]
    found = find_pairs(pair, words, KINDS)
    assert [one.word for one in found.pairs] == ([] if word.decided else [word])
    assert found.decided == int(word.decided)
    assert [one.word for one in find_pairs(pair, words, KINDS, decided=True).pairs] == [word]


def test_one_slug_is_one_patient_only_if_curators_gave_it() -> None:
    one, other = told(1, case="a-1", signed=True), told(2, case="a-1", home=1)
    assert Words().on(one, other) is Word.OPEN
    assert Words().on(one, replace(other, source=replace(other.source, signed=True))) is Word.SAME
