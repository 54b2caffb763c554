"""The real server in a process of its own, for tests that need sockets."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

CSV = "text/csv"


@dataclass(frozen=True)
class Reply:
    """Status, headers (lower case) and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Live:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, timeout: float = 60) -> http.client.HTTPConnection:
        """A connection of one's own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def get(self, path: str, headers: Mapping[str, str], timeout: float = 60) -> Reply:
        """One GET on a connection of its own."""
        connection = self.connect(timeout)
        try:
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            body = response.read()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, body)
        finally:
            connection.close()

    def ask(self, query: str, accept: str = CSV, timeout: float = 60, **parameters: str) -> Reply:
        """One query."""
        return self.get(path_of(query, **parameters), {"Accept": accept}, timeout)

    def workers(self) -> set[int]:
        """Process ids of the query workers."""
        found = set()
        for entry in Path("/proc").iterdir():
            try:
                if b"server.worker" in (entry / "cmdline").read_bytes() and _session(entry) == self.process.pid:
                    found.add(int(entry.name))
            except (OSError, ValueError):
                continue
        return found


def _session(entry: Path) -> int:
    return os.getsid(int(entry.name))


def path_of(query: str, **parameters: str) -> str:
    """The path of a query by GET."""
    return "/sparql?" + urlencode({"query": query, **parameters})


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def live(log: Path, *arguments: str) -> Iterator[Live]:
    """``sanctuary serve`` with these arguments, ready to answer; stopped with SIGTERM at the end."""
    port = free_port()
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", str(port), *arguments]
    with log.open("wb") as out:
        # A session of its own, so that its workers can be told from those of other tests.
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    server = Live(port, process, log)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(server: Live) -> None:
    for _ in range(600):
        assert server.process.poll() is None, server.log.read_text()
        try:
            if server.ask("ASK {}", "application/sparql-results+json").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(server.log.read_text())
