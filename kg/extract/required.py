"""What a text must hold for a pattern to fit, so that most patterns need not be tried on most sentences.

Only the part of regular expressions that rule files use is understood: literals, groups, alternatives, classes, simple
escapes, lookarounds and quantifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUANTIFIER = re.compile(r"(?:\?|\*|\+|\{(\d*),?\d*\})\??")
_OPENING = re.compile(r"\((?:\?(?::|P<\w+>|(=|!|<=|<!)))?")
Needs = frozenset[str] | None


def alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern at its outermost level.

    >>> alternatives("a (?:b|c)|[|]d")
    ['a (?:b|c)', '[|]d']
    """
    parts, depth, begin = [], 0, 0
    for at, sign in _signs(pattern):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            parts.append(pattern[begin:at])
            begin = at + 1
    return [*parts, pattern[begin:]]


def needs(pattern: str) -> Needs:
    """Literals of which a text holds at least one if the pattern fits; ``None`` if there are none such.

    >>> sorted(needs(r"(?:the )?(?:testes|testicles?) (?:was|were) \\w+") or [])
    ['testes', 'testicle']
    >>> needs(r"\\d+ ?%?") is None
    True
    """
    found: set[str] = set()
    for part in alternatives(pattern):
        one = _sequence(part)
        if one is None:
            return None
        found |= one
    return frozenset(found)


def _sequence(pattern: str) -> Needs:
    """What a sequence without outer alternatives needs: of all that must be there, what is rarest."""
    candidates: list[frozenset[str]] = []
    run = ""
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        literal, inner, width = "", None, True
        if sign == "(":
            end = _group_end(pattern, at)
            opening = _OPENING.match(pattern, at)
            assert opening is not None
            width = opening[1] is None
            inner = needs(pattern[opening.end() : end - 1]) if width else None
        elif sign == "[":
            end = _class_end(pattern, at)
        elif sign == "\\":
            end = at + 2
            literal = "" if pattern[at + 1].isalnum() else pattern[at + 1]
            width = pattern[at + 1] != "b"
        else:
            end = at + 1
            literal = "" if sign in ".^$" else sign
            width = sign not in "^$"
        quantifier = _QUANTIFIER.match(pattern, end)
        least = 1
        if quantifier:
            end = quantifier.end()
            least = int(quantifier[1] or 0) if quantifier[1] is not None else int(quantifier[0][0] == "+")
        at = end
        if not width:
            continue
        if least and literal:
            run += literal
        if least and inner:
            candidates.append(inner)
        if quantifier or not literal:
            candidates.append(frozenset({run}))
            run = ""
    candidates.append(frozenset({run}))
    candidates = [one for one in candidates if min(map(len, one), default=0) > 1]
    return max(candidates, key=lambda one: (min(map(len, one)) / (1 + len(one) / 8), -len(one)), default=None)


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1] in "]^" else 1
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _group_end(pattern: str, at: int) -> int:
    depth = 0
    for place, sign in _signs(pattern, at):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return place + 1
    raise ValueError(f"A group of the pattern {pattern!r} has no end.")


def _signs(pattern: str, at: int = 0) -> Iterator[tuple[int, str]]:
    """The signs of a pattern from a place on, without those that are escaped or in a class."""
    while at < len(pattern):
        if pattern[at] == "[":
            at = _class_end(pattern, at)
        elif pattern[at] == "\\":
            at += 2
        else:
            yield at, pattern[at]
            at += 1
