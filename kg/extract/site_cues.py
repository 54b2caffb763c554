"""The words that speak of leukemia or a lesion near a place, and of what an investigation looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from kg.extract.lexicon import Name
from kg.extract.nearby import Cues, between, without_abbreviation
from kg.extract.reader import rules
from kg.extract.reading import Mention
from kg.extract.sentences import Sentence

_SIGHT = 60
"""An investigation looks at no place further away."""
_REACH = 12
"""Another illness governs no cue over more words."""

LEUKEMIC = ("leukemic", "cells")
"""Groups of cues that say leukemia by themselves."""


@cache
def _cues() -> Cues:
    return Cues(rules("sites")["cues"])


def cues_in(sentence: Sentence) -> list[Name]:
    """The cues of a sentence in order; ``concept`` is the group."""
    return _cues().find(sentence.words)


def heeded(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those that are denied, only thought of, of an earlier episode, or another illness's."""
    return _without_denied(sentence, _without_foreign(sentence, _without_former(sentence, cues)))


def _without_former(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those of an earlier episode: “initial extramedullary leukemia in skin and breast”."""
    former, words = rules("sites")["former"], sentence.words
    return [cue for cue in cues if not any(word.plain in former for word in words[max(0, cue.first - 2) : cue.first])]


def _without_denied(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those that are denied or only thought of: “no leukemic infiltration”, “possible invasion of …”."""
    rule, words = rules("sites")["denied"], sentence.words
    kept = []
    for cue in cues:
        before = [word.plain for word in words[max(0, cue.first - rule["reach"]) : cue.first]]
        if {word.plain for word in words[cue.last + 1 : cue.last + 4]}.intersection(rule["behind"]):
            continue
        last = max((at for at, word in enumerate(before) if word in rule["words"]), default=-1)
        if cue.concept in rule["not_of"] or last < 0 or set(before[last:]).intersection(rule["ends"]):
            kept.append(cue)
    return kept


def _without_foreign(sentence: Sentence, cues: Sequence[Name]) -> list[Name]:
    """The cues but those that another illness governs: “GVHD involving the skin”, “lesions due to infection”."""
    rule, words = rules("sites")["foreign"], sentence.words
    strange = [at for at, word in enumerate(words) if word.plain in rule["words"]]
    if not strange:
        return list(cues)
    leukemic = [cue for cue in cues if cue.concept in LEUKEMIC]
    return [cue for cue in cues if cue in leukemic or not _governed(sentence, cue, strange, leukemic)]


def _governed(sentence: Sentence, cue: Name, strange: Sequence[int], leukemic: Sequence[Name]) -> bool:
    rule, words = rules("sites")["foreign"], sentence.words
    for at in strange:
        first, last = (at, cue.first) if at < cue.first else (cue.last, at)
        length = last - first - 1
        if length > _REACH:
            continue
        gap = {word.plain for word in words[first + 1 : last]}
        if at < cue.first and "and" in gap and cue.concept in ("mass", "surface", "lesion"):
            continue
        if any(first <= one.first <= last for one in leukemic) or gap.intersection(rule["parts"]):
            continue
        if at < cue.first and length <= rule["reach"]:
            return True
        near = _REACH if gap.intersection(rule["causes"]) else 5
        if at > cue.last and (not gap or (length <= near and gap.intersection(rule["ties"]))):
            return True
    return False


def look_at(
    sentence: Sentence, place: Mention, looks: Sequence[Mention], places: Sequence[Mention] = ()
) -> Mention | None:
    """The investigation that looked at a place: “renal biopsy”, “MRI of the cervical and lumbar spine”."""
    near = set(rules("sites")["looked_at"])
    near_places = [one for one in places if abs(one.first - place.first) <= _SIGHT]
    own = {sentence.words[at].plain for one in near_places for at in range(one.first, one.last + 1)}
    for look in looks:
        if look.first <= place.first and place.last <= look.last and look.last - look.first > place.last - place.first:
            return look
        if place.last == look.first - 1:
            return look
        if place.first - look.last > _SIGHT:
            continue
        gap = [word for word in without_abbreviation(between(sentence, look, place)) if word not in own]
        tied = "of" in gap or not set(gap) - {"and", ",", "the"}
        if place.first > look.last and len(gap) <= 12 and tied and not set(gap) - near:
            return look
    return None


def is_symptoms(sentence: Sentence, place: Mention) -> bool:
    """Whether the word after a place names a symptom or a treatment: “neck pain”, “vaginal postmenopausal bleeding”."""
    following = [word.plain for word in sentence.words[place.last + 1 : place.last + 3]]
    adjective = following[:1] and following[0].endswith(("al", "ic", "ar"))
    return any(word in rules("sites")["symptoms"] for word in following[: 2 if adjective else 1])
