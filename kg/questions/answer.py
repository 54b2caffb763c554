"""The answer to a question: rows, how many cases are behind it, and of how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from kg.namespaces import BASE, PREFIXES
from kg.questions.choices import Choices
from kg.questions.parameters import bound_values
from kg.questions.question import Question
from kg.questions.table import Asker, Table, Term
from kg.questions.tokens import replace_variables

CASE = BASE + "case/"
LISTS = ("cases", "papers")
"""Columns that hold several IRIs, parted by spaces."""
_INTEGER = PREFIXES["xsd"] + "integer"
_NUMBERS = {PREFIXES["xsd"] + name for name in ("decimal", "double", "float")}

Value = str | int | Decimal | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Answer:
    """An answer with what was asked.

    ``n`` is the number of cases behind the rows, ``total`` the number in which the item was assessed: that of the
    column ``N`` where all rows agree, else ``None``, since each row has its own.
    """

    question: Question
    values: Mapping[str, NamedNode | Literal | None]
    sparql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    truncated: bool

    @property
    def cases(self) -> tuple[str, ...]:
        """IRIs of the cases in the rows, in order."""
        found = {iri for iri in self.iris if iri.startswith(CASE) and "/" not in iri.removeprefix(CASE)}
        return tuple(sorted(found))

    @property
    def iris(self) -> tuple[str, ...]:
        """Every IRI of this project in the rows."""
        cells = (one for row in self.rows for cell in row for one in (cell if isinstance(cell, tuple) else (cell,)))
        return tuple(sorted({cell for cell in cells if isinstance(cell, str) and cell.startswith(BASE)}))

    @property
    def n(self) -> int | None:
        """Number of cases behind the rows, ``None`` if the question is not about cases."""
        return len(self.cases) if {"case", "cases"} & set(self.columns) else None

    @property
    def total(self) -> int | None:
        """Number of cases in which the item was assessed, if it is one number."""
        if "N" not in self.columns:
            return None
        totals = {row[self.columns.index("N")] for row in self.rows}
        only = totals.pop() if len(totals) == 1 else None
        return only if isinstance(only, int) else None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: no rows, or no case among which anything is counted. “0 of 8” is an answer."""
        if not self.rows:
            return True
        if "N" not in self.columns:
            return self.n == 0
        at = self.columns.index("N")
        return not any(row[at] for row in self.rows)


def ask_question(question: Question, given: Mapping[str, str], choices: Choices, ask: Asker) -> Answer:
    """Ask a question.

    Args:
        question: what is asked.
        given: its parameters as texts.
        choices: what the graph allows for them.
        ask: evaluates a query on the graph.

    Raises:
        ParameterError: a parameter cannot be taken.
    """
    values = bound_values(question, given, choices)
    sparql = bound_query(question, values)
    return answer_of(question, values, sparql, ask(sparql))


def bound_query(question: Question, values: Mapping[str, NamedNode | Literal | None]) -> str:
    """The query with its parameters' variables replaced by terms, each as the engine writes it.

    Only tokens that are variables are replaced, by a term that has been checked: nothing that was sent can become
    anything else in the query.
    """
    terms = {p.variable: str(term) for p in question.parameters if (term := values[p.name]) is not None}
    return replace_variables(question.sparql, terms.get)


def answer_of(
    question: Question, values: Mapping[str, NamedNode | Literal | None], sparql: str, table: Table
) -> Answer:
    """The answer to a question from the rows that its query gave, wherever it was evaluated."""
    rows = tuple(tuple(_value(name, term) for name, term in zip(table.columns, row, strict=True)) for row in table.rows)
    return Answer(question, values, sparql, table.columns, rows, table.more)


def _value(column: str, term: Term | None) -> Value:
    """A term as a plain value; a list of IRIs in order, since engines join them in any."""
    text = term.value if isinstance(term, NamedNode | Literal) else None if term is None else str(term)
    if column in LISTS:
        return tuple(sorted(set((text or "").split())))
    if isinstance(term, Literal):
        kind = term.datatype.value
        if kind == _INTEGER:
            return int(term.value)
        if kind in _NUMBERS:
            return Decimal(term.value).normalize()
        if kind == PREFIXES["xsd"] + "boolean":
            return term.value in ("true", "1")
    return text
