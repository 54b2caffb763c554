"""What is known of each request once its last byte is sent, and the log of it: one JSON object a line.

Whoever answers a request notes in `noted` what only it knows; observers are told when the response is closed. The log
is one of them, the counts of `server.ops` are another.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any, cast
from urllib.parse import parse_qs

from flask import Flask, Response, current_app, g, request

from kg.errors import ConfigError
from server.current import current_snapshot
from server.spool import NoAnswerError

OBSERVERS = "sanctuary_observers"
ENDPOINT = "/sparql"
NO_ROUTE = "none"


@dataclass
class Noted:
    """What is noted of a request while it is answered: its query, how that ended, whether the answer was kept."""

    started: float = field(default_factory=time.perf_counter)
    query: str | None = None
    outcome: str = "ok"
    cache_hit: bool | None = None
    size: int = 0


@dataclass(frozen=True)
class Finished:
    """A request whose response is closed.

    ``route`` is the rule that it met, of which there are few. ``outcome`` is ``None`` where it was no query, else
    ``ok`` or why there was no whole answer. ``cache_hit`` is ``None`` where the cache was not asked.
    """

    method: str
    path: str
    route: str
    status: int
    size: int
    seconds: float
    query: str | None
    outcome: str | None
    cache_hit: bool | None
    version: str
    address: str


Observer = Callable[[Finished], None]


def noted() -> Noted:
    """What has been noted of this request so far; set its attributes to note more."""
    if "noted" not in g:
        g.noted = Noted()
    return cast(Noted, g.noted)


def observe(app: Flask, observer: Observer) -> None:
    """Have an observer told of every request. It may be called from any thread, outside of the request."""
    if OBSERVERS not in app.extensions:
        app.extensions[OBSERVERS] = []
        # First in the list is last to see a response, when it is compressed already.
        app.before_request_funcs.setdefault(None, []).insert(0, _begin)
        app.after_request_funcs.setdefault(None, []).insert(0, _follow)
    app.extensions[OBSERVERS].append(observer)


def tell(app: Flask, finished: Finished) -> None:
    """Tell the observers of an app."""
    for observer in app.extensions.get(OBSERVERS, ()):
        observer(finished)


def tell_beside_flask(app: Flask, scope: Any, status: int, size: int, started: float, version: str) -> None:
    """Tell the observers of a request that the front answered itself: from what it keeps, or by turning it away.

    Args:
        app: the application.
        scope: the request, as RSGI has it.
        status: of the response.
        size: bytes of its body.
        started: ``time.perf_counter()`` when it came.
        version: of the snapshot in service.
    """
    kept = status < 400
    query = parse_qs(scope.query_string).get("query", [None])[0] if kept else None
    tell(
        app,
        Finished(
            method=scope.method,
            path=scope.path,
            route=ENDPOINT if scope.path == ENDPOINT else NO_ROUTE,
            status=status,
            size=size,
            seconds=time.perf_counter() - started,
            query=query,
            outcome="ok" if query is not None else None,
            cache_hit=True if kept else None,
            version=version,
            address=scope.client.rpartition(":")[0],
        ),
    )


def _begin() -> None:
    noted()


def _follow(response: Response) -> Response:
    """Have the observers told when the response is closed."""
    app = cast(Any, current_app)._get_current_object()
    notes, rule = noted(), request.url_rule
    method, path, address = request.method, request.path, request.remote_addr or ""
    version, status = current_snapshot().version, response.status_code
    if response.is_streamed:
        # A file that is passed through would be closed without a word to us.
        response.direct_passthrough = False
        chunks = cast(Iterable[bytes], response.response)
        response.response = _counted(chunks, notes)
        response.call_on_close(getattr(chunks, "close", lambda: None))
    else:
        notes.size = response.calculate_content_length() or 0
    if method == "HEAD":
        notes.size = 0

    def closed() -> None:
        outcome = "error" if status >= 500 and notes.outcome == "ok" else notes.outcome
        finished = Finished(
            method=method,
            path=path,
            route=NO_ROUTE if rule is None else rule.rule,
            status=status,
            size=notes.size,
            seconds=time.perf_counter() - notes.started,
            query=notes.query,
            outcome=None if notes.query is None else outcome,
            cache_hit=notes.cache_hit,
            version=version,
            address=address,
        )
        tell(app, finished)

    response.call_on_close(closed)
    return response


def _counted(chunks: Iterable[bytes], notes: Noted) -> Iterator[bytes]:
    """The same stretches; how many bytes they were and how they ended is noted."""
    try:
        for chunk in chunks:
            yield chunk
            notes.size += len(chunk)
    except NoAnswerError as error:
        notes.outcome = error.kind
        raise
    except GeneratorExit:
        notes.outcome = "gone"
        raise


class AccessLog:
    """Writes a line for each request.

    Args:
        target: ``-`` for standard error, else a file, which is opened anew when it has been moved away.
        queries: whether the text of a query is written, and not only a hash of it.
        addresses: whether the address of the client is written.

    Raises:
        ConfigError: the file cannot be written.
    """

    def __init__(self, target: str, *, queries: bool = False, addresses: bool = False) -> None:
        self._queries, self._addresses = queries, addresses
        self._handler: logging.Handler
        try:
            self._handler = logging.StreamHandler() if target == "-" else WatchedFileHandler(target, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"The access log {target} cannot be written: {error.strerror}.") from error

    def __call__(self, finished: Finished) -> None:
        """Write the line of a request."""
        # The handler has the lock, and writes a line at once, so that processes can share a file.
        self._handler.handle(logging.makeLogRecord({"msg": json.dumps(self.entry(finished)), "args": None}))

    def entry(self, finished: Finished) -> dict[str, Any]:
        """What is logged of a request."""
        query = finished.query
        entry: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": finished.method,
            "path": finished.path,
            "status": finished.status,
            "bytes": finished.size,
            "milliseconds": round(finished.seconds * 1000, 3),
            "query": None if query is None else hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:12],
            "outcome": finished.outcome,
            "cache_hit": finished.cache_hit,
            "snapshot": finished.version,
        }
        if self._queries:
            entry["query_text"] = query
        if self._addresses:
            entry["client"] = finished.address
        return entry


def register(app: Flask, target: str, *, queries: bool = False, addresses: bool = False) -> None:
    """Have an app log its requests; ``off`` logs nothing.

    Raises:
        ConfigError: the log cannot be written.
    """
    if target != "off":
        observe(app, AccessLog(target, queries=queries, addresses=addresses))
