"""Documents inside archives, one after the other and never written to disk: zip, and tar plain or compressed.

An archive is a stranger's file. Names in it are only shown; a member counts for at most `MAX_BYTES`, and one that
unpacks to far more than it has is refused, as is an archive whose headers alone do not end.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import SourceTextError
from kg.ingest.formats import Format, recognise
from kg.ingest.source import HEAD_BYTES, MAX_BYTES, MAX_SET_BYTES

RATIO = 200
"""A member that unpacks to more than so many times its size, and to more than a megabyte, is a bomb."""

_BOMB = f"it unpacks to more than {RATIO} times its size, as no text does."
_HEADERS = 16_000_000
_DAMAGED = (
    OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A file in an archive: its name as shown, its bytes or what is wrong with it, and its share of the archive.

    A large file of many patients is not held: it comes as a ``stream``, to be read before the next member is asked for.
    """

    name: str
    data: bytes
    weight: int
    problem: str = ""
    stream: BinaryIO | None = None


def archive_of(path: Path) -> str | None:
    """What kind of archive a file is, by its first bytes: ``zip``, ``tar``, or ``None``.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as raw:
        head = raw.read(512)
        raw.seek(0)
        return _kind(raw, head)


def _kind(raw: BinaryIO, head: bytes) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head[257:262] == b"ustar":
        return "tar"
    if not head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")):
        return None
    try:
        with _opened(raw, head) as stream:
            inside = stream.read(512)
    except _DAMAGED:
        return None
    return "tar" if inside[257:262] == b"ustar" else "packed"


def members(path: Path, kind: str) -> Iterator[Member]:
    """The files in an archive.

    Raises:
        SourceTextError: the archive is damaged or hostile; what came before is good.
    """
    try:
        if kind == "zip":
            yield from _zip(path)
        elif kind == "tar":
            yield from _tar(path)
        else:
            yield from _single(path)
    except _DAMAGED as error:
        raise SourceTextError(f"the archive is damaged: {_said(error)}. Fetch or make it again.") from error


def _zip(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        if "[Content_Types].xml" in archive.NameToInfo:
            remedy = "Save it as PDF, HTML or text; read a table of cases with “sanctuary table”."
            raise SourceTextError(f"this is a word processor's or spreadsheet's file. {remedy}")
        for info in archive.infolist():
            if info.is_dir() or _hidden(info.filename):
                continue
            name, weight = shown(info.filename), info.compress_size
            if info.flag_bits & 1:
                yield Member(name, b"", weight, "it is encrypted. Unpack the archive, and give what is in it.")
                continue
            try:
                with archive.open(info) as stream:
                    yield _member(name, cast(BinaryIO, stream), info.compress_size, weight)
            except _DAMAGED as error:
                problem = f"it is damaged in the archive: {_said(error)}. Make the archive again."
                yield Member(name, b"", weight, problem)


def _tar(path: Path) -> Iterator[Member]:
    size = path.stat().st_size
    with path.open("rb") as raw:
        head = raw.read(8)
        raw.seek(0)
        with _opened(raw, head) as stream:
            guard = _Guard(stream)
            before = 0
            with tarfile.open(fileobj=cast(BinaryIO, guard), mode="r|") as archive:
                while (member := archive.next()) is not None:
                    # tarfile keeps every member that it has seen, to find one by its name again.
                    archive.members = []  # type: ignore[attr-defined]
                    guard.allow(max(0, member.size) + _HEADERS)
                    if member.isfile() and not _hidden(member.name):
                        source = archive.extractfile(member)
                        assert source is not None
                        done = min(size, raw.tell())
                        yield _member(shown(member.name), cast(BinaryIO, source), max(1, member.size), done - before)
                        before = done
                    guard.check(raw.tell())


def _single(path: Path) -> Iterator[Member]:
    """A file that is packed by itself, as PubMed's are."""
    with path.open("rb") as raw:
        head = raw.read(8)
        raw.seek(0)
        with _opened(raw, head) as stream:
            yield _member(path.stem, stream, path.stat().st_size, path.stat().st_size)


def _member(name: str, stream: BinaryIO, packed: int, weight: int) -> Member:
    """A member with its bytes, or with its stream, or with what is wrong with it."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > 1_000_000 and len(data) > RATIO * max(1, packed):
        return Member(name, b"", weight, _BOMB)
    if len(data) > MAX_BYTES and _is_streamed(data[:HEAD_BYTES]):
        return Member(name, b"", weight, stream=cast(BinaryIO, Rest(data, stream, RATIO * max(1, packed))))
    if len(data) > MAX_BYTES:
        problem = f"it has more than {MAX_BYTES:,} bytes. Unpack it, and give one paper in a file."
        return Member(name, b"", weight, problem)
    return Member(name, data, weight)


def _is_streamed(head: bytes) -> bool:
    try:
        return recognise(head) is Format.PMC_PATIENTS
    except SourceTextError:
        return False


class Rest:
    """A stream of which the first bytes were read already; at ``most`` bytes it ends with an error."""

    def __init__(self, start: bytes, stream: BinaryIO, most: int = MAX_SET_BYTES) -> None:
        self._start, self._stream = io.BytesIO(start), stream
        self._left = min(most, MAX_SET_BYTES)

    def read(self, size: int) -> bytes:
        """The next bytes."""
        return self._bounded(self._start.read(size) or self._next(self._stream.read, size))

    def readline(self, size: int) -> bytes:
        """The next line, or as much of it."""
        line = self._start.readline(size)
        if not line.endswith(b"\n") and len(line) < size:
            line += self._next(self._stream.readline, size - len(line))
        return self._bounded(line)

    @staticmethod
    def _next(read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except _DAMAGED as error:
            raise SourceTextError(f"it is damaged from here on: {_said(error)}. Fetch or make it again.") from error

    def _bounded(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise SourceTextError(_BOMB)
        return data


class _Guard:
    """A stream of a tar archive that ends with an error where more is read than its members account for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = _HEADERS
        self._read = 0

    def allow(self, size: int) -> None:
        """Let the next member be read, and what stands before the one after it."""
        self._left = size

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = self._stream.read(size)
        self._left -= len(data)
        self._read += len(data)
        if self._left < 0:
            raise tarfile.ReadError("a header does not end")
        return data

    def check(self, packed: int) -> None:
        """Refuse an archive that has unpacked to very much more than was read of it."""
        if self._read > 1_000_000_000 and self._read > RATIO * max(1, packed):
            raise tarfile.ReadError(f"it unpacks to more than {RATIO} times its size")


def _opened(raw: BinaryIO, head: bytes) -> BinaryIO:
    """The stream inside a compressed one, or the stream itself."""
    if head.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if head.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(raw))
    return cast(BinaryIO, lzma.LZMAFile(raw)) if head.startswith(b"\xfd7zXZ\x00") else raw


def _hidden(name: str) -> bool:
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return last.startswith(".") or name.startswith("__MACOSX/")


def shown(name: str) -> str:
    """A name from outside without signs that a terminal obeys; it is never used as a path.

    >>> shown("../a" + chr(27) + "[2J.txt")
    '../a�[2J.txt'
    """
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "\ufffd" for c in name)[:300]


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:150].rstrip(".") or type(error).__name__
