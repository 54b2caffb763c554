"""PMC-Patients: summaries of patients out of case reports in PubMed Central (Zhao et al. 2023, Scientific Data).

A file is one JSON array, or JSON lines. Its keys differ between versions: ``patient_id``, ``patient_uid`` (PMID,
hyphen, number), ``PMID``, ``file_path``, ``title``, ``patient``, ``age`` as pairs of number and unit, ``gender`` (M or
F), and ``similar_patients`` and ``relevant_articles`` as lists or objects. The data are under CC BY-NC-SA 4.0.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from kg.errors import SourceTextError
from kg.ingest.document import Document, Metadata, Section
from kg.ingest.drafts import Note, NoteKind

LONGEST = 2_000_000
"""Characters of one summary; those published are far shorter."""
_CHUNK = 65_536
_SPACE = re.compile(r"[ \t\r\n]*")
_UNITS = {"year": Decimal(1), "month": Decimal(1) / 12, "week": 7 / Decimal("365.25"), "day": 1 / Decimal("365.25"),
          "hour": 1 / Decimal("8766")}  # fmt: skip


@dataclass(frozen=True)
class PmcPatient:
    """One patient as the dataset has them; ``text`` is the summary, ``age`` the pairs of number and unit as given."""

    uid: str
    text: str
    title: str | None = None
    pmid: str | None = None
    age: tuple[tuple[Decimal, str], ...] = ()
    gender: str | None = None
    similar: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    @property
    def years(self) -> Decimal | None:
        """The age in years, to four places."""
        if not self.age:
            return None
        total = sum((number * _UNITS[unit] for number, unit in self.age), Decimal(0))
        return Decimal(f"{total:.4f}".rstrip("0").rstrip(".") or "0")

    def document(self, file: str) -> Document:
        """The summary as a document, named “file#uid”: the title, if there is one, and the case report below it.

        The hash is of this text and not of the file, which is read once, may be in an archive, and comes in versions.
        """
        sections: list[Section] = []
        before = f"{self.title}\n\n" if self.title else ""
        if self.title:
            sections.append(Section("Title", 0, len(self.title)))
        sections.append(Section("Case report", len(before), len(before) + len(self.text)))
        metadata = Metadata(title=self.title, pmid=self.pmid)
        text = before + self.text
        sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        return Document(f"{file}#{self.uid}", text, sha256, tuple(sections), (), metadata)


def pmc_documents(stream: BinaryIO, name: str) -> Iterator[Document | SourceTextError]:
    """The document of each patient of a file, or what is wrong with an entry or with the file from there on."""
    try:
        for entry in read_pmc_patients(stream, name):
            if isinstance(entry, Note):
                yield SourceTextError(str(entry))
            else:
                yield entry.document(name)
    except SourceTextError as error:
        yield SourceTextError(str(error).removeprefix(f"{name}:").strip())


def read_pmc_patients(stream: BinaryIO, name: str) -> Iterator[PmcPatient | Note]:
    """The patients of a file, one by one as they are read; an entry that cannot be taken comes as a note.

    Memory holds one patient at a time. In JSON lines a line that is not JSON loses that patient alone; in an array
    nothing can be read behind it, which ends the reading with an error.

    Raises:
        SourceTextError: the file is empty, neither an array nor lines, or the array breaks off; with what was read.
    """
    start = stream.read(1)
    while start in (b" ", b"\t", b"\r", b"\n", b"\xef", b"\xbb", b"\xbf"):
        start = stream.read(1)
    if not start:
        raise SourceTextError(f"{name}: the file is empty. Give a file of PMC-Patients.")
    if start not in (b"[", b"{"):
        raise SourceTextError(f"{name}: this is not JSON. Give PMC-Patients as a JSON array or as JSON lines.")
    entries = _array(_Rest(start, stream), name) if start == b"[" else _lines(_Rest(start, stream))
    for number, entry in enumerate(entries, start=1):
        yield entry if isinstance(entry, Note) else _patient(entry, f"entry {number}")


class _Rest:
    """A stream whose first byte was read already."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if not size:
            return b""
        first, self._start = self._start, b""
        return first + self._stream.read(size - len(first) if size > 0 else size)

    def readline(self, size: int) -> bytes:
        """The next line, or as much of it."""
        first, self._start = self._start, b""
        return first + self._stream.readline(size)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def _array(stream: _Rest, name: str) -> Iterator[Any]:
    """The entries of an array, decoded one by one out of a buffer that is filled as they are taken."""
    decoder = json.JSONDecoder(parse_float=Decimal)
    utf8 = codecs.getincrementaldecoder("utf-8")()
    buffer, place, count, ended = "", 1, 0, False
    while True:
        what = ""
        try:
            start = _after_space(buffer, place)
            if buffer[start : start + 1] == "]":
                return
            entry, end = decoder.raw_decode(buffer, start)
            end = _after_space(buffer, end)
            if end < len(buffer) and buffer[end] in ",]":
                count += 1
                yield entry
                place = end + (buffer[end] == ",")
                continue
            what = f"found {buffer[end]!r} behind an entry" if end < len(buffer) else "the end is missing"
        except (ValueError, RecursionError) as error:
            what = str(error)
        if ended or len(buffer) - place > LONGEST * 4 or what.startswith("found"):
            found = "entry is good" if count == 1 else "entries are good"
            raise SourceTextError(
                f"{name}: the array breaks off: {what}. The first {count} {found}; fetch the file again."
            )
        data = stream.read(_CHUNK)
        ended = not data
        try:
            buffer, place = buffer[place:] + utf8.decode(data, ended), 0 if buffer else 1
        except UnicodeDecodeError as error:
            raise SourceTextError(f"{name}: after {count} entries the file is not UTF-8. Save it as UTF-8.") from error


def _lines(stream: _Rest) -> Iterator[Any]:
    number = 0
    while line := stream.readline(LONGEST * 4):
        number += 1
        if not line.endswith(b"\n") and len(line) >= LONGEST * 4:
            yield Note(f"line {number}", NoteKind.PROBLEM, "the line is too long for one patient.")
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST)
            continue
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Note(f"line {number}", NoteKind.PROBLEM, f"this is not JSON: {error}. Correct or remove the line.")


def _patient(entry: Any, place: str) -> PmcPatient | Note:
    if not isinstance(entry, dict):
        return Note(place, NoteKind.PROBLEM, "this is not an object. Give a file of PMC-Patients.")
    text = entry.get("patient")
    uid = str(entry.get("patient_uid") or entry.get("patient_id") or "").strip()
    if not isinstance(text, str) or not text.strip() or not uid:
        return Note(place, NoteKind.PROBLEM, "the entry has no “patient” or no “patient_uid”. Correct or remove it.")
    if len(text) > LONGEST:
        return Note(place, NoteKind.PROBLEM, f"the summary is longer than {LONGEST:,} characters. Remove it.")
    source, _, index = uid.partition("-")
    pmid = str(entry.get("PMID") or entry.get("pmid") or (source if index else ""))
    gender = str(entry.get("gender") or "").strip().upper()
    title = " ".join(str(entry.get("title") or "").split())
    return PmcPatient(
        uid=re.sub(r"\s+", "-", uid),
        text=text.replace("\r\n", "\n").replace("\x00", "").strip(),
        title=title or None,
        pmid=pmid if re.fullmatch(r"[1-9][0-9]{0,8}", pmid) else None,
        age=_age(entry.get("age")),
        gender=gender if gender in ("M", "F") else None,
        similar=_names(entry.get("similar_patients")),
        articles=_names(entry.get("relevant_articles")),
    )


def _age(given: Any) -> tuple[tuple[Decimal, str], ...]:
    """Pairs of number and unit; one version writes the list as text. An age that is none is left out."""
    if isinstance(given, str):
        try:
            given = json.loads(given.replace("'", '"'))
        except ValueError:
            return ()
    if not isinstance(given, list):
        return ()
    found: list[tuple[Decimal, str]] = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2 or isinstance(pair[0], bool):
            return ()
        number, unit = pair
        word = str(unit).lower().removesuffix("s")
        if not isinstance(number, int | float | Decimal) or word not in _UNITS or not 0 <= number < 10_000_000:
            return ()
        found.append((Decimal(str(number)), word))
    return tuple(found)


def _names(given: Any) -> tuple[str, ...]:
    """Identifiers, from a list or from an object that has them as keys, which may be written as text."""
    if isinstance(given, str):
        try:
            given = json.loads(given.replace("'", '"'))
        except ValueError:
            return ()
    return tuple(map(str, given)) if isinstance(given, list | dict) else ()
