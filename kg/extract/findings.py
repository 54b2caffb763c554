"""Findings of the patient, present or absent: names, head words at a site, patterns (``rules/findings.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kg.extract.lexicon import Name
from kg.extract.nearby import (
    NOT_THIS_PATIENT,
    Beside,
    Cues,
    Placed,
    above,
    between,
    by_sentence,
    composed,
    context,
    inside,
)
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import Sentence

PRESENT, ABSENT = "Present", "Absent"
_SCHEMES = ("Findings", "AnatomicalSites", "Modalities", "Treatments", "LeukemiaTypes", "Differentials")


@dataclass(frozen=True)
class _Rules:
    heads: Cues
    tables: Mapping[str, Mapping[str, str]]
    near: Beside
    patterns: Patterns
    never: frozenset[str]
    kinds: frozenset[str]
    far: frozenset[str]
    far_parts: frozenset[str]
    all: Mapping[str, Any]


@dataclass
class _Finding:
    """A finding at its place in a sentence, with what is said of it."""

    concept: str
    first: int
    last: int
    start: int
    end: int
    said: frozenset[str]
    site: Mention | None = None
    detail: dict[str, str] = field(default_factory=dict)


@cache
def _rules() -> _Rules:
    file = rules("findings")
    return _Rules(
        Cues({name: head["words"] for name, head in file["heads"].items()}),
        {name: head["sites"] for name, head in file["heads"].items()},
        Beside(file),
        Patterns(file["patterns"]),
        frozenset(file["never"]),
        frozenset(file["kinds"]),
        frozenset(file["far"]),
        frozenset(file["far_parts"]),
        file,
    )


def findings(reading: Reading) -> Iterator[Found]:
    """What the patient was found to have and not to have."""
    found: list[tuple[str, Found]] = []
    for sentence, mentions in by_sentence(reading, *_SCHEMES):
        for status, one in _in_sentence(reading, sentence, mentions):
            found.append((status, one))
    present = {one.value for status, one in found if status == PRESENT}
    beside = _rules().all["beside"]
    found = [(s, one) for s, one in found if s == ABSENT or not present.intersection(beside.get(one.value, ()))]
    told = {kind for value in present for kind in above(reading.vocabulary, value)}
    for status, one in found:
        if status == PRESENT or one.value not in told:
            yield one


def _in_sentence(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[tuple[str, Found]]:
    several = _headed(reading, sentence, mentions)
    named = [one for one in _named(sentence, mentions) if not _covered(reading, one, several)]
    several = [one for one in several if not any(_says_more(reading, other, one) for other in named)]
    for one in (*named, *several):
        if one.concept in _rules().never or one.said & (NOT_THIS_PATIENT | {"planned"}):
            continue
        if "possible" in one.said and "ClinicalCondition" in above(reading.vocabulary, one.concept):
            continue
        status = ABSENT if "absent" in one.said and not _affirmed(sentence, one) else PRESENT
        detail = {"status": status, **_detail(sentence, one)}
        if "possible" in one.said:
            detail["certainty"] = "Possible"
        yield status, Found("finding", one.concept, one.start, one.end, 0.6 if "possible" in one.said else 0.85, detail)
    for status in (PRESENT, ABSENT):
        for rule, match in _rules().patterns.find(status, sentence.flat.text):
            place = sentence.flat.place(*match.span())
            said = _said(sentence, place) if status == PRESENT else frozenset()
            if said & NOT_THIS_PATIENT:
                continue
            shown = ABSENT if "absent" in said else status
            yield shown, Found("finding", str(rule.says["concept"]), *place, confidence=0.8, detail={"status": shown})


def _affirmed(sentence: Sentence, one: _Finding) -> bool:
    """Whether the word of denial before a finding does not reach it.

    It may be part of the name (“absent ankle jerk”), be an adjective of another one (“absent reflexes, and pain”), or
    stand before the words that begin to tell of the patient (“a boy without illness was seen with pain”).
    """
    rule = _rules().all["denials"]
    words = [word.plain for word in sentence.words]
    at = next((i for i in range(one.last, max(-1, one.first - 14), -1) if words[i] in rule["words"]), None)
    if at is None:
        return False
    if at >= one.first and one.site is None:
        return True
    gap = set(words[at + 1 : one.last if at >= one.first else one.first])
    return bool(gap.intersection(rule["over"]) or (words[at] in rule["adjectives"] and gap & {",", "and"}))


def _named(sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[_Finding]:
    wider = [m for m in mentions if m.scheme in ("Treatments", "Modalities", "LeukemiaTypes")]
    ills = [m for m in mentions if m.scheme == "Differentials"]
    for m in mentions:
        others = wider if m.concept in _rules().all["within"] else [*wider, *ills]
        if m.scheme != "Findings" or inside(m, others) or _is_few(sentence, m, m.concept):
            continue
        if not _means_else(sentence, m):
            yield _Finding(m.concept, m.first, m.last, m.start, m.end, m.said)
            for word in sentence.words[m.first : m.last + 1] if m.last > m.first else ():
                if held := _rules().all["holds"].get(word.plain):
                    yield _Finding(held, m.first, m.last, m.start, m.end, m.said)


def _means_else(sentence: Sentence, mention: Mention) -> bool:
    rule = _rules().all["unless"].get(mention.concept)
    if rule is None:
        return False
    words = sentence.words
    after = words[mention.last + 1].plain if mention.last + 1 < len(words) else ""
    before = words[mention.first - 1].plain if mention.first else ""
    if after in rule.get("after", ()) or before in rule.get("before", ()):
        return True
    return any(word.plain in rule.get("with", ()) for word in words)


def _headed(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> list[_Finding]:
    """What head words mean at the sites beside them."""
    rule = _rules()
    sites = [m for m in mentions if m.scheme == "AnatomicalSites"]
    if not sites:
        return []
    named = [m for m in mentions if m.scheme == "Findings"]
    wider = [m for m in mentions if m.scheme in ("Treatments", "LeukemiaTypes", "Differentials")]
    heads = [head for head in rule.heads.find(sentence.words) if not inside(head, wider)]
    heads = [head for head in heads if not _is_other(sentence, head)]
    if not heads:
        return []
    said = context().said(sentence.words, heads)
    found = []
    for head, what in zip(heads, said, strict=True):
        last_site: Mention | None = None
        near = list(_sites(sentence, head, sites))
        shared = list(_sharing(sentence, head, near, sites))
        for site in (*near, *shared):
            if any(inside(site, [m]) and not inside(head, [m], proper=False) for m in named):
                continue  # the site of another finding: “pain and muscle atrophy”
            if last_site is not None and not (site in shared or _is_listed(sentence, last_site, site)):
                break
            concept = composed(reading.vocabulary, site.concept, rule.tables[head.concept])
            if not concept or _is_few(sentence, head, concept):
                continue  # nothing there, or something of which no concept tells
            first, last = min(head.first, site.first), max(head.last, site.last)
            start, end = sentence.words[first].start, sentence.words[last].end
            if last - first > 8:
                start, end = head.start, head.end
            # “Neither blood nor marrow showed blasts”: the denial stands before the site.
            before = {word.plain for word in sentence.words[max(0, site.first - 4) : site.first]}
            denied = site.first < head.first and bool(before & {"neither", "nor"})
            what = what | {"absent"} if denied else what
            found.append(_Finding(concept, first, last, start, end, what, site))
            last_site = site
    return found


def _is_few(sentence: Sentence, head: Placed, concept: str) -> bool:
    """Whether the share beside a head is none to speak of: “3% blasts”, “marrow blasts were below 5%”."""
    rule, words = _rules().all["few"], sentence.words
    most = rule["percent"].get(concept)
    for at in range(max(1, head.first - 4), min(len(words), head.last + 6)) if most else ():
        share = _SHARE.fullmatch(words[at - 1].plain) if words[at].text == "%" else None
        gap = {word.plain for word in words[head.last + 1 : at - 1]} if at > head.last else set()
        if share and gap.issubset(rule["between"]):
            return float(share[0]) < most or (float(share[0]) == most and words[at - 2].plain in rule["below"])
    return False


_SHARE = re.compile(r"\d+(?:\.\d+)?")


def _is_listed(sentence: Sentence, one: Mention, other: Mention) -> bool:
    """Whether a site stands in a list after another one: “swellings in the neck, axilla and breast”."""
    if other.first <= one.last:
        return False
    gap = {word.plain for word in sentence.words[one.last + 1 : other.first]}
    return bool(gap & {",", "and", "or", "/"}) and not gap - set(_rules().all["lists"])


def _is_other(sentence: Sentence, head: Name) -> bool:
    """Whether the word after a head makes it another thing: “tumor cells”, “mass effect”."""
    other = _rules().all["not_before"].get(head.concept, ())
    far = 3 if sentence.words[head.last].plain in _rules().all["adjectives"] else 1
    return any(word.plain in other for word in sentence.words[head.last + 1 : head.last + 1 + far])


def _sites(sentence: Sentence, head: Name, sites: Sequence[Mention]) -> Iterator[Mention]:
    rule = _rules()
    yield from rule.near.sites(sentence, head, sites)
    if head.concept in rule.far:
        for site in reversed(sites):
            gap = [word.plain for word in sentence.words[site.last + 1 : head.first]]
            if site.last < head.first and len(gap) <= rule.all["far_words"] and not rule.far_parts.intersection(gap):
                yield site


def _sharing(sentence: Sentence, head: Name, near: Sequence[Mention], sites: Sequence[Mention]) -> Iterator[Mention]:
    """The sites that share a head with the one before it: “testicular and inguinal pain”."""
    rule = _rules().all
    if not near or head.concept not in rule["shared"] or near[0].last > head.first:
        return
    last = near[0]
    for site in reversed(sites):
        if site.last < last.first and set(between(sentence, site, last)).issubset(rule["and"]):
            yield site
            last = site


def _covered(reading: Reading, one: _Finding, several: Sequence[_Finding]) -> bool:
    """Whether a head with its site says the same more precisely, or a longer name holds it."""
    for other in several:
        if other.first <= one.last and one.first <= other.last:
            kinds = above(reading.vocabulary, other.concept)
            general = _rules().kinds
            alike = general.intersection(kinds) & above(reading.vocabulary, one.concept)
            if one.concept in kinds or one.concept in general or (alike and one.first == one.last):
                return True
    return False


def _says_more(reading: Reading, named: _Finding, headed: _Finding) -> bool:
    """Whether a name in the same words is more precise than a head with its site."""
    overlaps = named.first <= headed.last and headed.first <= named.last
    return overlaps and headed.concept in above(reading.vocabulary, named.concept)


def _said(sentence: Sentence, place: tuple[int, int]) -> frozenset[str]:
    """What is said of the words at a place."""
    words = [i for i, word in enumerate(sentence.words) if place[0] <= word.start < place[1]]
    if not words:
        return frozenset()
    return context().said(sentence.words, [Name("", "", words[0], words[-1], *place)])[0]


def _detail(sentence: Sentence, one: _Finding) -> dict[str, str]:
    """Site, severity, course and quality, as the words beside the finding have them."""
    file = _rules().all
    near = [word.plain for word in sentence.words[max(0, one.first - 3) : one.last + 2]]
    detail = {}
    if one.site is not None:
        detail["site"] = one.site.concept
    for key, table in (("severity", "severities"), ("course", "courses"), ("quality", "qualities")):
        if value := next((file[table][word] for word in near if word in file[table]), None):
            detail[key] = value
    return detail
