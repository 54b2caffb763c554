"""Lists of references in running text, and the identifiers that are printed in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.ingest.document import Reference, Section, fold

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`]{1,250}")
_PMID = re.compile(r"\b(?:PMID|PubMed(?: ID)?)\s*:?\s*(\d{1,9})\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^[ \t]*(?:\[(\d{1,4})\]|\((\d{1,4})\)|(\d{1,4})[.)]?)[ \t\u00a0]+(?=\S)", re.MULTILINE)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def find_doi(text: str) -> str | None:
    """The first DOI in a text, without the punctuation of the sentence around it (ISO 26324, section 4.2).

    >>> find_doi("see https://doi.org/10.1000/X(2)3-4). Then")
    '10.1000/X(2)3-4'
    """
    match = _DOI.search(text)
    return None if match is None else _trimmed(match[0])


def _trimmed(doi: str) -> str:
    while doi:
        last = doi[-1]
        if last in ".,;:'’”*" or (last in _CLOSING and doi.count(last) > doi.count(_CLOSING[last])):
            doi = doi[:-1]
        else:
            break
    return doi


def find_pmid(text: str) -> str | None:
    """The PMID that a text names as such."""
    match = _PMID.search(text)
    return match[1] if match else None


def doi_of_front_matter(text: str, sections: Sequence[Section]) -> str | None:
    """The one DOI that stands before the paper's body; ``None`` where there is none, or more than one."""
    front = (text[s.start : s.end] for s in sections if s.name in ("Front matter", "Title", "Abstract"))
    found = {_trimmed(match[0]).lower(): _trimmed(match[0]) for part in front for match in _DOI.finditer(part)}
    return next(iter(found.values())) if len(found) == 1 else None


def numbered_references(text: str, sections: Sequence[Section]) -> tuple[Reference, ...]:
    """The entries of the sections named “References” in running text, each with its place.

    An entry starts with its number at the start of a line, and the numbers rise by one: so neither a year nor a volume
    that a line happens to start with begins a new entry. A list that does not count is not divided.
    """
    found: list[Reference] = []
    for begin, end in _lists(sections):
        starts = _counted(text, begin, end, found[-1].number if found else None)
        stops = [place for _, place, _ in starts[1:]]
        for (number, _, start), stop in zip(starts, [*stops, end], strict=False):
            entry = text[start:stop].rstrip()
            words = fold(entry)
            found.append(Reference(number, words, find_doi(words), find_pmid(words), start, start + len(entry)))
    return tuple(found)


def _lists(sections: Sequence[Section]) -> list[tuple[int, int]]:
    """Start and end of each run of sections that are named “References”."""
    runs: list[tuple[int, int]] = []
    before = ""
    for section in sections:
        name = section.name.lower()
        if name == "references":
            begin = runs.pop()[0] if before == name else section.start
            runs.append((begin, section.end))
        before = name
    return runs


def _counted(text: str, start: int, end: int, last: int | None) -> list[tuple[int, int, int]]:
    """Number, its place and the place of the words after it, of each line that carries the next number."""
    counted: list[tuple[int, int, int]] = []
    for match in _NUMBERED.finditer(text, start, end):
        number = int(match[1] or match[2] or match[3])
        if last is None or number == last + 1:
            counted.append((number, match.start(), match.end()))
            last = number
    return counted
