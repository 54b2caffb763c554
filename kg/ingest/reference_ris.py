"""Entries of a RIS file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import rispy
from rispy.parser import ParseError

from kg.ingest.drafts import Note, NoteKind
from kg.ingest.reference_facts import Entry, Person

START = re.compile(r"^TY {1,2}- ?", re.MULTILINE)
_END = re.compile(r"^ER {1,2}-", re.MULTILINE)
_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})


def ris_entries(text: str) -> Iterator[Entry | Note]:
    """The entries of a RIS file (Research Information Systems, 2001, with the tags of 2011), read one by one.

    An accession number (AN) is a PMID only if the entry names PubMed or MEDLINE as its database, since every database
    has such numbers.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    starts = [match.start() for match in START.finditer(text)]
    for begin, end in pairwise([*starts, len(text)]):
        piece = text[begin:end]
        place = f"line {text.count(chr(10), 0, begin) + 1}"
        closed = _END.search(piece)
        if closed is None:
            told = "the entry has no end (“ER  - ”). It may be cut off; what is there is taken."
            yield Note(place, NoteKind.PROBLEM, told)
        body = piece if closed is None else piece[: closed.start()]
        # rispy knows a tag by two blanks before its hyphen; some programs write one.
        body = re.sub(r"^([A-Z][A-Z0-9]) - ?", r"\1  - ", body, flags=re.MULTILINE)
        try:
            found = rispy.loads(body.rstrip() + "\nER  - \n")
        except (ParseError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
            yield Note(place, NoteKind.PROBLEM, f"this is not RIS: {error}. Correct the entry.")
            continue
        yield from (_entry(place, item) for item in found)


def _entry(place: str, item: dict[str, Any]) -> Entry:
    def words(*names: str) -> str:
        for name in names:
            value = item.get(name)
            if value:
                return "; ".join(value) if isinstance(value, list) else str(value)
        return ""

    authors = item.get("authors") or item.get("first_authors") or []
    first, last = words("start_page"), words("end_page")
    database = words("name_of_database", "database_provider").lower()
    number, accession, code = words("custom7"), words("accession_number"), words("custom2")
    pubmed = re.search(r"pubmed|medline", database) is not None
    lost = ("accession number left out: the entry does not say that it is a PMID",) if accession and not pubmed else ()
    return Entry(
        place=place,
        title=words("title", "primary_title"),
        authors=tuple(_person(name) for name in authors),
        journal=words("alternate_title1", "journal_name", "alternate_title3", "secondary_title", "alternate_title2"),
        issns=tuple(re.split(r"[;\n]", words("issn"))) if words("issn") else (),
        date=words("year", "publication_year", "date"),
        volume=words("volume"),
        issue=words("number"),
        pages=f"{first}-{last}" if first and last and last != first else first,
        number=number,
        doi=words("doi"),
        pmid=accession if pubmed else "",
        pmcid=code if re.fullmatch(r"(?i)(?:pmcid:?\s*)?PMC\d+", code) else "",
        notes=lost,
    )


def _person(name: str) -> Person:
    """Surname, given name, suffix (RIS, “AU”); a name without a comma is a group's or one word."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 1:
        return Person(literal=parts[0])
    if len(parts) > 2 and parts[1] in _SUFFIXES:
        parts[1], parts[2] = parts[2], parts[1]
    return Person(parts[0], parts[1], suffix=parts[2] if len(parts) > 2 else "")
