"""Reader for MEDLINE text (.nbib): one document for each article, by the fields of NLM's MEDLINE display format."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from kg.errors import SourceTextError
from kg.ingest.abstract import Names, abstract_document
from kg.ingest.document import Document, Metadata
from kg.ingest.sections import labelled_parts
from kg.ingest.source import Source, named, naming

MAX_ARTICLE_LINES = 200_000
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3}) *- ?(.*)")
_YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")
_IDENTIFIER = re.compile(r"(\S+) \[(doi|pmc)\]")
Fields = dict[str, list[str]]


def read_medline(source: Source) -> Iterator[Document | SourceTextError]:
    """The articles of a file, one after the other, or what is wrong with one, with its line.

    Raises:
        SourceTextError: the file as a whole cannot be read.
    """
    sha256 = source.sha256()
    names = Names(source.name)
    with source.open() as stream:
        for count, (line, problem, fields) in enumerate(_articles(io.TextIOWrapper(stream, "utf-8-sig", "replace")), 1):
            try:
                if problem:
                    raise SourceTextError(problem)
                yield _document(fields, names, count, sha256)
            except SourceTextError as error:
                yield named(str(line), error)


def _articles(lines: io.TextIOWrapper) -> Iterator[tuple[int, str | None, Fields]]:
    """Line, problem and fields of each article; one starts at its PMID."""
    fields: Fields = {}
    begin, size, problem, key = 1, 0, None, ""
    for number, line in enumerate(lines, 1):
        match = _FIELD.match(line)
        if match and match[1] == "PMID":
            if fields:
                yield begin, problem, fields
            fields, begin, size, problem = {}, number, 0, None
        size += 1
        if size > MAX_ARTICLE_LINES:
            fields, problem = (
                {"PMID": [""]},
                f"the article has more than {MAX_ARTICLE_LINES:,} lines. Correct the file.",
            )
        elif match:
            key = match[1]
            fields.setdefault(key, []).append(match[2].rstrip())
        elif line.strip() and key in fields:
            fields[key][-1] += " " + line.strip()
        if "\ufffd" in line or "\x00" in line:
            problem = f"line {number} is not UTF-8. Save the file as UTF-8, as PubMed gives it."
    if fields:
        yield begin, problem, fields


def _document(fields: Fields, names: Names, count: int, sha256: str) -> Document:
    pmid = _only(fields, "PMID")
    name = names.of(pmid or f"no-{count}")
    abstract = " ".join((_only(fields, "AB") or "").split())
    parts = [_part(label, abstract[start:end].strip()) for label, start, end in labelled_parts(abstract)]
    with naming(f"article {name.rpartition('#')[2]}"):
        return abstract_document(name, sha256, _metadata(fields, pmid), parts)


def _part(label: str | None, text: str) -> tuple[str | None, str]:
    return label, text.removeprefix(f"{label}:").strip() if label else text


def _metadata(fields: Fields, pmid: str | None) -> Metadata:
    found = (_IDENTIFIER.fullmatch(value) for key in ("AID", "LID") for value in fields.get(key, ()))
    identifiers = {match[2]: match[1] for match in found if match}
    year = _YEAR.search(_only(fields, "DP") or "")
    headings = (value.split("/", 1)[0].strip("*") for value in fields.get("MH", ()))
    return Metadata(
        title=_only(fields, "TI") or _only(fields, "BTI") or _only(fields, "TT"),
        authors=tuple(_author(value) for value in fields.get("FAU") or fields.get("AU") or fields.get("CN") or ()),
        journal=_only(fields, "JT") or _only(fields, "TA"),
        year=int(year[0]) if year else None,
        doi=identifiers.get("doi"),
        pmid=pmid,
        pmcid=_only(fields, "PMC"),
        language=_only(fields, "LA"),
        article_types=tuple(fields.get("PT", ())),
        keywords=tuple(value.strip("*") for value in fields.get("OT", ())),
        mesh=tuple(dict.fromkeys(headings)),
    )


def _only(fields: Fields, key: str) -> str | None:
    values = fields.get(key)
    return " ".join(values[0].split()) or None if values else None


def _author(name: str) -> str:
    """“Baek, Soon Ju” as the graph has names: “Soon Ju Baek”."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma else name
