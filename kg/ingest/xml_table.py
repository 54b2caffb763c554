"""Tables in the XHTML table model, which JATS (NISO Z39.96, element ``table``) and HTML share."""

from __future__ import annotations

from collections.abc import Iterator

from kg.ingest.grid import PrintedCell, PrintedTable
from kg.ingest.xml_tree import Element, below, children, tag, words

_DROP = frozenset({"script", "style", "tex-math", "inline-graphic", "graphic", "img", "button", "table"})


def printed_table(table: Element) -> PrintedTable:
    """The rows of a ``table`` element, heading rows first and the foot last."""
    heads = [row for part in children(table, "thead") for row in _row_elements(part)]
    bodies = list(_row_elements(table)) + [row for part in children(table, "tbody") for row in _row_elements(part)]
    feet = [row for part in children(table, "tfoot") for row in _row_elements(part)]
    rows = [[_cell(cell) for cell in children(row, "td", "th")] for row in (*heads, *bodies, *feet)]
    return PrintedTable(rows, len(heads) or None)


def _row_elements(part: Element) -> Iterator[Element]:
    return children(part, "tr")


def _cell(cell: Element) -> PrintedCell:
    rows, columns = _span(cell.get("rowspan")), max(1, _span(cell.get("colspan")))
    # A table inside the cell has words of its own, which are no row of this one.
    inner = " ".join(words(table) for table in below(cell, "table"))
    return PrintedCell(f"{words(cell, _DROP)} {inner}".strip(), rows, columns, tag(cell) == "th")


def _span(value: str | None) -> int:
    """A span as a number; zero means “to the end” for rows (HTML, section 4.9.11)."""
    text = (value or "1").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
