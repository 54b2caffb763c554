"""The competency questions in the metadata graph, in the way of SIB's sparql-examples.

Each is a ``sh:SPARQLExecutable`` (SHACL, section 5.2) with its text, its prefixes, the question in words and the
endpoint that answers it, so that editors and assistants which look for examples find them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg import namespaces as ns
from kg.questions import Question
from kg.triples.node import node_quads, text

GRAPH = NamedNode(ns.GRAPH_METADATA)


def question_quads(questions: Iterable[Question], statistics: Container[str]) -> Iterator[Quad]:
    """Quads of each question.

    Args:
        questions: the questions.
        statistics: as ``record/id``, the printed statistics that the graph has; a question that reproduces one is
            linked to it.
    """
    for question in questions:
        printed = [one.split("/", 1) for one in question.reproduces if one in statistics]
        yield from node_quads(
            GRAPH,
            NamedNode(ns.question(question.slug)),
            ["sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"],
            question.summary,
            {
                "rdfs:comment": Literal(question.summary, language="en"),
                "dcterms:description": Literal(question.description, language="en"),
                "dcterms:identifier": text(question.slug),
                "sh:select": text(question.sparql),
                "sh:prefixes": NamedNode(ns.ONTOLOGY),
                "schema:target": NamedNode(ns.SERVICE),
                "schema:keywords": [Literal(tag, language="en") for tag in question.tags],
                "rdfs:seeAlso": [NamedNode(f"{ns.reference(record)}/statistic/{name}") for record, name in printed],
            },
        )
