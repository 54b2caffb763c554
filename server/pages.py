"""The pages that people see: the start page, the prefixes, and a query's answer as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from kg.namespaces import BASE, PREFIXES, shrink
from server.addresses import path_of
from server.current import Serving, current_snapshot
from server.examples import DEFAULT, EXAMPLES
from server.negotiate import GRAPH_FORMATS, PAGE, RESULT_FORMATS

if TYPE_CHECKING:
    from server.sparql import Asked

Cell = Mapping[str, str | None]
"""A term of a result: its ``text``, its ``iri`` if it is one, and the ``kind`` that is its language or datatype."""

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
        numbers=[(f"{count:,}", words) for count, words in _numbers(counts)],
        query=request.args.get("query") or DEFAULT.sparql,
        question=DEFAULT.question,
        examples=EXAMPLES,
        formats=_LABELS,
        citation=f"Sanctuary KG contributors. Sanctuary KG, version {snapshot.version}. {BASE}",
    )


def _numbers(counts: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The counts that the snapshot has; the triples without those that only describe it."""
    described = counts.get("graphs", {}).get("graph/metadata", 0)
    for key, words in _NUMBERS:
        if key in counts:
            yield counts[key] - (described if key == "quads" else 0), words


@blueprint.get("/prefixes")
def prefixes() -> Response:
    """The prefixes as SPARQL declarations, to put before a query for another tool."""
    text = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return Response(text, content_type="text/plain; charset=utf-8")


def result_page(serving: Serving, asked: Asked, table: Mapping[str, Any], form: str) -> str:
    """The page that shows the answer to a query.

    Args:
        serving: where the answer comes from.
        asked: what was asked.
        table: the first rows of the answer, as a worker gives them.
        form: the form of the query, which decides the other formats that are offered.
    """
    offers = GRAPH_FORMATS if form in ("CONSTRUCT", "DESCRIBE") else RESULT_FORMATS
    names = [name for name in dict.fromkeys(offer.name for offer in offers if offer != PAGE) if name in _LABELS]
    text = asked.query
    graphs = [("default-graph-uri", iri) for iri in asked.default]
    graphs += [("named-graph-uri", iri) for iri in asked.named]
    endpoint = url_for("sparql.query")
    links = [(_LABELS[name], f"{endpoint}?{urlencode([('query', text), *graphs, ('format', name)])}") for name in names]
    return render_template(
        "result.html",
        version=serving.version,
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
    return str(cell["text"]) if cell["iri"] is None else shrink(cell["iri"])


def target(cell: Cell) -> str | None:
    """Where a cell leads: an IRI of ours to its page, another web address to itself."""
    iri = cell["iri"]
    if iri is None:
        return None
    if iri.startswith(BASE):
        path = path_of(iri)
        if path is None:
            return url_for("sparql.query", query=f"DESCRIBE <{iri}>")
        return url_for("entities.entity", path=f"{path}.html")
    return iri if iri.startswith(("https://", "http://")) else None
