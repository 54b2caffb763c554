"""An ontology file of any format that is read here, into `Terms`: OBO, OBO Graphs JSON, or OWL as RDF/XML.

OBO is read frame by frame by fastobo, the parser inside pronto; OWL triple by triple by pyoxigraph. pronto itself was
tried and left: it holds the whole ontology in memory, 15 kB a term, and gives up where an ontology names a term of
another one that it does not hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from kg.errors import ReleaseError
from kg.link.obo_frames import read_frames
from kg.link.obo_graphs import read_graphs
from kg.link.obo_owl import read_owl
from kg.link.obo_terms import Terms

Progress = Callable[[int, int], None]


class _Counted:
    """A binary stream that tells how far it was read."""

    def __init__(self, stream: IO[bytes], size: int, progress: Progress | None) -> None:
        self._stream, self._size, self._progress, self._done = stream, size, progress, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._stream.read(size)
        self._done += len(chunk)
        if self._progress is not None:
            self._progress(self._done, self._size)
        return chunk


def read_terms(path: Path, terms: Terms, prefixes: Mapping[str, str], progress: Progress | None = None) -> None:
    """Read an ontology file of any of the three formats, told apart by how it begins, into ``terms``.

    Raises:
        ReleaseError: the file is empty, cut off, or not one of the three; with the place where that is known.
    """
    with _reading(path), path.open("rb") as file:
        head = file.read(1 << 20)
        begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not begin:
            raise ReleaseError(f"{path}: the file is empty. Download the ontology again.")
        file.seek(0)
        stream = cast(IO[bytes], _Counted(file, path.stat().st_size, progress))
        if begin.startswith(b"{"):
            read_graphs(stream, terms, prefixes)
        elif begin.startswith(b"<"):
            _refuse_nested_entities(path, head)
            read_owl(stream, terms, prefixes)
        elif re.match(rb"[\w-]+\s*:|\[|!", begin):
            read_frames(stream, terms, prefixes)
        else:
            raise _foreign(path)
    if not terms.parents:
        raise _foreign(path)


def _foreign(path: Path) -> ReleaseError:
    """A file without terms, or in a format that is not read."""
    known = "Use the OBO file, the OBO Graphs JSON file or the OWL file in RDF/XML of the release"
    return ReleaseError(f"{path}: this is no ontology in a format that is read here. {known}.")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """What can go wrong with a file, in words."""
    again = "The file is cut off or damaged; download it again, or take another format of the release."
    try:
        yield
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        reason = str(error.msg).splitlines()[0].rstrip(".")
        raise ReleaseError(f"{path}{line}: does not parse: {reason}. {again}") from error
    except json.JSONDecodeError as error:
        raise ReleaseError(f"{path}:{error.lineno}: does not parse: {error.msg}. {again}") from error
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{path}: byte {error.start} is not UTF-8. {again}") from error
    except RecursionError as error:
        raise ReleaseError(f"{path}: is nested too deep for an ontology. {again}") from error
    except OSError as error:
        if error.errno is None:  # fastobo tells so of text that is not UTF-8
            raise ReleaseError(f"{path}: {error}. {again}") from error
        raise ReleaseError(f"{path}: cannot be read: {error.strerror}. Check the path.") from error


def _refuse_nested_entities(path: Path, head: bytes) -> None:
    """Entities made of entities, with which a small file unfolds into one that fills the memory."""
    if re.search(rb"<!ENTITY\s+[^>]*&[^#>]", head):
        raise ReleaseError(f"{path}: declares entities made of entities, as no ontology does. It is not read.")
