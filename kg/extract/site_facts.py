"""What a text tells, fact by fact, of each place in it that may be a site of leukemia.

A fact is a cue near the place, what its sentence and the next one say, what kind of place it is, and what the story is.
Each has a weight in ``rules/weights-sites.yaml``, in log-odds, fitted to texts that a person had read
(``tests/fit_places.py``); the weights of a place's facts add up, so that no single word decides against all others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from kg.extract.facts import facts_of, judge
from kg.extract.leukemia import leukemia
from kg.extract.lexicon import Name
from kg.extract.nearby import Placed, above, inside, told
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.site_candidates import Candidate, candidates
from kg.extract.site_cues import cues_in, heeded, is_symptoms, look_at
from kg.extract.story import Story, cues_of


@dataclass
class Place:
    """A concept that may be a site: all facts told of it, and those of each of its mentions by themselves.

    It is ``spoken`` of if a finding shows it, or a word of leukemia, of a lesion or of health stands in its sentence or
    in the next one; else nothing says that leukemia was there, whatever kind of place it is.
    """

    concept: str
    spoken: bool = False
    facts: set[str] = field(default_factory=set)
    mentions: list[tuple[Mention, frozenset[str]]] = field(default_factory=list)


@dataclass(frozen=True)
class _Told:
    """A sentence with what it names."""

    sentence: Sentence
    mentions: Sequence[Mention]
    cues: Sequence[Name]

    def of(self, *schemes: str) -> list[Mention]:
        return [one for one in self.mentions if one.scheme in schemes]


class _Near:
    """What the places of a sentence have near them, worked out once for all: long sentences have thousands."""

    def __init__(self, one: _Told, named: Sequence[Mention]) -> None:
        self.named = named
        self.begins = sorted(place.first for place in named)
        self.lists = _lists(one.sentence, named)
        types = [Name("type", "cues", m.first, m.last, m.start, m.end) for m in one.of("LeukemiaTypes") if not m.said]
        own = {at for cue in one.cues for at in range(cue.first, cue.last + 1)}
        cues = [*heeded(one.sentence, one.cues), *(cue for cue in types if own.isdisjoint((cue.first, cue.last)))]
        self._cues = sorted(cues, key=lambda cue: cue.first)
        self._firsts = [cue.first for cue in self._cues]

    def cues(self, first: int, last: int) -> Sequence[Name]:
        """The cues at most so many words away that they may speak of a place."""
        return self._cues[bisect_left(self._firsts, first - _SIGHT) : bisect_right(self._firsts, last + _SIGHT)]

    def is_crossed(self, left: int, right: int) -> bool:
        """Whether a named place begins between two words."""
        return bisect_right(self.begins, left) < bisect_left(self.begins, right)


def places_of(reading: Reading) -> dict[str, Place]:
    """The places that what is said of a patient, or of the disease at large, names or shows, with their facts."""
    return reading.once("places", lambda: _places(reading))


def story_of(reading: Reading) -> Story:
    """The story of the patient."""
    return reading.once("story", lambda: Story(reading, list(leukemia(reading))))


def is_relapse(reading: Reading) -> bool:
    """Whether the episode is a relapse."""
    story = story_of(reading)
    return bool(story.types) and judge(story, "relapse").holds


def _places(reading: Reading) -> dict[str, Place]:
    own = {sentence.index for sentence in told(reading)}
    held: dict[int, list[Mention]] = {}
    for mention in (*reading.mentions, *reading.at_large):
        held.setdefault(mention.sentence, []).append(mention)
    sentences = {one.index: one for one in (*reading.sentences, *reading.about)}
    several = [_Told(one, held.get(index, []), cues_in(one)) for index, one in sorted(sentences.items())]
    found: dict[str, Place] = {}
    for number, one in enumerate(several):
        there = candidates(reading, one.sentence, one.mentions)
        if not there:
            continue
        here = {*_of_sentence(one), *_of_time(reading, one.sentence)}
        if number + 1 < len(several):
            here.update(_of_next(several[number + 1]))
        if one.sentence.index not in own:
            here.add("not told of the patient")
        near = _Near(one, [candidate.mention for candidate in there if candidate.by == "name"])
        for candidate in there:
            place = found.setdefault(candidate.concept, Place(candidate.concept))
            facts = here.union(_of_mention(reading, one, candidate, near))
            place.mentions.append((candidate.mention, frozenset(facts)))
            place.facts |= facts
            place.spoken |= candidate.by in ("finding", "investigation", "inflammation") or any(
                fact.endswith(_SPOKEN) or fact in rules("sites")["spoken"] for fact in facts
            )
    story = set(_of_story(reading, len(found)))
    for place in found.values():
        place.facts |= story
        place.facts.update(_of_concept(reading, place, found))
    return found


_SPOKEN = (" in the sentence", " in the next sentence")


def _of_sentence(one: _Told) -> Iterator[str]:
    yield f"role {one.sentence.role}"
    for group in rules("sites")["story"]:
        if cues_of().fits(group, one.sentence.flat.text):
            yield f"story: {group}"
    for cue in one.cues:
        yield f"{cue.concept} in the sentence"


def _of_time(reading: Reading, sentence: Sentence) -> Iterator[str]:
    """Whether a remission follows after which leukemia is told of again."""
    story = story_of(reading)
    found = max((cue.place[0] for group in ("leukemic", "relapse") for cue in story.cues(group)), default=0)
    if any(sentence.end < cue.place[0] < found for cue in story.cues("achieved")):
        yield "before a remission and leukemia after it"


def _of_next(one: _Told) -> Iterator[str]:
    """What the sentence after it says: “A mass of the scalp was seen. Biopsy showed blasts.”"""
    for cue in one.cues:
        yield f"{cue.concept} in the next sentence"
    for group in rules("sites")["next"]:
        if cues_of().fits(group, one.sentence.flat.text):
            yield f"story of the next: {group}"


def _of_mention(reading: Reading, one: _Told, candidate: Candidate, nearby: _Near) -> Iterator[str]:
    """What stands near a mention of a place."""
    rule, words, place = rules("sites"), one.sentence.words, candidate.mention
    yield f"by {candidate.by}"
    if candidate.by in ("finding", "investigation"):
        yield f"by {candidate.by} {place.concept}"
    yield from (f"said {what}" for what in place.said or ("nothing",))
    if inside(place, one.of("Treatments")):
        yield "in a treatment"
    yield from _of_findings(reading, place, one.of("Findings"))
    if looked := look_at(one.sentence, place, one.of("Modalities"), nearby.named):
        yield "looked at"
        yield from (
            f"looked at by {kind}" for kind in above(reading.vocabulary, looked.concept).intersection(rule["looks"])
        )
    first, last = nearby.lists.get(id(place), (place.first, place.last))
    if (first, last) != (place.first, place.last):
        yield "listed"
        yield "listed first" if first == place.first else "listed later"
    for cue in nearby.cues(first, last):
        if cue.last < first or cue.first > last:
            yield from _of_cue(one.sentence, cue, first, last, nearby)
    if is_symptoms(one.sentence, place):
        yield "a symptom of it"
    if any(_distance(place, treatment) <= 5 for treatment in one.of("Treatments") if treatment is not place):
        yield "treatment near"
    if {word.plain for word in words[max(0, place.first - 5) : place.first]}.intersection(rule["pressed"]):
        yield "pressed"
    near = {word.plain for word in words[max(0, place.first - 8) : place.last + 9]}
    if near.intersection(rule["doubts"]):
        yield "doubt near"
    if near.intersection(rule["foreign"]["words"]):
        yield "another illness near"
    if {word.plain for word in words[max(0, place.first - 6) : place.last + 5]}.intersection(rule["denials"]):
        yield "denial near"


def _of_findings(reading: Reading, place: Mention, findings: Sequence[Mention]) -> Iterator[str]:
    for finding in findings:
        if finding is place:
            continue
        distance = _distance(place, finding)
        if distance == 0:
            yield "in a finding"
        elif distance <= 6:
            yield f"finding {'after' if finding.first > place.last else 'before'}, {_far(distance)}"
            kinds = above(reading.vocabulary, finding.concept)
            yield from (f"finding near: {kind}" for kind in kinds if kind != "ClinicalFinding")


def _distance(one: Placed, other: Placed) -> int:
    """How many words apart two names are: 0 where they share words, 1 side by side."""
    return max(0, other.first - one.last, one.first - other.last)


def _far(distance: int) -> str:
    return "beside" if distance <= 1 else "near" if distance <= 3 else "by" if distance <= 7 else "far"


def _of_cue(sentence: Sentence, cue: Name, first: int, last: int, nearby: _Near) -> Iterator[str]:
    """Where a cue stands from a place, or from the list that the place is in, and what stands between."""
    rule, behind = rules("sites"), cue.first > last
    left, right = (last, cue.first) if behind else (cue.last, first)
    gap = {word.plain for word in sentence.words[left + 1 : right]}
    crossed = nearby.is_crossed(left, right)
    parted = not gap.isdisjoint(rule["parts"])
    where, distance = "after" if behind else "before", _far(right - left)
    between = f"{', another place between' if crossed else ''}{', parted' if parted else ''}"
    yield f"{cue.concept} {where}, {distance}{between}"
    if not crossed and not parted:
        yield f"{cue.concept} {where}"
        yield f"any cue {where}, {distance}"
    if not crossed and right - left <= _REACH:
        if gap.intersection(rule["ties"]):
            yield f"{cue.concept} {where}, tied"
        if gap.intersection(rule["proves"]):
            yield f"{cue.concept} {where}, proven"


_REACH = 12
"""A word ties a cue to a place over at most so many words."""
_SIGHT = 80
"""A cue further away says nothing of a place."""


def _lists(sentence: Sentence, named: Sequence[Mention]) -> dict[int, tuple[int, int]]:
    """The first and the last word of the list that each place is in: “of the skin, gums and left orbit”."""
    rule = rules("sites")["lists"]
    joins, words = set(rule["joins"]), set(rule["words"])
    lists: list[list[Mention]] = []
    end = 0
    for place in sorted(named, key=lambda one: (one.first, one.last)):
        gap = (
            {word.plain for word in sentence.words[end + 1 : place.first]}
            if place.first - end <= rule["reach"]
            else set()
        )
        if lists and (place.first <= end or (not gap.isdisjoint(joins) and gap <= joins | words)):
            lists[-1].append(place)
            end = max(end, place.last)
        else:
            lists.append([place])
            end = place.last
    return {id(one): (several[0].first, max(o.last for o in several)) for several in lists for one in several}


@cache
def _explains() -> Patterns:
    return Patterns(rules("sites")["explained"])


def _explained(reading: Reading) -> bool:
    """Whether another illness explains the episode, and no leukemic tissue is told of."""
    story = story_of(reading)
    if is_relapse(reading) or "leukemia found" in facts_of(story):
        return False
    if story.complication or story.cues("otherwise") or story.cues("denied"):
        return True
    illnesses = rules("sites")["illnesses"]
    made = {one.sentence for one in reading.of("Differentials") if one.concept in illnesses and not one.said}
    if any(one.index in made and _explains().fits("made", one.flat.text) for one in reading.sentences):
        return True
    return not story.cues("relapse") and any(_explains().fits("illness", one.flat.text) for one in reading.sentences)


def _of_story(reading: Reading, places: int) -> Iterator[str]:
    """What the whole story is, and how many places it names."""
    yield "a relapse" if is_relapse(reading) else "no relapse"
    if _explained(reading):
        yield "explained by another illness"
    facts = facts_of(story_of(reading))
    yield from (f"the story: {fact}" for fact in rules("sites")["of_story"] if fact in facts)
    yield f"{places} places" if places < 4 else "4 to 6 places" if places < 7 else "7 places or more"


def _of_concept(reading: Reading, place: Place, found: Mapping[str, Place]) -> Iterator[str]:
    """What kind of place it is, how often it is named, and whether a part or the whole of it is named too."""
    kinds = above(reading.vocabulary, place.concept)
    yield from (f"is {kind}" for kind in kinds)
    yield f"named {min(4, len(place.mentions))} times"
    if any(other != place.concept and place.concept in above(reading.vocabulary, other) for other in found):
        yield "a part of it is named"
    if any(other != place.concept and other in kinds for other in found):
        yield "the whole of it is named"
