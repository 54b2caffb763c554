"""Sites of leukemic involvement: not those of symptoms or procedures, from ``rules/sites.yaml``.

Whether the marrow and the cerebrospinal fluid were involved is decided in `kg.extract.compartments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from kg.extract.compartments import FREE, INVOLVED, statuses
from kg.extract.nearby import above, of_leukemia, told
from kg.extract.reader import rules
from kg.extract.reading import Found, Reading
from kg.extract.sentences import TITLE, Sentence
from kg.extract.site_choice import chosen
from kg.extract.site_cues import FAIR, STRONG, Site, site_rules
from kg.extract.site_names import numbered, palsied
from kg.extract.site_places import involved
from kg.extract.site_samples import sampled
from kg.extract.site_story import Episode, of_kin

FLUIDS = (("marrow", "BoneMarrow"), ("csf", "CerebrospinalFluid"))
"""The compartments, and the sites that they are."""


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{rules('sites')['subject']})\b")


def sites(reading: Reading) -> Iterator[Found]:
    """The sites that were involved at the episode told."""
    if not of_leukemia(reading):
        return
    sentences = [sentence for sentence in told(reading) if not of_kin(sentence)]
    found = list(involved(reading, sentences, reading.mentions))
    found += sampled(reading, sentences, found)
    episode = Episode(reading)
    titled = _named_by_title(reading)
    found = episode.of_the_episode(found, [one.concept for one in titled])
    known = {kind for one in found for kind in above(reading.vocabulary, one.concept)}
    found += [one for one in titled if one.concept not in known]
    compartments = statuses(reading, episode.is_relapse)
    seen: list[str] = []
    for name, concept in FLUIDS:
        status = compartments.get(name)
        if status and status.value == INVOLVED:
            seen.append(concept)
            yield Found("site", concept, *status.place, confidence=0.85)
    found += _palsies(reading, sentences, {*seen, *(one.concept for one in found)})
    if not found and episode.is_leukemic and not any(status.value == INVOLVED for status in compartments.values()):
        subject = [s for n, s in enumerate(reading.about) if not n or _subject().search(s.flat.text)]
        found = [one for one in involved(reading, subject, reading.at_large) if one.score >= STRONG][:1]
    if not found:
        relapse = episode.is_relapse and not seen
        found = list(_shown(reading, relapse=relapse))
    free = {concept for name, concept in FLUIDS if (status := compartments.get(name)) and status.value == FREE}
    found = [one for one in found if one.concept not in free]
    for one in chosen(reading, found):
        confidence = 0.9 if one.score >= STRONG else 0.7
        yield Found("site", one.concept, one.mention.start, one.mention.end, confidence, one.detail)


def _named_by_title(reading: Reading) -> list[Site]:
    """The sites that the title, or what the paper says that it is about, names as those of leukemia."""
    titles = [s for s in reading.about if s.role == TITLE]
    return [one for one in involved(reading, titles, reading.at_large) if one.score >= STRONG]


def _palsies(reading: Reading, sentences: Sequence[Sentence], sites: set[str]) -> Iterator[Site]:
    """The nerves whose palsies are told of, where leukemia was in the nerves or the fluid around them."""
    rule = site_rules().all["nerves"]
    if not sites.intersection(rule["when"]) or sites.intersection(rule["unless"]):
        return
    in_nerves = bool(sites.intersection(rule["nerves"]))
    own = {sentence.index for sentence in sentences}
    for mention in reading.of("Findings"):
        if mention.concept in rule["findings"] and mention.sentence in own and not mention.said:
            yield Site(mention, rule["findings"][mention.concept], FAIR)
    for sentence in sentences:
        if set(rule["palsies"]).isdisjoint(word.plain for word in sentence.words):
            continue
        for nerve in (*numbered(sentence), *palsied(reading, sentence)) if in_nerves else ():
            yield Site(nerve, nerve.concept, FAIR)


def _shown(reading: Reading, *, relapse: bool) -> Iterator[Site]:
    """The site that a finding shows where none is named."""
    rule = site_rules().all
    table = rule["shown"] | (rule["shown_by_relapse"] if relapse else {})
    own = {sentence.index for sentence in told(reading)} | {s.index for s in reading.about if s.role == TITLE}
    for mention in (*reading.mentions, *reading.at_large):
        named = mention.scheme == "Findings" and mention.concept in table
        if named and mention.sentence in own and not mention.said:
            yield Site(mention, table[mention.concept], FAIR)
            return
