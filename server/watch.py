"""Watches over one query while its worker is at it, and ends the worker where the query goes past a limit."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from server.spool import NoAnswerError, Spool

if TYPE_CHECKING:
    from server.pool import Pool, Process

_log = logging.getLogger(__name__)
TICK = 0.05
YOUNG = 0.25
"""Seconds after which a query gives up its place to younger ones."""
SLOWED = 1.0
"""Seconds after which a worker goes on at a lower priority; it does not serve again, for none can be raised back."""


class Watch:
    """Reads what a busy process sends, and ends the process where it goes past a limit."""

    def __init__(self, pool: Pool, process: Process, deadline: float, seconds: float, gone: Callable[[], bool]) -> None:
        self._pool, self._process = pool, process
        self._deadline, self._seconds, self._gone = deadline, seconds, gone
        self._since = self._checked = time.monotonic()
        self._slowed = False

    def read(self) -> tuple[bytes, bytes]:
        """The next frame.

        Raises:
            NoAnswerError: a limit was passed, or the process ended by itself; it has then been replaced.
        """
        while True:
            if time.monotonic() - self._checked > TICK:
                self._check()
            try:
                return self._process.reader.read()
            except TimeoutError:
                continue
            except (EOFError, OSError) as error:
                raise self.lost() from error

    def chunks(self) -> Generator[bytes]:
        """The body, at the pace of the process rather than of the client."""
        spool = Spool(self.read, self._pool.limits.result_mb * 1_048_576, self._ended)
        try:
            yield from spool
        finally:
            spool.abandon()

    def _ended(self, error: NoAnswerError | None) -> None:
        """Called once, when the process has sent all, or is to be ended."""
        if error is None:
            self._pool.release(self._process, spent=self._slowed)
        elif error.kind in ("size", "gone"):
            self._pool.release(self._process, spent=True)

    def _check(self) -> None:
        self._checked = time.monotonic()
        if time.monotonic() > self._deadline:
            self._end("deadline", f"The query ran longer than {self._seconds:g} seconds and was ended.")
        if self._process.memory_mb() > self._pool.limits.memory_mb:
            self._end("memory", f"The query needed more than {self._pool.limits.memory_mb} MB and was ended.")
        if self._gone():
            self._end("gone", "The client left.")
        if not self._slowed and time.monotonic() - self._since > SLOWED:
            self._slowed = True
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.process.pid, 10)

    def _end(self, kind: str, detail: str) -> None:
        self._pool.release(self._process, spent=True)
        raise NoAnswerError(kind, detail)

    def lost(self) -> NoAnswerError:
        """The error for a process that ended by itself."""
        self._pool.release(self._process, spent=True)
        code = self._process.process.returncode
        _log.error("A query worker ended with %s.", code)
        return NoAnswerError("lost", "The query brought its worker down: it is too deep or too large to evaluate.")
