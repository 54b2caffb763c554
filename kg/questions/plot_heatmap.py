"""A heat map: a cell for each pair, the darker the larger its number, which stands in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kg.questions.answer import Answer
from kg.questions.plot_parts import (
    INK,
    MOST_COLUMNS,
    MOST_LINES,
    SPLIT,
    Drawing,
    by_lines,
    cut,
    lines_axis,
    names,
    place,
    step,
    unit,
)
from kg.questions.plot_text import column_words, number, worded

# One hue from pale to dark, after ColorBrewer's Blues: the order holds in grey and for any colour vision.
COLOURS = ("#eef1f4", "#c6dbef", "#85b8dc", "#2e76b0", "#0b4f8a")
FIRST_DARK = 3
"""From this class on the number in a cell is white."""
FEW = 7
"""Up to so many columns have room for upright names."""


def heatmap(answer: Answer, plot: Mapping[str, str]) -> Drawing | None:
    """The pairs of an answer; ``None`` if no row has a number. Of equal pairs the larger number counts.

    Raises:
        ConfigError: a column is missing.
    """
    across, down, value = (place(answer, plot, key) for key in ("x", "y", "value"))
    cells: dict[tuple[str, str], tuple[float, str]] = {}
    for row in answer.rows:
        if (size := number(row[value])) is not None:
            pair = worded(row[across]), worded(row[down])
            cells[pair] = max(cells.get(pair, (size, "")), (size, worded(row[value])))
    if not cells:
        return None
    columns, lines = (list(dict.fromkeys(pair[side] for pair in cells)) for side in (0, 1))
    upright = len(columns) <= FEW
    xs, ys = columns[:MOST_COLUMNS], lines[:MOST_LINES]
    x_names = dict(zip(xs, names(xs, 14 if upright else 32, 3 if upright else 1), strict=True))
    y_names = dict(zip(ys, names(ys, 44, 2), strict=True))
    kept = {pair: cell for pair, cell in cells.items() if pair[0] in x_names and pair[1] in y_names}
    whole = all(size.is_integer() for size, _ in kept.values())
    limits = _limits(max(size for size, _ in kept.values()), whole)
    labels = _class_names(limits, whole)
    values: list[dict[str, Any]] = []
    for (x, y), (size, text) in kept.items():
        found = next(at for at, limit in enumerate(limits) if size <= limit)
        values.append(
            {
                "x": x_names[x],
                "label": y_names[y],
                "text": text,
                "class": labels[found],
                "dark": found >= FIRST_DARK,
            }
        )
    notes = [
        *(["White: the answer has no such pair."] if len(kept) < len(xs) * len(ys) else []),
        *cut(answer, len(ys), len(lines), "lines"),
        *([f"The first {len(xs)} of {len(columns)} columns."] if len(xs) < len(columns) else []),
    ]
    titles = column_words(answer.columns[across]), column_words(answer.columns[down])
    body = _body(unit(plot, answer.columns[value]), titles, labels, upright)
    body["height"] = {"step": max(30, step(y_names.values()))}
    spoken = tuple(f"{y}, {x}: {text}" for (x, y), (_, text) in kept.items())
    return Drawing(values, body, tuple(notes), spoken)


def _limits(largest: float, whole: bool) -> list[float]:
    """The upper limits of the classes: nought alone, then equal steps."""
    steps = len(COLOURS) - 1
    if largest <= 0:
        return [0.0]
    if whole:
        width = math.ceil(largest / steps)
        return [0.0, *(min(float(width * n), largest) for n in range(1, math.ceil(largest / width) + 1))]
    # Shares go to one; others to a round number above the largest.
    unit_of = 10.0 ** math.floor(math.log10(largest))
    top = 1.0 if largest <= 1 else math.ceil(largest / unit_of) * unit_of
    return [0.0, *(top * n / steps for n in range(1, steps + 1))]


def _class_names(limits: Sequence[float], whole: bool) -> list[str]:
    """The classes in words. Whole numbers read “1–3”, others “to 0.25”."""
    words = [f"{limit:g}" for limit in limits]
    if not whole:
        return [words[0], *(f"to {word}" for word in words[1:])]
    pairs = zip(limits, limits[1:], words[1:], strict=False)
    return [words[0], *(word if low + 1 == high else f"{low + 1:g}–{word}" for low, high, word in pairs)]


def _body(words: str, titles: tuple[str, str], classes: Sequence[str], upright: bool) -> dict[str, Any]:
    axis = {"title": titles[0], "orient": "top", "grid": False, "labelExpr": SPLIT}
    # Labels hang from their first line, which therefore rises with each further one.
    slant = {"labelAngle": 0, "labelPadding": by_lines(6, 14)} if upright else {"labelAngle": -45, "labelAlign": "left"}
    colour = {
        "field": "class",
        "type": "ordinal",
        "scale": {"domain": list(classes), "range": list(COLOURS[: len(classes)])},
        "legend": {"title": words, "symbolType": "square", "symbolSize": 260, "symbolStrokeWidth": 0},
    }
    return {
        "width": {"step": 96 if upright else 34},
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "sort": None, "axis": axis | slant},
            "y": lines_axis(title=titles[1]),
        },
        "layer": [
            {"mark": {"type": "rect", "stroke": "white", "strokeWidth": 2}, "encoding": {"color": colour}},
            {
                "mark": {"type": "text", "fontSize": 12},
                "encoding": {
                    "text": {"field": "text", "type": "nominal"},
                    "color": {"condition": {"test": "datum.dark", "value": "white"}, "value": INK},
                },
            },
        ],
    }
