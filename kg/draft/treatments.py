"""Treatments of a draft case: procedures, each with the drugs that stand near it, and drugs alone as what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.draft.details import doses, response
from kg.draft.plan import Plan
from kg.draft.statements import Statements, details, grouped, number
from kg.extract.reading import Found
from kg.ingest.document import fold
from kg.ingest.drafts import Data

_NEAR = 200
"""A drug belongs to the procedure that stands at most so many characters from it."""
_BESIDE = 120
"""A general name that stands so near a special one means the same treatment: “chemotherapy following protocol X”."""
_ALONE = ("PainManagement", "TreatmentProcedure")
"""Drugs under these are each tried for itself, and have an effect of their own."""
_GUIDES = {
    "Ultrasonography": r"ultraso(?:und|nograph\w*)|\bUS\b",
    "ComputedTomography": r"\bCT\b|computed tomograph\w*",
    "Fluoroscopy": r"fluoroscop\w*",
    "MagneticResonanceImaging": r"\bMRI?\b|magnetic resonance",
}
_GUIDED = {
    modality: re.compile(
        rf"(?:{words})[- ]?guid(?:ed|ance)|guided (?:by |with |using )?(?:an? |the )?(?:{words})", re.IGNORECASE
    )
    for modality, words in _GUIDES.items()
}
Places = Mapping[str, Sequence[Found]]


class Treatments:
    """Drafts what was given and done."""

    def __init__(self, statements: Statements, fields: Places, plan: Plan) -> None:
        """Take what was found of a patient; nothing is drafted yet."""
        self._statements, self._plan = statements, plan
        groups = {value: found for (value,), found in grouped(fields.get("treatment", ())).items()}
        known = {value: found for value, found in groups.items() if value in statements.vocabulary.concepts}
        self._procedures = self._special({v: f for v, f in known.items() if self._is(v, "TreatmentProcedure")})
        self._drugs = self._special({v: f for v, f in known.items() if self._is(v, "Agent")})

    def _is(self, value: str, *general: str) -> bool:
        return self._statements.is_a(value, *general)

    def _special(self, groups: dict[str, list[Found]]) -> dict[str, list[Found]]:
        """Without the general names that stand beside a special one; their places are the special one's."""
        for general in list(groups):
            special = [name for name in groups if name != general and self._is(name, general)]
            left = []
            for one in groups[general]:
                near = [n for n in special if any(abs(one.start - other.start) <= _BESIDE for other in groups[n])]
                if near:
                    groups[near[0]].append(one)
                else:
                    left.append(one)
            groups[general] = left
            if not left:
                del groups[general]
        return groups

    def drafted(self) -> list[Data]:
        """The treatments in the order of telling."""
        given: dict[str, list[str]] = {procedure: [] for procedure in self._procedures}
        for drug, found in self._drugs.items():
            given.setdefault(self._procedure(drug, found), []).append(drug)
        told: list[tuple[str, list[str], list[Found]]] = []
        for procedure, agents in given.items():
            own = list(self._procedures.get(procedure, ()))
            if procedure in _ALONE and agents:
                told += [(procedure, [agent], [*self._drugs[agent], *self._beside(own, agent)]) for agent in agents]
            else:
                told.append((procedure, agents, [*own, *(one for agent in agents for one in self._drugs[agent])]))
        told.sort(key=lambda one: min((found.start for found in one[2]), default=0))
        drafted = [self._statement(order, *one) for order, one in enumerate(told, 1)]
        return [one for one in drafted if one]

    def _together(self, one: Found, other: Found) -> bool:
        return self._plan.sentence(one.start) == self._plan.sentence(other.start)

    def _beside(self, procedure: Sequence[Found], agent: str) -> list[Found]:
        """The places of a procedure that stand in the sentence of a drug."""
        sentences = {self._plan.sentence(found.start) for found in self._drugs[agent]}
        return [one for one in procedure if self._plan.sentence(one.start) in sentences]

    def _statement(self, order: int, procedure: str, agents: list[str], found: list[Found]) -> Data | None:
        intent = details(found, "intent").get("intent")
        symptomatic = intent == "SymptomaticIntent" or (procedure in _ALONE and not self._antileukemic(agents))
        came = response(self._statements.document, found, symptomatic=symptomatic)
        procedure, guide = self._guided(procedure, found)
        said: Data = {"treatment": procedure, "agents": agents, "doses": self._doses(agents), "intent": intent}
        said |= details(found, "response")
        if came is not None and ("response" not in said or said["response"] == "Effective"):
            said["response"] = came[0]
            found = [*found, Found("treatment", found[0].value, *came[1], confidence=0.7)]
        said |= {**details(found, "protocol"), "guided_by": guide, "order": order}
        said["episode"] = self._plan.tie_given(found, symptomatic=symptomatic)
        name = agents[0] if procedure in _ALONE and agents else procedure
        return self._statements.make(said, found, name)

    def _antileukemic(self, agents: Sequence[str]) -> bool:
        return any(self._is(agent, "AntineoplasticAgent", "Glucocorticoid") for agent in agents)

    def _guided(self, procedure: str, found: Sequence[Found]) -> tuple[str, str | None]:
        """The procedure by the name that tells what guided it, where there is such a concept, and what did."""
        document = self._statements.document
        concepts = self._statements.vocabulary.concepts
        for one in found:
            words = fold(document.text[max(0, one.start - 40) : one.end + 60])
            for modality, pattern in _GUIDED.items():
                if modality in concepts and pattern.search(words):
                    special = f"{modality.replace('Ultrasonography', 'Ultrasound')}Guided{procedure}"
                    return (special if special in concepts else procedure), modality
        return procedure, None

    def _doses(self, agents: Sequence[str]) -> list[Data]:
        """The doses whose kind is plain; of another one the curator has to say what kind it is."""
        told: list[Data] = []
        for agent in agents:
            said = details(self._drugs[agent], "dose", "unit")
            daily = number(said.get("dose")) if said.get("unit") == "mg/d" else None
            found = list(doses(self._statements.document, self._drugs[agent]))
            for kind, value, unit in found or ([("DailyDose", daily, "mg/d")] if daily else []):
                if kind and self._statements.vocabulary.unit(unit):
                    if all((one["agent"], one["kind"]) != (agent, kind) for one in told):
                        told.append({"agent": agent, "kind": kind, "value": value, "unit": unit})
                else:
                    self._statements.note(f"a dose of {agent} is told: {value} {unit}; say what kind of dose it is.")
        return told

    def _procedure(self, drug: str, found: Sequence[Found]) -> str:
        """The procedure by which a drug was given: the nearest, else what such a drug is."""
        antineoplastic = self._antileukemic([drug])
        distances: dict[str, int] = {}
        for name, places in self._procedures.items():
            if self._is(name, "Chemotherapy") != antineoplastic:
                continue
            if not antineoplastic and not self._is(name, "PainManagement"):
                continue
            # What is injected is named with the injection or behind it; a general name holds for all around it.
            apart = [
                abs(one.start - other.start)
                for one in found
                for other in places
                if antineoplastic or name in _ALONE or one.start > other.start or self._together(one, other)
            ]
            if apart:
                distances[name] = min(apart)
        near = min(distances, key=lambda name: distances[name], default=None)
        if near is not None and distances[near] <= _NEAR:
            return near
        return "Chemotherapy" if antineoplastic else "TreatmentProcedure"
