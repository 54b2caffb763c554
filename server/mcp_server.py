"""The graph as tools of the Model Context Protocol, for assistants: over standard streams or over HTTP.

Standard output belongs to the protocol; what the server has to say goes to standard error.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn, TypeVar

import anyio.to_thread
import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field

from kg import __version__
from kg.errors import ConfigError, QueryError, SanctuaryError
from kg.namespaces import BASE
from server import mcp_classes, mcp_concepts, mcp_query, mcp_questions
from server.mcp_graph import Asking, Graph
from server.pool import Limits

NAME = "sanctuary-kg"
PATH = "/mcp"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
GRACE_SECONDS = 3
LIMITS = Limits(seconds=10.0, memory_mb=1024, result_mb=64, workers=2, processes=4, waiting=32)

INSTRUCTIONS = """\
Sanctuary KG holds published case reports of leukemia outside the marrow (nerve, brain, testis, bone …) as a graph in
which every statement points to its place in a paper. Begin with search_questions and ask_question: they are checked
questions whose answers say n of N. look_up_concept gives the names that parameters take; describe_classes and query are
for what no question asks.

Say with an answer that its numbers describe these published cases: they are not frequencies, risks or yields in
patients, and nothing here is medical advice. Three states differ: present, absent, and not reported. N counts the cases
in which an item was assessed; what a paper does not mention is never absent. An empty answer means that no paper in the
graph tells of it. Name the cases and papers behind a number, and the snapshot that answered.
"""

T = TypeVar("T")
_HINTS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def assistant_server(graph: Graph) -> MCPServer[None]:
    """The server with its tools and resources."""
    server = MCPServer[None](
        NAME,
        title="Sanctuary KG",
        description="Published case reports of leukemia outside the marrow, as a graph that can be asked.",
        instructions=INSTRUCTIONS,
        website_url=BASE,
        version=__version__,
        log_level="WARNING",
    )
    _question_tools(server, graph)
    _graph_tools(server, graph)
    _resources(server, graph)
    return server


def _question_tools(server: MCPServer[None], graph: Graph) -> None:
    @server.tool(title="Search the questions", annotations=_HINTS)
    async def search_questions(
        words: Annotated[
            str,
            Field(description="What you want to know, in a few words, e.g. “MRI sciatic nerve”; empty lists all."),
        ] = "",
    ) -> mcp_questions.QuestionsFound:
        """Find the checked questions about the published cases that fit some words, with their parameters.

        Start here. Each question found can be asked with ask_question by its slug.
        """
        return await _answered(graph, lambda asking: mcp_questions.search_questions(asking, words))

    @server.tool(title="Ask a question", annotations=_HINTS)
    async def ask_question(
        slug: Annotated[str, Field(description="The question's slug, as search_questions gives it.")],
        parameters: Annotated[
            dict[str, str | int],
            Field(
                description="Values by parameter name. A concept or value by short name (SciaticNerve), label (sciatic "
                "nerve) or IRI; a code as CURIE (SNOMEDCT:93143009). What is left out has its default."
            ),
        ] = {},  # noqa: B006 - never changed; the schema shows it as the default
    ) -> mcp_questions.AnswerTold:
        """Ask a checked question: rows with labels, n of N and the share, the cases and papers behind them.

        Gives the first 50 rows and says if there are more. If the answer is empty, advice names changes that were
        tried and have rows.
        """
        return await _answered(graph, lambda asking: mcp_questions.ask_question(asking, slug, parameters))


def _graph_tools(server: MCPServer[None], graph: Graph) -> None:
    @server.tool(title="Describe the classes", annotations=_HINTS)
    async def describe_classes(
        name: Annotated[str, Field(description="A class, e.g. Episode or sanct:Finding; empty lists all.")] = "",
    ) -> mcp_classes.ClassesTold:
        """List the kinds of node in the graph with their counts, or one class's properties and their constraints.

        Counts are from the VoID description of the graph, constraints from its SHACL shapes. Use it before writing
        SPARQL.
        """
        return await _answered(graph, lambda asking: mcp_classes.describe_classes(asking, name))

    @server.tool(title="Query with SPARQL", annotations=_HINTS)
    async def query(
        sparql: Annotated[
            str,
            Field(
                description="A SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE. Prefixes such as sanct:, skos:, rdfs:, "
                "bibo:, prov:, oa: need no declaration; the default graph is the union of all graphs."
            ),
        ],
    ) -> mcp_query.Queried:
        """Run a read-only SPARQL query, for what no question asks: the first 50 rows, within 10 seconds.

        No updates and no SERVICE. Concepts are linked by skos:broader; use sanct:site/skos:broader* sanct:Nerve and
        the like to include what lies below.
        """
        return await _answered(graph, lambda asking: mcp_query.query(asking, sparql))

    @server.tool(title="Look up a concept", annotations=_HINTS)
    async def look_up_concept(
        name: Annotated[
            str,
            Field(
                description="A label, synonym or short name (“foot drop”, SciaticNerve), or a code of another "
                "terminology as CURIE (SNOMEDCT:93143009, HP:0002653) or IRI."
            ),
        ],
    ) -> mcp_concepts.ConceptsFound:
        """Find a concept by name or external code: definition, synonyms, mappings, broader and narrower, its cases.

        The number of cases counts those in which a statement names the concept or something below it, also as absent
        or not reported: by_state tells them apart.
        """
        return await _answered(graph, lambda asking: mcp_concepts.look_up_concept(asking, name))


def _resources(server: MCPServer[None], graph: Graph) -> None:
    @server.resource("sanctuary://questions", title="All questions", mime_type="application/json")
    async def questions() -> str:
        """The questions that can be asked, by group."""
        found = await _answered(graph, lambda asking: mcp_questions.search_questions(asking, ""), ResourceError)
        return found.model_dump_json(indent=2, exclude_none=True)

    @server.resource("sanctuary://questions/{slug}", title="A question", mime_type="application/sparql-query")
    async def question(slug: str) -> str:
        """One question: a header with its words and parameters, and the SPARQL."""
        return await _answered(graph, lambda asking: mcp_questions.question_text(asking, slug), ResourceNotFoundError)


async def _answered(
    graph: Graph, work: Callable[[Asking], T], refused: type[ToolError | ResourceError] = ToolError
) -> T:
    """What some work on the graph gives; it goes on in a thread, and ends when the client calls it off."""
    left = threading.Event()
    try:
        return await anyio.to_thread.run_sync(lambda: work(graph.asking(left.is_set)), abandon_on_cancel=True)
    except QueryError as error:
        raise refused(str(error)) from error
    except SanctuaryError as error:
        logging.getLogger(__name__).error("%s", error)
        raise refused("The snapshot in service cannot be used; the server's log says why.") from error
    finally:
        left.set()


def serve_streams(snapshots: Path, limits: Limits = LIMITS) -> None:
    """Serve over standard input and output until the input is closed, or Ctrl-C or SIGTERM comes.

    Raises:
        SnapshotError: there is no snapshot to serve, or it is damaged.
    """
    _log_to_standard_error()
    graph = Graph(snapshots, limits)

    def end(number: int, frame: FrameType | None) -> NoReturn:
        # A thread waits for a line of standard input, and nothing but a line would end it.
        graph.close()
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        assistant_server(graph).run("stdio")
    finally:
        graph.close()


def serve_http(snapshots: Path, host: str, port: int, allowed: Sequence[str] = (), limits: Limits = LIMITS) -> None:
    """Serve over streamable HTTP until Ctrl-C or SIGTERM comes.

    Args:
        snapshots: folder of the snapshots.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        allowed: names by which clients reach the server, besides ``host`` and those of this machine. A request under
            any other name, or from a page of any other origin, is refused.
        limits: what a call may take.

    Raises:
        SnapshotError: there is no snapshot to serve, or it is damaged.
        ConfigError: the address cannot be listened on, or it is not clear by which name clients reach it.
    """
    security = _security(host, allowed)
    _log_to_standard_error()
    with _listening(host, port) as listening:
        graph = Graph(snapshots, limits)
        try:
            app = assistant_server(graph).streamable_http_app(
                streamable_http_path=PATH, json_response=True, stateless_http=True, transport_security=security
            )
            config = uvicorn.Config(
                app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_SECONDS
            )
            shown = f"[{host}]" if ":" in host else host
            sys.stderr.write(f"Serving http://{shown}:{listening.getsockname()[1]}{PATH} – Ctrl-C ends it.\n")
            sys.stderr.flush()
            signal.signal(signal.SIGTERM, _ended)
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            return
        finally:
            graph.close()


def _ended(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).split(" (while")[0]
        raise ConfigError(f"Port {port} of {host} cannot be listened on: {reason}. Choose another --port.") from error


def _security(host: str, allowed: Sequence[str]) -> TransportSecuritySettings:
    """Only those names may be asked by, so that a page of a stranger cannot reach the server through a browser."""
    if host in ("", "0.0.0.0", "::") and not allowed:
        raise ConfigError(
            f"With --host {host or '“”'} name the host by which clients reach the server: --allow-host kg.example.org."
        )
    # An IPv6 address stands in brackets in a Host header.
    named = (f"[{one}]" if one.count(":") > 1 and not one.startswith("[") else one for one in (host, *allowed))
    names = list(dict.fromkeys([*LOOPBACK, *named]))
    return TransportSecuritySettings(
        allowed_hosts=[pattern for name in names for pattern in (name, f"{name}:*")],
        allowed_origins=[
            f"{scheme}://{pattern}" for name in names for scheme in ("http", "https") for pattern in (name, f"{name}:*")
        ],
    )


def _log_to_standard_error() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
