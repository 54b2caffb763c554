"""What a record says of one patient: the case model as typed, immutable parts.

Names inside a case (``id``) tie statements together: a finding is ``shown_by`` an investigation, an episode is
``confirmed_by`` one. They become part of the statement's IRI.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kg.records.fields import (
    Age,
    AgeYears,
    Amount,
    Bearing,
    CellCompartment,
    Certainty,
    CompartmentStatus,
    Condition,
    Course,
    DifferentialStatus,
    DiseaseStatus,
    DoseKind,
    EventType,
    Evidence,
    Expression,
    Extent,
    FindingStatus,
    FindingType,
    Intent,
    Interpretation,
    Laterality,
    LeukemiaType,
    Marker,
    Modality,
    PartialDate,
    Positive,
    Quality,
    RecordModel,
    RemissionStatus,
    Response,
    Result,
    RiskGroup,
    Severity,
    Sex,
    Share,
    Site,
    Slug,
    TreatmentConcept,
    Unit,
    VitalStatus,
    in_order,
)

Name = Slug | None
Months = Annotated[Amount, Field(ge=0, le=1500)]


class Statement(RecordModel):
    """One thing said of a case, with the places where the paper says it."""

    id: Name = None
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    certainty: Certainty = "Confirmed"
    confidence: Share = Decimal(1)


class SiteInvolvement(RecordModel):
    """A place with side, level and spread, as far as the paper gives them."""

    site: Site
    laterality: Laterality | None = None
    level: str | None = Field(default=None, max_length=60)
    extent: Extent | None = None


class Patient(Statement):
    """Who the patient was when the paper meets them."""

    sex: Sex | None = None
    age: Age | None = None


class Diagnosis(Statement):
    """The leukemia, its type, and the age or date at which it was found."""

    leukemia: LeukemiaType
    age: Age | None = None
    date: PartialDate | None = None
    immunophenotype: str | None = Field(default=None, max_length=60)


class Remission(RecordModel):
    """Time in remission before an episode, in years; ``at_least`` is included, ``below`` is not."""

    at_least: AgeYears | None = None
    below: AgeYears | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Remission:
        in_order(self.at_least, self.below)
        return self


class Episode(Statement):
    """Leukemic involvement in one stretch of time."""

    id: Slug
    order: Positive
    of: Slug | None = None
    onset: RemissionStatus
    remission: Remission | None = None
    sites: tuple[SiteInvolvement, ...] = ()
    extent: Extent | None = None
    marrow: CompartmentStatus
    csf: CompartmentStatus
    confirmed_by: tuple[Slug, ...] = ()
    after: Slug | None = None


class Measurement(Statement):
    """A quantity: what was measured, its number, unit, reference range and reading."""

    type: Modality
    value: Amount | None = None
    printed: str | None = Field(default=None, max_length=40)
    unit: Unit | None = None
    low: Amount | None = None
    high: Amount | None = None
    scale_maximum: Amount | None = None
    interpretation: Interpretation | None = None


class Finding(Statement):
    """A symptom, sign, laboratory or imaging finding with its three-state status."""

    finding: FindingType
    status: FindingStatus
    sites: tuple[SiteInvolvement, ...] = ()
    severity: Severity | None = None
    quality: tuple[Quality, ...] = ()
    course: tuple[Course, ...] = ()
    duration_months: Months | None = None
    shown_by: tuple[Slug, ...] = ()
    episode: Slug | None = None
    measurements: tuple[Measurement, ...] = ()


class MarkerResult(Statement):
    """One line of an immunophenotype panel."""

    marker: Marker
    expression: Expression
    compartment: CellCompartment | None = None


class Investigation(Statement):
    """One use of one modality, its target, order and result."""

    modality: Modality
    result: Result
    sites: tuple[SiteInvolvement, ...] = ()
    order: Positive | None = None
    follows: Slug | None = None
    date: PartialDate | None = None
    episode: Slug | None = None
    guided_by: Modality | None = None
    anesthesia: TreatmentConcept | None = None
    measurements: tuple[Measurement, ...] = ()
    markers: tuple[MarkerResult, ...] = ()


class Dose(RecordModel):
    """An amount, volume or concentration of one agent."""

    agent: TreatmentConcept
    kind: DoseKind
    value: Annotated[Amount, Field(gt=0)]
    unit: Unit


class Treatment(Statement):
    """A drug, a regimen or a procedure, what it was for and what came of it."""

    treatment: TreatmentConcept
    agents: tuple[TreatmentConcept, ...] = ()
    doses: tuple[Dose, ...] = ()
    intent: Intent | None = None
    indication: tuple[FindingType, ...] = ()
    response: Response = "NotReported"
    sites: tuple[SiteInvolvement, ...] = ()
    guided_by: Modality | None = None
    protocol: str | None = Field(default=None, max_length=80)
    risk_group: RiskGroup | None = None
    order: Positive | None = None
    episode: Slug | None = None


class Outcome(Statement):
    """What became of the patient."""

    vital_status: VitalStatus
    cause: Condition | None = None
    disease_status: DiseaseStatus = "NotReported"
    interval_months: Months | None = None
    after: Slug | None = None
    unpublished: bool = False


class Differential(Statement):
    """A diagnosis that was considered, and what became of the thought."""

    condition: Condition
    status: DifferentialStatus
    ruled_out_by: tuple[Slug, ...] = ()


class TimelineEvent(Statement):
    """When something happened."""

    id: Slug
    event: EventType
    order: Positive
    date: PartialDate | None = None
    age: Age | None = None
    interval_months: Months | None = None
    after: Slug | None = None
    refers_to: Slug | None = None


class Reason(RecordModel):
    """One trait in which two reports agree or differ."""

    trait: str = Field(max_length=60)
    bearing: Bearing
    here: str = Field(max_length=120)
    there: str = Field(max_length=120)


class ExcludedIdentity(Statement):
    """Another publication that tells of another patient, although the two look like one.

    ``case`` is the one case there that is meant; without it, none of that publication is this patient.
    """

    reference: Slug
    case: Slug | None = None
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]
    consulted: tuple[str, ...] = ()


class PossibleIdentity(Statement):
    """Another publication that may tell of the same patient; the two are never merged by this."""

    reference: Slug
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]
    consulted: tuple[str, ...] = ()
    certainty: Certainty = "Probable"


class Case(RecordModel):
    """One patient as one paper tells them: first hand (``primary``) or retold (``review``)."""

    case: Slug
    told: Literal["primary", "review"]
    primary_reference: Slug | None = None
    patient: Patient
    diagnoses: Annotated[tuple[Diagnosis, ...], Field(min_length=1)]
    episodes: tuple[Episode, ...] = ()
    findings: tuple[Finding, ...] = ()
    investigations: tuple[Investigation, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    differentials: tuple[Differential, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    possibly_same_patient: tuple[PossibleIdentity, ...] = ()
    not_same_patient: tuple[ExcludedIdentity, ...] = ()
