"""Evidence held against the text of its paper: give each mention its place, and check that it is still there.

Anchoring writes ``section``, ``start``, ``end`` and ``sentence`` into the record file beside the mention and leaves
every other character of the file as the curator wrote it. Checking reads them back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from kg.errors import RecordError, RecordProblem, SourceTextError
from kg.ingest import Document, read_document
from kg.ingest.case_table_files import read_case_table
from kg.ingest.document import TableCell, fold, folded_pattern
from kg.records.fields import Evidence
from kg.records.paper import Record
from kg.records.reader import RecordFile, located
from kg.records.walk import walk_evidence

Path_ = tuple[str | int, ...]


class State(Enum):
    """What became of a mention: at its place, elsewhere in the text, or gone."""

    EXACT = "exact"
    MOVED = "moved"
    MISSING = "missing"


@dataclass(frozen=True)
class Checked:
    """One piece of evidence after the check; ``found`` is the new start where it has moved."""

    record: str
    path: Path_
    evidence: Evidence
    state: State
    found: int | None = None


def source_document(record: Record, sources: Path) -> Document:
    """The text that a record was written from, out of a folder of texts.

    Raises:
        SourceTextError: the file is missing, or is not the text whose hash the record holds.
    """
    document = _document(sources / record.document.file)
    if document.sha256 != record.document.sha256:
        raise SourceTextError(
            f"{sources / record.document.file} is not the text that {record.record} was written from: its SHA-256 is "
            f"{document.sha256}, the record has {record.document.sha256}. Find the right file, or anchor the record "
            "again and correct document.sha256."
        )
    return document


def _document(path: Path) -> Document:
    """The document in a file; a table of cases is read as those who drafted from it read it."""
    file, _, sheet = path.name.partition("#")
    if Path(file).suffix not in (".csv", ".tsv", ".xlsx"):
        return read_document(path)
    try:
        data = path.with_name(file).read_bytes()
    except OSError as error:
        raise SourceTextError(f"{path}: the file cannot be read: {error.strerror}. Check the path.") from error
    return read_case_table(data, file, sheet or None)[0]


def check_record(record: Record, document: Document) -> list[Checked]:
    """Hold each mention of a record against the text."""
    return [_check(record.record, path, evidence, document) for path, evidence in walk_evidence(record)]


def unused_cells(record: Record, document: Document) -> list[tuple[int, TableCell]]:
    """The cells with words from which no evidence is taken, though it is from their row and from their column.

    Each comes with the number of its table. An empty cell is none here: it says nothing, so nothing rests on it. That
    only the text knows, and so no query over the graph can look for what was left out.
    """
    used = {(cell.table, cell.row, cell.column) for _, one in walk_evidence(record) if (cell := one.cell)}
    rows, columns = {place[:2] for place in used}, {(table, column) for table, _, column in used}
    return [
        (table.number, cell)
        for table in document.tables
        for cell in table.cells
        if (table.number, cell.row) in rows
        and (table.number, cell.column) in columns
        and (table.number, cell.row, cell.column) not in used
    ]


def summary(checked: Iterable[Checked]) -> dict[State, int]:
    """How many mentions are in each state."""
    counts = Counter(item.state for item in checked)
    return {state: counts[state] for state in State}


def _check(record: str, path: Path_, evidence: Evidence, document: Document) -> Checked:
    places = [
        span
        for start, end in _scope(evidence, document)
        for span in _occurrences(evidence.mention, document, start, end)
        if document.sentence_hash(span[0]) == evidence.sentence
    ]
    if (evidence.start, evidence.end) in places:
        return Checked(record, path, evidence, State.EXACT)
    if places:
        return Checked(record, path, evidence, State.MOVED, places[0][0])
    return Checked(record, path, evidence, State.MISSING)


def _occurrences(mention: str, document: Document, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in folded_pattern(fold(mention)).finditer(document.text, start, end)]


def anchor(file: RecordFile, document: Document, text: str) -> str:
    """The text of a record file with every mention that has no place given one.

    Args:
        file: the record as read from ``text``.
        document: the paper.
        text: the record file's text.

    Raises:
        RecordError: a mention is not in its scope, or stands there more than once.
    """
    problems: list[RecordProblem] = []
    inserts: list[tuple[int, str]] = []
    for path, evidence in walk_evidence(file.record):
        place = evidence.start, evidence.end, evidence.sentence
        if None not in place:
            continue
        if place != (None, None, None):
            problem = f"“{evidence.mention}” has only part of a place."
            remedy = "Remove start, end and sentence, and anchor again."
            problems.append(located(file.path, file.positions, path, problem, remedy))
            continue
        empty = [key for key in ("section", "start", "end", "sentence") if _written_empty(file, path, evidence, key)]
        if empty:
            problem, remedy = f"“{empty[0]}” is there without a value.", "Remove it, and anchor again."
            problems.append(located(file.path, file.positions, path, problem, remedy))
            continue
        spans = _candidates(evidence, document)
        if len(spans) != 1:
            problems.append(_unanchored(file, path, evidence, spans, document))
            continue
        start, end = spans[0]
        section = document.section_at(start)
        named = "" if evidence.section else f", section: {_quoted(section)}" if section else ""
        added = f"{named}, start: {start}, end: {end}, sentence: '{document.sentence_hash(start)}'"
        closing = file.positions.marks[path].end_index - 1
        if text[closing] != "}":
            remedy = "Write it on one line in braces: {mention: …, section: …}."
            problems.append(located(file.path, file.positions, path, "This evidence is not in flow style.", remedy))
        ended = text[:closing].rstrip().endswith(",")
        inserts.append((closing, added.removeprefix(", ") if ended else added))
    if problems:
        raise RecordError(problems)
    for position, added in sorted(inserts, reverse=True):
        text = text[:position] + added + text[position:]
    return text


def _written_empty(file: RecordFile, path: Path_, evidence: Evidence, key: str) -> bool:
    return getattr(evidence, key) is None and (*path, key) in file.positions.marks


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _candidates(evidence: Evidence, document: Document) -> list[tuple[int, int]]:
    """Places where a mention may stand: in its cell or its section, in a sentence that has the phrase ``near``."""
    spans: list[tuple[int, int]] = []
    for start, end in _scope(evidence, document):
        spans.extend(_occurrences(evidence.mention, document, start, end))
    if evidence.near is not None:
        spans = [s for s in spans if fold(evidence.near) in fold(_sentence_text(document, s[0]))]
    return spans


def _sentence_text(document: Document, position: int) -> str:
    start, end = document.sentence_at(position)
    return document.text[start:end]


def _scope(evidence: Evidence, document: Document) -> list[tuple[int, int]]:
    if evidence.cell is not None:
        tables = [table for table in document.tables if table.number == evidence.cell.table]
        cells = [table.cell(evidence.cell.row, evidence.cell.column) for table in tables]
        return [(cell.start, cell.end) for cell in cells if cell is not None]
    if evidence.section is not None:
        return [(s.start, s.end) for s in document.sections if s.name == evidence.section]
    return [(0, len(document.text))]


def _unanchored(
    file: RecordFile, path: Path_, evidence: Evidence, spans: list[tuple[int, int]], document: Document
) -> RecordProblem:
    if spans:
        shown = "; ".join("“" + fold(_sentence_text(document, start))[:70] + "…”" for start, _ in spans[:3])
        problem = f"“{evidence.mention}” stands here {len(spans)} times: {shown}"
        return located(file.path, file.positions, path, problem, "Lengthen the mention or add “near”.")
    scope = "its cell" if evidence.cell else f"section “{evidence.section}”" if evidence.section else "the text"
    problem = f"“{evidence.mention}” is not in {scope} of {document.name}."
    return located(file.path, file.positions, path, problem, "Copy the words as printed, or correct the scope.")
