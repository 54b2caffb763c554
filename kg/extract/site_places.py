"""The places in sentences of which leukemia or a lesion is said, from ``rules/sites.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, above, between, inside, with_shared_heads
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
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
_DOUBT = 40
"""A word of doubt stands at most so many characters from the words that it takes back."""


@dataclass
class Site:
    """A site with the best reason to count it."""

    mention: Mention
    concept: str
    score: int
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Told:
    """What a sentence has that may speak of a site."""

    sentence: Sentence
    mentions: Sequence[Mention]
    places: Sequence[Mention]
    looks: Sequence[Mention]
    treatments: Sequence[Mention]
    cues: Sequence[Name]
    imaged: bool


def involved(reading: Reading, sentences: Sequence[Sentence], mentions: Sequence[Mention]) -> Iterator[Site]:
    """The places in sentences of which leukemia, or a lesion taken for it, is said."""
    held: dict[int, list[Mention]] = {}
    for mention in mentions:
        held.setdefault(mention.sentence, []).append(mention)
    for sentence in sentences:
        told = _told(reading, sentence, held.get(sentence.index, []))
        if told is None:
            continue
        yield from _examined(told)
        counted = [site for place in told.places if (site := _weighed(reading, told, place))]
        counted += _listed(reading, sentence, told.places, counted, [*told.treatments, *told.looks])
        for one in counted:
            yield one
            yield from _level(sentence, one.mention, one.score)
        yield from _caused(sentence, told.mentions, told.cues)


def _told(reading: Reading, sentence: Sentence, several: Sequence[Mention]) -> _Told | None:
    """The places, cues and investigations of a sentence; ``None`` if it cannot name a site."""
    rule = site_rules()
    names = {"AnatomicalSites", "Modalities", "Findings"}
    if not any(m.scheme in names for m in several):
        return None
    places = with_shared_heads(reading.vocabulary, sentence, [m for m in several if m.scheme == "AnatomicalSites"])
    looks = [m for m in several if m.scheme == "Modalities"]
    sick = any(m.scheme == "Findings" and m.concept in rule.all["caused"]["findings"] for m in several)
    if not places and not sick and not any(m.concept in rule.all["examined"] for m in looks):
        return None
    # Words of a treatment or of an investigation say nothing of the place by themselves.
    treatments = [m for m in several if m.scheme == "Treatments"]
    kinds = [m for m in several if m.scheme == "LeukemiaTypes" and m.concept != "MyeloidSarcoma"]
    cues = [cue for cue in rule.cues.find(sentence.words) if not inside(cue, treatments, proper=False)]
    cues = [*(cue for cue in cues if not inside(cue, kinds)), *proven(sentence, kinds)]
    for word in sentence.words:
        if word.plain in rule.all["doubts"]:
            cues = [cue for cue in cues if abs(word.start - cue.end) > _DOUBT]
    imaged = any("DiagnosticImaging" in above(reading.vocabulary, m.concept) for m in looks)
    return _Told(sentence, several, places, looks, treatments, cues, imaged)


def _examined(told: _Told) -> Iterator[Site]:
    """The sites that an investigation has by itself: “pericardiocentesis yielded blasts”."""
    table = site_rules().all["examined"]
    found = [cue for cue in told.cues if cue.concept in LEUKEMIC]
    for look in told.looks:
        if look.concept not in table or look.said & NOT_THIS_PATIENT or any(inside(p, [look]) for p in told.places):
            continue
        if weight_of(told.sentence, look, found, told.places, examined=True) == STRONG:
            yield Site(look, table[look.concept], FAIR)


def _weighed(reading: Reading, told: _Told, place: Mention) -> Site | None:
    """A place as a site, if enough speaks for it."""
    rule, sentence = site_rules(), told.sentence
    concept = rule.all["own"].get(place.concept, place.concept)
    looked = look_at(sentence, place, told.looks)
    if concept in rule.never or _is_no_site(reading, told, place, looked):
        return None
    region = is_region(reading, concept)
    heeded = [cue for cue in told.cues if cue.concept != "lesion"] if region else told.cues
    if looked is not None and "DiagnosticImaging" in above(reading.vocabulary, looked.concept):
        # An image shows no cells, and its infiltrates may be of any kind.
        heeded = [cue for cue in heeded if cue.concept != "cells" and not _is_shadow(sentence, cue)]
    others = [p for p in told.places if p is not place]
    seen = looked is not None
    weight = weight_of(sentence, place, heeded, others, examined=seen)
    if is_labelled(sentence, place):
        weight = STRONG
    if region and weight == FAIR and not told.imaged:
        plain = [cue for cue in heeded if cue.concept != "surface"]
        if weight_of(sentence, place, plain, others, examined=seen) < FAIR:
            concept = rule.all["surface"]
    if weight < (STRONG if place.concept in rule.all["only_leukemic"] else FAIR):
        return None
    if is_past(sentence, place, told.cues):
        return None
    return Site(place, concept, weight, _detail(reading, sentence, place))


def _is_no_site(reading: Reading, told: _Told, place: Mention, looked: Mention | None) -> bool:
    """Whether a place is denied, or is that of a treatment, of a symptom or of an image of something else."""
    if place.said & (NOT_THIS_PATIENT | {"absent", "planned"}) or inside(place, told.treatments):
        return True
    symptoms = [m for m in told.mentions if m.scheme == "Findings" and not says_leukemia(m, told.cues)]
    before = {word.plain for word in told.sentence.words[max(0, place.first - 4) : place.first]}
    if inside(place, symptoms) or before.intersection(site_rules().all["level_of"]):
        return True
    return looked is not None and _shows_another(reading, place, looked, told.places, told.looks)


def is_region(reading: Reading, concept: str) -> bool:
    """Whether a concept is a stretch of the body and no organ."""
    kinds = above(reading.vocabulary, concept)
    rule = site_rules().all
    return (
        rule["regions"] in kinds
        and not kinds.intersection(rule["not_regions"])
        and "Bone" not in kinds
        and (not kinds & {"SkeletalMuscle", "Nerve", "Joint"})
    )


def _is_shadow(sentence: Sentence, cue: Name) -> bool:
    return cue.first == cue.last and sentence.words[cue.first].plain == "infiltrate"


def _shows_another(
    reading: Reading, place: Mention, looked: Mention, places: Sequence[Mention], looks: Sequence[Mention]
) -> bool:
    """Whether the image of a region showed another place: “temporal bone CT showed a mass of the eardrum”."""
    if "DiagnosticImaging" not in above(reading.vocabulary, looked.concept) or place.first > looked.last:
        return False
    return any(p.first > looked.last and not inside(p, looks, proper=False) for p in places)


def _listed(
    reading: Reading,
    sentence: Sentence,
    places: Sequence[Mention],
    counted: Sequence[Site],
    wider: Sequence[Mention],
) -> Iterator[Site]:
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
                if any(look.first == place.last + 1 and look.scheme == "Modalities" for look in wider):
                    break  # “, and temporal bone CT”
                concept = site_rules().all["own"].get(place.concept, place.concept)
                if concept in site_rules().never and not (concept in rule["even"] and one.score == STRONG):
                    break
                taken.add(id(place))
                yield Site(place, concept, one.score, _detail(reading, sentence, place))
                last, number = place, number + way


def _caused(sentence: Sentence, several: Sequence[Mention], cues: Sequence[Name]) -> Iterator[Site]:
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
                yield Site(finding, concept, FAIR)
                break
        else:
            # “Leukemic uveitis”
            if finding.first and sentence.words[finding.first - 1].plain == "leukemic":
                yield Site(finding, concept, FAIR)


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


def _level(sentence: Sentence, place: Mention, score: int) -> Iterator[Site]:
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
                yield Site(place, concept, score)
                return
