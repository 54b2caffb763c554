"""Measurements with number, unit and reading, and the blood findings they show, from ``rules/results.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from kg.extract.nearby import of_leukemia
from kg.extract.patterns import Patterns, Rule
from kg.extract.quantities import printed
from kg.extract.reader import rules
from kg.extract.reading import Found, Reading
from kg.extract.sentences import Sentence

_FLUID = re.compile(r"\b(?:csf|cerebrospinal|spinal fluid|lumbar puncture)\b")
_RANGE = re.compile(
    r"^[^;.]{0,12}?\( ?(?:normal|reference|ri|rr|nr|n)?(?: range| value| interval)?(?: :|,| is)* ?"
    r"(\d[\d.]*) (?:-|to|,) (\d[\d.]*)"
)

_END = re.compile(r" ?(?:$|[,;.()]|(?:with|and|on|which|of which|including|at) )")


_WHITE_CELLS, _WHITE_CELLS_OF_FLUID = "LeukocyteCount", "CSFLeukocyteCount"
_BLOOD = re.compile(r"\b(?:blood|peripheral|serum|hemoglobin|platelets?)\b")


@cache
def _patterns() -> Patterns:
    return Patterns(rules("results")["measured"])


def measurements(reading: Reading) -> Iterator[Found]:
    """The numbers that investigations gave."""
    if not of_leukemia(reading):
        return
    for sentence in reading.sentences:
        text = sentence.flat.text
        if not any(character.isdigit() for character in text):
            continue
        fluid = bool(_FLUID.search(text))
        for rule, match in _patterns().find("numbers", text):
            modality = str(rule.says["modality"])
            if modality.startswith("CSF") and not fluid:
                continue
            if modality == _WHITE_CELLS and _of_fluid(text[: match.start()]):
                modality = _WHITE_CELLS_OF_FLUID
            found = _measurement(sentence, rule, match, modality)
            if found is not None:
                yield found
                if modality.startswith("CSF") or not _FLUID.search(text, 0, match.start()):
                    named = match.groupdict()
                    bare = not named.get("unit") and not named.get("power") and bool(_END.match(text, match.end()))
                    yield from _shown(found, bare)


def _measurement(sentence: Sentence, rule: Rule, match: re.Match[str], modality: str) -> Found | None:
    file = rules("results")
    value = _number(match["value"])
    if value is None:
        return None
    groups = match.groupdict()
    unit = groups.get("unit")
    detail = {"type": modality, "modality": modality}
    if modality in file["counts"]:
        billions = _billions(value, groups.get("power"), unit, modality)
        if billions is None:
            detail["printed"] = match[0][:40]
        else:
            value, detail["unit"] = billions, "10*9/L"
    elif unit == "g / l" and modality == "HemoglobinMeasurement":
        value, detail["unit"] = value / 10, "g/dL"
    elif unit in file["units"]:
        detail["unit"] = file["units"][unit]
    if ranged := _RANGE.match(sentence.flat.text[match.end() :]):
        detail |= {"low": ranged[1].rstrip("."), "high": ranged[2].rstrip(".")}
    usual = rule.says if modality == rule.says["modality"] else {}
    if "unit" in detail and (reading := _reading(value, usual, detail)):
        detail["interpretation"] = reading
    return Found("measurement", printed(value), *sentence.flat.place(*match.span()), confidence=0.8, detail=detail)


def _of_fluid(before: str) -> bool:
    """Whether the words before a count of white cells speak of the fluid, and not of blood since."""
    fluids = list(_FLUID.finditer(before))
    return bool(fluids) and not _BLOOD.search(before, fluids[-1].end())


def _shown(found: Found, bare: bool) -> Iterator[Found]:
    """The finding that a number far from the usual shows by itself; ``bare`` if nothing follows one without a unit."""
    file, kind, unit = rules("results"), found.detail["type"], found.detail.get("unit")
    value = Decimal(found.value)
    if unit is None and bare and kind in file["counts"]:
        # “WBC 44”, “platelets of 21,000”: the one is in thousands, the other is not.
        value, unit = value / 1000 if value >= 1000 else value, "10*9/L"
    for rule in file["shows"].get(kind, ()) if unit else ():
        above, below = (Decimal(str(rule.get(key, value))) for key in ("above", "below"))
        if rule.get("in", unit) == unit and (value > above or value < below):
            detail = {"status": "Present", "shown_by": kind}
            yield Found("finding", str(rule["finding"]), found.start, found.end, 0.7, detail)


def _number(text: str) -> Decimal | None:
    text = text.rstrip(".,·").replace("·", ".").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        text = text.replace(",", "")
    # “124.000/mm3” has a point for the thousands; three noughts are no precision of a measurement.
    if re.fullmatch(r"\d{1,3}\.000", text):
        text = text.replace(".", "")
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def _billions(value: Decimal, power: str | None, unit: str | None, modality: str) -> Decimal | None:
    """A count of cells in units of ten to the ninth a liter."""
    file = rules("results")
    if power is not None:
        factor = file["powers"].get(power)
    elif unit is None:
        return None
    else:
        multiple = re.split(r"/|per", unit)[0].split()
        factor = 1 if multiple and multiple[-1] in file["multiples"] else 0.001
    if factor is None:
        return None
    billions = value * Decimal(str(factor))
    # “17,000 × 10⁹/L”: what cannot be was printed with both the number and its power of ten.
    return billions / 1000 if billions > file["counts"][modality] else billions


def _reading(value: Decimal, says: Mapping[str, Any], detail: Mapping[str, str]) -> str | None:
    """How the number stands to the range that the report gives, else to the usual one."""
    low, high = _bound(detail.get("low")), _bound(detail.get("high"))
    if low is None or high is None:
        low, high = _bound(says.get("low")), _bound(says.get("high"))
    if low is None or high is None:
        return None
    return "Decreased" if value < low else "Elevated" if value > high else "WithinRange"


def _bound(text: Any) -> Decimal | None:
    return None if text is None else _number(str(text))
