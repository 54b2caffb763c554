"""How often each trait is told of the cases at hand, and what agreeing or differing in it then weighs, in bits."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable

from kg.same_patient.telling import Telling

WIDTHS = {
    "sex": 2, "age": 80, "birth": 80, "leukemia": 10, "site": 20, "finding": 30, "agent": 20, "remission": 10,
    "cause": 10, "author": 200, "home": 200, "measurement": 20, "year": 10,
}  # fmt: skip
"""Among how many equally common values a trait is thought to spread before any case is counted.

With few cases at hand their own frequencies say little; the guess counts as much as this many cases.
"""


class Frequencies:
    """Counts of what is told, over all tellings."""

    def __init__(self, tellings: Iterable[Telling]) -> None:
        self._counts: dict[str, Counter[object]] = {trait: Counter() for trait in WIDTHS}
        self._totals: Counter[str] = Counter()
        self._shares: dict[tuple[str, tuple[object, ...]], tuple[float, int, int]] = {}
        years: list[int] = []
        for telling in tellings:
            for trait, values in _told(telling):
                if values:
                    self._totals[trait] += 1
                    self._counts[trait].update(values)
            if telling.year is not None:
                years.append(telling.year)
        self._years = sorted(years)

    def share(self, trait: str, *values: object) -> tuple[float, int, int]:
        """The share of the other cases in which a trait has one of these values, found in how many of how many.

        The two cases that are being compared are left out: they must not make their own coincidence look common.
        """
        known = self._shares.get((trait, values))
        if known is None:
            counts = self._counts[trait]
            found = max(0, sum(counts[value] for value in values) - 2)
            told = max(0, self._totals[trait] - 2)
            known = min(1.0, (found + len(values)) / (told + WIDTHS[trait])), found, told
            self._shares[trait, values] = known
        return known

    def share_near(self, trait: str, low: int, high: int) -> tuple[float, int, int]:
        """The share of the other cases with a number from ``low`` to ``high``, smoothed over two more on both sides.

        That nobody else is 35 while some are 34 and 36 is chance and says nothing. Found and told are those of the
        wider stretch.
        """
        share, found, told = self.share(trait, *range(low - 2, high + 3))
        return share * (high - low + 1) / (high - low + 5), found, told

    def share_of_years(self, one: int, other: int, least: int, most: int) -> float:
        """The share of other cases whose paper is at least and at most so many years from one of two years."""
        near = sum(self._within(year, most) - self._within(year, least - 1) for year in (one, other)) / 2
        told = max(0, len(self._years) - 2)
        return min(1.0, (max(0.0, near - 1) + (most - least + 1) / 5) / (told + WIDTHS["year"]))

    def _within(self, year: int, most: int) -> int:
        if most < 0:
            return 0
        return bisect_right(self._years, year + most) - bisect_left(self._years, year - most)


def _told(telling: Telling) -> Iterable[tuple[str, Iterable[object]]]:
    yield "sex", [telling.sex] if telling.sex else []
    yield "age", [whole(telling.age.low)] if telling.age else []
    yield "birth", [telling.year - whole(telling.age.low)] if telling.age and telling.year else []
    yield "leukemia", telling.leukemia_closure
    yield "site", telling.site_closure
    yield "finding", telling.findings
    yield "agent", telling.agents
    yield "remission", telling.remissions
    yield "cause", telling.causes
    yield "author", telling.authors
    yield "home", [telling.home]
    yield "measurement", telling.measured


def whole(years: float) -> int:
    """Completed years."""
    return math.floor(years)


def agreeing(share: float, slip: float) -> float:
    """What it weighs, in bits, that two tellings agree in a value which this share of the others has.

    This is the hit-miss model of Copas and Hilton: of one patient the two differ only where one of them slips, and a
    slip falls on a value as often as others have it. Agreeing is never a reason against.

    >>> round(agreeing(1 / 1000, 0.1), 1), round(agreeing(0.5, 0.1), 1), agreeing(1, 0.1)
    (9.8, 0.9, 0.0)
    """
    return max(0.0, math.log2((1 - slip * (1 - share)) / share))


def chance(of_one_patient: float, of_others: float) -> float:
    """The weight, in bits, of what is so often true of two tellings of one patient and so often of two patients.

    >>> chance(0.5, 0.125), chance(0.05, 0.5) < 0
    (2.0, True)
    """
    return math.log2(of_one_patient / of_others)
