"""What the words of a table's cell stand for: concepts, by the mapping first, then by label or synonym."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.ingest.case_table_map import Lookup, Rule
from kg.ingest.case_table_words import meaning
from kg.ingest.drafts import NoteKind

_PARTS = re.compile(r"\s*(?:[;,&+/]|\band\b)\s*", re.IGNORECASE)
_MARKS = re.compile(r"(?:\s*[*†‡§¶#]|\[\d{1,3}\])+$")
_BEHIND = re.compile(r"\s*\([^()]*\)$")
_EACH = re.compile(r"[.;]\s+|,\s+(?=[^,:;.]+:)")
_SIDE = re.compile(r"(?P<side>left|right|both|bilateral|lt?\.?|rt?\.?)\s+(?P<rest>\S.*)", re.IGNORECASE)
_SIDES = {"l": "LeftSide", "r": "RightSide", "b": "Bilateral"}


@dataclass(frozen=True)
class Named:
    """A concept that a cell names; ``side`` is the laterality of a site."""

    concept: str
    side: str | None = None


@dataclass(frozen=True)
class Told:
    """Words of a cell that were not understood, or lost something; ``why`` goes on after the words."""

    kind: NoteKind
    words: str
    why: str


def concepts_of(rule: Rule, value: str, lookup: Lookup) -> tuple[tuple[Named, ...], tuple[Told, ...]]:
    """The concepts of a value, and what of it was not understood; no concept where nothing was.

    A field that takes several concepts is also read part by part, “testis, left orbit”. The mark of a footnote counts
    for nothing. Words in brackets behind a name are told as lost.
    """
    given = in_map(rule, value)
    if given is not None:
        names = [given] if isinstance(given, str) else list(given)
        if len(names) > 1 and not rule.many:
            why = f"has several concepts in the mapping, but {rule.field} takes one"
            return (), (Told(NoteKind.UNMAPPED, value, why),)
        return tuple(map(Named, names)), ()
    whole, told = _one(rule, value, lookup)
    parts = (
        [part for part in _PARTS.split(value) if part] if rule.many and rule.concept is None and whole is None else []
    )
    if whole is not None or len(parts) < 2:
        return ((whole,) if whole else ()), told
    found: list[Named] = []
    notes: list[Told] = []
    for part in parts:
        own = in_map(rule, part)
        one, said = _one(rule, part, lookup) if own is None else (None, ())
        names = [own] if isinstance(own, str) else list(own or ())
        found += [named for named in (*map(Named, names), one) if named and named not in found]
        notes += said
    return tuple(found), tuple(notes)


def investigations_of(rule: Rule, value: str, lookup: Lookup) -> tuple[tuple[tuple[str, str], ...], tuple[Told, ...]]:
    """Modality and result of each investigation in a cell such as “MRI: mass of the nerve. PET/CT: normal”."""
    found: list[tuple[str, str]] = []
    told: list[Told] = []
    for part in filter(None, _EACH.split(value)):
        name, _, words = part.rstrip(".; ").partition(":")
        modality = lookup.find(name.strip(), ("Modalities",))
        given = in_map(rule, part) or in_map(rule, words.strip())
        results = [given] if isinstance(given, str) else lookup.find(words.strip(), rule.schemes)
        result = results[0] if len(results) == 1 else meaning("investigation", words.strip())
        if len(modality) == 1 and result:
            found.append((modality[0], result))
        else:
            lacks = "names no investigation before a colon" if len(modality) != 1 else "says no result that is known"
            told.append(Told(NoteKind.UNMAPPED, part, lacks))
    return tuple(found), tuple(told)


def _one(rule: Rule, value: str, lookup: Lookup) -> tuple[Named | None, tuple[Told, ...]]:
    """The one concept of a word."""
    plain = _MARKS.sub("", value)
    short = _BEHIND.sub("", plain)
    for word in dict.fromkeys((value, plain, short)):
        found = lookup.find(word, rule.schemes)
        side = _SIDE.fullmatch(word) if rule.field == "episode.sites" and not found else None
        if side:
            found = lookup.find(side["rest"], rule.schemes)
        if len(found) == 1:
            lost = (Told(NoteKind.LOSS, value, f"is taken as {found[0]}, without what is in brackets"),)
            named = Named(found[0], _SIDES[side["side"][0].lower()] if side else None)
            return named, lost if word == short != plain else ()
        if found:
            return None, (Told(NoteKind.UNMAPPED, value, f"can be {' or '.join(found)}"),)
    return None, (Told(NoteKind.UNMAPPED, value, f"has no value for {rule.field} in the mapping"),)


def in_map(rule: Rule, value: str) -> str | Sequence[str] | None:
    """What the mapping has for a value: as written, or, where that is clear, without regard to capitals."""
    if value in rule.values:
        return rule.values[value]
    same = {key for key in rule.values if " ".join(key.split()).casefold() == value.casefold()}
    return rule.values[same.pop()] if len(same) == 1 else None
