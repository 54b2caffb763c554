"""What curators have said of two tellings: one patient, not one patient, perhaps one patient, or nothing yet.

Only what stands in a record with a curator behind it counts; a draft says nothing of the kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from kg.same_patient.telling import Telling


class Word(StrEnum):
    """A curator's word on a pair."""

    OPEN = "open"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    SAME = "same"
    NOT_SAME = "not same"

    @property
    def decided(self) -> bool:
        """Whether there is nothing left to ask."""
        return self in (Word.SAME, Word.NOT_SAME)


_OF_CERTAINTY = {"Confirmed": Word.SAME, "Probable": Word.PROBABLE, "Possible": Word.POSSIBLE}


@dataclass(frozen=True)
class Said:
    """That a case is, may be or is not a patient of a paper; of the one case there that is named, else of any."""

    paper: int
    word: Word
    case: str | None = None


@dataclass
class Words:
    """What curators said of each case, by its slug."""

    said: dict[str, list[Said]] = field(default_factory=dict)

    def add(self, case: str, paper: int, certainty: str | None, other: str | None = None) -> None:
        """Note one statement; without a certainty it says that the patients are two."""
        word = Word.NOT_SAME if certainty is None else _OF_CERTAINTY[certainty]
        self.said.setdefault(case, []).append(Said(paper, word, other))

    def on(self, a: Telling, b: Telling) -> Word:
        """The word on a pair; a “no” of one curator stands before all else, since a merged case can be parted."""
        words = {*self._of(a, b), *self._of(b, a)}
        if a.source.signed and b.source.signed and a.case == b.case:
            words.add(Word.SAME)
        order = (Word.NOT_SAME, Word.SAME, Word.PROBABLE, Word.POSSIBLE)
        return next((word for word in order if word in words), Word.OPEN)

    def _of(self, one: Telling, other: Telling) -> Iterable[Word]:
        if not one.source.signed:
            return
        for said in self.said.get(one.case, ()):
            if said.paper in (other.home, other.source.paper) and said.case in (None, other.case):
                yield said.word
