"""What a single field cannot tell: names that must exist, numbers that must fit, evidence that must have a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import RecordError, RecordProblem
from kg.records import case as model
from kg.records.paper import Record
from kg.records.reader import Curated, RecordFile, located
from kg.records.walk import walk_evidence
from kg.records.yaml_positions import Path
from kg.vocabulary import Vocabulary

ANCHOR = "Run “sanctuary evidence anchor” on the file."
ANCHOR_AGAIN = "Remove start, end and sentence, and run “sanctuary evidence anchor” on the file."


def check_curated(curated: Curated, vocabulary: Vocabulary) -> None:
    """Check the records against each other, the bibliography and the vocabulary.

    Raises:
        RecordError: with every problem of every file.
    """
    problems = [*_bibliography(curated)]
    for file in curated.files:
        checker = _Checker(file, curated, vocabulary)
        problems.extend(located(file.path, file.positions, *found) for found in checker.problems())
    if problems:
        raise RecordError(problems)


Found = tuple[Path, str, str]
"""Path inside the record, problem, remedy."""


def _bibliography(curated: Curated) -> Iterator[RecordProblem]:
    for field, remedy in (
        ("reference", "Keep one entry."),
        ("doi", "Two entries are one work, or one DOI is wrong."),
        ("pmid", "Two entries are one work, or one PMID is wrong."),
    ):
        seen: set[str] = set()
        for index, reference in enumerate(curated.bibliography.references):
            value = getattr(reference, field)
            if value is not None and value in seen:
                place: Path = ("references", index, field)
                problem = f"“{value}” stands here a second time."
                yield located(curated.bibliography_file, curated.bibliography_positions, place, problem, remedy)
            seen.add(value)


@dataclass(frozen=True)
class _Checker:
    file: RecordFile
    curated: Curated
    vocabulary: Vocabulary

    def problems(self) -> Iterator[Found]:
        record = self.file.record
        if record.curation.method == "Extracted" and record.curation.signed_by is None:
            problem = "This draft was extracted by a program, and no curator has signed it."
            remedy = "Check it against the paper, then write your name under “signed_by”; or take it out of the folder."
            yield ("curation",), problem, remedy
        yield from self._evidence(record)
        yield from self._references(record)
        for key, names in (
            ("cases", [case.case for case in record.cases]),
            ("statistics", [statistic.id for statistic in record.statistics]),
            ("discrepancies", [discrepancy.id for discrepancy in record.discrepancies]),
            ("citations", [str(citation.number) for citation in record.citations]),
        ):
            yield from _repeated(names, key)
        primary = {c.case for r in self.curated.records for c in r.cases if c.told == "primary" and r is not record}
        for index, case in enumerate(record.cases):
            here: Path = ("cases", index)
            if case.told == "primary" and case.case in primary:
                yield (*here, "case"), f"Another record tells “{case.case}” first hand too.", "Rename one of the cases."
            yield from _CaseChecker(case, here, self.vocabulary, record.curation.date).problems()

    def _evidence(self, record: Record) -> Iterator[Found]:
        for path, evidence in walk_evidence(record):
            if evidence.start is None and evidence.end is None and evidence.sentence is None:
                yield path, f"“{evidence.mention}” has no place in the text yet.", ANCHOR
            elif evidence.start is None or evidence.end is None or evidence.sentence is None:
                yield path, f"“{evidence.mention}” has only part of a place.", ANCHOR_AGAIN
            elif evidence.end > record.document.characters:
                length = f"the text has {record.document.characters} characters"
                yield (*path, "end"), f"The place ends at {evidence.end}, but {length}.", ANCHOR_AGAIN

    def _references(self, record: Record) -> Iterator[Found]:
        known = {reference.reference for reference in self.curated.bibliography.references}
        named: list[tuple[Path, str | None]] = [(("record",), record.record)]
        for index, citation in enumerate(record.citations):
            named.append((("citations", index, "reference"), citation.reference))
        for index, discrepancy in enumerate(record.discrepancies):
            named.append((("discrepancies", index, "other_reference"), discrepancy.other_reference))
        for index, case in enumerate(record.cases):
            named.append((("cases", index, "primary_reference"), case.primary_reference))
            for number, identity in enumerate(case.possibly_same_patient):
                named.append((("cases", index, "possibly_same_patient", number, "reference"), identity.reference))
            for number, other in enumerate(case.not_same_patient):
                named.append((("cases", index, "not_same_patient", number, "reference"), other.reference))
        for path, slug in named:
            if slug is not None and slug not in known:
                yield path, f"The reference “{slug}” is not defined.", f"Define it in {self.curated.bibliography_file}."
        cases = {case.case for other in self.curated.records for case in other.cases}
        for index, case in enumerate(record.cases):
            for number, other in enumerate(case.not_same_patient):
                path = ("cases", index, "not_same_patient", number, "case")
                if other.case == case.case:
                    yield path, f"“{other.case}” is this case itself.", "Name the other, or rename one of the two."
                elif other.case is not None and other.case not in cases:
                    yield path, f"No record has the case “{other.case}”.", "Correct the name, or leave it out."
        for index, discrepancy in enumerate(record.discrepancies):
            for number, slug in enumerate(discrepancy.cases):
                if slug not in cases:
                    path = ("discrepancies", index, "cases", number)
                    yield path, f"No record has the case “{slug}”.", "Correct the name of the case."
            if discrepancy.refers_to is not None:
                path = ("discrepancies", index, "refers_to")
                told = [case for case in record.cases if (case.case,) == discrepancy.cases]
                if not told:
                    problem = "A statement is looked for in one case, which this record tells."
                    yield path, problem, "Name that case alone under “cases”."
                elif discrepancy.refers_to not in {item.id for key in _KINDS for item in getattr(told[0], key)}:
                    problem = f"The case “{told[0].case}” has nothing called “{discrepancy.refers_to}”."
                    yield path, problem, "Correct the name or add it."


def _repeated(names: list[str], key: str) -> Iterator[Found]:
    counts = Counter(names)
    seen: set[str] = set()
    for index, name in enumerate(names):
        if counts[name] > 1 and name in seen:
            yield (key, index), f"“{name}” stands in {key} a second time.", "Rename or remove one."
        seen.add(name)


_KINDS: dict[str, str] = {
    "diagnoses": "diagnosis",
    "episodes": "episode",
    "findings": "finding",
    "investigations": "investigation",
    "treatments": "treatment",
    "outcomes": "outcome",
    "differentials": "differential",
    "timeline": "timeline event",
}


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


@dataclass(frozen=True)
class _CaseChecker:
    case: model.Case
    here: Path
    vocabulary: Vocabulary
    curated_on: str

    def problems(self) -> Iterator[Found]:
        if self.case.told == "review" and self.case.primary_reference is None:
            yield self.here, "A retold case needs “primary_reference”.", "Name the reference that tells it first hand."
        if self.case.told == "primary" and self.case.primary_reference is not None:
            yield (*self.here, "primary_reference"), "A case told first hand has no other primary.", "Remove it."
        yield from self._names()
        yield from self._times()
        yield from self._treatments()

    def _items(self) -> Iterator[tuple[Path, str, model.Statement]]:
        for key, kind in _KINDS.items():
            for index, item in enumerate(getattr(self.case, key)):
                yield (*self.here, key, index), kind, item

    def _names(self) -> Iterator[Found]:
        kinds: dict[str, str] = {}
        for path, kind, item in self._items():
            if item.id is not None:
                if item.id in kinds:
                    yield (*path, "id"), f"“{item.id}” already names {_a(kinds[item.id])} of this case.", "Rename one."
                else:
                    kinds[item.id] = kind
        for path, _, item in self._items():
            for field, parts, allowed in _POINTERS:
                if not isinstance(item, parts):
                    continue
                value = getattr(item, field)
                for name in (value,) if isinstance(value, str) else value or ():
                    if name not in kinds:
                        yield (*path, field), f"This case has nothing called “{name}”.", "Correct the name or add it."
                    elif allowed and kinds[name] not in allowed:
                        wanted = " or ".join(map(_a, allowed))
                        yield (*path, field), f"“{name}” is {_a(kinds[name])}, not {wanted}.", "Name another."
            yield from self._parts(path, item)

    def _parts(self, path: Path, item: model.Statement) -> Iterator[Found]:
        """Measurements, markers and doses share a place in the graph if nothing tells them apart."""
        named: dict[str, list[tuple[object, ...]]] = {
            "measurements": [(m.id or m.type,) for m in getattr(item, "measurements", ())],
            "markers": [(m.id,) if m.id else (m.marker, m.compartment) for m in getattr(item, "markers", ())],
            "doses": [(d.agent, d.kind) for d in getattr(item, "doses", ())],
        }
        for key, keys in named.items():
            for index, own in enumerate(keys):
                if own in keys[:index]:
                    remedy = "Give each an id of its own." if key != "doses" else "Record a treatment for each."
                    yield (*path, key, index), f"A second one of {' '.join(str(k) for k in own if k)}.", remedy

    def _times(self) -> Iterator[Found]:
        age = self.case.patient.age
        for index, diagnosis in enumerate(self.case.diagnoses):
            at = diagnosis.age.years if diagnosis.age else None
            if at is not None and age is not None and age.years is not None and at > age.years:
                path = (*self.here, "diagnoses", index, "age")
                yield path, f"Diagnosed at {at}, but {age.years} years old when met.", "Correct one of the ages."
        for path, _, item in self._items():
            when = getattr(item, "date", None)
            shorter = min(len(when or ""), len(self.curated_on))
            if when is not None and when[:shorter] > self.curated_on[:shorter]:
                yield (*path, "date"), f"{when} lies after the curation on {self.curated_on}.", "Correct the date."
        orders = [(event.order, event.date) for event in self.case.timeline if event.date]
        for (_, before), (order, after) in zip(sorted(orders), sorted(orders)[1:], strict=False):
            shorter = min(len(before), len(after))
            if after[:shorter] < before[:shorter]:
                problem = f"Event {order} is dated {after}, before the one ahead of it ({before})."
                yield (*self.here, "timeline"), problem, "Correct the order or the dates."

    def _treatments(self) -> Iterator[Found]:
        for index, treatment in enumerate(self.case.treatments):
            path = (*self.here, "treatments", index)
            if "TreatmentProcedure" not in self.vocabulary.ancestors(treatment.treatment):
                problem = f"“{treatment.treatment}” is an agent, not a treatment procedure."
                yield (*path, "treatment"), problem, "Name the procedure here and the agent under “agents”."
            for agent in (*treatment.agents, *(dose.agent for dose in treatment.doses)):
                if "Agent" not in self.vocabulary.ancestors(agent):
                    yield (*path, "agents"), f"“{agent}” is not an agent.", "Name it under “treatment”."
            for dose in treatment.doses:
                if dose.agent not in treatment.agents:
                    yield (*path, "doses"), f"“{dose.agent}” has a dose but is not among the agents.", "Add it."


_POINTERS: tuple[tuple[str, tuple[type[model.Statement], ...], tuple[str, ...]], ...] = (
    ("of", (model.Episode,), ("diagnosis",)),
    ("after", (model.Episode,), ("episode",)),
    ("confirmed_by", (model.Episode,), ("investigation",)),
    ("shown_by", (model.Finding,), ("investigation",)),
    ("episode", (model.Finding, model.Investigation, model.Treatment), ("episode",)),
    ("follows", (model.Investigation,), ("investigation",)),
    ("ruled_out_by", (model.Differential,), ("investigation", "finding")),
    ("refers_to", (model.TimelineEvent,), ()),
    ("after", (model.Outcome, model.TimelineEvent), ("timeline event",)),
)
"""Fields that hold the ``id`` of another statement: in which parts, and of which kinds (none: of any)."""
