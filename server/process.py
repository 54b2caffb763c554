"""What each front process runs: the application, built from the settings that were handed down."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from kg.config import environment
from kg.settings import Settings
from server import access_log, create_app
from server.front import Front
from server.pool import Limits

SWITCH_SECONDS = 0.0005
THREADS_BESIDE_QUERIES = 64
"""Requests that may be under way beside the queries that run or wait: pages, and answers on their way to a client."""


def limits(settings: Settings) -> Limits:
    """The share of one front process in what all queries together may take."""

    def share(whole: int) -> int:
        return -(-whole // settings.processes)

    return Limits(
        seconds=settings.timeout,
        memory_mb=settings.memory_mb,
        result_mb=settings.result_mb,
        # With a single place, one query that takes its quarter of a second would hold up every other.
        workers=max(2, share(settings.workers)),
        processes=max(2, share(settings.max_processes)),
        waiting=share(settings.waiting),
        federate_with=settings.federate_with,
    )


class Application:
    """The RSGI application that granian imports; it builds the real one when its process starts."""

    def __init__(self) -> None:
        self._front: Front | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the query workers and the application."""
        # Requests are many short turns of many threads; with the usual 5 ms each waits for others to be done.
        sys.setswitchinterval(SWITCH_SECONDS)
        settings = Settings.from_environ(environment())
        share = limits(settings)
        app = create_app(settings.snapshots, share, cache_mb=settings.cache_mb)
        access_log.register(app, settings.access_log, queries=settings.log_queries, addresses=settings.log_addresses)
        self._front = Front(app, share.processes + share.waiting + THREADS_BESIDE_QUERIES)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the query workers."""
        if self._front is not None:
            self._front.close()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        assert self._front is not None
        await self._front.__rsgi__(scope, protocol)


application = Application()
