"""The places in sentences of which leukemia or a lesion is said, from ``rules/sites.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, above, inside
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.site_beside import caused, detail, inflamed, level, listed
from kg.extract.site_cues import (
    FAIR,
    LEUKEMIC,
    STRONG,
    Site,
    at_place,
    is_past,
    is_symptoms,
    look_at,
    proven,
    says_leukemia,
    site_rules,
    weight_of,
    without_denied,
    without_foreign,
    without_former,
)
from kg.extract.site_names import places_in

_DOUBT = 40
"""A word of doubt stands at most so many characters from the words that it takes back."""


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
        yield from inflamed(sentence)
        told = _told(reading, sentence, held.get(sentence.index, []))
        if told is None:
            continue
        yield from _examined(told)
        counted = [site for place in told.places if (site := _weighed(reading, told, place))]
        counted += listed(reading, sentence, told.places, counted, [*told.treatments, *told.looks])
        for one in counted:
            yield one
            yield from level(sentence, one.mention, one.score)
        yield from caused(sentence, told.mentions, told.cues, told.places)


def _told(reading: Reading, sentence: Sentence, several: Sequence[Mention]) -> _Told | None:
    """The places, cues and investigations of a sentence; ``None`` if it cannot name a site."""
    rule = site_rules()
    names = {"AnatomicalSites", "Modalities", "Findings", "Treatments", "LeukemiaTypes"}
    if not any(m.scheme in names for m in several):
        return None
    places = places_in(reading, sentence, several)
    looks = [m for m in several if m.scheme == "Modalities"]
    sick = any(m.scheme == "Findings" and m.concept in rule.all["caused"]["findings"] for m in several)
    if not places and not sick and not any(m.concept in rule.all["examined"] for m in several):
        return None
    # Words of a treatment or of an investigation say nothing of the place by themselves.
    treatments = [m for m in several if m.scheme == "Treatments"]
    tumors = [m for m in several if m.scheme == "LeukemiaTypes" and m.concept == "MyeloidSarcoma"]
    kinds = [m for m in several if m.scheme == "LeukemiaTypes" and m.concept != "MyeloidSarcoma"]
    cues = [cue for cue in rule.cues.find(sentence.words) if not inside(cue, treatments, proper=False)]
    named = [m for m in kinds if sentence.words[m.last].plain not in rule.all["comes_back"]]
    cues = [cue for cue in cues if not inside(cue, named)]
    cues += [*proven(sentence, kinds), *at_place(sentence, kinds, places)]
    marked = [m for m in several if m.scheme == "Markers"] if looks else []
    cues += [Name("cells", "cues", m.first, m.last, m.start, m.end) for m in marked[:1]]
    cues += [Name("leukemic", "cues", m.first, m.last, m.start, m.end) for m in tumors]
    cues = without_denied(sentence, without_foreign(sentence, without_former(sentence, cues)))
    for word in sentence.words:
        if word.plain in rule.all["doubts"]:
            cues = [cue for cue in cues if abs(word.start - cue.end) > _DOUBT]
    imaged = any("DiagnosticImaging" in above(reading.vocabulary, m.concept) for m in looks)
    return _Told(sentence, several, places, looks, treatments, cues, imaged)


def _examined(told: _Told) -> Iterator[Site]:
    """The sites that an investigation has by itself: “pericardiocentesis yielded blasts”."""
    table = site_rules().all["examined"]
    found = [cue for cue in told.cues if cue.concept in LEUKEMIC]
    for look in (*told.looks, *told.treatments):
        if look.concept not in table or look.said & NOT_THIS_PATIENT or any(inside(p, [look]) for p in told.places):
            continue
        if weight_of(told.sentence, look, found, told.places, examined=True) >= STRONG:
            yield Site(look, table[look.concept], FAIR)


def _weighed(reading: Reading, told: _Told, place: Mention) -> Site | None:
    """A place as a site, if enough speaks for it."""
    rule, sentence = site_rules(), told.sentence
    concept = rule.all["own"].get(place.concept, place.concept)
    looked = look_at(sentence, place, told.looks, told.places)
    if concept in rule.never or _is_no_site(reading, told, place, looked):
        return None
    region = is_region(reading, concept)
    quiet = region or concept in rule.all["grow"]
    heeded = [cue for cue in told.cues if cue.concept != "lesion"] if quiet else told.cues
    if looked is not None and "DiagnosticImaging" in above(reading.vocabulary, looked.concept):
        # An image shows no cells.
        heeded = [cue for cue in heeded if cue.concept != "cells"]
    if concept in rule.all["shadowed"]:
        heeded = [cue for cue in heeded if cue.concept not in ("infiltration", "lesion", "surface")]
    others = [p for p in told.places if p is not place]
    seen = looked is not None
    weight = weight_of(sentence, place, heeded, others, examined=seen)
    if region and weight == FAIR and not told.imaged:
        plain = [cue for cue in heeded if cue.concept != "surface"]
        if weight_of(sentence, place, plain, others, examined=seen) < FAIR:
            below = any(p.concept == rule.all["beneath"] for p in told.places)
            concept = rule.all["beneath" if below else "surface"]
    back = any(word.plain in rule.all["again"] for word in sentence.words)
    if region and weight == STRONG and not back and not any(cue.concept in LEUKEMIC for cue in told.cues):
        # “Movements involving the face”; a rash that involves it is one of its skin.
        if not any(cue.concept == "surface" for cue in told.cues):
            return None
        concept, weight = rule.all["surface"], FAIR
    if weight < (STRONG if place.concept in rule.all["only_leukemic"] else FAIR):
        return None
    if is_past(sentence, place, told.cues):
        return None
    return Site(place, concept, weight, detail(reading, sentence, place))


def _is_no_site(reading: Reading, told: _Told, place: Mention, looked: Mention | None) -> bool:
    """Whether a place is denied, or is that of a treatment, of a symptom or of an image of something else."""
    if place.said & (NOT_THIS_PATIENT | {"absent", "planned"}) or inside(place, told.treatments):
        return True
    symptoms = [m for m in told.mentions if m.scheme == "Findings" and not says_leukemia(m, told.cues)]
    before = {word.plain for word in told.sentence.words[max(0, place.first - 4) : place.first]}
    if inside(place, symptoms) or before.intersection(site_rules().all["level_of"]):
        return True
    if is_symptoms(told.sentence, place):
        return True
    return looked is not None and _shows_another(reading, told.sentence, place, looked, told.places, told.looks)


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


def _shows_another(
    reading: Reading,
    sentence: Sentence,
    place: Mention,
    looked: Mention,
    places: Sequence[Mention],
    looks: Sequence[Mention],
) -> bool:
    """Whether the image of a region showed another place: “temporal bone CT showed a mass of the eardrum”."""
    if "DiagnosticImaging" not in above(reading.vocabulary, looked.concept):
        return False
    end = max(place.last, looked.last)
    shown = [p for p in places if p.first > end and not inside(p, looks, proper=False)]
    return any(look_at(sentence, p, looks, places) is None for p in shown)
