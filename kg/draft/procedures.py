"""Findings and investigations of a draft case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.draft.details import duration_months
from kg.draft.plan import Plan
from kg.draft.statements import Statements, details, grouped, involvement, listed, number
from kg.extract.reading import Found
from kg.ingest.drafts import Data

_NEAR = 300
"""A score grades the finding that stands at most so many characters before it."""
_BESIDE = 70
"""A general name of an investigation that stands so near a special one means the same."""


class Procedures:
    """Drafts what was found and examined; ``plan`` knows the episode of each."""

    def __init__(self, statements: Statements, fields: Mapping[str, Sequence[Found]], plan: Plan) -> None:
        self._statements = statements
        self._fields = fields
        self._plan = plan
        self._tie = plan.tie
        self._graded = self._grades()

    def findings(self) -> list[Data]:
        """Findings, present or absent, each once a status."""
        drafted = []
        for (value, status), found in grouped(self._fields.get("finding", ()), "status").items():
            said: Data = {"finding": value, "status": status or "Present", "sites": _sites(found)}
            said |= details(found, "severity")
            for key in ("quality", "course"):
                said[key] = listed(details(found, key).get(key))
            lasted = duration_months(self._statements.document, found) if status != "Absent" else None
            said["duration_months"] = number(str(lasted[0])) if lasted else None
            said["measurements"] = self._scores(value) if status != "Absent" else []
            said["episode"] = self._tie(found, value, present=status != "Absent")
            drafted.append(self._statements.make(said, found, f"{value}-absent" if status == "Absent" else value))
        return [one for one in drafted if one]

    def _scores(self, finding: str) -> list[Data]:
        """The scores that grade a finding: those that stand in its sentence or behind it."""
        mine = [one for one, graded in self._graded if graded == finding]
        types: dict[str, list[list[Found]]] = {}
        for several in grouped(mine, "type", "printed").values():
            types.setdefault(several[0].detail["type"], []).append(several)
        return [made for modality, several in types.items() for made in self._measurements(modality, several)]

    def _grades(self) -> list[tuple[Found, str]]:
        """The finding that each score grades: the last one of its kind told before it, else the first behind it."""
        graded: list[tuple[Found, str]] = []
        present = [one for one in self._fields.get("finding", ()) if one.detail.get("status", "Present") == "Present"]
        for score in self._fields.get("measurement", ()):
            kind = score.detail.get("of")
            fitting = [one for one in present if kind and self._statements.is_a(one.value, kind)]
            near = [one for one in fitting if abs(score.start - one.start) <= _NEAR]
            if near:
                behind = [one for one in near if one.start < score.start]
                graded.append((score, (max(behind, key=lambda one: one.start) if behind else near[0]).value))
        return graded

    def investigations(self) -> list[Data]:
        """Investigations by modality and result, with the measurements and the markers that they gave."""
        graded = {(one.start, one.end) for one, _ in self._graded}
        plain = [one for one in self._fields.get("measurement", ()) if (one.start, one.end) not in graded]
        measured = grouped(plain, "type", "printed", "unit")
        by_type: dict[str, list[list[Found]]] = {}
        for found in measured.values():
            by_type.setdefault(found[0].detail.get("type") or found[0].detail.get("modality") or "", []).append(found)
        drafted: list[Data] = []
        for (value, result), found in self._examined().items():
            said: Data = {"modality": value, "result": result or "NotReported", "sites": _sites(found)}
            said["measurements"] = self._measurements(value, by_type.pop(value, []))
            episode = self._tie(found, value, present=result == "Abnormal")
            said |= {"episode": episode, **details(found, "date", "guided_by")}
            said["order"] = len(drafted) + 1
            if statement := self._statements.make(said, found, value):
                drafted.append(statement)
        for modality, several in by_type.items():
            drafted += self._measured(modality, several)
        return self._with_markers(drafted)

    def _examined(self) -> dict[tuple[str, ...], list[Found]]:
        """What was examined, by modality and result: a mention without a result belongs to that with one.

        The general name of an image or a biopsy means the special one beside it, as does a short form behind it:
        “abdominal computed tomography (CT)”. Without a result it says nothing more than the special one.
        """
        groups = grouped(self._fields.get("modality", ()), "result")
        for value, result in list(groups):
            if not self._statements.is_a(value, "DiagnosticImaging", "Biopsy") or value == "DiagnosticImaging":
                continue
            special = [key for key in groups if key[0] != value and self._statements.is_a(key[0], value)]
            left = []
            for one in groups[value, result]:
                near = [key for key in special if any(abs(one.start - other.start) <= _BESIDE for other in groups[key])]
                if near:
                    groups[near[0]].append(one)
                elif result or not special:
                    left.append(one)
            groups[value, result] = left
        scales = {one.detail["type"] for one, _ in self._graded}
        for value, result in [key for key in groups if not key[1]]:
            if value in scales:
                groups[value, result] = []  # the score stands with the finding that it grades
            told = [key for key in groups if key[0] == value and key[1] and groups[key]]
            if len(told) == 1:
                groups[told[0]] += groups.pop((value, result))
        return {key: sorted(found, key=lambda one: one.start) for key, found in groups.items() if found}

    def _measured(self, modality: str, several: Sequence[Sequence[Found]]) -> list[Data]:
        """The investigation that a number speaks of, where the report names no other."""
        if not modality:
            self._statements.note("numbers were found of which it is not clear what was measured.")
            return []
        readings = {found[0].detail.get("interpretation", "") for found in several}
        result = "Abnormal" if readings & {"Elevated", "Decreased"} else "Normal"
        said: Data = {"modality": modality, "result": result if readings != {""} else "NotReported"}
        everything = [one for found in several for one in found]
        episode = self._tie(everything, modality, present=said["result"] == "Abnormal")
        said |= {"measurements": self._measurements(modality, several), "episode": episode}
        statement = self._statements.make(said, everything, modality)
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
            said |= {key: number(first.detail.get(key)) for key in ("low", "high", "scale_maximum")}
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
            episode = self._tie(found, "Immunophenotyping")
            said: Data = {"modality": "Immunophenotyping", "result": "Abnormal", "episode": episode}
            holder = self._statements.make(said, list(found), "Immunophenotyping")
            if holder is None:
                return investigations
            investigations = [*investigations, holder]
        elif holder["result"] == "NotReported":
            holder["result"] = "Abnormal"
        evidence, confidence = holder.pop("evidence"), holder.pop("confidence")
        holder |= {"markers": drafted, "confidence": confidence, "evidence": evidence}
        return investigations


def _sites(found: Sequence[Found]) -> list[Data]:
    sites = [involvement(one.detail["site"], one.detail) for one in found if one.detail.get("site")]
    return [site for number, site in enumerate(sites) if site not in sites[:number]]


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
