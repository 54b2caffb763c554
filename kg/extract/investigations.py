"""Investigations made for this patient, with result and order, from ``rules/results.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.extract.lexicon import SIGNS, Name
from kg.extract.nearby import NOT_THIS_PATIENT, Beside, Cues, above, between, by_sentence, composed, context, inside
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import Sentence

_NAMED = 0.8
"""What is named is surer than this, what is implied less sure."""


@dataclass(frozen=True)
class _Rules:
    heads: Cues
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
        Cues({name: head["words"] for name, head in file["heads"].items()}),
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
        if _rules().patterns.fits("general", sentence.flat.text):
            continue
        made += _named(reading, sentence, mentions)
        made += _headed(reading, sentence, mentions)
        made += [one for one in _implied(sentence) if not _told(reading, one, made)]
    order: dict[str, int] = {}
    for one in made:
        if _is_vague(reading, one, made):
            continue
        order.setdefault(one.concept, len(order) + 1)
        detail = {"order": str(order[one.concept])}
        if result := _result(one, made):
            detail["result"] = result
        if one.site:
            detail["site"] = one.site
        yield Found("modality", one.concept, one.start, one.end, one.confidence, detail)


def _is_vague(reading: Reading, one: _Made, made: Sequence[_Made]) -> bool:
    """Whether something more precise of this kind was made, or what was implied has its name elsewhere."""
    rule = _rules().all
    besides = {one.concept, *rule["vague_beside"]}
    if one.concept in rule["vague"] and any(
        o.concept not in besides and one.concept in above(reading.vocabulary, o.concept) for o in made
    ):
        return True
    named = rule["implied_beside"].get(one.concept, ()) if one.confidence < _NAMED else ()
    return any(o.concept in named or o.concept in rule["covered"].get(one.concept, ()) for o in made)


def _named(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[_Made]:
    rule = _rules()
    sites = [m for m in mentions if m.scheme == "AnatomicalSites"]
    treatments = [m for m in mentions if m.scheme in ("Treatments", "Markers")]
    for m in mentions:
        if m.scheme != "Modalities" or m.concept in rule.never or inside(m, treatments):
            continue
        if m.said & NOT_THIS_PATIENT or _not_made(sentence, m) or _means_else(sentence, m) or _are_cells(sentence, m):
            continue
        confidence = 0.7 if "planned" in m.said else 0.9
        targets = _targets(reading, sentence, m, sites, mentions)
        concept, site = targets[0] if targets else (m.concept, None)
        concept = _instead(sentence, m, _as_before(sentence, m, mentions) or concept)
        if not concept:
            continue
        yield _Made(concept, m.start, m.end, m.last, sentence, site, confidence)
        for further, site in targets[1:]:
            yield _Made(further, m.start, m.end, m.last, sentence, site, confidence)


def _headed(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[_Made]:
    """What head words mean with a site: “analysis of the cerebrospinal fluid”, “a smear of his blood”."""
    sites = [m for m in mentions if m.scheme == "AnatomicalSites"]
    heads = _rules().heads.find(sentence.words) if sites else []
    heads = [head for head in heads if not inside(head, mentions, proper=False)]
    for head, said in zip(heads, context().said(sentence.words, heads), strict=True):
        if said & NOT_THIS_PATIENT or _not_made(sentence, head):
            continue
        free = [site for site in sites if not _is_of_another(site, head, mentions)]
        for site in _rules().near.sites(sentence, head, free):
            table = _rules().all["heads"][head.concept]["sites"]
            if concept := composed(reading.vocabulary, site.concept, table):
                yield _Made(concept, head.start, head.end, head.last, sentence, site.concept, 0.85)
                break


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


def _targets(
    reading: Reading, sentence: Sentence, m: Mention, sites: Sequence[Mention], mentions: Sequence[Mention]
) -> list[tuple[str, str | None]]:
    """The investigation with each of its targets, where the vocabulary has it: “MRI of the thigh and the pelvis”."""
    tables = _rules().all["compose"]
    kinds = above(reading.vocabulary, m.concept)
    kind = m.concept if m.concept in tables else next((one for one in tables if one in kinds), None)
    if kind is None:
        return []
    free = [site for site in sites if not _is_of_another(site, m, mentions)]
    ends = (m.first, m.last)
    first = next((s for s in free if inside(s, [m]) and (s.first in ends or s.last in ends)), None)
    way = m.concept in _rules().all["ways"]
    if first is None and (way or kind == m.concept):
        outside = [site for site in free if not inside(site, [m], proper=False)]
        near = _rules().near.sites(sentence, m, outside)
        first = next((site for site in near if _composed(reading, site, tables[kind]) is not None), None)
    first = first or _subject(sentence, m, free, tables[kind], reading)
    if first is None:
        return []
    held = inside(first, [m])
    if way and not held:
        return [(m.concept, None), (_composed(reading, first, tables[kind]) or m.concept, first.concept)]
    concept = m.concept if held else _composed(reading, first, tables[kind]) or ""
    found: list[tuple[str, str | None]] = [(concept, first.concept)]
    named = [site for site in free if held and inside(site, [m])]
    for site in (*named, *_in_list(sentence, first, free, back=first.last < m.last)):
        finer = _composed(reading, site, tables[kind])
        if finer and all(finer != one for one, _ in found):
            found.append((finer, site.concept))
    return found


def _subject(
    sentence: Sentence, m: Mention, sites: Sequence[Mention], table: Mapping[str, str], reading: Reading
) -> Mention | None:
    """The site of which a verb speaks: “the skin lesions were biopsied”."""
    rule = _rules().all["subjects"]
    site = next((one for one in reversed(sites) if one.last < m.first), None)
    if site is None or sentence.words[m.last].text != "biopsied":
        return None
    gap = set(between(sentence, site, m))
    fits = gap.intersection(rule["verbs"]) and gap.issubset(rule["over"])
    return site if fits and _composed(reading, site, table) else None


def _composed(reading: Reading, site: Mention, table: Mapping[str, str]) -> str | None:
    return composed(reading.vocabulary, site.concept, table)


def _is_of_another(site: Mention, m: Mention | Name, mentions: Sequence[Mention]) -> bool:
    """Whether a site is what another investigation looked at: “CT of the chest and bone marrow biopsy”."""
    others = [o for o in mentions if o.scheme == "Modalities" and (o.first, o.last) != (m.first, m.last)]
    return any((o.first <= site.first and site.last <= o.last) or o.first == site.last + 1 for o in others)


def _in_list(sentence: Sentence, first: Mention, sites: Sequence[Mention], *, back: bool) -> Iterator[Mention]:
    """The sites that stand in one list with a site, behind it or before it."""
    links, at = frozenset(_rules().all["links"]), first
    for site in reversed(sites) if back else sites:
        left, right = (site, at) if back else (at, site)
        if left.last >= right.first:
            continue
        gap = set(between(sentence, left, right))
        if not gap & {"and", ",", "/", "&", "or"} or gap - links:
            return
        yield site
        at = site


def _not_made(sentence: Sentence, m: Mention | Name) -> bool:
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
    soon = {word.plain for word in words[m.last + 1 : m.last + 5]}
    if soon.intersection(rule.get("soon", ())) and not soon.intersection(_rules().all["studies"]):
        return True
    return after in rule.get("after", ()) or before in rule.get("before", ())


def _are_cells(sentence: Sentence, m: Mention) -> bool:
    """Whether a name is that of cells that were seen, not counted: “atypical white blood cells”."""
    rule = _rules().all
    words = sentence.words
    name = " ".join(word.plain for word in words[m.first : m.last + 1])
    if name not in rule["cells"].get(m.concept, ()):
        return False
    near = words[max(0, m.first - rule["cells_reach"]) : m.last + 1 + rule["cells_reach"]]
    return not any(word.text[0].isdigit() or word.plain in rule["changes"] for word in near)


def _implied(sentence: Sentence) -> Iterator[_Made]:
    """Investigations that no name but a result tells of: “the marrow showed 80% blasts”."""
    for rule, match in _rules().patterns.find("made", sentence.flat.text):
        start, end = sentence.flat.place(*match.span())
        last = max((i for i, word in enumerate(sentence.words) if word.start < end), default=0)
        yield _Made(str(rule.says["modality"]), start, end, last, sentence, None, 0.75)


def _told(reading: Reading, one: _Made, made: Sequence[_Made]) -> bool:
    """Whether the same or a finer investigation was told already, for some of them in this sentence."""
    again = one.concept in _rules().all["again"]
    return any(
        one.concept in above(reading.vocabulary, other.concept)
        and (not again or other.sentence is one.sentence or other.concept == one.concept)
        for other in made
    )


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
