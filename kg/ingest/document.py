"""The one shape that every reader gives: a text, its sections, its tables.

Positions are offsets into ``text`` in Unicode code points, the end excluded, as the Web Annotation Data Model
counts them for a TextPositionSelector (section 4.2.5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.ingest.sections import role_of


@dataclass(frozen=True)
class Section:
    """A named stretch of the text. A section that something interrupts comes as several stretches of one name.

    ``headings`` are the headings above it as printed, the outermost first, where the reader knows them.
    """

    name: str
    start: int
    end: int
    headings: tuple[str, ...] = ()

    @property
    def role(self) -> str | None:
        """What it speaks of, under one name for all journals (`kg.ingest.sections`); ``None`` where that is unclear.

        The parts of a structured abstract are all named “Abstract”; their roles are “Introduction”, “Case report” …
        """
        return role_of(self.name, self.headings)


@dataclass(frozen=True)
class TableCell:
    """A cell below the heading rows; ``row`` counts from one.

    A printed cell that reaches over several rows or columns is a cell of each of them, all at the same place.
    """

    row: int
    column: str
    start: int
    end: int


@dataclass(frozen=True)
class Table:
    """A table with the headings of its columns and its cells in reading order."""

    number: int
    columns: tuple[str, ...]
    cells: tuple[TableCell, ...]

    def cell(self, row: int, column: str) -> TableCell | None:
        """The cell at a row and a column heading, or ``None``."""
        return next((c for c in self.cells if c.row == row and c.column == column), None)


@dataclass(frozen=True)
class Reference:
    """An entry of the list of references; ``start`` and ``end`` are its place, where the list is part of the text."""

    number: int
    text: str
    doi: str | None = None
    pmid: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Metadata:
    """What the file itself states of its paper; what it does not state is ``None`` or empty.

    ``authors`` are as the graph has them, “Soon Ju Baek” or “Hangai M”. ``license`` is an address where the file has
    one, else the words. ``article_types`` holds JATS ``article-type`` and heading or PubMed's publication types.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    license: str | None = None
    language: str | None = None
    article_types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """The text of one paper.

    ``name`` is the file's, followed by “#” and the article where a file holds several. ``sha256`` is of the bytes of
    the whole file; of a patient of PMC-Patients it is of the text.
    """

    name: str
    text: str
    sha256: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    metadata: Metadata = Metadata()
    references: tuple[Reference, ...] = ()

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each table cell, which counts as a sentence, then of each sentence of the text.

        The cells come first: the text around them, heading row and all, is a paragraph that holds them too.
        """
        cells = dict.fromkeys((c.start, c.end) for table in self.tables for c in table.cells)
        return (*cells, *self._prose_sentences())

    def section_at(self, position: int) -> str | None:
        """Name of the section that holds a position."""
        return next((s.name for s in self.sections if s.start <= position < s.end), None)

    def sentence_at(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence that holds a position.

        Raises:
            LookupError: the position lies between sentences or outside the text.
        """
        for start, end in self.sentences:
            if start <= position < end:
                return start, end
        raise LookupError(f"No sentence of {self.name} holds position {position}.")

    def sentence_hash(self, position: int) -> str:
        """First sixteen hexadecimal digits of the SHA-256 of the sentence around a position, white space folded."""
        start, end = self.sentence_at(position)
        return hashlib.sha256(fold(self.text[start:end]).encode()).hexdigest()[:16]

    def _prose_sentences(self) -> Iterator[tuple[int, int]]:
        """Paragraphs cut after a full stop, a question or an exclamation mark that a capital follows.

        A cut inside an abbreviation does no harm: the rule is the same each time, and it is only for finding
        the place again.
        """
        for section in self.sections:
            for paragraph in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", self.text[section.start : section.end]):
                base = section.start + paragraph.start()
                begin = 0
                block = paragraph.group()
                for stop in re.finditer(r"(?<=[.!?])\s+(?=[A-Z(\[“\"])", block):
                    yield base + begin, base + stop.start()
                    begin = stop.end()
                yield base + begin, base + len(block)


_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "\u00ad": ""})


def fold(text: str) -> str:
    """Text as a person reads it: words cut at a line end joined, white space single, typographic hyphens plain.

    >>> fold("remis-\\nsion after a 9‑month  fever")
    'remission after a 9-month fever'
    """
    return re.sub(r"\s+", " ", re.sub(r"(?<=[a-z])[-\u00ad][ ]*\n[ ]*(?=[a-z])", "", text)).translate(_HYPHENS).strip()


def folded_pattern(phrase: str) -> re.Pattern[str]:
    """A pattern that finds a folded phrase in unfolded text, as a whole word or words."""
    parts: list[str] = []
    for index, char in enumerate(phrase):
        if char == " ":
            parts.append(r"\s+")
        elif char == "-":
            parts.append(r"[-‐‑][ ]*\n?[ ]*" if 0 < index < len(phrase) - 1 else r"[-‐‑]")
        else:
            parts.append(re.escape(char))
            if char.isalpha() and index + 1 < len(phrase) and phrase[index + 1].isalpha():
                parts.append(r"(?:[-‐‑\u00ad][ ]*\n[ ]*)?")
    before = r"(?<!\w)" if phrase[0].isalnum() else ""
    after = r"(?!\w)" if phrase[-1].isalnum() else ""
    return re.compile(before + "".join(parts) + after)
