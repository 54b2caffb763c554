"""What the front of a JATS article states of it (NISO Z39.96-2024, element ``front``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.ingest.document import Metadata
from kg.ingest.xml_tree import Element, below, children, first, tag, words

_XLINK = "{http://www.w3.org/1999/xlink}href"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_WORDS = frozenset({"xref", "fn"})
_YEAR = re.compile(r"\d{4}")
_NOT_PUBLICATION = frozenset({"pmc-release", "nihms-submitted", "retraction", "corrected", "received", "accepted"})
_BEST_DATES = ("ppub", "collection", "epub-ppub", "epub", "pub")


def metadata(article: Element) -> Metadata:
    """Title, authors, journal, identifiers, licence, types and keywords of an article."""
    meta = first(article, "front", "article-meta")
    journal = first(article, "front", "journal-meta")
    if meta is None:
        return Metadata(language=article.get(_LANGUAGE), article_types=_types(article, None))
    ids = {str(e.get("pub-id-type")): words(e) for e in children(meta, "article-id")}
    pmc = ids.get("pmc") or ids.get("pmcid") or ids.get("pmcaid")
    return Metadata(
        title=title(meta) or None,
        authors=tuple(_authors(meta)),
        journal=_journal(journal) or None,
        year=_year(meta),
        doi=ids.get("doi") or None,
        pmid=ids.get("pmid") or None,
        pmcid=(pmc if pmc.upper().startswith("PMC") else f"PMC{pmc}") if pmc else None,
        license=_license(meta),
        language=article.get(_LANGUAGE),
        article_types=_types(article, meta),
        keywords=tuple(dict.fromkeys(_keywords(meta))),
    )


def title(meta: Element) -> str:
    """The title with its subtitle."""
    group = first(meta, "title-group")
    if group is None:
        return ""
    parts = (words(first(group, name), _NO_WORDS) for name in ("article-title", "subtitle"))
    return ": ".join(part for part in parts if part)


def citation(article: Element) -> str:
    """The journal, year, volume and pages on one line, as far as they are there."""
    meta, journal = first(article, "front", "article-meta"), first(article, "front", "journal-meta")
    if meta is None:
        return ""
    year = _year(meta)
    first_page, last_page = words(first(meta, "fpage")), words(first(meta, "lpage"))
    pages = "-".join(dict.fromkeys(p for p in (first_page, last_page) if p)) or words(first(meta, "elocation-id"))
    issue = words(first(meta, "issue"))
    place = words(first(meta, "volume")) + (f"({issue})" if issue else "") + (f":{pages}" if pages else "")
    return " ".join(part for part in (_journal(journal), str(year or ""), place) if part)


def person(name: Element) -> str:
    """“Soon Ju Baek” from a ``name``, ``string-name`` or ``collab``."""
    parts = [words(first(name, part)) for part in ("given-names", "surname", "suffix")]
    return " ".join(part for part in parts if part) or words(name, frozenset({"contrib-group", "xref"}))


def _authors(meta: Element) -> Iterator[str]:
    for group in children(meta, "contrib-group"):
        for contributor in children(group, "contrib"):
            if contributor.get("contrib-type", "author") != "author":
                continue
            alternatives = first(contributor, "name-alternatives")
            holder = contributor if alternatives is None else alternatives
            name = next(children(holder, "name", "string-name", "collab"), None)
            if name is not None and (text := person(name)):
                yield text


def _journal(journal: Element | None) -> str:
    group = first(journal, "journal-title-group")
    return words(first(group if group is not None else journal, "journal-title"))


def _year(meta: Element) -> int | None:
    """The year of the issue before that of the publication on line, as bibliographies have it."""
    years: dict[str, int] = {}
    for date in children(meta, "pub-date"):
        kind = date.get("pub-type") or date.get("date-type") or "pub"
        match = _YEAR.search(words(first(date, "year")))
        if match and kind not in _NOT_PUBLICATION:
            years.setdefault(kind, int(match[0]))
    return next((years[kind] for kind in _BEST_DATES if kind in years), next(iter(years.values()), None))


def _license(meta: Element) -> str | None:
    for element in below(meta, "license"):
        address = element.get(_XLINK) or next((words(e) for e in below(element, "license_ref")), "")
        links = (str(e.get(_XLINK)) for e in below(element, "ext-link") if "creativecommons" in str(e.get(_XLINK)))
        return address.strip() or next(links, "") or words(element) or None
    return None


def _types(article: Element, meta: Element | None) -> tuple[str, ...]:
    subjects = (
        words(first(group, "subject"))
        for group in children(first(meta, "article-categories"), "subj-group")
        if group.get("subj-group-type", "heading") == "heading"
    )
    return tuple(dict.fromkeys(text for text in (article.get("article-type") or "", *subjects) if text))


def _keywords(meta: Element) -> Iterator[str]:
    for group in children(meta, "kwd-group"):
        if group.get("kwd-group-type") in ("abbreviations", "research-organism"):
            continue
        for element in group.iter():
            if tag(element) == "kwd" and (text := words(element)):
                yield text
