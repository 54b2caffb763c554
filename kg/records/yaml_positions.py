"""YAML read as plain values that remember where they stood.

Only the part of YAML that records need: mappings, sequences and scalars. Anchors, aliases, tags and repeated keys
are refused, so that a small file cannot unfold into a large one, and what a curator sees is what is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from kg.errors import RecordError, RecordProblem

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mark:
    """Line and column, both from one, and the index of the first character after the value."""

    line: int
    column: int
    end_index: int


@dataclass
class Positioned:
    """A value, and for each path in it the mark of what stands there, and of the key that it stands under."""

    value: Any
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def mark(self, path: Path) -> Mark | None:
        """Mark of the path, or of its nearest parent that exists in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path)


def show_path(path: Path) -> str:
    """A path as people write it.

    >>> show_path(("cases", 3, "findings", 0, "finding"))
    'cases[3].findings[0].finding'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_yaml(text: str, file: str) -> Positioned:
    """Values and positions of one YAML document.

    Raises:
        RecordError: the text is not YAML, is too large or too deep, or uses what is refused; with line and column.
    """
    if text.startswith("\ufeff"):
        problem = "The file begins with a byte order mark."
        raise RecordError([RecordProblem(file, "", problem, "Save it as UTF-8 without one.", 1, 1)])
    if len(text) > MAX_CHARACTERS:
        raise _problem(file, None, f"The file is longer than {MAX_CHARACTERS:,} characters.", "Split the record.")
    try:
        return _Builder(file).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _problem(file, mark, f"This is not YAML: {error.problem}.", "Mend the syntax here.") from error
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problem = "The file holds a character that YAML does not allow."
        raise RecordError([RecordProblem(file, "", problem, "Remove it.", line, column)]) from error


def _problem(file: str, mark: Any, problem: str, remedy: str) -> RecordError:
    line, column = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
    return RecordError([RecordProblem(file, "", problem, remedy, line, column)])


_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z")


def _scalar(event: Any) -> Any:
    """Plain scalars become null, truth values, integers and decimals; dates stay text; quoted ones stay text."""
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.match(text):
        return int(text)
    return Decimal(text) if _DECIMAL.match(text) else text


class _Builder:
    """Turns the event stream into values without recursion."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._result = Positioned(None)
        self._stack: list[tuple[Any, Path, Any]] = []  # container, its path, its start event
        self._key: list[Any] = []  # key that waits for its value, one a mapping on the stack

    def build(self, text: str) -> Positioned:
        documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _problem(self._file, event.start_mark, "A second document begins.", "Keep one in a file.")
            elif isinstance(event, yaml.AliasEvent):
                raise _problem(self._file, event.start_mark, "Aliases are not taken.", "Write the value out.")
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.ScalarEvent)):
                if event.anchor or event.tag:
                    raise _problem(self._file, event.start_mark, "Anchors and tags are not taken.", "Remove it.")
                self._value(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._close(event)
        return self._result

    def _value(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            if self._stack and isinstance(self._stack[-1][0], dict) and self._key[-1] is None:
                self._take_key(event)
            else:
                self._note(self._put(_scalar(event)), event, event.end_mark)
            return
        if self._stack and isinstance(self._stack[-1][0], dict) and self._key[-1] is None:
            raise _problem(self._file, event.start_mark, "A key must be a word.", "Write a plain key.")
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._put(container)
        if len(self._stack) >= MAX_DEPTH:
            raise _problem(self._file, event.start_mark, f"Nested deeper than {MAX_DEPTH}.", "Flatten the record.")
        self._stack.append((container, path, event))
        if isinstance(container, dict):
            self._key.append(None)

    def _take_key(self, event: Any) -> None:
        key = event.value
        if key in self._stack[-1][0]:
            raise _problem(self._file, event.start_mark, f"The key “{key}” stands here twice.", "Keep one.")
        self._key[-1] = key
        self._result.keys[(*self._stack[-1][1], key)] = _mark(event.start_mark, event.end_mark)

    def _put(self, value: Any) -> Path:
        if not self._stack:
            self._result.value = value
            return ()
        container, path, _ = self._stack[-1]
        if isinstance(container, dict):
            key, self._key[-1] = self._key[-1], None
            container[key] = value
            return (*path, key)
        container.append(value)
        return (*path, len(container) - 1)

    def _close(self, event: Any) -> None:
        container, path, start = self._stack.pop()
        if isinstance(container, dict):
            self._key.pop()
        self._note(path, start, event.end_mark)

    def _note(self, path: Path, event: Any, end: Any) -> None:
        self._result.marks[path] = _mark(event.start_mark, end)


def _mark(start: Any, end: Any) -> Mark:
    return Mark(start.line + 1, start.column + 1, end.index)
