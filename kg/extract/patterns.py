"""Patterns over a sentence in one plain spelling, and the way back from a match to its place in the text.

Rule files hold the patterns; what they share stands under ``define`` and is used as ``{name}``. They are written for
text in small letters and American spelling in which single spaces part words, numbers and signs, and in which the
hyphens inside a word are spaces: “A 6½-year-old (T-ALL)” reads ``a 6½ year old ( t all )``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.extract.required import alternatives, needs
from kg.extract.words import Word, spelled

_HYPHENS = frozenset("-‐‑–—−")
_QUOTES = frozenset("'’‘\"“”®™")
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Flat:
    """The plain text of a sentence, and where each of its words begins in it and in the document."""

    text: str
    begins: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the document of a stretch of the plain text."""
        if not self.places:
            return 0, 0
        first = max(0, bisect_right(self.begins, start) - 1)
        last = max(first, bisect_right(self.begins, max(start, end - 1)) - 1)
        return self.places[first][0], self.places[last][1]

    def at(self, position: int) -> int:
        """Where a position of the document is in the plain text; the word that holds it or the next one."""
        for begin, (_, end) in zip(self.begins, self.places, strict=True):
            if position < end:
                return begin
        return len(self.text)


def flat_of(words: Sequence[Word]) -> Flat:
    """Words as plain text.

    >>> from kg.extract.words import words
    >>> flat_of(words("The 6-year-old’s leukaemia (B-ALL) – in CR 2-3 years")).text
    'the 6 year old s leukemia ( b all ) , in cr 2 - 3 years'
    """
    parts: list[str] = []
    begins: list[int] = []
    places: list[tuple[int, int]] = []
    length = 0
    for number, word in enumerate(words):
        text = word.text
        if text in _QUOTES:
            continue
        if text in _HYPHENS:
            before = words[number - 1] if number else None
            after = words[number + 1] if number + 1 < len(words) else None
            if before and after and before.text[:1].isdigit() and after.text[:1].isdigit():
                text = "-"
            elif before and after and (before.end == word.start or after.start == word.end):
                continue
            else:
                text = ","
        else:
            text = spelled(text)
        parts.append(text)
        begins.append(length)
        places.append((word.start, word.end))
        length += len(text) + 1
    return Flat(" ".join(parts), tuple(begins), tuple(places))


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, and literals of which a text must hold one for it to fit."""

    expression: re.Pattern[str]
    needs: frozenset[str] | None

    def find(self, text: str) -> Iterable[re.Match[str]]:
        """Where it fits."""
        if self.needs is not None and not any(map(text.__contains__, self.needs)):
            return ()
        return self.expression.finditer(text)


@dataclass(frozen=True)
class Rule:
    """One rule: its patterns, what else the file says of it, and what speaks against a match.

    ``but`` begins before the match, in the same part of the sentence, and reaches into it; ``unless`` follows it.
    """

    patterns: tuple[Pattern, ...]
    says: Mapping[str, Any]
    but: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """The places where it fits and nothing speaks against it."""
        for pattern in self.patterns:
            for match in pattern.find(text):
                if self.but is not None and self._denied(self.but, text, match):
                    continue
                if self.unless is None or not self.unless.match(text, match.end() + 1):
                    yield match

    def fits(self, text: str) -> bool:
        """Whether it fits anywhere."""
        return next(self.find(text), None) is not None

    @staticmethod
    def _denied(but: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
        other = but.search(text, _part(text, match.start()), match.end())
        while other is not None and other.end() <= match.start():
            other = but.search(text, other.start() + 1, match.end())
        return other is not None


def _part(text: str, position: int) -> int:
    """Where the part of the sentence begins that holds a position: after the last semicolon or “but”."""
    return max(
        text.rfind(" ; ", 0, position), text.rfind(" but ", 0, position), text.rfind(" although ", 0, position), 0
    )


class Patterns:
    """The rules of one file by group: ``define``, then under ``rules`` lists by name."""

    def __init__(self, file: Mapping[str, Any]) -> None:
        """Take a rule file; each rule has ``patterns`` and may have ``but``, ``unless`` and keys of its own."""
        self._define: dict[str, str] = {}
        for name, text in file.get("define", {}).items():
            self._define[name] = self._expand(joined(text))
        self.rules: dict[str, list[Rule]] = {
            name: [self._rule(one) for one in several] for name, several in file["rules"].items()
        }

        self._found = lru_cache(maxsize=1000)(self._find)

    def find(self, group: str, text: str) -> tuple[tuple[Rule, re.Match[str]], ...]:
        """The rules of a group that fit, each with where."""
        return self._found(group, text)

    def fits(self, group: str, text: str) -> bool:
        """Whether any rule of a group fits."""
        return any(rule.fits(text) for rule in self.rules[group])

    def _find(self, group: str, text: str) -> tuple[tuple[Rule, re.Match[str]], ...]:
        return tuple((rule, match) for rule in self.rules[group] for match in rule.find(text))

    def _rule(self, one: Mapping[str, Any]) -> Rule:
        parts = alternatives(self._expand(joined(one["patterns"])))
        but, unless = (_compiled(self._expand(joined(one[key]))) if key in one else None for key in ("but", "unless"))
        return Rule(tuple(Pattern(_compiled(part), needs(part)) for part in parts), one, but, unless)

    def _expand(self, pattern: str) -> str:
        return _NAME.sub(lambda name: f"(?:{self._define[name[1]]})", pattern)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})(?!\w)")


def joined(patterns: str | Iterable[str]) -> str:
    """Several patterns as one.

    >>> joined(["a b", "c"])
    'a b|c'
    """
    return patterns if isinstance(patterns, str) else "|".join(patterns)
