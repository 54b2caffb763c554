"""What hangs below a statement: its sites, measurements, marker results and doses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.records import case as model
from kg.records.fields import Age
from kg.triples.context import Context, Names
from kg.triples.node import Properties, concept, concepts, decimal, node_quads, text


def age_properties(age: Age | None) -> Properties:
    """Age in years, exact or as a range."""
    if age is None:
        return {}
    return {
        "ageInYears": decimal(age.years),
        "ageAtLeastInYears": decimal(age.at_least),
        "ageBelowInYears": decimal(age.below),
    }


def age_words(age: Age | None) -> str | None:
    """Age in words.

    >>> age_words(Age(years=70)), age_words(Age(at_least=1, below=3))
    ('aged 70', 'aged at least 1 and below 3')
    """
    if age is None:
        return None
    bounds = [("", age.years), ("at least ", age.at_least), ("below ", age.below)]
    return "aged " + " and ".join(f"{words}{value:f}" for words, value in bounds if value is not None)


def part_iri(subject: NamedNode, kind: str, part: model.Statement, topic: str) -> NamedNode:
    """IRI of a part of a statement: by its ``id``, else by its topic."""
    return NamedNode(f"{subject.value}/{kind}/{part.id or ns.slugify(topic)}")


def site_properties(subject: NamedNode, sites: Iterable[model.SiteInvolvement]) -> Properties:
    """Links from a statement to its sites: to the concepts, for short queries, and to the places with their sides."""
    sites = list(sites)
    return {
        "site": list(dict.fromkeys(concepts(site.site for site in sites))),
        "involvement": [_site_iri(subject, site) for site in sites],
    }


def site_quads(context: Context, subject: NamedNode, sites: Iterable[model.SiteInvolvement]) -> Iterator[Quad]:
    """The places of a statement with side, level and spread."""
    for site in sites:
        words = [context.label(site.laterality) if site.laterality else "", context.label(site.site)]
        label = " ".join(word for word in words if word) + (f", {site.level}" if site.level else "")
        properties: Properties = {
            "site": concept(site.site),
            "laterality": concept(site.laterality),
            "level": text(site.level),
            "extent": concept(site.extent),
        }
        yield from node_quads(context.graph, _site_iri(subject, site), ["SiteInvolvement"], label, properties)


def _site_iri(subject: NamedNode, site: model.SiteInvolvement) -> NamedNode:
    parts = [site.laterality, site.site, site.level, site.extent]
    return NamedNode(f"{subject.value}/site/{'-'.join(ns.slugify(part) for part in parts if part)}")


def measurement_quads(
    context: Context, names: Names, subject: NamedNode, measurements: Iterable[model.Measurement]
) -> Iterator[Quad]:
    """The quantities that a finding or an investigation yielded."""
    for item in measurements:
        printed = item.printed or (None if item.value is None else f"{item.value} {item.unit or ''}".strip())
        properties: Properties = {
            "measurementType": concept(item.type),
            "value": decimal(item.value),
            "valueText": text(item.printed),
            "unit": _unit(context, item.unit),
            "referenceLow": decimal(item.low),
            "referenceHigh": decimal(item.high),
            "scaleMaximum": decimal(item.scale_maximum),
            "interpretation": concept(item.interpretation),
            "ofCase": names.subject,
            **context.statement(item),
        }
        label = f"{context.label(item.type)}: {printed or 'value not given'}"
        part = part_iri(subject, "measurement", item, item.type)
        yield from node_quads(context.graph, part, ["Measurement"], label, properties)


def marker_topic(result: model.MarkerResult) -> str:
    """What tells one line of a panel from another: the marker, and where in the cell it was sought."""
    return result.marker if result.compartment is None else f"{result.marker}-{result.compartment}"


def marker_quads(
    context: Context, names: Names, subject: NamedNode, markers: Iterable[model.MarkerResult]
) -> Iterator[Quad]:
    """The lines of an immunophenotype panel."""
    for result in markers:
        properties: Properties = {
            "marker": concept(result.marker),
            "expression": concept(result.expression),
            "cellCompartment": concept(result.compartment),
            "shownBy": subject,
            "ofCase": names.subject,
            **context.statement(result),
        }
        label = f"{context.label(result.marker)}: {context.label(result.expression)}"
        part = part_iri(subject, "marker", result, marker_topic(result))
        yield from node_quads(context.graph, part, ["MarkerResult"], label, properties)


def dose_iri(subject: NamedNode, dose: model.Dose) -> NamedNode:
    """IRI of a dose below its treatment."""
    return NamedNode(f"{subject.value}/dose/{ns.slugify(dose.agent)}-{ns.slugify(dose.kind)}")


def dose_quads(context: Context, subject: NamedNode, doses: Iterable[model.Dose]) -> Iterator[Quad]:
    """The doses of a treatment."""
    for dose in doses:
        properties: Properties = {
            "agent": concept(dose.agent),
            "doseKind": concept(dose.kind),
            "value": decimal(dose.value),
            "unit": _unit(context, dose.unit),
        }
        label = f"{context.label(dose.agent)}: {dose.value} {dose.unit}"
        yield from node_quads(context.graph, dose_iri(subject, dose), ["Dose"], label, properties)


def _unit(context: Context, ucum: str | None) -> NamedNode | None:
    unit = context.vocabulary.unit(ucum) if ucum else None
    return None if unit is None else NamedNode(unit.iri)
