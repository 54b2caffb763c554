"""The mapping set in SSSOM's tab-separated form: a YAML header in comment lines, then one mapping a row.

See the Simple Standard for Sharing Ontological Mappings, “SSSOM/TSV”.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kg.errors import MappingError
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
    lines = path.read_text(encoding="utf-8").splitlines()
    header = [line[1:].removeprefix(" ") for line in lines if line.startswith("#")]
    metadata = read_yaml("\n".join(header), str(path)).value or {}
    prefixes = metadata.pop("curie_map", {})
    first = len(header) + 1
    rows = csv.DictReader(lines[len(header) :], delimiter="\t", quoting=csv.QUOTE_NONE)
    lacking = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
    if lacking:
        raise MappingError(f"{path}:{first}: the column {', '.join(lacking)} is missing. SSSOM needs it.")
    mappings: list[Mapping] = []
    for line, row in enumerate(rows, start=first + 1):
        iris = []
        for column in ("subject_id", "predicate_id", "object_id"):
            prefix, colon, local = (row[column] or "").partition(":")
            if not colon or prefix not in prefixes:
                known = "is not in the curie_map of the header. Add the prefix or correct the row."
                raise MappingError(f"{path}:{line}: the prefix of “{row[column]}” in {column} {known}")
            iris.append(prefixes[prefix] + quote(local, safe="/:._-~"))
        if row["predicate_id"] not in PREDICATES:
            allowed = ", ".join(PREDICATES)
            raise MappingError(f"{path}:{line}: “{row['predicate_id']}” is not one of {allowed}. Correct the row.")
        own = row["subject_id"], row["predicate_id"], row["object_id"], row["object_label"]
        mappings.append(Mapping(line, *own, *iris))
    return MappingSet(prefixes, metadata, tuple(mappings))
