"""From what was found of one patient to a draft case: patient, diagnoses, episodes, outcome, events.

A draft says what the report says and no more: what was not found is left out, and what the record format cannot hold is
told in a note. The rules of ``queries/verify`` are kept, so that a signed draft can be built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.draft.episodes import Episodes
from kg.draft.plan import Plan
from kg.draft.procedures import Procedures
from kg.draft.statements import Statements, best, details, grouped, kebab, number
from kg.draft.treatments import Treatments
from kg.extract.reading import Found
from kg.ingest import Document
from kg.ingest.drafts import Data
from kg.vocabulary import Vocabulary


@dataclass(frozen=True)
class CaseDraft:
    """A case as plain values of the record format, and what the curator has to know of it."""

    data: Data
    notes: tuple[str, ...]


def draft_case(name: str, found: Sequence[Found], document: Document, vocabulary: Vocabulary) -> CaseDraft | None:
    """The case of one patient; ``None`` if no leukemia is told of them."""
    return _Drafter(found, Statements(document, vocabulary)).case(name)


class _Drafter:
    def __init__(self, found: Sequence[Found], statements: Statements) -> None:
        self._fields: dict[str, list[Found]] = {}
        for one in found:
            self._fields.setdefault(one.field, []).append(one)
        self._make = statements.make
        self._statements = statements

    def _of(self, *fields: str) -> list[Found]:
        return [one for field in fields for one in self._fields.get(field, ())]

    def case(self, name: str) -> CaseDraft | None:
        diagnoses = self._diagnoses()
        patient = self._patient()
        if not diagnoses or patient is None:
            return None
        plan = Plan(self._statements, self._fields)
        procedures = Procedures(self._statements, self._fields, plan)
        investigations = procedures.investigations()
        findings = procedures.findings()
        treatments = Treatments(self._statements, self._fields, plan).drafted()
        data: Data = {"case": name, "told": "primary", "patient": patient, "diagnoses": diagnoses}
        tied = [*findings, *investigations, *treatments]
        parts = {
            "episodes": Episodes(plan).drafted(diagnoses[0]["id"], investigations, tied),
            "findings": findings,
            "investigations": investigations,
            "treatments": treatments,
            "outcomes": (outcomes := self._outcomes()),
            "differentials": self._differentials(),
            "timeline": self._timeline(outcomes),
        }
        self._tell_rest()
        return CaseDraft(data | {key: part for key, part in parts.items() if part}, tuple(self._statements.notes))

    def _patient(self) -> Data | None:
        age, sex = best(self._of("age")), best(self._of("sex"))
        if len({one.value for one in self._of("age")}) > 1:
            told = ", ".join(dict.fromkeys(one.value for one in self._of("age")))
            self._statements.note(f"several ages are told: {told}.")
        for one in self._of("age_text") if not age else ():
            self._statements.note(f"the age is told in words: “{' '.join(one.value.split())[:80]}”.")
        said: Data = {"sex": sex[0].value if sex else None, "age": _age(age)}
        # Somebody is told of even where neither age nor sex is: then the words for the disease stand for them.
        return self._make(said, age + sex or best(self._of("leukemia")))

    def _diagnoses(self) -> list[Data]:
        groups = grouped(self._of("leukemia"))
        names = [value for (value,) in groups]
        drafted = []
        for (value,), found in groups.items():
            if any(value != other and self._statements.is_a(other, value) for other in names):
                continue  # a more special name of the same disease is told
            general = [one for (other,), several in groups.items() for one in several if self._is_wider(other, value)]
            said: Data = {"leukemia": value, **details(found, "immunophenotype", "date")}
            dated = self._when_found() if len(names) == len(general) + 1 or len(names) == 1 else []
            said |= {key: told for key, told in details(dated, "date").items() if key not in said}
            if age := number(details([*found, *dated], "age").get("age")):
                said["age"] = {"years": age}
            if statement := self._make(said, [*found, *general, *dated], value):
                drafted.append(statement)
        return drafted

    def _when_found(self) -> list[Found]:
        """Where the report says when or at what age the leukemia was found, unless the patient was never so old."""
        found = [
            one for one in self._of("event") if one.value == "LeukemiaDiagnosis" and {"age", "date"} & set(one.detail)
        ]
        now = best(self._of("age"))
        years = number(now[0].value) if now else None
        ages = [number(one.detail.get("age")) for one in found]
        return [] if years is not None and any(age is not None and age > years for age in ages) else found[:1]

    def _is_wider(self, name: str, special: str) -> bool:
        return name != special and self._statements.is_a(special, name)

    def _outcomes(self) -> list[Data]:
        vital = [one for one in self._of("outcome") if self._is_value(one.value, "VitalStatus")]
        disease = [one for one in self._of("disease_status", "outcome") if self._is_value(one.value, "DiseaseStatus")]
        vital, disease = best(vital), best(disease)
        said: Data = {
            "vital_status": vital[0].value if vital else "NotReported",
            "disease_status": disease[0].value if disease else None,
            "cause": details(vital, "cause").get("cause") if vital and vital[0].value == "Dead" else None,
        }
        if not vital and not disease:
            return []
        if after := details([*vital, *disease], "interval_months", "months"):
            # The format counts an interval from an event, and which event is for the curator to say.
            months = next(iter(after.values()))
            self._statements.note(f"the outcome is told after {months} months; name the event from which they count.")
        statement = self._make(said, [*vital, *disease], "outcome")
        return [statement] if statement else []

    def _is_value(self, value: str, value_set: str) -> bool:
        concept = self._statements.vocabulary.concepts.get(value)
        return concept is not None and value_set in concept.value_sets

    def _differentials(self) -> list[Data]:
        drafted = []
        for (value, status), found in grouped(self._of("differential"), "status").items():
            said = {"condition": value, "status": status or "Considered"}
            drafted.append(self._make(said, found, f"differential-{kebab(value)}"))
        return [one for one in drafted if one]

    def _timeline(self, outcomes: Sequence[Data]) -> list[Data]:
        dead = any(outcome["vital_status"] == "Dead" for outcome in outcomes)
        groups = grouped(self._of("event"), "date", "age", "order")
        known = _dated(found for found in groups.values() if self._is_value(found[0].value, "EventType"))
        known = [found for found in known if found[0].value != "Death" or dead]
        known.sort(key=lambda found: (number(found[0].detail.get("order")) or 10_000, found[0].start))
        drafted = []
        for order, found in enumerate(_by_date(known), 1):
            said: Data = {"event": found[0].value, "order": order, **details(found, "date")}
            if (age := number(found[0].detail.get("age"))) is not None:
                said["age"] = {"years": age}
            drafted.append(self._make(said, found, f"event-{kebab(found[0].value)}"))
        return [one for one in drafted if one]

    def _tell_rest(self) -> None:
        """Notes on what the format has no place for."""
        for one in best(self._of("blood")):
            self._statements.note(f"the blood is told as {one.value}, for which an episode has no place.")


def _dated(events: Iterable[list[Found]]) -> list[list[Found]]:
    """Events, those without a date as a telling of the one that has one; procedures are each their own."""
    told = list(events)
    dated: dict[str, list[list[Found]]] = {}
    for found in told:
        if found[0].detail.get("date") and found[0].value != "ProcedureDone":
            dated.setdefault(found[0].value, []).append(found)
    kept = []
    for found in told:
        same = dated.get(found[0].value, [])
        if not found[0].detail.get("date") and len(same) == 1:
            same[0].extend(found)
        else:
            kept.append(found)
    return kept


def _by_date(events: Sequence[list[Found]]) -> list[list[Found]]:
    """Events as they are told, but never a later date before an earlier one."""
    last = ""
    dated = []
    for place, found in enumerate(events):
        last = found[0].detail.get("date") or last
        dated.append((last, place, found))
    return [found for _, _, found in sorted(dated, key=lambda one: one[:2])]


def _age(found: Sequence[Found]) -> Data | None:
    """An age in years, or the bounds of one."""
    if not found:
        return None
    bounds = {key: number(found[0].detail.get(key)) for key in ("at_least", "below")}
    known = {key: value for key, value in bounds.items() if value is not None}
    years = number(found[0].value)
    return known or (None if years is None else {"years": years})
