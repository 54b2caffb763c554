"""Whether marrow, cerebrospinal fluid and blood held leukemia at the episode, from ``rules/compartments.yaml``.

A paper that tells of a relapse often tells of the first disease too: blasts in the marrow that the diagnosis or the
first remission follows belong to it, and so does what comes right after the diagnosis. What was found before a
remission after which the leukemia came back is not of the episode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from kg.extract.patterns import Patterns
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence
from kg.extract.story import cues_of

INVOLVED, FREE, UNCLEAR = "Involved", "NotInvolved", "Indeterminate"
COMPARTMENTS = ("marrow", "csf", "blood")
_NAMED = {"marrow": "bone marrow ", "csf": "csf "}


@dataclass(frozen=True)
class Status:
    """What a sentence says of a compartment, and where; ``weak`` if in words that need not mean this compartment.

    ``differs`` says that the sentence tells of several places of it.
    """

    value: str
    place: tuple[int, int]
    weak: bool = False
    afterwards: bool = False
    tells: bool = False
    sentence: int = 0
    differs: bool = False


@dataclass(frozen=True)
class _Event:
    """Where the text turns to the first disease (``initial``) or to the episode; ``announced`` in the opening words.

    With ``closes`` only what stands before is of the first disease; with ``concludes`` it is of the relapse.
    ``reached`` is a remission.
    """

    at: int
    initial: bool
    announced: bool
    closes: bool = False
    concludes: bool = False
    reached: bool = False


@cache
def _patterns() -> Patterns:
    return Patterns(rules("compartments"))


def statuses(reading: Reading, relapse: bool) -> dict[str, Status]:
    """The status of each compartment at the episode, as far as told."""
    return reading.once(("compartments", relapse), lambda: _statuses(reading, relapse))


def told_statuses(reading: Reading) -> dict[str, list[Status]]:
    """What the sentences say of each compartment, in their order."""
    return reading.once("told compartments", lambda: _told_statuses(reading))


def _told_statuses(reading: Reading) -> dict[str, list[Status]]:
    carried = dict(_carried(reading.sentences))
    return {
        name: [
            one
            for sentence in reading.sentences
            for one in _told(sentence, name, _NAMED[name] if carried.get(sentence.index) == name else "")
        ]
        for name in COMPARTMENTS
    }


def _statuses(reading: Reading, relapse: bool) -> dict[str, Status]:
    found = {}
    for name, told in told_statuses(reading).items():
        if relapse and any(one.value == INVOLVED for one in told):
            told = _of_the_episode(reading, told)
            if name == "marrow":
                told = _without_the_later(reading, told)
        elif any(one.value == FREE and not one.weak for one in told):
            # Where the paper is on the first disease, a relapse in the marrow is how it went on.
            told = [one for one in told if one.value != INVOLVED or not one.tells]
        if told:
            found[name] = _settled(told)
    return found


def _of_the_episode(reading: Reading, told: list[Status]) -> list[Status]:
    """The statuses without the involvement at the first disease and at earlier relapses."""
    events, begun = reading.once("compartment events", lambda: (_events(reading.sentences), _begun(reading.sentences)))
    told = [one for one in told if one.value != INVOLVED or one.tells or not _is_initial(one, events, begun)]
    if any(one.tells and one.value == INVOLVED for one in told):
        # A remission of the first course says nothing against a marrow that relapsed after it.
        told = [one for one in told if one.value != FREE or not _of_first_course(one, events)]
    return _of_the_last_course(reading, _since_remission(reading, told))


def _without_the_later(reading: Reading, told: list[Status]) -> list[Status]:
    """The statuses without the involvement that came after leukemia had been found elsewhere in the episode."""
    reached = _places(reading, "achieved", "remission", but="announces")
    found = _places(reading, "leukemic", "relapse", "marked", but="announces")
    starts = {sentence.index: sentence.start for sentence in reading.sentences}

    def is_later(one: Status) -> bool:
        start = starts[one.sentence]
        last = max((at for at in reached if at < start), default=-1)
        return any(last < at < start for at in found)

    return [one for one in told if not (one.value == INVOLVED and one.tells and one.afterwards and is_later(one))]


def _places(reading: Reading, *groups: str, but: str = "") -> list[int]:
    """Where cues of the course stand, but for those in sentences with a cue of another group."""
    return [
        sentence.flat.place(*match.span())[0]
        for sentence in reading.sentences
        if not (but and cues_of().fits(but, sentence.flat.text))
        for group in groups
        for _, match in cues_of().find(group, sentence.flat.text)
    ]


def compartments(told: dict[str, Status]) -> Iterator[Found]:
    """The statuses as found values."""
    for name, status in told.items():
        yield Found(name, status.value, *status.place, confidence=0.7 if status.weak else 0.9)


def isolated(reading: Reading, told: dict[str, Status], alone: bool) -> Iterator[Found]:
    """Whether the episode left the marrow free; with ``alone`` also where only other words say so."""
    marrow = told.get("marrow")
    if marrow and marrow.value == INVOLVED:
        yield Found("isolated", "false", *marrow.place, confidence=0.85)
        return
    if marrow and marrow.value == FREE:
        yield Found("isolated", "true", *marrow.place, confidence=0.7 if marrow.weak else 0.9)
        return
    for sentence in reading.sentences:
        for _, match in _patterns().find("spread", sentence.flat.text):
            yield Found("isolated", "false", *sentence.flat.place(*match.span()), confidence=0.6)
            return
    if alone:
        for sentences, confidence in ((reading.sentences, 0.85), (reading.about, 0.6)):
            for sentence in sentences:
                for _, match in _patterns().find("alone", sentence.flat.text):
                    yield Found("isolated", "true", *sentence.flat.place(*match.span()), confidence=confidence)
                    return


def _carried(sentences: Sequence[Sentence]) -> Iterator[tuple[int, str]]:
    """The sentences that go on with what the one before examined: “Marrow was taken. It showed 60% blasts.”"""
    for before, sentence in pairwise(sentences):
        if not _patterns().fits("carried", sentence.flat.text):
            continue
        subject = next(reversed(_subjects(before)), "other")
        if subject in _NAMED and not _NAMED.keys() & set(_subjects(sentence)):
            yield sentence.index, subject


def _subjects(sentence: Sentence) -> list[str]:
    """What a sentence says was examined, in order."""
    found = _patterns().find("subject", sentence.flat.text)
    return [str(rule.says["as"]) for rule, _ in sorted(found, key=lambda one: one[1].start())]


def _told(sentence: Sentence, name: str, subject: str) -> Iterator[Status]:
    """What a sentence says of a compartment, read with the subject that the sentence before gives it."""
    text = subject + sentence.flat.text
    for _, match in _patterns().find("of_markers", text):
        text = f"{text[: match.start()]}{'x' * len(match[0])}{text[match.end() :]}"
    for rule, match in _patterns().find(name, text):
        says = rule.says
        told = f"{text[: match.start()]} {match[0]}"
        behind = text[match.end() :].lstrip()
        late = _patterns().fits("afterwards", told) or _patterns().fits("afterwards_behind", behind)
        late = late or _patterns().fits("at_last", text)
        yield Status(
            str(says["value"]),
            sentence.flat.place(max(0, match.start() - len(subject)), max(1, match.end() - len(subject))),
            bool(says.get("weak")),
            says["value"] == INVOLVED and late,
            says.get("tells") == "relapse",
            sentence.index,
            name == "marrow" and _patterns().fits("differing", text),
        )


def _since_remission(reading: Reading, told: list[Status]) -> list[Status]:
    """The statuses without the involvement of an earlier relapse, where the text has a remission between."""
    renewed = [
        sentence.flat.place(*match.span())[0]
        for sentence in reading.sentences
        for _, match in _patterns().find("renewed", sentence.flat.text)
    ]
    if not renewed:
        return told
    sentences = [*reading.about, *reading.sentences]
    alone = any(_patterns().fits("alone", sentence.flat.text) for sentence in sentences)
    last = max((one.place[0] for one in told if one.value == FREE), default=0)
    return [
        one
        for one in told
        if one.value != INVOLVED
        or not any(one.place[1] <= at and (at < last or (alone and not last)) for at in renewed)
    ]


def _of_the_last_course(reading: Reading, told: list[Status]) -> list[Status]:
    """The statuses without the involvement after which a remission was reached and leukemia was found again."""
    if not any(one.value == INVOLVED and not one.tells for one in told):
        return told
    reached = _places(reading, "achieved", but="had_been")
    onsets = _places(reading, "begins", "later", "lesion", "relapse")
    found = _places(reading, "leukemic", "relapse", but="announces")
    ended = [at for at in reached if any(at < onset <= max(found, default=0) for onset in onsets)]
    last = max(ended, default=0)
    return [one for one in told if one.value != INVOLVED or one.tells or one.place[1] > last]


def _settled(told: Sequence[Status]) -> Status:
    """One of several: leukemia found once outweighs an examination without, unless it came later on."""
    free = next((one for one in told if one.value == FREE and not one.weak), None)
    weakly = next((one for one in told if one.value == FREE), None)
    involved = [one for one in told if one.value == INVOLVED]
    unclear = next((one for one in told if one.value == UNCLEAR), None)
    at_once = next((one for one in involved if not one.afterwards and not (one.weak and free)), None)
    if unclear and free and (unclear.sentence == free.sentence or (unclear.tells and unclear.place > free.place)):
        return unclear
    if at_once:
        if free and free.sentence == at_once.sentence and free.differs:
            return replace(at_once, value=UNCLEAR)
        return at_once
    if involved and weakly and not free and weakly.place < involved[0].place and involved[0].tells:
        return involved[0]
    if free or (weakly and involved):
        return free or weakly or told[0]
    return involved[0] if involved else told[0]


def _events(sentences: Sequence[Sentence]) -> list[_Event]:
    found: list[_Event] = []
    remission: list[int] = []
    for sentence in sentences:
        text = sentence.flat.text
        announced = " report " in text[:80] or " describe " in text[:80] or "present " in text[:40]
        concluded = [sentence.flat.place(*match.span())[0] for _, match in _patterns().find("concludes", text)]
        found += [_Event(at, False, announced, concludes=True) for at in concluded]
        for group in ("initial", "treated", "episode"):
            for _, match in _patterns().find(group, text):
                at = sentence.flat.place(*match.span())[0]
                reached = group == "initial" and bool(re.search(r"remission|\bcr\b", match[0]))
                again = any(not one.initial and min(remission, default=at) < one.at < at for one in found)
                # A diagnosis that is made after a remission is that of the episode.
                initial = group != "episode" and not (again and group == "initial" and not reached)
                found.append(_Event(at, initial, announced, group == "treated", reached=reached))
                if reached:
                    remission.append(at)
        resumed = [sentence.flat.place(*match.span())[0] for _, match in _patterns().find("resumes", text)]
        found += [_Event(at, False, announced) for at in resumed if any(one < at for one in remission)]
    return sorted(found, key=lambda event: event.at)


def _begun(sentences: Sequence[Sentence]) -> int:
    """Where the story begins; a paper may sum it up before."""
    return max((one.start for one in sentences if _patterns().fits("begins", one.flat.text)), default=0)


def _of_first_course(status: Status, events: Sequence[_Event]) -> bool:
    """Whether the text last spoke of the first disease, before it told the status."""
    before = [event for event in events if event.at < status.place[0]]
    return bool(before) and before[-1].initial and not before[-1].announced


def _is_initial(status: Status, events: Sequence[_Event], begun: int) -> bool:
    before = [event for event in events if event.at < status.place[0] and not event.closes]
    after = next((event for event in events if event.at >= status.place[1]), None)
    if after is not None and after.concludes:
        return False
    if not before or before[-1].announced:
        if after is None or not after.initial:
            return False
        # A remission after which nothing comes is that of the episode.
        ends = after.reached and not any(event.at > after.at for event in events)
        return not ends and not status.place[0] < begun <= after.at
    # What is found after a remission was reached is of the next episode.
    return before[-1].initial and not before[-1].reached
