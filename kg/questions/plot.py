"""Plots of answers: a Vega-Lite specification from an answer, and its picture as SVG.

What is drawn follows the ``plot`` of the question's header:

- ``{kind: bars, label: column}``: one bar a row. Its length is ``n``, or the column that ``value`` names; a pale bar
  behind it reaches to ``N``.
- ``{kind: swimmer, label: column, from: column, to: column}``: an interval a row, on one line for each label. Numbers
  or dates; a missing end is an arrow. ``series`` names a column that gives the colour.
- ``{kind: heatmap, x: column, y: column, value: column}``: a cell a row.

``unit`` names the axis or the legend. Texts of an answer are data and are never part of an expression, so nothing in a
record can become code.
"""

from __future__ import annotations

from typing import Any

from kg.errors import ConfigError
from kg.questions.answer import Answer
from kg.questions.plot_bars import bars
from kg.questions.plot_heatmap import heatmap
from kg.questions.plot_parts import INK, Drawing
from kg.questions.plot_swimmer import swimmer
from kg.questions.plot_text import clean, wrapped

VEGA_LITE = "6.4"
"""The version of Vega-Lite that draws; a fixed one, so that a new release of the library changes no picture."""
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Fonts of equal widths: the library measures texts with the first, which it brings along."""
SPOKEN = 12
"""So many rows are read out in the description."""

_KINDS = {"bars": bars, "swimmer": swimmer, "heatmap": heatmap}
_NAMES = {"bars": "Bar chart", "swimmer": "Swimmer plot", "heatmap": "Heat map"}
_GREY, _LINE = "#4d4d4d", "#dde1e6"


def vega_lite(answer: Answer) -> dict[str, Any] | None:
    """The Vega-Lite 6 specification of an answer's plot; ``None`` if the question has none or there is nothing to draw.

    Its ``description`` says in words what the plot shows.

    Raises:
        ConfigError: the header names a column that the answer does not have.
    """
    plot = answer.question.plot
    drawing = None if plot is None else _KINDS[plot["kind"]](answer, plot)
    if plot is None or drawing is None:
        return None
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE.partition('.')[0]}.json",
        "description": _description(answer, _NAMES[plot["kind"]], drawing),
        "background": "white",
        "padding": 16,
        "title": {
            "text": wrapped(clean(answer.question.summary), 76, 3),
            **({"subtitle": wrapped(" ".join(drawing.notes), 96, 3)} if drawing.notes else {}),
            "anchor": "start",
            "frame": "bounds",
            "offset": 14,
        },
        "data": {"values": list(drawing.values)},
        **drawing.body,
        "config": {
            "font": FONT,
            "aria": False,
            "view": {"stroke": None},
            "title": {
                "fontSize": 16,
                "color": INK,
                "lineHeight": 20,
                "subtitleFontSize": 12,
                "subtitleColor": _GREY,
                "subtitleLineHeight": 16,
                "subtitlePadding": 6,
            },
            "axis": {
                "labelFontSize": 12,
                "labelColor": INK,
                "labelLimit": 0,
                "labelLineHeight": 14,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "titleColor": _GREY,
                "titlePadding": 8,
                "gridColor": _LINE,
                "domain": False,
                "ticks": False,
                "labelPadding": 6,
                "labelFlush": False,
            },
            "legend": {
                "labelFontSize": 12,
                "labelColor": INK,
                "labelLimit": 260,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "titleColor": _GREY,
                "titleLimit": 260,
            },
        },
    }


def svg(spec: dict[str, Any]) -> str:
    """The picture of a specification that `vega_lite` gave, as SVG 1.1 without scripts, links or other files.

    The same specification gives the same text. Nothing is fetched: every address is refused. The first call starts a
    JavaScript engine and takes about a second; all calls, from whatever thread, are worked off one by one and hold the
    interpreter's lock while they are. A process that has drawn must not fork and go on drawing in the child.

    Raises:
        ConfigError: the library that draws is not installed.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise ConfigError("Plots need vl-convert: pip install 'sanctuary-kg[plots]'") from error
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[], show_warnings=False)
    # SVG 1.1, section 5.4: a title names the picture where it stands by itself; readers of inline SVG take the label.
    label = _escaped(str(spec.get("description", "")))
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _description(answer: Answer, kind: str, drawing: Drawing) -> str:
    """The plot in words: the question, what is shown, the first rows."""
    said = list(drawing.spoken[:SPOKEN])
    if len(drawing.spoken) > SPOKEN:
        said.append(f"and {len(drawing.spoken) - SPOKEN} more")
    return clean(" ".join([clean(answer.question.summary), f"{kind}.", *drawing.notes, "; ".join(said) + "."]))


def _escaped(text: str) -> str:
    """A text as the value of an attribute (XML 1.0, section 2.4)."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text
