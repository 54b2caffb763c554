"""The home of pdfminer.six: the text layer of a PDF (ISO 32000-1, section 9.10) as lines with their places.

A PDF is a program that strangers write. Its bytes, pages and time are bounded, streams are not unpacked without limit,
and whatever pdfminer trips over in a damaged file becomes one sentence. A loop in it that neither reads, draws nor
follows a reference is not seen by the clock; who reads strangers' PDFs at volume gives each process a deadline.
"""

from __future__ import annotations

import hashlib
import logging
import time
import zlib
from collections.abc import Iterator
from io import BytesIO
from struct import error as struct_error
from typing import Any

from pdfminer import pdftypes
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LAParams, LTChar, LTLayoutContainer, LTPage, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from kg.errors import SourceTextError
from kg.ingest.document import Document
from kg.ingest.pdf_lines import Block, Line, Page
from kg.ingest.pdf_text import pages_document
from kg.ingest.source import Source

MAX_PAGES = 500
MAX_SECONDS = 60.0
MAX_SIDE = 14_400.0
MARGIN = 100.0
MAX_STREAM = 64_000_000
_LEAST_LETTERS = 30
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(9), *range(11, 32), 127, 0xFFFE, 0xFFFF)) | {0xA0: " "}
_FAULTS = (
    PDFException, PSException, AssertionError, ArithmeticError, AttributeError, EOFError, LookupError, MemoryError,
    NotImplementedError, RecursionError, TypeError, ValueError, struct_error, zlib.error,
)  # fmt: skip

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


class _TooMuchError(Exception):
    """A bound was reached; says which."""


class _BoundedZlib:
    """What pdfminer uses of zlib, with an end to what a stream may unpack to."""

    error = zlib.error

    @staticmethod
    def decompress(data: bytes) -> bytes:
        unpacking = zlib.decompressobj()
        found = unpacking.decompress(data, MAX_STREAM)
        if unpacking.unconsumed_tail:
            raise _TooMuchError(f"a stream in it unpacks to more than {MAX_STREAM:,} bytes")
        if not unpacking.eof:
            raise zlib.error("incomplete stream")
        return found

    decompressobj = staticmethod(zlib.decompressobj)


# pdfminer has no setting for this. It is the only user of its module's name `zlib`.
vars(pdftypes)["zlib"] = _BoundedZlib


class _Clock:
    def __init__(self) -> None:
        self._end = time.monotonic() + MAX_SECONDS

    def check(self) -> None:
        if time.monotonic() > self._end:
            raise _TooMuchError(f"reading it takes longer than {MAX_SECONDS:.0f} seconds")


class _ClockedBytes(BytesIO):
    """Bytes that look at the clock each time they are read."""

    def __init__(self, data: bytes, clock: _Clock) -> None:
        super().__init__(data)
        self._clock = clock

    def read(self, size: int | None = -1, /) -> bytes:
        self._clock.check()
        return super().read(size)


class _Device(PDFPageAggregator):
    """Gathers what a page draws, and looks at the clock while it does."""

    def __init__(self, resources: PDFResourceManager, clock: _Clock) -> None:
        super().__init__(resources, laparams=LAParams(all_texts=True, boxes_flow=None))
        self._clock = clock

    def render_char(self, *args: Any, **kwargs: Any) -> float:
        self._clock.check()
        return super().render_char(*args, **kwargs)

    def end_page(self, page: PDFPage) -> None:
        """Leave out what is drawn off the page before the layout is looked at: its grid would have no end."""
        self._keep_what_is_on(self.cur_item, self.cur_item.width, self.cur_item.height)
        super().end_page(page)

    def _keep_what_is_on(self, holder: LTLayoutContainer, width: float, height: float) -> None:
        self._clock.check()
        holder._objs = [  # pdfminer's containers have no way to take something out
            item
            for item in holder
            if not isinstance(item, LTChar) or (_within(item.x0, item.x1, width) and _within(item.y0, item.y1, height))
        ]
        for item in holder:
            if isinstance(item, LTLayoutContainer):
                self._keep_what_is_on(item, width, height)

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        """Lines and curves are no text."""
        self._clock.check()

    def begin_figure(self, *args: Any, **kwargs: Any) -> None:
        """Forms are drawn by a form; the clock ends those that draw themselves."""
        self._clock.check()
        super().begin_figure(*args, **kwargs)


def _within(low: float, high: float, size: float) -> bool:
    return -MARGIN < low <= high < min(size, MAX_SIDE) + MARGIN


class _Document(PDFDocument):
    """Looks at the clock whenever a reference is followed, since references can run in a circle."""

    def __init__(self, parser: PDFParser, clock: _Clock) -> None:
        self._clock = clock
        super().__init__(parser)

    def getobj(self, objid: int) -> object:
        """An object by its number."""
        self._clock.check()
        return super().getobj(objid)


def pdf_document(source: Source) -> Document:
    """The document of a PDF with a text layer.

    Raises:
        SourceTextError: it is encrypted, damaged, has no text layer, or exceeds a bound.
    """
    data = source.whole()
    clock = _Clock()
    try:
        information, pages = _pages(data, clock)
    except PDFPasswordIncorrect as error:
        raise SourceTextError("the PDF is encrypted. Save it without a password.") from error
    except _TooMuchError as error:
        raise SourceTextError(f"the PDF cannot be read: {error}. Print it to a new PDF, or give its text.") from error
    except _FAULTS as error:
        raise SourceTextError(
            f"the PDF is damaged ({type(error).__name__} at its inside). Fetch it again, or print it to a new PDF."
        ) from error
    _check_text(pages)
    return pages_document(pages, information, source.name, hashlib.sha256(data).hexdigest())


def _pages(data: bytes, clock: _Clock) -> tuple[str, list[Page]]:
    """The title in the file's information, and the lines of each page."""
    document = _Document(PDFParser(_ClockedBytes(data, clock)), clock)
    resources = PDFResourceManager()
    device = _Device(resources, clock)
    interpreter = PDFPageInterpreter(resources, device)
    pages: list[Page] = []
    for page in PDFPage.create_pages(document):
        if len(pages) >= MAX_PAGES:
            raise _TooMuchError(f"it has more than {MAX_PAGES} pages")
        clock.check()
        interpreter.process_page(page)
        pages.append(_page(device.get_result(), clock))
    return _title(document), pages


def _title(document: PDFDocument) -> str:
    value = next((entry.get("Title") for entry in document.info if isinstance(entry, dict)), None)
    if not isinstance(value, bytes):
        return ""
    text = value.decode("utf-16", "replace") if value[:2] in (b"\xfe\xff", b"\xff\xfe") else value.decode("latin-1")
    return " ".join(text.split())


def _page(layout: LTPage, clock: _Clock) -> Page:
    blocks: list[Block] = []
    holders: list[LTLayoutContainer] = [layout]
    for holder in holders:
        clock.check()
        holders += [item for item in holder if isinstance(item, LTLayoutContainer)]
        for box in holder:
            if isinstance(box, LTTextBox):
                lines = tuple(line for part in box if isinstance(part, LTTextLine) for line in _line(part))
                if lines:
                    blocks.append(Block(lines))
    return Page(layout.width, layout.height, tuple(blocks))


def _line(line: LTTextLine) -> Iterator[Line]:
    characters = [character for character in line if isinstance(character, LTChar)]
    upright = [character for character in characters if character.upright]
    if not upright or len(upright) * 2 < len(characters):
        return
    text = "".join("\ufffd" if (found := c.get_text()).startswith("(cid:") else found for c in line)
    text = " ".join(text.translate(_CONTROLS).translate(_LIGATURES).split())
    if text:
        size = sorted(character.size for character in upright)[len(upright) // 2]
        bold = sum("bold" in c.fontname.lower() or "black" in c.fontname.lower() for c in upright) * 2 > len(upright)
        yield Line(text, line.x0, line.y0, line.x1, line.y1, round(size, 1), bold)


def _check_text(pages: list[Page]) -> None:
    text = "".join(line.text for page in pages for block in page.blocks for line in block.lines)
    letters, unknown = sum(character.isalpha() for character in text), text.count("\ufffd")
    if unknown > letters:
        raise SourceTextError("the PDF's fonts do not say which characters they draw. Run OCR on it, or give its text.")
    if letters < _LEAST_LETTERS:
        raise SourceTextError(
            "the PDF has no text layer; its pages are probably pictures. Run OCR on it (ocrmypdf does), and give that."
        )
