"""Items of CSL-JSON as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from kg.bibliography.pages import first_and_last

VERBATIM = frozenset({"doi", "url"})
"""Fields that packages read letter by letter, where a backslash would end up in the address."""
# Braces and the backslash mean something to BibTeX, wherever they stand, a dollar starts a formula. The writer takes
# care of “&”, “%”, “#” and “_”.
_SPECIAL = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "$": r"{\textdollar}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
}
_FIELDS = (
    ("container-title", "journal"),
    ("volume", "volume"),
    ("issue", "number"),
    ("number", "eid"),
    ("ISSN", "issn"),
    ("PMID", "pmid"),
    ("PMCID", "pmcid"),
    ("note", "note"),
)


class _Writer(Writer):  # type: ignore[misc]
    """Pybtex' writer, but for fields that are not LaTeX."""

    def _write_field(self, stream: TextIO, name: str, value: str) -> None:
        if name in VERBATIM:
            stream.write(f",\n    {name} = {self.quote(value)}")
        else:
            super()._write_field(stream, name, value)


def bibtex(items: Sequence[Mapping[str, Any]]) -> str:
    """Items as a BibTeX database in UTF-8, of articles and, without a journal, ``misc``.

    Titles stand in braces, so that no style changes their capitals; a list of authors that is cut off ends in
    “and others” (Patashnik, BibTeXing, section 4).
    """
    entries = {_key(str(item["id"])): _entry(item) for item in items}
    return str(_Writer(encoding="UTF-8").to_string(BibliographyData(entries)))


def _entry(item: Mapping[str, Any]) -> Entry:
    fields = {"title": "{" + _latex(item["title"]) + "}"} if "title" in item else {}
    date = item.get("issued", {}).get("date-parts", [[]])[0]
    fields |= {name: str(part) for name, part in zip(("year", "month"), date, strict=False)}
    fields |= {name: _latex(item[field]) for field, name in _FIELDS if field in item}
    if "page" in item:
        fields["pages"] = _latex("--".join(filter(None, first_and_last(item["page"]))))
    # A DOI or an address has no use for braces, which could end its field.
    fields |= {name.lower(): _unbraced(item[name]) for name in ("DOI", "URL") if name in item}
    people = [_person(name) for name in item.get("author", ())]
    if people and item.get("custom", {}).get("more-authors"):
        people.append(Person(last="others"))
    kind = "article" if item["type"] == "article-journal" else "misc"
    return Entry(kind, fields=list(fields.items()), persons={"author": people} if people else {})


def _person(name: Mapping[str, str]) -> Person:
    if "literal" in name:
        return Person(last=_whole(name["literal"], always=True))
    return Person(
        first=_whole(name.get("given", "")),
        prelast=_latex(name.get("non-dropping-particle", "")),
        last=_whole(name["family"]),
        lineage=_whole(name.get("suffix", "")),
    )


def _whole(part: str, *, always: bool = False) -> str:
    """A part of a name, in braces if BibTeX would take it apart at a comma or an “and”."""
    text = _latex(part)
    return "{" + text + "}" if always or re.search(r"(?i),|\band\b", text) else text


def _latex(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))


def _unbraced(address: str) -> str:
    return address.replace("{", "%7B").replace("}", "%7D")


def _key(name: str) -> str:
    """A key that every BibTeX takes: letters, figures and a few marks."""
    return re.sub(r"[^A-Za-z0-9_.:/+-]+", "-", name)
