"""Puts a document together from paragraphs and tables, so that every place is right because it was counted here.

Paragraphs are parted by one blank line; the rows of a table are lines, its cells are parted by a tab. The text of a
document depends on nothing but what is handed in, in that order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.ingest.document import Document, Metadata, Reference, Section, Table, TableCell
from kg.ingest.grid import PrintedTable, Slot, column_names, heading_rows, lay_out

_LABEL = re.compile(r"\s*table\s*(\d{1,4})\b", re.IGNORECASE)
# The line ends of str.splitlines and the tab would move the cells of a table; NUL is not text.
_LINE_PARTS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029\x00]+")


def table_number(label: str) -> int | None:
    """The number in a label such as “Table 2.”; ``None`` for “Table S1” and for no label."""
    match = _LABEL.match(label)
    return int(match[1]) if match else None


class Composer:
    """Takes the parts of a paper in reading order. ``taken`` are the numbers of the tables that carry one."""

    def __init__(self, taken: Iterable[int] = ()) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._sections: list[Section] = []
        self._tables: list[Table] = []
        self._references: list[Reference] = []
        self._numbers: set[int] = set()
        self._next_table = max(taken, default=0) + 1

    @property
    def empty(self) -> bool:
        """Whether nothing was written yet."""
        return not self._pieces

    def paragraph(self, text: str, name: str, headings: tuple[str, ...] = ()) -> int:
        """Add a paragraph to a section; gives where it starts. Blank lines in it are taken out."""
        return self._write(re.sub(r"\n\s*\n", "\n", text.strip()), name, headings)

    def reference(self, number: int, text: str, doi: str | None, pmid: str | None) -> None:
        """Add an entry to the list of references, with its number before it."""
        before = f"{number}. "
        start = self.paragraph(before + text, "References") + len(before)
        self._references.append(Reference(number, text, doi, pmid, start, start + len(text)))

    def table(self, printed: PrintedTable, label: str, caption: str, notes: Iterable[str]) -> None:
        """Add a table: its caption, its rows and its notes.

        Raises:
            SourceTextError: the spans of its cells are out of all proportion.
        """
        number = table_number(label)
        if number is None or number in self._numbers:
            number, self._next_table = self._next_table, self._next_table + 1
        self._numbers.add(number)
        own = _LINE_PARTS.sub(" ", label).strip(" .:") if label and table_number(label) is None else ""
        name = own or f"Table {number}"
        heading = f"{own or name}."
        self.paragraph(f"{heading} {caption}".strip(), name)
        grid = lay_out(printed)
        if grid and grid[0]:
            self._rows(grid, min(heading_rows(printed), len(grid)), number, name)
        for note in notes:
            if note:
                self.paragraph(note, f"{name} notes")

    def _rows(self, grid: list[list[Slot | None]], headings: int, number: int, name: str) -> None:
        columns = column_names(grid[:headings], len(grid[0]))
        lines: list[str] = []
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        place = 0
        for row, slots in enumerate(grid):
            words = [
                _one_line(slot.cell.text) if slot and (slot.row, slot.column) == (row, column) else ""
                for column, slot in enumerate(slots)
            ]
            for column, word in enumerate(words):
                spans[row, column] = (place, place + len(word))
                place += len(word) + 1
            lines.append("\t".join(words))
        start = self._write("\n".join(lines), name, ())
        cells: list[TableCell] = []
        for row in range(headings, len(grid)):
            fills = _fills(grid[row])
            for column, slot in enumerate(grid[row]):
                if slot is None or not _one_line(slot.cell.text) or (column and fills):
                    continue
                begin, end = spans[slot.row, slot.column]
                cells.append(TableCell(row - headings + 1, columns[column], start + begin, start + end))
        self._tables.append(Table(number, columns, tuple(cells)))

    def _write(self, text: str, name: str, headings: tuple[str, ...]) -> int:
        if self._pieces:
            self._pieces.append("\n\n")
            self._length += 2
        start = self._length
        self._pieces.append(text)
        self._length += len(text)
        last = self._sections[-1] if self._sections else None
        if last and (last.name, last.headings) == (name, headings):
            self._sections[-1] = Section(name, last.start, self._length, headings)
        else:
            self._sections.append(Section(name, start, self._length, headings))
        return start

    def document(self, name: str, sha256: str, metadata: Metadata) -> Document:
        """The document of all that was added."""
        text, sections = "".join(self._pieces), tuple(self._sections)
        return Document(name, text, sha256, sections, tuple(self._tables), metadata, tuple(self._references))


def _one_line(text: str) -> str:
    return _LINE_PARTS.sub(" ", text).strip()


def _fills(row: list[Slot | None]) -> bool:
    """Whether one cell fills the whole row: a heading between the rows, which counts in the first column alone."""
    first = row[0]
    return first is not None and len(row) > 1 and all(slot == first for slot in row)
