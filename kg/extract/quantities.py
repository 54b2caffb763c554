"""Numbers and spans of time as papers print them: “6.5 years”, “two and a half years”, “fifty-seven months”.

The words for numbers and units are data, in ``rules/quantities.yaml``; `kg.extract.patterns` gives the plain spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


class Quantities:
    """Reads numbers and spans of time."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        """Take the rules of ``rules/quantities.yaml``: ``numbers``, ``units`` with their years."""
        self._numbers: dict[str, Decimal] = {str(word): Decimal(str(n)) for word, n in rules["numbers"].items()}
        self._ordinals: dict[str, int] = {str(word): int(n) for word, n in rules["ordinals"].items()}
        self._units: dict[str, tuple[str, Decimal]] = {}
        for name, unit in rules["units"].items():
            for form in unit["forms"]:
                self._units[str(form)] = name, Decimal(str(unit["each"])) / Decimal(str(unit["per"]))

    def number(self, text: str) -> Decimal | None:
        """A number in plain spelling; the middle of a range; ``None`` if it is none."""
        total = Decimal(0)
        seen = False
        parts = re.split(r" (?:- |to |or )", text.strip())
        if len(parts) == 2:
            low, high = self.number(parts[0]), self.number(parts[1])
            if low is None or high is None:
                return high
            # “3-1/2” is no range: the half goes with the whole.
            return low + high if high < 1 <= low else (low + high) / 2
        for word in text.replace(" / ", "/").replace("one half", "half").split():
            if word in ("and", "a", "an") and seen:
                continue
            if word in ("a", "an"):
                value = Decimal(1)
            elif re.fullmatch(r"\d+/\d+", word):
                value = _fraction(*word.split("/"))
            elif re.fullmatch(r"\d+(?:[.,]\d+)?", word):
                value = Decimal(word.replace(",", "."))
            elif word in self._numbers:
                value = self._numbers[word]
            else:
                return None
            total += value
            seen = True
        return total if seen else None

    def ordinal(self, word: str) -> int | None:
        """The number of “second”, “2nd” or “2”."""
        return self._ordinals.get(word)

    def unit(self, word: str) -> str | None:
        """The unit that a word names: years, months, weeks or days."""
        found = self._units.get(word)
        return found[0] if found else None

    def years(self, number: str, unit: str) -> Decimal | None:
        """A span of time in years, to two places."""
        value, found = self.number(number), self._units.get(unit)
        return None if value is None or found is None else (value * found[1]).quantize(Decimal("0.01")).normalize()


def _fraction(above: str, below: str) -> Decimal:
    """A fraction; “31/2” is three and a half that lost its space.

    >>> _fraction("1", "4"), _fraction("31", "2")
    (Decimal('0.25'), Decimal('3.5'))
    """
    if len(above) == 2 and above[1] == "1" and below == "2":
        return Decimal(above[0]) + Decimal("0.5")
    return Decimal(above) / Decimal(below) if int(below) else Decimal(0)


def printed(value: Decimal) -> str:
    """A number without exponent and without zeros at its end.

    >>> printed(Decimal("6.50")), printed(Decimal("40"))
    ('6.5', '40')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
