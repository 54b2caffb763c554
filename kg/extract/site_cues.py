"""What the words around the name of a site say of leukemia in it, from ``rules/sites.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, Cues, Placed, between, inside, without_abbreviation
from kg.extract.reader import rules
from kg.extract.reading import Mention
from kg.extract.sentences import Sentence

OWN, STRONG, FAIR = 4, 3, 2
"""How much speaks for a site: words that say leukemia, that it was involved, or a lesion taken for leukemia."""

LEUKEMIC = ("leukemic", "cells", "infiltration")
"""Groups of cues that say leukemia."""


_STRENGTH = {"leukemic": OWN, "cells": OWN, "infiltration": STRONG, "involved": STRONG}


def strength_of(cue: Name) -> int:
    """How much a cue says of a site that it speaks of."""
    return _STRENGTH.get(cue.concept, FAIR)


@dataclass(frozen=True)
class SiteRules:
    """The rules of the file, and parts of them as sets."""

    cues: Cues
    ties: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    never: frozenset[str]
    proofs: frozenset[str]
    all: Mapping[str, Any]


@dataclass
class Site:
    """A site with the best reason to count it."""

    mention: Mention
    concept: str
    score: int
    detail: dict[str, str] = field(default_factory=dict)


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
        frozenset(file["proves"]),
        file,
    )


def gap_of(sentence: Sentence, left: Placed, right: Placed) -> list[str]:
    """The plain words between two names, without brackets and without words of side and level."""
    idle, depth, gap = site_rules().all["idle"], 0, []
    for word in between(sentence, left, right):
        depth += (word == "(") - (word == ")")
        if depth <= 0 and word not in idle and word != ")":
            gap.append(word)
    return gap


def weight_of(
    sentence: Sentence, place: Mention, cues: Sequence[Name], others: Sequence[Mention], *, examined: bool
) -> int:
    """How much the cues say of a site: ``OWN``, ``STRONG``, ``FAIR`` or nothing.

    Args:
        sentence: the sentence of all of them.
        place: the name of the site.
        cues: the words that speak of leukemia, of a lesion, or of nothing wrong.
        others: the other sites of the sentence; a cue beyond one of them speaks of that one.
        examined: whether the site is what an investigation looked at, so that the result follows.
    """
    best = 0
    for cue in cues:
        if cue.concept in ("past", "ignored", "change"):
            continue
        if cue.first <= place.last and place.first <= cue.last:
            # The name itself says it: “leukemia cutis”, “hypopyon”.
            best = max(best, 0 if cue.concept == "clear" else strength_of(cue))
        elif cue.concept == "clear":
            if _clears(sentence, place, cue, others, examined=examined):
                return 0
        elif cue.first > place.last:
            if _says_behind(sentence, place, cue, others, examined=examined):
                best = max(best, strength_of(cue))
        elif _says_before(sentence, place, cue, examined=examined):
            best = max(best, strength_of(cue))
    return best


def _clears(sentence: Sentence, place: Placed, cue: Name, others: Sequence[Mention], *, examined: bool) -> bool:
    """Whether a word says of a place that nothing is there: “the orbit was normal”, “normal orbit”."""
    if cue.first > place.last:
        gap = gap_of(sentence, place, cue)
        if gap[:1] in (["and"], ["with"]) and not any(place.last < one.first < cue.first for one in others):
            return False  # “infiltration of the appendix and complete remission of the marrow”
        parts = site_rules().after.difference(("normal", "remission", "not", "no"))
        return len(gap) <= 3 and not parts.intersection(gap)
    return not (examined or gap_of(sentence, cue, place) or sentence.words[cue.first].plain == "remission")


def _says_behind(sentence: Sentence, place: Mention, cue: Name, others: Sequence[Mention], *, examined: bool) -> bool:
    """Whether a cue behind a place speaks of it: “the testis was infiltrated”."""
    rule, weight = site_rules(), strength_of(cue)
    gap = gap_of(sentence, place, cue)
    if "which" in gap and rule.proofs.intersection(gap) and gap[0] in rule.all["back"]:
        # “A nodule of the scalp was seen after this, which on biopsy revealed blasts”.
        gap = gap[gap.index("which") + 1 :]
    if rule.after.intersection(gap) - ({"for"} if "positive" in gap else set()):
        return False
    crossed = sum(1 for other in others if place.last < other.first < cue.first)
    if not crossed and gap and _speaks_on(sentence, cue, gap, weight):
        return False
    if (gap and _is_anothers(sentence, cue, others)) or (examined and weight == FAIR and others):
        return False
    near = 8 if gap and gap[0] in rule.all["holds"] else 3
    far = 14 if rule.proofs.intersection(gap) or set(rule.all["holds"]).intersection(gap) else 9
    reach = (14 if weight < OWN else 20) if examined else (near if weight == FAIR else far)
    return len(gap) <= reach and crossed <= (1 if len(gap) <= 3 else 0)


def _says_before(sentence: Sentence, place: Mention, cue: Name, *, examined: bool) -> bool:
    """Whether a cue before a place speaks of it: “infiltration of the testis”, “blasts on testicular biopsy”."""
    rule, weight = site_rules(), strength_of(cue)
    gap = gap_of(sentence, cue, place)
    if examined:
        told = [word for word in gap if word not in rule.all["seen"]]
        if weight == FAIR or told[:1] not in (["on"], ["in"], ["at"], ["by"]):
            return False
    if len(gap) > 1 and gap[0] == "and" and gap[1] in rule.all["coupled"]:
        gap = gap[2:]
    if rule.before.intersection(gap):
        return False
    listed = weight >= STRONG or not set(gap).difference(rule.all["loose"], ("the", "his", "her"))
    ties = rule.ties if listed else rule.ties.difference(rule.all["loose"])
    return len(gap) <= (12 if weight >= STRONG else 6) and (len(gap) <= 1 or not ties.isdisjoint(gap))


def _speaks_on(sentence: Sentence, cue: Name, gap: Sequence[str], weight: int) -> bool:
    """Whether a cue after a place is of what follows: “the cord and deposits in a root”, “ear fullness, a swelling”."""
    if weight == FAIR and "," in gap:
        return True
    following = {word.plain for word in sentence.words[cue.last + 1 : cue.last + 3]}
    return gap[0] in ("and", "with") and not following.isdisjoint(site_rules().all["speaks_on"])


def _is_anothers(sentence: Sentence, cue: Name, others: Sequence[Mention]) -> bool:
    """Whether a cue says itself where it is: “pain in the hip was caused by infiltration of the acetabulum”."""
    following = {word.plain for word in sentence.words[cue.last + 1 : cue.last + 3]}
    if following.isdisjoint(("of", "in", "at", "within")):
        return False
    return any(0 < other.first - cue.last <= 5 for other in others)


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
        after = {word.plain for word in sentence.words[kind.last + 1 : kind.last + 2]}
        if kind.said & (NOT_THIS_PATIENT | {"absent"}):
            continue
        # “Revealed AML”, “CLL cells”
        if before.intersection(site_rules().proofs) or after & {"cell", "blast"}:
            yield Name("leukemic", "cues", kind.first, kind.last, kind.start, kind.end)


def at_place(sentence: Sentence, kinds: Sequence[Mention], places: Sequence[Mention]) -> Iterator[Name]:
    """Leukemias that stand right beside a place: “AML of the testis”, “cutaneous ALL”, “infiltration of ATLL”."""
    rule = site_rules().all["at_place"]
    for kind in kinds:
        if kind.said & (NOT_THIS_PATIENT | {"absent", "historical"}):
            continue
        right = {word.plain for word in sentence.words[kind.last + 1 : kind.last + 3]}
        after = [between(sentence, kind, place) for place in places if 0 < place.first - kind.last <= 5]
        tied = any(gap and gap[0] in rule["ties"] and not set(gap) - set(rule["words"]) for gap in after)
        before = any(place.last + 1 == kind.first for place in places)
        if tied or (before and not right.intersection(rule["not_before"])):
            yield Name("leukemic", "cues", kind.first, kind.last, kind.start, kind.end)


def without_former(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those of an earlier episode: “initial extramedullary leukemia in skin and breast”."""
    former, words = site_rules().all["former"], sentence.words
    return [cue for cue in cues if not any(word.plain in former for word in words[max(0, cue.first - 2) : cue.first])]


def without_foreign(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those that another illness governs: “GVHD involving the skin”, “lesions due to infection”."""
    rule, words = site_rules().all["foreign"], sentence.words
    strange = [at for at, word in enumerate(words) if word.plain in rule["words"]]
    if not strange:
        return list(cues)
    leukemic = [cue for cue in cues if strength_of(cue) == OWN]
    return [cue for cue in cues if cue in leukemic or not _governed(sentence, cue, strange, leukemic)]


def without_denied(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those that are denied or only thought of: “no leukemic infiltration”, “possible invasion of …”."""
    rule, words = site_rules().all["denied"], sentence.words
    kept = []
    for cue in cues:
        before = [word.plain for word in words[max(0, cue.first - rule["reach"]) : cue.first]]
        if {word.plain for word in words[cue.last + 1 : cue.last + 4]}.intersection(rule["behind"]):
            continue
        last = max((at for at, word in enumerate(before) if word in rule["words"]), default=-1)
        if (
            cue.concept in ("clear", "past", "ignored", "change")
            or last < 0
            or set(before[last:]).intersection(rule["ends"])
        ):
            kept.append(cue)
    return kept


def _governed(sentence: Sentence, cue: Name, strange: Sequence[int], leukemic: Sequence[Name]) -> bool:
    rule, words = site_rules().all["foreign"], sentence.words
    for at in strange:
        first, last = (at, cue.first) if at < cue.first else (cue.last, at)
        gap = [word.plain for word in words[first + 1 : last]]
        if at < cue.first and "and" in gap and cue.concept in ("mass", "surface", "lesion"):
            continue
        if any(first <= one.first <= last for one in leukemic) or set(rule["parts"]).intersection(gap):
            continue
        if at < cue.first and len(gap) <= rule["reach"]:
            return True
        near = 12 if set(gap).intersection(rule["causes"]) else 5
        if at > cue.last and (not gap or (len(gap) <= near and set(gap).intersection(rule["ties"]))):
            return True
    return False


def look_at(
    sentence: Sentence, place: Mention, looks: Sequence[Mention], places: Sequence[Mention] = ()
) -> Mention | None:
    """The investigation that looked at a place: “renal biopsy”, “MRI of the cervical and lumbar spine”."""
    near = set(site_rules().all["looked_at"])
    own = {sentence.words[at].plain for one in places for at in range(one.first, one.last + 1)}
    for look in looks:
        if look.first <= place.first and place.last <= look.last and look.last - look.first > place.last - place.first:
            return look
        if place.last == look.first - 1:
            return look
        gap = without_abbreviation(between(sentence, look, place))
        gap = [word for word in gap if word not in own]
        if (
            place.first > look.last
            and len(gap) <= 12
            and ("of" in gap or not set(gap) - {"and", ",", "the"})
            and not set(gap) - near
        ):
            return look
    return None


def is_symptoms(sentence: Sentence, place: Mention) -> bool:
    """Whether the word after a place names a symptom or a treatment: “neck pain”, “vaginal postmenopausal bleeding”."""
    symptoms = site_rules().all["symptoms"]
    following = [word.plain for word in sentence.words[place.last + 1 : place.last + 3]]
    adjective = following[:1] and following[0].endswith(("al", "ic", "ar"))
    return any(word in symptoms for word in following[: 2 if adjective else 1])


def says_leukemia(finding: Mention, cues: Sequence[Name]) -> bool:
    """Whether a finding is leukemia by its own words: “leukemic infiltrate”, but not “pulmonary infiltrate”."""
    return finding.concept not in site_rules().all["not_findings"] and any(inside(cue, [finding]) for cue in cues)
