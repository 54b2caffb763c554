"""``sanctuary table``: a draft record out of a table of cases, as a review prints one."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.config import shipped
from kg.errors import ConfigError, SourceTextError

if TYPE_CHECKING:
    from kg.batch.work import Result
    from kg.ingest import Document
    from kg.ingest.case_table_map import TableMap
    from kg.ingest.case_table_proposal import Proposal
    from kg.ingest.drafts import Draft, Note
    from kg.vocabulary import Vocabulary

_EXAMPLES = (
    "Examples: **sanctuary table review.csv --reference baek-2021 > baek-2021.yaml** · "
    "**sanctuary table review.xlsx --sheet 'Table 1' --propose > map.yaml** · "
    "**sanctuary table review.xlsx --columns map.yaml --reference baek-2021 --out drafts** · "
    "**sanctuary table paper.xml --table 2 --propose**"
)
_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm")
_SHOWN = 12
"""So many notes are told on standard error; the draft has all of them."""


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="table", epilog=_EXAMPLES)(table)


def table(
    file: Annotated[str, typer.Argument(help="CSV, TSV, XLSX, a paper with the table in it, or - for standard input.")],
    columns: Annotated[
        Path | None, typer.Option("--columns", "-c", help="Mapping of the columns (YAML). Default: by the headings.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="Slug of the paper that has the table. Default: the file's name.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook that has several.")] = None,
    number: Annotated[int | None, typer.Option("--table", min=1, help="Number of the table in a paper.")] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Print the mapping that the headings suggest, to be completed.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the draft, beside those of “extract”.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with references.yaml, to find the papers of the rows.")] = (
        None
    ),
) -> None:
    """Draft a record from a table of cases: a case a row, each value with its row and column.

    Without --columns the headings say what the columns hold (Age, Sex, Diagnosis, Site, In remission, MRI, Outcome …);
    --propose prints that mapping. A row that cites a paper becomes a case retold from it, and the paper an entry
    for the bibliography. What a cell says and no concept stands for is told and left out.

    The draft goes to standard output, or with --out DIR to DIR/records. It is built only after a curator has signed it.
    """
    from kg.vocabulary import read_ontology, read_vocabulary

    given = None if reference is None else _sound(reference)
    vocabulary = read_vocabulary(read_ontology(shipped("ontology")))
    mapping = _mapping(columns, vocabulary, sheet, number)
    content = _content(file)
    document, told = _document(file, content, mapping.sheet if mapping else sheet)
    if mapping is None or propose:
        proposal = _proposal(file, document, vocabulary, sheet, number)
        if propose:
            _print_proposal(proposal)
            return
        mapping = _usable(file, proposal)
    slug = given or _slug(document.name)
    draft = _draft(document, slug, mapping, vocabulary, data or shipped("data"), told)
    key = hashlib.sha256(b"\0".join((content, mapping.model_dump_json().encode(), slug.encode()))).hexdigest()
    result = _result(file, document, key, draft, vocabulary)
    if out is None:
        from kg.batch.stream import OneSink

        OneSink(sys.stdout.buffer).write([result])
    else:
        _into(out, result)
    _tell(file, draft)


def _content(file: str) -> bytes:
    from kg.ingest.source import MAX_BYTES

    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceTextError(f"{file}: the file cannot be read: {error.strerror}. Check the path.") from error
    if len(content) > MAX_BYTES:
        raise SourceTextError(f"{file}: the file is larger than {MAX_BYTES:,} bytes. Give the table alone.")
    return content


def _document(file: str, content: bytes, sheet: str | None) -> tuple[Document, list[Note]]:
    """The document with the table: a file of a table, or a paper that has one."""
    from kg.draft.record import file_name
    from kg.ingest import read_bytes
    from kg.ingest.case_table_files import read_case_table
    from kg.ingest.drafts import Note, NoteKind
    from kg.ingest.formats import Format, recognise

    name = "table" if file == "-" else Path(file).name
    alone = file == "-" or Path(file).suffix.lower() in _TABLES or content[:2] == b"PK"
    if not alone:
        found = list(read_bytes(content, file)) if content.strip() else []
        alone = not found or (recognise(content) is Format.TEXT and not found[0].tables)
        if len(found) > 1:
            raise SourceTextError(f"{file}: the file holds several papers. Give the one that has the table.")
    document, told = read_case_table(content, file, sheet) if alone else (replace(found[0], name=name), ())
    plain = file_name(document.name if file != "-" else "table.csv")
    if plain == document.name or file == "-":
        return replace(document, name=plain), list(told)
    kept = Note(name, NoteKind.LOSS, f"the record names the file {plain}; keep it under this name.")
    return replace(document, name=plain), [kept, *told]


def _mapping(path: Path | None, vocabulary: Vocabulary, sheet: str | None, number: int | None) -> TableMap | None:
    from kg.ingest.case_table_map import read_table_map
    from kg.records.reader import read_text

    if path is None:
        return None
    mapping = read_table_map(read_text(path), str(path), vocabulary)
    given = {key: value for key, value in (("sheet", sheet), ("table", number)) if value is not None}
    return mapping.model_copy(update=given)


def _proposal(file: str, document: Document, vocabulary: Vocabulary, sheet: str | None, number: int | None) -> Proposal:
    from kg.ingest.case_table import table_of
    from kg.ingest.case_table_proposal import propose_map

    found = table_of(document, number)
    proposal = propose_map(document, found, vocabulary, sheet)
    if proposal is None:
        listed = ", ".join(f"“{column}”" for column in found.columns[:_SHOWN])
        raise SourceTextError(f"{file}: no heading says plainly what its column holds: {listed}. Give --columns.")
    return proposal


def _print_proposal(proposal: Proposal) -> None:
    from kg.ingest.case_table_proposal import map_yaml

    sys.stdout.write(map_yaml(proposal))
    left = sum(map(len, proposal.unread.values()))
    read = len(proposal.mapping.columns)
    typer.echo(
        f"{read} columns are known by their headings, {len(proposal.left)} are not; {left} values are open.", err=True
    )


def _usable(file: str, proposal: Proposal) -> TableMap:
    """The proposed mapping, if it can give cases; says on standard error what it is."""
    columns = proposal.mapping.columns
    said = "; ".join(f"{name} → {', '.join(rule.field for rule in rules)}" for name, rules in columns.items())
    if not any(rule.field == "diagnosis.leukemia" for rules in columns.values() for rule in rules):
        remedy = "Complete what --propose prints, and give it as --columns"
        raise SourceTextError(f"{file}: no heading says plainly where the type of leukemia is ({said}). {remedy}.")
    typer.echo(f"{file}: by the headings: {said}. --propose prints this mapping.", err=True)
    return proposal.mapping


def _sound(reference: str) -> str:
    from kg.ingest.drafts import slug

    if (like := slug(reference)) != reference:
        raise ConfigError(f"--reference “{reference}” is no slug, as {like or 'baek-2021'} is. Write it so.")
    return reference


def _slug(name: str) -> str:
    from kg.ingest.drafts import slug

    return slug(re.sub(r"\.\w+(?:#.*)?$", "", name)) or "table"


def _draft(
    document: Document, slug: str, mapping: TableMap, vocabulary: Vocabulary, data: Path, told: Sequence[Note]
) -> Draft:
    from kg.batch.folder import REFERENCES
    from kg.draft.record import TOOL
    from kg.ingest.case_table import draft_cases
    from kg.records.reader import read_bibliography

    known = read_bibliography(data / REFERENCES, vocabulary)
    curation = {"method": "Extracted", "agent": "sanctuary table", "date": date.today().isoformat(), "tool": TOOL}
    return draft_cases(document, slug, mapping, vocabulary, curation, known, told)


def _result(file: str, document: Document, key: str, draft: Draft, vocabulary: Vocabulary) -> Result:
    from kg.batch.drafted import drafted_result
    from kg.batch.work import Form, Item

    return drafted_result(Item(file, document.name, key), draft, Form.YAML, vocabulary)


def _into(out: Path, result: Result) -> None:
    """Write the draft into a folder of drafts."""
    from kg.batch.folder import RECORDS, OutFolder
    from kg.batch.work import Form, Item

    folder = OutFolder(out, Form.YAML)
    try:
        if folder.seen(Item(result.name, result.name, result.key)) is not None:
            typer.echo(f"{out}: the draft of this table with this mapping is there already.", err=True)
            return
        (written,) = folder.write([result])
        typer.echo(f"{out / RECORDS / f'{written.slug}.yaml'}: drafted.", err=True)
    finally:
        folder.close()


def _tell(file: str, draft: Draft) -> None:
    """Say on standard error how many cases there are, and what of the table they do not say."""
    from kg.ingest.drafts import NoteKind

    open_notes = [note for note in draft.notes if note.kind in (NoteKind.UNMAPPED, NoteKind.PROBLEM)]
    for note in open_notes[:_SHOWN]:
        typer.echo(f"{file}: {note}", err=True)
    if len(open_notes) > _SHOWN:
        typer.echo(f"{file}: {len(open_notes) - _SHOWN} more are among the notes at the head of the draft.", err=True)
    cases, works = len(draft.record.cases), len(draft.references)
    typer.echo(f"{file}: {cases} case{'s' * (cases != 1)}, {works} new for the bibliography.", err=True)
