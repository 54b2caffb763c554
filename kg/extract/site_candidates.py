"""The places that a sentence names or shows, each of which may be a site of leukemia; ``rules/sites.yaml`` has them.

A place may be named, or shown by a finding (“hypopyon”), an investigation (“thoracentesis”), an inflammation
(“leukemic pericarditis”), a palsy, or a level of the spine (“at T9”).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.extract.reader import rules
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.site_names import palsied, places_in


class Candidate(NamedTuple):
    """A place that may be a site: its concept, the words that name or show it, and by what they do."""

    concept: str
    mention: Mention
    by: str


def candidates(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> list[Candidate]:
    """The places of a sentence that may be sites, the named ones in order and first.

    Args:
        reading: what the sentence is of.
        sentence: the sentence.
        mentions: all names in it.
    """
    rule, places = rules("sites"), places_in(reading, sentence, mentions)
    named = [Candidate(rule["own"].get(one.concept, one.concept), one, "name") for one in places]
    shown = [*_shown(mentions), *_by_words(sentence, places)]
    shown += [Candidate(one.concept, one, "palsy") for one in palsied(reading, sentence)]
    return [one for one in (*named, *shown) if one.concept not in rule["never"]]


def _shown(mentions: Sequence[Mention]) -> Iterator[Candidate]:
    rule = rules("sites")
    for mention in mentions:
        if mention.scheme == "Findings" and mention.concept in rule["shown"]:
            yield Candidate(rule["shown"][mention.concept], mention, "finding")
        elif mention.scheme in ("Modalities", "Treatments") and mention.concept in rule["examined"]:
            yield Candidate(rule["examined"][mention.concept], mention, "investigation")


def _by_words(sentence: Sentence, named: Sequence[Mention]) -> Iterator[Candidate]:
    """Organs by their inflammations, and levels of the spine: a letter is one with a number only, “at T8”."""
    words, rule = sentence.words, rules("sites")
    within = {at for one in named for at in range(one.first, one.last + 1)}
    for at, word in enumerate(words):
        if concept := rule["inflamed"].get(word.plain):
            yield Candidate(concept, _mention(sentence, at, at, concept), "inflammation")
        numbered = at + 1 < len(words) and words[at + 1].text.isdigit()
        if (concept := rule["levels"].get(word.plain)) and (len(word.plain) > 1) != numbered and at not in within:
            yield Candidate(
                concept, _mention(sentence, at, _level_end(sentence, at) if numbered else at, concept), "level"
            )


def _level_end(sentence: Sentence, at: int) -> int:
    """The last word of levels that begin with a letter and a number: “T4-T6”, “L3/4”."""
    words, last = sentence.words, at + 1
    while last + 2 < len(words) and words[last + 1].text in _TO:
        following = last + 2 if words[last + 2].text.isdigit() else last + 3
        if following >= len(words) or not words[following].text.isdigit():
            break
        last = following
    return last


_TO = frozenset("-‐‑–/")


def _mention(sentence: Sentence, first: int, last: int, concept: str) -> Mention:
    start, end = sentence.words[first].start, sentence.words[last].end
    return Mention(concept, "AnatomicalSites", start, end, sentence.index, first, last)
