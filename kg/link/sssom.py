"""The mapping set in SSSOM's tab-separated form: a YAML header in comment lines, then one mapping a row.

See the Simple Standard for Sharing Ontological Mappings, “SSSOM/TSV”. A row with the object ``sssom:NoTermFound`` says
that a terminology has no term for a concept (“Representing unmapped entities”); it is kept apart from the mappings.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from kg.errors import MappingError, RecordError
from kg.records.yaml_positions import read_yaml

PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch")
NO_TERM_FOUND = "sssom:NoTermFound"
"""The object of a row that says that a terminology has no term for a concept."""
BUILT_IN = MappingProxyType(
    {
        "semapv": "https://w3id.org/semapv/vocab/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "sssom": "https://w3id.org/sssom/",
    }
)
"""Prefixes that SSSOM gives a meaning and that a header therefore need not have."""
_COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification")


@dataclass(frozen=True)
class Mapping:
    """One row: our concept, how it relates, and the identifier elsewhere, as CURIEs and as IRIs.

    ``source`` is the terminology of the object, ``source_version`` the versions of the files in which it was seen or
    looked for, ``see_also`` where they are, and ``date`` when that was put down; each is empty if the row has none.
    """

    line: int
    subject_id: str
    predicate_id: str
    object_id: str
    object_label: str
    subject: str
    predicate: str
    object: str
    subject_label: str = ""
    justification: str = ""
    source: str = ""
    source_version: str = ""
    date: str = ""
    see_also: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class MappingSet:
    """The mappings with the prefixes and the metadata of their header.

    ``not_found`` are the rows that say that a terminology has no term; ``mappings`` are all others.
    """

    prefixes: MappingType[str, str]
    metadata: MappingType[str, object]
    mappings: tuple[Mapping, ...]
    not_found: tuple[Mapping, ...] = ()


def read_mappings(path: Path) -> MappingSet:
    """The mapping set in a file.

    Raises:
        MappingError: a column is missing, or a row has an unknown prefix or predicate, a date or an address that is
            none, or no terminology where no term was found; with file and line.
    """
    try:
        lines = path.read_bytes().decode("utf-8").splitlines()
    except OSError as error:
        raise MappingError(f"{path}: the mappings cannot be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from error
    header = [line[1:].removeprefix(" ") for line in takewhile(lambda line: line.startswith("#"), lines)]
    metadata, prefixes = _read_header("\n".join(header), path)
    first = len(header) + 1
    rows = csv.DictReader(lines[len(header) :], delimiter="\t", quoting=csv.QUOTE_NONE)
    lacking = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
    if lacking:
        raise MappingError(f"{path}:{first}: the column {', '.join(lacking)} is missing. SSSOM needs it.")
    mappings: list[Mapping] = []
    for row in rows:
        place = f"{path}:{len(header) + rows.line_num}"
        subject = _expand(row, "subject_id", prefixes, place)
        iris = subject, _expand(row, "predicate_id", prefixes, place), _expand(row, "object_id", prefixes, place)
        if None in row or None in row.values():
            wanted = len(rows.fieldnames or ())
            raise MappingError(f"{place}: the row does not have {wanted} cells. Part them by one tab each.")
        if row["predicate_id"] not in PREDICATES:
            allowed = ", ".join(PREDICATES)
            raise MappingError(f"{place}: “{row['predicate_id']}” is not one of {allowed}. Correct the row.")
        own = row["subject_id"], row["predicate_id"], row["object_id"], row["object_label"]
        mapping = Mapping(len(header) + rows.line_num, *own, *iris, **_provenance(row, prefixes, place))
        if mapping.object_id == NO_TERM_FOUND and not mapping.source:
            raise MappingError(f"{place}: no term was found, but where? Name the terminology under object_source.")
        mappings.append(mapping)
    found = tuple(mapping for mapping in mappings if mapping.object_id != NO_TERM_FOUND)
    return MappingSet(prefixes, metadata, found, tuple(m for m in mappings if m.object_id == NO_TERM_FOUND))


def expand(curie: str, prefixes: MappingType[str, str]) -> str | None:
    """The IRI of a CURIE, what an IRI cannot hold escaped; ``None`` if the prefix is unknown or nothing follows it."""
    prefix, _, local = curie.partition(":")
    space = prefixes.get(prefix) or BUILT_IN.get(prefix)
    # What a CURIE cannot hold either is escaped in the file: the percent sign of UCUM is “UCUM:%25”.
    return space + quote(unquote(local), safe="/:._-~") if space and local else None


def _expand(row: MappingType[str, str], column: str, prefixes: MappingType[str, str], place: str) -> str:
    iri = expand(row[column] or "", prefixes)
    if iri is None:
        known = "is not in the curie_map of the header, or nothing follows it. Add the prefix or correct the row."
        raise MappingError(f"{place}: the prefix of “{row[column]}” in {column} {known}")
    return iri


def _provenance(row: MappingType[str, str], prefixes: MappingType[str, str], place: str) -> dict[str, Any]:
    """What the columns say that SSSOM does not demand, by the fields of `Mapping`."""
    see_also = tuple(filter(None, row.get("see_also", "").split("|")))
    for address in see_also:
        if re.fullmatch(r"https?://[\w!#$%&'()*+,./:;=?@~-]+", address, re.ASCII) is None:
            raise MappingError(f"{place}: “{address}” in see_also is not an address on the web. Correct the row.")
    day = row.get("mapping_date", "")
    try:
        # Python reads other forms of ISO 8601 too; the date of XML Schema, which the graph has, is this one alone.
        sound = not day or date.fromisoformat(day).isoformat() == day
    except ValueError:
        sound = False
    if not sound:
        raise MappingError(f"{place}: “{day}” in mapping_date is not a date. Write YYYY-MM-DD.")
    return {
        "subject_label": row["subject_label"],
        "justification": _expand(row, "mapping_justification", prefixes, place),
        "source": _expand(row, "object_source", prefixes, place) if row.get("object_source") else "",
        "source_version": row.get("object_source_version", ""),
        "date": day,
        "see_also": see_also,
        "comment": row.get("comment", ""),
    }


def _read_header(header: str, path: Path) -> tuple[dict[str, object], dict[str, str]]:
    """Metadata and prefixes."""
    try:
        read = read_yaml(header, str(path))
    except RecordError as error:
        raise MappingError(str(error)) from error
    metadata = {} if read.value is None else read.value
    prefixes = metadata.pop("curie_map", {}) if isinstance(metadata, dict) else None
    if not isinstance(prefixes, dict):
        raise MappingError(f"{path}:1: the header does not hold prefixes under curie_map. Write “PREFIX: IRI” lines.")
    for prefix, iri in prefixes.items():
        if not isinstance(iri, str):
            mark = read.mark(("curie_map", prefix))
            line = mark.line if mark else 1
            raise MappingError(f"{path}:{line}: “{prefix}” in curie_map has no IRI. Write it in quotes.")
    return metadata, prefixes
