"""A sheet of an Excel workbook (Office Open XML, ECMA-376) as a printed table.

A workbook is a packed folder of XML, so it is measured before it is opened: what it unpacks to, and how far its merged
cells reach, since a few bytes can name more cells than memory holds.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kg.errors import SourceTextError
from kg.ingest.drafts import Note, NoteKind
from kg.ingest.grid import MAX_SLOTS, PrintedCell, PrintedTable

MAX_UNPACKED = 60_000_000
MAX_PARTS = 2_000
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b([^>]*)>")
_REF = re.compile(rb"""\sref\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?["']""")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    SyntaxError, OSError, EOFError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
"""What openpyxl and zipfile raise for a workbook that is none; a parse error of XML is a SyntaxError."""


def read_sheet(data: bytes, sheet: str | None) -> tuple[PrintedTable, str, list[Note]]:
    """The table of a sheet, the name of the sheet, and notes on formulas, dates, errors and what is hidden.

    The first row that has two cells or more is the headings. A formula counts with the value that Excel saved for it.

    Raises:
        SourceTextError: the file is no workbook, is too large inside, or has several sheets and none was named.
    """
    try:
        from openpyxl import load_workbook  # at its use: it comes with the extra “ingest”
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise SourceTextError("reading workbooks needs openpyxl. Run: pip install 'sanctuary-kg[ingest]'") from error
    try:
        _measure(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that openpyxl leaves out
            formulas = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
            values = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except SourceTextError:
        raise
    except (*_DAMAGED, InvalidFileException) as error:
        raise SourceTextError(f"this is no workbook that can be read ({error}). Save it again as .xlsx.") from error
    notes: list[Note] = []
    chosen = _choose(formulas, sheet, notes)
    return _Sheet(formulas[chosen], values[chosen], notes).table(), chosen, notes


def _measure(data: bytes) -> None:
    """Refuse what would unpack, unfold or reach out of all proportion.

    The Open Packaging Conventions (ECMA-376, part 2) allow no document type in the XML of a package, so that no entity
    is there to unfold.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise SourceTextError(f"the workbook unpacks to more than {MAX_UNPACKED:,} bytes. Save the table alone.")
        if not any(part.filename == "[Content_Types].xml" for part in parts):
            raise SourceTextError("this is a zip file, but no workbook. Unpack it, and give the table in it.")
        if any(part.flag_bits & 1 for part in parts):
            raise SourceTextError("the file is protected by a password. Save it without one.")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                _measure_xml(package.read(part))


def _measure_xml(xml: bytes) -> None:
    if b"\x00" in xml[:200] or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise SourceTextError("the XML in the workbook is not that of a workbook. Save it again as .xlsx.")
    covered = 0
    for merged in _MERGED.finditer(xml):
        ref = _REF.search(b" " + merged[1])
        if ref is None:
            raise SourceTextError("the workbook has merged cells without a place. Save it again as .xlsx.")
        left, top, right, bottom = ref[1], int(ref[2]), ref[3] or ref[1], int(ref[4] or ref[2])
        covered += (abs(_number(right) - _number(left)) + 1) * (abs(bottom - top) + 1)
        if covered > MAX_SLOTS:
            raise SourceTextError(f"merged cells cover more than {MAX_SLOTS:,} cells. Undo the merging.")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def sheet_mark(title: str) -> str:
    """A sheet's title as it stands behind the “#” of a document's name.

    >>> sheet_mark("Table 1 (all)")
    'Table-1-all'
    """
    return re.sub(r"[^\w.~-]+", "-", title).strip("-")


def _choose(workbook: Any, sheet: str | None, notes: list[Note]) -> str:
    """The sheet to read: the one that was named, or the only one that is not hidden."""
    sheets = {one.title: one.sheet_state for one in workbook.worksheets}
    shown = [title for title, state in sheets.items() if state == "visible"]
    listed = ", ".join(f"“{title}”" for title in sheets)
    if sheet is not None:
        sheet = sheet if sheet in sheets else next((one for one in sheets if sheet_mark(one) == sheet), sheet)
        if sheet not in sheets:
            raise SourceTextError(f"there is no sheet “{sheet}”. There is {listed}.")
        if sheets[sheet] != "visible":
            notes.append(Note(f"sheet “{sheet}”", NoteKind.LOSS, "the sheet is hidden in the workbook."))
        return sheet
    if len(shown) != 1:
        raise SourceTextError(
            f"the workbook shows {len(shown)} sheets. Name one with --sheet, or as “sheet” of the mapping: {listed}."
        )
    for title, state in sheets.items():
        if state != "visible":
            notes.append(Note(f"sheet “{title}”", NoteKind.IGNORED, "the sheet is hidden and is not read."))
    return str(shown[0])


class _Sheet:
    """One sheet, as its formulas and as the values that were saved for them."""

    def __init__(self, formulas: Any, values: Any, notes: list[Note]) -> None:
        self._formulas, self._values, self._notes = formulas, values, notes

    def table(self) -> PrintedTable:
        """The rows from the headings on, without empty ones; a merged cell covers what it covers in the sheet."""
        height, width = self._formulas.max_row, self._formulas.max_column
        if height * width > MAX_SLOTS:
            raise SourceTextError(f"the sheet reaches over more than {MAX_SLOTS:,} cells. Save the table alone.")
        spans = {(one.min_row, one.min_col): one for one in self._formulas.merged_cells.ranges}
        covered = {
            (row, column)
            for (top, left), one in spans.items()
            for row in range(top, one.max_row + 1)
            for column in range(left, one.max_col + 1)
            if (row, column) != (top, left)
        }
        self._tell_hidden()
        rows: list[list[PrintedCell]] = []
        for row in range(1, height + 1):
            cells: list[PrintedCell] = []
            for column in range(1, width + 1):
                if (row, column) in covered and (rows or self._covered_by_own_row(row, column, spans)):
                    continue
                one = spans.get((row, column))
                down, across = (one.max_row - row + 1, one.max_col - column + 1) if one else (1, 1)
                cells.append(PrintedCell(self._words(row, column), down, across))
            filled = sum(bool(cell.text) for cell in cells)
            # A line above the table is its title; an empty line is none of its rows.
            if filled > 1 or (rows and (filled or any((row, c) in covered for c in range(1, width + 1)))):
                rows.append(cells)
        return PrintedTable(rows, 1)

    def _covered_by_own_row(self, row: int, column: int, spans: dict[tuple[int, int], Any]) -> bool:
        """Whether a cell is covered from its own row, since what is above the headings is left out."""
        return any(top == row and left < column <= one.max_col for (top, left), one in spans.items())

    def _words(self, row: int, column: int) -> str:
        cell, saved = self._formulas.cell(row, column), self._values.cell(row, column).value
        value = cell.value
        if cell.data_type == "f":
            if saved is None:
                told = "a formula without a saved value; the cell is taken as empty. Save the workbook in Excel."
                self._tell(cell, NoteKind.PROBLEM, told)
                return ""
            self._tell(cell, NoteKind.LOSS, "the value of a formula, as it was saved")
            value = saved
        if cell.data_type == "e" or (isinstance(value, str) and re.fullmatch(r"#(?:N/A|[A-Z0-9/]+[!?])", value)):
            self._tell(cell, NoteKind.PROBLEM, f"{value} is an error of Excel, not “N/A”; the cell is taken as empty")
            return ""
        if isinstance(value, date | datetime | time | timedelta):
            shown = value.date() if isinstance(value, datetime) and value.time() == time() else value
            told = f"a date or a time ({shown}); was it typed so? Excel makes one of “3/5” or “10-12”"
            self._tell(cell, NoteKind.LOSS, told)
            return str(shown)
        return _text(value)

    def _tell_hidden(self) -> None:
        rows = [number for number, one in self._formulas.row_dimensions.items() if one.hidden]
        columns = [letters for letters, one in self._formulas.column_dimensions.items() if one.hidden]
        place = f"sheet “{self._formulas.title}”"
        for kind, hidden in (("rows", rows), ("columns", columns)):
            if hidden:
                listed = ", ".join(map(str, hidden[:10]))
                self._notes.append(Note(place, NoteKind.LOSS, f"hidden {kind} are read like the others: {listed}."))

    def _tell(self, cell: Any, kind: NoteKind, text: str) -> None:
        self._notes.append(Note(f"cell {cell.coordinate}", kind, text if text.endswith(".") else f"{text}."))


def _text(value: Any) -> str:
    """What a cell shows: “17” and not “17.0”."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        number = Decimal(repr(value))
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{number:f}"
    return str(value).replace("\u00ad", "").strip()
