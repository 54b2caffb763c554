"""The numbers that papers state about their cases, held against the same numbers counted in the graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pyoxigraph import Literal, QuerySolutions

from kg.queries import read_query
from kg.snapshot import Snapshot

_STATED = """
SELECT ?paper ?id ?measure ?value ?unit ?numerator ?denominator ?query WHERE {
  ?statistic a sanct:ReportedStatistic ; sanct:measure ?measure ; prov:wasDerivedFrom ?reference .
  BIND(STRAFTER(STR(?reference), "reference/") AS ?paper)
  BIND(STRAFTER(STR(?statistic), "statistic/") AS ?id)
  OPTIONAL { ?statistic sanct:value ?value }
  OPTIONAL { ?statistic sanct:unitText ?unit }
  OPTIONAL { ?statistic sanct:numerator ?numerator }
  OPTIONAL { ?statistic sanct:denominator ?denominator }
  OPTIONAL { ?statistic sanct:recomputedBy ?query }
} ORDER BY ?paper ?id
"""
NUMBERS = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class Recomputed:
    """A stated number beside the counted one; ``agrees`` is ``None`` where nothing can be counted."""

    paper: str
    id: str
    measure: str
    unit: str
    stated: dict[str, Decimal]
    counted: dict[str, Decimal]

    @property
    def agrees(self) -> bool | None:
        """Whether every number that is both stated and counted is the same."""
        both = self.stated.keys() & self.counted.keys()
        return all(self.stated[key] == self.counted[key] for key in both) if both else None


def recompute(snapshot: Snapshot, queries: Path) -> Iterator[Recomputed]:
    """Every stated number of a snapshot with what its query counts.

    Args:
        snapshot: an open snapshot.
        queries: the folder that holds ``statistics/``.
    """
    stated = snapshot.query(_STATED)
    assert isinstance(stated, QuerySolutions)
    for row in stated:
        texts = {k.value: row[k].value for k in stated.variables if isinstance(row[k], Literal)}
        counted: dict[str, Decimal] = {}
        if "query" in texts:
            answer = snapshot.query(read_query(queries / "statistics" / f"{texts['query']}.rq").sparql)
            assert isinstance(answer, QuerySolutions)
            first = next(answer)
            counted = _numbers({v.value: first[v].value for v in answer.variables if isinstance(first[v], Literal)})
        own = {key: texts.get(key, "") for key in ("paper", "id", "measure", "unit")}
        yield Recomputed(**own, stated=_numbers(texts), counted=counted)


def _numbers(texts: dict[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(texts[key]) for key in NUMBERS if key in texts}
