"""What the papers of two tellings say: one retold from the other, citations, common authors, years."""

from __future__ import annotations

from collections.abc import Iterator

from kg.same_patient.frequencies import Frequencies, agreeing, chance
from kg.same_patient.reason import Reason
from kg.same_patient.telling import Telling

CITED = chance(0.5, 1 / 64)
"""A second report of a patient cites the first about every second time; another on the same subject now and then.

The share of all papers that cite each other would be far too low: papers on rare cases of a kind look for each other.
"""
TOLD_APART = -6.0
"""A paper that retells the patients of another beside its own takes them for others."""
YEARS = ((0, 1, 0.45), (2, 3, 0.28), (4, 6, 0.15), (7, 10, 0.08), (11, 400, 0.04))
"""How far apart two first-hand reports of one patient come out: from, to, and how often."""


def compare_papers(a: Telling, b: Telling, others: Frequencies, *, years: bool) -> Iterator[Reason]:
    """Reasons that lie in the papers; ``years`` says whether the years of publication are to be weighed too."""
    if a.home == b.home:
        share, found, _ = others.share("home", a.home)
        note = f"of which {found:,} other cases are told"
        yield Reason("first told by the same paper", agreeing(share, 0.05), _told(a), _told(b), note)
        return
    if _retells(a, b) or _retells(b, a):
        yield Reason(
            "told apart by one of the papers", TOLD_APART, _told(a), _told(b), "it retells the other's patients"
        )
    elif _cites(a, b) or _cites(b, a):
        words = ("cites the other" if _cites(a, b) else "is cited", "cites the other" if _cites(b, a) else "is cited")
        yield Reason("citation", CITED, *words)
    yield from _authors(a, b, others)
    if years and a.year is not None and b.year is not None:
        yield _years(a.year, b.year, others)


def _told(telling: Telling) -> str:
    return "first hand" if telling.home == telling.source.paper else f"retold in {telling.source.record}"


def _first_hand(telling: Telling) -> bool:
    return telling.home == telling.source.paper


def _retells(a: Telling, b: Telling) -> bool:
    """Whether the paper of ``a``, which tells it first hand, retells patients of the paper of ``b`` as others."""
    return _first_hand(a) and b.home in a.source.retells


def _cites(a: Telling, b: Telling) -> bool:
    return _first_hand(a) and b.home in a.source.cites


def _authors(a: Telling, b: Telling, others: Frequencies) -> Iterator[Reason]:
    if not a.authors or not b.authors:
        return
    shared = sorted((others.share("author", one), one) for one in a.authors & b.authors)
    if not shared:
        yield Reason("authors", chance(0.6, 1.0), "none in common", "none in common")
        return
    weights = [agreeing(share, 0.6) for (share, _, _), _ in shared]
    weight = min(9.0, sum(one / 2**place for place, one in enumerate(weights)))
    names = ", ".join(name.title() for _, name in shared[:3])
    note = f"{len(shared)} in common; {shared[0][1].title()}: of {shared[0][0][1]:,} other cases"
    yield Reason("authors", weight, names, names, note)


def _years(one: int, other: int, others: Frequencies) -> Reason:
    apart = abs(one - other)
    least, most, often = next(band for band in YEARS if band[0] <= apart <= band[1])
    weight = chance(often, others.share_of_years(one, other, least, most))
    return Reason("year of the papers", max(-4.0, min(4.0, weight)), str(one), str(other), f"{apart} apart")
