"""Answers as text: CSV and TSV, and JSON in the shapes of Datasette."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.questions.answer import Answer, Value

SHAPES = ("objects", "arrays", "array")
"""``objects``: rows as objects; ``arrays``: rows as lists; ``array``: the rows alone, as objects."""


@dataclass(frozen=True)
class Page:
    """A part of the rows: ``size`` of them from ``start`` on."""

    start: int = 0
    size: int = 100

    def rows(self, answer: Answer) -> tuple[tuple[Value, ...], ...]:
        """The rows of the page."""
        return answer.rows[self.start : self.start + self.size]

    def next(self, answer: Answer) -> int | None:
        """Where the next page starts, if there is one."""
        after = self.start + self.size
        return after if after < len(answer.rows) else None


def delimited(
    columns: Sequence[str],
    rows: Sequence[Sequence[Value]],
    delimiter: str = ",",
    name: Callable[[str], str] = str,
) -> str:
    """Rows as CSV (RFC 4180 but for line ends) or, with a tab, as TSV; lists are parted by spaces.

    Args:
        columns: the head.
        rows: as an answer has them.
        delimiter: a comma or a tab; tabs and line ends inside a cell of TSV become spaces.
        name: how an IRI is written.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = [_text(cell, name) for cell in row]
        writer.writerow([" ".join(cell.split()) for cell in cells] if delimiter == "\t" else cells)
    return out.getvalue()


def document(answer: Answer, page: Page, shape: str) -> dict[str, Any] | list[dict[str, Any]]:
    """A page of an answer as JSON values in one of `SHAPES`."""
    objects = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in page.rows(answer)]
    if shape == "array":
        return objects
    following = page.next(answer)
    return {
        "ok": True,
        "question": answer.question.slug,
        "summary": answer.question.summary,
        "parameters": {name: _parameter(name, answer) for name in answer.values},
        "columns": list(answer.columns),
        "rows": objects if shape == "objects" else [list(map(_plain, row)) for row in page.rows(answer)],
        "count": len(answer.rows),
        "n": answer.n,
        "N": answer.total,
        "cases": list(answer.cases),
        "truncated": answer.truncated,
        "next": None if following is None else str(following),
    }


def _parameter(name: str, answer: Answer) -> str | int | None:
    term, parameter = answer.values[name], answer.question.parameter(name)
    if term is None or parameter is None:
        return None
    return int(term.value) if parameter.kind in ("integer", "year") else term.value


def _plain(cell: Value) -> Any:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return list(cell) if isinstance(cell, tuple) else cell


def _text(cell: Value, name: Callable[[str], str]) -> str:
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return " ".join(name(one) for one in cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return name(cell) if isinstance(cell, str) else str(cell)
