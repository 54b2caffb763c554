"""Reader for JATS XML (NISO Z39.96-2024 and NLM's older suites): the articles of PubMed Central and of many journals.

The text is title, front matter, abstract, keywords, body, back matter and references, in that order. Figures and tables
come after the paragraph that holds them. A structured abstract's parts keep their labels. Abstracts in other languages,
peer reviews (``sub-article``) and pictures are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kg.errors import SourceTextError
from kg.ingest.abstract import Names
from kg.ingest.article_set import pieces
from kg.ingest.composer import Composer, table_number
from kg.ingest.document import Document
from kg.ingest.jats_front import citation, metadata
from kg.ingest.jats_references import entries
from kg.ingest.sections import name_of, printed
from kg.ingest.source import Source, named, naming
from kg.ingest.xml_table import printed_table
from kg.ingest.xml_tree import Element, below, children, first, flow, squeezed, tag, words, xml_root

_FLOATS = ("fig", "fig-group", "table-wrap", "table-wrap-group")
_BLOCKS = frozenset({*_FLOATS, "p", "list", "def-list", "disp-quote", "boxed-text", "disp-formula", "statement", "sec",
                     "array", "speech", "verse-group", "preformat", "supplementary-material", "media"})  # fmt: skip
_DROP = frozenset({"tex-math", "inline-graphic", "graphic", "label", "alt-text", "long-desc", "object-id", "fn"})
_NO_ABSTRACT = frozenset({"graphical", "toc", "teaser", "web-summary"})
_BACK = {"ack": "Acknowledgments", "fn-group": "Notes", "app": "Appendix", "bio": "Biography", "glossary": "Glossary"}
_WHOLE_BACK = frozenset({"app-group", "back"})


def jats_document(source: Source) -> Document:
    """The document of a file with one article.

    Raises:
        SourceTextError: it cannot be read, is not well-formed or has no words.
    """
    data = source.whole()
    root = xml_root(data)
    return _document(root, source.name, hashlib.sha256(data).hexdigest())


def read_jats_set(source: Source) -> Iterator[Document | SourceTextError]:
    """The articles of a set, as PMC's services give them, or what is wrong with one, with its line.

    Raises:
        SourceTextError: the file as a whole cannot be read.
    """
    sha256 = source.sha256()
    names = Names(source.name)
    with source.open() as stream:
        for count, piece in enumerate(pieces(stream, ("article",), "[^!?/<>]{1,40}"), 1):
            try:
                root = piece.root()
                about = metadata(root)
                name = names.of(about.pmcid or about.pmid or f"no-{count}")
                with naming(f"article {name.rpartition('#')[2]}"):
                    yield _document(root, name, sha256)
            except SourceTextError as error:
                yield named(str(piece.line), error)


def _document(article: Element, name: str, sha256: str) -> Document:
    labels = (table_number(words(first(wrap, "label"))) for wrap in below(article, "table-wrap"))
    writer = _Article(Composer(number for number in labels if number is not None))
    about = metadata(article)
    if about.title:
        writer.out.paragraph(about.title, "Title")
    for line in (", ".join(about.authors), citation(article)):
        if line:
            writer.out.paragraph(line, "Front matter")
    writer.abstracts(first(article, "front", "article-meta"))
    if about.keywords:
        writer.out.paragraph("Keywords: " + "; ".join(about.keywords), "Keywords")
    for part in children(article, "body", "back", "floats-group", "floats-wrap"):
        writer.part(part)
    document = writer.out.document(name, sha256, about)
    if not document.text:
        raise SourceTextError("the article has no words in it. Leave it out.")
    return document


class _Article:
    """Writes the parts of an article down in reading order."""

    def __init__(self, out: Composer) -> None:
        self.out = out
        self._last_reference = 0

    def abstracts(self, meta: Element | None) -> None:
        """The abstracts of an article in its own language."""
        for abstract in children(meta, "abstract"):
            if abstract.get("abstract-type") not in _NO_ABSTRACT:
                self._contents(abstract, ("Abstract",))

    def part(self, part: Element) -> None:
        """Body, back matter or the floating figures and tables."""
        if tag(part) == "back":
            self._back(part)
            return
        # Many journals print no heading above their introduction; a letter has none at all.
        divided = any(words(first(section, "title")) for section in children(part, "sec"))
        for child in children(part):
            untitled = divided and tag(child) != "sec"
            divided = divided and untitled
            self._block(child, ("Introduction",) if untitled else ())

    def _back(self, back: Element) -> None:
        for child in children(back):
            name = tag(child)
            if name == "ref-list":
                self._references(child)
            elif name in _WHOLE_BACK:
                self._back(child)
            elif name in ("sec", "notes", *_BACK):
                heading = words(first(child, "title"), _DROP) or _BACK.get(name, "Notes")
                self._contents(child, (heading,))

    def _references(self, listed: Element) -> None:
        heading = words(first(listed, "title"), _DROP)
        if next(below(listed, "ref"), None) is None:
            return
        self.out.paragraph(heading or "References", "References")
        for number, text, doi, pmid in entries(listed, self._last_reference):
            self.out.reference(number, text, doi, pmid)
            self._last_reference = number

    def _contents(self, node: Element, headings: tuple[str, ...]) -> None:
        """The paragraphs of a section, and those of the sections in it below their own headings."""
        heading = first(node, "title")
        shown = words(heading, _DROP)
        if shown and tag(node) in (
            "sec",
            "ack",
            "app",
            "notes",
            "fn-group",
            "glossary",
            "abstract",
            "boxed-text",
            "bio",
        ):
            if not headings or printed(headings[-1]) != printed(shown):
                headings = (*headings, printed(shown)) if headings != ("Abstract",) or tag(node) == "sec" else headings
            self._say(shown, headings)
        for child in children(node):
            if child is not heading:
                self._block(child, headings)

    def _block(self, node: Element, headings: tuple[str, ...]) -> None:
        name = tag(node)
        if name == "sec":
            self._contents(node, headings)
        elif name == "fig":
            self._caption(node)
        elif name == "table-wrap":
            self._table(node)
        elif name == "ref-list":
            self._references(node)
        elif name in ("label", "title", "sec-meta", "object-id", "attrib", "permissions"):
            return
        elif name == "def-item":
            term, meaning = words(first(node, "term"), _DROP), words(first(node, "def"), _DROP)
            self._say(": ".join(filter(None, (term, meaning))), headings)
        elif name in ("supplementary-material", "media", "graphic", "inline-supplementary-material"):
            caption = first(node, "caption")
            self._say(words(caption, _DROP), ("Supplementary material",)) if caption is not None else None
        else:
            self._prose(node, headings)

    def _prose(self, node: Element, headings: tuple[str, ...]) -> None:
        """A paragraph; what stands inside it as a block follows, figures and tables last."""
        floats: list[Element] = []
        run: list[str] = []
        for part in flow(node, _BLOCKS, _DROP):
            if isinstance(part, str):
                run.append(part)
            elif tag(part) in _FLOATS:
                floats.append(part)
            else:
                self._say(squeezed("".join(run)), headings)
                run = []
                self._block(part, headings)
        self._say(squeezed("".join(run)), headings)
        for part in floats:
            if tag(part) in ("fig-group", "table-wrap-group"):
                self._contents(part, headings)
            else:
                self._block(part, headings)

    def _say(self, text: str, headings: tuple[str, ...]) -> None:
        if text:
            shown = headings or ("Main text",)
            self.out.paragraph(text, name_of(shown), shown)

    def _caption(self, figure: Element) -> None:
        label, caption = words(first(figure, "label")), words(first(figure, "caption"), _DROP)
        text = " ".join(part for part in (label.rstrip(" .:") + "." if label else "", caption) if part)
        if text:
            self.out.paragraph(text, "Figure captions")

    def _table(self, wrap: Element) -> None:
        label, caption = words(first(wrap, "label")), words(first(wrap, "caption"), _DROP)
        notes = [words(note) for foot in children(wrap, "table-wrap-foot") for note in children(foot)]
        tables = [e for e in below(wrap, "table") if not any(tag(a) == "table" for a in e.iterancestors("{*}td"))]
        for index, table in enumerate(tables or [None]):
            if table is not None:
                self.out.table(printed_table(table), label, caption, notes if index == len(tables) - 1 else ())
            else:
                # No rows of the model that is read: its words at least, or a picture's caption alone.
                rest = words(next(below(wrap, "tgroup", "array"), None), _DROP)
                shown = " ".join(part for part in (label, caption, rest) if part)
                if shown:
                    self.out.paragraph(shown, label.rstrip(" .:") or "Tables")
