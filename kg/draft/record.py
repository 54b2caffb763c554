"""From a document to a draft record: one for each report that tells of a patient with leukemia.

A document that tells of no patient, or of patients without leukemia, becomes no record; its outcome says so. A draft
has ``curation.method: Extracted`` and nobody's signature: ``sanctuary build`` takes it once a curator has checked it
and written their name under ``curation.signed_by``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from kg import __version__
from kg.draft.case import draft_case
from kg.draft.citations import Bibliography, Citations, citations_of, renumber
from kg.draft.merge import Merger, pair
from kg.draft.tables import TableCases, may_have_cases, table_cases
from kg.extract.extractors import found_in
from kg.extract.reader import Reader
from kg.extract.reading import Found
from kg.ingest import Document
from kg.ingest.drafts import Data, reference_slug
from kg.records.paper import Record
from kg.records.yaml_positions import show_path
from kg.vocabulary import Vocabulary

TOOL = f"sanctuary-kg {__version__}"
AGENT = "sanctuary extract"
NONE_KNOWN = Bibliography(())
MAX_CHARACTERS = 2_000_000
"""What is longer is a book or a mistake, and no report of a case."""


_LONGEST = 64


class Outcome(StrEnum):
    """What became of a document."""

    DRAFTED = "drafted"
    NO_PATIENT = "no patient"
    NO_LEUKEMIA = "no leukemia"
    COPY = "copy"
    FAILED = "failed"


@dataclass(frozen=True)
class Patient:
    """What was found of one patient of a document."""

    found: tuple[Found, ...]

    @property
    def leukemic(self) -> bool:
        """Whether a leukemia is told of them."""
        return any(one.field == "leukemia" for one in self.found)


@dataclass(frozen=True)
class RecordDraft:
    """A draft record, the bibliography's entry for its paper, and notes for the curator.

    ``works`` are entries of the works that it cites and the bibliography does not have.
    """

    record: Data
    reference: Data
    notes: tuple[str, ...]
    works: tuple[Data, ...] = ()

    @property
    def slug(self) -> str:
        """Its name, and that of the reference."""
        return str(self.record["record"])


def read_patients(document: Document, reader: Reader) -> tuple[Patient, ...]:
    """The patients of whom a document tells, with what was found of each."""
    return tuple(Patient(tuple(found_in(reading))) for reading in reader.read(document))


def outcome_of(patients: Sequence[Patient]) -> tuple[Outcome, str]:
    """What becomes of a document in which these patients were found, and why."""
    if not patients:
        return Outcome.NO_PATIENT, "It tells of no single patient."
    if not any(patient.leukemic for patient in patients):
        return Outcome.NO_LEUKEMIA, "It tells of no patient with leukemia."
    return Outcome.DRAFTED, ""


def draft_record(
    document: Document, patients: Sequence[Patient], reader: Reader, on: str, known: Bibliography = NONE_KNOWN
) -> RecordDraft | None:
    """The draft of a document; ``None`` if no case could be drafted.

    Args:
        document: the report.
        patients: what was found in it.
        reader: what they were found by; it has the concepts that a record may name, and reads the cells of tables.
        on: the date of the extraction, YYYY-MM-DD.
        known: the works of the bibliography.
    """
    slug = record_slug(document)
    vocabulary = reader.vocabulary
    notes: list[str] = []
    cases: list[Data] = []
    left = sum(not patient.leukemic for patient in patients)
    if left:
        notes.append(f"of {left} other patient{'s' if left > 1 else ''} no leukemia is told.")
    for patient in patients:
        drafted = (
            draft_case(f"{slug}-{len(cases) + 1}", patient.found, document, vocabulary) if patient.leukemic else None
        )
        if drafted is not None:
            cases.append(drafted.data)
            notes += [f"{drafted.data['case']}: {note}" for note in drafted.notes]
    has_tables = may_have_cases(document)
    if not cases and not has_tables:
        return None
    citations = citations_of(document, slug, known)
    tables = table_cases(document, slug, reader, known, citations) if has_tables else TableCases()
    _add_rows(cases, tables, slug, vocabulary)
    citations.add_places(tables.cited)
    name = file_name(document.name)
    if name != document.name:
        notes.append(f"the text was read from “{_shown(document.name)}”; keep it as {name}, as a record names files.")
    record: Data = {
        "record": slug,
        "document": {"file": name, "sha256": document.sha256, "characters": len(document.text)},
        "curation": {"method": "Extracted", "agent": AGENT, "date": on, "tool": TOOL},
        **({"citations": citations.citations} if citations.citations else {}),
        "cases": cases,
    }
    notes += [*tables.notes, *citations.notes]
    _keep_valid(record, vocabulary, notes)
    renumber(record.get("citations", []), notes)
    works = _works(record, citations, tables)
    return RecordDraft(record, reference_of(document, slug), tuple(notes), works) if record["cases"] else None


def _add_rows(cases: list[Data], tables: TableCases, slug: str, vocabulary: Vocabulary) -> None:
    """Add the cases of tables; a row on the paper's own patient goes into the case that the text tells of them."""
    pairs, over = pair(cases, tables.own)
    merger = Merger(vocabulary)
    for case, row in pairs:
        merger.merge(case, row)
    for row in over:
        if cases:
            place = row["patient"]["evidence"][0]["cell"]["row"]
            tables.notes.append(f"row {place} is of the paper's own patient, and fits none of the text; it is left.")
        else:
            cases.append(row | {"case": f"{slug}-{len(cases) + 1}"})
    names = {case["case"] for case in cases}
    cases += [row for row in tables.cases if row["case"] not in names]


def _works(record: Data, citations: Citations, tables: TableCases) -> tuple[Data, ...]:
    """The entries of the works that a record names and the bibliography lacks."""
    named = {one["reference"] for one in record.get("citations", ())}
    named |= {case["primary_reference"] for case in record["cases"] if "primary_reference" in case}
    found = {name: one.model_dump(exclude_defaults=True) for name, one in tables.works.items()}
    return tuple(work for name, work in (found | citations.works).items() if name in named)


def _keep_valid(record: Data, vocabulary: Vocabulary, notes: list[str]) -> None:
    """Take out of a record what its format refuses, with a note each; an extractor's slip must not lose the draft."""
    for _ in range(3):
        try:
            Record.model_validate(record, context={"vocabulary": vocabulary})
        except ValidationError as error:
            problems = error.errors()
        else:
            return
        places = {tuple(found["loc"]): found["msg"] for found in problems}
        for place in sorted(places, key=str, reverse=True):
            notes.append(f"left out: {show_path(place)}: {' '.join(places[place].split())[:200]}")
            _remove(record, place)
    record["cases"] = []


def _remove(record: Data, place: tuple[str | int, ...]) -> None:
    """Remove the statement that holds a place: an item of a list of the case, or the case itself."""
    cases = record["cases"]
    if place[0] == "citations":
        numbers = place[1:2] if len(place) > 1 and isinstance(place[1], int) else ()
        record["citations"] = [
            one for number, one in enumerate(record["citations"]) if number not in numbers and numbers
        ]
        return
    if len(place) < 2 or place[0] != "cases" or not isinstance(place[1], int) or place[1] >= len(cases):
        record["cases"] = []
        return
    case = cases[place[1]]
    key = place[2] if len(place) > 2 else None
    part = case.get(key)
    if key in ("patient", "diagnoses") or not isinstance(part, list) or len(place) < 4:
        del cases[place[1]]
        return
    number = place[3]
    if isinstance(number, int) and number < len(part):
        removed = part.pop(number)
        if not part:
            del case[key]
        _forget(case, removed.get("id"))


def _forget(case: Data, name: str | None) -> None:
    """Take a statement's id out of the statements that name it."""
    for part in (item for items in case.values() if isinstance(items, list) for item in items):
        for key in ("episode", "after", "of"):
            if name and part.get(key) == name:
                del part[key]
        if name in part.get("confirmed_by", ()):
            part["confirmed_by"] = [one for one in part["confirmed_by"] if one != name]
            part["certainty"] = "Probable"


def record_slug(document: Document) -> str:
    """The name of a document's record: first author and year, else PMID, else the file's name.

    It leaves room for what tells like names and several cases apart.
    """
    metadata = document.metadata
    otherwise = f"pmid-{metadata.pmid}" if metadata.pmid else document.name.replace("#", "-")
    stem = re.sub(r"\.(?:txt|xml|nxml|html?|pdf|nbib|text)\Z", "", otherwise, flags=re.IGNORECASE)
    known = metadata.authors and metadata.year
    name = reference_slug(_surname(metadata.authors[0]) if known else "", metadata.year if known else None, stem)
    return name[:_LONGEST].rstrip("-")


def _surname(author: str) -> str:
    """The surname in “Soon Ju Baek” or “Hangai M”.

    >>> _surname("Soon Ju Baek"), _surname("van Asseldonk JT")
    ('Baek', 'van Asseldonk')
    """
    words = author.split()
    if len(words) > 1 and len(words[-1]) <= 3 and words[-1].isupper():
        return " ".join(words[:-1])
    return words[-1] if words else ""


def file_name(name: str) -> str:
    """A document's name as a record may hold it: letters, figures, “.”, “_”, “-”, and “#” before an article.

    >>> file_name("Case 1 (final).pdf"), file_name("set.xml#123")
    ('Case-1-final-.pdf', 'set.xml#123')
    """
    file, mark, article = name.partition("#")
    plain = re.sub(r"[^\w.-]+", "-", file).lstrip("-.")[-150:] or "document"
    return plain + (f"#{re.sub(r'[^A-Za-z0-9._~-]+', '-', article)[:80]}" if mark and article else "")


def reference_of(document: Document, slug: str) -> Data:
    """The bibliography's entry for a document, as far as the document tells it.

    A work without title, author and year counts as unidentified; then the format takes no facts, and they are noted.
    """
    metadata = document.metadata
    title = " ".join((metadata.title or "").split())
    checked = [_shown(document.name)]
    if not (title and metadata.authors and metadata.year):
        known = (title, f"doi:{metadata.doi}" if metadata.doi else "", f"PMID {metadata.pmid}" if metadata.pmid else "")
        note = "; ".join(part for part in known if part)[:200]
        return {"reference": slug, "identified": False, "checked": checked} | ({"note": note} if note else {})
    reference: Data = {"reference": slug, "title": title, "authors": [{"name": name} for name in metadata.authors]}
    if metadata.journal:
        reference["journal"] = {"title": metadata.journal}
    reference["year"] = metadata.year
    for key, value, pattern in (
        ("doi", metadata.doi, r"10\.[0-9]{4,9}/\S+"),
        ("pmid", metadata.pmid, r"[1-9][0-9]{0,8}"),
        ("pmcid", metadata.pmcid, r"PMC[0-9]+"),
        ("licence", metadata.license, r"https?://\S{1,390}"),
    ):
        if value and re.fullmatch(pattern, value):
            reference[key] = value
    return reference | {"checked": checked}


def _shown(name: str) -> str:
    """A name without what a terminal or a file could stumble over."""
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "\ufffd" for c in name)[:200]
