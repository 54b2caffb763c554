"""The mapping set in SSSOM's tab-separated form: a YAML header in comment lines, then one mapping a row.

See the Simple Standard for Sharing Ontological Mappings, “SSSOM/TSV”.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from urllib.parse import quote

from kg.errors import MappingError, RecordError
from kg.records.yaml_positions import read_yaml

PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch")
_COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification")


@dataclass(frozen=True)
class Mapping:
    """One row: our concept, how it relates, and the identifier elsewhere, as CURIEs and as IRIs."""

    line: int
    subject_id: str
    predicate_id: str
    object_id: str
    object_label: str
    subject: str
    predicate: str
    object: str


@dataclass(frozen=True)
class MappingSet:
    """The mappings with the prefixes and the metadata of their header."""

    prefixes: MappingType[str, str]
    metadata: MappingType[str, object]
    mappings: tuple[Mapping, ...]


def read_mappings(path: Path) -> MappingSet:
    """The mapping set in a file.

    Raises:
        MappingError: a column is missing, or a row has an unknown prefix or predicate; with file and line.
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
        line = len(header) + rows.line_num
        iris = []
        for column in ("subject_id", "predicate_id", "object_id"):
            prefix, colon, local = (row[column] or "").partition(":")
            if not colon or not local or prefix not in prefixes:
                known = (
                    "is not in the curie_map of the header, or nothing follows it. Add the prefix or correct the row."
                )
                raise MappingError(f"{path}:{line}: the prefix of “{row[column]}” in {column} {known}")
            iris.append(prefixes[prefix] + quote(local, safe="/:._-~"))
        if None in row or None in row.values():
            wanted = len(rows.fieldnames or ())
            raise MappingError(f"{path}:{line}: the row does not have {wanted} cells. Part them by one tab each.")
        if row["predicate_id"] not in PREDICATES:
            allowed = ", ".join(PREDICATES)
            raise MappingError(f"{path}:{line}: “{row['predicate_id']}” is not one of {allowed}. Correct the row.")
        own = row["subject_id"], row["predicate_id"], row["object_id"], row["object_label"]
        mappings.append(Mapping(line, *own, *iris))
    return MappingSet(prefixes, metadata, tuple(mappings))


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
