"""``sanctuary references``: entries for the bibliography out of BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.config import shipped
from kg.errors import SourceTextError

if TYPE_CHECKING:
    from kg.records.paper import Reference

_EXAMPLES = (
    "Examples: **sanctuary references library.bib > new.yaml** · **sanctuary references zotero.json --out drafts** · "
    "**sanctuary references - < export.ris**"
)


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="references", epilog=_EXAMPLES)(references)


def references(
    files: Annotated[list[str], typer.Argument(help="BibTeX, RIS or CSL-JSON files, or - for standard input.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for references.yaml, beside those of “extract” and “table”.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the references.yaml that is there already.")] = None,
) -> None:
    """Read the lists that reference managers write, as entries for data/references.yaml.

    An entry has the facts of its file and no others, and names the file as the place where they were seen. A work that
    is in the bibliography already, by DOI, PMID or else title and year, is told and left out.

    The entries go to standard output, or with --out DIR to the end of DIR/references.yaml.
    """
    from kg.batch.drafted import entry_of
    from kg.batch.folder import REFERENCES
    from kg.draft.record_yaml import reference_yaml
    from kg.records.reader import read_bibliography
    from kg.vocabulary import read_ontology, read_vocabulary

    vocabulary = read_vocabulary(read_ontology(shipped("ontology")))
    known = list(read_bibliography((data or shipped("data")) / REFERENCES, vocabulary))
    if out is not None and (out / REFERENCES).is_file():
        known += read_bibliography(out / REFERENCES, vocabulary)
    new: list[Reference] = []
    digest = hashlib.sha256()
    for file in files:
        content = _content(file)
        digest.update(content)
        new += _new(file, content, [*known, *new])
    entries = [(one.reference, reference_yaml(entry_of(one))) for one in new]
    if out is None:
        sys.stdout.write("references:\n" if entries else "references: []\n")
        sys.stdout.writelines(entry for _, entry in entries)
    elif entries:
        _into(out, files, digest.hexdigest(), entries)
    typer.echo(f"{len(new)} new for the bibliography.", err=True)


def _content(file: str) -> bytes:
    from kg.ingest.reference_files import MAX_BYTES

    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceTextError(f"{file}: the file cannot be read: {error.strerror}. Check the path.") from error


def _new(file: str, content: bytes, known: Sequence[Reference]) -> list[Reference]:
    """The references of a file that are not known; tells of the others, and of what could not be taken."""
    from kg.ingest.drafts import NoteKind
    from kg.ingest.reference_files import read_references

    name = "standard input" if file == "-" else Path(file).name
    read = read_references(content, name, {one.reference for one in known})
    for note in read.notes:
        said = "" if note.kind is NoteKind.PROBLEM else "note: "
        typer.echo(f"{file}: {said}{note}", err=True)
    by_id = {code: one.reference for one in known for code in _codes(one)}
    titles = {_title(one): one for one in known if one.title}
    new: list[Reference] = []
    for one in read.references:
        there = next(((code, by_id[code]) for code in _codes(one) if code in by_id), None)
        if there is not None:
            typer.echo(f"{file}: {one.reference} is in the bibliography as {there[1]} ({there[0]}).", err=True)
            continue
        alike = titles.get(_title(one)) if one.title else None
        if alike and alike.year == one.year and not (_codes(one) and _codes(alike)):
            typer.echo(f"{file}: {one.reference} is in the bibliography as {alike.reference} (title, year).", err=True)
            continue
        if alike:
            typer.echo(f"{file}: {one.reference} has the title of {alike.reference}; is it the same work?", err=True)
        new.append(one)
    return new


def _codes(reference: Reference) -> list[str]:
    """DOI and PMID in one spelling; a DOI does not tell capitals (ISO 26324, section 4.2)."""
    codes = (("doi", reference.doi), ("PMID", reference.pmid), ("", reference.pmcid))
    return [f"{kind}:{code.lower()}" for kind, code in codes if code]


def _title(reference: Reference) -> str:
    return "".join(c for c in (reference.title or "").casefold() if c.isalnum())


def _into(out: Path, files: Sequence[str], key: str, entries: Sequence[tuple[str, str]]) -> None:
    """Write the entries into a folder of drafts."""
    from kg.batch.folder import REFERENCES, OutFolder
    from kg.batch.work import Form, Item, Result
    from kg.draft.record import Outcome

    folder = OutFolder(out, Form.YAML)
    try:
        name = ", ".join(files)
        if folder.seen(Item(name, name, key)) is None:
            folder.write([Result(name, key, Outcome.DRAFTED, works=tuple(entries))])
        typer.echo(f"{out / REFERENCES}: written.", err=True)
    finally:
        folder.close()
