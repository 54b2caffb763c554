"""What the kinds of plots share: columns of the answer, names on an axis, notes, colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import ConfigError
from kg.questions.answer import Answer
from kg.questions.plot_text import clean, column_words, wrapped

MOST_LINES = 40
MOST_COLUMNS = 30
"""So many lines and columns are drawn; more cannot be read."""
WIDTH = 460
INK = "#1a1a1a"
DARK = "#0b4f8a"


@dataclass(frozen=True)
class Drawing:
    """What a kind draws: the data, the body of the specification, notes below the title, and the rows in words."""

    values: Sequence[Mapping[str, Any]]
    body: Mapping[str, Any]
    notes: tuple[str, ...]
    spoken: tuple[str, ...]


def place(answer: Answer, plot: Mapping[str, str], key: str, default: str = "") -> int:
    """Where the column stands that the header names under a key.

    Raises:
        ConfigError: the header names none, or one that the answer does not have.
    """
    column = plot.get(key, default)
    if column not in answer.columns:
        known = ", ".join(answer.columns)
        raise ConfigError(
            f"{answer.question.path}: its plot has {column or 'nothing'} as “{key}”, which is not one of the columns "
            f"of its answer: {known}."
        )
    return answer.columns.index(column)


def unit(plot: Mapping[str, str], column: str) -> str:
    """What numbers are called: the header's ``unit``, or the column in words."""
    return clean(plot.get("unit", "")) or column_words(column)


def names(texts: Iterable[str], width: int, lines: int) -> list[str]:
    """Texts as they stand on an axis, line ends included.

    An axis has one place for each name, so what reads like an earlier one gets a number.
    """
    seen: dict[str, int] = {}
    found = []
    for text in texts:
        name = "\n".join(wrapped(text, width, lines))
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


SPLIT = "split(datum.label, '\\n')"
"""A name as its lines, for Vega."""


def by_lines(start: int, change: int) -> dict[str, Any]:
    """A property of an axis' labels that changes with each further line of a name."""
    tests = [{"test": f"{SPLIT}.length === {n + 1}", "value": start + n * change} for n in (1, 2)]
    return {"condition": tests, "value": start}


def lines_axis(padding: int = 6, title: str | None = None) -> dict[str, Any]:
    """The vertical axis with a line for each name, in the order of the answer."""
    # The first line of a longer label would stand where the only line of a short one does.
    moved = by_lines(0, -7)
    axis = {"title": title, "labelExpr": SPLIT, "grid": False, "labelOffset": moved, "labelPadding": padding}
    return {"field": "label", "type": "ordinal", "sort": None, "axis": axis}


def step(labels: Iterable[str]) -> int:
    """The height of a line in pixels, such that the longest name fits."""
    return max(24, 10 + 14 * max(label.count("\n") + 1 for label in labels))


def cut(answer: Answer, shown: int, found: int, what: str) -> list[str]:
    """A note on what is not drawn."""
    if answer.truncated:
        return [f"The first {shown} of more than {found} {what}."]
    return [f"The first {shown} of {found} {what}."] if shown < found else []
