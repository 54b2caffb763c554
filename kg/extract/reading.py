"""A document as extraction sees it: sentences, the names in them, and what is said of each name.

An extractor is a function from a `Reading` of one patient to what it found. It never looks at another patient, at a
file or at the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as defaulting
from functools import cached_property
from typing import Any, TypeVar

from kg.extract.sentences import Sentence
from kg.ingest import Document
from kg.vocabulary import Vocabulary

T = TypeVar("T")


@dataclass(frozen=True)
class Mention:
    """A name of a concept at its place: sentence, words of it, and what is said of it (`kg.extract.context`)."""

    concept: str
    scheme: str
    start: int
    end: int
    sentence: int
    first: int
    last: int
    said: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """One value: its field, the value as the record format has it, where it is written, and how sure it is.

    ``detail`` has what belongs to the value: the result of an investigation, the side of a site, the unit of a number.
    """

    field: str
    value: str
    start: int
    end: int
    confidence: float = 0.9
    detail: Mapping[str, str] = defaulting(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """The part of a document that speaks of one patient, with all that extractors may look at.

    ``about`` is the title and what is said of the disease at large, with the names in it ``at_large``: not said of the
    patient, but why the paper tells of them. ``whole`` is the reading of all that the document says. The patient has
    the ``number`` among so many of the document, the first being 0.
    """

    document: Document
    sentences: Sequence[Sentence]
    mentions: Sequence[Mention]
    vocabulary: Vocabulary
    about: Sequence[Sentence] = ()
    at_large: Sequence[Mention] = ()
    whole: Reading | None = None
    number: int = 0
    among: int = 1

    @cached_property
    def _worked_out(self) -> dict[object, Any]:
        return {}

    def once(self, key: object, work: Callable[[], T]) -> T:
        """What ``work`` gives, worked out once for this reading under a key."""
        if key not in self._worked_out:
            self._worked_out[key] = work()
        value: T = self._worked_out[key]
        return value

    def stretch(self, start: int, end: int) -> str:
        """A stretch of the document's text."""
        return self.document.text[start:end]

    @cached_property
    def _by_index(self) -> dict[int, Sentence]:
        return {sentence.index: sentence for sentence in (*self.about, *self.sentences)}

    def sentence(self, mention: Mention) -> Sentence:
        """The sentence of a mention, of the patient or at large."""
        return self._by_index[mention.sentence]

    def of(self, *schemes: str) -> list[Mention]:
        """The mentions of vocabularies, in order of place."""
        return [mention for mention in self.mentions if mention.scheme in schemes]

    def is_a(self, concept: str, general: str) -> bool:
        """Whether a concept is another, a kind of it or a part of it."""
        return general in self.vocabulary.ancestors(concept)


Extractor = Callable[[Reading], Iterable[Found]]
