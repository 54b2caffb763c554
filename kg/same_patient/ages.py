"""Whether the ages that two papers tell can be those of one patient."""

from __future__ import annotations

from kg.same_patient.frequencies import Frequencies, agreeing, chance, whole
from kg.same_patient.reason import Contradiction, Reason
from kg.same_patient.telling import Span, Telling

LAG = 5
"""Years by which one paper may come out later after what it tells than another."""
LONGEST_COURSE = 20
"""Years between what two papers tell of one patient that are not believed without years of publication."""
DIAGNOSED_APART = 2
"""Years by which ages at diagnosis may differ: one is counted at the first sign, one at the proof."""


def compare_ages(a: Telling, b: Telling, others: Frequencies) -> Reason | Contradiction | None:
    """What the ages say: equal, a year apart, told at different episodes, or too far apart to be sure.

    Returns:
        A contradiction if one patient cannot have had both; ``None`` if an age is missing, or if the years do not let
        one say.
    """
    if a.diagnosed and b.diagnosed and a.diagnosed.gap(b.diagnosed) > DIAGNOSED_APART:
        return Contradiction("age at diagnosis", _years(a.diagnosed), _years(b.diagnosed))
    if a.age is None or b.age is None:
        return None
    here, there = _years(a.age), _years(b.age)
    if a.age.overlaps(b.age):
        low, high = whole(max(a.age.low, b.age.low)), whole(min(a.age.high, b.age.high) - 0.01)
        share, found, told = others.share_near("age", low, max(low, high))
        return Reason("age", agreeing(share, 0.4), here, there, _near(found, told))
    nearest = min(one.gap(other) for one in a.ages for other in b.ages)
    if a.age.gap(b.age) < 1:
        low, high = sorted((whole(a.age.low), whole(b.age.low)))
        share, found, told = others.share_near("age", low, high)
        return Reason("age within a year", max(0.0, chance(0.25, share)), here, there, _near(found, told))
    if nearest == 0:
        return Reason("ages at other episodes", 1.0, _all(a.ages), _all(b.ages), "they meet at one age")
    return _apart(a, b, others, nearest)


def _apart(a: Telling, b: Telling, others: Frequencies, gap: float) -> Reason | Contradiction | None:
    """Ages more than a year apart: possible if the paper that tells the older one came out so much later."""
    assert a.age is not None
    assert b.age is not None
    here, there = _years(a.age), _years(b.age)
    if a.year is None or b.year is None:
        if gap > LONGEST_COURSE:
            return Contradiction("age", here, there)
        return None
    later = a.year - b.year if a.age.low > b.age.low else b.year - a.year
    if gap > later + LAG:
        return Contradiction("age", f"{here}, told in {a.year}", f"{there}, told in {b.year}")
    born = a.year - whole(a.age.low), b.year - whole(b.age.low)
    if later > 0 and abs(born[0] - born[1]) <= 2:
        share, _, _ = others.share_near("birth", min(born), max(born))
        weight = max(0.0, chance(0.15, share))
        return Reason("ages at other times", weight, f"{here} in {a.year}", f"{there} in {b.year}", "years apart alike")
    return Reason("age", -2.0, f"{here}, told in {a.year}", f"{there}, told in {b.year}", "years apart unlike")


def _years(span: Span) -> str:
    """An age as people write it.

    >>> _years(Span(70, 71)), _years(Span(60, 70)), _years(Span(0.5, 0.58))
    ('70', '60 to under 70', '0.5')
    """
    short = span.high - span.low <= 1
    return f"{span.low:g}" if short else f"{span.low:g} to under {span.high:g}"


def _all(spans: tuple[Span, ...]) -> str:
    return ", ".join(_years(span) for span in sorted(spans, key=lambda s: (s.low, s.high)))


def _near(found: int, told: int) -> str:
    return f"{found:,} of {told:,} others are within two years of it"
