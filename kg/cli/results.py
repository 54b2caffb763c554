"""Answers on standard output: tables for people, standard formats for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.errors import QueryError
from kg.namespaces import PREFIXES, shrink
from kg.snapshot import Results, Snapshot, evaluating
from kg.statistics import NUMBERS, Recomputed


class ResultFormat(StrEnum):
    """How a result is written: ``auto`` is a table on a terminal and CSV or Turtle in a pipe."""

    AUTO = "auto"
    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"
    TURTLE = "turtle"
    NTRIPLES = "ntriples"


_SOLUTIONS = {
    ResultFormat.CSV: QueryResultsFormat.CSV,
    ResultFormat.TSV: QueryResultsFormat.TSV,
    ResultFormat.JSON: QueryResultsFormat.JSON,
    ResultFormat.XML: QueryResultsFormat.XML,
}
_TRIPLES = {ResultFormat.TURTLE: RdfFormat.TURTLE, ResultFormat.NTRIPLES: RdfFormat.N_TRIPLES}


def write_results(results: Results, form: ResultFormat) -> None:
    """Write an answer to standard output.

    Raises:
        QueryError: the format does not fit this kind of query.
    """
    out = sys.stdout
    terminal = out.isatty()
    if isinstance(results, QueryTriples):
        chosen = ResultFormat.TURTLE if form in (ResultFormat.AUTO, ResultFormat.TABLE) else form
        if chosen not in _TRIPLES:
            raise QueryError(f"A CONSTRUCT or DESCRIBE answer cannot be written as {form}. Use turtle or ntriples.")
        prefixes = dict(PREFIXES) if chosen is ResultFormat.TURTLE else None
        with evaluating():
            data = serialize(results, format=_TRIPLES[chosen], prefixes=prefixes)
        out.buffer.write(data or b"")
        return
    if form is ResultFormat.AUTO:
        form = ResultFormat.TABLE if terminal else ResultFormat.CSV
        if isinstance(results, QueryBoolean) and not terminal:
            form = ResultFormat.TABLE
    if form in _SOLUTIONS:
        if isinstance(results, QueryBoolean) and form in (ResultFormat.CSV, ResultFormat.TSV):
            raise QueryError(f"An ASK answer cannot be written as {form}. Use json or xml.")
        with evaluating():
            data = results.serialize(format=_SOLUTIONS[form])
        out.buffer.write(data or b"")
        out.buffer.write(b"\n" if form in (ResultFormat.JSON, ResultFormat.XML) else b"")
    elif form is not ResultFormat.TABLE:
        raise QueryError(f"{'A SELECT' if isinstance(results, QuerySolutions) else 'An ASK'} answer is not a graph.")
    elif isinstance(results, QueryBoolean):
        out.write("yes\n" if results else "no\n")
    else:
        _table(results)


def _table(solutions: QuerySolutions) -> None:
    names = [variable.value for variable in solutions.variables]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    rows = 0
    with evaluating():
        for row in solutions:
            rows += 1
            table.add_row(*(Text(_cell(row[name])) for name in names))
    console = Console(soft_wrap=False)
    console.print(table)
    Console(stderr=True).print(f"{rows:,} row{'' if rows == 1 else 's'}", style="dim")


def _cell(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return shrink(term.value)
    return term.value if isinstance(term, Literal) else str(term)


def write_manifest_table(snapshot: Snapshot, *, as_json: bool) -> None:
    """What a snapshot holds, as lines or as the whole manifest."""
    manifest = snapshot.manifest
    if as_json:
        sys.stdout.write(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        return
    counts, seconds = manifest["counts"], manifest["seconds"]
    lines = [
        ("snapshot", snapshot.version),
        ("SHA-256", manifest["sha256"]),
        ("papers", f"{counts['papers']:,}"),
        ("cases", f"{counts['cases']:,}"),
        ("references", f"{counts['references']:,}, of them {counts['unidentified_references']} unidentified"),
        ("citations", f"{counts['citations']:,}"),
        ("concepts", f"{counts['concepts']:,}"),
        ("mappings", f"{counts['mappings']:,}"),
        ("quads", f"{counts['quads']:,}"),
        *((f"  {name.removeprefix('graph/')}", f"{size:,}") for name, size in counts["graphs"].items()),
        *(
            ("beside them", f"{one['name']} {one['version']}, {one['quads']:,} quads, in no export: {one['graph']}")
            for one in manifest.get("terminologies", ())
        ),
        ("reasoning", f"consistent, {manifest['reasoning']['inferred']:,} inferred by {manifest['reasoning']['by']}"),
        ("verification", "{shapes} shapes and {queries} queries, {defects} defects".format(**manifest["verification"])),
        ("built in", f"{sum(seconds.values()):.1f} s: " + ", ".join(f"{k} {v:.1f}" for k, v in seconds.items())),
    ]
    width = max(len(name) for name, _ in lines)
    sys.stdout.writelines(f"{name:<{width}}  {value}\n" for name, value in lines)


def write_statistics(items: Iterable[Recomputed]) -> None:
    """Stated numbers beside counted ones: a table on a terminal, tab-separated in a pipe."""
    words = {True: "agrees", False: "DIFFERS", None: "nothing to count"}
    names = ("paper", "measure", "stated", "counted", "comparison")
    rows = [
        (
            item.paper,
            item.measure,
            _numbers(item.stated, item.unit),
            _numbers({key: number for key, number in item.counted.items() if key in item.stated}, item.unit),
            words[item.agrees],
        )
        for item in items
    ]
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in [names, *rows])
        return
    table = Table(*names, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _numbers(numbers: Mapping[str, Decimal], unit: str) -> str:
    value, numerator, denominator = (numbers.get(key) for key in NUMBERS)
    share = f"{numerator} of {denominator}" if denominator and numerator else numerator
    shown = None if value is None else f"{value}{' ' + unit if unit and unit != '%' else unit}"
    return ", ".join(str(part) for part in (shown, share) if part is not None)
