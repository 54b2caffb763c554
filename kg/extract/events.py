"""When what happened: events of the course with their dates, in the order of telling (``rules/events.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kg.extract.patterns import Patterns
from kg.extract.quantities import Quantities, printed
from kg.extract.reader import rules
from kg.extract.reading import Found, Reading
from kg.extract.sentences import Sentence

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_AGED = re.compile(r"\bage\b|\baged\b|\bof age\b|\b(?:he|she) was\b|\bold\b")
_NEAR = 90


@cache
def _patterns() -> Patterns:
    return Patterns(rules("events"))


def events(reading: Reading) -> Iterator[Found]:
    """The first telling of each event, and each telling with another date."""
    seen: set[tuple[str, str]] = set()
    order = 0
    for sentence in reading.sentences:
        text = sentence.flat.text
        dates = _dates(sentence) if _YEAR.search(text) else []
        ages = _ages(sentence) if _AGED.search(text) else []
        told = sorted(
            ((match.start(), match.end(), rule, match[0]) for rule, match in _patterns().find("events", text)),
            key=lambda one: one[:2],
        )
        last: dict[str, int] = {}
        for start, end, rule, printed_words in told:
            event = str(rule.says["event"])
            if start < last.get(event, 0):
                continue  # the same words, by another pattern
            last[event] = end
            words = printed_words if "each" in rule.says else ""
            near = [(abs(place - start), date) for place, date in dates if abs(place - start) <= _NEAR]
            date = min(near)[1] if near and "undated" not in rule.says else ""
            # An age is said of what stands before it: “was diagnosed with leukemia at the age of 5”.
            aged = [age for place, age in ages if -20 <= place - end <= _NEAR and event == "LeukemiaDiagnosis"]
            when = date or (aged[0] if aged else "") or words
            if (event, when) in seen or (not when and any(event == one for one, _ in seen)):
                continue
            seen |= {(event, when), (event, words)}
            order += 1
            detail = {"order": str(order)} | ({"date": date} if date else {}) | ({"age": aged[0]} if aged else {})
            yield Found("event", event, *sentence.flat.place(start, end), confidence=0.7, detail=detail)


def _ages(sentence: Sentence) -> list[tuple[int, str]]:
    """The ages at which something happened, in years, with their places in the plain text."""
    found = []
    for rule, match in _patterns().find("ages", sentence.flat.text):
        years = _quantities().years(match["age"], str(rule.says["unit"]))
        if years is not None:
            found.append((match.start(), printed(years)))
    return sorted(found)


@cache
def _quantities() -> Quantities:
    return Quantities(rules("quantities"))


def _dates(sentence: Sentence) -> list[tuple[int, str]]:
    """The dates in a sentence with their places in the plain text, as precise as printed."""
    months: dict[str, str] = rules("events")["months"]
    found: list[tuple[int, str]] = []
    for _, match in _patterns().find("dates", sentence.flat.text):
        groups = match.groupdict()
        if groups.get("year_alone"):
            if not any(abs(place - match.start()) < 20 for place, _ in found):
                found.append((match.start(), str(groups["year_alone"])))
            continue
        date = f"{groups['year']}-{months[str(groups['month'])[:3]]}"
        day = groups.get("day") or groups.get("day_after")
        if day and 1 <= int(day) <= 31:
            date += f"-{int(day):02d}"
        found.append((match.start(), date))
    return found
