"""For assistants: any query, read-only, with the first rows as plain values."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, Field

from kg.namespaces import PREFIXES
from server.mcp_graph import Asking

ROWS = 50
Plain = str | int | float | bool | None

_XSD = PREFIXES["xsd"]
_NUMBERS = {_XSD + name for name in ("decimal", "double", "float")}


class Queried(BaseModel):
    """The answer to a query."""

    truth: bool | None = Field(description="the answer to ASK; null otherwise")
    columns: list[str] = Field(description="variables; subject, predicate, object for CONSTRUCT and DESCRIBE")
    rows: list[dict[str, Plain]] = Field(description=f"the first {ROWS} rows; null: unbound; an IRI is written in full")
    row_count: int
    more: bool = Field(description="whether there are rows beyond these; then count, group or LIMIT and OFFSET")
    snapshot: str


def query(asking: Asking, sparql: str) -> Queried:
    """The first rows of a query.

    Raises:
        QueryError: it does not parse, is refused, or has no answer in time.
    """
    told = asking.first(sparql, ROWS)
    columns: list[str] = told["columns"]
    rows = [dict(zip(columns, map(_plain, row), strict=True)) for row in told["rows"]]
    return Queried(
        truth=told["truth"],
        columns=columns,
        rows=rows,
        row_count=len(rows),
        more=told["more"],
        snapshot=asking.version,
    )


def _plain(cell: dict[str, Any] | None) -> Plain:
    """A cell of `server.worker` as a plain value."""
    if cell is None:
        return None
    text, kind = str(cell["text"]), cell["kind"]
    try:
        if kind == _XSD + "integer":
            return int(text)
        if kind in _NUMBERS and Decimal(text).is_finite():
            return float(text)
    except (ValueError, InvalidOperation):
        return text
    if kind == _XSD + "boolean":
        return text in ("true", "1")
    return text
