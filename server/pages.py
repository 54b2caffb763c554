"""The pages that people see: the start page, the prefixes, and a query's answer as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from kg.namespaces import BASE, PREFIXES, shrink
from kg.snapshot import Snapshot
from server.current import current_snapshot
from server.evaluate import Cell, Query, Table
from server.examples import DEFAULT, EXAMPLES
from server.negotiate import PAGE, formats_for

MAX_ROWS = 1000

# Counts of the manifest in the order of the page, with their words.
_NUMBERS = (("cases", "cases"), ("papers", "papers read"), ("references", "references"), ("quads", "triples"))

_LABELS = {
    "json": "JSON",
    "xml": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF/XML",
}

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start() -> str:
    """The start page; ``?query=`` puts another query into the form."""
    snapshot = current_snapshot()
    counts: Mapping[str, Any] = snapshot.manifest.get("counts", {})
    return render_template(
        "start.html",
        version=snapshot.version,
        numbers=[(f"{counts[key]:,}", words) for key, words in _NUMBERS if key in counts],
        query=request.args.get("query") or DEFAULT.sparql,
        question=DEFAULT.question,
        examples=EXAMPLES,
        formats=_LABELS,
        citation=f"Sanctuary KG contributors. Sanctuary KG, version {snapshot.version}. {BASE}",
    )


@blueprint.get("/prefixes")
def prefixes() -> Response:
    """The prefixes as SPARQL declarations, to put before a query for another tool."""
    text = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return Response(text, content_type="text/plain; charset=utf-8")


def result_page(snapshot: Snapshot, query: Query, table: Table, text: str, keyword: str) -> str:
    """The page that shows the answer to a query.

    Args:
        snapshot: where the answer comes from.
        query: what was evaluated.
        table: its first rows.
        text: the query as it was sent.
        keyword: its form, which decides the other formats that are offered.
    """
    names = dict.fromkeys(offer.name for offer in formats_for(keyword) if offer != PAGE)
    graphs = [("default-graph-uri", iri) for iri in query.default_graphs]
    graphs += [("named-graph-uri", iri) for iri in query.named_graphs]
    endpoint = url_for("sparql.query")
    links = [(_LABELS[name], f"{endpoint}?{urlencode([('query', text), *graphs, ('format', name)])}") for name in names]
    return render_template(
        "result.html",
        version=snapshot.version,
        query=text,
        graphs=graphs,
        table=table,
        limit=MAX_ROWS,
        links=links,
        formats=_LABELS,
        shown=shown,
        target=target,
    )


def shown(cell: Cell) -> str:
    """The text of a cell: an IRI as a CURIE where a prefix fits."""
    return cell.text if cell.iri is None else shrink(cell.iri)


def target(cell: Cell) -> str | None:
    """Where a cell leads: an IRI of ours to what is said about it, another web address to itself."""
    if cell.iri is None:
        return None
    if cell.iri.startswith(BASE):
        return url_for("sparql.query", query=f"DESCRIBE <{cell.iri}>")
    return cell.iri if cell.iri.startswith(("https://", "http://")) else None
