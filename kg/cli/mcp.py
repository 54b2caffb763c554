"""``sanctuary mcp``: the graph as tools for assistants."""

from __future__ import annotations

import dataclasses
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from kg.config import snapshots_folder
from kg.errors import ConfigError

_EXAMPLES = (
    "Examples: **sanctuary mcp**, as the command that an assistant starts · **sanctuary mcp --http --port 8001**, "
    "then http://127.0.0.1:8001/mcp"
)


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="mcp", epilog=_EXAMPLES)(mcp)


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve streamable HTTP rather than standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on, with --http; 0: a free one.")] = 8001,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name by which clients may reach the server, with --http; may be repeated."),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which a call is ended.")] = 10.0,
    memory_mb: Annotated[int, typer.Option(min=64, help="Megabytes of memory that one query may take.")] = 1024,
    snapshots: Annotated[
        Path | None,
        typer.Option("--snapshots", help="Folder of the snapshots. Default: $SANCTUARY_SNAPSHOTS or build/snapshots."),
    ] = None,
) -> None:
    """Serve the snapshot in service to assistants, by the Model Context Protocol.

    Its tools search and ask the questions, describe the classes, look up concepts and run read-only SPARQL. Assistants
    start the command themselves and speak with it over its standard streams; with --http it waits for them.
    """
    if find_spec("mcp") is None:
        raise ConfigError("The server for assistants needs the package “mcp”. Run: pip install 'sanctuary-kg[mcp]'.")
    from server.mcp_server import LIMITS, serve_http, serve_streams

    limits = dataclasses.replace(LIMITS, seconds=timeout, memory_mb=memory_mb)
    folder = snapshots or snapshots_folder()
    if http:
        serve_http(folder, host, port, tuple(allow_host or ()), limits)
    else:
        serve_streams(folder, limits)
