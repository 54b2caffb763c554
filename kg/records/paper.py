"""A record: all that one paper asserts; and the bibliography that the papers share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kg.records.case import Case, Statement
from kg.records.fields import (
    Amount,
    CurationMethod,
    DiscrepancyKind,
    Document,
    Evidence,
    PartialDate,
    Positive,
    RecordModel,
    Slug,
)

Url = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=400)]


class Curation(RecordModel):
    """Who or what took the statements from the paper, and when.

    ``signed_by`` is the curator who checked what a program extracted; without it such a record is a draft.
    """

    method: CurationMethod
    agent: str = Field(min_length=1, max_length=120)
    date: PartialDate
    tool: str | None = Field(default=None, max_length=120)
    signed_by: str | None = Field(default=None, min_length=1, max_length=120, pattern=r"\S")


class Citation(RecordModel):
    """One entry of the paper's list: its number, the work, and each place in the text that cites it."""

    number: Positive
    reference: Slug
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]


class ReportedStatistic(Statement):
    """A number that the paper states about its cases.

    ``query`` names the file in ``queries/statistics`` that computes it again from the graph; without one, the
    paper gives nothing from which it could be computed.
    """

    id: Slug
    measure: str = Field(max_length=120)
    value: Amount | None = None
    unit: str | None = None
    numerator: Annotated[int, Field(ge=0, strict=True)] | None = None
    denominator: Positive | None = None
    query: Slug | None = None


class Discrepancy(Statement):
    """Two places, in one paper or in two sources, that do not agree.

    ``refers_to`` is the ``id`` of the statement in question; ``cases`` then names its case alone.
    """

    id: Slug
    cases: tuple[Slug, ...] = ()
    refers_to: Slug | None = None
    kind: DiscrepancyKind
    trait: str = Field(max_length=120)
    here: str = Field(max_length=160)
    there: str = Field(max_length=160)
    other_reference: Slug | None = None
    consulted: tuple[Url, ...] = ()


class Record(RecordModel):
    """All that one paper asserts."""

    record: Slug
    document: Document
    curation: Curation
    citations: tuple[Citation, ...] = ()
    cases: tuple[Case, ...] = ()
    statistics: tuple[ReportedStatistic, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()


class Author(RecordModel):
    """An author as printed, with the ORCID that the paper prints."""

    name: str = Field(min_length=1)
    orcid: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$")] | None = None


class Journal(RecordModel):
    """A journal by its abbreviated title, with the ISSNs that were seen."""

    title: str = Field(min_length=1)
    issn_print: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{3}[0-9X]$")] | None = None
    issn_electronic: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{3}[0-9X]$")] | None = None


class Reference(RecordModel):
    """A publication. ``checked`` lists the public pages or the paper on which its facts were seen."""

    reference: Slug
    identified: bool = True
    title: str | None = None
    authors: tuple[Author, ...] = ()
    et_al: bool = False
    journal: Journal | None = None
    year: Annotated[int, Field(ge=1800, le=2100, strict=True)] | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    article_number: str | None = None
    doi: Annotated[str, Field(pattern=r"^10\.[0-9]{4,9}/\S+$")] | None = None
    pmid: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}$")] | None = None
    pmcid: Annotated[str, Field(pattern=r"^PMC[0-9]+$")] | None = None
    licence: Url | None = None
    presented_at: str | None = None
    checked: tuple[str, ...] = ()
    note: str | None = Field(default=None, max_length=200)


class Bibliography(RecordModel):
    """All references that the records speak of."""

    references: tuple[Reference, ...]
