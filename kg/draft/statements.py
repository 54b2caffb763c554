"""The statements of one draft case: each with its evidence, how sure it is, and an id that no other has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from kg.draft.placing import evidence_of
from kg.extract.reading import Found
from kg.ingest import Document
from kg.ingest.drafts import Data, slug, unused
from kg.vocabulary import Vocabulary

_TRUE = frozenset({"true", "yes", "1"})
_MOST_EVIDENCE = 12
"""A value that a long text repeats needs no more places than a curator will look at."""


class Statements:
    """Makes the statements of a case, and keeps notes on what could not become one."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.notes: list[str] = []
        self._ids: set[str] = set()
        self._placed: dict[tuple[int, int], Data | None] = {}

    def make(self, data: Data, found: Sequence[Found], name: str | None = None) -> Data | None:
        """A statement that says ``data``; ``None``, and a note, if none of what was found has a place.

        Args:
            data: what it says; a value that is ``None`` or empty is left out.
            found: what it was taken from.
            name: what its id is made from; without, it has none.
        """
        evidence = self._evidence(found)
        if not evidence:
            said = ", ".join(dict.fromkeys(f"{one.field} {one.value}" for one in found))
            self.note(f"left out, since its words have no place that can be checked: {said}.")
            return None
        statement: Data = {"id": self._id(name)} if name else {}
        statement |= {key: value for key, value in data.items() if value is not None and value not in ("", [], {})}
        certainty = data.get("certainty") or _least_sure(found)
        if certainty:
            statement["certainty"] = certainty
        return statement | {"confidence": _confidence(found), "evidence": evidence}

    def note(self, text: str) -> None:
        """Keep something that the curator has to know."""
        if text not in self.notes:
            self.notes.append(text)

    def is_a(self, concept: str, *general: str) -> bool:
        """Whether a concept is, or lies below, one of several."""
        return not self.vocabulary.ancestors(concept).isdisjoint(general)

    def _id(self, name: str) -> str:
        chosen = unused(kebab(name)[:70].rstrip("-") or "statement", self._ids)
        self._ids.add(chosen)
        return chosen

    def _evidence(self, found: Sequence[Found]) -> list[Data]:
        """The places of what was found; where there are too many, the first of each value before the second of any."""
        ranks: Counter[tuple[str, str, str]] = Counter()
        places: dict[tuple[int, int], int] = {}
        for one in found:
            said = one.field, one.value, one.detail.get("laterality", "")
            ranks[said] += 1
            places.setdefault((one.start, one.end), ranks[said])
        kept = sorted(places, key=lambda place: places[place])[: max(_MOST_EVIDENCE, len(ranks))]
        evidence = (self._place(*place) for place in places if place in kept)
        return list({(one["start"], one["end"]): dict(one) for one in evidence if one is not None}.values())

    def _place(self, start: int, end: int) -> Data | None:
        """The evidence for a stretch, made once: what is told at one place goes into several statements."""
        if (start, end) not in self._placed:
            self._placed[start, end] = evidence_of(self.document, start, end)
        return self._placed[start, end]


def _least_sure(found: Iterable[Found]) -> str | None:
    told = {one.detail.get("certainty", "") for one in found}
    return next((certainty for certainty in ("Possible", "Probable") if certainty in told), None)


def _confidence(found: Sequence[Found]) -> Decimal:
    """The confidence of the least sure value; a value is as sure as its surest mention."""
    best: dict[tuple[str, str], float] = {}
    for one in found:
        key = one.field, one.value
        best[key] = max(best.get(key, 0.0), one.confidence)
    return Decimal(str(round(min(1.0, max(0.0, min(best.values()))), 2)))


def best(found: Iterable[Found]) -> list[Found]:
    """The mentions of the one value that is surest; of equally sure ones that which is told first."""
    several = list(found)
    if not several:
        return []
    value = max(several, key=lambda one: (one.confidence, -one.start)).value
    return [one for one in several if one.value == value]


def grouped(found: Iterable[Found], *details: str) -> dict[tuple[str, ...], list[Found]]:
    """What was found by value and by some of its details, in order of place."""
    groups: dict[tuple[str, ...], list[Found]] = {}
    for one in sorted(found, key=lambda each: each.start):
        key = one.value, *(one.detail.get(name, "") for name in details)
        groups.setdefault(key, []).append(one)
    return groups


def true(value: str) -> bool:
    """Whether a value says yes.

    >>> true("true"), true("false")
    (True, False)
    """
    return value.lower() in _TRUE


def number(text: str | None) -> int | Decimal | None:
    """A number as the record format has it, or ``None``.

    >>> number("8"), number("6.50"), number("many")
    (8, Decimal('6.5'), None)
    """
    try:
        value = Decimal(text or "")
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= 10**18:
        return None
    if value == value.to_integral_value():
        return int(value)
    value = round(value, 6)
    return Decimal(f"{value:f}".rstrip("0").rstrip(".") or "0")


def details(found: Iterable[Found], *names: str) -> Data:
    """The first value of each detail that one of the mentions has."""
    said: Data = {}
    for one in found:
        for name in names:
            if one.detail.get(name) and name not in said:
                said[name] = one.detail[name]
    return said


def listed(text: str | None) -> list[str]:
    """A detail that holds several values, parted by commas.

    >>> listed("Radiating, Shooting"), listed(None)
    (['Radiating', 'Shooting'], [])
    """
    return [part for part in re.split(r"[,;|\s]+", text or "") if part]


def involvement(site: str, said: Mapping[str, str]) -> Data:
    """A site with its side, level and extent."""
    return {"site": site} | {key: said[key] for key in ("laterality", "level", "extent") if said.get(key)}


def kebab(name: str) -> str:
    """The name of a concept as a slug.

    >>> kebab("BPrecursorALL"), kebab("CSFExamination"), kebab("MRI")
    ('b-precursor-all', 'csf-examination', 'mri')
    """
    return slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name))
