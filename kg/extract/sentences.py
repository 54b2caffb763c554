"""Sentences with their words, and what each speaks of: the patient, the disease at large, other patients.

The cues are data, in ``rules/sentences.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from kg.extract.patterns import Flat, Patterns, flat_of
from kg.extract.table_kinds import of_others
from kg.extract.words import Word, words
from kg.ingest import Document

CASE, BACKGROUND, OTHERS, TITLE = "case", "background", "others", "title"
"""Roles of a sentence: it tells of the patient, of the disease at large, of other patients, or is the title."""

_LONGEST_TITLE = 45


@dataclass(frozen=True)
class Sentence:
    """A sentence: its place, its words, the section it stands in, and its role.

    ``firm`` says that its own words tell of a patient; else the role is that of its neighbours. ``shared`` is the end
    of a sentence that first introduces several patients and then says what they have in common; ``part`` counts the
    pieces of such a sentence.
    """

    index: int
    start: int
    end: int
    words: tuple[Word, ...]
    section: str | None
    role: str
    firm: bool = False
    shared: bool = False
    part: int = 0

    @cached_property
    def flat(self) -> Flat:
        """The sentence in plain spelling, for patterns."""
        return flat_of(self.words)

    def with_(self, **changes: Any) -> Sentence:
        """The same words with another index, role or place among sentences."""
        other = replace(self, **changes)
        if other.words is self.words and "flat" in vars(self):
            vars(other)["flat"] = self.flat
        return other


class Sentences:
    """Cuts documents into sentences and gives each its role."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        """Take the rules of ``rules/sentences.yaml``: abbreviations, and patterns and sections by role."""
        # One with a capital counts as printed: “MS.” ends a sentence, “Ms.” does not.
        short = "|".join(one if one.islower() else f"(?-i:{one})" for one in map(re.escape, rules["abbreviations"]))
        self._stop = re.compile(
            r"[.!?\n](?:(?<![ (]\w.)(?<!\n)['”\"]?\s+(?=[\"“(\[]?[A-Z0-9])"
            r"|(?<=[a-z)\]]\.)\d{1,3}(?:[,–-]\d{1,3})*\s+(?=[A-Z])"  # The number of a reference after the stop.
            r"|(?<=[a-z)]\.)(?=[A-Z][a-z]+ )"  # The space after the stop was lost.
            r"|(?<=\n)\s*\n"
            r"|(?<=\n)(?=\s*(?:Case|CASE|Patient|PATIENT) \d+ ?[:.,(])"  # A list of patients, one a line.
            r"|(?<=\n)(?=\d{1,2} ?\|))"  # A table of patients in lines.
        )
        self._short = re.compile(rf"(?:^|[\s(])(?:{short})\.$", re.IGNORECASE)
        self._patterns = Patterns(rules)
        self._sections: dict[str, str] = rules["sections"]
        self._opened = frozenset(rules["opened"])

    def of(self, document: Document) -> list[Sentence]:
        """The sentences of a document's prose, in order."""
        found: list[Sentence] = []
        before = TITLE
        inside: str | None = None
        held: list[int] = []
        others = of_others(document) if document.tables else ()
        for start, end, section in self._cut(document):
            if any(first <= start < last for first, last in others):
                continue  # a table of other patients
            fixed = self._sections.get(section or "")
            if section != inside and fixed is None and found and inside in self._sections:
                before = CASE
            inside = section
            if fixed == "skip" and section not in self._opened:
                continue
            tokens = tuple(words(document.text, start, end))
            sentence = Sentence(len(found), start, end, tokens, section, CASE)
            role, firm = self._role(sentence.flat.text, before)
            brings = role == CASE and (firm or before == CASE)
            # The first words of a front matter are the title.
            if fixed and not (section in self._opened and (brings or (role == TITLE and not found))):
                if fixed != "skip" and role == CASE and firm:
                    held.append(len(found))
                role, firm = fixed, False
            if role == "skip":
                continue
            before = role
            found.append(sentence.with_(role=role, firm=firm))
        if held and not any(one.firm for one in found):
            # A passage out of a discussion, which has the patient nowhere else.
            for number in held:
                found[number] = found[number].with_(role=CASE, firm=True)
        return self._with_patient(found)

    def _with_patient(self, found: list[Sentence]) -> list[Sentence]:
        """The sentences; where none brings a patient in, but the title does, or someone is examined, with one firm."""
        if any(one.firm for one in found):
            return self._with_opening(found)
        told = [one for one in found if one.role == CASE]
        titles = [one for one in found if one.role == TITLE and self._patterns.fits("titled", one.flat.text)]
        opening = [one for one in found[:3] if self._patterns.fits("opening", one.flat.text)]
        titles += opening
        if opening and not told:
            titles += [one for one in found[opening[0].index + 1 :] if self._patterns.fits("them", one.flat.text)]
        if not titles:
            crowd = any(self._patterns.fits("crowd", one.flat.text) for one in found)
            examined = any(self._patterns.fits("examined", one.flat.text) for one in told)
            told = told if examined and not crowd else []
        for one in [*(told or titles)[:1], *(one for one in titles if one.role == OTHERS)]:
            found[one.index] = one.with_(role=CASE, firm=True)
        return found

    def _with_opening(self, found: list[Sentence]) -> list[Sentence]:
        """The sentences; one that opens the text with its few patients tells of them."""
        first = next((one for one in found if one.role != TITLE), None)
        if first and first.role == OTHERS and self._patterns.fits("opening", first.flat.text):
            found[first.index] = first.with_(role=CASE)
        return found

    def _role(self, text: str, before: str) -> tuple[str, bool]:
        """The role by its own words, else by that of the sentence before; and whether its own words tell of one."""
        fits = self._patterns.fits
        if fits("animals", text):
            return BACKGROUND, False
        if fits("foreign", text) and not fits("own", text):
            return OTHERS, False
        if before == OTHERS and fits("counted", text):
            return OTHERS, False
        if fits("case", text):
            return CASE, True
        if before == CASE and fits("shown", text):
            return CASE, False
        others = fits("others", text)
        if not others and fits("same", text):
            return (OTHERS, False) if before == OTHERS and not fits("past", text) else (CASE, True)
        if others:
            return OTHERS, False
        if fits("background", text):
            return BACKGROUND, False
        if before == TITLE:
            title = len(text.split()) <= _LONGEST_TITLE and not fits("verb", text)
            return (TITLE if title else CASE), False
        if fits("past", text) and before != OTHERS:
            return CASE, False
        return before, False

    def _cut(self, document: Document) -> Iterator[tuple[int, int, str | None]]:
        for section in document.sections:
            text = document.text[section.start : section.end]
            begin = 0
            for stop in self._stop.finditer(text):
                if text[stop.start()] in ".!?" and self._short.search(text[begin : stop.start() + 1]):
                    continue
                yield from _stripped(text, section.start, begin, stop.end(), section.role or section.name)
                begin = stop.end()
            yield from _stripped(text, section.start, begin, len(text), section.role or section.name)


def _stripped(text: str, base: int, begin: int, end: int, section: str) -> Iterator[tuple[int, int, str]]:
    part = text[begin:end]
    left, right = len(part) - len(part.lstrip()), len(part.rstrip())
    if right > left:
        yield base + begin + left, base + begin + right, section
