"""What a sentence lists of several patients in their order: “two boys and a girl, aged 4, 7 and 9 years”.

The patterns are data, in ``rules/demographics.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from kg.extract.patterns import Patterns
from kg.extract.quantities import Quantities
from kg.extract.reading import Reading

T = TypeVar("T")
Place = tuple[int, int]
_SEPARATOR = re.compile(r" ?, and | ?, | and ")


def listed_age(reading: Reading, patterns: Patterns, quantities: Quantities) -> tuple[Decimal, str, Place] | None:
    """The age that is the patient's in a list with one for each: in years, with its unit and place."""

    def ages(text: str) -> Iterator[tuple[list[tuple[Decimal, str]], Place]]:
        for _, match in patterns.find("listed_ages", text):
            unit = match["unit"] or "years"
            years = [quantities.years(one, unit) for one in _SEPARATOR.split(match["list"])]
            yield [(one, unit) for one in years if one is not None], match.span("list")

    found = _own(reading, ages)
    return None if found is None else (*found[0], found[1])


def listed_sex(reading: Reading, patterns: Patterns, quantities: Quantities) -> tuple[str, Place] | None:
    """The sex that is the patient's where the text counts its men and women."""

    def sexes(text: str) -> Iterator[tuple[list[str], Place]]:
        counted: list[str] = []
        spans: list[Place] = []
        for rule, match in sorted(patterns.find("listed_sexes", text), key=lambda one: one[1].start()):
            number = 1 if match["count"] in ("a", "an") else int(quantities.number(match["count"]) or 0)
            counted += [str(rule.says["value"])] * min(number, _MANY)
            spans.append(match.span())
        if counted:
            yield counted, (spans[0][0], spans[-1][1])

    return _own(reading, sexes)


_MANY = 10
"""More patients than so many are not told apart."""


def _own(
    reading: Reading, lists: Callable[[str], Iterator[tuple[Sequence[T], Place]]]
) -> tuple[T, tuple[int, int]] | None:
    """The patient's own value in the first list that has one for each patient of the document."""
    if reading.among < 2:
        return None
    for sentence in reading.sentences:
        for several, span in lists(sentence.flat.text):
            if len(several) == reading.among:
                return several[reading.number], sentence.flat.place(*span)
    return None
