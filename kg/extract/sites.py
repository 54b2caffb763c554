"""Sites of leukemic involvement: not those of symptoms or procedures, from ``rules/sites.yaml``.

Whether the marrow and the cerebrospinal fluid were involved is decided in `kg.extract.compartments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from kg.extract.compartments import INVOLVED, statuses
from kg.extract.nearby import above, of_leukemia, told
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import TITLE, Sentence
from kg.extract.site_cues import FAIR, LEUKEMIC, STRONG, look_at, site_rules
from kg.extract.site_places import Site, involved, is_region

_RELAPSE = re.compile(r"\b(?:relaps|recurr)", re.IGNORECASE)


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{rules('sites')['subject']})\b")


def sites(reading: Reading) -> Iterator[Found]:
    """The sites that were involved at the episode told."""
    if not of_leukemia(reading):
        return
    sentences = told(reading)
    found = list(involved(reading, sentences, reading.mentions))
    found += _sampled(reading, sentences, found)
    found += _named_by_title(reading, found)
    compartments = statuses(reading, any(_RELAPSE.search(reading.stretch(s.start, s.end)) for s in reading.sentences))
    for name, concept in (("marrow", "BoneMarrow"), ("csf", "CerebrospinalFluid")):
        status = compartments.get(name)
        if status and status.value == INVOLVED:
            yield Found("site", concept, *status.place, confidence=0.85)
    if not found and not any(status.value == INVOLVED for status in compartments.values()):
        subject = [sentence for sentence in reading.about if _subject().search(sentence.flat.text)]
        found = [one for one in involved(reading, subject, reading.at_large) if one.score == STRONG][:1]
    if not found:
        found = list(_shown(reading))
    for one in _most_specific(reading, found):
        confidence = 0.9 if one.score == STRONG else 0.7
        yield Found("site", one.concept, one.mention.start, one.mention.end, confidence, one.detail)


def _named_by_title(reading: Reading, found: Sequence[Site]) -> list[Site]:
    """The sites that the title names as those of leukemia, unless the case names them."""
    known = {kind for one in found for kind in above(reading.vocabulary, one.concept)}
    titles = [sentence for sentence in reading.about if sentence.role == TITLE]
    named = [one for one in involved(reading, titles, reading.at_large) if one.score == STRONG]
    return [one for one in named if one.concept not in known]


def _sampled(reading: Reading, sentences: Sequence[Sentence], found: Sequence[Site]) -> Iterator[Site]:
    """The sites that were biopsied in one sentence if the next one tells of leukemia in what was taken."""
    rule = site_rules()
    counted = {one.mention.sentence for one in found}
    for sentence, following in pairwise(sentences):
        if sentence.index in counted or following.index in counted:
            continue
        here, there = ([m for m in reading.mentions if m.sentence == s.index] for s in (sentence, following))
        looks = [m for m in here if m.scheme == "Modalities" and _is_any(reading, m, rule.all["samples"])]
        results = [m for m in there if m.scheme == "Modalities" and _is_any(reading, m, rule.all["results"])]
        if not looks or not results or any(m.scheme == "AnatomicalSites" for m in there):
            continue
        cues = [cue for cue in rule.cues.find(following.words) if cue.concept in LEUKEMIC]
        if not cues or any(word.plain in ("no", "without", "negative", "not") for word in following.words):
            continue
        for place in here:
            if place.scheme != "AnatomicalSites" or place.concept in rule.never or place.said:
                continue
            if look_at(sentence, place, looks) or any(0 <= m.first - place.last <= 4 for m in looks):
                yield Site(place, rule.all["own"].get(place.concept, place.concept), FAIR)


def _is_any(reading: Reading, mention: Mention, kinds: Sequence[str]) -> bool:
    return not above(reading.vocabulary, mention.concept).isdisjoint(kinds)


def _shown(reading: Reading) -> Iterator[Site]:
    """The site that a finding shows where none is named."""
    table = site_rules().all["shown"]
    own = {sentence.index for sentence in told(reading)}
    for mention in reading.of("Findings"):
        if mention.concept in table and mention.sentence in own and not mention.said:
            yield Site(mention, table[mention.concept], FAIR)
            return


def _most_specific(reading: Reading, found: Sequence[Site]) -> Iterator[Site]:
    """All, but what is wider than another one, and a region or soft tissue only if no organ was found."""
    organs = [one for one in found if not is_region(reading, one.concept)]
    for one in found:
        finer = any(o.concept != one.concept and one.concept in above(reading.vocabulary, o.concept) for o in found)
        if finer and (one.score < STRONG or one.concept not in site_rules().all["kept"]):
            continue
        if one.score < STRONG and is_region(reading, one.concept) and organs:
            continue
        near = {o.concept for o in found if o.mention.sentence == one.mention.sentence}
        if is_region(reading, one.concept) and near.intersection(site_rules().all["skins"]):
            continue
        if {o.concept for o in found}.intersection(site_rules().all["beside"].get(one.concept, ())):
            continue
        beside = one.concept == "SoftTissue" and one.score < STRONG
        if beside and any(o.mention.sentence == one.mention.sentence for o in organs if o is not one):
            continue
        yield one
