"""A file of many articles, cut into one piece of XML for each, without holding more than one in memory.

Each piece is parsed by itself. So an article that is not well-formed costs nobody but itself, and what a document type
at the head of the file defines is never seen by a parser.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import SourceTextError
from kg.ingest.xml_tree import Element, xml_root

MAX_ARTICLE = 20_000_000
_CHUNK = 1 << 20
_TAIL = 256
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_TEXT_ENCODINGS = re.compile(
    r"utf-?8|utf-?16(-[lb]e)?|ascii|us-ascii|iso-?8859-\d+|latin-?1|cp125\d|windows-125\d|gb\w+|big5|shift_jis|euc_\w+|"
    r"koi8-r"
)


@dataclass(frozen=True)
class Piece:
    """One article as UTF-8; ``line`` counts from one in the file. ``problem`` says why it cannot be parsed."""

    data: bytes
    line: int
    problem: str | None = None

    def root(self) -> Element:
        """The article's element.

        Raises:
            SourceTextError: it cannot be parsed.
        """
        if self.problem:
            raise SourceTextError(self.problem)
        return xml_root(self.data, "utf-8", self.line)


def encoding_of(head: bytes) -> str:
    """The encoding that an XML file starts with or declares (XML 1.0, appendix F); UTF-8 where it does neither.

    Raises:
        SourceTextError: the encoding is not one of text.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith((b"<\x00", b"\x00<")):
        return "utf-16-le" if head[:1] == b"<" else "utf-16-be"
    match = _DECLARED.search(head[:1024])
    declared = match[1].decode("ascii") if match else "utf-8"
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if not _TEXT_ENCODINGS.fullmatch(name) or name.startswith("utf-16"):
        raise SourceTextError(f"the encoding “{declared}” that it declares cannot be read. Save the file as UTF-8.")
    return name


def pieces(stream: BinaryIO, names: tuple[str, ...], root: str) -> Iterator[Piece]:
    """Each article of a file, and at the end a piece with a problem where the root is not closed.

    Args:
        stream: the file, at its start.
        names: the elements that are articles.
        root: the element around them; not looked for where it is itself an article.

    Raises:
        SourceTextError: the bytes are not in the encoding that the file declares.
    """
    elements = "|".join(re.escape(name) for name in names).encode()
    start = re.compile(rb"<(?:" + elements + rb")(?=[\s>])")
    edge = re.compile(rb"<(?:" + elements + rb")(?=[\s>])|</(?:" + elements + rb")\s*>")
    cutter = _Cutter(start, edge)
    for chunk in _utf8_chunks(stream):
        yield from cutter.take(chunk)
    yield from cutter.last(None if root in names else re.compile(rb"</(?:[\w.-]+:)?" + root.encode() + rb"\s*>"))


class _Cutter:
    """Finds where articles start and end; ``_place`` is how far the buffer is done with, on line ``_line``."""

    def __init__(self, start: re.Pattern[bytes], edge: re.Pattern[bytes]) -> None:
        self._start, self._edge = start, edge
        self._buffer = b""
        self._place, self._line = 0, 1
        self._inside = False
        self._searched = 1

    def take(self, chunk: bytes) -> Iterator[Piece]:
        self._buffer += chunk
        while True:
            if not self._inside:
                match = self._start.search(self._buffer, self._place)
                if match is None:
                    self._move(max(self._place, len(self._buffer) - _TAIL))
                    break
                self._move(match.start())
                self._inside, self._searched = True, 1
            match = self._edge.search(self._buffer, self._place + self._searched)
            if match is None:
                self._searched = max(1, len(self._buffer) - self._place - _TAIL)
                break
            closes = self._buffer.startswith(b"</", match.start())
            cut = match.end() if closes else match.start()
            problem = None if closes else "the article is not closed before the next one. Fetch the file again."
            yield Piece(self._buffer[self._place : cut], self._line, problem)
            self._move(cut)
            self._inside = False
        if self._inside and len(self._buffer) - self._place > MAX_ARTICLE:
            yield Piece(b"", self._line, f"the article is larger than {MAX_ARTICLE:,} bytes. Correct the file.")
            self._move(len(self._buffer) - _TAIL)
            self._inside = False
        self._buffer, self._place = self._buffer[self._place :], 0

    def _move(self, place: int) -> None:
        self._line += self._buffer.count(b"\n", self._place, place)
        self._place = place

    def last(self, closing: re.Pattern[bytes] | None) -> Iterator[Piece]:
        if self._inside:
            yield Piece(self._buffer, self._line, "the file breaks off inside this article. Fetch it again.")
        elif closing is not None and not closing.search(self._buffer):
            line = self._line + self._buffer.count(b"\n")
            yield Piece(b"", line, "the file breaks off after this line: its root is not closed. Fetch it again.")


def _utf8_chunks(stream: BinaryIO) -> Iterator[bytes]:
    head = stream.read(_CHUNK)
    encoding = encoding_of(head)
    if encoding in ("utf-8", "ascii"):
        while head:
            yield head
            head = stream.read(_CHUNK)
        return
    stream.seek(0)
    reader = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        while text := reader.read(_CHUNK):
            yield text.encode("utf-8")
    except UnicodeError as error:
        raise SourceTextError(f"the bytes are not {encoding}, as the file says. Save it as UTF-8.") from error
    finally:
        reader.detach()
