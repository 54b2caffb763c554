"""Diagnoses weighed for this patient and what became of the thought, from ``rules/outcomes.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kg.extract.nearby import NOT_THIS_PATIENT, of_leukemia
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import Sentence


@cache
def _patterns() -> Patterns:
    return Patterns(rules("outcomes"))


def differentials(reading: Reading) -> Iterator[Found]:
    """The diagnoses that were thought of."""
    if not of_leukemia(reading):
        return
    rule = rules("outcomes")["differentials"]
    seen: set[str] = set()
    for mention in reading.of("Differentials"):
        if mention.concept in rule["never"] or mention.concept in seen or mention.said & NOT_THIS_PATIENT:
            continue
        sentence = reading.sentence(mention)
        before = _before(sentence, mention, int(rule["reach"]))
        if not _patterns().fits("weighed", before) or _is_else(sentence, mention, rule["unless"]):
            continue
        seen.add(mention.concept)
        yield Found("differential", mention.concept, mention.start, mention.end, 0.75, {"status": _status(before)})


def _before(sentence: Sentence, mention: Mention, reach: int) -> str:
    """The words before a name and a few after it."""
    flat = sentence.flat
    start, end = flat.at(mention.start), flat.at(mention.end)
    told = flat.text.find("differential diagnos", 0, start)
    reach = max(reach, start - told) if told >= 0 else reach  # the list of them may be long
    return f"{flat.text[max(0, start - reach) : start]} ; {flat.text[end : end + 45]}"


def _is_else(sentence: Sentence, mention: Mention, unless: dict[str, list[str]]) -> bool:
    after = sentence.words[mention.last + 1].plain if mention.last + 1 < len(sentence.words) else ""
    return after in unless.get(mention.concept, ())


def _status(before: str) -> str:
    if _patterns().fits("ruled_out", before):
        return "RuledOut"
    return "SuspectedFirst" if _patterns().fits("first", before) else "Considered"
