"""What the page of a question shows: the answer as a table whose cells lead on, and the papers behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.namespaces import BASE, shrink
from kg.questions import Answer, Choices
from kg.questions.answer import LISTS, Value
from server.pages import target

MOST_AUTHORS = 6
LONG = 8
"""A list in a cell that is longer is folded."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Link:
    """A text that may lead somewhere; ``title`` is its long form."""

    text: str
    href: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Cell:
    """A cell: links or texts, and whether it is a number or a list. A long list is folded."""

    links: tuple[Link, ...]
    number: bool = False
    several: bool = False

    @property
    def folded(self) -> bool:
        """Whether the list is shown on demand."""
        return len(self.links) > LONG


@dataclass(frozen=True)
class Table:
    """The answer as people read it: headings, each with whether its column holds numbers, and rows."""

    head: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(answer: Answer, rows: Sequence[Sequence[Value]], choices: Choices) -> Table:
    """Rows of an answer with ``x`` and ``xLabel`` in one column, and ``n`` and ``N`` in one."""
    columns = answer.columns
    merged = "n" in columns and "N" in columns
    shown = [
        name
        for name in columns
        if not (name.endswith("Label") and name.removesuffix("Label") in columns) and not (merged and name == "N")
    ]
    labels = {choice.iri: choice.label for several in choices.sets.values() for choice in several}
    made = []
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        made.append(tuple(_cell(name, values, labels, choices, merged) for name in shown))
    numbers = [
        all(row[i].number or not row[i].links for row in made) and any(row[i].number for row in made)
        for i in range(len(shown))
    ]
    heads = ["n of N" if merged and name == "n" else _heading(name) for name in shown]
    return Table(tuple(zip(heads, numbers, strict=True)), tuple(made))


def _heading(name: str) -> str:
    """A column's name in words.

    >>> _heading("leukemiaType"), _heading("certaintyLabel"), _heading("N")
    ('leukemia type', 'certainty', 'N')
    """
    return name if len(name) == 1 else _WORDS.sub(" ", name).lower().removesuffix(" label")


def _cell(name: str, values: Mapping[str, Value], labels: Mapping[str, str], choices: Choices, merged: bool) -> Cell:
    value = values[name]
    if name in LISTS:
        several = value if isinstance(value, tuple) else ()
        # A paper's label is short; that of a case has a comma in it.
        short = labels if name == "papers" else {}
        return Cell(tuple(_short(iri, short.get(iri), labels) for iri in several), several=True)
    if value is None:
        return Cell(())
    if merged and name == "n":
        return Cell((Link(f"{value} of {values['N']}"),), number=True)
    if isinstance(value, bool):
        return Cell((Link("yes" if value else "no"),))
    if isinstance(value, int | Decimal):
        return Cell((Link(_number(name, value)),), number=True)
    assert isinstance(value, str)
    label = values.get(f"{name}Label")
    return Cell((_link(value, label if isinstance(label, str) else None, labels, choices),))


def _number(name: str, value: int | Decimal) -> str:
    """A number in words: a share in percent, and the digits of a year together."""
    if name == "share":
        return _percent(value)
    if value != int(value):
        return f"{value:,f}"
    return str(int(value)) if "year" in name.casefold() else f"{int(value):,}"


def _percent(share: int | Decimal) -> str:
    return f"{(100 * Decimal(share)).quantize(Decimal('0.1')).normalize():f}%"


def _link(value: str, label: str | None, labels: Mapping[str, str], choices: Choices) -> Link:
    href = target({"text": value, "iri": value, "kind": None}) if re.match(r"https?://\S+\Z", value) else None
    if href is None:
        return Link(label or value)
    short = label or labels.get(value)
    if short is None and not value.startswith(BASE):
        short = choices.curie(value)
    return Link(short or shrink(value).strip("<>"), href, value)


def _short(iri: str, short: str | None, labels: Mapping[str, str]) -> Link:
    """A link for one among many, with the last part of its IRI where it has no short label."""
    href = target({"text": iri, "iri": iri, "kind": None})
    return Link(short or iri.rstrip("/").rpartition("/")[2] or iri, href, labels.get(iri, iri))


@dataclass(frozen=True)
class Reference:
    """A work as a line: who wrote it, its title with its page here, where it stands, and where it is to be read."""

    people: str
    title: Link
    place: str
    link: Link | None


def reference(item: Mapping[str, Any]) -> Reference:
    """The line of an item of CSL-JSON whose ``id`` is the slug of a reference."""
    authors = [_name(author) for author in item.get("author", ())]
    people = ", ".join(authors[:MOST_AUTHORS]) + (", et al" if len(authors) > MOST_AUTHORS else "")
    date = (item.get("issued", {}).get("date-parts") or [[]])[0]
    volume = str(item.get("volume", "")) + (f"({item['issue']})" if item.get("issue") else "")
    where = ":".join(filter(None, (volume, str(item.get("page") or item.get("number") or ""))))
    when = ";".join(filter(None, (str(date[0]) if date else "", where)))
    place = " ".join(f"{part.rstrip('.')}." for part in (item.get("container-title", ""), when) if part)
    href = target({"text": None, "iri": f"{BASE}reference/{item['id']}", "kind": None})
    return Reference(f"{people}." if people else "", Link(str(item["title"]).rstrip("."), href), place, _read_at(item))


def _read_at(item: Mapping[str, Any]) -> Link | None:
    url = str(item.get("URL", ""))
    if not url.startswith(("https://", "http://")):
        return None
    return Link(f"doi:{item['DOI']}" if "DOI" in item else f"PMID {item['PMID']}" if "PMID" in item else url, url)


def _name(author: Mapping[str, Any]) -> str:
    if "literal" in author:
        return str(author["literal"])
    initials = "".join(part[:1] for part in re.split(r"[\s.-]+", str(author.get("given", ""))) if part)
    return f"{author.get('family', '')} {initials}".strip()
