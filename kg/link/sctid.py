"""Identifiers of SNOMED CT: their check digit and what kind of component they name.

See the SNOMED CT Release File Specification, “SCTID Representation” and “Check-digit” (Verhoeff's dihedral code).
"""

from __future__ import annotations

import re

_TIMES = tuple(
    tuple(int(digit) for digit in row)
    for row in (
        "0123456789",
        "1234067895",
        "2340178956",
        "3401289567",
        "4012395678",
        "5987604321",
        "6598710432",
        "7659821043",
        "8765932104",
        "9876543210",
    )
)
"""Multiplication in the dihedral group of order ten."""
_FIRST = tuple(int(digit) for digit in "1576283094")
_INVERSE = tuple(int(digit) for digit in "0432156789")


def _turns() -> tuple[tuple[int, ...], ...]:
    """The permutation of each of eight positions: the first applied again and again."""
    rows = [tuple(range(10))]
    while len(rows) < 8:
        rows.append(tuple(_FIRST[digit] for digit in rows[-1]))
    return tuple(rows)


_TURNS = _turns()
_KINDS = {"0": "concept", "1": "description", "2": "relationship"}


def check_digit(item: str) -> str:
    """The Verhoeff digit that belongs behind some digits.

    >>> check_digit("236"), check_digit("2229800")
    ('3', '6')
    """
    total = 0
    for position, digit in enumerate(reversed(item), 1):
        total = _TIMES[total][_TURNS[position % 8][int(digit)]]
    return str(_INVERSE[total])


def kind(identifier: str) -> str:
    """What a SNOMED CT identifier names, from the middle one of its last three digits: concept, description or
    relationship; empty for anything else.

    >>> kind("22298006"), kind("12301000132103"), kind("751689013")
    ('concept', 'concept', 'description')
    """
    return _KINDS.get(identifier[-2:-1], "") if identifier[-3:-2] in ("0", "1") else ""


def namespace(identifier: str) -> str:
    """The namespace of the extension that a concept comes from; empty for one of the international core.

    >>> namespace("12301000132103"), namespace("22298006")
    ('1000132', '')
    """
    return identifier[-10:-3] if identifier[-3:-2] == "1" else ""


def fault(identifier: str) -> str:
    """What is wrong with the identifier of a concept, as the end of a sentence; empty if nothing is.

    >>> fault("22298006"), fault("22298007")
    ('', 'its check digit (Verhoeff) should be 6')
    """
    if not re.fullmatch(r"[1-9][0-9]{5,17}", identifier):
        return "it is not a number of 6 to 18 digits without a leading zero"
    if (right := check_digit(identifier[:-1])) != identifier[-1]:
        return f"its check digit (Verhoeff) should be {right}"
    if kind(identifier) != "concept":
        return f"it is the identifier of a {kind(identifier) or 'component of no known kind'}, not of a concept"
    return ""
