"""What is a site by another one or by a finding beside it: lists, nerves with their palsies, levels of the spine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.lexicon import Name
from kg.extract.nearby import NOT_THIS_PATIENT, above, between, inside
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.site_cues import FAIR, LEUKEMIC, OWN, STRONG, Site, is_symptoms, site_rules

_LEVEL = re.compile(r"\b(?:(?:[CTDLS]|Th)\d{1,2}(?:\s*[-–/]\s*(?:[CTDLS]|Th)?\d{1,2})?)\b")


def listed(
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
                same = place.first == last.first
                if id(place) in taken or not (same or gap & joins) or gap - between_them:
                    break
                if place.said & (NOT_THIS_PATIENT | {"absent"}) or inside(place, wider, proper=False):
                    break
                if any(look.first == place.last + 1 and look.scheme == "Modalities" for look in wider):
                    break  # “, and temporal bone CT”
                if is_symptoms(sentence, place):
                    break
                concept = site_rules().all["own"].get(place.concept, place.concept)
                if concept in site_rules().never and not (concept in rule["even"] and one.score >= STRONG):
                    break
                taken.add(id(place))
                yield Site(place, concept, one.score, detail(reading, sentence, place))
                last, number = place, number + way


def caused(
    sentence: Sentence, several: Sequence[Mention], cues: Sequence[Name], places: Sequence[Mention]
) -> Iterator[Site]:
    """The nerve whose palsy the text puts down to leukemia: “facial palsy due to granulocytic sarcoma”."""
    rule = site_rules().all["caused"]
    for finding in several:
        concept = rule["findings"].get(finding.concept) if finding.scheme == "Findings" else None
        if concept is None or finding.said & (NOT_THIS_PATIENT | {"absent"}):
            continue
        for cue in cues:
            if cue.concept not in LEUKEMIC or cue.first <= finding.last:
                continue
            if any(finding.last < place.first <= cue.last + 3 for place in places):
                continue  # “numb chin due to infiltration of the skull base”
            gap = between(sentence, finding, cue)
            ties = rule["holds"] if finding.concept in rule["fluids"] else rule["ties"]
            if len(gap) <= rule["reach"] and set(ties).intersection(gap):
                yield Site(finding, concept, FAIR)
                break
        else:
            # “Leukemic uveitis”
            if finding.first and sentence.words[finding.first - 1].plain == "leukemic":
                yield Site(finding, concept, FAIR)


def inflamed(sentence: Sentence) -> Iterator[Site]:
    """The organ whose inflammation is called leukemic: “leukemic pericarditis”, “leukemic infiltrative myocarditis”."""
    words, organs = sentence.words, site_rules().all["inflamed"]
    for at, word in enumerate(words):
        if word.plain in organs and any(one.plain == "leukemic" for one in words[max(0, at - 2) : at]):
            concept = organs[word.plain]
            place = Mention(concept, "AnatomicalSites", word.start, word.end, sentence.index, at, at)
            yield Site(place, concept, OWN)


def detail(reading: Reading, sentence: Sentence, place: Mention) -> dict[str, str]:
    """The side, the extent and the level of the spine that the words beside a place give."""
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


def level(sentence: Sentence, place: Mention, score: int) -> Iterator[Site]:
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
