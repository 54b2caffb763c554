"""The names of concepts, and where a text has them.

A name is a sequence of plain words; the longest that begins at a word is taken, vocabulary by vocabulary. A name in
capitals (“ALL”, “US”) is found as printed only, since “all” and “us” are words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.extract.words import Word, words

SIGNS = frozenset("-‐‑–—/'’®™")
"""Signs that a name may be printed with or without."""


class Name(NamedTuple):
    """A name found: the concept, its vocabulary, the places of its first and last word, and its place in the text.

    ``narrower`` tells a name of something that is only a kind of the concept.
    """

    concept: str
    scheme: str
    first: int
    last: int
    start: int
    end: int
    narrower: bool = False


@dataclass
class _Node:
    further: dict[str, _Node] = field(default_factory=dict)
    printed: dict[str, _Node] = field(default_factory=dict)
    concepts: dict[str, str] = field(default_factory=dict)
    narrower: bool = False


class Lexicon:
    """Names of concepts by vocabulary.

    >>> lexicon = Lexicon()
    >>> lexicon.add("acute lymphoblastic leukemia", "AcuteLymphoblasticLeukemia", "LeukemiaTypes")
    >>> lexicon.add("ALL", "AcuteLymphoblasticLeukemia", "LeukemiaTypes")
    >>> [n.concept for n in lexicon.find(words("all patients with ALL or acute lymphoblastic leukaemia"))]
    ['AcuteLymphoblasticLeukemia', 'AcuteLymphoblasticLeukemia']
    """

    def __init__(self) -> None:
        self._roots: dict[str, _Node] = {}
        self._begin: dict[str, set[str]] = {}
        self._begin_printed: dict[str, set[str]] = {}

    def add(self, name: str, concept: str, scheme: str, *, exact: bool | None = None, narrower: bool = False) -> None:
        """Add a name; ``exact`` if it counts only as printed, by default if it is short and in capitals.

        ``narrower`` marks the name of something that is only a kind of the concept.
        """
        parts = [word for word in words(name) if word.text not in SIGNS]
        if not parts:
            return
        node = self._roots.setdefault(scheme, _Node())
        for number, part in enumerate(parts):
            capitals = is_acronym(part.text) if exact is None else exact
            key = part.text if capitals else part.plain
            if not number:
                (self._begin_printed if capitals else self._begin).setdefault(key, set()).add(scheme)
            node = (node.printed if capitals else node.further).setdefault(key, _Node())
        if scheme not in node.concepts:
            node.concepts[scheme], node.narrower = concept, narrower

    def find(self, text: Sequence[Word], schemes: Iterable[str] | None = None) -> list[Name]:
        """The names in a sequence of words, by place; names of different vocabularies may overlap."""
        begins: dict[str, list[int]] = {}
        for at, word in enumerate(text):
            for schemes_here in (self._begin.get(word.plain), self._begin_printed.get(word.text)):
                for scheme in schemes_here or ():
                    places = begins.setdefault(scheme, [])
                    if not places or places[-1] != at:
                        places.append(at)
        found: list[Name] = []
        for scheme in self._roots if schemes is None else schemes:
            if scheme in begins:
                found.extend(self._find(text, scheme, begins[scheme]))
        return sorted(found, key=lambda name: (name.start, -name.end, name.scheme))

    def _find(self, text: Sequence[Word], scheme: str, begins: Sequence[int]) -> Iterator[Name]:
        root = self._roots[scheme]
        free = 0
        for at in begins:
            longest = self._longest(text, at, root) if at >= free else None
            if longest is not None:
                last, node = longest
                yield Name(node.concepts[scheme], scheme, at, last, text[at].start, text[last].end, node.narrower)
                free = last + 1

    def _longest(self, text: Sequence[Word], at: int, root: _Node) -> tuple[int, _Node] | None:
        best: tuple[int, _Node] | None = None
        nodes = [root]
        for place in range(at, min(len(text), at + 16)):
            word = text[place]
            if word.text in SIGNS and place > at:
                continue
            following = [node.printed[word.text] for node in nodes if word.text in node.printed]
            following += [node.further[word.plain] for node in nodes if word.plain in node.further]
            if not following:
                break
            nodes = following
            for node in nodes:
                if node.concepts:
                    best = place, node
        return best


def is_acronym(word: str) -> bool:
    """Whether a word counts only as printed: two to six signs, no small letter but a last “s”, not a number.

    >>> is_acronym("ALL"), is_acronym("MRI"), is_acronym("Ara"), is_acronym("5")
    (True, True, False, False)
    """
    core = word.removesuffix("s")
    return 2 <= len(core) <= 6 and core.isupper()
