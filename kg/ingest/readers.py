"""From a file, or from bytes that were in an archive, to documents: the format is told by what the file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kg.errors import SourceTextError
from kg.ingest.document import Document
from kg.ingest.formats import Format, recognise
from kg.ingest.source import Source, named

Unread = Callable[[SourceTextError], None]


def read_documents(path: Path, unread: Unread | None = None) -> Iterator[Document]:
    """Every paper in a file, one after the other.

    Without ``unread`` the first paper that cannot be read ends the reading. With it, each error goes there and the
    reading goes on, so that a batch is ``for document in read_documents(path, failures.append)``. A file that cannot
    be read at all gives one error and no document.

    Raises:
        SourceTextError: a paper cannot be read and ``unread`` was not given; the message names file, fault and remedy.
    """
    return _read(Source.of_path(path), unread)


def read_bytes(data: bytes, name: str, unread: Unread | None = None) -> Iterator[Document]:
    """Every paper in bytes that had a name, as a member of an archive has; otherwise as `read_documents`.

    Raises:
        SourceTextError: a paper cannot be read and ``unread`` was not given.
    """
    return _read(Source.of_bytes(data, name), unread)


def read_document(path: Path) -> Document:
    """The one paper that a path names: a file, or a file, “#” and an article in it, as `Document.name` has it.

    Raises:
        SourceTextError: it cannot be read, or the file holds several articles, or not this one.
    """
    file, mark, article = path.name.partition("#")
    if mark and not path.exists():
        # What is wrong with other articles does not matter to who wants this one.
        others: list[SourceTextError] = []
        for document in _read(Source.of_path(path.with_name(file)), others.append):
            if document.name == path.name:
                return document
        raise SourceTextError(f"{path.with_name(file)}: no article {article} can be read in it. Check the number.")
    found: list[Document] = []
    for document in _read(Source.of_path(path), None):
        found.append(document)
        if len(found) > 1:
            raise SourceTextError(f"{path}: the file holds several articles. Name one: {found[0].name}")
    return found[0]


def _read(source: Source, unread: Unread | None) -> Iterator[Document]:
    for outcome in _outcomes(source):
        if isinstance(outcome, Document):
            yield outcome
        elif unread is None:
            raise outcome
        else:
            unread(outcome)


def _outcomes(source: Source) -> Iterator[Document | SourceTextError]:
    """Each document or what is wrong with it, and at the end what is wrong with the file as a whole."""
    empty = True
    try:
        for outcome in _reader(recognise(source.head()))(source):
            empty = False
            yield outcome if isinstance(outcome, Document) else named(source.label, outcome)
        if empty:
            raise SourceTextError("the file holds no article. Give one that does.")
    except SourceTextError as error:
        yield named(source.label, error)


def _reader(form: Format) -> Callable[[Source], Iterator[Document | SourceTextError]]:
    """The reader for a format. Engines are loaded here, so that reading text does not load one for PDF."""
    if form is Format.PUBMED:
        from kg.ingest.pubmed import read_pubmed

        return read_pubmed
    if form is Format.MEDLINE:
        from kg.ingest.medline import read_medline

        return read_medline
    if form is Format.JATS_SET:
        from kg.ingest.jats import read_jats_set

        return read_jats_set
    if form is Format.PMC_PATIENTS:
        return _patients
    return lambda source: iter([_single(source, form)])


def _patients(source: Source) -> Iterator[Document | SourceTextError]:
    from kg.ingest.pmc_patients import pmc_documents

    with source.open() as stream:
        yield from pmc_documents(stream, source.name)


def _single(source: Source, form: Format) -> Document:
    if form is Format.JATS:
        from kg.ingest.jats import jats_document

        return jats_document(source)
    if form is Format.HTML:
        from kg.ingest.html_page import html_document

        return html_document(source)
    if form is Format.PHENOPACKETS:
        from kg.ingest.phenopacket import phenopacket_document

        try:
            return phenopacket_document(source.whole(), source.name)
        except SourceTextError as error:
            raise SourceTextError(str(error).removeprefix(f"{source.name}:").strip()) from error
    if form is Format.PDF:
        from kg.ingest.pdf import pdf_document

        return pdf_document(source)
    from kg.ingest.plain_text import plain_text_document

    return plain_text_document(source)
