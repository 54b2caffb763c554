"""Reader for an article saved as a web page: the main text, without menus, scripts and advertisements.

The article is the page's ``article`` or ``main`` element with the most words, else its body. Metadata come from the
``citation_…`` tags that journals put into the head for search engines (Highwire Press tags), and from nowhere else.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator

from kg.errors import SourceTextError
from kg.ingest.composer import Composer, table_number
from kg.ingest.document import Document, Metadata
from kg.ingest.references import find_doi, find_pmid
from kg.ingest.sections import canonical, name_of, printed
from kg.ingest.source import Source
from kg.ingest.xml_table import printed_table
from kg.ingest.xml_tree import Element, below, first, flow, html_root, squeezed, tag, words

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FLOW = frozenset({
    *_HEADINGS, "p", "div", "section", "article", "main", "header", "ul", "ol", "li", "dl", "dt", "dd", "blockquote",
    "figure", "figcaption", "table", "pre", "details", "summary", "center", "address", "hr", "tbody", "tr", "td",
})  # fmt: skip
_DROP = frozenset({
    "script", "style", "nav", "footer", "aside", "form", "noscript", "template", "svg", "iframe", "button", "select",
    "input", "textarea", "object", "canvas", "video", "audio", "dialog", "menu", "head", "link", "meta", "img",
})  # fmt: skip
_ROLES = frozenset({"navigation", "banner", "search", "contentinfo", "complementary", "dialog", "menu", "toolbar"})
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|cookies?|advert\w*|ads?|banner|social|share|footer|"
    r"related|recommend\w*|newsletter|promo|toolbar|skip-link|metrics|usa-banner)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"(?:fig\.?|figure)\s*\d+", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
_SAME_AS_1252 = frozenset({"iso8859-1", "ascii"})
_LISTED = re.compile(r"\W{0,2}(\d{1,4})[.)\]]\s+")


def html_document(source: Source) -> Document:
    """The document of a page.

    Raises:
        SourceTextError: it cannot be read, its encoding is unknown, or it has no words.
    """
    data = source.whole()
    root = html_root(_decoded(data))
    page = _Page()
    page.read(_main(root))
    if page.out.empty:
        raise SourceTextError("the page has no words in it. Save it after it was loaded, or give the PDF.")
    return page.out.document(source.name, hashlib.sha256(data).hexdigest(), _metadata(root))


def _decoded(data: bytes) -> str:
    """The page as text: by its byte order mark, by what it declares (WHATWG Encoding, section 4.2), else UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        declared = "utf-16"
    else:
        match = None if data.startswith(codecs.BOM_UTF8) else _CHARSET.search(data[:8192]) or _XML_ENCODING.match(data)
        declared = match[1].decode("ascii") if match else "utf-8"
    try:
        name = codecs.lookup(declared).name
        text = data.decode("cp1252" if name in _SAME_AS_1252 else "utf-8-sig" if name == "utf-8" else name)
    except (LookupError, UnicodeError) as error:
        raise SourceTextError(
            f"the page is not in the encoding “{declared}” that it states or that holds where none is stated. "
            "Save it as UTF-8."
        ) from error
    # Pages, unlike XML, may hold any control character; none of them is a word.
    return re.sub(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]", "", text)


def _main(root: Element) -> Element:
    for names in (("article",), ("main",)):
        # An article inside another is a comment or a teaser.
        outer = (e for e in below(root, *names) if not any(tag(above) in names for above in e.iterancestors()))
        sizes = [(len(words(element, _DROP)), element) for element in outer if not _dropped(element)]
        size, best = max(sizes, key=lambda item: item[0], default=(0, root))
        if size > 400:
            return best
    body = first(root, "body")
    return root if body is None else body


def _dropped(node: Element) -> bool:
    if node.get("hidden") is not None or node.get("aria-hidden") == "true" or node.get("role") in _ROLES:
        return True
    style = (node.get("style") or "").replace(" ", "").lower()
    marks = f"{node.get('class') or ''} {node.get('id') or ''}"
    return "display:none" in style or (tag(node) not in ("body", "article", "main") and bool(_FURNITURE.search(marks)))


class _Page:
    """Writes the blocks of a page down; headings are a stack by their level."""

    def __init__(self) -> None:
        self.out = Composer()
        self._stack: list[tuple[int, str]] = []
        self._references = 0

    def read(self, main: Element) -> None:
        """All blocks of the main element."""
        labels = (table_number(_table_words(table)[0]) for table in below(main, "table"))
        self.out = Composer(number for number in labels if number is not None)
        self._blocks(main)

    def _blocks(self, node: Element) -> None:
        run: list[str] = []
        for part in flow(node, _FLOW, _DROP):
            if isinstance(part, str):
                run.append(part)
                continue
            self._say(squeezed("".join(run)))
            run = []
            if not _dropped(part):
                self._block(part)
        self._say(squeezed("".join(run)))

    def _block(self, node: Element) -> None:
        name = tag(node)
        if name in _HEADINGS:
            self._heading(node, int(name[1]))
        elif name == "table":
            self._table(node)
        elif name in ("figcaption",) or (name == "p" and _CAPTION.match(words(node)) and _in_figure(node)):
            self._say_in(words(node, _DROP), "Figure captions", ())
        elif name == "li" and self._name() == "References" and next(below(node, "ol", "ul"), None) is None:
            self._reference(node)
        else:
            self._blocks(node)

    def _heading(self, node: Element, level: int) -> None:
        text = words(node, _DROP)
        if not text:
            return
        if level == 1 and not self._stack and canonical(text) is None:
            self._say_in(text, "Title", ())
            self._stack = [(1, "")]
            return
        self._stack = [item for item in self._stack if item[0] < level] + [(level, printed(text))]
        self._say(text)

    def _headings(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._stack if text)

    def _name(self) -> str:
        headings = self._headings()
        return name_of(headings) if headings else "Front matter" if self._stack else "Main text"

    def _say(self, text: str) -> None:
        self._say_in(text, self._name(), self._headings())

    def _say_in(self, text: str, name: str, headings: tuple[str, ...]) -> None:
        if text:
            self.out.paragraph(text, name, headings)

    def _reference(self, node: Element) -> None:
        text = words(node, _DROP)
        match = _LISTED.match(text)
        text = text[match.end() :] if match else text
        if text:
            links = " ".join(str(link.get("href")) for link in below(node, "a"))
            self._references = int(match[1]) if match and int(match[1]) > self._references else self._references + 1
            doi = find_doi(text) or find_doi(links.replace("%2F", "/").replace("%2f", "/"))
            linked = re.search(r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?|pmid[:=])/?(\d{1,9})\b", links)
            self.out.reference(self._references, text, doi, find_pmid(text) or (linked[1] if linked else None))

    def _table(self, table: Element) -> None:
        printed_rows = printed_table(table)
        if max((len(row) for row in printed_rows.rows), default=0) < 2:
            for cell in below(table, "td", "th"):
                self._blocks(cell)
            return
        label, caption = _table_words(table)
        self.out.table(printed_rows, label, caption, ())


def _in_figure(node: Element) -> bool:
    return any(tag(a) == "figure" or "fig" in (a.get("class") or "") for a in node.iterancestors())


def _table_words(table: Element) -> tuple[str, str]:
    """Label and caption of a table, as far as its own caption has them."""
    text = words(first(table, "caption"), _DROP)
    match = re.match(r"table\s*\S+?[.:]?(?:\s+|$)", text, re.IGNORECASE)
    return (match[0].strip(), text[match.end() :]) if match else ("", text)


def _metadata(root: Element) -> Metadata:
    tags: dict[str, list[str]] = {}
    for element in below(root, "meta"):
        name, content = (element.get("name") or "").lower(), squeezed(element.get("content") or "")
        if name and content:
            tags.setdefault(name, []).append(content)
    date = next(_all(tags, "citation_publication_date", "citation_date", "citation_online_date"), "")
    year = re.search(r"\d{4}", date)
    keywords = (part.strip() for text in _all(tags, "citation_keywords") for part in re.split(r"[;,]", text))
    return Metadata(
        title=next(_all(tags, "citation_title"), None),
        authors=tuple(_author(name) for name in _all(tags, "citation_author")),
        journal=next(_all(tags, "citation_journal_title", "citation_journal_abbrev"), None),
        year=int(year[0]) if year else None,
        doi=find_doi(next(_all(tags, "citation_doi"), "")),
        pmid=next(_all(tags, "citation_pmid"), None),
        license=next((str(e.get("href")) for e in below(root, "a", "link") if "license" in (e.get("rel") or "")), None),
        language=root.get("lang"),
        article_types=tuple(_all(tags, "citation_article_type")),
        keywords=tuple(dict.fromkeys(word for word in keywords if word)),
    )


def _all(tags: dict[str, list[str]], *names: str) -> Iterator[str]:
    for name in names:
        yield from tags.get(name, ())


def _author(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma else name
