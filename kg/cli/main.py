"""The commands and what they share: options, errors as sentences, exit codes.

Exit codes: 0 done, 1 the work failed, 2 wrong usage or settings, 3 a record cannot be taken, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kg import __version__
from kg.cli import ask as ask_commands
from kg.cli import cases as cases_commands
from kg.cli import evaluate as evaluate_commands
from kg.cli import evidence as evidence_commands
from kg.cli import extract as extract_commands
from kg.cli import link as link_commands
from kg.cli import mcp as mcp_commands
from kg.cli import references as references_commands
from kg.cli import same_patient as same_patient_commands
from kg.cli import serve as serve_commands
from kg.cli import table as table_commands
from kg.cli.progress import stage_bar
from kg.cli.results import ResultFormat, write_results
from kg.config import shipped, snapshots_folder
from kg.errors import ConfigError, QueryError, SanctuaryError


class _Commands(TyperGroup):
    """Ends whatever a command runs into with an exit code and at most one sentence on standard error.

    Typer would end Ctrl-C in silence, and a closed pipe as a failure.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except SanctuaryError as error:
            raise _end(error.exit_code, str(error)) from error
        except KeyboardInterrupt as error:
            raise _end(130, "interrupted; nothing was changed.") from error
        except OSError as error:
            # What is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(error, BrokenPipeError):
                raise typer.Exit(0) from error  # whoever read our output has seen enough
            what = f"{error.filename} cannot be used" if error.filename else "The output cannot be written"
            raise _end(1, f"{what}: {error.strerror}.") from error
        return result


def _end(code: int, sentence: str) -> typer.Exit:
    typer.echo(f"sanctuary: {sentence}", err=True)
    return typer.Exit(code)


app = typer.Typer(
    name="sanctuary",
    cls=_Commands,
    help="Case reports of leukemia outside the marrow as an evidence-linked knowledge graph.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(evidence_commands.app, name="evidence")
app.add_typer(link_commands.app, name="link")

Snapshots = Annotated[
    Path | None,
    typer.Option("--snapshots", help="Folder of the snapshots. Default: $SANCTUARY_SNAPSHOTS or build/snapshots."),
]
Data = Annotated[Path | None, typer.Option(help="Folder with records/, references.yaml and mappings.sssom.tsv.")]
Ontology = Annotated[Path | None, typer.Option(help="Folder with the ontology's Turtle files.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sanctuary-kg {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Case reports of leukemia outside the marrow as an evidence-linked knowledge graph."""


@app.command(epilog="Example: **sanctuary build --data my-data --snapshots /srv/sanctuary**")
def build(data: Data = None, ontology: Ontology = None, snapshots: Snapshots = None) -> None:
    """Build a snapshot from the records and put it in service.

    A build that fails or is stopped leaves the snapshot in service as it is.
    """
    from kg.build import STAGES
    from kg.build import build as run
    from kg.config import terminologies_folder

    with stage_bar(STAGES) as on_stage:
        folders = ontology or shipped("ontology"), data or shipped("data"), shipped("queries")
        built = run(*folders, snapshots or snapshots_folder(), on_stage, terminologies=terminologies_folder())
    counts = built.manifest["counts"]
    beside = "".join(f"{one['name']} {one['version']} beside it; " for one in built.manifest["terminologies"])
    typer.echo(
        f"{built.folder}: {counts['quads']:,} quads, {counts['cases']} cases, {counts['references']} references; "
        f"{beside}consistent, no defects; {sum(built.manifest['seconds'].values()):.1f} s"
    )


@app.command(epilog="Example: **sanctuary check --data my-data**")
def check(data: Data = None, ontology: Ontology = None) -> None:
    """Read and check the records without building anything."""
    from kg.build import read_inputs

    inputs = read_inputs(ontology or shipped("ontology"), data or shipped("data"), shipped("queries"))
    cases = sum(len(record.cases) for record in inputs.curated.records)
    typer.echo(f"{len(inputs.curated.records)} records with {cases} cases: nothing to mend.")


@app.command(
    epilog="Examples: **sanctuary query 'SELECT ?c WHERE { ?c a sanct:PediatricCase }'** · "
    "**sanctuary query file.rq --format csv** · **sanctuary query - < file.rq**"
)
def query(
    sparql: Annotated[str, typer.Argument(help="SPARQL, the name of a file with it, or - for standard input.")],
    form: Annotated[ResultFormat, typer.Option("--format", "-f", help="How to write the result.")] = ResultFormat.AUTO,
    snapshots: Snapshots = None,
) -> None:
    """Ask the snapshot in service. The project's prefixes need not be declared."""
    from kg.snapshot import open_current

    write_results(open_current(snapshots or snapshots_folder()).query(_sparql(sparql)), form)


def _sparql(given: str) -> str:
    if given == "-":
        try:
            return sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise QueryError(f"Standard input is not UTF-8 at byte {error.start}. Send the query as UTF-8.") from error
    path = Path(given)
    try:
        if "{" not in given and path.is_file():
            return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise QueryError(f"{given} cannot be read: {error}") from error
    if "{" not in given:
        raise QueryError(f"“{given}” is neither SPARQL nor a file. Give a query in quotes or the name of a file.")
    return given


@app.command(
    epilog="Examples: **sanctuary export --format turtle --graph ontology > ontology.ttl** · "
    "**sanctuary export --format nquads --gzip -o sanctuary.nq.gz**"
)
def export(
    form: Annotated[str, typer.Option("--format", "-f", help="nquads, trig, turtle, ntriples, rdfxml or jsonld.")] = (
        "nquads"
    ),
    graph: Annotated[list[str] | None, typer.Option(help="Only this named graph; may be repeated.")] = None,
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; default standard output.")] = (
        None
    ),
    snapshots: Snapshots = None,
) -> None:
    """Write the graph, or named graphs of it, for another store or tool."""
    from kg import export as exporting
    from kg.snapshot import open_current

    if form not in exporting.FORMATS:
        raise typer.BadParameter(f"“{form}” is not one of {', '.join(exporting.FORMATS)}.", param_hint="--format")
    snapshot = open_current(snapshots or snapshots_folder())
    graphs = [exporting.find_graph(snapshot, word) for word in graph or []]
    if output is None:
        exporting.export(snapshot, exporting.FORMATS[form], sys.stdout.buffer, graphs, zipped=gzip)
        return
    if not output.parent.is_dir():
        raise ConfigError(f"There is no folder {output.parent}. Make it, or choose another --output.")
    partial = output.with_name(output.name + ".partial")
    try:
        with partial.open("wb") as out:
            exporting.export(snapshot, exporting.FORMATS[form], out, graphs, zipped=gzip)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


@app.command(epilog="Example: **sanctuary info --json | jq .counts**")
def info(
    as_json: Annotated[bool, typer.Option("--json", help="The whole manifest as JSON.")] = False,
    snapshots: Snapshots = None,
) -> None:
    """Say what the snapshot in service holds and how it was made."""
    from kg.cli.results import write_manifest_table
    from kg.snapshot import open_current

    write_manifest_table(open_current(snapshots or snapshots_folder()), as_json=as_json)


@app.command(epilog="Example: **sanctuary statistics**")
def statistics(snapshots: Snapshots = None) -> None:
    """Hold the numbers that papers state about their cases against the same numbers counted in the graph."""
    from kg.cli.results import write_statistics
    from kg.snapshot import open_current
    from kg.statistics import recompute

    write_statistics(recompute(open_current(snapshots or snapshots_folder()), shipped("queries")))


@app.command(epilog="Example: **sanctuary schema > record.schema.json**")
def schema() -> None:
    """Print the JSON Schema of a record, for an editor to complete and check while one types."""
    from kg.records.schema import record_schema_text
    from kg.vocabulary import read_ontology, read_vocabulary

    typer.echo(record_schema_text(read_vocabulary(read_ontology(shipped("ontology")))), nl=False)


ask_commands.register(app)
cases_commands.register(app)
same_patient_commands.register(app)
extract_commands.register(app)
table_commands.register(app)
references_commands.register(app)
evaluate_commands.register(app)
serve_commands.register(app)
mcp_commands.register(app)


def main() -> None:
    """Run the command line."""
    app()
