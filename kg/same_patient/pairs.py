"""Candidates: pairs of tellings in different papers that may be of one patient, the likeliest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kg.same_patient.blocks import blocks_of
from kg.same_patient.compare import compare, possible
from kg.same_patient.frequencies import Frequencies
from kg.same_patient.reason import Contradiction, Reason
from kg.same_patient.telling import Kinds, Telling
from kg.same_patient.word import Word, Words


@dataclass(frozen=True)
class Pair:
    """Two tellings, the reasons, and what a curator has said; ``score`` is the sum of the reasons' weights in bits."""

    one: Telling
    other: Telling
    reasons: tuple[Reason, ...]
    word: Word

    @property
    def score(self) -> float:
        """Each bit doubles the odds that the two are of one patient."""
        return sum(reason.weight for reason in self.reasons)


@dataclass(frozen=True)
class Found:
    """The pairs, and what was done to find them: how many compared, of how many tellings, and left unlooked at."""

    pairs: tuple[Pair, ...]
    tellings: int
    compared: int
    above: int
    decided: int
    too_large: int


Progress = Callable[[int, int], None]
"""Told how many tellings of how many are done."""


def find_pairs(
    tellings: Sequence[Telling],
    words: Words,
    kinds: Kinds,
    *,
    case: str | None = None,
    min_score: float = 0.0,
    limit: int | None = None,
    decided: bool = False,
    progress: Progress | None = None,
) -> Found:
    """Find the pairs that may be of one patient.

    Args:
        tellings: the cases, as each paper tells them; their order has no say.
        words: what curators have said.
        kinds: the vocabulary.
        case: only pairs with a case of this slug.
        min_score: what the reasons must weigh together, in bits.
        limit: at most so many pairs, the best.
        decided: also pairs on which a curator has said yes or no.
        progress: told how far it is.

    Returns:
        The pairs by score, then by name: the same for the same tellings, whatever their order.
    """
    ordered = sorted(tellings, key=lambda one: one.key)
    others = Frequencies(ordered)
    blocks = blocks_of(ordered, kinds)
    best: list[tuple[float, int, int]] = []
    counts = {"compared": 0, "above": 0, "decided": 0}
    asked = [place for place, one in enumerate(ordered) if case is None or one.case == case]
    among = set(asked) if case is not None else None
    for done, place in enumerate(asked):
        for other in _to_compare(place, blocks.partners(place), ordered, among):
            low, high = sorted((place, other))
            counts["compared"] += 1
            reasons = compare(ordered[low], ordered[high], others, kinds)
            if isinstance(reasons, Contradiction):
                continue
            score = sum(reason.weight for reason in reasons)
            if score < min_score:
                continue
            if words.on(ordered[low], ordered[high]).decided:
                counts["decided"] += 1
                if not decided:
                    continue
            counts["above"] += 1
            # Rounded, so that the order in which a sum is made cannot decide between two pairs.
            entry = (round(score, 6), -low, -high)
            if limit is None or len(best) < limit:
                heapq.heappush(best, entry)
            elif limit:
                heapq.heappushpop(best, entry)
        if progress is not None:
            progress(done + 1, len(asked))
    best.sort(reverse=True)
    pairs = [_pair(ordered[-low], ordered[-high], others, kinds, words) for _, low, high in best]
    return Found(tuple(pairs), len(ordered), too_large=blocks.too_large, **counts)


def _to_compare(place: int, partners: set[int], tellings: Sequence[Telling], among: set[int] | None) -> Iterator[int]:
    """Partners of a telling with which it has not been compared yet, of other papers, of whom it may be the patient."""
    one = tellings[place]
    for other in partners:
        if other < place and (among is None or other in among):
            continue
        if one.source.paper != tellings[other].source.paper and possible(one, tellings[other]):
            yield other


def _pair(one: Telling, other: Telling, others: Frequencies, kinds: Kinds, words: Words) -> Pair:
    reasons = compare(one, other, others, kinds)
    assert not isinstance(reasons, Contradiction)
    return Pair(one, other, tuple(reasons), words.on(one, other))
