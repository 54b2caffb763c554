"""Treatments and agents that were given, not those only discussed or refused, from ``rules/treatments.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.extract.lexicon import Lexicon
from kg.extract.nearby import NOT_THIS_PATIENT, Beside, Cues, above, by_sentence, composed, inside
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import Sentence

_AGENT = "Agent"
_SCHEMES = ("Treatments", "Modalities", "Differentials", "Findings", "Markers", "AnatomicalSites")


@dataclass(frozen=True)
class _Rules:
    never: frozenset[str]
    thought: Lexicon
    reach: int
    patterns: Patterns
    responses: Cues
    doses: re.Pattern[str]
    graft: re.Pattern[str]
    near: Beside
    all: Mapping[str, Any]


@dataclass(frozen=True)
class _Given:
    """A treatment at its place."""

    concept: str
    start: int
    end: int
    sentence: Sentence
    confidence: float


@cache
def _rules() -> _Rules:
    file = rules("treatments")
    thought = Lexicon()
    for side in ("before", "after"):
        for phrase in file["not_given"][side]:
            thought.add(str(phrase), side, side, exact=False)
    return _Rules(
        frozenset(file["never"]),
        thought,
        int(file["not_given"]["reach"]),
        Patterns(file["patterns"]),
        Cues(file["responses"]),
        re.compile(file["doses"]["pattern"]),
        re.compile(rf"\b(?:{file['donors']['needs']})\b"),
        Beside(file),
        file,
    )


def treatments(reading: Reading) -> Iterator[Found]:
    """The treatments that the patient was given, in the order in which they are told."""
    given: list[_Given] = []
    for sentence, mentions in by_sentence(reading, *_SCHEMES):
        if _rules().patterns.fits("general", sentence.flat.text):
            continue
        named = list(_named(reading, sentence, mentions))
        given += named
        for rule, match in _rules().patterns.find("given", sentence.flat.text):
            start, end = sentence.flat.place(*match.span())
            concept = str(rule.says["treatment"])
            known = any(concept in above(reading.vocabulary, one.concept) for one in given)
            if not known and not _thought_of(sentence, start, end):
                given.append(_Given(concept, start, end, sentence, 0.75))
    order: dict[str, int] = {}
    for number, one in enumerate(given):
        if _is_repeated(reading, one, given):
            continue
        order.setdefault(one.concept, len(order) + 1)
        detail = {"order": str(order[one.concept]), **_detail(reading, one, given[number + 1 :])}
        yield Found("treatment", one.concept, one.start, one.end, one.confidence, detail)


def _named(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[_Given]:
    others = [m for m in mentions if m.scheme not in ("Treatments", "AnatomicalSites")]
    sites = [m for m in mentions if m.scheme == "AnatomicalSites"]
    for m in mentions:
        if m.scheme != "Treatments" or m.concept in _rules().never or inside(m, others):
            continue
        if _is_donor(sentence, m) and ("absent" in m.said or not _rules().graft.search(sentence.flat.text)):
            continue
        if _of_others(sentence, m) or _means_else(sentence, m) or _thought_of(sentence, m.start, m.end):
            continue
        confidence = 0.6 if "possible" in m.said else 0.9
        yield _Given(_at_site(reading, sentence, m, sites), m.start, m.end, sentence, confidence)
        if held := _rules().all["holds"].get(m.concept):
            yield _Given(held, m.start, m.end, sentence, confidence)


def _at_site(reading: Reading, sentence: Sentence, m: Mention, sites: Sequence[Mention]) -> str:
    """The treatment with its target, where the vocabulary has it: “radiotherapy to the left eye”."""
    rule = _rules().all
    table = rule["compose"].get(m.concept)
    if table is None:
        return m.concept
    for site in _rules().near.sites(sentence, m, [site for site in sites if not inside(site, [m], proper=False)]):
        return composed(reading.vocabulary, site.concept, table) or str(rule["last"].get(m.concept, m.concept))
    after = {word.plain for word in sentence.words[m.last + 1 : m.last + 5]}
    if after & {"to", "of"} and after.intersection(rule["targets"]):
        return str(rule["last"].get(m.concept, m.concept))
    return m.concept


def _of_others(sentence: Sentence, m: Mention) -> bool:
    """Whether someone else was given it; a relative who gave the graft makes it no one else's."""
    said = m.said & NOT_THIS_PATIENT
    if said == {"family"} and _rules().graft.search(sentence.flat.text):
        return False
    return bool(said)


def _means_else(sentence: Sentence, m: Mention) -> bool:
    rule = _rules().all["unless"].get(m.concept)
    if not rule:
        return False
    words = sentence.words
    after = words[m.last + 1].plain if m.last + 1 < len(words) else ""
    before = words[m.first - 1].plain if m.first else ""
    return after in rule.get("after", ()) or before in rule.get("before", ())


def _is_donor(sentence: Sentence, m: Mention) -> bool:
    """Whether the name is that of a donor, which makes no transplantation yet."""
    rule = _rules().all["donors"]
    if m.concept != rule["concept"]:
        return False
    words = {word.plain for word in sentence.words[m.first : m.last + 1]}
    text = " ".join(words)
    return bool(words.intersection(rule["words"])) and not _rules().graft.search(text)


def _thought_of(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a treatment was only planned, refused or weighed."""
    rule = _rules()
    words = sentence.words
    first = next((i for i, word in enumerate(words) if word.end > start), len(words))
    last = max((i for i, word in enumerate(words) if word.start < end), default=0)
    left = words[max(0, first - rule.reach) : first]
    for name in rule.thought.find(left, ("before",)):
        between = [word.plain for word in left[name.last + 1 :]]
        reach = 3 if left[name.first].plain in ("no", "without") else rule.reach
        if len(between) <= reach and not {"but", ",", ";", "after", "received", "underwent", "and"} & set(between):
            return True
    right = words[last + 1 : last + 1 + rule.reach]
    for name in rule.thought.find(right, ("after",)):
        between = [word.plain for word in right[: name.first]]
        if not {"but", ",", ";", "with", "(", ".", "which", "for"} & set(between):
            return True
    return False


def _is_repeated(reading: Reading, one: _Given, given: Sequence[_Given]) -> bool:
    """Whether a more precise name of the same treatment holds this one."""
    return any(
        other is not one
        and other.start <= one.start
        and one.end <= other.end
        and other.end - other.start > one.end - one.start
        and one.concept in above(reading.vocabulary, other.concept)
        for other in given
    )


def _detail(reading: Reading, one: _Given, later: Sequence[_Given]) -> dict[str, str]:
    rule = _rules()
    detail: dict[str, str] = {}
    kinds = above(reading.vocabulary, one.concept)
    symptomatic = kinds.intersection(rule.all["intents"]["SymptomaticIntent"])
    if symptomatic:
        detail["intent"] = "SymptomaticIntent"
    elif kinds & {"Chemotherapy", "AntineoplasticAgent", "HematopoieticStemCellTransplantation", "Radiotherapy"}:
        detail["intent"] = "AntileukemicIntent"
    if _AGENT in kinds:
        detail |= _dose(one, later)
    else:
        before = [word.plain for word in one.sentence.words if word.end <= one.start][-3:]
        if line := next((rule.all["lines"][word] for word in reversed(before) if word in rule.all["lines"]), None):
            detail["line"] = line
        if response := _response(reading, one, later):
            detail["response"] = response
    return detail


def _dose(one: _Given, later: Sequence[_Given]) -> dict[str, str]:
    """The dose right after a drug, before the next drug."""
    flat = one.sentence.flat
    start = flat.at(one.end)
    stop = min([flat.at(other.start) for other in later if other.sentence is one.sentence], default=start + 60)
    match = _rules().doses.search(flat.text, start, min(stop, start + 60))
    if match is None:
        return {}
    unit = _rules().all["doses"]["units"].get(match["unit"], match["unit"])
    return {"dose": match["value"].rstrip(".,"), "unit": unit}


def _response(reading: Reading, one: _Given, later: Sequence[_Given]) -> str | None:
    """What came of it, told in the rest of its sentence before the next procedure."""
    words = one.sentence.words
    stops = [
        o.start for o in later if o.sentence is one.sentence and _AGENT not in above(reading.vocabulary, o.concept)
    ]
    stop = min(stops, default=one.sentence.end)
    rest = [word for word in words if one.end <= word.start < stop]
    found = _rules().responses.find(rest)
    return found[0].concept if found else None
