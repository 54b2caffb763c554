"""The reference list of a JATS article (NISO Z39.96-2024, element ``ref-list``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.ingest.references import find_doi, find_pmid
from kg.ingest.xml_tree import Element, below, children, first, squeezed, tag, words

_CITATIONS = ("mixed-citation", "element-citation", "citation", "nlm-citation")
_DROP = frozenset({"label", "pub-id", "object-id"})
_LEFT = re.compile(r"\s*(?:doi|pmid|pmcid)\s*:?\s*[.;,]*\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"\W*(\d{1,4})\W*")
_SIDE_BY_SIDE = frozenset({
    ("surname", "given-names"), ("article-title", "source"), ("source", "volume"), ("source", "year"),
})  # fmt: skip
Entry = tuple[int, str, str | None, str | None]


def entries(reference_list: Element, last: int = 0) -> Iterator[Entry]:
    """Number, words, DOI and PMID of each reference; a label that is no number gives way to counting from ``last``."""
    for reference in below(reference_list, "ref"):
        citations = [e for e in reference.iter() if tag(e) in _CITATIONS]
        text = " ".join(part for part in map(_text, citations) if part) or words(reference, _DROP)
        if not text:
            continue
        match = _NUMBER.fullmatch(words(first(reference, "label")))
        number = int(match[1]) if match and int(match[1]) > last else last + 1
        last = number
        yield number, text, _identifier(reference, "doi") or find_doi(text), _pmid(reference, text)


def _identifier(reference: Element, kind: str) -> str | None:
    for element in below(reference, "pub-id", "ext-link", "article-id"):
        if kind in (element.get("pub-id-type"), element.get("ext-link-type")):
            return words(element) or None
    return None


def _pmid(reference: Element, text: str) -> str | None:
    given = _identifier(reference, "pmid") or ""
    return given if given.isascii() and given.isdigit() else find_pmid(text)


def _text(citation: Element) -> str:
    """The citation as printed, or put together from its parts where the file has no punctuation between them."""
    own = [citation.text or "", *(child.tail or "" for child in citation)]
    if any(part.strip() for part in own) or not len(citation):
        _part(citation)
        return _LEFT.sub("", words(citation, _DROP))
    people = [_person(name) for name in below(citation, "name", "string-name", "collab") if _is_author(name)]
    etal = ["et al"] if next(below(citation, "etal"), None) is not None else []
    title = next((words(e) for e in children(citation, "article-title", "chapter-title", "data-title") if words(e)), "")
    source, year = words(first(citation, "source")), words(first(citation, "year"))
    pages = "-".join(dict.fromkeys(filter(None, (words(first(citation, "fpage")), words(first(citation, "lpage"))))))
    place = ":".join(filter(None, (words(first(citation, "volume")), pages)))
    parts = (", ".join([*people, *etal]), title, source, " ".join(filter(None, (year, place))))
    joined = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{joined}." if joined else squeezed(" ".join(words(child) for child in citation))


def _part(citation: Element) -> None:
    """Put a space between parts that the file sets side by side without one: “MorelliG”, “Am J Hyg83”."""
    for element in citation.iter():
        following = element.getnext()
        if not element.tail and following is not None and (tag(element), tag(following)) in _SIDE_BY_SIDE:
            element.tail = " "


def _person(name: Element) -> str:
    """“Baek SJ”, as lists of references have names."""
    parts = [words(first(name, part)) for part in ("surname", "given-names", "suffix")]
    return " ".join(part for part in parts if part) or words(name)


def _is_author(name: Element) -> bool:
    group = name.getparent()
    return group is None or group.get("person-group-type", "author") == "author"
