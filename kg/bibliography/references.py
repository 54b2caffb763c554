"""Which papers stand behind an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from kg.namespaces import SANCT
from kg.questions import Answer, Asker

BATCH = 200
"""So many IRIs go into one query, which stays well below what an endpoint takes."""

# VALUES stands in each branch: the engine would otherwise work out the whole union before it looks at the IRIs.
_NAMED = "SELECT DISTINCT ?reference WHERE { VALUES ?reference { %s } ?reference a sanct:Reference }"
_BEHIND = """
SELECT DISTINCT ?reference WHERE {
  VALUES ?one { %s }
  ?one sanct:reportedIn|sanct:summarisedIn|prov:wasDerivedFrom|sanct:inReference ?reference .
  ?reference a sanct:Reference
}
"""


def references_behind(answer: Answer, ask: Asker) -> list[str]:
    """IRIs of the papers behind an answer, in order.

    These are the references that the rows name, those that report or retell a case of the rows, and those from which
    a statement or a piece of evidence in them was taken.

    Args:
        answer: whose rows are looked through.
        ask: evaluates a query on the graph that gave the answer.
    """
    found: set[str] = set()
    for batch in in_batches(iri for iri in answer.iris if not iri.startswith(SANCT)):
        for query in (_NAMED, _BEHIND):
            found |= {one.value for (one,) in ask(query % batch).rows if isinstance(one, NamedNode)}
    return sorted(found)


def in_batches(iris: Iterable[str]) -> Iterator[str]:
    """IRIs as lists for VALUES (SPARQL 1.1, section 10.2). What is not an IRI, such as a text that begins like one, is
    left out."""
    terms = [str(node) for iri in iris if (node := _node(iri)) is not None]
    for start in range(0, len(terms), BATCH):
        yield " ".join(terms[start : start + BATCH])


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None
