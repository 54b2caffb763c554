"""References out of the files that reference managers and databases write: BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kg.errors import SourceTextError
from kg.ingest import reference_bibtex, reference_ris
from kg.ingest.drafts import Note, NoteKind
from kg.ingest.reference_csl import csl_entries
from kg.ingest.reference_facts import Entry, reference_of
from kg.records.paper import Reference

MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class ReadReferences:
    """The references of a file, and the notes on what of it could not be taken."""

    references: tuple[Reference, ...]
    notes: tuple[Note, ...]

    @property
    def problems(self) -> tuple[Note, ...]:
        """The notes on entries or facts that are wrong, each with its place and what to do."""
        return tuple(note for note in self.notes if note.kind is NoteKind.PROBLEM)


def read_references(data: bytes, name: str, taken: Collection[str] = ()) -> ReadReferences:
    """The references in a file, told by what it holds; one bad entry does not lose the others.

    A reference has the facts of its entry and no others, and names the file as the place where they were seen.
    Slugs are surname and year, with a letter where that is taken.

    Args:
        data: the bytes of the file.
        name: its name, for messages and as the place where the facts were seen.
        taken: slugs that the bibliography has already.

    Raises:
        SourceTextError: the file is empty, too large, in another encoding or format, or has no entry that can be taken.
    """
    text = _decoded(data, name)
    references: list[Reference] = []
    notes: list[Note] = []
    slugs = set(taken)
    seen: dict[tuple[str, str], str] = {}
    try:
        for found in _entries(text):
            if isinstance(found, Note):
                notes.append(found)
                continue
            reference, told = reference_of(found, name, slugs)
            notes += told
            if reference is None:
                continue
            ids = [(kind, code.lower()) for kind in ("doi", "pmid") if (code := getattr(reference, kind))]
            if twice := next((seen[one] for one in ids if one in seen), None):
                told_twice = f"this is the work of {twice} a second time. Remove one of the two; the first is taken."
                notes.append(Note(found.place, NoteKind.PROBLEM, told_twice))
                continue
            seen |= dict.fromkeys(ids, found.place)
            slugs.add(reference.reference)
            references.append(reference)
    except SourceTextError as error:
        raise SourceTextError(f"{name}:{'' if str(error)[0].isdigit() else ' '}{error}") from error
    if not references:
        first = next((note for note in notes if note.kind is NoteKind.PROBLEM), None)
        told_why = f"{first.place}: {first.text}" if first else "it holds no entry. Export the references again."
        raise SourceTextError(f"{name}: no reference can be taken: {told_why}")
    return ReadReferences(tuple(references), tuple(notes))


def _entries(text: str) -> Iterator[Entry | Note]:
    opening = text.lstrip()
    if opening[:1] in ("[", "{"):
        return csl_entries(text)
    if reference_ris.START.search(text):
        return reference_ris.ris_entries(text)
    if reference_bibtex.START.search(text):
        return reference_bibtex.bibtex_entries(text)
    raise SourceTextError("this is neither BibTeX, RIS nor CSL-JSON. Export the references in one of these.")


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise SourceTextError(f"{name}: the file is larger than {MAX_BYTES:,} bytes. Divide it.")
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        shown = "UTF-16" if encoding == "utf-16" else "UTF-8"
        raise SourceTextError(f"{name}: byte {error.start} is not {shown}. Save the file as UTF-8.") from error
    if not text.strip():
        raise SourceTextError(f"{name}: the file is empty. Export the references again.")
    if "\x00" in text:
        raise SourceTextError(f"{name}: the file has NUL in it, so this is not text. Export the references again.")
    return re.sub(r"\r\n?", "\n", text)
