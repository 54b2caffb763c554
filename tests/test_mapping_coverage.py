"""Every concept that a case uses has a term elsewhere, or a row that says where one was looked for and not found.

What the cases use is read off the records by the type of each field, so a new kind of field is seen as well. The closed
sets of values (present, left, primary) are the model's own and stay out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from kg.config import shipped
from kg.link import Mapping, MappingSet, read_mappings
from kg.records import read_curated
from kg.records.case import Dose, Measurement
from kg.records.fields import ConceptOf
from kg.vocabulary import Vocabulary

SCHEMES = (
    "LeukemiaTypes",
    "AnatomicalSites",
    "Findings",
    "Modalities",
    "Treatments",
    "Markers",
    "Differentials",
    "Units",
)
REACHED = {
    "LeukemiaTypes": ("SNOMEDCT", "NCIT", "MONDO", "ICD10CM", "ICDO", "MESH"),
    "Findings": ("HP", "SNOMEDCT"),
    "AnatomicalSites": ("UBERON", "SNOMEDCT"),
    "Modalities": ("NCIT", "SNOMEDCT"),
    "agent": ("CHEBI", "NCIT"),
}
"""The terminologies that the concepts of a scheme reach, or the agents among the treatments."""
MARKERS = ("HGNC", "NCIT")
"""A marker reaches one of them."""
ANY_CLOSE = ("skos:exactMatch", "skos:closeMatch")


def used_in(part: object, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Concepts in a record or a part of it, each with the field that names it."""
    if isinstance(part, BaseModel):
        if isinstance(part, (Dose, Measurement)) and part.unit is not None:
            unit = words.unit(part.unit)
            assert unit is not None
            yield unit.name, "unit"
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            hints = [*field.metadata, *(one for arg in get_args(field.annotation) for one in _marks(arg))]
            if any(isinstance(hint, ConceptOf) for hint in hints) and value is not None:
                yield from ((one, name) for one in ((value,) if isinstance(value, str) else value))
            yield from used_in(value, words)
    elif isinstance(part, tuple):
        for item in part:
            yield from used_in(item, words)


def _marks(annotation: object) -> list[object]:
    """What is attached to a type and to the types in it."""
    inside = [one for arg in get_args(annotation) for one in _marks(arg)]
    return [*getattr(annotation, "__metadata__", ()), *inside]


@pytest.fixture(scope="module")
def mappings() -> MappingSet:
    return read_mappings(shipped("data") / "mappings.sssom.tsv")


@pytest.fixture(scope="module")
def used(vocabulary: Vocabulary) -> dict[str, set[str]]:
    """The concepts that cases use, each with the fields that name it."""
    found: dict[str, set[str]] = {}
    for record in read_curated(shipped("data"), vocabulary).records:
        for name, field in used_in(record.cases, vocabulary):
            if vocabulary.concepts[name].scheme in SCHEMES:
                found.setdefault(name, set()).add(field)
    return found


def gaps(mappings: MappingSet, used: dict[str, set[str]], words: Vocabulary) -> list[str]:
    """Concepts without a term where the rule wants one, each with the terminology that has neither term nor row."""
    terms: dict[str, set[str]] = {}
    for row in mappings.mappings:
        if row.predicate_id in ANY_CLOSE:
            terms.setdefault(_name(row), set()).add(row.object_id.partition(":")[0])
    tried = {(_name(row), row.source.rpartition("/")[2]) for row in mappings.not_found}

    def reaches(name: str, terminology: str) -> bool:
        return terminology in terms.get(name, ()) or (name, terminology.lower()) in tried

    found: list[str] = []
    for name, fields in used.items():
        scheme = words.concepts[name].scheme
        agent = scheme == "Treatments" and bool(fields & {"agent", "agents"})
        wanted = REACHED.get("agent" if agent else scheme, ())
        found.extend(f"{name}: {one}" for one in wanted if not reaches(name, one))
        if scheme == "Markers" and not any(reaches(name, one) for one in MARKERS):
            found.append(f"{name}: HGNC or NCIT")
        if name not in terms and not any(concept == name for concept, _ in tried):
            found.append(f"{name}: any")
    return found


def _name(row: Mapping) -> str:
    return row.subject_id.removeprefix("sanct:")


def test_the_cases_use_concepts_of_every_kind(used: dict[str, set[str]], vocabulary: Vocabulary) -> None:
    assert {vocabulary.concepts[name].scheme for name in used} == set(SCHEMES)
    assert {
        "agents",
        "leukemia",
        "site",
        "finding",
        "modality",
        "marker",
        "unit",
        "condition",
        "treatment",
    } <= set().union(*used.values())
    assert used["Vincristine"] == {"agents"}
    assert "Percent" in used


def test_every_used_concept_has_a_term_or_says_where_it_has_none(
    mappings: MappingSet, used: dict[str, set[str]], vocabulary: Vocabulary
) -> None:
    assert gaps(mappings, used, vocabulary) == []


@pytest.mark.parametrize(
    ("name", "terminology", "gap"),
    [
        ("AcuteMyeloidLeukemia", "MONDO", "AcuteMyeloidLeukemia: MONDO"),
        ("BonePain", "HP", "BonePain: HP"),
        ("SciaticNerve", "UBERON", "SciaticNerve: UBERON"),
        ("Autopsy", "SNOMEDCT", "Autopsy: SNOMEDCT"),
        ("Vincristine", "CHEBI", "Vincristine: CHEBI"),
    ],
)
def test_a_term_that_is_taken_out_leaves_a_gap(
    name: str, terminology: str, gap: str, mappings: MappingSet, used: dict[str, set[str]], vocabulary: Vocabulary
) -> None:
    left = [m for m in mappings.mappings if (_name(m), m.object_id.partition(":")[0]) != (name, terminology)]
    assert gaps(MappingSet({}, {}, tuple(left), mappings.not_found), used, vocabulary) == [gap]


def test_without_the_rows_that_say_that_there_is_none_the_rule_is_broken(
    mappings: MappingSet, used: dict[str, set[str]], vocabulary: Vocabulary
) -> None:
    found = gaps(MappingSet({}, {}, mappings.mappings), used, vocabulary)
    assert {gap.partition(":")[0] for gap in found} == {_name(row) for row in mappings.not_found}


def test_none_is_said_to_be_found_only_where_none_is(mappings: MappingSet) -> None:
    close = {(m.subject, m.source) for m in mappings.mappings if m.predicate_id in ANY_CLOSE}
    assert [row for row in mappings.not_found if (row.subject, row.source) in close] == []
    for row in mappings.not_found:
        assert row.predicate_id == "skos:closeMatch", "no close match implies no exact one; the reverse does not hold"
        assert row.comment.startswith("searched: "), "a row says how far the search went"
        assert row.see_also, "and in which files"
        assert row.source_version
        assert row.object_label == ""
