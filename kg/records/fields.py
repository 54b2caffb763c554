"""Field types that records share: slugs, concepts, dates, units, and the place in a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kg.vocabulary import Vocabulary

MENTION_WORDS = 8
"""A mention is a term or a short phrase: at most this many words."""

SCHEMES_KEY = "x-concept-schemes"
"""Mark in a raw JSON Schema where `kg.records.schema` puts the names of concepts."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Positive = Annotated[int, Field(gt=0, strict=True)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=36)]
AgeYears = Annotated[Amount, Field(ge=0, le=125)]
Share = Annotated[Amount, Field(ge=0, le=1)]


class RecordModel(BaseModel):
    """Base of all parts of a record: nothing unknown is taken, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


@dataclass(frozen=True)
class ConceptOf:
    """Marks a field whose value is the local name of a concept of certain schemes or value sets.

    Validation needs the vocabulary as ``context={"vocabulary": ...}``; the JSON Schema then lists the names.
    """

    schemes: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._check, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", SCHEMES_KEY: list(self.schemes)}

    def _check(self, name: str, info: ValidationInfo) -> str:
        words = _vocabulary(info)
        concept = words.concepts.get(name)
        if concept is not None and ({concept.scheme, *concept.value_sets} & set(self.schemes)):
            return name
        near = words.nearest(name, *self.schemes)
        hint = f"Nearest: {', '.join(near)}." if near else "Add the concept to the ontology, or choose another."
        raise PydanticCustomError(
            "unknown_concept",
            "“{name}” is not a concept of {schemes}. {hint}",
            {"name": name, "schemes": " or ".join(self.schemes), "hint": hint},
        )


def _vocabulary(info: ValidationInfo) -> Vocabulary:
    if info.context is None:
        raise TypeError("records are validated with context={'vocabulary': ...}")
    words = info.context["vocabulary"]
    assert isinstance(words, Vocabulary)
    return words


def _known_unit(code: str, info: ValidationInfo) -> str:
    words = _vocabulary(info)
    if words.unit(code) is None:
        raise PydanticCustomError(
            "unknown_unit",
            "“{code}” is not a known unit. Use one of these UCUM codes: {known}.",
            {"code": code, "known": ", ".join(words.units())},
        )
    return code


def _possible_date(text: str) -> str:
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if match is not None:
        year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
        if 1800 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= _days(year, month):
            return text
    raise PydanticCustomError(
        "impossible_date",
        "“{text}” is not a date. Write YYYY, YYYY-MM or YYYY-MM-DD, between 1800 and 2100.",
        {"text": text},
    )


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


Unit = Annotated[str, AfterValidator(_known_unit)]
PartialDate = Annotated[str, AfterValidator(_possible_date)]

LeukemiaType = Annotated[str, ConceptOf(("LeukemiaTypes",))]
Site = Annotated[str, ConceptOf(("AnatomicalSites",))]
FindingType = Annotated[str, ConceptOf(("Findings", "Differentials"))]
Modality = Annotated[str, ConceptOf(("Modalities",))]
TreatmentConcept = Annotated[str, ConceptOf(("Treatments",))]
Marker = Annotated[str, ConceptOf(("Markers",))]
Condition = FindingType
Sex = Annotated[str, ConceptOf(("BiologicalSex",))]
FindingStatus = Annotated[str, ConceptOf(("FindingStatus",))]
Result = Annotated[str, ConceptOf(("InvestigationResult",))]
CompartmentStatus = Annotated[str, ConceptOf(("CompartmentStatus",))]
RemissionStatus = Annotated[str, ConceptOf(("RemissionStatus",))]
Extent = Annotated[str, ConceptOf(("Extent",))]
Laterality = Annotated[str, ConceptOf(("Laterality",))]
Certainty = Annotated[str, ConceptOf(("Certainty",))]
Severity = Annotated[str, ConceptOf(("Severity",))]
Quality = Annotated[str, ConceptOf(("FindingQuality",))]
Course = Annotated[str, ConceptOf(("FindingCourse",))]
Interpretation = Annotated[str, ConceptOf(("Interpretation",))]
Expression = Annotated[str, ConceptOf(("Expression",))]
CellCompartment = Annotated[str, ConceptOf(("CellCompartment",))]
DoseKind = Annotated[str, ConceptOf(("DoseKind",))]
Intent = Annotated[str, ConceptOf(("TreatmentIntent",))]
Response = Annotated[str, ConceptOf(("TreatmentResponse",))]
RiskGroup = Annotated[str, ConceptOf(("RiskGroup",))]
VitalStatus = Annotated[str, ConceptOf(("VitalStatus",))]
DiseaseStatus = Annotated[str, ConceptOf(("DiseaseStatus",))]
DifferentialStatus = Annotated[str, ConceptOf(("DifferentialStatus",))]
EventType = Annotated[str, ConceptOf(("EventType",))]
Bearing = Annotated[str, ConceptOf(("Bearing",))]
DiscrepancyKind = Annotated[str, ConceptOf(("DiscrepancyKind",))]
CurationMethod = Annotated[str, ConceptOf(("CurationMethod",))]


class Cell(RecordModel):
    """A cell of a table: its number, the row below the heading counted from one, and the heading of the column."""

    table: Positive = 1
    row: Positive
    column: str = Field(min_length=1)


class Evidence(RecordModel):
    """A place in the paper: the mention, and, once anchored, where it stands.

    ``start`` and ``end`` count Unicode code points of the text file; ``sentence`` is the first sixteen hexadecimal
    digits of the SHA-256 of the sentence around it. ``near`` is a word or phrase of the same sentence that tells
    equal mentions apart; it is for the curator and for anchoring and does not reach the graph.
    """

    mention: str = Field(min_length=1, max_length=120)
    cell: Cell | None = None
    section: str | None = None
    near: str | None = Field(default=None, max_length=120)
    start: Annotated[int, Field(ge=0, strict=True)] | None = None
    end: Positive | None = None
    sentence: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None

    @model_validator(mode="after")
    def _short_and_ordered(self) -> Evidence:
        if self.mention != self.mention.strip():
            problem = "The mention begins or ends with white space. Copy the words alone."
            raise PydanticCustomError("empty_mention", problem)
        if len(self.mention.split()) > MENTION_WORDS:
            raise PydanticCustomError(
                "long_mention",
                "The mention has more than {words} words. Cut it to a term or a short phrase.",
                {"words": MENTION_WORDS},
            )
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise PydanticCustomError("empty_span", "“end” must lie after “start”. Anchor the record again.")
        return self


class Document(RecordModel):
    """The text that the positions refer to: file name, SHA-256 of its bytes, length in code points.

    Where a file holds several articles, “#” and the article follow its name.
    """

    file: str = Field(pattern=r"^[\w.-]+(#[\w.~-]+)?$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    characters: Positive


def in_order(at_least: Decimal | None, below: Decimal | None) -> None:
    """Refuse a range that holds nothing."""
    if at_least is not None and below is not None and below <= at_least:
        raise PydanticCustomError("age_range", "“below” must be more than “at_least”.")


class Age(RecordModel):
    """Age in years: exact (``years``), or a range that includes ``at_least`` and excludes ``below``."""

    years: AgeYears | None = None
    at_least: AgeYears | None = None
    below: AgeYears | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Age:
        if (self.years is None) == (self.at_least is None and self.below is None):
            raise PydanticCustomError("age_form", "Give either “years”, or “at_least” and “below”.")
        in_order(self.at_least, self.below)
        return self
