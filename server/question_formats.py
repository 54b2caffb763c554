"""The answer to a question in the formats that are no page: JSON, tables, references, a plot, and its SPARQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from flask import current_app, url_for
from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigError
from kg.questions import Answer, Choices, Question, ask_question, bound_values
from kg.questions.answer import bound_query
from kg.questions.formats import Page, delimited, document
from kg.questions.table import MOST_ROWS
from server import ask
from server.cache import Kept
from server.current import current_snapshot
from server.errors import ProblemError
from server.question_drawing import Drawer
from server.question_request import PAGING, SHAPE, SIZE, VERSION, Pairs, Wanted, address, shortest
from server.sparql import cache


@dataclass(frozen=True)
class Format:
    """A format by what its address ends in: its media type, its name for people, and the controls that it knows."""

    media_type: str
    label: str
    controls: tuple[str, ...] = (VERSION,)

    @property
    def content_type(self) -> str:
        """The media type with the charset, where it has one."""
        plain = "json" in self.media_type or "xml" in self.media_type
        return self.media_type if plain else f"{self.media_type}; charset=utf-8"


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", "JSON", (SHAPE, *PAGING, VERSION)),
    "csv": Format("text/csv", "CSV", (*PAGING, VERSION)),
    "tsv": Format("text/tab-separated-values", "TSV", (*PAGING, VERSION)),
    "bib": Format("application/x-bibtex", "BibTeX"),
    "ris": Format("application/x-research-info-systems", "RIS"),
    "csl.json": Format("application/vnd.citationstyles.csl+json", "CSL-JSON"),
    "svg": Format("image/svg+xml", "SVG"),
    "rq": Format("application/sparql-query", "SPARQL"),
}
PAGED = ("json", "csv", "tsv")
REFERENCES = ("bib", "ris", "csl.json")
DRAWER = "sanctuary_drawer"
MOST_DRAWN = 2000
"""A plot of more rows shows nothing, and takes long to draw."""


@dataclass(frozen=True)
class Asked:
    """A question with its parameters, asked of the snapshot of this request; ``pinned`` if the request names that."""

    question: Question
    given: Mapping[str, str]
    choices: Choices
    wanted: Wanted
    pinned: bool

    @cached_property
    def values(self) -> dict[str, NamedNode | Literal | None]:
        """The terms of the parameters.

        Raises:
            ParameterError: one of them cannot be taken.
        """
        return bound_values(self.question, self.given, self.choices)

    @cached_property
    def pairs(self) -> Pairs:
        """The parameters that differ from their defaults."""
        return shortest(self.question, self.values, self.choices)

    @cached_property
    def answer(self) -> Answer:
        """The answer.

        Raises:
            ParameterError: a parameter cannot be taken.
            ProblemError: the workers have no answer.
        """
        return ask_question(self.question, self.given, self.choices, ask.table)

    def address(
        self,
        suffix: str = "",
        *,
        pinned: bool | None = None,
        external: bool = False,
        more: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Where this answer is, or is in another format; ``more`` are controls."""
        name = self.question.slug + (f".{suffix}" if suffix else "")
        path = url_for("questions.question", name=name, _external=external)
        version = [(VERSION, current_snapshot().version)] if (self.pinned if pinned is None else pinned) else []
        return address(path, [*self.pairs, *more, *version])

    def part(self, start: int, suffix: str = "", *, pinned: bool | None = None, external: bool = False) -> str:
        """Where another part of this answer is."""
        more = [(SHAPE, self.wanted.shape)] if self.wanted.shape != Wanted.shape else []
        more += [] if self.wanted.size is None else [("_size", str(self.wanted.size))]
        more += [("_next", str(start))] if start else []
        return self.address(suffix, pinned=pinned, external=external, more=more)

    def page(self, suffix: str) -> Page:
        """The rows that are wanted of the answer in a format; of a table all, unless the request says otherwise."""
        otherwise = max(1, len(self.answer.rows)) if suffix in ("csv", "tsv") else SIZE
        return Page(self.wanted.start, self.wanted.size or otherwise)

    @property
    def permalink(self) -> str:
        """Where this answer stays as long as its snapshot is kept."""
        return self.address(pinned=True, external=True)


def body(asked: Asked, suffix: str) -> str:
    """The answer in a format.

    Raises:
        ParameterError: a parameter cannot be taken.
        ProblemError: the workers have no answer, or the question has none in this format.
    """
    if suffix == "rq":
        return sparql(asked)
    answer = asked.answer
    if suffix == "json":
        return _json(asked, answer)
    if suffix in ("csv", "tsv"):
        return _table(asked, answer, suffix)
    if suffix == "svg":
        return _drawn(answer)
    items = references(answer)
    from kg.bibliography import bibtex, ris

    return _written(items) if suffix == "csl.json" else bibtex(items) if suffix == "bib" else ris(items)


def sparql(asked: Asked) -> str:
    """The query that gives the answer, with the parameters in it, as it runs anywhere."""
    head = f"# {' '.join(asked.question.summary.split())}\n# {asked.permalink}\n"
    return head + without_header(bound_query(asked.question, asked.values))


def without_header(query: str) -> str:
    """A query without its header, which speaks of parameters that are bound by now."""
    return re.sub(r"\A(?:#\+[^\n]*\n)+", "", query)


def references(answer: Answer) -> list[dict[str, Any]]:
    """The papers behind an answer, as CSL-JSON."""
    from kg.bibliography import csl_items, references_behind

    found = _remembered(
        "references", answer, lambda: _written(csl_items(references_behind(answer, ask.table), ask.table))
    )
    items: list[dict[str, Any]] = json.loads(found)
    return items


def specification(answer: Answer) -> dict[str, Any] | None:
    """The plot of an answer as Vega-Lite; ``None`` if it has none, or too much to show."""
    from kg.questions.plot import vega_lite

    return None if len(answer.rows) > MOST_DRAWN else vega_lite(answer)


def _drawn(answer: Answer) -> str:
    spec = specification(answer)
    if spec is None:
        why = f"has no plot: it has no rows, or more than {MOST_DRAWN};" if answer.question.plot else "has no plot;"
        raise ProblemError(HTTPStatus.NOT_FOUND, f"The answer to “{answer.question.slug}” {why} see its table.")
    drawer: Drawer = current_app.extensions[DRAWER]
    try:
        return _remembered("plot", answer, lambda: drawer.draw(spec))
    except ConfigError as error:
        detail = "This server draws no plots. Whoever runs it can install what draws them."
        raise ProblemError(HTTPStatus.NOT_FOUND, detail) from error


def _json(asked: Asked, answer: Answer) -> str:
    page = asked.page("json")
    told = document(answer, page, asked.wanted.shape)
    if isinstance(told, dict):
        following = page.next(answer)
        # The next page belongs to this one, also if another snapshot comes into service between them.
        told["next_url"] = None if following is None else asked.part(following, "json", pinned=True, external=True)
        told["version"] = current_snapshot().version
        told["permalink"] = asked.permalink
    return _written(told)


def _table(asked: Asked, answer: Answer, suffix: str) -> str:
    if asked.wanted.size is None and answer.truncated:
        detail = f"The answer has more than {MOST_ROWS} rows. Ask for a part of it, with _size and _next."
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return delimited(answer.columns, asked.page(suffix).rows(answer), "\t" if suffix == "tsv" else ",")


def _remembered(what: str, answer: Answer, make: Callable[[], str]) -> str:
    """A text that follows from an answer, from the cache if it is there."""
    key = json.dumps([what, current_snapshot().version, answer.question.slug, answer.sparql])
    kept = cache().get(key)
    if kept is None:
        kept = Kept(200, (), make().encode())
        cache().put(key, kept)
    return kept.body.decode()


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
