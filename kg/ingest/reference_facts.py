"""What one entry of a list of references states, and the reference of the bibliography that it becomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from kg.ingest.drafts import Data, Note, NoteKind, reference_slug, unused
from kg.records.paper import Reference


@dataclass(frozen=True)
class Person:
    """An author in parts; a group is a ``literal``."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""
    orcid: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry as its file has it; what the file does not have is empty. ``place`` is where the entry stands.

    ``journal`` is the title to use, the abbreviated one if the file has it; ``issns`` are as written.
    """

    place: str
    title: str = ""
    authors: tuple[Person, ...] = ()
    et_al: bool = False
    journal: str = ""
    issns: tuple[str, ...] = ()
    date: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    number: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    licence: str = ""
    notes: tuple[str, ...] = field(default=())


def reference_of(entry: Entry, source: str, taken: Collection[str]) -> tuple[Reference | None, list[Note]]:
    """The reference that an entry becomes, and what of it could not be taken.

    A fact that the entry does not have is left out. A fact that cannot be one (a DOI that is none) is told and left
    out; so the entry is not lost. ``None`` where nothing is left that would tell one work from another.
    """
    notes = [Note(entry.place, NoteKind.LOSS, text) for text in entry.notes]
    data: Data = {"reference": "", "checked": [source]}
    for key, value in _plain(entry):
        if value:
            data[key] = value
    for key, found in _identifiers(entry):
        if found is None:
            notes.append(Note(entry.place, NoteKind.PROBLEM, f"{key} is not written as one. Correct it in the file."))
        else:
            data[key] = found
    year = _year(entry.date)
    if year is not None:
        data["year"] = year
    elif entry.date:
        notes.append(Note(entry.place, NoteKind.PROBLEM, f"“{entry.date[:40]}” has no year between 1800 and 2100."))
    people = [person for person in entry.authors if shown(person)]
    if people:
        data["authors"] = [{"name": shown(p)} | ({"orcid": p.orcid} if p.orcid else {}) for p in people]
        data["et_al"] = entry.et_al
    if entry.journal:
        data["journal"] = {"title": entry.journal} | dict(_issns(entry, notes))
    if not {"title", "authors", "doi", "pmid", "pmcid"} & set(data):
        problem = "the entry has neither a title nor an author nor an identifier. Add one, or remove the entry."
        return None, [*notes, Note(entry.place, NoteKind.PROBLEM, problem)]
    surname = " ".join(filter(None, (people[0].particle, people[0].family or people[0].literal))) if people else ""
    otherwise = f"pmid-{data['pmid']}" if "pmid" in data else " ".join(str(data.get("title", "")).split()[:4])
    data["reference"] = unused(reference_slug(surname, year, otherwise or str(data.get("doi", ""))), taken)
    try:
        return Reference.model_validate(data), notes
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = f"{where} cannot be taken: {first['msg']}. Correct it in the file."
        return None, [*notes, Note(entry.place, NoteKind.PROBLEM, problem)]


def shown(person: Person) -> str:
    """A name as the bibliography has it: “Asseldonk JT” if only initials are known, else “Soon Ju Baek”.

    >>> shown(Person("Asseldonk", "J. T.", "van")), shown(Person("Weisman", "Robert", suffix="Jr"))
    ('van Asseldonk JT', 'Robert Weisman Jr')
    """
    if person.literal:
        return _line(person.literal)
    family = _line(f"{person.particle} {person.family}")
    given, suffix = _line(person.given), _line(person.suffix)
    letters = re.findall(r"[^\W\d_]+", given)
    short = all(len(part) == 1 for part in letters) or (len(letters) == 1 and given.isupper() and len(given) <= 3)
    if letters and short:
        return _line(f"{family} {''.join(letters)} {suffix}")
    return _line(f"{given} {family} {suffix}")


def _plain(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "title", _line(entry.title)
    yield "volume", _line(entry.volume)
    yield "issue", _line(entry.issue)
    yield "pages", re.sub(r"\s*[-–—]+\s*", "-", _line(entry.pages))
    yield "article_number", _line(entry.number)
    if re.fullmatch(r"https?://\S+", entry.licence.strip()):
        yield "licence", entry.licence.strip()


def _identifiers(entry: Entry) -> Iterator[tuple[str, str | None]]:
    """DOI, PMID and PMCID without the address or the name before them; ``None`` where they are none."""
    for key, value, pattern in (
        ("doi", entry.doi, r"(?i:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)"),
        ("pmid", entry.pmid, r"(?i:https?://\S+/|pmid:?\s*)?([1-9][0-9]{0,8})/?"),
        ("pmcid", entry.pmcid, r"(?i:https?://\S+/|pmcid:?\s*)?((?:PMC|pmc)?[0-9]+)/?"),
    ):
        if text := _line(value):
            match = re.fullmatch(pattern, text)
            found = match[1] if match else None
            yield key, f"PMC{found.upper().removeprefix('PMC')}" if found and key == "pmcid" else found


def _issns(entry: Entry, notes: list[Note]) -> Iterator[tuple[str, str]]:
    """ISSNs of which the entry says whether they are of the print or of the electronic edition."""
    found: dict[str, str] = {}
    for text in entry.issns:
        for number, words in re.findall(r"([0-9]{4}-?[0-9]{3}[0-9Xx])\s*(\([^)]*\))?", text):
            code = f"{number[:4]}-{number[-4:].upper()}"
            kind = "issn_print" if re.search("print", words, re.I) and "e-print" not in words.lower() else ""
            kind = "issn_electronic" if re.search(r"electronic|online|linking", words, re.I) else kind
            if kind:
                found.setdefault(kind, code)
            else:
                text = f"ISSN {code} is left out: the entry does not say whether it is of print or electronic."
                notes.append(Note(entry.place, NoteKind.LOSS, text))
    yield from found.items()


def _year(date: str) -> int | None:
    match = re.search(r"(?<![0-9])(1[89][0-9]{2}|20[0-9]{2}|2100)(?![0-9])", date)
    return int(match[1]) if match else None


def _line(text: str) -> str:
    return " ".join(text.split())
