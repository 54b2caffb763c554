"""The sites of which one sentence tells and a later one says that leukemia was in what was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.nearby import above
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.site_cues import FAIR, LEUKEMIC, Site, look_at, site_rules
from kg.extract.site_names import places_in

_GROWTHS = ("mass", "surface", "lesion")
_BACK = 4
"""How many sentences before a biopsy may tell of what was biopsied."""


def sampled(reading: Reading, sentences: Sequence[Sentence], found: Sequence[Site]) -> Iterator[Site]:
    """The sites of which one sentence tells, if a later one tells of leukemia in what was taken."""
    counted = {one.mention.sentence for one in found}
    for number, following in enumerate(sentences):
        there = [m for m in reading.mentions if m.sentence == following.index]
        places = [m for m in there if m.scheme == "AnatomicalSites" and m.concept not in site_rules().never]
        if following.index in counted or places or not _tells_leukemia(following):
            continue
        growths = _growths(following)
        before = [s for s in sentences[max(0, number - _BACK) : number - 1] if growths & _growths(s)]
        for sentence in (*before, *sentences[max(0, number - 1) : number]):
            if sentence.index not in counted:
                here = [m for m in reading.mentions if m.sentence == sentence.index]
                yield from _taken(reading, sentence, following, here, there)


def _growths(sentence: Sentence) -> set[str]:
    """The words for a growth in a sentence: “swelling”."""
    cues = site_rules().cues.find(sentence.words)
    return {sentence.words[cue.last].plain for cue in cues if cue.concept in _GROWTHS}


def _tells_leukemia(sentence: Sentence) -> bool:
    cues = [cue for cue in site_rules().cues.find(sentence.words) if cue.concept in LEUKEMIC]
    denied = set(site_rules().all["denied"]["words"])
    return bool(cues) and denied.isdisjoint(word.plain for word in sentence.words)


def _taken(
    reading: Reading, sentence: Sentence, following: Sentence, here: Sequence[Mention], there: Sequence[Mention]
) -> Iterator[Site]:
    """What was taken out or biopsied in a sentence, or seen in it if the next one has a biopsy of “the lesion”."""
    rule = site_rules()
    words = {word.plain for word in following.words}
    results = [m for m in there if m.scheme == "Modalities" and _is_any(reading, m, rule.all["results"])]
    for one in here:
        removed = one.scheme == "Treatments" and one.concept in rule.all["examined"] and not one.said
        if removed and (results or words.intersection(rule.all["taken"])):
            yield Site(one, rule.all["examined"][one.concept], FAIR)
    looks = [m for m in here if m.scheme == "Modalities" and _is_any(reading, m, rule.all["samples"])]
    back = bool(results and words.intersection(rule.all["back"]))
    places = [m for m in places_in(reading, sentence, here) if m.concept not in rule.never and not m.said]
    biopsied = [
        m for m in places if look_at(sentence, m, looks) or any(0 <= look.first - m.last <= 4 for look in looks)
    ]
    if not biopsied and back:
        lesions = [cue for cue in rule.cues.find(sentence.words) if cue.concept in (*_GROWTHS, "change")]
        biopsied = places[-1:] if lesions else []
    for place in biopsied if results else ():
        yield Site(place, rule.all["own"].get(place.concept, place.concept), FAIR)
    if back and not biopsied and not any(m.concept in rule.never for m in there):
        yield from _shown(here, places)


def _shown(here: Sequence[Mention], places: Sequence[Mention]) -> Iterator[Site]:
    """The sites of findings that a biopsy explained: “cervical lymphadenopathy”, “pericardial effusion”."""
    rule = site_rules()
    for one in here:
        concept = rule.all["caused"]["findings"].get(one.concept) if one.scheme == "Findings" else None
        if concept is None or one.said or concept in rule.all["grow"]:
            continue
        own = [place for place in places if one.first <= place.last and place.first <= one.last]
        yield Site(own[0] if own else one, own[0].concept if own else concept, FAIR)


def _is_any(reading: Reading, mention: Mention, kinds: Sequence[str]) -> bool:
    return not above(reading.vocabulary, mention.concept).isdisjoint(kinds)
