"""The worker processes: one query each at a time, a deadline and a memory cap for each, and a new one for each lost.

The thread that brings a query waits for its answer and watches over it meanwhile. What is ended is always a process of
ours, never a thread: the engine cannot be told to stop.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server import frames
from server.spool import NoAnswerError
from server.watch import TICK, YOUNG, Watch

_log = logging.getLogger(__name__)
_AGEING = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Limits:
    """What one query, and all of them together, may take.

    ``workers`` run at once while they are young; a query older than a quarter of a second gives up its place among them
    as long as there are fewer than ``processes``, and after a second goes on at a lower priority. So small queries go
    on beside long ones.
    """

    seconds: float = 30.0
    memory_mb: int = 1024
    result_mb: int = 4096
    workers: int = 2
    processes: int = 8
    waiting: int = 128
    federate_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A query with what its answer may look like, as `server.worker` reads it."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    limit: int = 1000


@dataclass(frozen=True)
class Answer:
    """The head of an answer, and the stretches of its body as they come.

    Reading ``chunks`` raises `NoAnswerError` where the answer breaks off.
    """

    head: dict[str, Any]
    chunks: Generator[bytes]


class Process:
    """One worker process and the socket to it."""

    def __init__(self, store: Path) -> None:
        ours, theirs = socket.socketpair()
        self.connection = ours
        # ``-P`` keeps the working folder off the path of imports.
        command = [sys.executable, "-P", "-m", "server.worker", str(theirs.fileno()), str(store)]
        self.process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL)
        theirs.close()
        self.reader = frames.Reader(ours)

    def wait_ready(self) -> None:
        """Wait until it has opened the store.

        Raises:
            EOFError: it ended instead.
        """
        self.connection.settimeout(60)
        self.reader.read()
        self.connection.settimeout(TICK)

    def memory_mb(self) -> float:
        """Resident memory."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0.0
        return pages * _PAGE / 1_048_576

    def end(self) -> int:
        """End it at once; gives its exit code."""
        self.process.kill()
        self.connection.close()
        return self.process.wait()


class Pool:
    """Workers on one store, with a spare that waits to take the place of one that is ended.

    Raises:
        EOFError: a worker cannot open the store.
    """

    def __init__(self, store: Path, limits: Limits) -> None:
        self._store = store
        self.limits = limits
        self._idle: list[Process] = []
        self._busy: dict[Process, float] = {}
        self._starting = 0
        self._waiting = 0
        self._replaced = 0
        self._closed = False
        self._changed = threading.Condition()
        started = [Process(store) for _ in range(limits.workers + 1)]
        for process in started:
            process.wait_ready()
            self._idle.append(process)

    def run(self, job: Job, seconds: float, gone: Callable[[], bool]) -> Answer:
        """Evaluate a query.

        Args:
            job: the query.
            seconds: its deadline, counted from now.
            gone: says whether the client has left; asked a few times a second.

        Raises:
            NoAnswerError: before the first byte of an answer.
        """
        deadline = time.monotonic() + seconds
        process = self._take(deadline, gone)
        watch = Watch(self, process, deadline, seconds, gone)
        try:
            said = {**job.__dict__, "endpoints": self.limits.federate_with}
            frames.send(process.connection, frames.JOB, json.dumps(said).encode())
            kind, body = watch.read()
        except OSError as error:
            raise watch.lost() from error
        if kind == frames.ERROR:
            self.release(process)
            told = json.loads(body)
            raise NoAnswerError(told["kind"], told["detail"])
        return Answer(json.loads(body), watch.chunks())

    def counts(self) -> dict[str, int]:
        """Workers that are busy and idle, queries that wait, and workers that were replaced so far."""
        with self._changed:
            busy, idle = len(self._busy), len(self._idle)
            return {"busy": busy, "idle": idle, "waiting": self._waiting, "replaced": self._replaced}

    def close(self) -> None:
        """End the workers as they fall idle; no new query is taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def _take(self, deadline: float, gone: Callable[[], bool]) -> Process:
        with self._changed:
            if self._closed:
                raise NoAnswerError("closed", "This snapshot has just gone out of service.")
            if not self._may_start() and self._waiting >= self.limits.waiting:
                raise NoAnswerError("busy", "Too many queries are waiting. Send it again in a moment.")
            self._waiting += 1
            try:
                while not self._may_start():
                    # Woken when a place falls free; on its own now and then, since places also age into being free.
                    self._changed.wait(_AGEING)
                    if self._closed:
                        raise NoAnswerError("closed", "This snapshot has just gone out of service.")
                    if time.monotonic() > deadline:
                        raise NoAnswerError("busy", "No worker came free before the deadline of the query.")
                    if gone():
                        raise NoAnswerError("gone", "The client left.")
            finally:
                self._waiting -= 1
            process = self._idle.pop()
            self._busy[process] = time.monotonic()
            self._keep_spare()
            return process

    def _may_start(self) -> bool:
        if not self._idle:
            return False
        now = time.monotonic()
        young = sum(now - since < YOUNG for since in self._busy.values())
        return young < self.limits.workers and len(self._busy) < self.limits.processes

    def _keep_spare(self) -> None:
        """Have as many processes idle, or on their way, as there are free places, and one more."""
        wanted = max(1, self.limits.workers + 1 - len(self._busy))
        while not self._closed and len(self._idle) + self._starting < wanted:
            self._starting += 1
            threading.Thread(target=self._start, name="start-worker", daemon=True).start()

    def _start(self) -> None:
        process = None
        try:
            process = Process(self._store)
            process.wait_ready()
        except (EOFError, OSError) as error:
            _log.error("A query worker did not start: %s", error)
            if process is not None:
                process.end()
                process = None
        with self._changed:
            self._starting -= 1
            closed = self._closed
            if process is not None and not closed:
                self._idle.append(process)
            self._changed.notify()
        if process is not None and closed:
            process.end()

    def release(self, process: Process, *, spent: bool = False) -> None:
        """Take a process back after its query; ``spent`` if it must not serve again."""
        with self._changed:
            self._busy.pop(process, None)
            self._replaced += spent
            keep = not (spent or self._closed or len(self._idle) > self.limits.workers)
            if keep:
                self._idle.append(process)
            self._keep_spare()
            self._changed.notify()
        if not keep:
            process.end()
