"""Words of an answer as a plot can show them: one clean line, a few short lines, or the name of a column."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from decimal import Decimal

from kg.questions.answer import Value

NOTHING = "—"
"""Stands where an answer has no value."""
# XML Schema 1.1 part 2, sections 3.3.7 to 3.3.11: the years, months, days and instants of our era.
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T[\d:.]+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_UNSEEN = ("Cc", "Cn", "Co", "Cs")
# Marks that turn the direction of what follows (Unicode Standard Annex 9) would turn the rest of a line as well.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """A text on one line, without the characters that XML 1.0 (section 2.2) forbids or that nobody sees.

    >>> clean(" nerve\\n\\troot\\x00 ")
    'nerve root'
    """
    spaced = " ".join(text.split())
    seen = (c for c in spaced if unicodedata.category(c) not in _UNSEEN and c not in _TURNING)
    return " ".join("".join(seen).split())


def worded(value: Value) -> str:
    """A cell in words: an IRI by its last part, a list parted by commas, `NOTHING` for nothing."""
    if isinstance(value, tuple):
        return ", ".join(map(worded, value)) or NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    text = clean("" if value is None else str(value))
    if re.fullmatch(r"https?://\S+", text):
        text = re.split(r"[/#]", text.rstrip("/#"))[-1]
    return text or NOTHING


def wrapped(text: str, width: int, lines: int) -> list[str]:
    """A text on at most so many lines of so many characters; what does not fit gives way to an ellipsis.

    >>> wrapped("infiltration of the sciatic nerve", 16, 2)
    ['infiltration of', 'the sciatic…']
    """
    kept = textwrap.wrap(text, width, max_lines=lines, placeholder="…", break_on_hyphens=False)
    return kept or [NOTHING]


def column_words(column: str) -> str:
    """The name of a column in words.

    >>> column_words("modalityLabel"), column_words("monthsToRelapse"), column_words("n")
    ('modality', 'months to relapse', 'cases')
    """
    known = {"n": "cases", "N": "cases assessed", "share": "share of cases assessed"}
    if column in known:
        return known[column]
    bare = column.removesuffix("Label") or column
    return clean(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", bare).replace("_", " ").lower())


def number(value: Value) -> float | None:
    """A cell as a number, a date (``2017``, ``2017-07``, ``2017-07-19``) as its year with a fraction.

    >>> number(7), number(Decimal("0.25")), number("2017-07"), number("soon")
    (7.0, 0.25, 2017.5, None)
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value)
    date = _DATE.fullmatch(value) if isinstance(value, str) else None
    if date is None:
        return None
    year, month, day = (int(part or 1) for part in date.groups())
    return round(year + (month - 1) / 12 + (day - 1) / 366, 4)
