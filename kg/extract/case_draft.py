"""From what was found of one patient to a draft case: patient, diagnoses, episodes, outcome, events.

A draft says what the report says and no more: what was not found is left out, and what the record format cannot hold is
told in a note. The rules of ``queries/verify`` are kept, so that a signed draft can be built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.procedures import Procedures
from kg.extract.reading import Found
from kg.extract.statements import Statements, best, details, grouped, involvement, kebab, number, true
from kg.ingest import Document
from kg.ingest.drafts import Data
from kg.vocabulary import Vocabulary

RELAPSE, LEUKEMIA, INITIAL = "relapse", "leukemia", "initial-leukemia"
"""Ids of episodes: the reported one, as a relapse or not, and the leukemia before it."""


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
        episode = self._episode_id()
        procedures = Procedures(self._statements, self._fields, episode)
        investigations = procedures.investigations()
        episodes = self._episodes(diagnoses, investigations) if episode else []
        data: Data = {"case": name, "told": "primary", "patient": patient, "diagnoses": diagnoses}
        parts = {
            "episodes": episodes,
            "findings": procedures.findings(),
            "investigations": investigations,
            "treatments": procedures.treatments(),
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
            if age := number(details(found, "age").get("age")):
                said["age"] = {"years": age}
            if statement := self._make(said, [*found, *general], value):
                drafted.append(statement)
        return drafted

    def _is_wider(self, name: str, special: str) -> bool:
        return name != special and self._statements.is_a(special, name)

    def _episode_id(self) -> str | None:
        """The id of the reported episode; ``None`` where no place of the leukemia is told, as an episode needs one."""
        relapse = self._said("relapse")
        if self._sites():
            return RELAPSE if relapse else LEUKEMIA
        if relapse:
            self._statements.note("a relapse is told without a place, which an episode needs; add it if you see it.")
        return None

    def _said(self, field: str) -> bool | None:
        """What a yes-or-no field says, or ``None`` if nothing."""
        found = best(self._of(field))
        return true(found[0].value) if found else None

    def _status(self, field: str) -> str:
        found = best(self._of(field))
        return found[0].value if found else "NotReported"

    def _sites(self) -> list[Data]:
        marrow = self._status("marrow")
        sites = []
        groups = grouped(self._of("site"), "laterality")
        sided = {value for value, side in groups if side}
        for (value, side), found in groups.items():
            if value in sided and not side:
                continue  # the same site, told with its side elsewhere
            if self._statements.is_a(value, "BoneMarrow") and marrow not in ("Involved", "NotReported"):
                continue
            sites.append(involvement(value, details(found, "laterality", "level", "extent")))
        if not sites and marrow == "Involved":
            sites.append({"site": "BoneMarrow"})
        if not sites and self._status("csf") == "Involved":
            sites.append({"site": "CerebrospinalFluid"})
        known = self._statements.vocabulary.concepts
        return [site for site in sites if site["site"] in known]

    def _episodes(self, diagnoses: Sequence[Data], investigations: Sequence[Data]) -> list[Data]:
        relapse, sites = self._said("relapse"), self._sites()
        initial = self._initial(diagnoses) if relapse else None
        marrow_site = any(self._statements.is_a(site["site"], "BoneMarrow") for site in sites)
        proofs = [one["id"] for one in investigations if self._proves(one, marrow=marrow_site)]
        onset = {True: "InRemission", False: "NotInRemission", None: "NotReported"}[self._said("in_remission")]
        said: Data = {
            "order": 2 if initial else 1,
            "after": INITIAL if initial else None,
            "of": diagnoses[0]["id"],
            "onset": onset,
            "remission": self._remission() if onset == "InRemission" else None,
            "sites": sites,
            "extent": details(self._of("site", "relapse"), "spread").get("spread"),
            "marrow": "Involved" if marrow_site else self._status("marrow"),
            "csf": self._status("csf"),
            "confirmed_by": proofs,
            # Whether an episode is confirmed is told by what confirmed it.
            "certainty": None if proofs else "Probable",
        }
        fields = ("relapse", "in_remission", "remission_years", "isolated", "site", "marrow", "csf")
        found = [one for field in fields for one in self._of(field) if field == "site" or one in best(self._of(field))]
        told = self._number_told()
        episode = self._make(said, found, RELAPSE if relapse else LEUKEMIA)
        if told:
            self._statements.note(told)
        if episode is None:
            return [initial] if initial else []
        return [one for one in (initial, episode) if one]

    def _initial(self, diagnoses: Sequence[Data]) -> Data | None:
        """The leukemia before the relapse, where the report tells when it was found."""
        found = [one for one in self._of("event") if one.value == "LeukemiaDiagnosis"]
        if not found:
            return None
        said: Data = {"order": 1, "of": diagnoses[0]["id"], "onset": "NotInRemission"}
        return self._make(said | {"marrow": "NotReported", "csf": "NotReported"}, found, INITIAL)

    def _remission(self) -> Data | None:
        found = best(self._of("remission_years"))
        if not found:
            return None
        said = {key: number(found[0].detail.get(key)) for key in ("at_least", "below")}
        bounds = {key: value for key, value in said.items() if value is not None}
        years = number(found[0].value)
        return bounds or (None if years is None else {"at_least": years})

    def _number_told(self) -> str | None:
        found = best(self._of("relapse_number"))
        if not found or found[0].value in ("0", "1"):
            return None
        return f"it is told as relapse number {found[0].value}; the earlier ones are not drafted."

    def _proves(self, investigation: Data, *, marrow: bool) -> bool:
        """Whether an investigation looked at the cells and found them; of the marrow only for the marrow."""
        modality = investigation["modality"]
        if investigation["result"] != "Abnormal" or (
            not marrow and self._statements.is_a(modality, "BoneMarrowExamination", "BloodSmear")
        ):
            return False
        cells = ("Biopsy", "Histopathology", "Immunohistochemistry", "Immunophenotyping", "FlowCytometry", "Autopsy")
        return self._statements.is_a(modality, *cells, "CytomorphologicExamination", "BoneMarrowExamination")

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
        known = [found for found in groups.values() if self._is_value(found[0].value, "EventType")]
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
