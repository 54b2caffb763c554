"""Entries of a file of CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kg.errors import SourceTextError
from kg.ingest.drafts import Note, NoteKind
from kg.ingest.reference_facts import Entry, Person


def csl_entries(text: str) -> Iterator[Entry | Note]:
    """The items of CSL-JSON (schema 1.0 of CSL 1.0.2): a list, one item, or a list under “items”.

    Raises:
        SourceTextError: the text is not JSON, or holds no items; with line and column.
    """
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceTextError(
            f"{error.lineno}:{error.colno}: this is not JSON: {error.msg}. Export it again."
        ) from error
    except RecursionError as error:
        raise SourceTextError("the JSON is nested too deep. Export the references again.") from error
    if isinstance(items, dict):
        items = items["items"] if isinstance(items.get("items"), list) else [items]
    if not isinstance(items, list) or not any(_is_item(item) for item in items):
        raise SourceTextError("this JSON holds no items of CSL-JSON. Export the references as CSL-JSON.")
    for number, item in enumerate(items, start=1):
        if _is_item(item):
            name = item.get("id")
            yield _entry(f"item {number} ({name})" if name else f"item {number}", item)
        else:
            yield Note(f"item {number}", NoteKind.PROBLEM, "this is not an item of CSL-JSON. Remove or correct it.")


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and any(key in item for key in ("title", "DOI", "PMID", "author", "issued"))


def _entry(place: str, item: dict[str, Any]) -> Entry:
    def words(*names: str) -> str:
        for name in names:
            value = item.get(name)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return re.sub(r"</?(?:i|b|sub|sup|sc|span)\b[^<>]*>", "", str(value))
        return ""

    names = item.get("author")
    people = [_person(name) for name in names if isinstance(name, dict)] if isinstance(names, list) else []
    custom = item.get("custom")
    return Entry(
        place=place,
        title=words("title"),
        authors=tuple(people),
        et_al=isinstance(custom, dict) and custom.get("more-authors") is True,
        journal=words("container-title-short", "journalAbbreviation", "container-title"),
        issns=tuple(map(str, item["ISSN"])) if isinstance(item.get("ISSN"), list) else (words("ISSN"),),
        date=_date(item.get("issued")),
        volume=words("volume"),
        issue=words("issue"),
        pages=words("page"),
        number=words("number", "article-number"),
        doi=words("DOI"),
        pmid=words("PMID"),
        pmcid=words("PMCID"),
        licence=words("license"),
    )


def _date(issued: Any) -> str:
    """The year of a date variable (“date-parts”, “raw” or “literal”)."""
    if not isinstance(issued, dict):
        return ""
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0] and parts[0][0] is not None:
        return str(parts[0][0])
    return str(issued.get("raw") or issued.get("literal") or "")


def _person(name: dict[str, Any]) -> Person:
    def part(*keys: str) -> str:
        return " ".join(str(name[key]) for key in keys if isinstance(name.get(key), str))

    orcid = re.search(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", part("ORCID"))
    literal = part("literal") or ("" if name.get("family") else part("name"))
    return Person(
        part("family"),
        part("given"),
        part("dropping-particle", "non-dropping-particle"),
        part("suffix"),
        literal,
        orcid[0] if orcid else "",
    )
