"""Sites of leukemic involvement: the places whose facts (`kg.extract.site_facts`) weigh more for it than against it.

Whether the marrow and the cerebrospinal fluid were involved is decided in `kg.extract.compartments`.
"""

from __future__ import annotations

import math
import re
from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from kg.extract.compartments import INVOLVED, statuses
from kg.extract.nearby import above, of_leukemia
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.site_facts import Place, is_relapse, places_of

FLUIDS = (("marrow", "BoneMarrow"), ("csf", "CerebrospinalFluid"))
"""The compartments, and the sites that they are."""

_HEARD = 5
"""So many mentions of a site tell its side, extent and level."""
_LEVEL = re.compile(r"\b(?:(?:[CTDLS]|Th)\d{1,2}(?:\s*[-–/]\s*(?:[CTDLS]|Th)?\d{1,2})?)\b")
_LEVELED = frozenset(("VertebralColumn", "SpinalCord", "SpinalNerveRoot", "EpiduralSpace"))


def sites(reading: Reading) -> Iterator[Found]:
    """The sites that were involved at the episode told."""
    if not of_leukemia(reading):
        return
    compartments = statuses(reading, is_relapse(reading))
    for name, concept in FLUIDS:
        status = compartments.get(name)
        if status and status.value == INVOLVED:
            yield Found("site", concept, *status.place, confidence=0.85)
    weighed = {concept: probability(place.facts) for concept, place in places_of(reading).items() if place.spoken}
    chosen = {concept for concept, probable in weighed.items() if probable > rules("weights-sites")["least"]}
    wider = {kind for concept in chosen for kind in above(reading.vocabulary, concept) if kind != concept}
    told = {concept: by_weight(places_of(reading)[concept]) for concept in chosen - wider}
    for concept, mentions in sorted(told.items(), key=lambda one: (one[1][0].start, one[0])):
        details = [detail(reading, mention) for mention in mentions[:_HEARD]]
        place = (mentions[0].start, mentions[0].end)
        yield Found("site", concept, *place, round(weighed[concept], 2), dict(ChainMap(*details)))


@cache
def _weights() -> Mapping[str, float]:
    return {fact: float(weight) for fact, weight in rules("weights-sites")["facts"].items()}


def probability(facts: Collection[str]) -> float:
    """How probable it is that a place with these facts was involved."""
    return 1 / (1 + math.exp(-(float(rules("weights-sites")["start"]) + _sum(facts))))


def by_weight(place: Place) -> list[Mention]:
    """The mentions of a place, first that of which the facts near it say most."""
    ordered = sorted(place.mentions, key=lambda one: (-_sum(one[1]), one[0].start))
    return [mention for mention, _ in ordered]


def _sum(facts: Collection[str]) -> float:
    return math.fsum(_weights()[fact] for fact in facts if fact in _weights())


def detail(reading: Reading, place: Mention) -> dict[str, str]:
    """The side, the extent and the level of the spine that the words beside a place give."""
    rule, sentence = rules("sites"), reading.sentence(place)
    words = [word.plain for word in sentence.words]
    # “The right tibia and multiple vertebral bodies”: a side before another place is that one's.
    named = [one for one in (*reading.mentions, *reading.at_large) if one.sentence == place.sentence]
    taken = [one.last + 1 for one in named if one.scheme == "AnatomicalSites" and one.last < place.first]
    near = words[max(0, place.first - 4, *taken) : place.last + 2]
    told: dict[str, str] = {}
    for name, table in (("laterality", rule["sides"]), ("extent", rule["extents"])):
        if value := next((table[word] for word in reversed(near) if word in table), None):
            told[name] = value
    if _LEVELED & above(reading.vocabulary, place.concept):
        stretch = reading.stretch(max(sentence.start, place.start - 30), min(sentence.end, place.end + 40))
        if level := _LEVEL.search(stretch):
            told["level"] = level[0]
    return told
