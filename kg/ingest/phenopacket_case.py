"""One phenopacket as a draft case: patient, diagnoses, findings, differentials, outcome and the order of events.

Nothing is said of episodes, since a phenopacket does not say what was a relapse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kg.ingest.drafts import Data, Note, NoteKind, concept_slug
from kg.ingest.phenopacket_messages import Packet
from kg.ingest.phenopacket_terms import Meaning, Term, Terms
from kg.ingest.phenopacket_text import CanonicalText
from kg.ingest.phenopacket_time import When, when
from kg.vocabulary import Vocabulary

LEUKEMIA = "LeukemiaTypes"
FINDING = ("Findings", "Differentials")
_NOT_READ = ("biosamples", "interpretations", "files")
_SUBJECT_NOT_READ = ("alternateIds", "dateOfBirth", "karyotypicSex", "gender")


@dataclass
class CaseParts:
    """What is gathered of one case; `phenopacket_actions` adds investigations and treatments."""

    packet: Packet
    text: CanonicalText
    terms: Terms
    vocabulary: Vocabulary
    notes: list[Note] = field(default_factory=list)
    lists: dict[str, list[Data]] = field(default_factory=dict)
    events: list[tuple[When, Data]] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """The values of the phenopacket."""
        return self.packet.values

    def add(self, key: str, statement: Data, *pointers: str) -> Data:
        """Add a statement with the evidence at some pointers."""
        found = self.text.evidence(*pointers)
        self.lists.setdefault(key, []).append(statement | {"evidence": found})
        return self.lists[key][-1]

    def tell(self, pointer: str, kind: NoteKind, text: str) -> None:
        """Note something about a place of the phenopacket."""
        self.notes.append(Note(pointer or "/", kind, text if text.endswith(".") else f"{text}."))

    def ignore(self, pointer: str, values: dict[str, Any], *keys: str) -> None:
        """Tell which of some keys are there and are not carried over."""
        for key in keys:
            if values.get(key):
                self.tell(f"{pointer}/{key}", NoteKind.IGNORED, f"{key} has no place in a draft record")

    def term(self, value: Any, pointer: str) -> Term | None:
        """The ontology class at a pointer, if it has an identifier."""
        if not isinstance(value, dict) or not value.get("id"):
            return None
        return Term(str(value["id"]), " ".join(str(value.get("label", "")).split()), pointer)

    def mean(self, value: Any, pointer: str, *schemes: str, absent: bool = False) -> tuple[Term, str] | None:
        """A term and its concept; where it has none, or loses something, that is told."""
        term = self.term(value, pointer)
        if term is None:
            return None
        found: Meaning = self.terms.meaning(term, *schemes, absent=absent)
        if found.why:
            self.tell(pointer, NoteKind.LOSS if found.concept else NoteKind.UNMAPPED, found.why)
        return (term, found.concept) if found.concept else None

    def time(self, element: Any, pointer: str) -> When | None:
        """A time, after telling what of it cannot be said."""
        found = when(element, pointer)
        if found is not None and found.why:
            self.tell(pointer, NoteKind.LOSS, found.why)
        return found if found is not None and (found.age or found.date) else None


def gather(parts: CaseParts) -> None:
    """Patient, diagnoses, findings, differentials and outcome of a phenopacket.

    A phenotypic feature that is a leukemia counts as a diagnosis, unless the diseases name one: HPO has leukemias too.
    """
    root = parts.packet.pointer
    parts.ignore(root, parts.values, *_NOT_READ)
    _patient(parts)
    for index, disease in enumerate(parts.values.get("diseases", ())):
        _disease(parts, disease, f"{root}/diseases/{index}")
    for index, feature in enumerate(parts.values.get("phenotypicFeatures", ())):
        _feature(parts, feature, f"{root}/phenotypicFeatures/{index}")
    _outcome(parts)


def _patient(parts: CaseParts) -> None:
    subject: dict[str, Any] = parts.values.get("subject", {})
    pointer = f"{parts.packet.pointer}/subject"
    parts.ignore(pointer, subject, *_SUBJECT_NOT_READ)
    species = subject.get("taxonomy", {}).get("id", "NCBITaxon:9606")
    if species.upper() != "NCBITAXON:9606":
        parts.tell(f"{pointer}/taxonomy", NoteKind.PROBLEM, f"{species} is not a human")
    patient: Data = {}
    pointers: list[str] = []
    sex = {"MALE": "Male", "FEMALE": "Female"}.get(subject.get("sex", ""))
    if sex:
        patient["sex"] = sex
        pointers.append(f"{pointer}/sex")
    elif subject.get("sex") == "OTHER_SEX":
        parts.tell(f"{pointer}/sex", NoteKind.UNMAPPED, "OTHER_SEX has no concept here")
    age = parts.time(subject.get("timeAtLastEncounter"), f"{pointer}/timeAtLastEncounter")
    if age and age.age:
        patient["age"] = age.age
        pointers += age.leaves
    elif age:
        parts.tell(f"{pointer}/timeAtLastEncounter", NoteKind.LOSS, "a date of the last encounter is not an age")
    parts.add("patient", patient, *(pointers or (f"{pointer}/id", f"{parts.packet.pointer}/id")))


def _disease(parts: CaseParts, disease: dict[str, Any], pointer: str) -> None:
    parts.ignore(pointer, disease, "resolution", "diseaseStage", "clinicalTnmFinding", "primarySite", "laterality")
    term, excluded = disease.get("term"), bool(disease.get("excluded"))
    found = parts.mean(term, f"{pointer}/term", LEUKEMIA, *FINDING, absent=excluded)
    if found is None:
        return
    named, concept = found
    leukemia = parts.vocabulary.concepts[concept].scheme == LEUKEMIA
    onset = parts.time(disease.get("onset"), f"{pointer}/onset")
    if excluded and leukemia:
        told = f"{named} was excluded; a record cannot say of a type of leukemia that the patient does not have it"
        parts.tell(pointer, NoteKind.LOSS, told)
    elif excluded:
        leaves = (named.leaf, f"{pointer}/excluded")
        parts.add("differentials", {"condition": concept, "status": "RuledOut"}, *leaves)
    elif leukemia:
        _diagnose(parts, named, concept, onset)
        if onset:
            parts.tell(
                f"{pointer}/onset", NoteKind.LOSS, "the onset of the disease is written as the time of diagnosis"
            )
    else:
        statement = parts.add("findings", {"finding": concept, "status": "Present"}, named.leaf)
        _began(parts, statement, onset)


def _diagnose(parts: CaseParts, term: Term, concept: str, onset: When | None) -> None:
    known = parts.lists.get("diagnoses", [])
    if any(concept in parts.vocabulary.ancestors(one["leukemia"]) for one in known):
        parts.tell(term.pointer, NoteKind.IGNORED, f"{term} is said by another diagnosis already")
        return
    diagnosis: Data = {"id": concept_slug(concept), "leukemia": concept}
    leaves: tuple[str, ...] = ()
    if onset:
        leaves = onset.leaves
        diagnosis |= {"age": onset.age} if onset.age else {"date": onset.date}
    parts.add("diagnoses", diagnosis, term.leaf, *leaves)


def _feature(parts: CaseParts, feature: dict[str, Any], pointer: str) -> None:
    parts.ignore(pointer, feature, "description", "resolution")
    excluded = bool(feature.get("excluded"))
    found = parts.mean(feature.get("type"), f"{pointer}/type", *FINDING, LEUKEMIA, absent=excluded)
    if found is None:
        return
    term, concept = found
    onset = parts.time(feature.get("onset"), f"{pointer}/onset")
    if parts.vocabulary.concepts[concept].scheme == LEUKEMIA:
        if excluded:
            parts.tell(pointer, NoteKind.LOSS, f"{term} was excluded, which a record cannot say")
        else:
            told = f"{term} stands among the features and is taken as a diagnosis, its onset as the time of that"
            parts.tell(pointer, NoteKind.LOSS, told)
            _diagnose(parts, term, concept, onset)
        return
    statement: Data = {"finding": concept, "status": "Absent" if excluded else "Present"}
    leaves = [term.leaf, *([f"{pointer}/excluded"] if excluded else [])]
    if severity := parts.mean(feature.get("severity"), f"{pointer}/severity", "Severity"):
        statement["severity"] = severity[1]
        leaves.append(severity[0].leaf)
    for index, modifier in enumerate(feature.get("modifiers", ())):
        at = f"{pointer}/modifiers/{index}"
        if meant := parts.mean(modifier, at, "FindingQuality", "FindingCourse", "Severity"):
            kinds = parts.vocabulary.concepts[meant[1]].value_sets
            if "Severity" in kinds:
                statement.setdefault("severity", meant[1])
            else:
                statement.setdefault("quality" if "FindingQuality" in kinds else "course", []).append(meant[1])
            leaves.append(meant[0].leaf)
    _began(parts, parts.add("findings", statement, *leaves), onset)


def _began(parts: CaseParts, finding: Data, onset: When | None) -> None:
    """The beginning of a finding as an event, which names the finding."""
    if onset is None or finding["status"] != "Present":
        return
    finding["id"] = f"finding-{len(parts.lists['findings'])}"
    event: Data = {"id": f"onset-{len(parts.lists['findings'])}", "event": "SymptomOnset", "refers_to": finding["id"]}
    parts.events.append((onset, event | {"evidence": parts.text.evidence(*onset.leaves) + finding["evidence"][:1]}))


def _outcome(parts: CaseParts) -> None:
    pointer = f"{parts.packet.pointer}/subject/vitalStatus"
    status: dict[str, Any] = parts.values.get("subject", {}).get("vitalStatus", {})
    vital = {"ALIVE": "Alive", "DECEASED": "Dead"}.get(status.get("status", ""))
    if vital is None:
        parts.ignore(pointer, status, "timeOfDeath", "causeOfDeath", "survivalTimeInDays")
        return
    outcome: Data = {"vital_status": vital}
    leaves = [f"{pointer}/status"]
    if vital == "Dead":
        if cause := parts.mean(status.get("causeOfDeath"), f"{pointer}/causeOfDeath", *FINDING):
            outcome["cause"] = cause[1]
            leaves.append(cause[0].leaf)
        if died := parts.time(status.get("timeOfDeath"), f"{pointer}/timeOfDeath"):
            event: Data = {"id": "death", "event": "Death"}
            parts.events.append((died, event | {"evidence": parts.text.evidence(*died.leaves)}))
    else:
        parts.ignore(pointer, status, "timeOfDeath", "causeOfDeath")
    parts.ignore(pointer, status, "survivalTimeInDays")
    parts.add("outcomes", outcome, *leaves)


def timeline(parts: CaseParts) -> list[Data]:
    """The events that can be put in order: those with an exact age, or else those with a date.

    Events of one time have one number, since nothing says which came first.
    """
    ages: list[tuple[Decimal, Data]] = [
        (found.exact_age, event) for found, event in parts.events if found.exact_age is not None
    ]
    if ages:
        ordered = list(_numbered([(key, event | {"age": {"years": key}}) for key, event in ages]))
    else:
        dates = [(found.date, event | {"date": found.date}) for found, event in parts.events if found.date]
        ordered = list(_numbered(dates))
    left = len(parts.events) - len(ordered)
    if left:
        parts.tell(
            parts.packet.pointer, NoteKind.LOSS, f"{left} times are ranges or cannot be put in order with the others"
        )
    return ordered


def _numbered(events: list[tuple[Any, Data]]) -> Iterator[Data]:
    keys = sorted({key for key, _ in events})
    for key, event in sorted(events, key=lambda pair: pair[0]):
        yield {"id": event["id"], "event": event["event"], "order": keys.index(key) + 1} | {
            name: value for name, value in event.items() if name not in ("id", "event")
        }
