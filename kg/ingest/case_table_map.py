"""The mapping of a case table's columns to the fields of a record, as a YAML file.

::

    told: review
    not_reported: ["N/A"]
    columns:
      "Author (yr)":
        - {field: reference, values: {"Current (2019)": baek-2021}}
      "Age/ Sex":
        - {field: patient.age, pattern: '(\\d+)/[MF]'}
        - {field: patient.sex, pattern: '\\d+/([MF])', values: {M: Male, F: Female}}
      "Symptom appearance during remission":
        - {field: episode.onset, values: {O: InRemission, X: NotInRemission}}
      "EMG/NCS":
        - {field: investigation, concept: ElectromyographyNerveConductionStudy}

A column of “investigations” has several in a cell, each by its name: “MRI: mass of the nerve. PET: normal”. Any other
value is looked up in ``values`` first, then among the names, labels and synonyms of the concepts that the field
takes. What neither knows is told and left out.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from kg.errors import RecordError, RecordProblem
from kg.records.fields import Slug
from kg.records.yaml_positions import read_yaml, show_path
from kg.vocabulary import Vocabulary

SCHEMES: dict[str, tuple[str, ...]] = {
    "patient.sex": ("BiologicalSex",),
    "diagnosis.leukemia": ("LeukemiaTypes",),
    "episode.onset": ("RemissionStatus",),
    "episode.extent": ("Extent",),
    "episode.sites": ("AnatomicalSites",),
    "episode.marrow": ("CompartmentStatus",),
    "episode.csf": ("CompartmentStatus",),
    "episode.confirmed_by": ("Modalities",),
    "investigation": ("InvestigationResult",),
    "investigations": ("InvestigationResult",),
    "finding": ("Findings", "Differentials"),
    "treatment": ("Treatments",),
    "outcome.vital_status": ("VitalStatus",),
    "outcome.cause": ("Findings", "Differentials"),
}
"""The schemes of the concepts that each field takes; a field that is not here takes no concept."""

Column = Literal[
    "reference", "reference.year", "patient.age", "diagnosis.age", "patient.sex", "diagnosis.leukemia", "episode.onset",
    "episode.extent", "episode.sites", "episode.marrow", "episode.csf", "episode.confirmed_by", "investigation",
    "investigations", "finding", "treatment", "outcome.vital_status", "outcome.cause", "ignore",
]  # fmt: skip
NOT_REPORTED = ("N/A", "n/a", "n.a.", "NA", "not reported", "not available", "not stated")
_LISTS = ("episode.sites", "episode.confirmed_by", "finding", "treatment", "investigation")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Part):
    """What a column says.

    ``pattern`` is a regular expression that must fit the whole cell; its one group is the value. ``concept`` is the
    modality of an investigation, or the finding whose status the cell gives. ``unit`` is that of an age.
    """

    field: Column
    pattern: str | None = Field(default=None, max_length=300)
    values: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    concept: str | None = None
    unit: Literal["years", "months", "weeks", "days"] = "years"

    @model_validator(mode="after")
    def _sound(self) -> Rule:
        if self.pattern is not None:
            try:
                groups = re.compile(self.pattern).groups
            except re.error as error:
                told = "“{pattern}” is no regular expression: {why}."
                raise PydanticCustomError("pattern", told, {"pattern": self.pattern, "why": str(error)}) from error
            if groups != 1:
                raise PydanticCustomError("pattern", "“{pattern}” must have one group.", {"pattern": self.pattern})
        if self.field == "investigation" and self.concept is None:
            raise PydanticCustomError("concept", "An investigation needs “concept”, the modality.")
        if self.concept is not None and self.field not in ("investigation", "finding"):
            raise PydanticCustomError("concept", "“concept” belongs to an investigation or a finding.")
        return self

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes of the concepts that a cell may stand for."""
        if self.field == "finding" and self.concept:
            return ("FindingStatus",)
        return SCHEMES.get(self.field, ())

    @property
    def many(self) -> bool:
        """Whether a cell may stand for several concepts."""
        return self.field in _LISTS and (self.concept is None or self.field == "investigation")


class TableMap(_Part):
    """The mapping of a table. ``told`` is “review” unless no column names the paper of a case."""

    table: Annotated[int, Field(gt=0)] | None = None
    sheet: str | None = None
    told: Literal["primary", "review"] | None = None
    episode: Slug = "episode"
    not_reported: tuple[str, ...] = NOT_REPORTED
    skip_rows: tuple[int, ...] = ()
    columns: Annotated[dict[str, tuple[Rule, ...]], Field(min_length=1)]

    def rules(self) -> list[tuple[str, Rule]]:
        """Each rule with the column that it reads, in the order of the file."""
        return [(column, rule) for column, rules in self.columns.items() for rule in rules]


def read_table_map(text: str, file: str, vocabulary: Vocabulary) -> TableMap:
    """The mapping in a YAML file.

    Raises:
        RecordError: it is not YAML, has an unknown key or field, or names a concept that its field does not take; each
            problem with line and column.
    """
    read = read_yaml(text, file)
    try:
        found = TableMap.model_validate(read.value)
    except ValidationError as error:
        problems = []
        for details in error.errors():
            place = tuple(details["loc"])
            mark = read.mark(place)
            at = (mark.line, mark.column) if mark else (None, None)
            message = details["msg"] if details["msg"].endswith(".") else f"{details['msg']}."
            if details["type"] == "literal_error" and place[-1:] == ("field",):
                message = f"“{str(details['input'])[:60]}” is no field; there are {', '.join(get_args(Column))}."
            problems.append(RecordProblem(file, show_path(place), message, "Correct it.", *at))
        raise RecordError(problems) from error
    wrong = []
    for column, rules in found.columns.items():
        for index, rule in enumerate(rules):
            for name, schemes in _named(rule):
                if not _fits(name, schemes, vocabulary):
                    mark = read.mark(("columns", column, index))
                    at = (mark.line, mark.column) if mark else (None, None)
                    near = vocabulary.nearest(name, *schemes)
                    hint = f"Nearest: {', '.join(near)}." if near else "Choose another."
                    problem = f"“{name}” is not a concept of {' or '.join(schemes)}."
                    wrong.append(RecordProblem(file, show_path(("columns", column, index)), problem, hint, *at))
    if wrong:
        raise RecordError(wrong)
    return found


def _named(rule: Rule) -> list[tuple[str, tuple[str, ...]]]:
    """The concepts that a rule names, each with the schemes it must be of."""
    named: list[tuple[str, tuple[str, ...]]] = []
    if rule.concept:
        of = ("Modalities",) if rule.field == "investigation" else ("Findings", "Differentials")
        named.append((rule.concept, of))
    if rule.schemes:
        for value in rule.values.values():
            named += [(name, rule.schemes) for name in ([value] if isinstance(value, str) else value)]
    return named


def _fits(name: str, schemes: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    concept = vocabulary.concepts.get(name)
    return concept is not None and bool({concept.scheme, *concept.value_sets} & set(schemes))


class Lookup:
    """Concepts by name, label or synonym: first as written, then without regard to capitals."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._forms: dict[tuple[str, ...], tuple[dict[str, set[str]], dict[str, set[str]]]] = {}

    def find(self, word: str, schemes: tuple[str, ...]) -> list[str]:
        """The concepts that a word can stand for; more than one where the word is ambiguous."""
        if schemes not in self._forms:
            exact: dict[str, set[str]] = {}
            folded: dict[str, set[str]] = {}
            for concept in self._vocabulary.in_scheme(*schemes):
                for form in (concept.name, concept.label, *concept.synonyms):
                    exact.setdefault(form, set()).add(concept.name)
                    folded.setdefault(form.casefold(), set()).add(concept.name)
            self._forms[schemes] = (exact, folded)
        exact, folded = self._forms[schemes]
        return sorted(exact.get(word) or folded.get(word.casefold()) or ())

    def above(self, name: str) -> set[str]:
        """All that a concept is a kind of or a part of."""
        return self._vocabulary.ancestors(name) - {name}

    def is_agent(self, name: str) -> bool:
        """Whether a concept is a drug or another agent, rather than a procedure."""
        return "Agent" in self._vocabulary.ancestors(name)
