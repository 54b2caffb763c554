"""Sites of leukemic involvement: not those of symptoms or procedures, from ``rules/sites.yaml``.

Whether the marrow and the cerebrospinal fluid were involved is decided in `kg.extract.compartments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kg.extract.compartments import INVOLVED, statuses
from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, Cues, above, between, inside
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import TITLE, Sentence

_LEVEL = re.compile(r"\b(?:[CTLS]\d{1,2}(?:\s*[-–/]\s*[CTLS]?\d{1,2})?)\b")
_RELAPSE = re.compile(r"\b(?:relaps|recurr)", re.IGNORECASE)
_STRONG, _FAIR = 3, 2


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{rules('sites')['subject']})\b")


@dataclass(frozen=True)
class _Rules:
    cues: Cues
    ties: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    never: frozenset[str]
    all: Mapping[str, Any]


@dataclass
class _Site:
    """A site with the best reason to count it."""

    mention: Mention
    concept: str
    score: int
    detail: dict[str, str] = field(default_factory=dict)


@cache
def _rules() -> _Rules:
    file = rules("sites")
    parts = file["parts"]
    return _Rules(
        Cues(file["cues"]),
        frozenset(file["ties"]),
        frozenset(parts["before"]),
        frozenset(parts["after"]),
        frozenset(file["never"]),
        file,
    )


def sites(reading: Reading) -> Iterator[Found]:
    """The sites that were involved at the episode told."""
    found = list(_involved(reading, reading.sentences, reading.mentions))
    compartments = statuses(reading, any(_RELAPSE.search(reading.stretch(s.start, s.end)) for s in reading.sentences))
    for name, concept in (("marrow", "BoneMarrow"), ("csf", "CerebrospinalFluid")):
        status = compartments.get(name)
        if status and status.value == INVOLVED:
            yield Found("site", concept, *status.place, confidence=0.85)
    if not found and not any(status.value == INVOLVED for status in compartments.values()):
        subject = [
            sentence for sentence in reading.about if sentence.role == TITLE or _subject().search(sentence.flat.text)
        ]
        found = [one for one in _involved(reading, subject, reading.at_large) if one.score == _STRONG][:1]
    for one in _most_specific(reading, found):
        confidence = 0.9 if one.score == _STRONG else 0.7
        yield Found("site", one.concept, one.mention.start, one.mention.end, confidence, one.detail)


def _most_specific(reading: Reading, found: Sequence[_Site]) -> Iterator[_Site]:
    """All, but what is wider than another one, and a region or soft tissue only if no organ was found."""
    organs = [one for one in found if not _is_region(reading, one.concept)]
    for one in found:
        if any(o.concept != one.concept and one.concept in above(reading.vocabulary, o.concept) for o in found):
            continue
        if one.score < _STRONG and _is_region(reading, one.concept) and organs:
            continue
        beside = one.concept == "SoftTissue" and one.score < _STRONG
        if beside and any(o.mention.sentence == one.mention.sentence for o in organs if o is not one):
            continue
        yield one


def _is_region(reading: Reading, concept: str) -> bool:
    kinds = above(reading.vocabulary, concept)
    rule = _rules().all
    return (
        rule["regions"] in kinds
        and not kinds.intersection(rule["not_regions"])
        and "Bone" not in kinds
        and (not kinds & {"SkeletalMuscle", "Nerve", "Joint"})
    )


def _involved(reading: Reading, sentences: Sequence[Sentence], mentions: Sequence[Mention]) -> Iterator[_Site]:
    rule = _rules()
    held: dict[int, list[Mention]] = {}
    for mention in mentions:
        held.setdefault(mention.sentence, []).append(mention)
    for sentence in sentences:
        several = held.get(sentence.index, [])
        places = [m for m in several if m.scheme == "AnatomicalSites"]
        looks = [m for m in several if m.scheme == "Modalities"]
        examined = [m for m in looks if m.concept in rule.all["examined"] and not any(inside(p, [m]) for p in places)]
        if not places and not examined:
            continue
        cues = rule.cues.find(sentence.words)
        # Words of a treatment or of an investigation say nothing of the place by themselves.
        treatments = [m for m in several if m.scheme == "Treatments"]
        kinds = [m for m in several if m.scheme == "LeukemiaTypes" and m.concept != "MyeloidSarcoma"]
        cues = [cue for cue in cues if not inside(cue, treatments, proper=False) and not inside(cue, kinds)]
        for look in examined:
            found = [cue for cue in cues if cue.concept == "leukemic"]
            if not look.said & NOT_THIS_PATIENT and _score(sentence, look, found, places, examined=True) == _STRONG:
                yield _Site(look, rule.all["examined"][look.concept], _FAIR)
        for place in places:
            concept = rule.all["own"].get(place.concept, place.concept)
            if concept in rule.never or place.said & (NOT_THIS_PATIENT | {"absent", "planned"}):
                continue
            if inside(place, treatments):
                continue
            symptom = [m for m in several if m.scheme == "Findings" and not any(inside(cue, [m]) for cue in cues)]
            if inside(place, symptom):
                continue
            seen = inside(place, looks)
            region = _is_region(reading, concept)
            heeded = [cue for cue in cues if cue.concept != "lesion"] if region else cues
            score = _score(sentence, place, heeded, [p for p in places if p is not place], examined=seen)
            if score >= _FAIR and not _is_past(sentence, place, cues):
                yield _Site(place, concept, score, _detail(reading, sentence, place))
                yield from _level(sentence, place, score)


def _is_past(sentence: Sentence, place: Mention, cues: Sequence[Name]) -> bool:
    """Whether a word right before the site or its cue says that it belongs to an earlier episode."""
    before = {word.plain for word in sentence.words[max(0, place.first - 2) : place.first]}
    if before.intersection(_rules().all["afterwards"]) and any(
        cue.concept == "leukemic" and 0 < cue.first - place.last <= 2 for cue in cues
    ):
        return True
    for cue in cues:
        if cue.concept == "past" and 0 < place.first - cue.last <= 6:
            return "developed" not in between(sentence, cue, place)
    return False


def _score(
    sentence: Sentence, place: Mention, cues: Sequence[Name], others: Sequence[Mention], *, examined: bool
) -> int:
    rule = _rules()
    best = 0
    for cue in cues:
        if cue.concept in ("past", "ignored"):
            continue
        if cue.first <= place.last and place.first <= cue.last:
            # The name itself says it: “leukemia cutis”, “hypopyon”.
            if cue.concept != "clear":
                best = max(best, _STRONG if cue.concept == "leukemic" else _FAIR)
            continue
        weight = _STRONG if cue.concept == "leukemic" else _FAIR
        if cue.first > place.last:
            gap = between(sentence, place, cue)
            if cue.concept == "clear":
                if len(gap) <= 3 and not rule.after.difference({"normal", "remission", "not", "no"}).intersection(gap):
                    return 0
                continue
            if rule.after.intersection(gap):
                continue
            crossed = sum(1 for other in others if place.last < other.first < cue.first)
            reach = 14 if examined else (3 if weight == _FAIR else 9)
            if examined and weight == _FAIR and others:
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
            if len(gap) <= (12 if weight == _STRONG else 6) and (len(gap) <= 1 or rule.ties.intersection(gap)):
                best = max(best, weight)
    return best


def _detail(reading: Reading, sentence: Sentence, place: Mention) -> dict[str, str]:
    file = _rules().all
    words = [word.plain for word in sentence.words]
    near = [*words[max(0, place.first - 4) : place.first], *words[place.first : place.last + 2]]
    detail = {}
    side = next((file["sides"][word] for word in reversed(near) if word in file["sides"]), None)
    extent = next((file["extents"][word] for word in reversed(near) if word in file["extents"]), None)
    if side:
        detail["laterality"] = side
    if extent:
        detail["extent"] = extent
    if {"VertebralColumn", "SpinalCord", "SpinalNerveRoot", "EpiduralSpace"} & above(reading.vocabulary, place.concept):
        stretch = reading.stretch(max(sentence.start, place.start - 30), min(sentence.end, place.end + 40))
        if level := _LEVEL.search(stretch):
            detail["level"] = level[0]
    return detail


def _level(sentence: Sentence, place: Mention, score: int) -> Iterator[_Site]:
    """The part of the spine that stands beside a site within it: “thoracic epidural mass”."""
    levels = _rules().all["levels"]
    if place.concept in levels["sites"]:
        words = sentence.words
        for at in range(max(0, place.first - 3), min(len(words), place.last + 8)):
            numbered = at + 1 < len(words) and words[at + 1].text.isdigit()
            # A letter is a level with a number only: “at T8”.
            if (len(words[at].plain) > 1) == numbered:
                continue
            if concept := levels["words"].get(words[at].plain):
                yield _Site(place, concept, score)
                return
