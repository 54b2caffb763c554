"""A case table in a file of its own: comma- or tab-separated text, or a sheet of an Excel workbook.

Either becomes a document whose text is the table: a row a line, the cells parted by tabs, as in a paper's text.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator

from kg.errors import SourceTextError
from kg.ingest.composer import Composer
from kg.ingest.document import Document, Metadata
from kg.ingest.drafts import Note, NoteKind
from kg.ingest.grid import MAX_SLOTS, PrintedCell, PrintedTable

MAX_BYTES = 20_000_000
LONGEST_CELL = 32_767
"""What a cell of Excel can hold; longer is no cell of a table."""
_DELIMITERS = ("\t", ",", ";", "|")


def read_case_table(data: bytes, name: str, sheet: str | None = None) -> tuple[Document, tuple[Note, ...]]:
    """The document with the table of a file, and notes on what in the file is not as it looks.

    Which it is, a workbook or text, is told by its bytes. ``sheet`` names the sheet of a workbook that has several;
    the document is then named “file#sheet”.

    Raises:
        SourceTextError: the file is too large, packed beyond measure, protected or damaged, has another encoding or
            format, or has no table.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        if len(data) > MAX_BYTES:
            raise SourceTextError(f"the file is larger than {MAX_BYTES:,} bytes. Divide it.")
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise SourceTextError("the workbook is protected by a password, or is of the old format. Save it as .xlsx.")
        if data.startswith(b"PK"):
            from kg.ingest.case_table_xlsx import read_sheet, sheet_mark

            printed, caption, notes = read_sheet(data, sheet)
            base += f"#{sheet_mark(caption)}" if sheet is not None else ""
        else:
            printed, notes = _separated(data)
            caption = ""
        if len(printed.rows) < 2:
            raise SourceTextError("the table has no row below its headings. Give a table with one.")
        composer = Composer()
        composer.table(printed, "Table 1", caption, ())
        notes += _twice(printed)
        document = composer.document(base, hashlib.sha256(data).hexdigest(), Metadata())
    except SourceTextError as error:
        raise SourceTextError(f"{name}:{'' if str(error)[:1].isdigit() else ' '}{error}") from error
    return document, tuple(notes)


def _separated(data: bytes) -> tuple[PrintedTable, list[Note]]:
    """Comma-separated text (RFC 4180), with another delimiter where the first line has that one."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceTextError(f"byte {error.start} is not UTF-8. Save the table as “CSV UTF-8”.") from error
    if not text.strip():
        raise SourceTextError("the file is empty. Give a table.")
    if "\x00" in text:
        raise SourceTextError("the file has NUL in it, so this is not text. Save the table as “CSV UTF-8”.")
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(_DELIMITERS, key=first.count)
    if not first.count(delimiter):
        raise SourceTextError("the first line has no tab, comma or semicolon. Give a table with its headings first.")
    rows: list[list[PrintedCell]] = []
    notes: list[Note] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for words in reader:
            if not any(word.strip() for word in words):
                continue
            width = width or len(words)
            if any(word.strip() for word in words[width:]):
                problem = f"{reader.line_num}: the row has {len(words)} cells for {width} columns."
                raise SourceTextError(f"{problem} Put cells with “{delimiter}” in quotes.")
            rows.append([_cell(word, len(rows), column, notes) for column, word in enumerate(words[:width])])
            if len(rows) * width > MAX_SLOTS:
                raise SourceTextError(f"the table has more than {MAX_SLOTS:,} cells. Divide it.")
    except csv.Error as error:
        what = "a cell is longer than 131,072 characters" if "field limit" in str(error) else str(error)
        raise SourceTextError(f"{reader.line_num}: this is not a table in text: {what}. Save it again.") from error
    return PrintedTable(rows, 1), notes


def _twice(printed: PrintedTable) -> Iterator[Note]:
    """Notes on headings that come again, and on the names under which a mapping finds their columns."""
    seen: dict[str, int] = {}
    for cell in printed.rows[0]:
        seen[cell.text] = seen.get(cell.text, 0) + 1
        if cell.text and seen[cell.text] > 1:
            told = f"the heading comes again; this column is “{cell.text} ({seen[cell.text]})”."
            yield Note(f"heading “{cell.text}”", NoteKind.LOSS, told)


def _cell(word: str, row: int, column: int, notes: list[Note]) -> PrintedCell:
    """A cell; a formula is no value, whatever it would give."""
    text = word.replace("\u00ad", "").strip()
    place = f"row {row}, column {column + 1}"
    if text[:1] == "=" and len(text) > 1:
        notes.append(Note(place, NoteKind.PROBLEM, f"“{text[:60]}” is a formula; the cell is taken as empty."))
        return PrintedCell("")
    if len(text) > LONGEST_CELL:
        notes.append(Note(place, NoteKind.PROBLEM, "the cell is longer than a cell can be; it is taken as empty."))
        return PrintedCell("")
    return PrintedCell(text)
