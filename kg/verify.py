"""Nothing is published before it is checked: SHACL shapes, and queries whose every row is a defect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QuerySolutions, RdfFormat, Store, parse, serialize

from kg.errors import VerificationError
from kg.namespaces import shrink
from kg.queries import Query
from kg.snapshot import evaluating, run_query

SHOWN = 20
"""So many defects are written out; the rest are counted."""


@dataclass(frozen=True)
class Report:
    """What a verification looked at, and what it found; ``defects`` is empty when all is well."""

    shapes: int
    queries: int
    defects: tuple[str, ...]


def verify(store: Store, union: bytes, shapes: Path, queries: Sequence[Query]) -> Report:
    """Check a filled store.

    Args:
        store: the store that is about to be published.
        union: its default graph as N-Triples.
        shapes: the SHACL file.
        queries: verify queries, of which any row is a defect.

    Raises:
        QueryError: a verify query does not parse.
        VerificationError: the shapes file cannot be used, or a verify query is not a SELECT.
    """
    count, defects = _shacl(union, shapes)
    for query in queries:
        defects.extend(_rows(store, query))
    return Report(count, len(queries), tuple(defects))


def demand(report: Report) -> None:
    """Raise on any defect.

    Raises:
        VerificationError: with the first defects, one a line.
    """
    if report.defects:
        lines = list(report.defects[:SHOWN])
        if len(report.defects) > SHOWN:
            lines.append(f"… and {len(report.defects) - SHOWN} more")
        count = len(report.defects)
        head = f"The graph has {count} defect{'' if count == 1 else 's'}; the snapshot in service stays as it is."
        raise VerificationError("\n  ".join([head, *lines]))


def _rows(store: Store, query: Query) -> list[str]:
    solutions = run_query(store, query.sparql)
    if not isinstance(solutions, QuerySolutions):
        raise VerificationError(f"{query.path} must be a SELECT query, since each of its rows is a defect.")
    names = [variable.value for variable in solutions.variables]
    found: list[str] = []
    with evaluating():
        for row in solutions:
            values = ", ".join(f"{name} {_show(row[name])}" for name in names if row[name] is not None)
            found.append(f"{query.slug}: {query.summary} Found: {values}")
    return found


def _show(term: object) -> str:
    value = str(getattr(term, "value", term))
    return shrink(value) if value.startswith("http") else f"“{value}”"


def _shacl(union: bytes, shapes: Path) -> tuple[int, list[str]]:
    import rdflib
    from pyshacl import validate
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
    from rdflib.namespace import RDF, SH

    try:
        # rdflib's reader of Turtle answers some errors with an IndexError; pyoxigraph's names the line.
        triples = serialize(parse(path=shapes, format=RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES)
    except OSError as error:
        raise VerificationError(f"{shapes} cannot be read: {error.strerror}.") from error
    except SyntaxError as error:
        raise VerificationError(f"{shapes} does not parse: {error.msg}") from error
    shapes_graph = rdflib.Graph().parse(data=triples, format="nt")
    data = rdflib.Graph().parse(data=union, format="nt")
    try:
        _, results, _ = validate(data, shacl_graph=shapes_graph, inference="none", advanced=False)
    except (ConstraintLoadError, ReportableRuntimeError, ShapeLoadError) as error:
        reason = str(error).splitlines()[0]
        raise VerificationError(f"{shapes} holds a shape that cannot be used: {reason}") from error
    assert isinstance(results, rdflib.Graph)
    defects = []
    for result in results.subjects(RDF.type, SH.ValidationResult):
        parts = [
            f"{name} {shrink(str(value)) if isinstance(value, rdflib.URIRef) else f'“{value}”'}"
            for name, predicate in (("at", SH.focusNode), ("property", SH.resultPath), ("value", SH.value))
            if (value := results.value(result, predicate)) is not None
        ]
        defects.append(f"shape: {results.value(result, SH.resultMessage)} Found: {', '.join(parts)}")
    return len(set(shapes_graph.subjects(RDF.type, SH.NodeShape))), sorted(defects)
