"""Worker processes of this machine. One that hangs or dies loses the document it was at, and no other."""

from __future__ import annotations

import os
import pickle
import queue
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, NoReturn, cast

from kg.batch.work import Item, Job, Result, failed
from kg.batch.worker import send
from kg.errors import BatchError

_GRACE = 10.0
"""Seconds beyond its time that a document has to be given up by the worker itself."""

_START = 120.0
_LAST = 2.0
COMMAND = [sys.executable, "-m", "kg.batch.worker"]


class Stopped(BaseException):
    """The crew was told to stop; not an Exception, as nothing that a document does can cause it."""


class _Gone(Exception):  # noqa: N818 (a state of the worker, told within this module)
    """The worker ended or was ended; the argument says how."""


class Worker:
    """One worker process, started when it is first needed and again after it has died."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._stopped = threading.Event()
        self._buffer = b""

    def run(self, items: Sequence[Item]) -> list[Result]:
        """The results of a chunk, one for each item in its order."""
        results: list[Result] = []
        while len(results) < len(items):
            if self._stopped.is_set():
                raise Stopped
            self._ready()
            try:
                self._ask(items[len(results) :], results)
            except _Gone as gone:
                if self._stopped.is_set():
                    raise Stopped from gone
                results.append(failed(items[len(results)], str(gone)))
        return results

    def stop(self) -> None:
        """Have the process end now; a chunk that it is at is given up."""
        self._stopped.set()
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """Clear up, once nothing runs here any more."""
        self._end()
        if self._errors is not None:
            self._errors.close()

    def _ready(self) -> None:
        if self._process is not None:
            return
        if self._errors is not None:
            self._errors.close()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._buffer = b""
        # A session of its own: Ctrl-C is for the process that writes, and reaches the workers through it.
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        try:
            if self._stopped.is_set():
                self._fail("It was told to stop")
            self._receive(_START)
        except _Gone as gone:
            if self._stopped.is_set():
                raise Stopped from gone
            raise BatchError(f"A worker process cannot start: {gone} {self._last_words()}".rstrip()) from gone

    def _ask(self, items: Sequence[Item], results: list[Result]) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            send(process.stdin, (self.job, list(items)))
        except OSError:
            self._fail("The process that read it ended", ended=True)
        for _ in items:
            results.append(self._receive(self.job.seconds + _GRACE))

    def _receive(self, seconds: float) -> Result:
        """The next message of the worker; `_Gone` if none comes in time."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        incoming = select.poll()
        incoming.register(process.stdout, select.POLLIN)
        end = time.monotonic() + seconds
        while True:
            if len(self._buffer) >= 8:
                (length,) = struct.unpack("<Q", self._buffer[:8])
                if len(self._buffer) >= 8 + length:
                    message = cast(Result, pickle.loads(self._buffer[8 : 8 + length]))
                    self._buffer = self._buffer[8 + length :]
                    return message
            left = end - time.monotonic()
            if left <= 0 or not incoming.poll(left * 1000):
                self._fail(f"It took longer than {self.job.seconds:g} s and did not stop")
            data = os.read(process.stdout.fileno(), 1 << 20)
            if not data:
                self._fail("The process that read it ended", ended=True)
            self._buffer += data

    def _fail(self, how: str, *, ended: bool = False) -> NoReturn:
        code = self._end(ended=ended)
        if code is not None and code < 0 and code != -signal.SIGKILL:
            how += f" by {signal.Signals(-code).name}"
        raise _Gone(f"{how}.")

    def _end(self, *, ended: bool = False) -> int | None:
        """End the process; its exit code, if it had ``ended`` by itself."""
        process = self._process
        self._process = None
        if process is None:
            return None
        code = None
        if ended:
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(_LAST)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was to be sent has nobody to read it
                    stream.close()
        return code

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


class Crew:
    """As many workers as wanted; chunks are handed to whichever is free."""

    def __init__(self, job: Job, size: int) -> None:
        """Make a crew; its processes start with the first chunks."""
        self.size = size
        self._workers = [Worker(job) for _ in range(size)]
        self._free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(size, "crew")

    def submit(self, items: Sequence[Item]) -> Future[list[Result]]:
        """Have a chunk worked on."""
        return self._threads.submit(self._run, items)

    def _run(self, items: Sequence[Item]) -> list[Result]:
        worker = self._free.get()
        try:
            return worker.run(items)
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End all processes; chunks on the way are given up."""
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.close()
