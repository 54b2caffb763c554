"""The files of a SNOMED CT release in Release Format 2: found in a folder or a zip, and read row by row.

Nothing is unpacked to disk. See the SNOMED CT Release File Specification, “Release File Naming Convention” and “General
Structure of Release Files”: UTF-8, cells parted by tabs, a line of column names, each line ended by CR LF.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from kg.errors import ReleaseError

_COMMON = ("id", "effectiveTime", "active", "moduleId")
COLUMNS = {
    "concept": (*_COMMON, "definitionStatusId"),
    "description": (*_COMMON, "conceptId", "languageCode", "typeId", "term", "caseSignificanceId"),
    "relationship": (
        *_COMMON,
        *("sourceId", "destinationId", "relationshipGroup", "typeId", "characteristicTypeId", "modifierId"),
    ),
    "association": (*_COMMON, "refsetId", "referencedComponentId", "targetComponentId"),
    "language": (*_COMMON, "refsetId", "referencedComponentId", "acceptabilityId"),
}
"""The column names of each file that is read."""
_NAMES = {
    "concept": "sct2_Concept_",
    "description": "sct2_Description_",
    "relationship": "sct2_Relationship_",
    "association": "der2_cRefset_Association",
    "language": "der2_cRefset_Language",
}
_PATTERN = re.compile(
    r"x?(?:sct2_(Concept|Description|Relationship)_|der2_cRefset_[A-Za-z]*?(Association|Language))"
    r"[A-Za-z]*?(Full|Snapshot|Delta)(?:-[\w-]+)?_\w+_(\d{8})(?:T\w+)?\.txt",
    re.ASCII,
)
"""Names of the files. Those of national editions have an own word: sct2_Concept_UKCLSnapshot_GB_20260901.txt."""
_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 22
_LARGEST = 40 << 30
_RATIO, _SMALL = 100, 64 << 20
"""Text of a release packs to a tenth. What claims far more, and is large, is made to fill a memory or a disk."""

Progress = Callable[[int, int], None]
Row = list[bytes]


@dataclass(frozen=True)
class Part:
    """One file of a release: its name for the user, its size, its date, and how to open it."""

    name: str
    size: int
    date: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Rf2Files:
    """The files of a release by what is in them. ``kind`` is Full or Snapshot, ``date`` the newest of the concepts."""

    kind: str
    date: str
    parts: dict[str, tuple[Part, ...]]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(part.size for parts in self.parts.values() for part in parts)


@contextmanager
def open_release(path: Path) -> Iterator[Rf2Files]:
    """The release in a folder or a zip, while it is open.

    Raises:
        ReleaseError: there is no release, only a Delta, a file is missing, or the zip is broken or unsafe to read.
    """
    with ExitStack() as stack:
        if path.is_dir():
            found = [_on_disk(path, file) for file in sorted(path.rglob("*.txt")) if file.is_file()]
        else:
            with _reading(str(path)):
                archive = stack.enter_context(zipfile.ZipFile(path))
            found = [_in_zip(path, archive, entry) for entry in archive.infolist() if _PATTERN.fullmatch(_base(entry))]
            _refuse_bomb(path, [entry for entry in archive.infolist() if _PATTERN.fullmatch(_base(entry))])
        yield _sort_out(path, found)


def rows(part: Part, content: str, read: Callable[[int], None]) -> Iterator[Row]:
    """The rows of a file below its column names, as cells; ``read`` is told the bytes of each chunk.

    Raises:
        ReleaseError: wrong columns, a row of another width, text that is not UTF-8, or a file cut off or broken.
    """
    columns = COLUMNS[content]
    width, number, rest = len(columns), 0, b""
    with _reading(part.name), part.open() as stream:
        while chunk := stream.read(_CHUNK):
            read(len(chunk))
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            if len(rest) > _LONGEST_LINE:
                raise ReleaseError(f"{part.name}:{number + 1}: the line has no end. This is not a text file of RF2.")
            if not newline:
                continue
            _refuse_other_text(part, whole, number)
            lines = whole.split(b"\n")
            if number == 0:
                _check_columns(part, lines[0], columns)
                del lines[0]
                number = 1
            for line in lines:
                number += 1
                cells = line.split(b"\t")
                if len(cells) != width:
                    fault = f"the row has {len(cells)} cells, not {width}. The file is damaged"
                    raise ReleaseError(f"{part.name}:{number}: {fault}; take it from the release again.")
                yield cells
    if rest or not number:
        fault = f"ends in line {number + 1} without a line end" if number or rest else "is empty"
        raise ReleaseError(f"{part.name}: the file {fault}. It is cut off; take it from the release again.")


def _check_columns(part: Part, line: bytes, columns: tuple[str, ...]) -> None:
    header = tuple(line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r").decode("utf-8").split("\t"))
    if header != columns:
        odd = [f"“{got}” where “{want}” belongs" for got, want in zip(header, columns, strict=False) if got != want]
        fault = "; ".join(odd[:2]) or f"{len(header)} columns, not {len(columns)}"
        remedy = f"RF2 has: {', '.join(columns)}. Take the file from the release again."
        raise ReleaseError(f"{part.name}:1: wrong column names: {fault}. {remedy}")


def _refuse_other_text(part: Part, whole: bytes, number: int) -> None:
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError as error:
        line = number + whole.count(b"\n", 0, error.start) + 1
        fault = f"byte {whole[error.start]:#04x} is not UTF-8"
        raise ReleaseError(f"{part.name}:{line}: {fault}. Releases are; take the file from there again.") from error


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """What can go wrong with a file or a zip, in words."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ReleaseError(f"{name}: the zip is cut off or damaged ({error}). Download the release again.") from error
    except (NotImplementedError, RuntimeError) as error:  # a packing or an encryption that Python does not have
        raise ReleaseError(f"{name}: the zip cannot be unpacked ({error}). Unpack it and name the folder.") from error
    except OSError as error:
        raise ReleaseError(f"{name}: cannot be read: {error.strerror or error}. Check the path.") from error


def _base(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).name


def _on_disk(root: Path, file: Path) -> Part:
    date = match[4] if (match := _PATTERN.fullmatch(file.name)) else ""
    return Part(str(file.relative_to(root)), file.stat().st_size, date, lambda: file.open("rb"))


def _in_zip(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Part:
    match = _PATTERN.fullmatch(_base(entry))
    date = match[4] if match else ""
    return Part(f"{path.name}/{entry.filename}", entry.file_size, date, lambda: archive.open(entry))


def _refuse_bomb(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Sizes that no release has; what an entry holds beyond its stated size is never read."""
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > _RATIO * max(entry.compress_size, 1):
            fault = f"claims to unpack to {entry.file_size / max(entry.compress_size, 1):,.0f} times its size"
            raise ReleaseError(f"{path.name}/{entry.filename}: {fault}, which no release does. It is not read.")
    if (total := sum(entry.file_size for entry in entries)) > _LARGEST:
        fault = f"claims to unpack to {total >> 30} GB, more than any release has"
        raise ReleaseError(f"{path}: the zip {fault}. It is not read.")


def _sort_out(path: Path, found: list[Part]) -> Rf2Files:
    """The files of the Snapshot if there is one, else of the Full release."""
    kinds: dict[str, dict[str, list[Part]]] = {}
    for part in found:
        if match := _PATTERN.fullmatch(PurePosixPath(part.name).name):
            kinds.setdefault(match[3], {}).setdefault((match[1] or match[2]).lower(), []).append(part)
    if not kinds:
        hint = "Name the folder or the zip that holds sct2_Concept_Snapshot_… or sct2_Concept_Full_…"
        raise ReleaseError(f"{path}: there is no SNOMED CT release in RF2 here. {hint}.")
    if set(kinds) == {"Delta"}:
        fault = "this is a Delta, which holds only what changed"
        raise ReleaseError(f"{path}: {fault}. Use the Snapshot or the Full files of the release.")
    kind = "Snapshot" if "Snapshot" in kinds else "Full"
    parts = kinds[kind]
    lacking = [content for content in COLUMNS if content not in parts and content != "language"]
    if lacking:
        ending = kind if lacking[0] != "description" else f"{kind}-en"
        name = f"{_NAMES[lacking[0]]}{ending}_….txt"
        raise ReleaseError(f"{path}: the release lacks its {lacking[0]} file, {name}. Use the complete release.")
    date = max(part.date for part in parts["concept"])
    return Rf2Files(kind, date, {content: tuple(parts[content]) for content in COLUMNS if content in parts})
