"""Times of a phenopacket (TimeElement) as ages in years and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from kg.ingest.drafts import Data

_DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,4}(?:\.[0-9]{1,6})?)Y)?(?:([0-9]{1,5}(?:\.[0-9]{1,6})?)M)?(?:([0-9]{1,5}(?:\.[0-9]{1,6})?)W)?"
    r"(?:([0-9]{1,6}(?:\.[0-9]{1,6})?)D)?(?:T(?=[0-9])(?:[0-9]{1,6}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}(?:\.[0-9]+)?S)?)?"
)
_DAYS = Decimal("365.25")
ONSETS: MappingProxyType[str, tuple[str | None, str | None]] = MappingProxyType(
    {
        "HP:0003623": ("0", "0.0767"),
        "HP:0003593": ("0.0767", "1"),
        "HP:0011463": ("1", "5"),
        "HP:0003621": ("5", "16"),
        "HP:0003581": ("16", None),
        "HP:0011462": ("16", "40"),
        "HP:0003596": ("40", "60"),
        "HP:0003584": ("60", None),
    }
)
"""Years that the onset terms of HPO stand for, by their definitions: neonatal, infantile, childhood, juvenile (“between
5 and 15 years”, so below 16), adult, young adult, middle age, late. Antenatal and congenital onset are no span of ages
after birth and stay out."""


@dataclass(frozen=True)
class When:
    """A time: an age or a date as the record format has them, the pointer of its words, and what could not be said."""

    age: Data | None
    date: str | None
    leaves: tuple[str, ...]
    why: str = ""

    @property
    def exact_age(self) -> Decimal | None:
        """The age in years, where it is not a range."""
        return self.age.get("years") if self.age else None


def when(element: Any, pointer: str) -> When | None:
    """What a TimeElement (Phenopackets v2, “TimeElement”) says; ``None`` if there is none."""
    if not isinstance(element, dict) or not element:
        return None
    if "age" in element:
        words, leaf = element["age"].get("iso8601duration", ""), f"{pointer}/age/iso8601duration"
        years = duration_years(words)
        return _aged({"years": years} if years is not None else None, words, leaf)
    if "ageRange" in element:
        return _range(element["ageRange"], f"{pointer}/ageRange")
    if "ontologyClass" in element:
        term = element["ontologyClass"]
        leaf = f"{pointer}/ontologyClass/{'label' if term.get('label') else 'id'}"
        low, high = ONSETS.get(term.get("id", "").upper(), (None, None))
        age = {key: Decimal(value) for key, value in (("at_least", low), ("below", high)) if value is not None}
        return _aged(age or None, str(term.get("label") or term.get("id")), leaf)
    if "timestamp" in element:
        day = str(element["timestamp"])[:10]
        known = re.fullmatch(r"(?:1[89]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", day) is not None
        leaf = f"{pointer}/timestamp"
        return When(None, day, (leaf,)) if known else When(None, None, (leaf,), f"{day} is not a date of a patient")
    kind = next(iter(element))
    return When(None, None, (), f"a time as {kind} has no place in a record")


def duration_years(text: str) -> Decimal | None:
    """An ISO 8601 duration in years, to four places; ``None`` if it is none, or longer than a life.

    >>> duration_years("P39Y"), duration_years("P1Y6M"), duration_years("P2W"), duration_years("39")
    (Decimal('39'), Decimal('1.5'), Decimal('0.0383'), None)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    years, months, weeks, days = (Decimal(part or 0) for part in match.groups())
    total = years + months / 12 + (weeks * 7 + days) / _DAYS
    return _plain(total) if total <= 125 else None


def _range(ages: dict[str, Any], pointer: str) -> When:
    """A range includes its end: “P45Y” to “P49Y” are those who have not turned 50."""
    texts = {key: str(ages.get(key, {}).get("iso8601duration", "")) for key in ("start", "end")}
    found = {key: duration_years(text) for key, text in texts.items() if text}
    leaves = tuple(f"{pointer}/{key}/iso8601duration" for key in found)
    shown = " to ".join(filter(None, texts.values()))
    start, end = found.get("start"), found.get("end")
    if not found or None in found.values() or (start is not None and end is not None and end < start):
        return When(None, None, leaves, f"“{shown}” is not a range of ages")
    age: Data = {"at_least": start} if start is not None else {}
    if end is not None:
        age["below"] = min(_plain(end + _step(texts["end"])), Decimal(125))
    return When(age, None, leaves)


def _step(text: str) -> Decimal:
    """One unit of the smallest part that a duration names, in years."""
    date = text.partition("T")[0]
    smallest = "D" if "T" in text else next((unit for unit in "DWMY" if unit in date), "D")
    return {"Y": Decimal(1), "M": Decimal(1) / 12, "W": 7 / _DAYS, "D": 1 / _DAYS}[smallest]


def _aged(age: Data | None, words: str, leaf: str) -> When:
    return When(age, None, (leaf,), "" if age else f"“{words}” is not an age that a record can have")


def _plain(number: Decimal) -> Decimal:
    """To four places, without zeros at the end and without an exponent."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return Decimal(text or "0")
