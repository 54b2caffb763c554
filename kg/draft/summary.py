"""What was found in a document as flat JSON: one object a patient, for machines and for evaluation.

A case has, for each field in which something was found, its value or values, and under ``values`` each mention with its
place and its confidence::

    {"patient": 1, "age": "8", "sex": "Male", "leukemia": "BPrecursorALL", "relapse": "true", "sites": ["Ilium"],
     "findings": {"Present": ["LimbPain"], "Absent": ["Fever"]}, …,
     "values": [{"field": "site", "value": "Ilium", "concept": "https://…/Ilium", "label": "ilium",
                 "mention": "left ilium", "start": 3746, "end": 3756, "confidence": 0.9,
                 "detail": {"laterality": "LeftSide"}}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.draft.citations import Bibliography, citations_of
from kg.draft.record import Patient, record_slug
from kg.draft.statements import best
from kg.draft.tables import table_cases
from kg.extract.reader import Reader
from kg.extract.reading import Found
from kg.ingest import Document
from kg.ingest.document import fold
from kg.vocabulary import Vocabulary

SINGLE = (
    "age", "age_text", "sex", "leukemia", "relapse", "relapse_number", "in_remission", "remission_years", "isolated",
    "marrow", "csf", "blood", "outcome", "disease_status",
)  # fmt: skip
"""Fields with one value: that of which the extractors are surest."""

SEVERAL = {
    "site": "sites", "marker": "markers", "treatment": "treatments", "modality": "modalities",
    "measurement": "measurements", "differential": "differentials", "event": "events",
}  # fmt: skip
"""Fields with several values, and the name of their list."""

Json = dict[str, Any]


def summary(document: Document, patients: Sequence[Patient], vocabulary: Vocabulary) -> list[Json]:
    """The flat JSON of each patient of a document."""
    return [_patient(number, patient.found, document, vocabulary) for number, patient in enumerate(patients, 1)]


def _patient(number: int, found: Sequence[Found], document: Document, vocabulary: Vocabulary) -> Json:
    fields: dict[str, list[Found]] = {}
    for one in found:
        fields.setdefault(one.field, []).append(one)
    flat: Json = {"patient": number}
    flat |= {field: best(fields[field])[0].value for field in SINGLE if field in fields}
    flat |= {name: _distinct(fields[field]) for field, name in SEVERAL.items() if field in fields}
    if "finding" in fields:
        flat["findings"] = {
            status: _distinct(several)
            for status in ("Present", "Absent", "NotReported")
            if (several := [one for one in fields["finding"] if one.detail.get("status", "Present") == status])
        }
    values = [
        _value(one, document, vocabulary) for one in sorted(found, key=lambda one: (one.start, one.end, one.field))
    ]
    return flat | {"values": values}


def _distinct(found: Sequence[Found]) -> list[str]:
    return list(dict.fromkeys(one.value for one in sorted(found, key=lambda one: one.start)))


def _value(one: Found, document: Document, vocabulary: Vocabulary) -> Json:
    value: Json = {"field": one.field, "value": one.value}
    if concept := vocabulary.concepts.get(one.value):
        value |= {"concept": concept.iri, "label": concept.label}
    mention = fold(document.text[one.start : one.end])
    value |= {"mention": " ".join(mention.split()[:8])[:120], "start": one.start, "end": one.end}
    value["confidence"] = round(one.confidence, 3)
    return value | ({"detail": dict(one.detail)} if one.detail else {})


_OF_A_CASE = {
    "findings": ("finding", "finding", ("status",)),
    "investigations": ("modality", "modality", ("result",)),
    "differentials": ("differential", "condition", ("status",)),
    "timeline": ("event", "event", ("date", "order")),
}
"""Statements of a draft case that become one value each: the field, the key of the value, the keys of its detail."""


def case_summary(number: int, case: Json, document: Document, vocabulary: Vocabulary) -> Json:
    """The flat JSON of a draft case out of phenopackets, which are data and no prose; so it is sure of each value."""
    found = [
        Found(field, value, proof["start"], proof["end"], 1.0, detail)
        for field, value, detail, proofs in _statements(case)
        for proof in proofs[:1]
    ]
    return _patient(number, found, document, vocabulary)


def rows_summary(document: Document, reader: Reader, known: Bibliography, before: int) -> list[Json]:
    """The flat JSON of the cases that tables retell, each with its table, its row and the work that tells it.

    They come behind the ``before`` patients of the text. The row of the paper's own patient is none of them, unless no
    other patient is told of.
    """
    slug = record_slug(document)
    found = table_cases(document, slug, reader, known, citations_of(document, slug, known))
    rows = found.cases if before else [*found.own, *found.cases]
    flat = []
    for number, case in enumerate(rows, before + 1):
        cell = case["patient"]["evidence"][0]["cell"]
        told = {"told": case["told"], "table": cell.get("table", 1), "row": cell["row"]}
        told |= {"reference": case["primary_reference"]} if "primary_reference" in case else {}
        flat.append(told | case_summary(number, case, document, reader.vocabulary))
    return flat


def _statements(case: Json) -> Iterator[tuple[str, str, dict[str, str], Sequence[Json]]]:
    """Field, value, detail and evidence of each statement of a draft case."""
    patient = case["patient"]
    if age := patient.get("age"):
        bounds = {key: str(value) for key, value in age.items() if key != "years"}
        yield "age", str(age.get("years", age.get("at_least", ""))), bounds, patient["evidence"][-1:]
    if "sex" in patient:
        yield "sex", patient["sex"], {}, patient["evidence"]
    for diagnosis in case["diagnoses"]:
        yield "leukemia", diagnosis["leukemia"], {}, diagnosis["evidence"]
    for episode in case.get("episodes", ())[-1:]:
        for site in episode.get("sites", ()):
            yield "site", site["site"], {key: site[key] for key in ("laterality",) if key in site}, episode["evidence"]
        for key in ("marrow", "csf"):
            if episode[key] != "NotReported":
                yield key, episode[key], {}, episode["evidence"]
        if episode["onset"] != "NotReported":
            yield "in_remission", str(episode["onset"] == "InRemission").lower(), {}, episode["evidence"]
    for key, (field, name, more) in _OF_A_CASE.items():
        for one in case.get(key, ()):
            yield field, one[name], {detail: str(one[detail]) for detail in more if detail in one}, one["evidence"]
    for treatment in case.get("treatments", ()):
        for name in treatment.get("agents") or [treatment["treatment"]]:
            yield "treatment", name, {}, treatment["evidence"]
    for outcome in case.get("outcomes", ()):
        yield "outcome", outcome["vital_status"], {}, outcome["evidence"]
