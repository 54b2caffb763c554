"""What a story tells, fact by fact, and how much its facts together speak for a relapse or a remission.

A fact is a cue of ``rules/course.yaml`` or ``rules/relapse.yaml`` where it stands: of the patient, in the title, before
another one. Each has a weight in ``rules/weights.yaml``, in log-odds, fitted to texts that a person had read
(``tests/fit_weights.py``); the weights of a story's facts add up, so that no single word decides against all others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.extract.compartments import told_statuses
from kg.extract.evidence import Cue, affirmed, cues_of_worth, kind, settled_after, upheld_in
from kg.extract.rulefiles import rules
from kg.extract.story import Story, cues_of

QUESTIONS = ("relapse", "in_remission")
ENOUGH = {"relapse": 0.65, "in_remission": 0.5}
"""So probable a question has to be. A relapse that is none is worse than one that is missed: more than even odds."""


@dataclass(frozen=True)
class Verdict:
    """How probable the facts make it, whether that is enough, and the fact that says most for the answer."""

    probability: float
    holds: bool
    cue: Cue | None


@cache
def _weighed() -> frozenset[str]:
    return frozenset(name for question in QUESTIONS for name in rules("weights")[question]["facts"])


def facts_of(story: Story, *, whole: bool = False) -> dict[str, Cue | None]:
    """The facts of a story by name, with the cue where each is told if it is told at one place.

    Args:
        story: the cues of a patient.
        whole: also the facts that no question gives a weight.
    """
    if whole:
        return dict(_facts(story, None))
    return story.reading.once("facts", lambda: dict(_facts(story, _weighed())))


def judge(story: Story, question: str) -> Verdict:
    """What the facts of a story say to a question of ``rules/weights.yaml``."""
    rule = rules("weights")[question]
    found = facts_of(story)
    told = {name: weight for name, weight in rule["facts"].items() if name in found}
    probability = 1 / (1 + math.exp(-(rule["start"] + sum(told.values()))))
    holds = probability > ENOUGH[question]
    side = 1 if holds else -1
    cues = [(side * weight, cue) for name, weight in told.items() if (cue := found[name]) and side * weight > 0]
    best = max(cues, key=lambda one: one[0])[1] if cues else None
    return Verdict(probability, holds, best)


def tells_of_remission(story: Story) -> bool:
    """Whether the text speaks of anything but a relapse that lets one think of a remission before it."""
    return any(name in facts_of(story) for name in rules("weights")["order"]["remitted"])


def _facts(story: Story, weighed: Collection[str] | None) -> Iterator[tuple[str, Cue | None]]:
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for group in cues_of().rules:
        if cues := story.cues(group):
            first[group], last[group] = cues[0].place[0], cues[-1].place[0]
            yield group, cues[0]
            if len(cues) > 1:
                yield f"{group}, again", cues[-1]
            for cue in cues:
                if cue.rule.says.get("as"):
                    yield f"{group}: {cue.rule.says['as']}", cue
        for where, sentences in (("in the title", story.titles), ("at large", story.reading.about)):
            fact = f"{group}, {where}"
            if (weighed is None or fact in weighed) and (elsewhere := story.cues(group, sentences)):
                yield fact, elsewhere[0]
    yield from _of_cells(story, first, last)
    yield from _of_relapse(story, first, last)
    yield from _of_compartments(story, first, last)
    order = rules("weights")["order"]
    yield from _together(story, first, order)
    for before in order["before"]:
        for after in order["after"]:
            if before in first and after in last and first[before] < last[after]:
                yield f"{before} before {after}", story.cues(before)[0] if before in cues_of().rules else None
    yield from _places(story, first, last)
    for kind_of in order["kinds"]:
        if any(story.reading.is_a(one.value, kind_of) for one in story.types):
            yield f"type {kind_of}", None


def _of_cells(story: Story, first: dict[str, int], last: dict[str, int]) -> Iterator[tuple[str, Cue | None]]:
    """Leukemic tissue that was found or only thought of, and whether something else was found."""
    thought = cues_of_worth("thought", story.reading.sentences)
    for cue in thought:
        yield "leukemia thought of", cue
    sure = [*affirmed(story.cues("leukemic"), thought), *story.cues("marked")]
    if sure:
        first["leukemia found"] = min(cue.place[0] for cue in sure)
        last["leukemia found"] = max(cue.place[0] for cue in sure)
        yield "leukemia found", sure[0]
        if story.cues("otherwise"):
            later = last["otherwise"] > last["leukemia found"]
            yield ("found otherwise after leukemia" if later else "found leukemia after otherwise"), sure[0]
    elif "otherwise" in first:
        yield "found otherwise alone", story.cues("otherwise")[0]
    if not sure and not story.told_relapse:
        other = ", but otherwise" if "otherwise" in first else ", but illness" if story.complication else ""
        yield f"neither told nor found{other}", None


def _of_relapse(story: Story, first: dict[str, int], last: dict[str, int]) -> Iterator[tuple[str, Cue | None]]:
    """What the words of relapse are worth, and what was found before and after them."""
    told = story.told_relapse
    for cue in story.hedged:
        yield f"hedged: {kind(cue)}", cue
        if settled_after(story.reading.sentences, cue.place[1]):
            yield "hedged before settled", cue
    if upheld_in(story.reading.sentences):
        yield "upheld", told[0] if told else None
    if settled_after(story.reading.sentences, 0):
        yield "settled", None
    if not told:
        return
    first["told"], last["told"] = told[0].place[0], told[-1].place[0]
    yield "told", told[0]
    yield f"told {min(3, len(told))} times", told[-1]
    for cue in cues_of_worth("upheld", story.reading.sentences):
        if any(cue.overlaps(one) for one in told):
            yield "told and upheld", cue
    if not (story.hedged or story.complication or first.keys() & {"otherwise", "denied", "barren", "cleared"}):
        yield "told plainly", told[0]
    if settled_after(story.reading.sentences, last["told"]):
        yield "told before settled", told[-1]
    if ill := story.complication:
        after = max(cue.place[0] for cue in ill) > last["told"]
        yield ("told before illness" if after else "illness before told"), told[-1]


def _together(story: Story, first: Mapping[str, int], order: Mapping[str, Any]) -> Iterator[tuple[str, Cue | None]]:
    """What a leukemia of the past, and leukemia or a growth now, say together."""
    past = next((story.cues(group)[0] for group in order["past"] if group in first), None)
    if past is None:
        return
    beside = " and illness" if story.complication else " and relapse denied" if "denied" in first else ""
    for now in order["now"]:
        if now in first:
            yield f"past and {now}{beside}", past
    if "leukemia found" in first:
        other = " but otherwise" if "otherwise" in first else ""
        yield f"past and leukemia found{other}", past
    elif "otherwise" in first:
        yield "past and otherwise alone", past
    if story.leukemic:
        yield f"past and leukemia now{beside}", past
        if story.hedged and not story.complication:
            yield "past and relapse that was feared and proven", past


def _of_compartments(story: Story, first: dict[str, int], last: dict[str, int]) -> Iterator[tuple[str, Cue | None]]:
    """What is said of marrow, fluid and blood, and what of it comes first and last."""
    for name, statuses in told_statuses(story.reading).items():
        for status in statuses:
            fact = f"{name} {status.value}"
            first.setdefault(fact, status.place[0])
            last[fact] = status.place[0]
            yield fact, None
            if status.tells:
                yield f"{fact}: told", None
            if status.weak:
                yield f"{fact}: weakly", None
            if status.afterwards:
                yield f"{fact}: afterwards", None
        if statuses:
            yield f"{name} {statuses[0].value} first", None
            yield f"{name} {statuses[-1].value} last", None


def _places(story: Story, first: Mapping[str, int], last: Mapping[str, int]) -> Iterator[tuple[str, Cue | None]]:
    """In which third of the text some cues come first and last."""
    sentences = story.reading.sentences
    start, length = sentences[0].start, max(1, sentences[-1].end - sentences[0].start)
    for group in rules("weights")["order"]["placed"]:
        if group in first:
            cue = story.cues(group)[0] if group in cues_of().rules else None
            yield f"{group} begins in part {1 + 3 * (first[group] - start) // length}", cue
            yield f"{group} ends in part {1 + 3 * (last[group] - start) // length}", cue
