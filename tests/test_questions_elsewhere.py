"""Every question, as its file has it, gives the same answer in an engine that is not ours."""

from __future__ import annotations

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode

from kg.questions import Question, Table, read_questions
from kg.questions.answer import answer_of
from kg.questions.table import Term
from kg.snapshot import Snapshot
from tests.expected_answers import EXPECTED, FOLDER, written


@pytest.fixture(scope="module")
def merged(snapshot: Snapshot) -> rdflib.Graph:
    """The union of the named graphs, as whoever loads the dump into a store of their own has it."""
    graph = rdflib.Graph()
    lines = {line[: line.rindex(" <")] + " ." for line in snapshot.nquads.read_text(encoding="utf-8").splitlines()}
    return graph.parse(data="\n".join(lines), format="nt")


@pytest.mark.parametrize("question", read_questions(FOLDER), ids=lambda question: question.slug)
def test_rdflib_gives_the_same_answer(question: Question, merged: rdflib.Graph) -> None:
    found = merged.query(question.sparql)
    columns = tuple(str(variable) for variable in found.vars or ())
    rows = tuple(
        tuple(_term(row[name]) for name in columns) for row in found if isinstance(row, rdflib.query.ResultRow)
    )
    answer = answer_of(question, {}, question.sparql, Table(columns, rows))
    assert written(answer) == (EXPECTED / f"{question.slug}.csv").read_text(encoding="utf-8")


def _term(node: object) -> Term | None:
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None)
    assert node is None
    return None
