"""Findings, investigations and treatments of a draft case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.extract.reading import Found
from kg.extract.statements import Statements, details, grouped, involvement, listed, number
from kg.ingest.drafts import Data

_NEAR = 200
"""A drug belongs to the procedure that stands at most so many characters from it."""


class Procedures:
    """Drafts what was found, examined and given; ``episode`` is the id of the episode in which it was."""

    def __init__(self, statements: Statements, fields: Mapping[str, Sequence[Found]], episode: str | None) -> None:
        self._statements = statements
        self._fields = fields
        self._episode = episode

    def findings(self) -> list[Data]:
        """Findings, present or absent, each once a status."""
        drafted = []
        for (value, status), found in grouped(self._fields.get("finding", ()), "status").items():
            said: Data = {"finding": value, "status": status or "Present", "sites": _sites(found)}
            said |= details(found, "severity")
            for key in ("quality", "course"):
                said[key] = listed(details(found, key).get(key))
            said["duration_months"] = number(details(found, "duration_months").get("duration_months"))
            said["episode"] = self._episode
            drafted.append(self._statements.make(said, found, f"{value}-absent" if status == "Absent" else value))
        return [one for one in drafted if one]

    def investigations(self) -> list[Data]:
        """Investigations by modality and result, with the measurements and the markers that they gave."""
        measured = grouped(self._fields.get("measurement", ()), "type", "printed", "unit")
        by_type: dict[str, list[list[Found]]] = {}
        for found in measured.values():
            by_type.setdefault(found[0].detail.get("type") or found[0].detail.get("modality") or "", []).append(found)
        drafted: list[Data] = []
        for (value, result), found in grouped(self._fields.get("modality", ()), "result").items():
            said: Data = {"modality": value, "result": result or "NotReported", "sites": _sites(found)}
            said["measurements"] = self._measurements(value, by_type.pop(value, []))
            said |= {"episode": self._episode, **details(found, "date", "guided_by")}
            said["order"] = len(drafted) + 1
            if statement := self._statements.make(said, found, value):
                drafted.append(statement)
        for modality, several in by_type.items():
            drafted += self._measured(modality, several)
        return self._with_markers(drafted)

    def _measured(self, modality: str, several: Sequence[Sequence[Found]]) -> list[Data]:
        """The investigation that a number speaks of, where the report names no other."""
        if not modality:
            self._statements.note("numbers were found of which it is not clear what was measured.")
            return []
        readings = {found[0].detail.get("interpretation", "") for found in several}
        result = "Abnormal" if readings & {"Elevated", "Decreased"} else "Normal"
        said: Data = {"modality": modality, "result": result if readings != {""} else "NotReported"}
        said |= {"measurements": self._measurements(modality, several), "episode": self._episode}
        statement = self._statements.make(said, [one for found in several for one in found], modality)
        return [statement] if statement else []

    def _measurements(self, modality: str, several: Sequence[Sequence[Found]]) -> list[Data]:
        drafted = []
        for found in several:
            first = found[0]
            said: Data = {"type": modality, "value": number(first.value), **details(found, "printed", "interpretation")}
            if (unit := first.detail.get("unit")) and self._statements.vocabulary.unit(unit):
                said["unit"] = unit
            elif unit:
                self._statements.note(f"the unit “{unit}” of {first.value} is not known here.")
            said |= {key: number(first.detail.get(key)) for key in ("low", "high")}
            if said["value"] is None:
                said["printed"] = said.get("printed") or first.value[:40]
            _agree(said)
            name = f"measured-{modality}" if len(several) > 1 else None
            drafted.append(self._statements.make(said, found, name))
        return [one for one in drafted if one]

    def _with_markers(self, investigations: list[Data]) -> list[Data]:
        found = self._fields.get("marker", ())
        markers = []
        seen: set[tuple[str, str]] = set()
        for (value, expression, compartment), several in grouped(found, "expression", "compartment").items():
            if (value, compartment) in seen:
                self._statements.note(f"{value} is told with two signs; only the first is drafted.")
                continue
            seen.add((value, compartment))
            line: Data = {"marker": value, "expression": expression or "Positive", "compartment": compartment}
            markers.append(self._statements.make(line, several))
        drafted = [marker for marker in markers if marker]
        if not drafted:
            return investigations
        panels = ("Immunophenotyping", "FlowCytometry", "Immunohistochemistry")
        holder = next((i for i in investigations if self._statements.is_a(i["modality"], *panels)), None)
        if holder is None:
            # Cells were typed, whatever the method: the report gives signs of markers.
            said: Data = {"modality": "Immunophenotyping", "result": "Abnormal", "episode": self._episode}
            holder = self._statements.make(said, list(found), "Immunophenotyping")
            if holder is None:
                return investigations
            investigations = [*investigations, holder]
        elif holder["result"] == "NotReported":
            holder["result"] = "Abnormal"
        evidence, confidence = holder.pop("evidence"), holder.pop("confidence")
        holder |= {"markers": drafted, "confidence": confidence, "evidence": evidence}
        return investigations

    def treatments(self) -> list[Data]:
        """Treatments: procedures, each with the drugs that stand near it, and drugs alone as the therapy they are."""
        groups = grouped(self._fields.get("treatment", ()))
        procedures = {v: found for (v,), found in groups.items() if self._statements.is_a(v, "TreatmentProcedure")}
        drugs = {v: found for (v,), found in groups.items() if self._statements.is_a(v, "Agent")}
        given: dict[str, list[str]] = {procedure: [] for procedure in procedures}
        for drug, found in drugs.items():
            given.setdefault(self._procedure(drug, found, procedures), []).append(drug)
        told = {
            procedure: [*procedures.get(procedure, ()), *(one for agent in agents for one in drugs[agent])]
            for procedure, agents in given.items()
        }
        drafted = []
        for order, (procedure, found) in enumerate(sorted(told.items(), key=lambda item: _first(item[1])), 1):
            agents = given[procedure]
            said: Data = {"treatment": procedure, "agents": agents, "doses": self._doses(agents, drugs)}
            said |= {**details(found, "intent", "response", "protocol"), "order": order}
            drafted.append(self._statements.make(said, found, procedure))
        return [one for one in drafted if one]

    def _doses(self, agents: Sequence[str], drugs: Mapping[str, Sequence[Found]]) -> list[Data]:
        """Daily doses; of another dose the curator has to say what kind it is."""
        doses: list[Data] = []
        for agent in agents:
            said = details(drugs[agent], "dose", "unit")
            value, unit = number(said.get("dose")), str(said.get("unit", ""))
            if not value or value < 0:
                continue
            if unit == "mg/d":
                doses.append({"agent": agent, "kind": "DailyDose", "value": value, "unit": unit})
            else:
                self._statements.note(f"a dose of {agent} is told: {value} {unit}; say what kind of dose it is.")
        return doses

    def _procedure(self, drug: str, found: Sequence[Found], procedures: Mapping[str, Sequence[Found]]) -> str:
        """The procedure by which a drug was given: the nearest, else what such a drug is."""
        antineoplastic = self._statements.is_a(drug, "AntineoplasticAgent", "Glucocorticoid")
        distances = {
            name: min(abs(one.start - other.start) for one in found for other in places)
            for name, places in procedures.items()
            if self._statements.is_a(name, "Chemotherapy") == antineoplastic
            and (antineoplastic or self._statements.is_a(name, "PainManagement"))
        }
        near = min(distances, key=lambda name: distances[name], default=None)
        if near is not None and distances[near] <= _NEAR:
            return near
        return "Chemotherapy" if antineoplastic else "TreatmentProcedure"


def _sites(found: Sequence[Found]) -> list[Data]:
    sites = [involvement(one.detail["site"], one.detail) for one in found if one.detail.get("site")]
    return [site for number, site in enumerate(sites) if site not in sites[:number]]


def _first(found: Sequence[Found]) -> int:
    return min((one.start for one in found), default=0)


def _agree(said: Data) -> None:
    """Drop a reading that the number and its own range contradict; the curator sees the number and the words."""
    value, low, high, reading = (said.get(key) for key in ("value", "low", "high", "interpretation"))
    if value is None or reading is None:
        return
    above, below = high is not None and value > high, low is not None and value < low
    if (
        (above and reading != "Elevated")
        or (below and reading != "Decreased")
        or (reading == "Elevated" and high is not None and not above)
        or (reading == "Decreased" and low is not None and not below)
    ):
        del said["interpretation"]
