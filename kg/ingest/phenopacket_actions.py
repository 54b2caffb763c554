"""Measurements and medical actions of a phenopacket as investigations and treatments."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from kg.ingest.drafts import Data, NoteKind
from kg.ingest.phenopacket_case import FINDING, CaseParts

_ACTIONS = ("treatment", "procedure", "radiationTherapy", "therapeuticRegimen")
_PRINTED = 40


def gather_actions(parts: CaseParts) -> None:
    """Investigations and treatments; what a record cannot say of one is told."""
    root = parts.packet.pointer
    for index, measurement in enumerate(parts.values.get("measurements", ())):
        _measured(parts, measurement, f"{root}/measurements/{index}")
    for index, action in enumerate(parts.values.get("medicalActions", ())):
        _acted(parts, action, f"{root}/medicalActions/{index}")


def _measured(parts: CaseParts, measurement: dict[str, Any], pointer: str) -> None:
    """A measurement (“Measurement”): an investigation, its result by the reference range alone."""
    parts.ignore(pointer, measurement, "description", "procedure")
    found = parts.mean(measurement.get("assay"), f"{pointer}/assay", "Modalities")
    if found is None:
        return
    assay, modality = found
    statement: Data = {"modality": modality, "result": "NotReported"}
    leaves = [assay.leaf]
    read = list(_values(parts, measurement, pointer, modality))
    if read:
        statement["measurements"] = [
            values | {"evidence": parts.text.evidence(*places) or parts.text.evidence(assay.leaf)}
            for values, places in read
        ]
        readings = {values.get("interpretation") for values, _ in read}
        if None not in readings:
            statement["result"] = "Normal" if readings == {"WithinRange"} else "Abnormal"
    value = measurement.get("value", {})
    if meant := parts.mean(value.get("ontologyClass"), f"{pointer}/value/ontologyClass", "InvestigationResult"):
        statement["result"] = meant[1]
        leaves.append(meant[0].leaf)
    if statement["result"] == "NotReported":
        told = "the result is left as not reported: there is no reference range and no reading"
        parts.tell(pointer, NoteKind.LOSS, told)
    taken = parts.time(measurement.get("timeObserved"), f"{pointer}/timeObserved")
    if taken and taken.date:
        statement["date"] = taken.date
        leaves += taken.leaves
    elif taken:
        parts.tell(f"{pointer}/timeObserved", NoteKind.LOSS, "an investigation has a date, not an age")
    parts.add("investigations", statement, *leaves)


def _values(
    parts: CaseParts, measurement: dict[str, Any], pointer: str, modality: str
) -> Iterator[tuple[Data, list[str]]]:
    """The quantities of a measurement, each with the pointers of its words."""
    quantity = measurement.get("value", {}).get("quantity")
    if quantity and (found := _quantity(parts, quantity, f"{pointer}/value/quantity")):
        yield {"type": modality} | found[0], found[1]
    seen: set[str] = set()
    for index, typed in enumerate(measurement.get("complexValue", {}).get("typedQuantities", ())):
        at = f"{pointer}/complexValue/typedQuantities/{index}"
        meant = parts.mean(typed.get("type"), f"{at}/type", "Modalities")
        found = _quantity(parts, typed.get("quantity", {}), f"{at}/quantity")
        if meant and found and meant[1] not in seen:
            seen.add(meant[1])
            yield {"type": meant[1]} | found[0], [meant[0].leaf, *found[1]]


def _quantity(parts: CaseParts, quantity: dict[str, Any], pointer: str) -> tuple[Data, list[str]] | None:
    """A quantity with unit and range; without a unit that is known here it is kept as printed."""
    number = _number(quantity.get("value", 0))
    if number is None:
        parts.tell(pointer, NoteKind.PROBLEM, f"“{quantity.get('value')}” is not a number")
        return None
    unit = _unit(parts, quantity.get("unit"), f"{pointer}/unit")
    if unit is None:
        shown = quantity.get("unit", {}).get("label") or quantity.get("unit", {}).get("id", "")
        return {"printed": f"{number} {shown}".strip()[:_PRINTED]}, [f"{pointer}/value", f"{pointer}/unit/label"]
    found: Data = {"value": number, "unit": unit}
    leaves = [f"{pointer}/value", f"{pointer}/unit/label"]
    limits = quantity.get("referenceRange", {})
    low, high = (_number(limits.get(key)) for key in ("low", "high"))
    if limits and _unit(parts, limits.get("unit"), f"{pointer}/referenceRange/unit") != unit:
        parts.tell(f"{pointer}/referenceRange", NoteKind.LOSS, "the range has another unit than the value")
        low = high = None
    for key, limit in (("low", low), ("high", high)):
        if limit is not None:
            found[key] = limit
            leaves.append(f"{pointer}/referenceRange/{key}")
    if low is not None and high is not None:
        found["interpretation"] = "Decreased" if number < low else "Elevated" if number > high else "WithinRange"
    return found, leaves


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or len(number.as_tuple().digits) > 30 or abs(number.adjusted()) > 15:
        return None
    return Decimal(int(number)) if number == number.to_integral_value() else number


def _unit(parts: CaseParts, unit: Any, pointer: str) -> str | None:
    """The UCUM code of a unit: the code itself under the prefix UCUM, or through the mapping set."""
    term = parts.term(unit, pointer)
    if term is None:
        return None
    prefix, _, code = term.id.partition(":")
    if prefix.upper() == "UCUM" and parts.vocabulary.unit(code):
        return code
    meant = parts.mean(unit, pointer, "Units")
    return parts.vocabulary.concepts[meant[1]].ucum if meant else None


def _acted(parts: CaseParts, action: dict[str, Any], pointer: str) -> None:
    """A medical action (“MedicalAction”); its treatment is the most general one where only the agent is named."""
    kind = next((key for key in _ACTIONS if key in action), None)
    if kind is None:
        parts.tell(pointer, NoteKind.IGNORED, "an action without a treatment, procedure, radiation or regimen")
        return
    parts.ignore(pointer, action, "adverseEvents", "treatmentTerminationReason")
    readers = {
        "treatment": _drug,
        "procedure": _procedure,
        "radiationTherapy": _radiation,
        "therapeuticRegimen": _regimen,
    }
    found = readers[kind](parts, action[kind], f"{pointer}/{kind}")
    if found is None:
        parts.ignore(pointer, action, "responseToTreatment", "treatmentIntent", "treatmentTarget")
        return
    statement, leaves = found
    for key, name, schemes in (
        ("response", "responseToTreatment", ("TreatmentResponse",)),
        ("intent", "treatmentIntent", ("TreatmentIntent",)),
        ("indication", "treatmentTarget", FINDING),
    ):
        if meant := parts.mean(action.get(name), f"{pointer}/{name}", *schemes):
            statement[key] = [meant[1]] if key == "indication" else meant[1]
            leaves.append(meant[0].leaf)
    parts.add("treatments", statement, *leaves)


Acted = tuple[Data, list[str]] | None


def _drug(parts: CaseParts, drug: dict[str, Any], pointer: str) -> Acted:
    parts.ignore(pointer, drug, "routeOfAdministration", "cumulativeDose", "drugType")
    found = parts.mean(drug.get("agent"), f"{pointer}/agent", "Treatments")
    if found is None:
        return None
    agent, concept = found
    if "Agent" not in parts.vocabulary.ancestors(concept):
        return {"treatment": concept}, [agent.leaf]
    statement: Data = {"treatment": "TreatmentProcedure", "agents": [concept]}
    leaves = [agent.leaf]
    intervals = drug.get("doseIntervals", [])
    for index, interval in enumerate(intervals):
        parts.ignore(f"{pointer}/doseIntervals/{index}", interval, "scheduleFrequency", "interval")
    given = [
        (f"{pointer}/doseIntervals/{i}/quantity", one["quantity"])
        for i, one in enumerate(intervals)
        if "quantity" in one
    ]
    if len(given) > 1:
        parts.tell(f"{pointer}/doseIntervals", NoteKind.LOSS, "a treatment has one dose of an agent; here are several")
    elif given and (read := _quantity(parts, given[0][1], given[0][0])) and read[0].get("value", 0) > 0:
        dose = {"agent": concept, "kind": "SingleDose", "value": read[0]["value"], "unit": read[0]["unit"]}
        statement["doses"] = [dose]
        leaves += read[1]
    elif given:
        parts.tell(given[0][0], NoteKind.LOSS, "the dose has no unit that is known here")
    return statement, leaves


def _procedure(parts: CaseParts, procedure: dict[str, Any], pointer: str) -> Acted:
    found = parts.mean(procedure.get("code"), f"{pointer}/code", "Treatments", "Modalities")
    if found is None:
        return None
    code, concept = found
    sites, leaves = _sites(parts, procedure, pointer)
    done = parts.time(procedure.get("performed"), f"{pointer}/performed")
    if parts.vocabulary.concepts[concept].scheme == "Modalities":
        told = "the result is left as not reported: a procedure of a phenopacket has none"
        parts.tell(pointer, NoteKind.LOSS, told)
        statement: Data = {"modality": concept, "result": "NotReported"} | sites
        if done and done.date:
            statement["date"] = done.date
            leaves += done.leaves
        parts.add("investigations", statement, code.leaf, *leaves)
        return None
    parts.ignore(pointer, procedure, "performed")
    if "TreatmentProcedure" not in parts.vocabulary.ancestors(concept):
        return {"treatment": "TreatmentProcedure", "agents": [concept]} | sites, [code.leaf, *leaves]
    return {"treatment": concept} | sites, [code.leaf, *leaves]


def _radiation(parts: CaseParts, radiation: dict[str, Any], pointer: str) -> Acted:
    parts.ignore(pointer, radiation, "dosage", "fractions")
    sites, leaves = _sites(parts, radiation, pointer)
    found = parts.mean(radiation.get("modality"), f"{pointer}/modality", "Treatments")
    term = parts.term(radiation.get("modality"), f"{pointer}/modality")
    own = [term.leaf] if term else []
    concept = found[1] if found and "Radiotherapy" in parts.vocabulary.ancestors(found[1]) else "Radiotherapy"
    return {"treatment": concept} | sites, [*own, *leaves] or [f"{pointer}/dosage", f"{pointer}/fractions"]


def _regimen(parts: CaseParts, regimen: dict[str, Any], pointer: str) -> Acted:
    parts.ignore(pointer, regimen, "externalReference", "startTime", "endTime", "regimenStatus")
    found = parts.mean(regimen.get("ontologyClass"), f"{pointer}/ontologyClass", "Treatments")
    if found is None or "TreatmentProcedure" not in parts.vocabulary.ancestors(found[1]):
        return None
    return {"treatment": found[1]}, [found[0].leaf]


def _sites(parts: CaseParts, values: dict[str, Any], pointer: str) -> tuple[Data, list[str]]:
    found = parts.mean(values.get("bodySite"), f"{pointer}/bodySite", "AnatomicalSites")
    return ({"sites": [{"site": found[1]}]}, [found[0].leaf]) if found else ({}, [])
