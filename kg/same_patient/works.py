"""Which paper is which: the bibliographies of several folders brought together by what identifies a work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kg.records.paper import Reference

_DOI_IN_NOTE = re.compile(r"doi:(10\.[0-9]{4,9}/[^\s;]+)", re.IGNORECASE)
_PMID_IN_NOTE = re.compile(r"PMID ([1-9][0-9]{0,8})\b")


@dataclass(frozen=True, slots=True)
class Work:
    """What a bibliography says of a paper: its slug, year, DOI, and its authors as surname and first initial."""

    slug: str
    year: int | None = None
    doi: str | None = None
    authors: frozenset[str] = frozenset()


class Works:
    """Papers under numbers. Two entries with a common DOI, PMID, PMCID, title or text are one paper.

    Slugs are not enough: two folders may each call another paper ``liu-2007``. So an entry without any identifier is
    a paper of its own folder.
    """

    def __init__(self) -> None:
        self._parents: list[int] = []
        self._works: list[Work] = []
        self._by_identifier: dict[str, int] = {}

    def add(self, folder: str, reference: Reference) -> int:
        """The number of a reference's paper, which is new or one that has an identifier in common with it."""
        found = self.known(folder, reference.reference)
        if self._works[found].year is None and not self._works[found].authors:
            self._works[found] = _work(reference)
        for identifier in _identifiers(reference):
            self.identify(found, identifier)
        return self.number(found)

    def known(self, folder: str, slug: str) -> int:
        """The number of what a folder calls ``slug``; a paper of which nothing is known if it defines none."""
        name = f"slug:{folder}/{slug}"
        if name not in self._by_identifier:
            self._by_identifier[name] = len(self._parents)
            self._parents.append(len(self._parents))
            self._works.append(Work(slug))
        return self.number(self._by_identifier[name])

    def identify(self, number: int, identifier: str) -> None:
        """Say that a paper has an identifier; papers that share one become one."""
        one, other = self.number(number), self.number(self._by_identifier.setdefault(identifier, number))
        if one != other:
            low, high = sorted((one, other))
            self._works[low] = _merged(self._works[low], self._works[high])
            self._parents[high] = low

    def number(self, number: int) -> int:
        """The number under which a paper stands now, after some have become one."""
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def work(self, number: int) -> Work:
        """What is known of a paper."""
        return self._works[self.number(number)]


def _work(reference: Reference) -> Work:
    doi = reference.doi or next(iter(_DOI_IN_NOTE.findall(reference.note or "")), None)
    return Work(reference.reference, reference.year, doi, author_keys(one.name for one in reference.authors))


def _merged(one: Work, other: Work) -> Work:
    """Of two entries the one that says more, with what only the other says; the same whichever comes first."""
    full, less = sorted((one, other), key=lambda w: (w.year is None, not w.authors, w.doi is None, w.slug))
    return Work(full.slug, full.year or less.year, full.doi or less.doi, full.authors or less.authors)


def _identifiers(reference: Reference) -> Iterable[str]:
    note = reference.note or ""
    for doi in filter(None, (reference.doi, *_DOI_IN_NOTE.findall(note))):
        yield f"doi:{doi.lower()}"
    for pmid in filter(None, (reference.pmid, *_PMID_IN_NOTE.findall(note))):
        yield f"pmid:{pmid}"
    if reference.pmcid:
        yield f"pmcid:{reference.pmcid}"
    title = _plain(reference.title or "")
    # Short titles (“Case report”, “Letter to the editor”) are shared by many papers.
    if len(title) > 40 and reference.year:
        yield f"title:{reference.year} {title}"


def author_keys(names: Iterable[str]) -> frozenset[str]:
    """Authors as surname and first initial, the form in which both ways of printing a name meet.

    >>> sorted(author_keys(["Soon Ju Baek", "Baek SJ", "van Asseldonk JT", "Billström R"]))
    ['baek s', 'billstrom r', 'van asseldonk j']
    """
    keys = set()
    for name in names:
        words = name.replace(",", " ").split()
        if len(words) < 2:
            continue
        initials_last = len(words[-1]) <= 3 and words[-1].isupper()
        surname = " ".join(words[:-1]) if initials_last else words[-1]
        initial = words[-1][0] if initials_last else words[0][0]
        keys.add(f"{_plain(surname)} {_plain(initial)}")
    return frozenset(keys)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("ł", "l")).casefold()
    return " ".join(re.findall(r"\w+", "".join(c for c in letters if not unicodedata.combining(c))))
