"""Which of the sites that a text names are of the episode it reports: not earlier, not later, not of an illness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from kg.extract.compartments import INVOLVED, statuses
from kg.extract.evidence import cues_of_worth
from kg.extract.facts import facts_of, judge
from kg.extract.leukemia import leukemia
from kg.extract.nearby import above
from kg.extract.patterns import Patterns
from kg.extract.reading import Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence
from kg.extract.site_cues import OWN, STRONG, Site
from kg.extract.story import Story, cues_of


@cache
def _times() -> Patterns:
    return Patterns(rules("sites")["times"])


def _places(group: str, sentence: Sentence) -> list[int]:
    return [sentence.flat.place(*match.span())[0] for _, match in _times().find(group, sentence.flat.text)]


def of_kin(sentence: Sentence) -> bool:
    """Whether a sentence speaks of someone of the family: “his sister had a tumor of the breast”."""
    return _times().fits("kin", sentence.flat.text)


class Episode:
    """The story of the patient, as far as it tells to which episode a site belongs."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.story = Story(reading, list(leukemia(reading)))

    @cached_property
    def is_relapse(self) -> bool:
        """Whether the episode is a relapse."""
        return bool(self.story.types) and judge(self.story, "relapse").holds

    @cached_property
    def fluids(self) -> list[int]:
        """Where the marrow or the cerebrospinal fluid are told to be involved."""
        told = statuses(self.reading, self.is_relapse)
        return [one.place[0] for name, one in told.items() if name != "blood" and one.value == INVOLVED]

    @property
    def is_leukemic(self) -> bool:
        """Whether the episode is a relapse, or leukemic tissue is told of."""
        return self.is_relapse or bool(self.story.leukemic) or not self.story.complication

    @cached_property
    def explained(self) -> bool:
        """Whether another illness explains the episode, and no leukemic tissue is told of."""
        if self.is_relapse or "leukemia found" in facts_of(self.story):
            return False
        other = self.story.complication or self.story.cues("otherwise") or self.story.cues("denied")
        return bool(other) or self._another

    @property
    def _another(self) -> bool:
        """Whether another diagnosis was made."""
        illnesses = set(rules("sites")["illnesses"])
        made = {m.sentence for m in self.reading.of("Differentials") if m.concept in illnesses and not m.said}
        sentences = self.reading.sentences
        told = any(s.index in made and _times().fits("made", s.flat.text) for s in sentences)
        if told or self.story.cues("relapse"):
            return told
        return any(_times().fits("illness", s.flat.text) for s in sentences)

    def refuted(self, one: Site) -> bool:
        """Whether a sentence puts a change of the place down to another illness: “the rash was attributed to GVHD”."""
        if one.score >= STRONG:
            return False
        same = {m.sentence for m in self.reading.mentions if m.concept in (one.mention.concept, one.concept)}
        same |= {one.mention.sentence, one.mention.sentence + 1}
        return any(s.index in same and _times().fits("refutes", s.flat.text) for s in self.reading.sentences)

    def _thought(self, one: Site) -> bool:
        """Whether leukemia there was only thought of: “infiltration of the nerve was suspected”."""
        return not self.is_relapse and bool(cues_of_worth("thought", [self._sentence(one)]))

    @cached_property
    def _reached(self) -> list[int]:
        """Where the text says that a remission was reached."""
        story = self.story
        flashbacks = {story.start(cue.place[0]) for cue in story.cues("had_been")}
        now = {s.start for s in self.reading.sentences if _times().fits("now", s.flat.text)}
        starts = [(cue.place[0], story.start(cue.place[0])) for cue in story.cues("achieved")]
        starts += [(at, s.start) for s in self.reading.sentences for at in _places("gone", s)]
        return [at for at, start in starts if start not in flashbacks and start not in now]

    def begins(self, sites: Sequence[Site]) -> int:
        """Where the last remission is reached after which something began and leukemia was found again."""
        story = self.story
        onsets = [cue.place[0] for group in ("begins", "later", "lesion") for cue in story.cues(group)]
        found = [cue.place[0] for group in ("leukemic", "relapse") for cue in story.cues(group)]
        found += [self._sentence(one).end for one in sites if one.score >= OWN]
        last = max(found, default=0)
        return max((at for at in self._reached if any(at < onset <= last for onset in onsets)), default=0)

    def of_the_episode(self, found: Sequence[Site], titled: Iterable[str]) -> list[Site]:
        """The sites without those of another illness, of the first disease, and of what came after the episode.

        Args:
            found: the sites by their place in the text.
            titled: the sites that the title names.
        """
        kept = list(found)
        if self.explained:
            kept = [one for one in kept if one.score >= OWN]
        kept = [one for one in kept if not self.refuted(one) and not self._thought(one)]
        named = {kind for concept in titled for kind in above(self.reading.vocabulary, concept)}
        return self._without_the_later(self._without_the_first(kept, named), named)

    def _without_the_first(self, found: list[Site], named: set[str]) -> list[Site]:
        begins = self.begins(found) if self.is_relapse else 0
        if not begins:
            return found
        since = [one for one in found if one.mention.start > begins or self._announced(one, found)]
        told = {kind for one in since for kind in above(self.reading.vocabulary, one.concept)} | named
        wide = {one.concept for one in since}
        if not told and not any(at > begins for at in self.fluids):
            return found
        return [
            one
            for one in found
            if one in since or one.concept in told or wide & above(self.reading.vocabulary, one.concept)
        ]

    def _announced(self, one: Site, found: Sequence[Site]) -> bool:
        text = self._sentence(one).flat.text
        if cues_of().fits("announces", text):
            return True
        # A remission between two sites of the same sentence ends an earlier relapse.
        last = max(other.mention.start for other in found if other.mention.sentence == one.mention.sentence)
        return _times().fits("tells", text) and not any(at < last for at in self._reached)

    def _without_the_later(self, found: list[Site], named: set[str]) -> list[Site]:
        """The sites without those of which a later sentence says that they came after the proven episode."""
        begins = self.begins(found)
        proven = [one.mention.start for one in found if one.mention.start > begins]
        if not self.is_relapse or not proven:
            return found
        first = min(proven)
        return [
            one
            for one in found
            if one.concept in named
            or self._sentence(one).start <= first
            or not _times().fits("later", self._sentence(one).flat.text)
        ]

    def _sentence(self, one: Site) -> Sentence:
        return self.reading.sentence(one.mention)
