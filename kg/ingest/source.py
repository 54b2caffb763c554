"""The bytes to read from: a file, or something that was inside an archive. Every reader takes them from here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from kg.errors import SourceTextError

MAX_BYTES = 50_000_000
"""What one paper may have."""

MAX_SET_BYTES = 4_000_000_000
"""What a file of many articles may have; these are read piece by piece."""

HEAD_BYTES = 65_536


@dataclass(frozen=True)
class Source:
    """A file by its path, or bytes with the name that they had; ``label`` stands before each message."""

    label: str
    name: str
    path: Path | None = None
    data: bytes = b""

    @classmethod
    def of_path(cls, path: Path) -> Source:
        """The source in a file."""
        return cls(str(path), path.name, path)

    @classmethod
    def of_bytes(cls, data: bytes, name: str) -> Source:
        """The source in memory."""
        return cls(name, name.replace("\\", "/").rsplit("/", 1)[-1], None, data)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes as a stream.

        Raises:
            SourceTextError: the file is missing, is no file or cannot be read; also while it is read.
        """
        try:
            if self.path is None:
                yield BytesIO(self.data)
                return
            if self.path.exists() and not self.path.is_file():
                raise SourceTextError("this is not a file. Give the path of a file.")
            with self.path.open("rb") as stream:
                yield stream
        except OSError as error:
            raise SourceTextError(f"the text cannot be read: {error.strerror}. Check the path.") from error

    def head(self) -> bytes:
        """The first bytes, enough to tell the format by."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    def whole(self) -> bytes:
        """All bytes of one paper.

        Raises:
            SourceTextError: the file cannot be read, is empty or is larger than ``MAX_BYTES``.
        """
        with self.open() as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SourceTextError(f"the file is larger than {MAX_BYTES:,} bytes. Give one paper in a file.")
        if not data.strip():
            raise SourceTextError("the file is empty. Give the text of the paper.")
        return data

    def sha256(self) -> str:
        """The SHA-256 of all bytes, read piece by piece.

        Raises:
            SourceTextError: the file cannot be read or is larger than ``MAX_SET_BYTES``.
        """
        digest, size = hashlib.sha256(), 0
        with self.open() as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                if size > MAX_SET_BYTES:
                    raise SourceTextError(f"the file is larger than {MAX_SET_BYTES:,} bytes. Divide it.")
        return digest.hexdigest()


def named(label: str, error: SourceTextError) -> SourceTextError:
    """An error with the name of what was read, or the line in it, before its sentence."""
    joint = "" if re.match(r"\d+:", str(error)) else " "
    return SourceTextError(f"{label}:{joint}{error}")


@contextmanager
def naming(label: str) -> Iterator[None]:
    """Put a name before the sentence of an error, as `named` does."""
    try:
        yield
    except SourceTextError as error:
        raise named(label, error) from error
