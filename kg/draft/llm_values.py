"""What of a model's answer is accepted: a value that a field allows, with words that are really in the text.

A text may try to instruct the model. Whatever comes of it, only values pass that a field allows, each at words of the
patient's own sentences, and none that the words around deny or say of somebody else. So the worst that a text can do is
a wrong value beside real words, which the curator is shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from kg.draft.llm_schema import NO_DETAIL, Field
from kg.extract.lexicon import Name
from kg.extract.nearby import context
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence
from kg.ingest.document import fold, folded_pattern

UNFIT = "not of the form asked for"
UNKNOWN = "a name or number that the field does not allow"
LONG = "a mention that is too long or too short"
NOT_THERE = "words that the text does not have"
DENIED = "words that the text denies or says of another"
NOT_SAID = "a number that the words do not have"

_YOUNG = re.compile(r"month|week|day|newborn|neonate|hour", re.IGNORECASE)
_LONGEST_BEFORE = 400


@dataclass
class Accepted:
    """The values that were accepted, and how many were not for which reason."""

    found: list[Found] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def accepted(answer: Mapping[str, Any], reading: Reading, fields: Mapping[str, Field], by: str) -> Accepted:
    """What of an answer is accepted for the patient of a reading; ``by`` is the model's name, kept with each value."""
    result = Accepted()
    values = answer.get("values")
    if not isinstance(values, list):
        result.dropped[UNFIT] += 1
        return result
    most = rules("llm")["most_values"]
    result.dropped[UNFIT] += max(0, len(values) - most)
    places = _Places(reading)
    for value in values[:most]:
        one = _value(value, fields, places)
        if isinstance(one, str):
            result.dropped[one] += 1
        else:
            result.found.append(Found(*one[:4], float(rules("llm")["confidence"]), {**one[4], "by": by}))
    result.dropped += Counter()  # without what was dropped no times
    return result


def _value(value: Any, fields: Mapping[str, Field], places: _Places) -> tuple[str, str, int, int, dict[str, str]] | str:
    """Field, value, place and details of one value of an answer; or why it is dropped."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        return UNFIT
    name, said, mention = (value.get(key, "") for key in ("field", "value", "mention"))
    rule, detail = fields.get(name), value.get("detail", NO_DETAIL)
    if rule is None or (detail != NO_DETAIL and detail not in rule.choices):
        return UNFIT if rule is None else UNKNOWN
    if rule.detail == "status" and detail == NO_DETAIL:
        return UNFIT
    number = None if rule.values else _number(said, rule)
    if (said not in rule.values) if rule.values else (number is None):
        return UNKNOWN
    if not _is_mention(mention):
        return LONG
    place = places.of(mention, value.get("before", ""))
    if place is None:
        return NOT_THERE
    if number is not None and not _has(mention, number):
        return NOT_SAID
    if places.is_denied(place, name, detail):
        return DENIED
    details = {rule.detail: detail} if rule.detail and detail != NO_DETAIL else {}
    return name, said if number is None else f"{number.normalize():f}", *place, details


def _number(text: str, rule: Field) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return round(number, 2) if number.is_finite() and rule.least <= number <= rule.most else None


def _has(mention: str, number: Decimal) -> bool:
    """Whether words have a number, or an age below three years in smaller units."""
    printed = (Decimal(one) for one in re.findall(r"\d+(?:\.\d+)?", mention))
    return number in printed or (number < 3 and _YOUNG.search(mention) is not None)


def _is_mention(text: str) -> bool:
    rule = rules("llm")["mention"]
    short = sum(character.isalnum() for character in text) < rule["characters"]
    return not short and len(text) <= _LONGEST_BEFORE and len(text.split()) <= rule["words"]


class _Places:
    """Finds words in the sentences of one patient."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sentences = sorted(reading.sentences, key=lambda one: one.start)

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self._sentences]

    def of(self, mention: str, before: str) -> tuple[int, int] | None:
        """The place of a mention inside one sentence; of several the one nearest behind the words ``before`` it."""
        found = list(self._all(mention))
        if not found:
            return None
        behind = [end for _, end in self._all(before)] if 0 < len(before) <= _LONGEST_BEFORE else []
        return min(found, key=lambda place: (min((abs(place[0] - end) for end in behind), default=0), place))

    def _all(self, phrase: str) -> Iterator[tuple[int, int]]:
        """All places of a phrase, as printed but for white space and cut words."""
        folded = fold(phrase)
        if not folded:
            return
        pattern = folded_pattern(folded)
        text = self._reading.document.text
        for sentence in self._sentences:
            yield from (match.span() for match in pattern.finditer(text, sentence.start, sentence.end))

    def is_denied(self, place: tuple[int, int], name: str, detail: str) -> bool:
        """Whether the words around a mention say otherwise than its value, or say it of another; none may be absent
        that they do not deny."""
        file = rules("llm")
        sentence = self._sentence(place[0])
        at = [i for i, word in enumerate(sentence.words) if word.start < place[1] and place[0] < word.end]
        # Word by word, as the word that denies may be part of the mention: “no fever”.
        each = [Name("", "", i, i, sentence.words[i].start, sentence.words[i].end) for i in at]
        said = frozenset[str]().union(*context().said(sentence.words, each))
        if detail == "Absent" or (name in file["denied"] and detail != "RuledOut"):
            denied = ("absent" in said) != (detail == "Absent")
        else:
            denied = False
        planned = "planned" in said and name in file["not_planned"]
        return denied or planned or not said.isdisjoint(file["never_said"])

    def _sentence(self, position: int) -> Sentence:
        return self._sentences[bisect_right(self._starts, position) - 1]


def told_apart(
    added: Iterable[Found], known: Iterable[Found], single: Iterable[str], above: Mapping[str, frozenset[str]]
) -> tuple[list[Found], list[tuple[Found, Found]]]:
    """What of the model's values is new, and what contests a value that the rules found, with that value.

    A value that is there already, or of which something more special is, is neither. ``above`` gives for a concept all
    that it is.
    """
    rest, one_only = list(known), frozenset(single)
    new: list[Found] = []
    contested: list[tuple[Found, Found]] = []
    for one in added:
        there = [other for other in (*rest, *new) if other.field == one.field]
        if one.field in one_only:
            opposed = [other for other in there if other.value != one.value]
            agreeing = len(opposed) < len(there)
        else:
            opposed = [other for other in there if _contradicts(one, other, above)]
            agreeing = any(one.value in above[other.value] for other in there if other not in opposed)
        if agreeing:
            continue
        if not opposed:
            new.append(one)
        elif opposed[0] in rest:
            contested.append((one, opposed[0]))
    return new, contested


def _contradicts(one: Found, other: Found, above: Mapping[str, frozenset[str]]) -> bool:
    """Whether two values cannot both be: another result of the same thing, or a kind of something that is absent."""
    if one.value == other.value:
        keys = [key for key in ("status", "result", "expression") if key in one.detail and key in other.detail]
        return any(one.detail[key] != other.detail[key] for key in keys)
    told = {each.detail.get("status"): each.value for each in (one, other)}
    return "Present" in told and "Absent" in told and told["Absent"] in above[told["Present"]]
