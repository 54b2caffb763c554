"""The cues in what is said of one patient, and the facts of the story that follow from them, in the order of the text.

The cues are data, in ``rules/course.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from kg.extract.evidence import Cue, affirmed, cues_in, unsaid
from kg.extract.patterns import Patterns
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import TITLE, Sentence

_LYMPHOID = ("ChronicLymphocyticLeukemia", "HairyCellLeukemia")
_CHRONIC = (*_LYMPHOID, "ChronicMyeloidLeukemia", "ChronicMyelomonocyticLeukemia")


@cache
def cues_of() -> Patterns:
    """The cues of the rule file."""
    return Patterns(rules("course"))


class Story:
    """The cues in what is said of one patient, and what follows from them."""

    def __init__(self, reading: Reading, types: Sequence[Found]) -> None:
        self.reading = reading
        self.types = types
        self._known: dict[str, list[Cue]] = {}

    def cues(self, group: str, sentences: Iterable[Sentence] | None = None) -> list[Cue]:
        """The cues of a group in order of their place."""
        if sentences is not None:
            return cues_in(cues_of(), group, sentences)
        if group not in self._known:
            self._known[group] = cues_in(cues_of(), group, self.reading.sentences)
        return self._known[group]

    @cached_property
    def told_relapse(self) -> list[Cue]:
        """Where the patient's sentences speak of relapse."""
        found = affirmed(self.cues("relapse"), self.hedged)
        if not found or not self.complication:
            return found
        tied = self.cues("tied")
        return [cue for cue in found if any(cue.overlaps(other) for other in tied)]

    @cached_property
    def hedged(self) -> list[Cue]:
        """Words of relapse that do not say that the leukemia came back."""
        return unsaid(self.reading.sentences)

    @cached_property
    def leukemic(self) -> list[Cue]:
        """Where leukemic cells were found in a tissue or fluid."""
        return [*self.cues("leukemic"), *self.cues("leukemic", self.titles)]

    @cached_property
    def remissions(self) -> list[Cue]:
        """Where the text says that the leukemia was in remission before something that it tells later."""
        last = max((cue.place[0] for cue in (*self.leukemic, *self.told_relapse)), default=0)
        found = [*self.cues("remission"), *self.cues("length")]
        found += [cue for cue in self.cues("achieved") if cue.place[0] < last]
        return sorted(found, key=lambda cue: cue.place)

    @cached_property
    def complication(self) -> list[Cue]:
        """Other illnesses that explain the episode."""
        return [*self.cues("complication"), *self.cues("complication", self.titles)]

    @cached_property
    def titles(self) -> list[Sentence]:
        """The titles that are not of the patient's own sentences."""
        return [one for one in self.reading.about if one.role == TITLE]

    def start(self, position: int) -> int:
        """Where the sentence begins that holds a position."""
        return max((one.start for one in self.reading.sentences if one.start <= position), default=0)


def found_at(field: str, value: str, cue: Cue, confidence: float) -> Found:
    """A value found where a cue is."""
    return Found(field, value, *cue.place, confidence=confidence)
