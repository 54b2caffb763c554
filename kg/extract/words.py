"""The words of a text with their places, in a form in which the ways to print one word are the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# A word that a line end cuts is one word (“infil-\ntration”); a hyphen inside a line parts two.
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑\u00ad] *\n *[a-z]+)*|\d+(?:[.,·]\d+)*|[^\w\s]", re.UNICODE)
_NOT_IZED = frozenset(
    (
        *("advised", "bruised", "circumcised", "comprised", "compromised", "devised", "disguised", "excised"),
        *("exercised", "immunocompromised", "incised", "promised", "raised", "revised", "supervised", "surprised"),
    )
)
"""Words in “-ised” that no spelling writes with a “z”."""
_BREAK = re.compile(r"[-‐‑\u00ad] *\n *")


class Word(NamedTuple):
    """One word, number or sign: its place, as printed, and its plain form."""

    start: int
    end: int
    text: str
    plain: str


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of a stretch of text in their order.

    >>> [w.plain for w in words("Leukaemic infil-\\ntrations of the testes, 6.5%")]
    ['leukemic', 'infiltration', 'of', 'the', 'teste', ',', '6.5', '%']
    """
    found = []
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        printed = match[0]
        joined = _BREAK.sub("", printed) if "\n" in printed else printed
        found.append(Word(match.start(), match.end(), joined, plain(joined)))
    return found


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word in lower case, singular, in American spelling; applied to both sides, so it need not be a word.

    >>> plain("Leukaemias"), plain("biopsies"), plain("diagnosis"), plain("tumours"), plain("masses")
    ('leukemia', 'biopsy', 'diagnosis', 'tumor', 'mass')
    """
    word = unicodedata.normalize("NFKC", word).casefold()
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")):
        if word.endswith("ies") and len(word) > 4:
            word = word[:-3] + "y"
        elif word.endswith(("sses", "ches", "shes", "xes")):
            word = word[:-2]
        else:
            word = word[:-1]
    return _american(word)


@lru_cache(maxsize=50_000)
def spelled(word: str) -> str:
    """A word in lower case and American spelling, its ending kept.

    >>> spelled("Leukaemias"), spelled("tumours"), spelled("hospitalised"), spelled("excised")
    ('leukemias', 'tumors', 'hospitalized', 'excised')
    """
    word = unicodedata.normalize("NFKC", word).casefold()
    ending = "s" if word.endswith("ours") else ""
    return _american(word.removesuffix("s") if ending else word) + ending


def _american(word: str) -> str:
    word = word.replace("æ", "ae").replace("œ", "oe")
    if len(word) > 4:
        word = word.replace("ae", "e").replace("oe", "e")
        if word.endswith("our") and word not in ("four", "hour", "pour", "your"):
            word = word[:-3] + "or"
        if word.endswith(("isation", "isations")):
            word = word.replace("isation", "ization")
        elif word.endswith("ised") and word not in _NOT_IZED:
            word = word[:-4] + "ized"
    return word
