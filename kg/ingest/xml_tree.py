"""The home of lxml: XML and HTML into trees without fetching or expanding anything, and the words in an element.

Strangers write these files. No DTD is loaded, no address is fetched, an entity that a file defines is refused, and
libxml2 keeps its own bounds on depth and size (``huge_tree=False``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from kg.errors import SourceTextError

Element: TypeAlias = etree._Element
_SPACE = re.compile(r"\s+")
_POWER = re.compile(r"[-−–+]?\d+")
_POWERS = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_MARKS = re.compile(r"\d[\d\s,;–−-]*|[a-z](?:\s*,\s*[a-z])*|[*†‡§¶#|]+")
_UNIT = re.compile(r"(?:^|[\s\d/(·×.])(?:[cdkm]?m|s|h|min|m?[Ll]|k?g)$")
_BREAKS = frozenset({"break", "br"})
_APART = frozenset({
    "p", "title", "list-item", "list", "def", "term", "sec", "caption", "disp-formula", "disp-quote",
    "li", "ul", "ol", "div", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "blockquote", "option",
})  # fmt: skip
_NOTHING: frozenset[str] = frozenset()


def xml_root(data: bytes, encoding: str | None = None, line: int = 1) -> Element:
    """The root of an XML document (XML 1.0, fifth edition); its encoding is the given one or the one it declares.

    ``line`` is where the document starts in its file.

    Raises:
        SourceTextError: it is not well-formed, is nested too deeply or defines entities.
    """
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceTextError(_not_well_formed(error, line)) from error
    subset: Any = root.getroottree().docinfo.internalDTD
    for entity in subset.iterentities() if subset is not None else ():
        if entity.orig is not None or entity.content is None:
            raise SourceTextError(
                f"the document type defines the entity “{entity.name}”, which is not expanded. Write the words out."
            )
    return root


def html_root(text: str) -> Element:
    """The root of an HTML page; what is wrong with its tags is put right, as browsers do.

    Raises:
        SourceTextError: it is nested too deeply, or nothing is in it.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise SourceTextError(_not_well_formed(error, 1)) from error
    if root is None:
        raise SourceTextError("there is no element in the page. Save the whole page.")
    for problem in parser.error_log:
        if problem.type_name == "ERR_RESOURCE_LIMIT":
            raise SourceTextError(f"line {problem.line}: the page is nested too deeply to be read. Save it as text.")
    return root


def _not_well_formed(error: etree.XMLSyntaxError, begin: int) -> str:
    line = begin + (error.lineno or 1) - 1
    words = _SPACE.sub(" ", error.msg or "it does not parse").strip()
    words = re.sub(r",? *line \d+, column \d+$", "", words).replace(", use XML_PARSE_HUGE option", "")
    return f"line {line}: this is not well-formed XML: {words}. Fetch the file again, or correct it there."


def tag(node: Element) -> str:
    """The name of an element without its namespace; empty for an entity."""
    name = node.tag
    if not isinstance(name, str):
        return ""
    return name.rsplit("}", 1)[-1]


def children(node: Element | None, *names: str) -> Iterator[Element]:
    """The child elements, or those of some names; none without an element."""
    for child in node if node is not None else ():
        if (name := tag(child)) and (not names or name in names):
            yield child


def first(node: Element | None, *path: str) -> Element | None:
    """The first element down a path of names."""
    for name in path:
        node = next(children(node, name), None)
    return node


def below(node: Element, *names: str) -> Iterator[Element]:
    """All elements of some names below a node, in document order."""
    for found in node.iter():
        if found is not node and tag(found) in names:
            yield found


def words(node: Element | None, drop: frozenset[str] = _NOTHING) -> str:
    """All words of an element on one line; empty without an element."""
    if node is None:
        return ""
    return squeezed("".join(part for part in flow(node, _NOTHING, drop) if isinstance(part, str)))


def squeezed(text: str) -> str:
    """A text with single spaces."""
    return _SPACE.sub(" ", text).strip()


def flow(node: Element, blocks: frozenset[str], drop: frozenset[str] = _NOTHING) -> list[str | Element]:
    """What an element holds in reading order: its text in pieces, and the elements among it that are ``blocks``.

    Elements named in ``drop`` are left out. Digits set high after a digit or a unit become powers, “10⁹”. The mark of a
    citation or a note gets brackets, “leukemia[3]”, since it would otherwise be read as part of the word.
    """
    found: list[str | Element] = []
    _flow(node, blocks, drop, found)
    return found


def _flow(node: Element, blocks: frozenset[str], drop: frozenset[str], found: list[str | Element]) -> None:
    if node.text:
        found.append(node.text)
    for child in node:
        name = tag(child)
        if not name:
            found.append(_entity(child))
        elif name in blocks:
            found.append(child)
        elif name in drop:
            pass
        elif name in _BREAKS:
            found.append(" ")
        elif name in _APART:
            found.append(" ")
            _flow(child, blocks, drop, found)
            found.append(" ")
        elif name == "sup":
            _superscript(child, blocks, drop, found)
        else:
            _flow(child, blocks, drop, found)
        if child.tail:
            found.append(child.tail)


def _superscript(node: Element, blocks: frozenset[str], drop: frozenset[str], found: list[str | Element]) -> None:
    inner: list[str | Element] = []
    _flow(node, blocks, drop, inner)
    text = "".join(part for part in inner if isinstance(part, str)).strip()
    before = next((part for part in reversed(found) if part), "")
    ahead = before[-8:] if isinstance(before, str) else ""
    cites = any(tag(part) in ("xref", "a") for part in node.iter())
    if not cites and _POWER.fullmatch(text) and (ahead[-1:].isdigit() or _UNIT.search(ahead)):
        found.append(text.translate(_POWERS))
    elif _MARKS.fullmatch(text) and (cites or (ahead.strip() and ahead == ahead.rstrip())):
        found.append(f"[{squeezed(text)}]")
    else:
        found.extend(inner)


def _entity(node: Element) -> str:
    """The character of a named entity of the JATS and HTML sets, which a DTD that is not loaded would define."""
    name = str(node.text or "").strip("&;")
    character = html.unescape(f"&{name};")
    if character == f"&{name};":
        raise SourceTextError(f"the entity “{name}” is not defined. Write the character in its place.")
    return character
