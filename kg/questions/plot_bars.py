"""Bars: a row's count before the number of cases in which the item was assessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.questions.answer import Answer
from kg.questions.plot_parts import DARK, INK, MOST_LINES, WIDTH, Drawing, cut, lines_axis, names, place, step, unit
from kg.questions.plot_text import number, worded

PALE = "#cfdbe6"
"""Of ``N``; far enough from the dark of ``n`` to be told apart in grey."""


def bars(answer: Answer, plot: Mapping[str, str]) -> Drawing | None:
    """A bar for each row that has a number; ``None`` if there is no such row.

    Raises:
        ConfigError: a column is missing.
    """
    label, value = place(answer, plot, "label"), place(answer, plot, "value", "n")
    counted = answer.columns[value]
    total = answer.columns.index("N") if counted == "n" and "N" in answer.columns else None
    rows = [(row, long) for row in answer.rows if (long := number(row[value])) is not None]
    shown = rows[:MOST_LINES]
    if not shown:
        return None
    labels = names((worded(row[label]) for row, _ in shown), 44, 2)
    values: list[dict[str, Any]] = []
    for name, (row, long) in zip(labels, shown, strict=True):
        whole = None if total is None else number(row[total])
        text = worded(row[value]) if whole is None or total is None else f"{worded(row[value])} of {worded(row[total])}"
        values.append({"label": name, "n": long, "N": whole, "end": max(long, whole or 0), "text": text})
    words = unit(plot, counted)
    found = f"Dark: {words} (n). Pale: cases in which it was assessed (N)."
    return Drawing(
        values,
        {
            "width": WIDTH,
            "height": {"step": step(labels)},
            "encoding": {"y": lines_axis()},
            "layer": _layers(values, words, total is not None),
        },
        (*([found] if total is not None else []), *cut(answer, len(shown), len(rows), "bars")),
        tuple(f"{worded(row[label])}: {one['text']}" for one, (row, _) in zip(values, shown, strict=True)),
    )


def _layers(values: list[dict[str, Any]], words: str, totals: bool) -> list[dict[str, Any]]:
    # Without a positive number the axis would have no length.
    longest = max(one["end"] for one in values) or 1.0
    ticks = _ticks(longest) if all(one["end"].is_integer() for one in values) else None
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, longest], "nice": False},
        "axis": {"title": words, **({"values": ticks, "format": "d"} if ticks else {"tickCount": 6})},
    }

    def bar(field: str, colour: str) -> dict[str, Any]:
        return {"mark": {"type": "bar", "size": 15, "color": colour}, "encoding": {"x": {"field": field, **x}}}

    text = {
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "color": INK},
        "encoding": {"x": {"field": "end", **x}, "text": {"field": "text", "type": "nominal"}},
    }
    return [*([bar("N", PALE)] if totals else []), bar("n", DARK), text]


def _ticks(longest: float) -> list[int]:
    """Whole numbers along the axis. Left to itself, the library marks halves and rounds them."""
    steps = (lead * 10**power for power in range(15) for lead in (1, 2, 5))
    width = next((step for step in steps if longest / step <= 8), int(longest))
    return list(range(0, int(longest) + 1, width))
