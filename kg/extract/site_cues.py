"""What the words around the name of a site say of leukemia in it, from ``rules/sites.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, Cues, between, inside
from kg.extract.reader import rules
from kg.extract.reading import Mention
from kg.extract.sentences import Sentence

STRONG, FAIR = 3, 2
"""How much speaks for a site: words that say leukemia, or a lesion that the report takes for it."""

LEUKEMIC = ("leukemic", "cells")
"""Groups of cues that say leukemia."""


@dataclass(frozen=True)
class SiteRules:
    """The rules of the file, and parts of them as sets."""

    cues: Cues
    ties: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    never: frozenset[str]
    all: Mapping[str, Any]


@cache
def site_rules() -> SiteRules:
    """The rules, read once."""
    file = rules("sites")
    parts = file["parts"]
    return SiteRules(
        Cues(file["cues"]),
        frozenset(file["ties"]),
        frozenset(parts["before"]),
        frozenset(parts["after"]),
        frozenset(file["never"]),
        file,
    )


def weight_of(
    sentence: Sentence, place: Mention, cues: Sequence[Name], others: Sequence[Mention], *, examined: bool
) -> int:
    """How much the cues say of a site: ``STRONG``, ``FAIR`` or nothing.

    Args:
        sentence: the sentence of all of them.
        place: the name of the site.
        cues: the words that speak of leukemia, of a lesion, or of nothing wrong.
        others: the other sites of the sentence; a cue beyond one of them speaks of that one.
        examined: whether the site is what an investigation looked at, so that the result follows.
    """
    rule = site_rules()
    best = 0
    for cue in cues:
        if cue.concept in ("past", "ignored"):
            continue
        if cue.first <= place.last and place.first <= cue.last:
            # The name itself says it: “leukemia cutis”, “hypopyon”.
            if cue.concept != "clear":
                best = max(best, STRONG if cue.concept in LEUKEMIC else FAIR)
            continue
        weight = STRONG if cue.concept in LEUKEMIC else FAIR
        if cue.first > place.last:
            gap = between(sentence, place, cue)
            if cue.concept == "clear":
                if len(gap) <= 3 and not rule.after.difference({"normal", "remission", "not", "no"}).intersection(gap):
                    return 0
                continue
            if rule.after.intersection(gap) - ({"for"} if "positive" in gap else set()):
                continue
            crossed = sum(1 for other in others if place.last < other.first < cue.first)
            near = 8 if gap and gap[0] in rule.all["holds"] else 3
            reach = 14 if examined else (near if weight == FAIR else 9)
            if examined and weight == FAIR and others:
                continue
            if len(gap) <= reach and crossed <= (1 if len(gap) <= 3 else 0):
                best = max(best, weight)
        elif not examined:
            gap = between(sentence, cue, place)
            if cue.concept == "clear":
                if len(gap) == 0 and sentence.words[cue.first].plain != "remission":
                    return 0
                continue
            if rule.before.intersection(gap):
                continue
            if len(gap) <= (12 if weight == STRONG else 6) and (len(gap) <= 1 or rule.ties.intersection(gap)):
                best = max(best, weight)
    return best


def is_labelled(sentence: Sentence, place: Mention) -> bool:
    """Whether a label says that this is the site: “site: mediastinum”."""
    words = sentence.words
    if place.first < 2 or words[place.first - 1].text not in (":", ","):
        return False
    return words[place.first - 2].plain in site_rules().all["labels"]


def is_past(sentence: Sentence, place: Mention, cues: Sequence[Name]) -> bool:
    """Whether a word right before the site or its cue says that it belongs to an earlier episode."""
    before = {word.plain for word in sentence.words[max(0, place.first - 2) : place.first]}
    if before.intersection(site_rules().all["afterwards"]) and any(
        cue.concept in LEUKEMIC and 0 < cue.first - place.last <= 2 for cue in cues
    ):
        return True
    for cue in cues:
        if cue.concept == "past" and 0 < place.first - cue.last <= 6:
            return "developed" not in between(sentence, cue, place)
    return False


def proven(sentence: Sentence, kinds: Sequence[Mention]) -> Iterator[Name]:
    """Leukemias that an examination proved: “histology revealed AML”, “was positive for leukemia”."""
    for kind in kinds:
        before = {word.plain for word in sentence.words[max(0, kind.first - 4) : kind.first]}
        if before.intersection(site_rules().all["proves"]) and not kind.said & (NOT_THIS_PATIENT | {"absent"}):
            yield Name("leukemic", "cues", kind.first, kind.last, kind.start, kind.end)


def look_at(sentence: Sentence, place: Mention, looks: Sequence[Mention]) -> Mention | None:
    """The investigation that looked at a place: “renal biopsy”, “MRI of the cervical and lumbar spine”."""
    near = set(site_rules().all["looked_at"])
    for look in looks:
        if look.first <= place.first and place.last <= look.last and look.last - look.first > place.last - place.first:
            return look
        if place.last == look.first - 1:
            return look
        gap = between(sentence, look, place)
        if place.first > look.last and len(gap) <= 12 and "of" in gap and not set(gap) - near:
            return look
    return None


def says_leukemia(finding: Mention, cues: Sequence[Name]) -> bool:
    """Whether a finding is leukemia by its own words: “leukemic infiltrate”, but not “pulmonary infiltrate”."""
    return finding.concept not in site_rules().all["not_findings"] and any(inside(cue, [finding]) for cue in cues)
