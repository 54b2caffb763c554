"""What a structured source becomes: draft statements in the record format, and notes on what could not be said.

A draft says only what its source says. What has no place in the record format, or no concept, is told in a note with
its place, and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import ValidationError

from kg.errors import RecordError, RecordProblem, SourceTextError
from kg.ingest.document import Document
from kg.records.fields import MENTION_WORDS
from kg.records.paper import Record, Reference
from kg.records.yaml_positions import show_path
from kg.vocabulary import Vocabulary

Data = dict[str, Any]
"""A part of a record as plain values, under the names of the record format."""

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe",
     "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D"}
)  # fmt: skip


class NoteKind(Enum):
    """Why something is told."""

    UNMAPPED = "has no concept"
    LOSS = "is said with less than the source has"
    IGNORED = "is not carried over"
    PROBLEM = "cannot be taken"


@dataclass(frozen=True)
class Note:
    """Something of the source that a curator has to know; ``place`` is a JSON pointer, a cell, a line or an entry."""

    place: str
    kind: NoteKind
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True)
class Draft:
    """A draft record.

    ``data`` is the record as plain values, ready to be written as YAML, and ``record`` the same, validated.
    ``references`` are the works that it names and that the bibliography does not have yet; one without author, title
    and year is not identified, and its note has what the source says of it.
    """

    data: Data
    record: Record
    document: Document
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()


def drafted(
    record: str,
    cases: Sequence[Data],
    citations: Sequence[Data],
    document: Document,
    curation: Mapping[str, str],
    vocabulary: Vocabulary,
    references: Iterable[Reference],
    notes: Iterable[Note],
) -> Draft:
    """A draft from its parts, validated as a record file is.

    Raises:
        SourceTextError: the name of the file cannot stand in a record.
        RecordError: the parts are not a record.
    """
    if re.fullmatch(r"[\w.-]+(#[\w.~-]+)?", document.name) is None:
        raise SourceTextError(
            f"{document.name}: a record cannot name this file. Rename it: letters, figures, “.”, “_” and “-” only."
        )
    data: Data = {
        "record": record,
        "document": {"file": document.name, "sha256": document.sha256, "characters": len(document.text)},
        "curation": dict(curation),
    }
    data |= {key: list(value) for key, value in (("citations", citations), ("cases", cases)) if value}
    try:
        valid = Record.model_validate(data, context={"vocabulary": vocabulary})
    except ValidationError as error:
        problems = [
            RecordProblem(document.name, show_path(tuple(found["loc"])), f"{found['msg']}.", "Correct the source.")
            for found in error.errors()
        ]
        raise RecordError(problems) from error
    return Draft(data, valid, document, tuple(references), tuple(notes))


def evidence_at(text: str, section: str, start: int, end: int, sentence: str, cell: Data | None = None) -> Data:
    """Evidence for a stretch of a text: its first words, at most eight, and where they stand.

    ``sentence`` is the hash of the sentence around them.
    """
    words = list(re.finditer(r"\S+", text[start:end]))[:MENTION_WORDS]
    last = words[-1].end() if words else 0
    while last > 120 and len(words) > 1:
        words.pop()
        last = words[-1].end()
    first = words[0].start() if words else 0
    last = min(last, first + 120)
    found: Data = {"mention": text[start + first : start + last]}
    if cell is not None:
        found["cell"] = cell
    return found | {"section": section, "start": start + first, "end": start + last, "sentence": sentence}


def slug(text: str) -> str:
    """A text as a slug: plain lower-case letters and figures, joined by hyphens; empty if it has none.

    >>> slug("Billström, R."), slug("Patient 7 (II-3)"), slug("李")
    ('billstrom-r', 'patient-7-ii-3', '')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", re.sub(r"['`]", "", plain)))[:72].rstrip("-")


def concept_slug(name: str) -> str:
    """The local name of a concept as a slug.

    >>> concept_slug("AcuteMonocyticLeukemia"), concept_slug("CSFExamination")
    ('acute-monocytic-leukemia', 'csf-examination')
    """
    return slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name))


def reference_slug(surname: str, year: int | None, otherwise: str = "") -> str:
    """The slug of a work: surname of the first author and year; ``otherwise`` where neither gives one.

    >>> reference_slug("O'Neil-Díaz", 1997), reference_slug("", None, "pmid-17875532")
    ('oneil-diaz-1997', 'pmid-17875532')
    """
    name = slug(surname)
    if name:
        return f"{name[:66].rstrip('-')}-{year}" if year else name
    return slug(otherwise) or (f"work-{year}" if year else "work")


def unused(name: str, taken: Collection[str]) -> str:
    """A slug that is not taken: the name itself, or with “-b”, “-c” … “-z”, “-27” … behind it.

    >>> unused("vital-1993", {"vital-1993", "vital-1993-b"})
    'vital-1993-c'
    """
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{chr(96 + number) if number <= 26 else number}"
    return found
