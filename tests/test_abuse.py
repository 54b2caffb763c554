"""What strangers may try, against the real server: what they get, and that others do not notice."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.build import Built
from tests.live_server import CSV, Live, live, path_of

SECONDS = 4
SMALL = "SELECT ?c WHERE { ?c a sanct:PediatricCase } LIMIT %d"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def server(built: Built, snapshots: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    log = tmp_path_factory.mktemp("abuse") / "server.log"
    limits = ("--timeout", str(SECONDS), "--memory-mb", "400", "--waiting", "16", "--workers", "2", "--processes", "1")
    with live(log, "--snapshots", str(snapshots), *limits) as running:
        yield running


def _small_answers_soon(server: Live, number: int) -> None:
    began = time.monotonic()
    reply = server.ask(SMALL % number)
    assert reply.status == 200
    assert reply.body.count(b"\n") >= 2
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    ("query", "statuses", "words"),
    [
        (RUNAWAY, {504}, "longer than 4 seconds"),
        ("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f", {413, 504}, "ended"),
        ("SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) WHERE { ?a ?b ?c . ?d ?e ?f }", {413, 504}, "ended"),
        ("SELECT (COUNT(*) AS ?n) WHERE { ?a (!<a:a>|^!<a:a>)* ?b . ?c (!<a:a>|^!<a:a>)* ?d }", {413, 504}, "ended"),
        ('SELECT ?o WHERE { ?s ?p ?o FILTER REGEX(STR(?o), "(.*)*(.*)*(.*)*!$") }', {200, 400, 413, 504}, ""),
        ("SELECT * WHERE " + "{" * 10_000 + "}" * 10_000, {400}, "nests"),
        ("SELECT * WHERE { FILTER " + "(" * 10_000 + "1" + ")" * 10_000 + " }", {400}, "nests"),
        ("SELECT * WHERE {" + "{}UNION" * 14_000 + "{}}", {200, 413, 504}, ""),
        ("SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", {400}, "SERVICE"),
        ("LOAD <file:///etc/passwd>", {400}, "read-only"),
        ("SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }", {200}, ""),
    ],
    ids="count sort concat path regex braces parentheses union service load file".split(),  # noqa: SIM905
)
def test_one_query_takes_nothing_down(server: Live, query: str, statuses: set[int], words: str) -> None:
    with ThreadPoolExecutor(1) as executor:
        attack = executor.submit(_post, server, query)
        time.sleep(0.3)
        for number in range(3):
            _small_answers_soon(server, 1000 + number)
        status, body = attack.result()
    assert status in statuses, body[:300]
    assert words in body
    assert "Traceback" not in body
    if "passwd" in query:
        assert "root:" not in body
    _small_answers_soon(server, 2000)


def _post(server: Live, query: str) -> tuple[int, str]:
    connection = server.connect()
    headers = {"Content-Type": "application/sparql-query", "Accept": CSV}
    connection.request("POST", "/sparql", query.encode(), headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_a_query_of_ten_megabytes(server: Live) -> None:
    connection = server.connect()
    connection.putrequest("POST", "/sparql")
    connection.putheader("Content-Type", "application/sparql-query")
    connection.putheader("Content-Length", "10000000")
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert "1 MB" in response.read().decode()


def test_invalid_utf8(server: Live) -> None:
    connection = server.connect()
    connection.request("POST", "/sparql", b"ASK { \xff\xfe }", {"Content-Type": "application/sparql-query"})
    response = connection.getresponse()
    assert response.status == 400
    assert "UTF-8" in response.read().decode()


def test_an_answer_that_is_cut_off_does_not_look_complete(server: Live) -> None:
    connection = server.connect()
    connection.request("GET", path_of("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"), headers={"Accept": CSV})
    response = connection.getresponse()
    assert response.status == 200
    began = time.monotonic()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        _read_all(response)
    assert time.monotonic() - began < SECONDS + 5


def _read_all(response: http.client.HTTPResponse) -> None:
    while response.read(1_000_000):
        pass


def test_first_byte_long_before_the_last(server: Live) -> None:
    connection = server.connect()
    began = time.monotonic()
    query = "SELECT * WHERE { ?a ?b ?c . ?d rdfs:label ?f } LIMIT 300000"
    connection.request("GET", path_of(query), headers={"Accept": CSV})
    response = connection.getresponse()
    response.read(1)
    first = time.monotonic() - began
    _read_all(response)
    assert first < (time.monotonic() - began) / 3


def test_an_abandoned_query_is_ended(server: Live) -> None:
    before = server.workers()
    connection = server.connect()
    connection.request("GET", path_of(RUNAWAY + " # abandoned", timeout="4"))
    time.sleep(0.5)
    connection.close()
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and before <= server.workers():
        time.sleep(0.05)
    assert not before <= server.workers(), "the worker of the abandoned query is still there"


def test_slow_clients_hold_no_worker(server: Live) -> None:
    """Twenty clients that ask for much and read nothing, and twenty that do not finish their request."""
    query = "SELECT * WHERE { ?a ?b ?c . ?d rdfs:label ?f } LIMIT 30000"
    request = f"GET {path_of(query)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n"
    clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    try:
        for number, client in enumerate(clients):
            client.sendall((request + ("\r\n" if number < 20 else "")).encode())
        time.sleep(4)  # the workers are done with all of them; the clients have taken nothing
        for number in range(5):
            _small_answers_soon(server, 3000 + number)
    finally:
        for client in clients:
            client.close()


def test_two_hundred_at_once(server: Live) -> None:
    """Each gets its answer or is told at once to come back; nobody else."""
    replies: list[int] = []
    lock = threading.Lock()

    def one(number: int) -> None:
        reply = server.ask(SMALL % (4000 + number))
        if reply.status == 503:
            assert reply.headers["retry-after"]
        with lock:
            replies.append(reply.status)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(replies) <= {200, 503}
    assert replies.count(200) >= 16
    _small_answers_soon(server, 5000)


def test_beyond_the_queue_there_is_an_answer_at_once(server: Live) -> None:
    """More long queries than there are places: small ones are refused soon rather than kept waiting."""
    with ThreadPoolExecutor(40) as executor:
        attacks = [executor.submit(server.ask, f"{RUNAWAY} # {n}", timeout=60) for n in range(40)]
        time.sleep(1.5)
        began = time.monotonic()
        reply = server.ask(SMALL % 6000)
        waited = time.monotonic() - began
        statuses = {attack.result().status for attack in attacks}
    assert reply.status == 200 or (reply.status == 503 and waited < 1)
    assert statuses <= {503, 504}
    _small_answers_soon(server, 6001)
