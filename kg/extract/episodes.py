"""The relapses of one patient, told apart: “isolated bone relapse and subsequent marrow relapse” are two.

A relapse counts for itself where the text counts it (“second relapse”), or where it names its site beside another, with
a word for before or after. Of one relapse alone nothing is found here: it is the episode that the report is about. The
cues are data, in ``rules/episodes.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kg.extract.patterns import Patterns
from kg.extract.reading import Found, Mention, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence

_MARROW = "BoneMarrow"
_BEFORE, _BEHIND = 4, 9
"""So many words before or behind a relapse its site may stand, and as many further where sites are listed."""


@dataclass
class _Told:
    """A place that names a relapse: its sites, its number, and whether it came before or after the others."""

    place: tuple[int, int]
    sites: tuple[str, ...]
    number: int | None
    prior: bool
    subsequent: bool
    isolated: bool


@dataclass
class _Relapse:
    told: list[_Told] = field(default_factory=list)
    sites: dict[str, None] = field(default_factory=dict)
    number: int | None = None

    def add(self, told: _Told) -> None:
        self.told.append(told)
        self.sites |= dict.fromkeys(told.sites)
        self.number = self.number or told.number


@cache
def _patterns() -> Patterns:
    return Patterns(rules("episodes"))


def episodes(reading: Reading) -> Iterator[Found]:
    """The places of each relapse, under its number among those that are told; none where it is one alone."""
    told = [one for sentence in reading.sentences for one in _named(sentence, reading)]
    relapses = _apart(told, reading)
    if len(relapses) < 2:
        return
    for order, relapse in enumerate(relapses, 1):
        detail = {"sites": ",".join(relapse.sites)} if relapse.sites else {}
        if relapse.number:
            detail["number"] = str(relapse.number)
        for one in relapse.told:
            more = {"isolated": "true"} if one.isolated else {}
            yield Found("episode", str(order), *one.place, confidence=0.65, detail=detail | more)


def _named(sentence: Sentence, reading: Reading) -> Iterator[_Told]:
    """The relapses that a sentence names of the patient."""
    text = sentence.flat.text
    found = _patterns().find("relapse", text)
    if not found:
        return
    sites = [one for one in reading.mentions if one.sentence == sentence.index and one.scheme == "AnatomicalSites"]
    for _, match in found:
        part = text[max(text.rfind(" ; ", 0, match.start()), text.rfind(" but ", 0, match.start()), 0) : match.start()]
        if any(m.end() >= len(part.rstrip()) for _, m in _patterns().find("unsaid", part)):
            continue
        behind = text[match.end() + 1 :]
        if any(m.start() == 0 for _, m in _patterns().find("other", behind)):
            continue
        at = _word_at(sentence, sentence.flat.place(*match.span())[0])
        first, places = _sites(sentence, at, sites)
        lead = text[: match.start()].split()
        words = " ".join(lead[-(at - first + 5) :])
        place = sentence.words[first].start, sentence.flat.place(*match.span())[1]
        if places and places[-1].end > place[1]:
            place = place[0], places[-1].end
        number = _number(words)
        fits = _patterns().fits
        common = (number, fits("prior", words), fits("subsequent", words), fits("isolated", f"{words} {behind[:60]}"))
        names = tuple(dict.fromkeys(one.concept for one in places))
        groups = [(name,) for name in names] if match[0].endswith("s") and len(names) > 1 else [names]
        for group in groups:
            if group or number:
                yield _Told(place, group, *common)


def _number(words: str) -> int | None:
    """Which relapse it is, by the last ordinal before it; “in second remission … relapse” counts remissions."""
    found = None
    for word in words.split():
        found = _data()["ordinals"].get(word, None if word in _data()["counted"] else found)
    return int(found) if found else None


def _sites(sentence: Sentence, at: int, sites: Sequence[Mention]) -> tuple[int, list[Mention]]:
    """The first word of a relapse with its site, and the sites: those right before it, or those that it reached."""
    words, between = sentence.words, set(_data()["between"])
    first = at
    found: list[Mention] = []
    for site in sorted((one for one in sites if one.last < at), key=lambda one: -one.last):
        if first - site.last > _BEFORE or any(w.plain not in between for w in words[site.last + 1 : first]):
            break
        if site.first >= first:
            continue  # a shorter name inside the one before
        first, found = site.first, [site, *found]
    if found:
        return first, found
    last = at
    for site in sorted((one for one in sites if one.first > at), key=lambda one: (one.first, -one.last)):
        reach = words[last + 1 : site.first]
        if site.first <= last:
            continue
        while not found and reach and reach[0].plain in _data()["happened"]:
            reach = reach[1:]
        if len(reach) > _BEHIND or any(w.plain in _data()["stop"] for w in reach):
            break
        if not found and not any(w.plain in _data()["into"] for w in reach):
            break
        found.append(site)
        last = site.last
    return first, found


def _apart(told: Sequence[_Told], reading: Reading) -> list[_Relapse]:
    """The relapses that are told, in their order."""
    found: list[_Relapse] = []
    for one in told:
        known = next((other for other in found if _same(one, other, reading)), None)
        if known is None:
            known = _Relapse()
            found.append(known)
        known.add(one)
    parted: list[_Relapse] = []
    for relapse in found:
        if parted and not _counts(relapse, parted[-1]):
            # Another site of the relapse that was named last.
            for one in relapse.told:
                parted[-1].add(one)
        else:
            parted.append(relapse)
    if all(relapse.number for relapse in parted):
        return sorted(parted, key=lambda relapse: relapse.number or 0)
    return sorted(parted, key=_rank)


def _rank(relapse: _Relapse) -> int:
    """Before the others, among them or behind them; those of one rank stay as they are told."""
    before = any(one.prior and not one.subsequent for one in relapse.told)
    return -1 if before else int(any(one.subsequent for one in relapse.told))


def _same(one: _Told, other: _Relapse, reading: Reading) -> bool:
    if one.number and other.number:
        return one.number == other.number
    return any(
        site == known or (_MARROW not in (site, known) and (reading.is_a(site, known) or reading.is_a(known, site)))
        for site in one.sites
        for known in other.sites
    )


def _counts(relapse: _Relapse, last: _Relapse) -> bool:
    """Whether something says that a relapse at other sites is another relapse."""
    told = (*relapse.told, *last.told)
    marrow = (_MARROW in relapse.sites) != (_MARROW in last.sites)
    return any(one.number or one.prior or one.subsequent or (one.isolated and marrow) for one in told)


def _word_at(sentence: Sentence, position: int) -> int:
    return next(number for number, word in enumerate(sentence.words) if word.end > position)


@cache
def _data() -> Mapping[str, Any]:
    return rules("episodes")
