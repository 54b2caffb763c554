"""What the words around a finding or a treatment add to it: how long, how much, and what came of it.

Only words of the same sentence count, or of the one behind it where that goes on with the treatment by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from kg.draft.statements import number
from kg.extract.patterns import joined
from kg.extract.reading import Found
from kg.extract.rulefiles import rules
from kg.ingest import Document
from kg.ingest.document import fold

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_MONTHS = {
    "day": Decimal(12) / Decimal("365.25"),
    "week": Decimal(84) / Decimal("365.25"),
    "month": Decimal(1),
    "year": Decimal(12),
}
_SPAN = rf"(?P<number>\d{{1,3}}(?:\.\d)?|{'|'.join(_WORDS)})[ -](?P<unit>day|week|month|year)s?"
_NOT_SINCE = r"(?![ -]?(?:later|ago|after|before|earlier|prior|post|since|following|old|of age|into|from))"
_VERB = r"(?:(?:with|who|and|in|was|is|had|has|came)\b|presented|developed|complain|notic|experienced|suffer|admit)"
"""After one of these the span is not the finding's: “in remission for six years presented with pain”."""
_BEFORE = re.compile(
    rf"\b{_SPAN}{_NOT_SINCE}[ -]?(?:long |lasting )?(?:history of |onset of |course of )?"
    rf"(?:(?!{_VERB})[\w-]+ ){{0,2}}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^(?: [\w-]+){{0,4}},? (?:for|of|lasting|over|during|since)(?: the)?(?: past| last| about| approximately)?"
    rf"(?: a duration of)? {_SPAN}(?! (?:ago|later|before|after|earlier|prior|old|of age))",
    re.IGNORECASE,
)


def duration_months(document: Document, found: Sequence[Found]) -> tuple[Decimal, Found] | None:
    """How long a finding had lasted, in months, and where that is told: “a 9-month fever”, “pain for 3 weeks”."""
    for one in found:
        start, end = _sentence(document, one.start)
        before = fold(document.text[max(start, one.start - 60) : one.start])
        before += " " if before and document.text[one.start - 1 : one.start].isspace() else ""
        after = fold(document.text[one.end : min(end, one.end + 80)])
        match = _BEFORE.search(before) or _AFTER.match(f" {after}" if after[:1].isalpha() else after)
        if match:
            months = Decimal(_value(match["number"])) * _MONTHS[match["unit"].lower()]
            if months <= 1200:
                rounded = round(months, 2).normalize()
                return Decimal(f"{rounded:f}"), one
    return None


def _value(text: str) -> str:
    return str(_WORDS.get(text.lower(), text))


_DOSE = re.compile(
    r"(?P<value>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?) ?(?P<unit>mg ?/ ?m(?:2|²)|mg ?/ ?kg|mg|g ?/ ?m(?:2|²)|m[lL]|%|Gy|cGy)"
    r"(?P<daily> ?/ ?(?:day|d)\b| (?:daily|per day|a day|once daily)\b)?(?![\w/])"
)
_REACH = 60


def doses(document: Document, found: Sequence[Found]) -> Iterator[tuple[str, Decimal | int, str]]:
    """Kind, value and unit of the doses that stand right behind a drug; the kind is empty where it is not plain.

    A volume and a concentration beside each other are of an injection; a dose a day says so.
    """
    seen: set[tuple[str, str]] = set()
    for one in found:
        _, end = _sentence(document, one.start)
        text = re.sub(r"\s+", " ", document.text[one.end : min(end, one.end + _REACH)])
        # What follows the next drug, or a new clause, is not of this one.
        text = re.split(r"[;]|(?<![\d(]), (?=[A-Za-z])|\band\b|\bplus\b|\bfollowed\b|\)(?! ?\()", text)[0]
        matches = list(_DOSE.finditer(text))
        volume = any(match["unit"].lower() == "ml" for match in matches)
        for match in matches:
            value, unit = number(match["value"].replace(",", "")), re.sub(r"\s", "", match["unit"]).replace("²", "2")
            kind, unit = _kind(unit, daily=match["daily"] is not None, volume=volume)
            if value and (kind, unit) not in seen and unit != "%" * (not volume):
                seen.add((kind, unit))
                yield kind, value, unit


def _kind(unit: str, *, daily: bool, volume: bool) -> tuple[str, str]:
    if unit.lower() == "ml":
        return "InjectedVolume", "mL"
    if unit == "%":
        return ("Concentration" if volume else ""), unit
    if daily:
        return "DailyDose", "mg/d" if unit == "mg" else unit
    return "", unit


@cache
def _responses() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of each response, in the order in which they are tried."""
    file = rules("details")
    found = []
    for value, patterns in file["responses"].items():
        words = joined(patterns)
        for name, meaning in file["define"].items():
            words = words.replace(f"{{{name}}}", meaning)
        # Printed text has line ends where patterns have spaces.
        found.append((value, re.compile(rf"\b(?:{words})".replace(" ", r"\s+"), re.IGNORECASE)))
    return tuple(found)


_ON = re.compile(r"^(?:After|Following|With|Despite|However|Nevertheless|But|The|His|Her)\b")
_OF = re.compile(r"\s+(?:to|of|with|by|from|after)\s+(?:[\w-]+\s+){0,6}(?:and\s+)?(?:[\w-]+\s+)?")
_SYMPTOMATIC = frozenset({"EffectiveAtHighDose", "TemporaryRelief", "Ineffective", "SymptomsPersisted"})


def response(document: Document, found: Sequence[Found], *, symptomatic: bool) -> tuple[str, tuple[int, int]] | None:
    """What came of a treatment, and where that is told: in its sentence, else in the next one that goes on with it.

    The remission that a treatment of symptoms is told beside is not its doing.
    """
    for one in found:
        start, end = _sentence(document, one.start)
        stretches = [(max(start, one.start - 80), end)]
        name = fold(document.text[one.start : one.end]).casefold()
        following = _sentence(document, end + 1)
        ahead = document.text[following[0] : following[1]]
        if name in fold(ahead).casefold() or (not symptomatic and _ON.match(ahead)):
            stretches.append(following)
        for value, pattern in _responses():
            if (value not in _SYMPTOMATIC and symptomatic) or (value == "TemporaryRelief" and not symptomatic):
                continue
            for first, last in stretches:
                # What stands before a treatment came of it only where it says so: “no response to steroids”.
                for match in pattern.finditer(document.text, first, last):
                    if match.start() > one.end or _OF.fullmatch(document.text[match.end() : one.start]):
                        return value, match.span()
    return None


def _sentence(document: Document, position: int) -> tuple[int, int]:
    return next(((s, e) for s, e in document.sentences if s <= position < e), (position, position))
