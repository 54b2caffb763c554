"""The real server as it starts, changes over and stops."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from tests.live_server import Live, Reply, live
from tests.server_fixture import CASE, LABEL, TWO, publish_snapshot

LABELS = "SELECT ?label WHERE { ?case a sanct:Case ; rdfs:label ?label }"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshots"
    publish_snapshot(folder)
    return folder


@dataclass
class Load:
    """Clients that ask all the time; what they were told other than 200, and how often they had to ask again."""

    replies: int = 0
    repeated: int = 0
    failures: list[str] = field(default_factory=list)
    bodies: set[bytes] = field(default_factory=set)


@contextmanager
def under_load(server: Live) -> Iterator[Load]:
    """Four clients, each request on a connection of its own and each query another.

    One whose connection is closed before an answer begins asks once more, as clients do (RFC 9110, 9.2.2).
    """
    seen, stop, lock = Load(), threading.Event(), threading.Lock()

    def ask(client: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            query = f"{LABELS} LIMIT {100 + client * 1_000_000 + number}"
            again = False
            try:
                try:
                    reply = server.ask(query)
                except ConnectionResetError:
                    again = True
                    reply = server.ask(query)
                problem = "" if reply.status == 200 else f"{reply.status} {reply.body[:200]!r}"
            except OSError as error:
                reply, problem = Reply(0, {}, b""), repr(error)
            with lock:
                seen.repeated += again
                seen.replies += 1
                seen.bodies.add(reply.body)
                if problem:
                    seen.failures.append(problem)

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(4)]
    for client in clients:
        client.start()
    try:
        yield seen
    finally:
        stop.set()
        for client in clients:
            client.join()


def test_a_new_snapshot_loses_no_request(published: Path, tmp_path: Path) -> None:
    with live(tmp_path / "log", "--snapshots", str(published)) as server, under_load(server) as seen:
        time.sleep(1)
        publish_snapshot(published, [Quad(CASE, LABEL, Literal("third"), TWO)])
        until = time.monotonic() + 15
        while b"third" not in server.ask(LABELS).body and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1)
    assert seen.failures == []
    assert seen.repeated == 0
    assert seen.replies > 50
    assert any(b"third" in body for body in seen.bodies)
    assert any(b"third" not in body for body in seen.bodies)


def test_sighup_starts_anew_and_loses_no_request(published: Path, tmp_path: Path) -> None:
    with live(tmp_path / "log", "--snapshots", str(published)) as server:
        before = server.workers()
        with under_load(server) as seen:
            time.sleep(1)
            server.process.send_signal(signal.SIGHUP)
            until = time.monotonic() + 20
            while server.workers() & before and time.monotonic() < until:
                time.sleep(0.1)
            time.sleep(1)
        assert not server.workers() & before
    assert seen.failures == []
    # A process that ends closes connections that it has taken and on which nothing has arrived yet.
    assert seen.repeated <= 2 * len(before)
    assert seen.replies > 50


def test_sigterm_lets_answers_end_and_leaves_nothing_behind(published: Path, tmp_path: Path) -> None:
    with live(tmp_path / "log", "--snapshots", str(published), "--timeout", "20") as server:
        workers = server.workers()
        assert workers
        connection = server.connect()
        slow = "SELECT (COUNT(*) AS ?n) WHERE { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(5)) + " }"
        connection.request("GET", "/sparql?query=" + slow.replace(" ", "+").replace("?", "%3F"))
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        assert connection.getresponse().status == 200
        assert server.process.wait(30) == 0
    time.sleep(0.5)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_worker_that_dies_is_replaced(published: Path, tmp_path: Path) -> None:
    with live(tmp_path / "log", "--snapshots", str(published), "--processes", "1") as server:
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        for number in range(4):
            server.ask(f"{LABELS} LIMIT {10 + number}")
        assert server.ask(f"{LABELS} LIMIT 99").status == 200


def test_answers_come_packed_and_are_kept(published: Path, tmp_path: Path) -> None:
    query = "SELECT * WHERE { ?s ?p ?o . ?a ?b ?c }"
    with live(tmp_path / "log", "--snapshots", str(published), "--processes", "1") as server:
        plain = server.ask(query)
        path = "/sparql?query=" + query.replace(" ", "+").replace("?", "%3F")
        replies = [server.get(path, {"Accept": "text/csv", "Accept-Encoding": "gzip"}) for _ in range(3)]
        for reply in replies:
            assert reply.headers["content-encoding"] == "gzip"
            assert gzip.decompress(reply.body) == plain.body
            assert reply.headers["access-control-allow-origin"] == "*"
            assert {part.strip() for part in reply.headers["vary"].split(",")} == {"Accept", "Accept-Encoding"}
        again = server.get(path, {"Accept": "text/csv", "If-None-Match": replies[0].headers["etag"]})
        assert again.status == 304


def _serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_that_is_taken(published: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = _serve("--snapshots", str(published), "--port", str(taken.getsockname()[1]))
    assert ended.returncode != 0
    assert "cannot be listened on" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_no_snapshot(tmp_path: Path) -> None:
    ended = _serve("--snapshots", str(tmp_path / "none"))
    assert ended.returncode == 1
    assert "sanctuary build" in ended.stderr
    assert "Traceback" not in ended.stderr
