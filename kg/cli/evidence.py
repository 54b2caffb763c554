"""``sanctuary evidence``: mentions held against the papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.config import shipped, sources_folder
from kg.errors import ConfigError, SourceTextError
from kg.evidence import State, anchor, check_record, source_document, summary, unused_cells
from kg.records import read_curated, read_record
from kg.records.reader import read_text
from kg.records.yaml_positions import show_path
from kg.vocabulary import Vocabulary, read_ontology, read_vocabulary

app = typer.Typer(help="Hold the mentions of the records against the papers' texts.", no_args_is_help=True)
Sources = Annotated[
    Path | None,
    typer.Option(help="Folder with the papers' texts. Default: $SANCTUARY_SOURCES or ../shared/sources."),
]
Data = Annotated[Path | None, typer.Option(help="Folder with records/ and references.yaml.")]


def _vocabulary() -> Vocabulary:
    return read_vocabulary(read_ontology(shipped("ontology")))


def _sources(given: Path | None) -> Path:
    folder = given or sources_folder()
    if folder is None or not folder.is_dir():
        raise ConfigError("The papers' texts were not found. Name their folder with --sources or SANCTUARY_SOURCES.")
    return folder


@app.command(epilog="Example: **sanctuary evidence check --sources papers/**")
def check(sources: Sources = None, data: Data = None) -> None:
    """Say of every mention whether it is still at its place (exact), elsewhere (moved) or gone (missing).

    Ends with exit code 1 unless all are exact. Cells of a table that are passed over, in rows and columns that are
    otherwise used, are told.
    """
    folder = _sources(sources)
    failed = False
    for record in read_curated(data or shipped("data"), _vocabulary()).records:
        try:
            document = source_document(record, folder)
        except SourceTextError as error:
            typer.echo(f"{record.record}: {error}", err=True)
            failed = True
            continue
        checked = check_record(record, document)
        counts = summary(checked)
        shown = ", ".join(f"{counts[state]} {state.value}" for state in State)
        share = 100 * counts[State.EXACT] / max(1, len(checked))
        typer.echo(f"{record.record}: {shown} of {len(checked)} ({share:.0f} % exact)")
        for number, cell in unused_cells(record, document):
            words = document.text[cell.start : cell.end][:60]
            told = f"nothing is taken from “{words}” in row {cell.row}, column “{cell.column}”"
            typer.echo(f"  Table {number}: {told}", err=True)
        for item in checked:
            if item.state is not State.EXACT:
                failed = True
                found = f", now at {item.found}" if item.found is not None else ""
                typer.echo(
                    f"  {item.state.value}: “{item.evidence.mention}” at {show_path(item.path)}{found}", err=True
                )
    if failed:
        raise typer.Exit(1)


@app.command(name="anchor", epilog="Example: **sanctuary evidence anchor data/records/hangai-2014.yaml**")
def anchor_command(files: Annotated[list[Path], typer.Argument(help="Record files.")], sources: Sources = None) -> None:
    """Give every mention that has none its place in the text, in the record file itself."""
    folder, vocabulary = _sources(sources), _vocabulary()
    for path in files:
        file = read_record(path, vocabulary)
        text = read_text(path)
        anchored = anchor(file, source_document(file.record, folder), text)
        if anchored != text:
            partial = path.with_name(path.name + ".partial")
            partial.write_text(anchored, encoding="utf-8", newline="")
            partial.replace(path)
        typer.echo(f"{path}: {'anchored' if anchored != text else 'every mention had its place'}")
