"""A swimmer plot: a line for each case or whatever the label is, with its intervals in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kg.questions.answer import Answer, Value
from kg.questions.plot_parts import DARK, INK, MOST_LINES, WIDTH, Drawing, cut, lines_axis, names, place, step, unit
from kg.questions.plot_text import number, worded

# Okabe and Ito's colours, which people with any colour vision can tell apart, without their yellow: it fades in print.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f7f7f")
OTHERS = "others"
MOST_INTERVALS = 400


def swimmer(answer: Answer, plot: Mapping[str, str]) -> Drawing | None:
    """The intervals of an answer; ``None`` if no row has a time.

    Raises:
        ConfigError: a column is missing.
    """
    label, begin, end = (place(answer, plot, key) for key in ("label", "from", "to"))
    series = place(answer, plot, "series") if "series" in plot else None
    timed = [(row, number(row[begin]), number(row[end])) for row in answer.rows]
    known = [one for one in timed if one[1:] != (None, None)]
    if not known:
        return None
    labels = list(dict.fromkeys(worded(row[label]) for row, _, _ in known))
    lines = dict(zip(labels[:MOST_LINES], names(labels[:MOST_LINES], 44, 2), strict=True))
    found = [one for one in known if worded(one[0][label]) in lines]
    shown = found[:MOST_INTERVALS]
    on_line = Counter(worded(row[label]) for row, _, _ in shown)
    left, right = _span([time for _, *both in shown for time in both if time is not None])
    kinds = list(dict.fromkeys(worded(row[series]) for row, _, _ in shown)) if series is not None else []
    named = kinds if len(kinds) <= len(COLOURS) else kinds[: len(COLOURS) - 1]
    values: list[dict[str, Any]] = []
    spoken = []
    for row, start, stop in shown:
        line, words = worded(row[label]), _interval(row[begin], row[end])
        kind = "" if series is None else worded(row[series])
        values.append(
            {
                "label": lines[line],
                "from": left if start is None else start,
                "to": right if stop is None else stop,
                "open": "from" if start is None else "to" if stop is None else "",
                # Words beside one interval would run into the next of the same line.
                "text": words if on_line[line] == 1 else "",
            }
            | ({"series": kind if kind in named else OTHERS} if kinds else {})
        )
        spoken.append(": ".join(filter(None, (line, kind, words))))
    notes = [
        *(["An arrow: no beginning or end is given."] if any(one["open"] for one in values) else []),
        *([f"Left out, since they have no time: {len(timed) - len(known)}."] if len(known) < len(timed) else []),
        *cut(answer, len(lines), len(labels), "lines"),
        *([f"The first {len(shown)} of {len(found)} intervals."] if len(shown) < len(found) else []),
    ]
    body = {
        "width": WIDTH,
        "height": {"step": step(lines.values())},
        "encoding": {"y": lines_axis(padding=14)},
        "layer": _layers(left, right, unit(plot, answer.columns[begin]), bool(kinds)),
    }
    return Drawing(values, body, tuple(notes), tuple(spoken))


def _span(times: list[float]) -> tuple[float, float]:
    """From where to where the axis goes: a little beyond what is known, so that an open end shows as one."""
    first, last = min(times), max(times)
    beyond = (last - first or 1) * 0.08
    # Years of the calendar begin anywhere, months since something at nought.
    return first - beyond if first > 1500 or first < 0 else min(0.0, first), last + beyond


def _interval(begin: Value, end: Value) -> str:
    """An interval in words."""
    if number(begin) is None:
        return f"until {worded(end)}"
    if number(end) is None:
        return f"from {worded(begin)}"
    return worded(begin) if begin == end else f"{worded(begin)} – {worded(end)}"


def _layers(left: float, right: float, words: str, coloured: bool) -> list[dict[str, Any]]:
    years = {"format": "d", "tickMinStep": 1} if left > 1500 else {}
    x = {
        "type": "quantitative",
        "scale": {"domain": [left, right], "nice": False, "zero": False},
        "axis": {"title": words, "tickCount": 8, **years},
    }
    colour: dict[str, Any] = {"value": DARK}
    if coloured:
        legend = {"title": None, "orient": "bottom", "direction": "horizontal", "columns": 3, "symbolType": "square"}
        colour = {
            "field": "series",
            "type": "nominal",
            "sort": None,
            "scale": {"range": list(COLOURS)},
            "legend": legend | {"symbolOpacity": 1, "symbolStrokeWidth": 0},
        }

    def point(test: str, at: str, shape: str, moved: int = 0) -> dict[str, Any]:
        return {
            "transform": [{"filter": test}],
            "mark": {"type": "point", "shape": shape, "filled": True, "size": 220, "xOffset": moved, "opacity": 1},
            "encoding": {"x": {"field": at, **x}, "color": colour},
        }

    return [
        {
            "mark": {"type": "bar", "size": 13, "stroke": "white", "strokeWidth": 1},
            "encoding": {"x": {"field": "from", **x}, "x2": {"field": "to"}, "color": colour},
        },
        point("datum.open === '' && datum.from === datum.to", "from", "diamond"),
        point("datum.open === 'from'", "from", "triangle-left", -3),
        point("datum.open === 'to'", "to", "triangle-right", 3),
        {
            "mark": {"type": "text", "align": "left", "dx": 15, "fontSize": 12, "color": INK},
            "encoding": {"x": {"field": "to", **x}, "text": {"field": "text", "type": "nominal"}},
        },
    ]
