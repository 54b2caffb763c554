"""A document of a title and an abstract, the same from PubMed XML as from MEDLINE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.errors import SourceTextError
from kg.ingest.composer import Composer
from kg.ingest.document import Document, Metadata, Reference


def abstract_document(
    name: str,
    sha256: str,
    metadata: Metadata,
    parts: Sequence[tuple[str | None, str]],
    references: tuple[Reference, ...] = (),
) -> Document:
    """The document of an article's title and the parts of its abstract, each with its label if it has one.

    Raises:
        SourceTextError: there is neither a title nor an abstract.
    """
    composer = Composer()
    if metadata.title:
        composer.paragraph(metadata.title, "Title")
    for label, text in parts:
        words = f"{label}: {text}" if label else text
        if words:
            composer.paragraph(words, "Abstract", ("Abstract", label) if label else ())
    if composer.empty:
        raise SourceTextError("the article has neither a title nor an abstract. Leave it out.")
    return replace(composer.document(name, sha256, metadata), references=references)


class Names:
    """Names for the articles of one file: the file's, “#” and the PMID; one that comes again gets “~2”."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: dict[str, int] = {}

    def of(self, key: str) -> str:
        """The name of an article, by its PMID or, without one, by its place: “no-3”."""
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return f"{self._file}#{key}" if count == 1 else f"{self._file}#{key}~{count}"
