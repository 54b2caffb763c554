"""Printed tables with cells that reach over rows and columns, laid out so that each row has a cell in each column.

The layout is the one of HTML (WHATWG HTML, section 4.9.12, “Forming a table”), which JATS takes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.errors import SourceTextError

MAX_SLOTS = 200_000
_WIDEST = 1000


@dataclass(frozen=True)
class PrintedCell:
    """A cell as the file has it: its words on one line, and how many rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1
    heading: bool = False


@dataclass(frozen=True)
class PrintedTable:
    """The rows of a table; the first ``headings`` of them are heading rows, or ``None`` where the file does not say."""

    rows: Sequence[Sequence[PrintedCell]]
    headings: int | None = None


@dataclass(frozen=True)
class Slot:
    """A place in the grid: the printed cell that covers it, and the row and column where that cell starts."""

    cell: PrintedCell
    row: int
    column: int


def lay_out(table: PrintedTable) -> list[list[Slot | None]]:
    """The grid of a table, every row as wide as the widest.

    Raises:
        SourceTextError: the table has more places than any printed one.
    """
    grid: list[list[Slot | None]] = [[] for _ in table.rows]
    slots = 0
    for index, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while column < len(grid[index]) and grid[index][column] is not None:
                column += 1
            width = max(1, min(cell.columns, _WIDEST))
            height = max(1, min(cell.rows, len(grid) - index) if cell.rows else len(grid) - index)
            slots += width * height
            if slots > MAX_SLOTS:
                raise SourceTextError(f"a table has more than {MAX_SLOTS:,} places. Correct its row and column spans.")
            for down in range(height):
                _cover(grid[index + down], Slot(cell, index, column), width)
            column += width
    widest = max((len(row) for row in grid), default=0)
    if widest * len(grid) > MAX_SLOTS:
        raise SourceTextError(f"a table has more than {MAX_SLOTS:,} places. Correct its row and column spans.")
    return [[*row, *([None] * (widest - len(row)))] for row in grid]


def _cover(row: list[Slot | None], slot: Slot, width: int) -> None:
    """Put a cell into each free place; where two claim one, the earlier keeps it."""
    row.extend([None] * (slot.column + width - len(row)))
    for column in range(slot.column, slot.column + width):
        if row[column] is None:
            row[column] = slot


def heading_rows(table: PrintedTable) -> int:
    """How many rows are headings: what the file says, else the leading rows of heading cells, else the first row."""
    if table.headings is not None:
        return table.headings
    leading = 0
    for row in table.rows:
        if not row or not all(cell.heading for cell in row):
            break
        leading += 1
    return max(1, leading)


def column_names(rows: Sequence[Sequence[Slot | None]], width: int) -> tuple[str, ...]:
    """A name for each column: the words of its headings from the top down, made different where they are alike."""
    return distinct_names(
        " / ".join(dict.fromkeys(slot.cell.text for row in rows if (slot := row[column]) and slot.cell.text))
        for column in range(width)
    )


def distinct_names(headings: Iterable[str]) -> tuple[str, ...]:
    """Headings by which each column can be named: an empty one gets its number, one that comes again gets “(2)”.

    >>> distinct_names(["SD", "", "SD"])
    ('SD', 'Column 2', 'SD (2)')
    """
    names: dict[str, None] = {}
    counts: dict[str, int] = {}
    for number, heading in enumerate(headings, 1):
        name = base = heading or f"Column {number}"
        while name in names:
            counts[base] = counts.get(base, 1) + 1
            name = f"{base} ({counts[base]})"
        names[name] = None
    return tuple(names)
