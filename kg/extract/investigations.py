"""Investigations made for this patient, with result and order, from ``rules/results.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.extract.lexicon import SIGNS, Name
from kg.extract.nearby import NOT_THIS_PATIENT, Beside, Cues, above, by_sentence, composed, inside
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import Sentence


@dataclass(frozen=True)
class _Rules:
    near: Beside
    patterns: Patterns
    results: Cues
    never: frozenset[str]
    before: frozenset[str]
    far: frozenset[str]
    after: frozenset[str]
    all: Mapping[str, Any]


@dataclass(frozen=True)
class _Made:
    """An investigation at its place, with the words of the sentence it takes."""

    concept: str
    start: int
    end: int
    last: int
    sentence: Sentence
    site: str | None = None
    confidence: float = 0.9


@cache
def _rules() -> _Rules:
    file = rules("results")
    refused = file["refused"]
    return _Rules(
        Beside(file),
        Patterns(file["patterns"]),
        Cues(file["results"]),
        frozenset(file["never"]),
        frozenset(refused["before"]),
        frozenset(refused["far"]),
        frozenset(refused["after"]),
        file,
    )


def investigations(reading: Reading) -> Iterator[Found]:
    """The investigations that were made, in the order in which they are told."""
    made: list[_Made] = []
    for sentence, mentions in by_sentence(reading, "Modalities", "AnatomicalSites", "Treatments", "Markers"):
        named = list(_named(reading, sentence, mentions))
        made += named
        made += [one for one in _implied(sentence) if not _told(reading, one, made)]
    order: dict[str, int] = {}
    vague = set(_rules().all["vague"])
    for one in made:
        if one.concept in vague and _is_finer(reading, one.concept, made):
            continue
        order.setdefault(one.concept, len(order) + 1)
        detail = {"order": str(order[one.concept])}
        if result := _result(one, made):
            detail["result"] = result
        if one.site:
            detail["site"] = one.site
        yield Found("modality", one.concept, one.start, one.end, one.confidence, detail)


def _is_finer(reading: Reading, concept: str, made: Sequence[_Made]) -> bool:
    """Whether something more precise of this kind was made."""
    besides = {concept, *_rules().all["vague_beside"]}
    return any(o.concept not in besides and concept in above(reading.vocabulary, o.concept) for o in made)


def _named(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[_Made]:
    rule = _rules()
    sites = [m for m in mentions if m.scheme == "AnatomicalSites"]
    treatments = [m for m in mentions if m.scheme in ("Treatments", "Markers")]
    for m in mentions:
        if m.scheme != "Modalities" or m.concept in rule.never or inside(m, treatments):
            continue
        if m.said & NOT_THIS_PATIENT or _not_made(sentence, m) or _means_else(sentence, m):
            continue
        concept, site = _at_site(reading, sentence, m, sites)
        concept = _instead(sentence, m, _as_before(sentence, m, mentions) or concept)
        yield _Made(concept, m.start, m.end, m.last, sentence, site, 0.7 if "planned" in m.said else 0.9)


def _as_before(sentence: Sentence, m: Mention, mentions: Sequence[Mention]) -> str | None:
    """The finer name that a name has after “and”: “bone marrow aspiration and biopsy”."""
    rule = _rules().all["shared"].get(m.concept)
    if rule is None or m.first < 2 or sentence.words[m.first - 1].plain not in ("and", ",", "/", "with", "plus"):
        return None
    return str(rule["is"]) if any(o.concept == rule["of"] and o.last == m.first - 2 for o in mentions) else None


def _instead(sentence: Sentence, m: Mention, concept: str) -> str:
    """Cells counted in another fluid than blood are another investigation."""
    rule = _rules().all["instead"].get(concept)
    if rule is None:
        return concept
    before = [word.plain for word in sentence.words[max(0, m.first - rule["reach"]) : m.first]]
    before = before[len(before) - before[::-1].index(";") :] if ";" in before else before
    return str(rule["is"]) if set(rule["words"]).intersection(before) else concept


def _at_site(reading: Reading, sentence: Sentence, m: Mention, sites: Sequence[Mention]) -> tuple[str, str | None]:
    """The investigation with its target, where the vocabulary has it: “MRI of the thigh”."""
    table = _rules().all["compose"].get(m.concept)
    if table is None:
        return m.concept, None
    for site in _rules().near.sites(sentence, m, [site for site in sites if not inside(site, [m], proper=False)]):
        if finer := composed(reading.vocabulary, site.concept, table):
            return finer, site.concept
    return m.concept, None


def _not_made(sentence: Sentence, m: Mention) -> bool:
    words = [word.plain for word in sentence.words]
    before, after = words[max(0, m.first - 2) : m.first], " ".join(words[m.last + 1 : m.last + 4])
    far = words[max(0, m.first - 5) : m.first]
    if _rules().before.intersection(before) or _rules().far.intersection(far):
        return True
    return any(after.startswith(one) for one in _rules().after)


def _means_else(sentence: Sentence, m: Mention) -> bool:
    rule = _rules().all["unless"].get(m.concept)
    if not rule:
        return False
    words = sentence.words
    following = [word.plain for word in words[m.last + 1 : m.last + 3] if word.text not in SIGNS]
    after = following[0] if following else ""
    before = words[m.first - 1].plain if m.first else ""
    if any(word.plain in rule.get("with", ()) for word in words):
        return True
    return after in rule.get("after", ()) or before in rule.get("before", ())


def _implied(sentence: Sentence) -> Iterator[_Made]:
    """Investigations that no name but a result tells of: “the marrow showed 80% blasts”."""
    for rule, match in _rules().patterns.find("made", sentence.flat.text):
        start, end = sentence.flat.place(*match.span())
        last = max((i for i, word in enumerate(sentence.words) if word.start < end), default=0)
        yield _Made(str(rule.says["modality"]), start, end, last, sentence, None, 0.75)


def _told(reading: Reading, one: _Made, made: Sequence[_Made]) -> bool:
    """Whether the same or a finer investigation was told already."""
    return any(one.concept in above(reading.vocabulary, other.concept) for other in made)


def _result(one: _Made, made: Sequence[_Made]) -> str | None:
    """What came of it: the first words of a result after the name, before the next investigation."""
    rule = _rules()
    ends = [o.last for o in made if o.sentence is one.sentence and o.start > one.end]
    stop = min([*ends, one.last + int(rule.all["result_words"])]) if ends else one.last + int(rule.all["result_words"])
    found: list[Name] = rule.results.find(one.sentence.words[one.last + 1 : stop + 1])
    kinds = [name.concept for name in found]
    if not kinds and ends:
        # “aspirate and biopsy showed”: the result is told of both.
        words = one.sentence.words[one.last + 1 : one.last + 16]
        kinds = [name.concept for name in rule.results.find(words)]
    for kind in ("Inconclusive", "Normal"):
        if kind in kinds[:2]:
            return kind
    return kinds[0] if kinds else None
