"""Which tellings are compared at all: those that have something in common that few have.

A hundred thousand cases make five billion pairs. So each telling is put into blocks, by what it tells, and only
tellings of one block are compared. A block that holds too many says too little: it is parted by something more, and
what even then is too large is left. Sex, leukemia and age alone therefore bring two cases together among hundreds,
while among tens of thousands a place, a year, an author or a citation has to be added.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from kg.same_patient.frequencies import whole
from kg.same_patient.telling import Kinds, Telling

LARGEST = 64
"""Tellings that a block may hold: at most 2,016 pairs."""
ALL = 400
"""So many tellings are all compared with each other."""
_MANY_GROUPS = 3
"""A leukemia that may be in more groups than this is put into a block of its own, “any”."""

Key = tuple[object, ...]
Parts = tuple[str, ...]
"""Names of values by which a block is made, in `_Values`."""

CHAINS: tuple[tuple[Parts, ...], ...] = (
    ((),),
    (("sex", "group", "age"), ("sex", "group", "age", "place"), ("sex", "group", "age", "place", "year")),
    (("sex", "group", "age", "year"),),
    (("group", "site"), ("sex", "group", "site"), ("sex", "group", "site", "year"), ("group", "site", "age")),
    (("sex", "group", "birth"), ("sex", "group", "birth", "place")),
    (("author",), ("author", "group"), ("author", "group", "sex", "age")),
    (("paper",), ("paper", "sex"), ("paper", "sex", "age")),
    (("measured",),),
    (("date",), ("date", "group")),
)
"""Chains of ever smaller blocks. Only tellings of a block that is too large go on to the next."""


@dataclass(frozen=True)
class Blocks:
    """Blocks of tellings, by their places in the list; how many were too large and could not be parted further."""

    members: list[array[int]]
    of: list[array[int]]
    too_large: int

    def partners(self, place: int) -> set[int]:
        """All tellings that are in a block with one."""
        found = {other for block in self.of[place] for other in self.members[block]}
        found.discard(place)
        return found


def blocks_of(tellings: Sequence[Telling], kinds: Kinds, on_done: Callable[[int, int], None] | None = None) -> Blocks:
    """Put tellings into blocks; ``on_done`` hears of how many chains of how many are done."""
    citing = _citing(tellings)
    values = _Values(kinds, citing)
    members: list[array[int]] = []
    of = [array("I") for _ in tellings]
    too_large = 0
    for number, chain in enumerate(CHAINS):
        ahead: Sequence[int] = range(len(tellings))
        for parts in chain:
            found = _blocks(tellings, ahead, parts, values)
            left: set[int] = set()
            large = 0
            for block in found:
                if len(block) > (LARGEST if parts else ALL):
                    left.update(block)
                    large += 1
                    continue
                for place in block:
                    of[place].append(len(members))
                members.append(block)
            if not left:
                large = 0
                break
            ahead = sorted(left)
        # That not all are compared with all is no loss to tell of.
        too_large += large if chain[0] else 0
        if len(tellings) <= ALL:
            break  # all are
        if on_done is not None:
            on_done(number + 1, len(CHAINS))
    return Blocks(members, of, too_large)


def _blocks(tellings: Sequence[Telling], ahead: Sequence[int], parts: Parts, values: _Values) -> Iterator[array[int]]:
    """The blocks of two or more, of the tellings that lie ahead."""
    counts: Counter[int] = Counter()
    for place in ahead:
        counts.update(values.keys(tellings[place], parts))
    made: dict[int, array[int]] = {}
    for place in ahead:
        for key in values.keys(tellings[place], parts):
            if counts[key] > 1:
                made.setdefault(key, array("I")).append(place)
    counts.clear()
    yield from made.values()


class _Values:
    """What a telling can be put into blocks by. What it does not tell gives no value, and so no block."""

    def __init__(self, kinds: Kinds, citing: dict[int, frozenset[int]]) -> None:
        self._kinds, self._citing = kinds, citing
        self._of: dict[str, Callable[[Telling], Sequence[object]]] = {
            "sex": lambda t: [t.sex] if t.sex else [],
            "group": lambda t: sorted(t.groups) if 0 < len(t.groups) <= _MANY_GROUPS else ["any"],
            "age": _ages,
            "birth": lambda t: _near(t.year - whole(t.age.low), 2) if t.year and t.age else [],
            "year": lambda t: _near(t.year, 3) if t.year else [],
            "site": lambda t: sorted(t.sites),
            "place": self._places,
            "author": lambda t: sorted(t.authors),
            "paper": self._papers,
            "measured": lambda t: list(t.measured),
            "date": lambda t: [(kind, day[:7]) for kind, day in sorted(t.dates) if len(day) > 4],
        }

    def keys(self, telling: Telling, parts: Parts) -> set[int]:
        """The blocks of a telling, each as a number."""
        return {hash((parts, key)) for key in product(*(self._of[part](telling) for part in parts))}

    def _places(self, telling: Telling) -> Sequence[object]:
        """The parts of the body at whose level reviews count; else the sites."""
        return sorted(telling.site_closure & self._kinds.vocabulary.groups) or sorted(telling.sites)

    def _papers(self, telling: Telling) -> Sequence[object]:
        """The paper that tells it first hand, and pairs of papers of which one cites the other."""
        home = telling.home
        links = [(home, cited) for cited in telling.source.cites] if home == telling.source.paper else []
        links += [(citing, home) for citing in self._citing.get(home, ())]
        return [home, *sorted(links)]


def _ages(telling: Telling) -> Sequence[object]:
    """Every age told, and the year after it, so that ages a year apart have one in common."""
    years = {whole(span.low) for span in telling.ages} | {whole(span.high - 0.01) for span in telling.ages}
    return sorted(years | {year + 1 for year in years})


def _near(year: int, apart: int) -> list[int]:
    """Years in steps, such that two years up to ``apart`` from each other have one step in common.

    >>> set(_near(2019, 3)) & set(_near(2022, 3)) != set(), set(_near(2019, 3)) & set(_near(2027, 3))
    (True, set())
    """
    return [year // apart * apart, (year // apart + 1) * apart]


def _citing(tellings: Sequence[Telling]) -> dict[int, frozenset[int]]:
    """For each paper with a telling, the papers with tellings of their own that cite it."""
    homes = {telling.home for telling in tellings}
    found: dict[int, set[int]] = {}
    for telling in tellings:
        if telling.home == telling.source.paper:
            for cited in telling.source.cites & homes:
                found.setdefault(cited, set()).add(telling.home)
    return {paper: frozenset(by) for paper, by in found.items()}
