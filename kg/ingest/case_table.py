"""A case table as a draft record: one case for each row, every value with the cell that says it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from kg.errors import SourceTextError
from kg.ingest.case_table_map import Lookup, TableMap
from kg.ingest.case_table_row import Row, RowCells
from kg.ingest.document import Document, Table, fold
from kg.ingest.drafts import Data, Draft, Note, NoteKind, drafted, evidence_at, reference_slug, unused
from kg.ingest.references import find_doi, find_pmid
from kg.records.paper import Reference
from kg.vocabulary import Vocabulary

_AUTHOR_AND_YEAR = re.compile(r"\s*(?P<names>[^\W\d_][^\d(\[,;]*?)[\s,(\[]*(?P<year>(?:1[89]|20)\d\d)[a-z]?[\])\s.]*")

_OWN = re.compile(r"(?:the )?(?:current|present|our|this)\b(?! and)", re.IGNORECASE)
"""How a review names itself in the row of its own case: “Current (2019)”, “Present case”."""


def draft_cases(
    document: Document,
    record: str,
    mapping: TableMap,
    vocabulary: Vocabulary,
    curation: Mapping[str, str],
    known: Iterable[Reference] = (),
    told: Iterable[Note] = (),
) -> Draft:
    """The cases of a table as a draft record.

    A row of a review is named after the paper that tells the case, “vital-1993-2” for the second row of that paper; a
    row whose paper is the record's own is told first hand. A row without a type of leukemia gives no case.

    Args:
        document: a paper with a table, or a table alone (`kg.ingest.case_table_files`).
        record: slug of the paper that has the table.
        mapping: what its columns say.
        vocabulary: our concepts.
        curation: method, agent and date of the draft, as a record has them.
        known: the bibliography; a work that it has under the slug of surname and year is that work.
        told: notes from reading the file, which come first.

    Raises:
        SourceTextError: the table is not there, or has not the columns that the mapping reads, or no row gives a case.
        RecordError: what was gathered is not a record.
    """
    table = table_of(document, mapping.table)
    _check_columns(document, table, mapping)
    cells: dict[int, RowCells] = {}
    for cell in table.cells:
        cells.setdefault(cell.row, {}).setdefault(cell.column, (cell.start, cell.end))
    notes = list(told)
    unread = [column for column in table.columns if column not in mapping.columns]
    if unread:
        notes.append(Note(f"Table {table.number}", NoteKind.IGNORED, f"not read: {', '.join(map(_quoted, unread))}."))
    works = _Works(document, table, known)
    lookup = Lookup(vocabulary)
    cases: list[Data] = []
    counts: dict[str, int] = {}
    for number, own in sorted(cells.items()):
        if number in mapping.skip_rows:
            notes.append(Note(f"row {number}", NoteKind.IGNORED, "the mapping skips this row."))
            continue
        row = Row(number, table.number, own, document.text, mapping, lookup, _Evidence(document, table))
        case = row.case()
        notes += row.notes
        if case is None:
            continue
        work = works.of(row, record)
        base = work or record
        counts[base] = counts.get(base, 0) + 1
        review = (mapping.told or ("review" if work else "primary")) == "review" and work not in (None, record)
        name = f"{base}-{counts[base] if work else number}"
        cases.append({"case": name, "told": "review" if review else "primary"})
        cases[-1] |= ({"primary_reference": work} if review else {}) | case
        if review:
            told_twice = (
                f"the case is named {name}; if another record has one of this name, see that it is this patient."
            )
            notes.append(Note(f"row {number}", NoteKind.LOSS, told_twice))
    if not cases:
        why = next((str(note) for note in notes if note.kind is NoteKind.PROBLEM), "the table has no rows.")
        raise SourceTextError(f"{document.name}: no row gives a case: {why}")
    return drafted(record, cases, (), document, curation, vocabulary, works.new.values(), [*notes, *works.notes])


def table_of(document: Document, number: int | None) -> Table:
    """The table of a document, by its number if there are several.

    Raises:
        SourceTextError: it is not there, or there are several and none was named.
    """
    tables = [table for table in document.tables if number in (None, table.number)]
    if not tables:
        wanted = f"no Table {number}" if number else "no table"
        raise SourceTextError(f"{document.name}: the document has {wanted}. Name another under “table”.")
    if len(tables) > 1:
        raise SourceTextError(f"{document.name}: the document has {len(tables)} tables. Name one under “table”.")
    return tables[0]


def _check_columns(document: Document, table: Table, mapping: TableMap) -> None:
    lacking = [column for column in mapping.columns if column not in table.columns]
    if lacking:
        raise SourceTextError(
            f"{document.name}: Table {table.number} has no column {', '.join(map(_quoted, lacking))}. "
            f"It has {', '.join(map(_quoted, table.columns))}. Correct the mapping."
        )


def _quoted(text: str) -> str:
    return f"“{text}”"


class _Evidence:
    """Makes evidence out of cells."""

    def __init__(self, document: Document, table: Table) -> None:
        self._document, self._table = document, table

    def __call__(self, row: int, column: str, start: int, end: int) -> Data:
        text = self._document.text
        # A cell counts as a sentence.
        sentence = hashlib.sha256(fold(text[start:end]).encode()).hexdigest()[:16]
        section = self._document.section_at(start) or f"Table {self._table.number}"
        place: Data = {"row": row, "column": column}
        if self._table.number != 1:
            place = {"table": self._table.number} | place
        return evidence_at(text, section, start, end, sentence, place)


class _Works:
    """The papers that the rows retell."""

    def __init__(self, document: Document, table: Table, known: Iterable[Reference]) -> None:
        self._document, self._table = document, table
        known = tuple(known)
        self._known = {reference.reference for reference in known}
        self._by_id = {
            code.lower(): reference.reference for reference in known for code in (reference.doi, reference.pmid) if code
        }
        self.new: dict[str, Reference] = {}
        self.notes: list[Note] = []

    def of(self, row: Row, record: str) -> str | None:
        """The slug of the paper that a row names; ``None`` where no column names one."""
        found = row.reference
        if found is None:
            self._own(record)
            return None
        words, slug = found
        slug = slug or (record if _OWN.match(words) else self._identified(words))
        if row.year and row.year not in words:
            words = f"{words} ({row.year})"
        if slug is None:
            match = _AUTHOR_AND_YEAR.fullmatch(words)
            if match:
                surname = re.split(r"\s+(?:and|et|&)\s+|\s*[,&]", match["names"])[0]
                slug = reference_slug(surname, int(match["year"]))
            else:
                slug = unused(reference_slug("", None, words), self._known | set(self.new))
                text = f"“{words}” is not an author and a year; the work is called {slug}."
                self.notes.append(Note(f"row {row.number}", NoteKind.LOSS, text))
        self._own(record)
        if slug not in self._known and slug not in self.new:
            where = f"Row {row.number} of Table {self._table.number} of {self._document.name}"
            self.new[slug] = Reference(reference=slug, identified=False, note=f"{where}: {words}"[:200])
        return slug

    def _identified(self, words: str) -> str | None:
        """The work of the bibliography whose DOI or PMID the words have."""
        codes = (find_doi(words), find_pmid(words), words if words.isdigit() and len(words) > 4 else None)
        return next((self._by_id[code.lower()] for code in codes if code and code.lower() in self._by_id), None)

    def _own(self, record: str) -> None:
        if record not in self._known and record not in self.new:
            self.new[record] = Reference(reference=record, identified=False, note=f"In {self._document.name}"[:200])
