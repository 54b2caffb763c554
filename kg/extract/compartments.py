"""Whether marrow, cerebrospinal fluid and blood held leukemia at the episode, from ``rules/compartments.yaml``.

A paper that tells of a relapse often tells of the first disease too: blasts in the marrow that the diagnosis or the
first remission follows belong to it, and so does what comes right after the diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kg.extract.patterns import Patterns
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence

INVOLVED, FREE, UNCLEAR = "Involved", "NotInvolved", "Indeterminate"
COMPARTMENTS = ("marrow", "csf", "blood")


@dataclass(frozen=True)
class Status:
    """What a sentence says of a compartment, and where; ``weak`` if in words that need not mean this compartment."""

    value: str
    place: tuple[int, int]
    weak: bool = False
    afterwards: bool = False
    tells: bool = False


@dataclass(frozen=True)
class _Event:
    """Where the text turns to the first disease (``initial``) or to the episode; ``announced`` in the opening words."""

    at: int
    initial: bool
    announced: bool


@cache
def _patterns() -> Patterns:
    return Patterns(rules("compartments"))


def statuses(reading: Reading, relapse: bool) -> dict[str, Status]:
    """The status of each compartment at the episode, as far as told."""
    return reading.once(("compartments", relapse), lambda: _statuses(reading, relapse))


def _statuses(reading: Reading, relapse: bool) -> dict[str, Status]:
    events = _events(reading.sentences)
    found = {}
    for name in COMPARTMENTS:
        told = [one for sentence in reading.sentences for one in _told(sentence, name)]
        if relapse:
            told = [one for one in told if one.value != INVOLVED or one.tells or not _is_initial(one, events)]
        if told:
            found[name] = _settled(told)
    return found


def compartments(told: dict[str, Status]) -> Iterator[Found]:
    """The statuses as found values."""
    for name, status in told.items():
        yield Found(name, status.value, *status.place, confidence=0.7 if status.weak else 0.9)


def isolated(reading: Reading, told: dict[str, Status], relapse: bool) -> Iterator[Found]:
    """Whether the episode left the marrow free."""
    marrow = told.get("marrow")
    if marrow and marrow.value == INVOLVED:
        yield Found("isolated", "false", *marrow.place, confidence=0.85)
        return
    if marrow and marrow.value == FREE:
        yield Found("isolated", "true", *marrow.place, confidence=0.7 if marrow.weak else 0.9)
        return
    if relapse:
        for sentences, confidence in ((reading.sentences, 0.85), (reading.about, 0.6)):
            for sentence in sentences:
                for _, match in _patterns().find("alone", sentence.flat.text):
                    yield Found("isolated", "true", *sentence.flat.place(*match.span()), confidence=confidence)
                    return


def _told(sentence: Sentence, name: str) -> Iterator[Status]:
    text = sentence.flat.text
    for rule, match in _patterns().find(name, text):
        says = rule.says
        before = text[: match.start()]
        yield Status(
            str(says["value"]),
            sentence.flat.place(*match.span()),
            bool(says.get("weak")),
            says["value"] == INVOLVED and _patterns().fits("afterwards", f"{before} {match[0]}"),
            says.get("tells") == "relapse",
        )


def _settled(told: Sequence[Status]) -> Status:
    """One of several: leukemia found once outweighs an examination without, unless it came later on."""
    free = next((one for one in told if one.value == FREE and not one.weak), None)
    weakly = next((one for one in told if one.value == FREE), None)
    involved = [one for one in told if one.value == INVOLVED]
    at_once = next((one for one in involved if not one.afterwards), None)
    if at_once:
        return at_once
    if free or (weakly and involved):
        return free or weakly or told[0]
    return involved[0] if involved else told[0]


def _events(sentences: Sequence[Sentence]) -> list[_Event]:
    found = []
    remission: list[int] = []
    for sentence in sentences:
        text = sentence.flat.text
        announced = " report " in text[:80] or " describe " in text[:80] or "present " in text[:40]
        for group in ("initial", "episode"):
            for _, match in _patterns().find(group, text):
                found.append(_Event(sentence.flat.place(*match.span())[0], group == "initial", announced))
                if group == "initial" and "remission" in match[0]:
                    remission.append(found[-1].at)
        resumed = [sentence.flat.place(*match.span())[0] for _, match in _patterns().find("resumes", text)]
        found += [_Event(at, False, announced) for at in resumed if any(one < at for one in remission)]
    return sorted(found, key=lambda event: event.at)


def _is_initial(status: Status, events: Sequence[_Event]) -> bool:
    before = [event for event in events if event.at < status.place[0]]
    after = next((event for event in events if event.at >= status.place[1]), None)
    if not before or before[-1].announced:
        return after is not None and after.initial
    return before[-1].initial
