"""``sanctuary extract``: draft records out of reports, one or a hundred thousand."""

from __future__ import annotations

import os
import sys
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.batch.work import Form
from kg.cli.progress import document_bar
from kg.errors import ConfigError

if TYPE_CHECKING:
    from kg.batch.folder import OutFolder
    from kg.batch.inputs import Inputs
    from kg.batch.run import Engine, Tally
    from kg.batch.stream import LineSink
    from kg.batch.work import Job

_EXAMPLES = (
    "Examples: **sanctuary extract paper.pdf > draft.yaml** · **sanctuary extract papers/ --out drafts** · "
    "**sanctuary extract reports.tar.gz --format jsonl --out drafts --report drafts/report.txt** · "
    "**sanctuary extract - --format jsonl < paper.txt**"
)


_SHOWN = 5
"""So many failures are told at the end of a run."""


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="extract", epilog=_EXAMPLES)(extract)


def extract(
    files: Annotated[
        list[str], typer.Argument(help="Files, folders, .zip or .tar.gz archives, or - for standard input.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the drafts; a run that was stopped goes on in it.")
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", "-f", help="Draft records, or a line of JSON a document.")
    ] = Form.YAML,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, max=512, help="Processes; default: all cores.")
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler to have the work done by.")] = None,
    report: Annotated[Path | None, typer.Option(help="File for a report on what failed and why.")] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds that one document may take.")] = 30.0,
) -> None:
    """Draft records from reports, every value with its place in the text and a confidence.

    With --out DIR, a draft of each report of a patient with leukemia goes to DIR/records, its entry for the
    bibliography to DIR/references.yaml; with --format jsonl, a line a document to DIR/drafts.jsonl: document, sha256,
    title, doi, pmid, outcome, reason, and cases with their values, each with concept, label, mention, start, end and
    confidence.
    DIR/outcomes.jsonl says of every document what became of it: drafted, no leukemia, no patient, copy (the content of
    another document) or failed. The same command again goes on where a run was stopped, also by kill -9.

    A draft is built only after a curator has signed it: curation.signed_by. A document that cannot be read fails alone;
    the exit code is then 1.
    """
    from kg.batch.folder import OutFolder
    from kg.batch.inputs import Inputs
    from kg.batch.report import write_report
    from kg.batch.stream import LineSink, OneSink
    from kg.batch.work import Job

    job = Job(form, date.today().isoformat(), time_limit)
    inputs = Inputs(files, out)
    stream = LineSink if form is Form.JSONL else OneSink
    sink: OutFolder | LineSink = stream(sys.stdout.buffer) if out is None else OutFolder(out, form)
    try:
        tally = _run(inputs, job, sink, jobs, scheduler)
    except KeyboardInterrupt as error:
        stays = f"{sink.done:,} documents are in {out}; the same command goes on" if isinstance(sink, OutFolder) else ""
        typer.echo(f"sanctuary: interrupted. {stays or 'What was written is whole'}.", err=True)
        raise typer.Exit(130) from error
    finally:
        if report is not None:
            write_report(report, sink.outcomes)
        sink.close()
    _tell(tally, out)
    if isinstance(sink, OneSink):
        for result in sink.results:
            if not result.record:
                typer.echo(f"{result.name}: {result.reason}", err=True)
    elif tally.failed:
        _tell_failures(sink)
    if tally.failed:
        raise typer.Exit(1)


def _run(inputs: Inputs, job: Job, sink: OutFolder | LineSink, jobs: int | None, scheduler: str | None) -> Tally:
    from kg.batch.run import run

    engine = _engine(inputs, job, jobs, scheduler)
    try:
        with document_bar(inputs.weight) as on_done:
            return run(inputs, engine, sink, on_done)
    finally:
        engine.close()


def _engine(inputs: Inputs, job: Job, jobs: int | None, scheduler: str | None) -> Engine:
    if scheduler is not None:
        if jobs is not None:
            raise ConfigError("--jobs is for this machine; with --scheduler the cluster has its own. Give one of them.")
        from kg.batch.cluster import Cluster

        return Cluster(job, scheduler)
    from kg.batch.crew import Crew

    return Crew(job, jobs or len(os.sched_getaffinity(0)))


def _tell_failures(sink: OutFolder | LineSink) -> None:
    """The first documents that failed, each with its reason; there may be thousands."""
    from kg.extract.draft import Outcome

    failed = (one for one in sink.outcomes() if one.outcome is Outcome.FAILED)
    for result in islice(failed, _SHOWN):
        typer.echo(f"  {result.name}: {result.reason}", err=True)
    if next(failed, None) is not None:
        typer.echo("  … --report FILE lists them all.", err=True)


def _tell(tally: Tally, out: Path | None) -> None:
    """Say on standard error how it went."""
    if tally.total + tally.before <= 1 and out is None:
        return
    rate = tally.total / tally.seconds if tally.seconds > 0 else 0
    counts = ", ".join(f"{count:,} {outcome.value}" for outcome, count in tally.outcomes.most_common())
    before = f"; {tally.before:,} were done before" if tally.before else ""
    documents = "document" if tally.total == 1 else "documents"
    typer.echo(
        f"{out or 'standard output'}: {tally.total:,} {documents} in {tally.seconds:.1f} s ({rate:.0f} a second)"
        f"{f': {counts}' if counts else ''}{before}.",
        err=True,
    )
