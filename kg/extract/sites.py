"""Sites of leukemic involvement: not those of symptoms or procedures, from ``rules/sites.yaml``.

Whether the marrow and the cerebrospinal fluid were involved is decided in `kg.extract.compartments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from kg.extract.compartments import INVOLVED, statuses
from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, above, between, inside, of_leukemia, with_shared_heads
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import TITLE, Sentence
from kg.extract.site_cues import (
    FAIR,
    LEUKEMIC,
    STRONG,
    is_labelled,
    is_past,
    look_at,
    proven,
    says_leukemia,
    site_rules,
    weight_of,
)

_LEVEL = re.compile(r"\b(?:[CTLS]\d{1,2}(?:\s*[-–/]\s*[CTLS]?\d{1,2})?)\b")
_RELAPSE = re.compile(r"\b(?:relaps|recurr)", re.IGNORECASE)


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{rules('sites')['subject']})\b")


@dataclass
class _Site:
    """A site with the best reason to count it."""

    mention: Mention
    concept: str
    score: int
    detail: dict[str, str] = field(default_factory=dict)


def sites(reading: Reading) -> Iterator[Found]:
    """The sites that were involved at the episode told."""
    if not of_leukemia(reading):
        return
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
        found = [one for one in _involved(reading, subject, reading.at_large) if one.score == STRONG][:1]
    for one in _most_specific(reading, found):
        confidence = 0.9 if one.score == STRONG else 0.7
        yield Found("site", one.concept, one.mention.start, one.mention.end, confidence, one.detail)


def _most_specific(reading: Reading, found: Sequence[_Site]) -> Iterator[_Site]:
    """All, but what is wider than another one, and a region or soft tissue only if no organ was found."""
    organs = [one for one in found if not _is_region(reading, one.concept)]
    for one in found:
        if any(o.concept != one.concept and one.concept in above(reading.vocabulary, o.concept) for o in found):
            continue
        if one.score < STRONG and _is_region(reading, one.concept) and organs:
            continue
        if {o.concept for o in found}.intersection(site_rules().all["beside"].get(one.concept, ())):
            continue
        beside = one.concept == "SoftTissue" and one.score < STRONG
        if beside and any(o.mention.sentence == one.mention.sentence for o in organs if o is not one):
            continue
        yield one


def _is_region(reading: Reading, concept: str) -> bool:
    kinds = above(reading.vocabulary, concept)
    rule = site_rules().all
    return (
        rule["regions"] in kinds
        and not kinds.intersection(rule["not_regions"])
        and "Bone" not in kinds
        and (not kinds & {"SkeletalMuscle", "Nerve", "Joint"})
    )


def _involved(reading: Reading, sentences: Sequence[Sentence], mentions: Sequence[Mention]) -> Iterator[_Site]:
    rule = site_rules()
    held: dict[int, list[Mention]] = {}
    for mention in mentions:
        held.setdefault(mention.sentence, []).append(mention)
    for sentence in sentences:
        several = held.get(sentence.index, [])
        places = with_shared_heads(reading.vocabulary, sentence, [m for m in several if m.scheme == "AnatomicalSites"])
        looks = [m for m in several if m.scheme == "Modalities"]
        examined = [m for m in looks if m.concept in rule.all["examined"] and not any(inside(p, [m]) for p in places)]
        if not places and not examined:
            continue
        cues = rule.cues.find(sentence.words)
        # Words of a treatment or of an investigation say nothing of the place by themselves.
        treatments = [m for m in several if m.scheme == "Treatments"]
        kinds = [m for m in several if m.scheme == "LeukemiaTypes" and m.concept != "MyeloidSarcoma"]
        cues = [cue for cue in cues if not inside(cue, treatments, proper=False) and not inside(cue, kinds)]
        cues += proven(sentence, kinds)
        doubts = [word for word in sentence.words if word.plain in rule.all["doubts"]]
        cues = [cue for cue in cues if not any(0 <= word.start - cue.end <= 40 for word in doubts)]
        for look in examined:
            found = [cue for cue in cues if cue.concept in LEUKEMIC]
            if not look.said & NOT_THIS_PATIENT and weight_of(sentence, look, found, places, examined=True) == STRONG:
                yield _Site(look, rule.all["examined"][look.concept], FAIR)
        counted: list[_Site] = []
        for place in places:
            concept = rule.all["own"].get(place.concept, place.concept)
            if concept in rule.never or place.said & (NOT_THIS_PATIENT | {"absent", "planned"}):
                continue
            if inside(place, treatments):
                continue
            symptom = [m for m in several if m.scheme == "Findings" and not says_leukemia(m, cues)]
            if inside(place, symptom):
                continue
            looked = look_at(sentence, place, looks)
            seen = looked is not None
            region = _is_region(reading, concept)
            heeded = [cue for cue in cues if cue.concept != "lesion"] if region else cues
            if looked is not None and "DiagnosticImaging" in above(reading.vocabulary, looked.concept):
                # An image shows no cells.
                heeded = [cue for cue in heeded if cue.concept != "cells"]
            weight = weight_of(sentence, place, heeded, [p for p in places if p is not place], examined=seen)
            if is_labelled(sentence, place):
                weight = STRONG
            if weight >= FAIR and not is_past(sentence, place, cues):
                counted.append(_Site(place, concept, weight, _detail(reading, sentence, place)))
        counted += _listed(reading, sentence, places, counted, [*treatments, *looks])
        for one in counted:
            yield one
            yield from _level(sentence, one.mention, one.score)
        yield from _caused(sentence, several, cues)


def _listed(
    reading: Reading,
    sentence: Sentence,
    places: Sequence[Mention],
    counted: Sequence[_Site],
    wider: Sequence[Mention],
) -> Iterator[_Site]:
    """What is listed with a site that counts: “relapse in the kidneys, pancreas and bone marrow”."""
    rule = site_rules().all["lists"]
    joins, between_them = set(rule["joins"]), {*rule["joins"], *rule["words"]}
    taken = {id(one.mention) for one in counted}
    ordered = sorted(places, key=lambda place: place.first)
    for one in counted:
        at = next((number for number, place in enumerate(ordered) if place is one.mention), None)
        if at is None or one.score < FAIR:
            continue
        for way in (1, -1):
            last, number = one.mention, at + way
            while 0 <= number < len(ordered):
                place = ordered[number]
                gap = set(between(sentence, last, place) if way > 0 else between(sentence, place, last))
                if id(place) in taken or not gap & joins or gap - between_them:
                    break
                if place.said & (NOT_THIS_PATIENT | {"absent"}) or inside(place, wider, proper=False):
                    break
                concept = site_rules().all["own"].get(place.concept, place.concept)
                if concept in site_rules().never and not (concept in rule["even"] and one.score == STRONG):
                    break
                taken.add(id(place))
                yield _Site(place, concept, one.score, _detail(reading, sentence, place))
                last, number = place, number + way


def _caused(sentence: Sentence, several: Sequence[Mention], cues: Sequence[Name]) -> Iterator[_Site]:
    """The nerve whose palsy the text puts down to leukemia: “facial palsy due to granulocytic sarcoma”."""
    rule = site_rules().all["caused"]
    for finding in several:
        concept = rule["findings"].get(finding.concept) if finding.scheme == "Findings" else None
        if concept is None or finding.said & (NOT_THIS_PATIENT | {"absent"}):
            continue
        for cue in cues:
            if cue.concept not in LEUKEMIC or cue.first <= finding.last:
                continue
            gap = between(sentence, finding, cue)
            if len(gap) <= rule["reach"] and set(rule["ties"]).intersection(gap):
                yield _Site(finding, concept, FAIR)
                break


def _detail(reading: Reading, sentence: Sentence, place: Mention) -> dict[str, str]:
    file = site_rules().all
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
    levels = site_rules().all["levels"]
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
