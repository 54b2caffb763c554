"""``sanctuary extract``: draft records out of reports, one or a hundred thousand."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.batch.work import Form
from kg.cli.progress import document_bar
from kg.config import llm_address, shipped, terminologies_folder
from kg.errors import ConfigError
from kg.vocabulary import read_ontology, read_vocabulary

if TYPE_CHECKING:
    from kg.batch.folder import OutFolder
    from kg.batch.inputs import Inputs
    from kg.batch.run import Engine, Tally
    from kg.batch.stream import LineSink
    from kg.batch.work import Job
    from kg.draft.llm_client import Model
    from kg.extract.names import Names

_EXAMPLES = (
    "Examples: **sanctuary extract paper.pdf > draft.yaml** · **sanctuary extract papers/ --out drafts** · "
    "**sanctuary extract reports.tar.gz --format jsonl --out drafts --report drafts/report.txt** · "
    "**sanctuary extract - --format jsonl < paper.txt**"
)


_SHOWN = 5
"""So many failures are told at the end of a run."""

_ASKING = 4
"""So many processes ask a model at once, unless --jobs says otherwise."""


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
    names: Annotated[
        list[str] | None,
        typer.Option(
            help="Take names of concepts from a terminology too: hpo, or one of “link list”; may be repeated."
        ),
    ] = None,
    terminologies: Annotated[
        Path | None, typer.Option(help="Folder of kept releases, for --names. Default: as “link” has it.")
    ] = None,
    llm_url: Annotated[
        str | None,
        typer.Option(
            help="Have a model refine drafts: address of an OpenAI-compatible endpoint. TEXTS ARE SENT THERE."
        ),
    ] = None,
    llm_model: Annotated[
        str | None, typer.Option(help="The model's name there; its key is $SANCTUARY_LLM_KEY.")
    ] = None,
    llm_seconds: Annotated[
        float, typer.Option(min=1, max=1800, help="Seconds that the model may take for one document.")
    ] = 60.0,
) -> None:
    """Draft records from reports, every value with its place in the text and a confidence.

    Papers (JATS, PubMed XML, MEDLINE, PDF, HTML, text), GA4GH phenopackets (JSON) and PMC-Patients (JSON, JSON lines)
    are told by what they hold. Tables of cases and lists of references in papers are read too; a table alone is read
    with “sanctuary table”.

    With --out DIR, a draft of each report of a patient with leukemia goes to DIR/records, its entry for the
    bibliography to DIR/references.yaml; with --format jsonl, a line a document to DIR/drafts.jsonl: document, sha256,
    title, doi, pmid, outcome, reason, and cases with their values, each with concept, label, mention, start, end and
    confidence.
    DIR/outcomes.jsonl says of every document what became of it: drafted, no leukemia, no patient, copy (the content of
    another document) or failed. The same command again goes on where a run was stopped, also by kill -9.

    A draft is built only after a curator has signed it: curation.signed_by. A document that cannot be read fails alone;
    the exit code is then 1.

    No model and no network is needed. With --llm-url and --llm-model, or SANCTUARY_LLM_URL and SANCTUARY_LLM_MODEL, the
    text of each case with leukemia is sent to that endpoint. What it adds is kept only with words that are in the text,
    and marked; what contests a rule is told and not taken. Where the endpoint fails, the rules' draft stays.
    """
    from kg.batch.folder import OutFolder
    from kg.batch.inputs import Inputs
    from kg.batch.report import write_report
    from kg.batch.stream import LineSink, OneSink
    from kg.batch.work import Job

    model = _model(llm_url, llm_model, llm_seconds)
    # A model that never answers ends within twice its time; the time of the document itself comes on top.
    seconds = time_limit + (2 * model.seconds if model else 0)
    job = Job(form, date.today().isoformat(), seconds, _names(names or (), terminologies), model)
    inputs = Inputs(files, out)
    stream = LineSink if form is Form.JSONL else OneSink
    sink: OutFolder | LineSink = stream(sys.stdout.buffer) if out is None else OutFolder(out, form, job.chosen)
    with closing(sink):
        try:
            tally = _run(inputs, job, sink, jobs, scheduler)
        except KeyboardInterrupt as error:
            stays = (
                f"{sink.done:,} documents are in {out}; the same command goes on" if isinstance(sink, OutFolder) else ""
            )
            typer.echo(f"sanctuary: interrupted. {stays or 'What was written is whole'}.", err=True)
            raise typer.Exit(130) from error
        finally:
            if report is not None:
                write_report(report, sink.outcomes)
        _tell(tally, out)
        if model is not None:
            _tell_alone(sink)
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

    cores = len(os.sched_getaffinity(0))
    return Crew(job, jobs or (min(cores, _ASKING) if job.model else cores))


def _names(chosen: Sequence[str], folder: Path | None) -> Names:
    """The names of the terminologies that were asked for; read here, since workers may be elsewhere."""
    from kg.extract.names import NO_NAMES

    if not chosen:
        return NO_NAMES
    from kg.extract.name_sources import read_names

    vocabulary = read_vocabulary(read_ontology(shipped("ontology")))
    names = read_names(chosen, folder or terminologies_folder(), vocabulary)
    typer.echo(f"{len(names.rows):,} names from {names.label}.", err=True)
    return names


def _model(url: str | None, name: str | None, seconds: float) -> Model | None:
    """The model that options or environment name, told to the user, since texts will go there."""
    from kg.draft.llm_client import model_of

    usual_url, usual_name = llm_address()
    model = model_of(url or usual_url, name or usual_name, seconds)
    if model is not None:
        typer.echo(f"The texts of cases with leukemia are sent to {model.label}.", err=True)
    return model


def _tell_alone(sink: OutFolder | LineSink) -> None:
    """How many drafts are those of the rules alone, and why the first is."""
    from kg.draft.record import Outcome

    alone = [one for one in sink.outcomes() if one.outcome is Outcome.DRAFTED and one.reason]
    if alone:
        typer.echo(f"{len(alone):,} of the drafts without the model, the first of {alone[0].name}:", err=True)
        typer.echo(f"  {alone[0].reason}", err=True)


def _tell_failures(sink: OutFolder | LineSink) -> None:
    """The first documents that failed, each with its reason; there may be thousands."""
    from kg.draft.record import Outcome

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
