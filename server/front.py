"""What stands between the network and Flask: answers given before at once, all else through Flask in a thread.

An RSGI application for granian. Flask speaks WSGI, which knows neither that a client has left nor how to break off an
answer so that it cannot pass for whole; both are done here.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from server.access_log import OBSERVERS, tell_beside_flask
from server.app import MAX_BODY
from server.cache import Cache, Kept
from server.current import EXTENSION, CurrentSnapshot
from server.ops import METRICS
from server.reset import reset_connection
from server.sparql import GONE

_log = logging.getLogger(__name__)
COUNTED_EVERY = 0.5
"""Seconds after which answers from the cache are added to the counts."""
STALLED_SECONDS = 60.0
"""A client that takes nothing for so long is left."""
_QUEUE_FULL = json.dumps(
    {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Too many requests are under way. Send it again in a moment.",
    }
).encode()
_TOO_LARGE = json.dumps(
    {
        "type": "about:blank",
        "title": "Request Entity Too Large",
        "status": 413,
        "detail": "The body of the request is larger than 1 MB.",
    }
).encode()
_JSON_NOW = [("content-type", "application/json"), ("cache-control", "no-store")]
_HEALTHY = b'{"status":"ok"}\n'
_PROBLEM = [("content-type", "application/problem+json"), ("access-control-allow-origin", "*")]


@dataclass(frozen=True)
class _Response:
    """A response of Flask: whole, or with its stretches still to come."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | None
    chunks: Iterator[bytes]
    close: Any


class Front:
    """The application that granian runs, one in each front process.

    Args:
        app: the Flask application.
        threads: how many requests may be under way; more are told to come back.
    """

    def __init__(self, app: Flask, threads: int) -> None:
        self._app = app
        self._current: CurrentSnapshot = app.extensions[EXTENSION]
        self._kept: Cache = app.extensions["sanctuary_cache"]
        self._threads = threads
        self._active = 0
        self._uncounted = 0
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="request")

    def close(self) -> None:
        """End the query workers."""
        self._current.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        started = time.perf_counter()
        if scope.path == "/health" and scope.method == "GET":
            # Answered here, so that a server whose requests have all places taken is not held for dead.
            protocol.response_bytes(200, _JSON_NOW, _HEALTHY)
            return
        key = self._key(scope)
        if key is not None and (kept := self._kept.get(key)) is not None:
            protocol.response_bytes(kept.status, list(kept.headers), kept.body)
            self._count_kept(scope, kept, started)
            return
        if self._active >= self._threads:
            protocol.response_bytes(503, [*_PROBLEM, ("retry-after", "1")], _QUEUE_FULL)
            self._tell(scope, 503, len(_QUEUE_FULL), started)
            return
        body = await _read_body(scope, protocol)
        if body is None:
            protocol.response_bytes(413, _PROBLEM, _TOO_LARGE)
            self._tell(scope, 413, len(_TOO_LARGE), started)
            return
        self._active += 1
        try:
            await self._through_flask(scope, protocol, body, key)
        finally:
            self._active -= 1

    def _count_kept(self, scope: Any, kept: Kept, started: float) -> None:
        """Count an answer from the cache: one by one only if each is logged, for that takes longer than to answer."""
        if len(self._app.extensions[OBSERVERS]) > 1:
            self._tell(scope, kept.status, len(kept.body), started)
            return
        self._uncounted += 1
        if self._uncounted == 1:
            asyncio.get_running_loop().call_later(COUNTED_EVERY, self._hand_over_counts)

    def _hand_over_counts(self) -> None:
        number, self._uncounted = self._uncounted, 0
        self._app.extensions[METRICS].count_kept(number)

    def _tell(self, scope: Any, status: int, size: int, started: float) -> None:
        tell_beside_flask(self._app, scope, status, size, started, self._current.get().version)

    def _key(self, scope: Any) -> str | None:
        """What an answer is kept under, before anything is parsed: only plain reads of the endpoint."""
        if scope.path != "/sparql" or scope.method != "GET" or "if-none-match" in scope.headers:
            return None
        headers = scope.headers
        version = self._current.get().version
        return "\0".join(
            (version, scope.query_string, headers.get("accept", "") or "", headers.get("accept-encoding", "") or "")
        )

    async def _through_flask(self, scope: Any, protocol: Any, body: bytes, key: str | None) -> None:
        loop = asyncio.get_running_loop()
        gone = threading.Event()
        leaving = loop.create_task(_set_when_gone(protocol, gone))
        try:
            environ = _environ(scope, body, gone)
            response = await loop.run_in_executor(self._executor, self._call, environ)
            if response.body is not None:
                if key is not None and _may_be_kept(response):
                    self._kept.put(key, Kept(response.status, tuple(response.headers), response.body))
                protocol.response_bytes(response.status, response.headers, response.body)
                return
            await self._stream(scope, protocol, response)
        finally:
            leaving.cancel()

    async def _stream(self, scope: Any, protocol: Any, response: _Response) -> None:
        loop = asyncio.get_running_loop()
        transport = protocol.response_stream(response.status, response.headers)
        whole = False
        try:
            while (chunk := await loop.run_in_executor(self._executor, next, response.chunks, None)) is not None:
                await asyncio.wait_for(transport.send_bytes(chunk), STALLED_SECONDS)
            whole = True
        except (OSError, RuntimeError, TimeoutError) as error:
            _log.info("An answer was not taken to its end: %s", error)
        finally:
            if not whole:
                # Ended in the ordinary way, what has been sent would pass for the whole answer.
                reset_connection(scope.client)
            await loop.run_in_executor(self._executor, response.close)

    def _call(self, environ: dict[str, Any]) -> _Response:
        """Run Flask for one request, in a thread."""
        told: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            told[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]
            return lambda data: None

        result = self._app.wsgi_app(environ, start_response)
        close = getattr(result, "close", lambda: None)
        status, headers = told
        if isinstance(result, Iterable) and any(name == "content-length" for name, _ in headers):
            try:
                return _Response(status, headers, b"".join(result), iter(()), None)
            finally:
                close()
        return _Response(status, headers, None, _breaking_off(iter(result)), close)


def _may_be_kept(response: _Response) -> bool:
    return response.status == 200 and any(name == "etag" for name, _ in response.headers)


class _BrokenOffError(RuntimeError):
    """The answer ended before it was whole."""


def _breaking_off(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same stretches; what goes wrong in them becomes one kind of error."""
    from server.spool import NoAnswerError

    try:
        yield from chunks
    except NoAnswerError as error:
        raise _BrokenOffError(error.detail) from error


async def _read_body(scope: Any, protocol: Any) -> bytes | None:
    """The body of a request, or ``None`` if it is larger than what is taken."""
    if scope.method in ("GET", "HEAD", "OPTIONS"):
        return b""
    length = scope.headers.get("content-length")
    if length is not None and length.isdigit() and int(length) > MAX_BODY:
        return None
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


async def _set_when_gone(protocol: Any, gone: threading.Event) -> None:
    await protocol.client_disconnect()
    gone.set()


def _environ(scope: Any, body: bytes, gone: threading.Event) -> dict[str, Any]:
    """The WSGI environment of a request (PEP 3333)."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)) if body else "",
        GONE: gone.is_set,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ
