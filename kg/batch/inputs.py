"""The documents of files, folders and archives, one after the other in an order that is the same each time."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from kg.batch.archives import Rest, archive_of, members, shown
from kg.batch.work import Item, Result, failed
from kg.errors import SanctuaryError, SourceTextError
from kg.ingest import Document, read_bytes, read_documents
from kg.ingest.formats import Format, recognise
from kg.ingest.pmc_patients import pmc_documents
from kg.ingest.source import HEAD_BYTES, MAX_BYTES

STDIN = "-"
_SETS = (Format.PUBMED, Format.MEDLINE, Format.JATS_SET)
_ARTICLE = 4
"""Bytes of a file of many articles for one character of text, roughly; for the progress alone."""


@dataclass(frozen=True)
class Inputs:
    """What to read: files, folders, archives and “-”; nothing below ``beside`` is read, since results go there."""

    paths: Sequence[str]
    beside: Path | None = None

    def weight(self) -> int:
        """The size of all inputs in bytes, for the progress."""
        total = 0
        for given in self.paths:
            for path in self._files(given):
                try:
                    total += path.stat().st_size
                except OSError:
                    continue  # told when it is its turn
        return total

    def __iter__(self) -> Iterator[Item | Result]:
        """Each document, or the result of one that cannot be read."""
        for given in self.paths:
            if given == STDIN:
                yield from _of_stream("standard input", sys.stdin.buffer, 0, "stdin")
                continue
            base = Path(given)
            for path in self._files(given):
                name = path.relative_to(base.parent) if path != base else Path(path.name)
                yield from _of_path(path, shown(str(name)))

    def _files(self, given: str) -> Iterator[Path]:
        base = Path(given)
        if given == STDIN:
            return
        if not base.is_dir():
            yield base
            return
        # Where results are written is no input, wherever it lies.
        beside = self.beside.resolve() if self.beside else None
        for folder, below, files in os.walk(base):
            here = Path(folder)
            below[:] = sorted(one for one in below if not one.startswith(".") and (here / one).resolve() != beside)
            yield from (here / file for file in sorted(files) if not file.startswith("."))


def _of_path(path: Path, name: str) -> Iterator[Item | Result]:
    try:
        if path.exists() and not path.is_file():
            raise SourceTextError("this is not a file. Give the path of a file.")
        size = path.stat().st_size
        if kind := archive_of(path):
            yield from _of_archive(path, kind, name)
            return
        with path.open("rb") as stream:
            if _form(stream.read(HEAD_BYTES)) in _SETS:
                yield from _articles(path, name, size)
                return
            stream.seek(0)
            yield from _of_stream(name, stream, size, path.name)
    except SourceTextError as error:
        yield _unread(name, str(error))
    except OSError as error:
        yield _unread(name, f"the file cannot be read: {error.strerror or error}. Check the path.")


def _of_archive(path: Path, kind: str, name: str) -> Iterator[Item | Result]:
    try:
        for member in members(path, kind):
            full = f"{name}!{member.name}"
            file = member.name.replace("\\", "/").rsplit("/", 1)[-1]
            if member.problem:
                yield _unread(full, member.problem, member.weight)
            elif member.stream is not None:
                yield from _patients(full, file, member.stream, member.weight)
            else:
                yield from _of_bytes(full, member.data, member.weight, file)
    except SourceTextError as error:
        yield _unread(name, str(error))


def _of_stream(name: str, stream: BinaryIO, weight: int, file: str) -> Iterator[Item | Result]:
    """What is in a stream: patients one by one as they are read, anything else as a whole."""
    head = stream.read(HEAD_BYTES)
    if _form(head) is Format.PMC_PATIENTS:
        yield from _patients(name, file, cast(BinaryIO, Rest(head, stream)), weight)
    else:
        yield from _of_bytes(name, head + stream.read(MAX_BYTES + 1 - len(head)), weight, file)


def _patients(name: str, file: str, stream: BinaryIO, weight: int) -> Iterator[Item | Result]:
    """The patients of a file that is never held as a whole."""
    left = weight
    for patient in pmc_documents(stream, file):
        if isinstance(patient, Document):
            share = min(left, len(patient.text))
            left -= share
            yield _article(name, patient, share)
        else:
            yield _unread(name, str(patient))


def _of_bytes(name: str, data: bytes, weight: int, file: str) -> Iterator[Item | Result]:
    if len(data) > MAX_BYTES:
        yield _unread(name, f"the file is larger than {MAX_BYTES:,} bytes. Give one paper in a file.", weight)
    elif _form(data[:HEAD_BYTES]) is Format.PMC_PATIENTS:
        yield from _patients(name, file, io.BytesIO(data), weight)
    elif _form(data[:HEAD_BYTES]) in _SETS:
        problems: list[SanctuaryError] = []
        for document in read_bytes(data, file, problems.append):
            yield from _problems(name, file, problems)
            yield _article(name, document, 0)
        yield from _problems(name, file, problems)
    else:
        yield Item(name, shown(file), hashlib.sha256(data).hexdigest(), weight, data)


def _articles(path: Path, name: str, size: int) -> Iterator[Item | Result]:
    """The articles of a file that is too large to be held; they are read here, and worked on elsewhere."""
    problems: list[SanctuaryError] = []
    left = size
    for document in read_documents(path, problems.append):
        yield from _problems(name, str(path), problems)
        weight = min(left, _ARTICLE * len(document.text))
        left -= weight
        yield _article(name, document, weight)
    yield from _problems(name, str(path), problems)


def _article(name: str, document: Document, weight: int) -> Item:
    _, mark, article = document.name.rpartition("#")
    said = "\0".join((document.text, document.metadata.pmid or "", document.metadata.doi or ""))
    key = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return Item(f"{name}#{article}" if mark else name, document.name, key, weight, document=document)


def _problems(name: str, label: str, problems: list[SanctuaryError]) -> Iterator[Result]:
    for problem in problems:
        yield _unread(name, str(problem).removeprefix(f"{label}:"))
    problems.clear()


def _unread(name: str, reason: str, weight: int = 0) -> Result:
    """The result of what could not be read; its key is of the name and the reason, as there is no content."""
    key = hashlib.sha256(f"{name}\0{reason}".encode("utf-8", "surrogateescape")).hexdigest()
    return failed(Item(name, name, key, weight), reason)


def _form(head: bytes) -> Format | None:
    try:
        return recognise(head)
    except SourceTextError:
        return None  # told where it is read
