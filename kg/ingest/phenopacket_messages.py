"""GA4GH Phenopackets v2 as messages: which files are some, and whether they keep to the schema.

The official package is the schema itself, compiled (Protocol Buffers; with protobuf three megabytes). It refuses
what an own check would have to list: an unknown field, so that the “negated” of version 1 cannot turn an absent finding
into a present one, a value of another type, an unknown member of an enumeration, two of a “one of”.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kg.errors import SourceTextError
from kg.ingest.drafts import Note, NoteKind

MAX_BYTES = 50_000_000
MAX_DEPTH = 60
_FIELDS = frozenset({"subject", "phenotypicFeatures", "phenotypic_features", "diseases", "metaData", "meta_data"})


@dataclass(frozen=True)
class Packet:
    """One phenopacket: its values under the names of the schema, and the pointer at which it stands in its file."""

    pointer: str
    values: dict[str, Any]


def read_messages(data: bytes, name: str) -> tuple[tuple[Packet, ...], tuple[Note, ...]]:
    """The phenopackets of a file: one, a list or JSON lines, a cohort, or a family (its proband and relatives).

    One that does not keep to the schema is told, and does not lose the others.

    Raises:
        SourceTextError: the file is too large or not JSON, or has no phenopacket that can be taken.
    """
    try:
        found, notes = _checked(_read(data))
    except SourceTextError as error:
        raise SourceTextError(f"{name}:{'' if str(error)[0].isdigit() else ' '}{error}") from error
    if not found:
        told = notes[0] if notes else Note("", NoteKind.PROBLEM, "it is empty. Give the phenopackets.")
        raise SourceTextError(f"{name}: {told.place + ': ' if told.place else ''}{told.text}")
    return tuple(found), tuple(notes)


def _read(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise SourceTextError(f"the file is larger than {MAX_BYTES:,} bytes. Divide it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceTextError(f"byte {error.start} is not UTF-8. Save the file as UTF-8.") from error
    if not text.strip():
        raise SourceTextError("the file is empty. Give a phenopacket.")
    try:
        value = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if error.msg == "Extra data" and len(lines) > 1:
            return [_line(line, number) for number, line in enumerate(lines, start=1)]
        raise SourceTextError(
            f"{error.lineno}:{error.colno}: this is not JSON: {error.msg}. Export it again."
        ) from error
    except RecursionError as error:
        raise SourceTextError("the JSON is nested too deep. Give a phenopacket.") from error
    if _depth(value) > MAX_DEPTH:
        raise SourceTextError("the JSON is nested too deep. Give a phenopacket.")
    return value


def _line(line: str, number: int) -> Any:
    try:
        return json.loads(line, object_pairs_hook=_object)
    except (json.JSONDecodeError, RecursionError):
        return f"line {number} is not JSON"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SourceTextError(f"the key “{twice}” stands twice in one object. Keep one.")
    return found


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """The pointer and the values of each phenopacket of a file."""
    if isinstance(value, list):
        yield from ((f"/{index}", item) for index, item in enumerate(value))
    elif isinstance(value, dict) and isinstance(value.get("members"), list):
        yield from ((f"/members/{index}", item) for index, item in enumerate(value["members"]))
    elif isinstance(value, dict) and "proband" in value:
        yield "/proband", value["proband"]
        relatives = value.get("relatives")
        yield from (
            (f"/relatives/{i}", item) for i, item in enumerate(relatives if isinstance(relatives, list) else ())
        )
    elif isinstance(value, dict) and _FIELDS & set(value):
        yield "", value
    else:
        raise SourceTextError("this JSON is no phenopacket, cohort or family. Give GA4GH Phenopackets, version 2.")


def _checked(value: Any) -> tuple[list[Packet], list[Note]]:
    try:
        from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
        from phenopackets.schema.v2 import Phenopacket  # at its use: both come with the extra “ingest”
    except ImportError as error:
        message = "reading phenopackets needs the schema. Run: pip install 'sanctuary-kg[ingest]'"
        raise SourceTextError(message) from error
    packets: list[Packet] = []
    notes: list[Note] = []
    if isinstance(value, dict):
        for key in sorted(set(value) & {"files", "pedigree"} if "proband" in value or "members" in value else ()):
            notes.append(Note(f"/{key}", NoteKind.IGNORED, f"{key} is not read."))
    for pointer, item in _parts(value):
        if problem := _other_version(item):
            notes.append(Note(pointer, NoteKind.PROBLEM, problem))
            continue
        try:
            message = ParseDict(item, Phenopacket(), max_recursion_depth=MAX_DEPTH)
            packets.append(Packet(pointer, MessageToDict(message)))
        except (ParseError, ValueError, TypeError, AttributeError) as error:
            what = re.sub(r"\s*\n.*", "", str(error), flags=re.DOTALL).rstrip(". ")
            problem = f"this does not keep to the schema of Phenopackets v2: {what}. Correct it, or convert the file."
            notes.append(Note(pointer, NoteKind.PROBLEM, problem))
    return packets, notes


def _other_version(item: Any) -> str:
    if isinstance(item, str) and item.startswith("line "):
        return f"{item}. Correct it."
    if not isinstance(item, dict):
        return "this is not an object. Give phenopackets."
    meta = item.get("metaData", item.get("meta_data"))
    version = (
        str(meta.get("phenopacketSchemaVersion", meta.get("phenopacket_schema_version", "")))
        if isinstance(meta, dict)
        else ""
    )
    if version and not version.startswith("2"):
        return f"this is version {version} of the schema; version 2 is read. Convert it with phenopacket-tools."
    return ""
