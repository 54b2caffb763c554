"""``sanctuary link``: the codes that we map, held against releases of their terminologies, and the releases kept."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.progress import byte_bar
from kg.config import shipped, terminologies_folder
from kg.errors import ConfigError, MappingError
from kg.link import read_mappings
from kg.link.hierarchy import Release, Status, mapped_labels
from kg.link.kept import forget as forget_kept
from kg.link.kept import keep, read_kept
from kg.vocabulary import read_ontology, read_vocabulary

app = typer.Typer(
    help="Links to SNOMED CT and the open terminologies: check them, and read releases to ask with any code.",
    no_args_is_help=True,
)
Data = Annotated[Path | None, typer.Option(help="Folder with mappings.sssom.tsv.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--terminologies", help="Folder of kept releases. Default: $SANCTUARY_TERMINOLOGIES or build/terminologies."
    ),
]
Relations = Annotated[
    list[str] | None,
    typer.Option("--relation", "-r", help="Also keep this relation of the mapped codes, beside is-a; may be repeated."),
]
Everything = Annotated[bool, typer.Option("--all", help="List every mapped code, not only those that need a look.")]
_COLUMNS = ("code", "state", "label there", "our label", "use instead")
_STATES = {
    "in use": "in use",
    "other label": "in use under another label",
    "out of use": "out of use",
    "unknown": "unknown to it",
    "not covered": "of an extension that it does not cover",
}
"""What a release can say of a code: in a row, and in the sum."""
_FINE = ("in use", "not covered")


@app.command(
    epilog="Examples: **sanctuary link snomed SnomedCT_InternationalRF2_PRODUCTION_20260901T120000Z.zip** · "
    "**sanctuary link snomed release/ --relation 363698007 --all > codes.tsv**"
)
def snomed(
    release: Annotated[Path, typer.Argument(help="Your own RF2 release: a folder or a zip, Full or Snapshot.")],
    relation: Relations = None,
    language: Annotated[str, typer.Option(help="Language of the preferred terms.")] = "en",
    everything: Everything = False,
    data: Data = None,
    terminologies: Folder = None,
) -> None:
    """Say what a release of SNOMED CT says of each mapped code, and keep what is above them.

    For codes that need a look: whether they are in use, what they are called now, and what replaced them. The release
    stays yours: what is kept of it is under its licence, and no export of the graph contains it unless you name it.
    """
    from kg.link.rf2 import PREFIX, read_rf2

    labels = mapped_labels(read_mappings(_mappings(data)), PREFIX)
    with byte_bar(release.name) as progress:
        read = read_rf2(release, labels, relations=relation or (), language=language, progress=progress)
    _keep_and_tell(read, terminologies, everything=everything)


@app.command(epilog="Examples: **sanctuary link obo hp.obo** · **sanctuary link obo uberon.owl --relation part_of**")
def obo(
    file: Annotated[Path, typer.Argument(help="Mondo, HPO, Uberon, NCIt, DOID … as OBO, OBO Graphs JSON or OWL.")],
    prefix: Annotated[
        str | None, typer.Option(help="Prefix of its codes in the mappings. Default: the one most of its terms have.")
    ] = None,
    relation: Relations = None,
    everything: Everything = False,
    data: Data = None,
    terminologies: Folder = None,
) -> None:
    """Say what an open ontology says of each mapped code, and keep what is above them.

    For codes that need a look: whether they are in use, what they are called now, and what replaced them.
    """
    from kg.link.obo import read_obo

    mappings = read_mappings(_mappings(data))
    with byte_bar(file.name) as progress:
        read = read_obo(file, mappings, prefix=prefix, relations=relation or (), progress=progress)
    _keep_and_tell(read, terminologies, everything=everything)


@app.command(epilog="Examples: **sanctuary link check** · **sanctuary link check --data my-data**")
def check(data: Data = None, terminologies: Folder = None) -> None:
    """Check the mappings: how codes are written, check digits, repetitions, contradictions, loops.

    Beside releases that are kept, also whether codes are in use and labels are theirs. Each finding names the line, the
    row, the reason and what to do. Ends with exit code 1 if there is anything to mend.
    """
    from kg.link.check import check as find_problems

    path = _mappings(data)
    mappings = read_mappings(path)
    kept = [one.release for one in read_kept(terminologies or terminologies_folder())]
    problems = find_problems(mappings, read_vocabulary(read_ontology(shipped("ontology"))), kept)
    for one in problems:
        typer.echo(f"{path}:{one.line}: {one.rule}: {one.row}: {one.reason}. {one.remedy}")
    beside = f", beside {', '.join(_named(release) for release in kept)}" if kept else ""
    count = "nothing to mend" if not problems else f"{len(problems):,} to mend"
    typer.echo(f"{len(mappings.mappings):,} mappings{beside}: {count}.", err=bool(problems))
    if problems:
        raise typer.Exit(1)


@app.command(name="list", epilog="Example: **sanctuary link list**")
def list_kept(terminologies: Folder = None) -> None:
    """Say which releases are kept, for the next build to take."""
    folder = terminologies or terminologies_folder()
    kept = [one.release for one in read_kept(folder)]
    rows = [(one.slug, one.name, one.version, f"{len(one.statuses)}", one.graph) for one in kept]
    if kept or not sys.stdout.isatty():
        _write(("slug", "name", "version", "mapped codes", "graph"), rows)
    if not kept:
        typer.echo(f"No release is kept in {folder}. Link one: sanctuary link snomed RELEASE.", err=True)


@app.command(epilog="Example: **sanctuary link forget snomedct**")
def forget(slug: Annotated[str, typer.Argument(help="As “link list” names it.")], terminologies: Folder = None) -> None:
    """Remove a kept release; the next build is without it."""
    folder = terminologies or terminologies_folder()
    if not forget_kept(folder, slug):
        raise ConfigError(f"{folder} keeps no release “{slug}”. “sanctuary link list” names those it keeps.")
    typer.echo(f"{slug} is no longer kept. Run “sanctuary build” to have the graph without it.", err=True)


def _mappings(data: Path | None) -> Path:
    return (data or shipped("data")) / "mappings.sssom.tsv"


def _named(release: Release) -> str:
    return f"{release.name} {release.version}".strip()


def _keep_and_tell(release: Release, folder: Path | None, *, everything: bool) -> None:
    """Keep a release, then say what it says: rows on standard output, sums on standard error.

    It is kept first, so that it is there even if nobody reads the rows to their end.
    """
    if not release.statuses:
        raise MappingError(f"The mappings name no code of {release.name}, so there is nothing to keep of it.")
    with _undisturbed():
        graph, _ = keep(release, folder or terminologies_folder())
    shown = [status for status in release.statuses if everything or _state(status) not in _FINE]
    if shown or not sys.stdout.isatty():
        _write(_COLUMNS, [_row(status) for status in shown])
    counts = Counter(_state(status) for status in release.statuses)
    sums = ", ".join(f"{counts[state]:,} {words}" for state, words in _STATES.items() if counts[state])
    codes = "1 mapped code" if len(release.statuses) == 1 else f"{len(release.statuses):,} mapped codes"
    typer.echo(f"{_named(release)}, {codes}: {sums}.", err=True)
    steps = "1 step" if len(release.edges) == 1 else f"{len(release.edges):,} steps"
    typer.echo(f"Kept in {graph}: {steps} up from them. Run “sanctuary build” to ask with them.", err=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without Ctrl-C: writing takes a moment, and half of it would have to be cleared away."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _row(status: Status) -> tuple[str, ...]:
    instead = ", ".join(f"{one.kind} {one.code} {one.label}".strip() for one in status.replaced_by)
    return status.code, _state(status), status.label, " | ".join(status.our_labels), instead


def _state(status: Status) -> str:
    if status.outside:
        return "not covered"
    if not status.known:
        return "unknown"
    if not status.active:
        return "out of use"
    return "other label" if status.labels_fit is False else "in use"


def _write(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal, tab-separated in a pipe."""
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in [columns, *rows])
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
