"""The queries that the start page shows. Each works as it stands; the project's prefixes need no declaration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A question in words and the query that answers it."""

    question: str
    sparql: str


DEFAULT = Example(
    "Which investigations were normal in cases where leukemia was proved?",
    """\
SELECT ?modality (COUNT(DISTINCT ?case) AS ?cases)
WHERE {
  ?investigation a sanct:NegativeInvestigationDespiteLeukemia ;
                 sanct:modality/rdfs:label ?modality ;
                 sanct:ofCase ?case .
}
GROUP BY ?modality
ORDER BY DESC(?cases) ?modality""",
)

EXAMPLES = (
    DEFAULT,
    Example(
        "Which cases are there, and which paper reports each?",
        """\
SELECT ?case ?label ?paper
WHERE {
  ?case a sanct:Case ;
        rdfs:label ?label ;
        sanct:reportedIn ?paper .
}
ORDER BY ?label""",
    ),
    Example(
        "What proved the leukemia, case by case?",
        """\
SELECT ?case ?episode ?proof
WHERE {
  ?case a sanct:Case ;
        sanct:episode ?which .
  ?which rdfs:label ?episode ;
         sanct:confirmedBy/sanct:modality/rdfs:label ?proof .
}
ORDER BY ?case ?episode ?proof""",
    ),
    Example(
        "How often was each finding present, absent or not reported?",
        """\
SELECT ?finding ?status (COUNT(DISTINCT ?case) AS ?cases)
WHERE {
  ?case sanct:finding ?which .
  ?which sanct:findingType/rdfs:label ?finding ;
         sanct:status/rdfs:label ?status .
}
GROUP BY ?finding ?status
ORDER BY ?finding ?status""",
    ),
    Example(
        "Where in which paper is it written that an investigation was normal?",
        """\
SELECT ?statement ?paper ?section ?mention
WHERE {
  ?investigation sanct:result sanct:Normal ;
                 rdfs:label ?statement ;
                 sanct:evidence ?place .
  ?place oa:exact ?mention ;
         sanct:inReference ?paper .
  OPTIONAL { ?place sanct:section ?section }
}
ORDER BY ?paper ?statement""",
    ),
    Example(
        "Which named graphs are there, and how many triples does each hold?",
        """\
SELECT ?graph (COUNT(*) AS ?triples)
WHERE {
  GRAPH ?graph { ?subject ?predicate ?object }
}
GROUP BY ?graph
ORDER BY ?graph""",
    ),
)
