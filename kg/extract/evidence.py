"""What the words of relapse in a story are worth: said for certain, only thought of, excluded, or of another disease.

A relapse that was feared or that is excluded speaks for none, however often it is named; one that is affirmed later
outweighs the fear. The words are data, in ``rules/relapse.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from kg.extract.patterns import Patterns, Rule
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence


@dataclass(frozen=True)
class Cue:
    """A cue where it was found."""

    rule: Rule
    place: tuple[int, int]
    groups: dict[str, str | None]

    def overlaps(self, other: Cue) -> bool:
        """Whether two cues share a stretch of the text."""
        return self.place[0] < other.place[1] and other.place[0] < self.place[1]


@cache
def _worth() -> Patterns:
    return Patterns(rules("relapse"))


def cues_in(patterns: Patterns, group: str, sentences: Iterable[Sentence]) -> list[Cue]:
    """The cues of a group in order of their place."""
    found = [
        Cue(rule, sentence.flat.place(*match.span()), match.groupdict())
        for sentence in sentences
        for rule, match in patterns.find(group, sentence.flat.text)
    ]
    return sorted(found, key=lambda cue: cue.place)


def cues_of_worth(group: str, sentences: Iterable[Sentence]) -> list[Cue]:
    """The cues of a group of ``rules/relapse.yaml``."""
    return cues_in(_worth(), group, sentences)


def unsaid(sentences: Iterable[Sentence]) -> list[Cue]:
    """Words of relapse that do not say that the leukemia came back; none where the same sentence upholds them."""
    found = []
    for sentence in sentences:
        sure = upheld_in([sentence])
        found += [cue for cue in cues_in(_worth(), "unsaid", [sentence]) if not (sure and kind(cue) == "thought")]
    return found


def affirmed(cues: Sequence[Cue], hedged: Sequence[Cue]) -> list[Cue]:
    """The cues that no hedge covers."""
    return [cue for cue in cues if not any(cue.overlaps(other) for other in hedged)]


def upheld_in(sentences: Iterable[Sentence]) -> bool:
    """Whether a relapse is said to be proven."""
    return any(_worth().fits("upheld", sentence.flat.text) for sentence in sentences)


def settled_after(sentences: Iterable[Sentence], since: int) -> bool:
    """Whether an examination is told, at or after a place, that settled what the illness was."""
    return any(cue.place[1] > since for cue in cues_in(_worth(), "settled", sentences))


def kind(cue: Cue) -> str:
    """How a hedge takes the relapse back: thought, excluded or foreign."""
    return str(cue.rule.says["as"])
