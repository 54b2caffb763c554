"""Reader for a paper as plain text: headings on lines of their own, paragraphs between blank lines, tables by tabs.

Headings, captions and tables are told by form. Everything before the abstract is front matter, since a journal
prints words there (“Case Report”) that are headings later.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from kg.errors import SourceTextError
from kg.ingest.document import Document, Section, Table, TableCell

_HEADING = re.compile(
    r"(?:introduction|case reports?|case presentation|case|discussion|conclusions?|references|conflicts? of interest|"
    r"author contributions|acknowledge?ments?|funding|orcid|materials and methods|methods|results)\s*:?\Z",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"(?:abstract\b|background:)", re.IGNORECASE)
_AFTER_ABSTRACT = re.compile(r"key\s?words?\b", re.IGNORECASE)
_CAPTION = re.compile(r"(?:fig\.|figure)\s*\d+\.", re.IGNORECASE)
_TABLE = re.compile(r"table\s+(\d+)\.", re.IGNORECASE)
MAX_BYTES = 50_000_000


def read_plain_text(path: Path) -> Document:
    """The document in a UTF-8 text file.

    Raises:
        SourceTextError: the file is missing, empty, too large or not UTF-8.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        raise SourceTextError(f"{path}: the text cannot be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise SourceTextError(f"{path}: byte {error.start} is not UTF-8. Save the text as UTF-8.") from error
    if not text.strip():
        raise SourceTextError(f"{path}: the file is empty. Give the text of the paper.")
    if len(data) > MAX_BYTES:
        raise SourceTextError(f"{path}: the file is larger than {MAX_BYTES:,} bytes. Give one paper in a file.")
    try:
        sections, tables = _divide(text)
    except SourceTextError as error:
        raise SourceTextError(f"{path}:{error}") from error
    return Document(path.name, text, hashlib.sha256(data).hexdigest(), tuple(sections), tuple(tables))


def _blocks(text: str) -> list[tuple[int, int]]:
    """Start and end of each run of lines without a blank line between them."""
    return [match.span() for match in re.finditer(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+", text)]


def _divide(text: str) -> tuple[list[Section], list[Table]]:
    sections: list[Section] = []
    tables: list[Table] = []
    current = "Front matter"
    pending: int | None = None
    for start, end in _blocks(text):
        block = text[start:end].strip()
        name = current
        if _ABSTRACT.match(block) and current == "Front matter":
            name = current = "Abstract"
        elif current == "Front matter":
            pass
        elif _HEADING.match(block):
            name = current = block.rstrip(" :")
        elif _CAPTION.match(block):
            # A text column that runs on right below a caption begins with white space.
            runs_on = re.search(r"\n(?=[ \t]+\S)", text[start:end])
            if runs_on:
                sections.append(Section("Figure captions", start, start + runs_on.end()))
                start += runs_on.end()
            else:
                name = "Figure captions"
        elif match := _TABLE.match(block):
            pending = int(match[1])
            name = f"Table {pending}"
        elif pending is not None and "\t" in block:
            tables.append(_table(text, start, end, pending))
            name = f"Table {pending}"
        elif pending is not None and tables and tables[-1].number == pending:
            name, pending = f"Table {pending} notes", None
        sections.append(Section(name, start, end))
        if _AFTER_ABSTRACT.match(block) and current == "Abstract":
            current = "Introduction"
    return sections, tables


def _table(text: str, start: int, end: int, number: int) -> Table:
    columns: tuple[str, ...] = ()
    cells: list[TableCell] = []
    row = 0
    for line in re.finditer(r"[^\n]+", text[start:end]):
        spans: list[tuple[int, int]] = []
        begin = start + line.start()
        for part in line.group().split("\t"):
            spans.append((begin, begin + len(part)))
            begin += len(part) + 1
        if not columns:
            columns = tuple(text[a:b].strip() for a, b in spans)
            continue
        row += 1
        if len(spans) > len(columns):
            raise SourceTextError(
                f"{text.count(chr(10), 0, spans[0][0]) + 1}: row {row} of Table {number} has {len(spans)} cells for "
                f"{len(columns)} columns. Part the cells by one tab each."
            )
        filled = ((column, a, b) for column, (a, b) in zip(columns, spans, strict=False) if text[a:b].strip())
        cells.extend(TableCell(row, column, a, b) for column, a, b in filled)
    return Table(number, columns, tuple(cells))
