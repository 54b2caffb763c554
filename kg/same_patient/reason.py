"""One trait in which two tellings agree or differ, with its weight; and a trait that rules a pair out."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """A trait, its weight in bits (below zero it speaks against), what each paper tells, and how the weight came."""

    trait: str
    weight: float
    here: str
    there: str
    note: str = ""

    @property
    def bearing(self) -> str:
        """What it would be called in a record."""
        return "SpeaksFor" if self.weight >= 0 else "SpeaksAgainst"

    @property
    def words(self) -> str:
        """The reason in a few words.

        >>> Reason("sex", 1.0, "male", "male").words, Reason("age", -2.0, "8", "12").words
        ('sex: male', 'age: 8 / 12')
        """
        return f"{self.trait}: {self.here}" + (f" / {self.there}" if self.here != self.there else "")

    def turned(self) -> Reason:
        """The same reason with the papers in the other order."""
        return self._replace(here=self.there, there=self.here)


class Contradiction(NamedTuple):
    """A trait by which two tellings cannot be of one patient, and what each paper tells."""

    trait: str
    here: str
    there: str
