"""Where a text cites the entries of its list: by number (“[1-4]”, “(3)”) or by name and year (“Liu et al., 2007”)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from kg.ingest import Document
from kg.ingest.drafts import slug

Places = dict[int, list[tuple[int, int]]]
"""Start and end of each place that cites an entry, by its number."""

_LIST = r"\d{1,3}(?:\s*[-–—,;]\s*\d{1,3})*"
_STYLES = (
    re.compile(rf"\[({_LIST})\]"),
    re.compile(rf"(?<=[\w.,;:)”’])\s{{0,3}}\(({_LIST})\)"),
)
_NAMED = re.compile(
    r"\b(?P<name>[^\W\d_][\w'’-]+)(?:,? (?:et al\.?,?|and colleagues|(?:and|&) [^\W\d_][\w'’-]+))?,? ?"
    r"[(\[]?(?P<year>(?:18|19|20)\d\d)[a-z]?\b"
)
_PARTS = re.compile(r"(\d{1,3})(?:\s*[-–—]\s*(\d{1,3}))?")
_LONGEST_RANGE = 60
_FEWEST = 5
"""So many numbers in a row make a list that has not been seen; fewer may be anything in brackets."""


def by_number(document: Document, numbers: Iterable[int]) -> Places:
    """The places of each number, in the style in which the text cites most of the list."""
    wanted = set(numbers)
    found = [_only(_numbered(document, style), wanted) for style in _STYLES]
    best = max(found, key=len)
    # A few figures in brackets are no style of citing.
    return best if len(best) >= max(1, len(wanted) // 3) else {}


def unseen(document: Document) -> Places:
    """The places of a list that the text does not have: all numbers from one on, cited in their order."""
    for style in _STYLES:
        places = _numbered(document, style)
        counted = sorted(places)
        first = [places[number][0] for number in counted]
        if (
            len(counted) >= _FEWEST
            and counted == list(range(1, len(counted) + 1))
            and all(one <= other for one, other in pairwise(first))
        ):
            return places
    return {}


def by_name(document: Document, known: Mapping[tuple[str, int], int]) -> Places:
    """The places that name an entry: surname of the first author, as a slug, and year give its number."""
    places: Places = {}
    if not known:
        return places
    for start, end in _body(document):
        for match in _NAMED.finditer(document.text, start, end):
            number = known.get((slug(match["name"]), int(match["year"])))
            if number is not None:
                places.setdefault(number, []).append(match.span())
    return places


def _only(places: Places, wanted: set[int]) -> Places:
    return {number: several for number, several in places.items() if number in wanted}


def _numbered(document: Document, style: re.Pattern[str]) -> Places:
    places: Places = {}
    for start, end in _body(document):
        for match in style.finditer(document.text, start, end):
            # The space before a bracket is no part of it.
            place = match.end() - len(match[0].lstrip()), match.end()
            for number in _each(match[1]):
                places.setdefault(number, []).append(place)
    return places


def _each(printed: str) -> Iterator[int]:
    for match in _PARTS.finditer(printed):
        first, last = int(match[1]), int(match[2] or match[1])
        if first and first <= last <= first + _LONGEST_RANGE:
            yield from range(first, last + 1)


def _body(document: Document) -> Iterator[tuple[int, int]]:
    """The stretches in which a paper cites: neither the list itself, nor a table, whose cells are read apart."""
    for section in document.sections:
        name = section.name.lower()
        if name not in ("references", "front matter", "title") and not re.fullmatch(r"table \S+", name):
            yield section.start, section.end
