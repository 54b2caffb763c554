"""Items of CSL-JSON as RIS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rispy

from kg.bibliography.pages import first_and_last

_FIELDS = (
    ("id", "id"),
    ("title", "title"),
    ("container-title", "secondary_title"),
    ("container-title-short", "alternate_title1"),
    ("volume", "volume"),
    ("issue", "number"),
    ("number", "custom7"),
    ("ISSN", "issn"),
    ("DOI", "doi"),
    ("PMID", "accession_number"),
    ("PMCID", "custom2"),
)
"""Fields of CSL-JSON and rispy's names for the tags ID, TI, T2, J2, VL, IS, C7 (article number), SN, DO, AN, C2."""


class _Writer(rispy.RisWriter):  # type: ignore[misc]
    """Rispy's writer without a number above each record: the format has none."""

    def set_header(self, count: int) -> str:
        return ""


def ris(items: Sequence[Mapping[str, Any]]) -> str:
    """Items as records of RIS (Research Information Systems, 2001, with the tags of 2011): JOUR or, without a journal,
    GEN. The last page is written in full."""
    return str(rispy.dumps([_record(item) for item in items], implementation=_Writer)) if items else ""


def _record(item: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {"type_of_reference": "JOUR" if item["type"] == "article-journal" else "GEN"}
    record |= {name: _line(item[field]) for field, name in _FIELDS if field in item}
    if "PMID" in item:
        record["name_of_database"] = "PubMed"  # an accession number says nothing without the database
    if "author" in item:
        record["authors"] = [_author(name) for name in item["author"]]
    if date := item.get("issued", {}).get("date-parts", [[]])[0]:
        record["year"] = str(date[0])
        if len(date) > 1:
            # YYYY/MM/DD/other, each part padded; parts that are not known stay empty.
            record["date"] = "/".join([str(date[0]), *(f"{part:02}" for part in date[1:]), *[""] * (4 - len(date))])
    if "page" in item:
        first, last = first_and_last(item["page"])
        record |= {"start_page": first} | ({"end_page": last} if last else {})
    if "URL" in item:
        record["urls"] = [_line(item["URL"])]
    if "note" in item:
        record["notes"] = [_line(item["note"])]
    return record


def _author(name: Mapping[str, str]) -> str:
    """Surname, given name, suffix."""
    if "literal" in name:
        return _line(name["literal"])
    surname = f"{name.get('non-dropping-particle', '')} {name['family']}"
    # A comma parts the name, so none may stand in a part.
    parts = (surname, name.get("given", ""), name.get("suffix", ""))
    return ", ".join(_line(part.replace(",", " ")) for part in parts if part)


def _line(text: str) -> str:
    """A text on one line: a line end inside would let it begin a tag of its own."""
    return " ".join(text.split())
