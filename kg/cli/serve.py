"""``sanctuary serve`` and ``sanctuary settings``; their options are the rows of `kg.settings.SETTINGS`."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kg.config import environment
from kg.settings import SETTINGS, Kind, Setting, Settings, choose, load, show

_METAVARS = {Kind.PATH: "PATH", Kind.LOG: "PATH|-|off", Kind.TEXT: "TEXT", Kind.ADDRESSES: "URL"}
_METAVARS |= {Kind.INTEGER: "INTEGER", Kind.NUMBER: "NUMBER"}


def register(app: typer.Typer) -> None:
    """Give the command line the commands of this module."""
    examples = "Examples: **sanctuary serve --port 9000** · **sanctuary serve graph.ttl more.nq.gz**"
    app.command(name="serve", epilog=examples)(_with_settings(serve))
    app.command(name="settings", epilog="Example: **sanctuary settings --config sanctuary.toml**")(
        _with_settings(settings)
    )


def serve(
    options: dict[str, object],
    files: Annotated[
        list[Path] | None, typer.Argument(help="RDF files to serve instead of the snapshot; .gz is unpacked.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings file. Default: sanctuary.toml, if there is one.")
    ] = None,
) -> None:
    """Serve the snapshot in service, or RDF files as they are: a start page and a SPARQL endpoint at /sparql.

    Each option may also be set by an environment variable SANCTUARY_… or in the settings file.
    """
    chosen = load(options, config, environment())
    if chosen.access_log not in ("-", "off"):
        Path(chosen.access_log).open("a").close()  # one sentence here rather than one from each process
    if not files:
        _run(chosen)
        return
    from kg.load import loaded
    from server.run import free_port

    # Nobody should wait for a long load only to learn that the port is taken.
    free_port(chosen.host, chosen.port)
    with _ended_in_order(), contextlib.ExitStack() as stack:
        with _bar() as tell:
            snapshots = stack.enter_context(loaded(files, tell))
        _run(dataclasses.replace(chosen, snapshots=snapshots))


def settings(
    options: dict[str, object],
    config: Annotated[
        Path | None, typer.Option(help="Settings file. Default: sanctuary.toml, if there is one.")
    ] = None,
) -> None:
    """Print the value of each setting of the server and where it comes from."""
    rows = [(one.setting.name, show(one.value), one.origin) for one in choose(options, config, environment())]
    names = ("setting", "value", "origin")
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in [names, *rows])
        return
    table = Table(*names, "meaning", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row, setting in zip(rows, SETTINGS, strict=True):
        table.add_row(*map(Text, row), setting.help)
    Console().print(table)


def _run(chosen: Settings) -> None:
    from server.run import serve as run

    run(chosen)


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes an option for each setting and gets them as its first argument, by name."""

    def run(**arguments: Any) -> None:
        options = {setting.name: arguments.pop(setting.field) for setting in SETTINGS}
        command(options, **arguments)

    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    parameters = [*own, *(_parameter(setting) for setting in SETTINGS)]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    )
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _parameter(setting: Setting) -> inspect.Parameter:
    """The option of a setting. Its value is read in `kg.settings`, as those from elsewhere are."""
    words = f"{setting.help.rstrip('.')}. Default: {setting.default_shown}."
    annotation: Any
    if setting.kind is Kind.SWITCH:
        annotation = Annotated[bool | None, typer.Option(f"{setting.option}/--no-{setting.name}", help=words)]
    else:
        option = typer.Option(setting.option, help=words, metavar=_METAVARS[setting.kind])
        several = setting.kind is Kind.ADDRESSES
        annotation = Annotated[list[str] | None, option] if several else Annotated[str | None, option]
    return inspect.Parameter(setting.field, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have SIGTERM end the program by way of its clean-up, as Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, on standard error: what is being loaded, and how much of it is."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        yield tell
