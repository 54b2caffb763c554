"""What an evaluated query gives: rows of RDF terms. And who asks: a function that evaluates a query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True)
class Table:
    """The first rows of an answer; ``more`` if there are others."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    more: bool = False


Asker = Callable[[str], Table]
"""Evaluates a SELECT; the default graph is the union of all graphs and the project's prefixes are known."""

MOST_ROWS = 100_000
"""An answer is made of at most so many rows."""


def table_of(solutions: QuerySolutions) -> Table:
    """The rows of solutions as the engine gives them."""
    rows: list[tuple[Term | None, ...]] = []
    for solution in solutions:
        if len(rows) == MOST_ROWS:
            return Table(_names(solutions), tuple(rows), more=True)
        rows.append(tuple(solution))
    return Table(_names(solutions), tuple(rows))


def _names(solutions: QuerySolutions) -> tuple[str, ...]:
    return tuple(variable.value for variable in solutions.variables)
