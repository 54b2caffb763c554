"""From lines in reading order to a document: headings by their words and type, captions, and lists of references.

Lines stay lines, with the hyphens at their ends; `kg.ingest.document.fold` joins them. A paragraph that a column or a
page interrupts goes on without a blank line. Tables stay text in a section of their own: a PDF does not say what its
cells are, and a guess would put a value into the wrong case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from kg.ingest.composer import Composer
from kg.ingest.document import Document, Metadata, fold
from kg.ingest.pdf_lines import Block, Page, without_furniture
from kg.ingest.references import doi_of_front_matter, numbered_references
from kg.ingest.sections import canonical, labelled_parts, name_of, printed

_FIGURE = re.compile(r"(?:fig\.|figure|fig)\s*\d+\s*[.:|]?\s", re.IGNORECASE)
_TABLE = re.compile(r"table\s+(\d{1,3})\s*(?:[.:|]|$|\n|(?=[A-Z]))", re.IGNORECASE)
_ABSTRACT = re.compile(r"(?:abstract|summary)\b\s*[:.—–-]?\s*(?=\S)|(?=background:)", re.IGNORECASE)
_KEYWORDS = re.compile(r"key\s?words?(?: and phrases)?\b\s*[:.—–-]?", re.IGNORECASE)
_BEFORE_THE_BODY = frozenset({"Front matter", "Title", "Figure captions"})
_ENDS = re.compile(r"[.!?:;)\]”\"]\s*\Z")
_OPENS_A_SECTION = frozenset(
    {"Abstract", "Introduction", "Case report", "Methods", "Results", "Discussion", "Conclusion", "References",
     "Acknowledgments", "Figure captions"}
)  # fmt: skip


def pages_document(pages: Sequence[Page], information: str, name: str, sha256: str) -> Document:
    """The document of a PDF's pages; ``information`` is the title that the file's information gives, if any."""
    ordered = without_furniture(pages)
    writer = _Writer(_body_size(ordered))
    for blocks in ordered:
        for block in blocks:
            writer.block(block)
    document = writer.document(name, sha256)
    title = next((fold(document.text[s.start : s.end]) for s in document.sections if s.name == "Title"), None)
    # What a program wrote into the file counts where the page says it too.
    if information and information.count(" ") > 1 and fold(information).lower() in fold(document.text).lower():
        title = fold(information)
    metadata = Metadata(title=title, doi=doi_of_front_matter(document.text, document.sections))
    return replace(document, metadata=metadata, references=numbered_references(document.text, document.sections))


def _body_size(ordered: Sequence[Sequence[Block]]) -> float:
    sizes = Counter[float]()
    for blocks in ordered:
        for block in blocks:
            for line in block.lines:
                sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


class _Writer:
    """Writes blocks down, and keeps in mind under which heading they stand."""

    def __init__(self, body: float) -> None:
        self._body = body
        self._parts: list[tuple[str, str, tuple[str, ...]]] = []
        self._headings: tuple[str, ...] = ()
        self._name = "Front matter"
        self._table: str | None = None
        self._level = 0.0

    def block(self, block: Block) -> None:
        """Add a block: its headings, its caption, or its prose."""
        if _FIGURE.match(block.text):
            self._parts.append((block.text, "Figure captions", ()))
        elif (match := _TABLE.match(block.text)) and self._captions(block):
            self._table = f"Table {match[1]}"
            self._parts.append((block.text, self._table, ()))
        elif self._in_table(block):
            self._parts.append((block.text, f"{self._table}", ()))
        else:
            self._table = None
            self._prose(block)

    def _captions(self, block: Block) -> bool:
        """Whether “Table 1” opens a caption and not a sentence."""
        return block.lines[0].bold or block.size < self._body - 0.3 or len(block.lines) < 4

    def _in_table(self, block: Block) -> bool:
        """Whether a block after a table's caption still belongs to it: small type, or short scraps."""
        if self._table is None or self._opening(block.lines[0].text, block.lines[0].bold) is not None:
            return False
        short = sum(len(line.text) < 25 for line in block.lines) * 2 > len(block.lines)
        return block.size < self._body - 0.3 or (short and not _ENDS.search(block.text))

    def _prose(self, block: Block) -> None:
        """The lines of a block, parted where a line is a heading."""
        run: list[str] = []
        lines = list(block.lines)
        for index, line in enumerate(lines):
            alone = len(line.text) <= 80 and (
                line.bold or line.size > self._body + 0.4 or len(lines) == 1 or index == 0
            )
            opened = self._opening(line.text, line.bold or line.size > self._body + 0.4) if alone else None
            if opened is not None:
                self._say("\n".join(run))
                run = []
                self._open(opened)
                self._level = line.size if line.bold or line.size > self._body + 0.4 else 1000.0
            run.append(line.text)
            if opened is not None:
                self._parts.append(("\n".join(run), self._name, self._headings))
                run = []
        text = "\n".join(run)
        if self._is_title(block) and text:
            self._parts.append((text, "Title", ()))
        elif self._is_subheading(block) and text:
            # As large as the heading of the section before, it opens one beside that; else one inside it.
            beside = block.size > self._level - 0.1
            self._open((printed(text),) if beside else (*self._headings[:1], printed(text)))
            self._parts.append((text, self._name, self._headings))
        else:
            self._say(text)

    def _opening(self, text: str, marked: bool) -> tuple[str, ...] | None:
        """The headings that a line opens, if it is one whose words are clear."""
        clear = canonical(text)
        if clear not in _OPENS_A_SECTION or text.rstrip().endswith((",", ";", "-")):
            return None
        if not marked and text[:1].islower():
            return None
        # Journals print the kind of the article above its title.
        if clear == "Case report" and self._name == "Front matter" and not marked:
            return None
        if self._name == "Abstract" and clear not in ("Abstract", "References") and not marked:
            return ("Abstract", printed(text))
        return (printed(text),)

    def _open(self, headings: tuple[str, ...]) -> None:
        self._headings = headings
        self._name = name_of(headings)

    def _is_title(self, block: Block) -> bool:
        return self._name == "Front matter" and block.size > self._body * 1.25 and len(block.text) > 15 and not any(
            name == "Title" for _, name, _ in self._parts
        )  # fmt: skip

    def _is_subheading(self, block: Block) -> bool:
        marked = block.bold or block.size > self._body + 0.9
        plain = self._name not in ("Front matter", "Abstract", "References")
        return bool(self._headings) and plain and marked and len(block.lines) <= 2 and not _ENDS.search(block.text)

    def _say(self, text: str) -> None:
        if not text:
            return
        if self._name == "Front matter" and _ABSTRACT.match(text):
            self._open(("Abstract",))
        elif self._name == "Abstract" and _KEYWORDS.match(text):
            self._parts.append((text, "Keywords", ()))
            self._open(("Introduction",))
            return
        self._parts.append((text, self._name, self._headings))

    def document(self, name: str, sha256: str) -> Document:
        """The document of all blocks, with paragraphs put together that a column or a page has parted."""
        joined: list[tuple[str, str, tuple[str, ...]]] = []
        for text, section, headings in self._parts:
            open_at = _open_paragraph(joined, section, headings, text)
            if open_at is None:
                joined.append((text, section, headings))
            else:
                before = joined[open_at]
                joined[open_at] = (f"{before[0]}\n{text}", section, headings)
        composer = Composer()
        letter = all(section in _BEFORE_THE_BODY for _, section, _ in joined)
        for text, part, headings in joined:
            section = "Main text" if letter and part == "Front matter" else part
            for label, start, end in labelled_parts(text) if section == "Abstract" else ((None, 0, len(text)),):
                own = ("Abstract", label) if label else headings if len(headings) > 1 else ()
                composer.paragraph(text[start:end], section, own)
        return composer.document(name, sha256, Metadata())


def _open_paragraph(
    parts: Sequence[tuple[str, str, tuple[str, ...]]], section: str, headings: tuple[str, ...], text: str
) -> int | None:
    """Which part a text goes on from: the last one of its section, when that stopped in the middle of a sentence.

    Captions and tables that stand between the two columns are stepped over.
    """
    for index in range(len(parts) - 1, max(-1, len(parts) - 6), -1):
        before, name, above = parts[index]
        if (name, above) == (section, headings):
            breaks_off = before.endswith("-") or not _ENDS.search(before)
            return index if breaks_off and text[:1].islower() and canonical(before) is None else None
        if name != "Figure captions" and not name.startswith("Table "):
            return None
    return None
