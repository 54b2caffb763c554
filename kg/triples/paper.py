"""Everything that one record asserts, as quads of the graph of its paper."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.records.fields import Evidence
from kg.records.paper import Citation, Discrepancy, Record, ReportedStatistic
from kg.records.walk import walk_evidence
from kg.triples.case import case_quads
from kg.triples.context import Context, Names
from kg.triples.node import any_uri, decimal, integer, node_quads, partial_date, text
from kg.vocabulary import Vocabulary


def record_quads(record: Record, vocabulary: Vocabulary) -> Iterator[Quad]:
    """All quads of one paper: its cases, citations, statistics, discrepancies and the evidence behind each."""
    context = Context(record.record, vocabulary)
    for case in record.cases:
        yield from case_quads(case, context)
    for citation in record.citations:
        yield from _citation(citation, context)
    for statistic in record.statistics:
        yield from _statistic(statistic, context)
    for discrepancy in record.discrepancies:
        yield from _discrepancy(discrepancy, record, context)
    yield from _curation(record, context)
    for _, evidence in walk_evidence(record):
        yield from _evidence(evidence, context)


def _citation(citation: Citation, context: Context) -> Iterator[Quad]:
    subject = NamedNode(ns.citation(context.record, citation.number))
    cited = NamedNode(ns.reference(citation.reference))
    graph, paper = context.graph, context.paper
    label = f"citation {citation.number} of {context.record}"
    properties = {
        "cito:hasCitingEntity": paper,
        "cito:hasCitedEntity": cited,
        "referenceNumber": integer(citation.number),
        **context.provenance(citation.evidence),
    }
    yield from node_quads(graph, subject, ["Citation"], label, properties)
    yield Quad(paper, NamedNode(ns.PREFIXES["cito"] + "cites"), cited, graph)
    yield Quad(paper, NamedNode(ns.term("citation")), subject, graph)


def _statistic(statistic: ReportedStatistic, context: Context) -> Iterator[Quad]:
    subject = NamedNode(f"{context.paper.value}/statistic/{statistic.id}")
    properties = {
        "measure": text(statistic.measure),
        "value": decimal(statistic.value),
        "unitText": text(statistic.unit),
        "numerator": integer(statistic.numerator),
        "denominator": integer(statistic.denominator),
        "recomputedBy": text(statistic.query),
        **context.statement(statistic),
    }
    yield from node_quads(context.graph, subject, ["ReportedStatistic"], statistic.measure, properties)
    yield Quad(context.paper, NamedNode(ns.term("statistic")), subject, context.graph)


def _discrepancy(discrepancy: Discrepancy, record: Record, context: Context) -> Iterator[Quad]:
    subject = NamedNode(f"{context.paper.value}/discrepancy/{discrepancy.id}")
    other, about = discrepancy.other_reference, discrepancy.refers_to
    told = [Names(case, context.record) for case in record.cases if case.case in discrepancy.cases]
    properties = {
        "ofCase": [NamedNode(ns.case(slug)) for slug in discrepancy.cases],
        "refersTo": [] if about is None else [node for names in told for node in names.named(about)],
        "discrepancyKind": NamedNode(ns.term(discrepancy.kind)),
        "trait": text(discrepancy.trait),
        "thisReport": text(discrepancy.here),
        "otherReport": text(discrepancy.there),
        "otherReference": None if other is None else NamedNode(ns.reference(other)),
        "consultedAt": [any_uri(page) for page in discrepancy.consulted],
        **context.statement(discrepancy),
    }
    yield from node_quads(context.graph, subject, ["Discrepancy"], discrepancy.trait, properties)


def _curation(record: Record, context: Context) -> Iterator[Quad]:
    curation = record.curation
    properties = {
        "method": NamedNode(ns.term(curation.method)),
        "dcterms:creator": text(curation.agent),
        "dcterms:date": partial_date(curation.date),
        "tool": text(curation.tool),
        "dcterms:contributor": text(curation.signed_by),
        "prov:used": context.paper,
        "sourceSha256": text(record.document.sha256),
    }
    yield from node_quads(context.graph, context.curation, ["Curation"], f"curation of {record.record}", properties)


def _evidence(evidence: Evidence, context: Context) -> Iterator[Quad]:
    cell = evidence.cell
    properties = {
        "inReference": context.paper,
        "oa:exact": text(evidence.mention),
        "oa:start": integer(evidence.start),
        "oa:end": integer(evidence.end),
        "section": text(evidence.section or (f"Table {cell.table}" if cell else None)),
        "sentenceHash": text(evidence.sentence),
        "tableNumber": integer(cell.table) if cell else None,
        "tableRow": integer(cell.row) if cell else None,
        "tableColumn": text(cell.column) if cell else None,
    }
    types = ["Evidence"] if cell is None else ["Evidence", "TableCellEvidence"]
    yield from node_quads(context.graph, context.place(evidence), types, f"“{evidence.mention}”", properties)
