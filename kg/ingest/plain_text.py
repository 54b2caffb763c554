"""Reader for a paper as plain text: headings on lines of their own, paragraphs between blank lines, tables by tabs.

Headings, captions and tables are told by form. Everything before the abstract is front matter, since a journal
prints words there (“Case Report”) that are headings later. Without an abstract the front matter ends at the first
heading; without a heading either, the text is an abstract with or without its title.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from kg.errors import SourceTextError
from kg.ingest.document import Document, Metadata, Section, Table, TableCell
from kg.ingest.grid import distinct_names
from kg.ingest.references import doi_of_front_matter, numbered_references
from kg.ingest.sections import canonical, labelled_parts
from kg.ingest.source import Source, naming

_HEADING = re.compile(
    r"(?:introduction|case reports?|case presentation|case|discussion|conclusions?|references|conflicts? of interest|"
    r"author contributions|acknowledge?ments?|funding|orcid|materials and methods|methods|results)\s*:?\Z",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"(?:abstract\b|background:)", re.IGNORECASE)
_AFTER_ABSTRACT = re.compile(r"key\s?words?\b", re.IGNORECASE)
_CAPTION = re.compile(r"(?:fig\.|figure)\s*\d+\.", re.IGNORECASE)
_TABLE = re.compile(r"table\s+(\d+)\.", re.IGNORECASE)


def read_plain_text(path: Path) -> Document:
    """The document in a UTF-8 text file.

    Raises:
        SourceTextError: the file is missing, empty, too large or not UTF-8.
    """
    source = Source.of_path(path)
    with naming(source.label):
        return plain_text_document(source)


def plain_text_document(source: Source) -> Document:
    """The document in UTF-8 text. No other encoding is guessed: a guess can be wrong without anybody seeing it.

    A byte order mark stays in the text, where it has always counted as a character.

    Raises:
        SourceTextError: the text is missing, empty, too large, not UTF-8 or has a NUL in it.
    """
    data = source.whole()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceTextError(f"byte {error.start} is not UTF-8. Save the text as UTF-8.") from error
    if not text.strip("\ufeff \t\r\n"):
        raise SourceTextError("the file is empty. Give the text of the paper.")
    if "\x00" in text:
        raise SourceTextError(
            f"byte {data.index(0)} is NUL, so this is not text. Save it as UTF-8, or give it in its own format."
        )
    sections, tables = _divide(text)
    references = numbered_references(text, sections)
    metadata = Metadata(doi=doi_of_front_matter(text, sections))
    return Document(
        source.name, text, hashlib.sha256(data).hexdigest(), tuple(sections), tuple(tables), metadata, references
    )


def _blocks(text: str) -> list[tuple[int, int]]:
    """Start and end of each run of lines without a blank line between them."""
    blocks: list[tuple[int, int]] = []
    place, begin = 0, None
    for line in re.finditer(r"[^\n]*\n|[^\n]+", text):
        if line[0].strip():
            begin = line.start() if begin is None else begin
        elif begin is not None:
            blocks.append((begin, place))
            begin = None
        place = line.end()
    if begin is not None:
        blocks.append((begin, place))
    return blocks


def _divide(text: str) -> tuple[list[Section], list[Table]]:
    sections: list[Section] = []
    tables: list[Table] = []
    blocks = _blocks(text)
    front = _front_matter(text, blocks)
    if front is None:
        return _abstract_alone(text, blocks), []
    current = "Front matter"
    pending: int | None = None
    for index, (start, end) in enumerate(blocks):
        block = _words(text[start:end])
        name = current
        if _ABSTRACT.match(block) and current == "Front matter":
            name = current = "Abstract"
        elif index < front:
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
        sections.extend(_parts(text, name, start, end))
        if _AFTER_ABSTRACT.match(block) and current == "Abstract":
            current = "Introduction"
    return sections, tables


def _front_matter(text: str, blocks: list[tuple[int, int]]) -> int | None:
    """How many blocks of front matter there are; ``None`` where neither an abstract nor a heading follows."""
    words = [_words(text[start:end]) for start, end in blocks]
    for index, block in enumerate(words):
        if _ABSTRACT.match(block):
            return index
    headings = [index for index, block in enumerate(words) if _HEADING.match(block)]
    return next((i for i in headings if canonical(words[i]) == "Introduction"), headings[0] if headings else None)


def _abstract_alone(text: str, blocks: list[tuple[int, int]]) -> list[Section]:
    sections: list[Section] = []
    for index, (start, end) in enumerate(blocks):
        block = _words(text[start:end])
        title = index == 0 and len(blocks) > 1 and len(block) <= 300 and "\n" not in block and block[-1] not in ".:;"
        sections.extend(_parts(text, "Title" if title else "Abstract", start, end))
    return sections


def _parts(text: str, name: str, start: int, end: int) -> list[Section]:
    """The section of a block, or one for each labelled part of a structured abstract."""
    if name != "Abstract":
        return [Section(name, start, end)]
    parts = list(labelled_parts(text[start:end]))
    return [
        Section(
            name,
            start if index == 0 else start + begin,
            end if index == len(parts) - 1 else start + stop,
            (name, label) if label else (),
        )
        for index, (label, begin, stop) in enumerate(parts)
    ]


def _words(block: str) -> str:
    return block.strip("\ufeff \t\r\n\v\f").strip()


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
            columns = distinct_names(text[a:b].strip() for a, b in spans)
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
