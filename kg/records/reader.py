"""Records and bibliography from their YAML files, with errors that name file, line and path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kg.errors import ConfigError, RecordError, RecordProblem
from kg.records.paper import Bibliography, Record, Reference
from kg.records.yaml_positions import Path as Place
from kg.records.yaml_positions import Positioned, read_yaml, show_path
from kg.vocabulary import Vocabulary

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class RecordFile:
    """A record with the file it came from, and the positions of its parts for later checks."""

    path: Path
    record: Record
    positions: Positioned


@dataclass(frozen=True)
class Curated:
    """All that curators wrote: the records and the bibliography they share."""

    files: tuple[RecordFile, ...]
    bibliography: Bibliography
    bibliography_file: Path
    bibliography_positions: Positioned

    @property
    def records(self) -> tuple[Record, ...]:
        """The records alone, in the order of their file names."""
        return tuple(file.record for file in self.files)


def read_curated(data: Path, vocabulary: Vocabulary) -> Curated:
    """Read ``records/*.yaml`` and ``references.yaml`` of a data folder. Cross-references are not checked here.

    Raises:
        ConfigError: the folder or its files are missing.
        RecordError: one or more files cannot be taken; all problems of all files are in it.
    """
    paths = sorted((data / "records").glob("*.yaml"))
    bibliography_path = data / "references.yaml"
    if not paths:
        raise ConfigError(f"There is no record in {data / 'records'}. Point --data at a folder with records/*.yaml.")
    if not bibliography_path.is_file():
        raise ConfigError(f"There is no {bibliography_path}. It defines the references that the records cite.")
    files: list[RecordFile] = []
    problems: list[RecordProblem] = []
    for path in paths:
        try:
            files.append(read_record(path, vocabulary))
        except RecordError as error:
            problems.extend(error.problems)
    try:
        bibliography, positions = _read(bibliography_path, Bibliography, vocabulary)
    except RecordError as error:
        problems.extend(error.problems)
    if problems:
        raise RecordError(problems)
    return Curated(tuple(files), bibliography, bibliography_path, positions)


def read_record(path: Path, vocabulary: Vocabulary) -> RecordFile:
    """Read one record file.

    Raises:
        RecordError: it cannot be taken.
    """
    record, positions = _read(path, Record, vocabulary)
    if record.record != path.stem:
        problem = f"The record is called “{record.record}” but its file is {path.name}."
        raise RecordError([located(path, positions, ("record",), problem, "Give both the same name.")])
    return RecordFile(path, record, positions)


def read_bibliography(path: Path, vocabulary: Vocabulary) -> Iterator[Reference]:
    """The entries of a ``references.yaml``, however long: a run over many documents drafts a hundred thousand.

    Raises:
        RecordError: it cannot be taken, from the first part that is faulty on; with file and line.
    """
    for text, above in _parts(read_text(path)):
        try:
            yield from _validated(path, read_yaml(text, str(path)), Bibliography, vocabulary).references
        except RecordError as error:
            moved = [replace(one, line=one.line + above) if one.line else one for one in error.problems]
            raise RecordError(moved) from error


_ENTRIES = 2000
_ENTRY = re.compile(r"^  - (?=reference:)", re.MULTILINE)


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """A bibliography in parts that the YAML reader takes, each with the number of lines that are not in it."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    cuts = [0, *starts[_ENTRIES::_ENTRIES], len(text)]
    line = 0
    for first, (start, end) in enumerate(pairwise(cuts)):
        part = text[start:end]
        yield (f"references:\n{part}", line - 1) if first else (part, 0)
        line += part.count("\n")


def read_text(path: Path) -> str:
    """The text of a UTF-8 file with its line ends as they are.

    Raises:
        RecordError: it cannot be opened or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        problem, line = f"Byte {error.start} is not UTF-8.", error.object[: error.start].count(b"\n") + 1
        raise RecordError([RecordProblem(str(path), "", problem, "Save the file as UTF-8.", line)]) from error
    except OSError as error:
        problem = f"The file cannot be read: {error.strerror}."
        raise RecordError([RecordProblem(str(path), "", problem, "Check that it exists and is readable.")]) from error


def located(path: Path, positions: Positioned, place: Place, problem: str, remedy: str) -> RecordProblem:
    """A problem with the line and column of a place in its file."""
    mark = positions.mark(place)
    line, column = (mark.line, mark.column) if mark else (None, None)
    return RecordProblem(str(path), show_path(place), problem, remedy, line, column)


def _read(path: Path, model: type[M], vocabulary: Vocabulary) -> tuple[M, Positioned]:
    positions = read_yaml(read_text(path), str(path))
    return _validated(path, positions, model, vocabulary), positions


def _validated(path: Path, positions: Positioned, model: type[M], vocabulary: Vocabulary) -> M:
    try:
        return model.model_validate(positions.value, context={"vocabulary": vocabulary})
    except ValidationError as error:
        found = [_from_pydantic(path, positions, details) for details in _causes(error.errors())]
        raise RecordError(found) from error


def _causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Errors less those that only follow: a list is “too short” to pydantic once all its items are refused."""
    places = [details["loc"] for details in errors]
    return [
        details
        for details in errors
        if details["type"] != "too_short"
        or not any(
            len(place) > len(details["loc"]) and place[: len(details["loc"])] == details["loc"] for place in places
        )
    ]


_REMEDIES = {
    "missing": "Add it.",
    "tuple_type": "Write a list: one item a line, each after “- ”.",
    "extra_forbidden": "Remove it, or correct its spelling.",
}


def _from_pydantic(path: Path, positions: Positioned, details: ErrorDetails) -> RecordProblem:
    place = tuple(details["loc"])
    kind, message = details["type"], details["msg"]
    mark = positions.mark(place)
    remedy = _REMEDIES.get(kind, "Correct it.")
    if kind == "missing":
        problem = f"“{place[-1]}” is missing."
    elif kind == "extra_forbidden":
        problem = f"“{place[-1]}” is not a key of this part of a record."
        mark = positions.keys.get(place, mark)
    elif kind == "tuple_type":
        problem = f"A list belongs here; found {details.get('input')!r}."
    elif kind.startswith(("unknown_", "impossible_", "long_", "empty_", "age_")):
        problem, remedy = message, ""
    else:
        given = details.get("input")
        problem = f"{message}; found {given!r}." if isinstance(given, (str, int, float)) else f"{message}."
    line, column = (mark.line, mark.column) if mark else (None, None)
    return RecordProblem(str(path), show_path(place), problem, remedy, line, column)
