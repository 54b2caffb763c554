"""A phenopacket's values as a text: one line a value, in which each value has its JSON pointer as its section.

A phenopacket is not prose, yet evidence needs a place. Its text is the one that its values give, whatever white space,
order of keys or spelling of names the file has: a line “pointer, tab, value” for each, in the order of the schema.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kg.ingest.document import Document, Metadata, Section
from kg.ingest.drafts import Data, evidence_at


@dataclass(frozen=True)
class CanonicalText:
    """The text of some JSON values, and where in it the value of each pointer (RFC 6901) stands."""

    text: str
    spans: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, value: Any) -> CanonicalText:
        """The text of a JSON value."""
        lines: list[str] = []
        spans: dict[str, tuple[int, int]] = {}
        position = 0
        for pointer, words in _leaves(value, ""):
            line = f"{pointer}\t{words}\n"
            start = position + len(pointer) + 1
            if words:
                spans[pointer] = (start, start + len(words))
            lines.append(line)
            position += len(line)
        return cls("".join(lines), spans)

    def document(self, name: str, sha256: str, title: str | None = None) -> Document:
        """The document whose sections are the values, each named by its pointer."""
        return Document(name, self.text, sha256, self.sections, (), Metadata(title=title))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """One section a value."""
        return tuple(Section(pointer, start, end) for pointer, (start, end) in self.spans.items())

    def evidence(self, *pointers: str) -> list[Data]:
        """Evidence for the values at some pointers; a pointer without a value gives none."""
        return [self._one(pointer) for pointer in dict.fromkeys(pointers) if pointer in self.spans]

    def _one(self, pointer: str) -> Data:
        start, end = self.spans[pointer]
        value = self.text[start:end]
        # The sentence is the document's own idea of one, asked of this value alone: a big file has very many.
        alone = Document(
            pointer, value, hashlib.sha256(value.encode()).hexdigest(), (Section(pointer, 0, end - start),), ()
        )
        return evidence_at(self.text, pointer, start, end, alone.sentence_hash(0))


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Pointer and words of each value that is neither object nor list. Depth is bounded by the reader."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{pointer}/{_escaped(str(key))}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{pointer}/{index}")
    elif value is not None:
        words = str(value).lower() if isinstance(value, bool) else str(value)
        yield pointer, re.sub(r"\s+", " ", words.replace("\u00ad", "")).strip()


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
