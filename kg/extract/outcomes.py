"""What became of the patient: alive or dead, the cause, the disease, and when, from ``rules/outcomes.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kg.extract.patterns import Patterns
from kg.extract.quantities import Quantities, printed
from kg.extract.reader import rules
from kg.extract.reading import Found, Reading
from kg.extract.sentences import Sentence

DEAD, ALIVE = "Dead", "Alive"


@cache
def _patterns() -> Patterns:
    return Patterns(rules("outcomes"))


@cache
def _quantities() -> Quantities:
    return Quantities(rules("quantities"))


def outcomes(reading: Reading) -> Iterator[Found]:
    """The vital status and the last status of the disease."""
    told: dict[str, tuple[Sentence, tuple[int, int]]] = {}
    status: Found | None = None
    ending = len(reading.sentences) * 3 // 5
    for number, sentence in enumerate(reading.sentences):
        text = sentence.flat.text
        for name in (DEAD, ALIVE):
            for rule, match in _patterns().find(name, text):
                if rule.says.get("late") and number < min(ending, len(reading.sentences) - 1):
                    continue
                told[name] = sentence, sentence.flat.place(*match.span())
        # What is told early is the state before the episode.
        for rule, match in (
            _patterns().find("status", text) if number >= min(ending, len(reading.sentences) - 1) else ()
        ):
            place = sentence.flat.place(*match.span())
            if status is None or place[0] >= status.start:
                status = Found("disease_status", str(rule.says["value"]), *place, confidence=0.75)
    for name in (DEAD, ALIVE):
        if name in told:
            sentence, place = told[name]
            detail = _interval(sentence)
            if name == DEAD and (cause := _cause(reading, sentence, place)):
                detail["cause"] = cause
            yield Found("outcome", name, *place, confidence=0.85, detail=detail)
            break
    else:
        # Whoever is last said to be in remission was alive then.
        if status is not None and status.value == "InCompleteRemission":
            yield Found("outcome", ALIVE, status.start, status.end, confidence=0.5)
    if status is not None and not (status.value == "InCompleteRemission" and DEAD in told):
        yield status


def _interval(sentence: Sentence) -> dict[str, str]:
    """After how long it was so, in months."""
    for _, match in _patterns().find("after", sentence.flat.text):
        unit = match["unit"] if match["unit"].endswith("s") else f"{match['unit']}s"
        years = _quantities().years(match["number"], unit)
        if years is not None:
            return {"interval_months": printed(round(years * 12, 1))}
    return {}


def _cause(reading: Reading, sentence: Sentence, place: tuple[int, int]) -> str | None:
    """The condition that is named right after the death."""
    rule = rules("outcomes")["causes"]
    for mention in reading.of("Findings", "Differentials"):
        near = place[0] <= mention.start <= place[1] + rule["reach"]
        if mention.sentence == sentence.index and near and mention.concept not in rule["skip"]:
            return mention.concept
    return None
