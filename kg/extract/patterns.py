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
_GRAM = 4
_FEW = 16


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
            if text == "cent" and parts and parts[-1] == "per":
                # “per cent” is one sign, as “percent” is.
                length -= 2
                parts[-1], places[-1] = "%", (places[-1][0], word.end)
                continue
            text = "%" if text == "percent" else text
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
            if pattern.needs is None or any(map(text.__contains__, pattern.needs)):
                yield from self.matches(pattern, text)

    def matches(self, pattern: Pattern, text: str) -> Iterator[re.Match[str]]:
        """The places where one of its patterns fits and nothing speaks against it."""
        for match in pattern.expression.finditer(text):
            if self.but is not None and self._denied(self.but, text, match):
                continue
            if self.unless is None or not self.unless.match(text, match.end() + 1):
                yield match

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


class _Literals:
    """The literals that the patterns of all files need, and those that a text holds."""

    def __init__(self) -> None:
        self._by_gram: dict[str, list[str]] = {}
        self._short: list[str] = []
        self._grams: frozenset[str] = frozenset()
        self.present = lru_cache(maxsize=500)(self._present)

    def add(self, literals: Iterable[str]) -> None:
        """Have more literals looked for."""
        for literal in literals:
            if len(literal) < _GRAM:
                self._short += [literal] * (literal not in self._short)
            else:
                known = self._by_gram.setdefault(literal[:_GRAM], [])
                known += [literal] * (literal not in known)
        self._grams = frozenset(self._by_gram)
        self.present.cache_clear()

    def _present(self, text: str) -> frozenset[str]:
        """The literals that a text holds."""
        found = [literal for literal in self._short if literal in text]
        grams = {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}
        for gram in grams & self._grams:
            for literal in self._by_gram[gram]:
                if literal in text:
                    found.append(literal)
        return frozenset(found)


_LITERALS = _Literals()


class _Group:
    """The patterns of a group, found by the literals that they need."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.every = [(rule, pattern) for rule in rules for pattern in rule.patterns]
        self.always = [number for number, (_, pattern) in enumerate(self.every) if pattern.needs is None]
        self.by_literal: dict[str, list[int]] = {}
        for number, (_, pattern) in enumerate(self.every):
            for literal in pattern.needs or ():
                self.by_literal.setdefault(literal, []).append(number)
        self.literals = frozenset(self.by_literal)
        self.unasked = [self.every[number] for number in self.always]

    def candidates(self, text: str) -> list[tuple[Rule, Pattern]]:
        """The patterns that may fit a text, in their order."""
        few = len(self.literals) <= _FEW
        told = {one for one in self.literals if one in text} if few else _LITERALS.present(text) & self.literals
        if not told:
            return self.unasked
        numbers = set(self.always)
        for literal in told:
            numbers.update(self.by_literal[literal])
        return [self.every[number] for number in sorted(numbers)]


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
        self._groups = {name: _Group(several) for name, several in self.rules.items()}
        for group in self._groups.values():
            _LITERALS.add(group.literals)
        self._found = lru_cache(maxsize=1000)(self._find)

    def find(self, group: str, text: str) -> tuple[tuple[Rule, re.Match[str]], ...]:
        """The rules of a group that fit, each with where."""
        return self._found(group, text)

    def fits(self, group: str, text: str) -> bool:
        """Whether any rule of a group fits."""
        candidates = self._groups[group].candidates(text)
        return any(next(rule.matches(pattern, text), None) is not None for rule, pattern in candidates)

    def _find(self, group: str, text: str) -> tuple[tuple[Rule, re.Match[str]], ...]:
        return tuple(self._matches(group, text))

    def _matches(self, group: str, text: str) -> Iterator[tuple[Rule, re.Match[str]]]:
        for rule, pattern in self._groups[group].candidates(text):
            for match in rule.matches(pattern, text):
                yield rule, match

    def _rule(self, one: Mapping[str, Any]) -> Rule:
        parts = alternatives(self._expand(joined(one["patterns"])))
        unless = _compiled(self._expand(joined(one["unless"]))) if "unless" in one else None
        # What speaks against a match may end anywhere in it, as after the space before a word.
        but = re.compile(rf"\b(?:{self._expand(joined(one['but']))})") if "but" in one else None
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
