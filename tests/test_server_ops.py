"""What those who run the server ask of it: health, readiness, versions, metrics, and the access log."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from kg import __version__
from kg.errors import ConfigError
from server import access_log, create_app
from server.access_log import Finished
from server.current import EXTENSION
from server.ops import METRICS, Metrics
from server.pool import Limits
from server.spool import NoAnswerError
from tests.conftest import ROOT
from tests.live_server import live
from tests.server_fixture import publish_snapshot

LIMITS = Limits(seconds=20, memory_mb=512, workers=1, processes=2, waiting=2)
JOINS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u . ?v ?w ?x"
ENDLESS = f"SELECT (COUNT(*) AS ?count) {{ {JOINS} }}"
LONG = f"SELECT * {{ {JOINS} }}"
SELECT = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("snapshots")
    publish_snapshot(folder)
    return folder


@pytest.fixture
def app(snapshots: Path) -> Iterator[Flask]:
    app = create_app(snapshots, LIMITS)
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(client: FlaskClient, query: str = SELECT, **parameters: str) -> Any:
    """Send a query and take the whole answer."""
    sent = {"query": query, **parameters}
    return client.get("/sparql", query_string=sent, headers={"Accept": "*/*"}, buffered=True)


def get(client: FlaskClient, path: str) -> Any:
    """Get an address and close the response, as a server does."""
    return client.get(path, buffered=True)


def measured(text: str) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def metrics(client: FlaskClient) -> dict[str, float]:
    return measured(get(client, "/metrics").text)


def test_health(client: FlaskClient) -> None:
    response = client.get("/health")
    assert (response.status_code, response.json) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_health_does_not_need_the_workers(app: Flask, client: FlaskClient) -> None:
    app.extensions[EXTENSION].close()
    assert client.get("/health").status_code == 200
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "No query is answered (closed): " in response.json["detail"]  # type: ignore[index]


def test_ready(app: Flask, client: FlaskClient) -> None:
    response = client.get("/ready")
    served = app.extensions[EXTENSION].get().version
    assert (response.status_code, response.json) == (200, {"status": "ready", "snapshot": served})
    before = metrics(client)
    get(client, "/ready")
    assert metrics(client).get("sanctuary_queries_total ok") == before.get("sanctuary_queries_total ok"), "no query"


def test_not_ready_while_no_worker_comes_free(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = app.extensions[EXTENSION].get().pool
    monkeypatch.setattr(pool, "_idle", [])
    started = datetime.now(UTC)
    response = client.get("/ready")
    assert response.status_code == 503
    assert "(busy)" in response.json["detail"]  # type: ignore[index]
    assert timedelta(seconds=0.9) < datetime.now(UTC) - started < timedelta(seconds=3)


def test_versions(app: Flask, client: FlaskClient) -> None:
    found: Any = client.get("/-/versions").json
    assert found == {
        "project": __version__,
        "snapshot": app.extensions[EXTENSION].get().version,
        "python": ".".join(map(str, sys.version_info[:3])),
        "pyoxigraph": version("pyoxigraph"),
        "flask": version("flask"),
    }


def test_metrics_are_in_the_text_format(app: Flask, client: FlaskClient) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(response.text)}
    assert families["sanctuary_requests"].type == "counter"
    assert families["sanctuary_query_seconds"].type == "histogram"
    assert all(family.documentation for family in families.values())
    served = app.extensions[EXTENSION].get().version
    assert metrics(client)[f"sanctuary_snapshot_info {__version__} {served}"] == 1


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    for path in ("/health", "/health", "/static/style.css", "/nowhere/1", "/nowhere/2"):
        get(client, path)
    client.post("/health", buffered=True)
    ask(client, "SELECT")
    found = metrics(client)
    assert found["sanctuary_requests_total /health 200"] == 2
    assert found["sanctuary_requests_total /static/<path:filename> 200"] == 1
    assert found["sanctuary_requests_total none 404"] == 2
    assert found["sanctuary_requests_total none 405"] == 1
    assert found["sanctuary_requests_total /sparql 400"] == 1
    assert not any("nowhere" in name for name in found), "strangers cannot make labels"


def test_queries_are_counted_by_how_they_end(app: Flask, client: FlaskClient) -> None:
    ask(client)
    ask(client, "SELECT * {")
    ask(client, ENDLESS, timeout="0.3")
    ask(client, "INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    ask(client, "ASK {}", format="turtle")
    ask(client, "ASK {}", timeout="never")
    found = metrics(client)
    ends = {name.split()[1]: value for name, value in found.items() if name.startswith("sanctuary_queries_total ")}
    assert ends == {"ok": 1, "syntax": 1, "deadline": 1, "update": 1, "not-acceptable": 1}
    assert found["sanctuary_query_seconds_count miss"] == 5
    assert found["sanctuary_query_seconds_sum miss"] > 0.3
    assert found["sanctuary_query_seconds_bucket miss 0.25"] == 4
    assert found["sanctuary_query_seconds_bucket miss +Inf"] == 5


def test_the_cache_is_counted(client: FlaskClient) -> None:
    for _ in range(3):
        ask(client)
    found = metrics(client)
    assert (found["sanctuary_cache_hits_total"], found["sanctuary_cache_misses_total"]) == (2, 1)
    assert (found["sanctuary_query_seconds_count hit"], found["sanctuary_query_seconds_count miss"]) == (2, 1)
    assert found["sanctuary_cache_bytes"] > 100
    ask(client, "SELECT (RAND() AS ?r) {}")
    assert metrics(client)["sanctuary_query_seconds_count unused"] == 1


def test_workers_are_counted(client: FlaskClient) -> None:
    found = metrics(client)
    assert (found["sanctuary_workers busy"], found["sanctuary_workers idle"]) == (0, LIMITS.workers + 1)
    assert (found["sanctuary_workers_replaced_total"], found["sanctuary_queries_waiting"]) == (0, 0)
    ask(client, ENDLESS, timeout="0.3")
    assert metrics(client)["sanctuary_workers_replaced_total"] == 1


def test_a_busy_worker_is_counted_as_busy(app: Flask, client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": LONG}, headers={"Accept": "text/csv"})
    next(iter(response.response))
    assert metrics(client)["sanctuary_workers busy"] == 1
    response.close()
    found = metrics(client)
    assert found["sanctuary_queries_total gone"] == 1
    assert found["sanctuary_workers_replaced_total"] == 1


def test_a_count_that_begins_anew_is_carried_on() -> None:
    counts = {"busy": 0, "idle": 1, "waiting": 0, "replaced": 0}
    serving = SimpleNamespace(version="v", pool=SimpleNamespace(counts=lambda: counts))
    counted = Metrics(SimpleNamespace(get=lambda: serving), SimpleNamespace(size=0), None)  # type: ignore[arg-type]
    for replaced, expected in ((5, 5), (7, 7), (2, 9), (2, 9), (3, 10)):
        counts["replaced"] = replaced
        assert measured(counted.text().decode())["sanctuary_workers_replaced_total"] == expected


SHARED = """
import sys
from pathlib import Path
from server import create_app
from server.current import EXTENSION
from server.pool import Limits

app = create_app(Path(sys.argv[1]), Limits(workers=1, processes=1))
client = app.test_client()
for _ in range(int(sys.argv[2])):
    client.get("/sparql", query_string={"query": "ASK {}"}, buffered=True)
sys.stdout.write(client.get("/metrics").text)
app.extensions[EXTENSION].close()
"""


def test_front_processes_answer_for_each_other(snapshots: Path, tmp_path: Path) -> None:
    def process(requests: int) -> dict[str, float]:
        command = [sys.executable, "-c", SHARED, str(snapshots), str(requests)]
        environ = {"PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        return measured(subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout)

    first, second = process(3), process(4)
    route = "sanctuary_requests_total /sparql 200"
    assert (first[route], second[route]) == (3, 7)
    assert (first["sanctuary_cache_hits_total"], second["sanctuary_cache_hits_total"]) == (2, 5)
    assert second["sanctuary_query_seconds_count hit"] == 5
    assert second["sanctuary_workers idle"] == first["sanctuary_workers idle"] == 2, "the dead have no workers"
    assert second["sanctuary_cache_bytes"] == first["sanctuary_cache_bytes"]
    assert sum(name.startswith("sanctuary_snapshot_info") for name in second) == 1


def logged(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_access_log(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    access_log.register(app, str(path))
    size = len(ask(client).data)
    ask(client)
    ask(client, "SELECT * {")
    get(client, "/nowhere/a%0Ab?secret=5")
    client.head("/prefixes", buffered=True)
    first, again, wrong, nowhere, head = logged(path)
    assert list(first) == [
        *("time", "method", "path", "status", "bytes", "milliseconds", "query", "outcome", "cache_hit", "snapshot")
    ]
    assert datetime.now(UTC) - datetime.fromisoformat(first["time"]) < timedelta(seconds=30)
    assert (first["method"], first["path"], first["status"], first["bytes"]) == ("GET", "/sparql", 200, size)
    assert 0 < first["milliseconds"] < 20_000
    assert first["query"] == hashlib.sha256(SELECT.encode()).hexdigest()[:12] == again["query"]
    assert (first["outcome"], first["cache_hit"], again["cache_hit"]) == ("ok", False, True)
    assert first["snapshot"] == app.extensions[EXTENSION].get().version
    assert (wrong["status"], wrong["outcome"]) == (400, "syntax")
    assert (nowhere["status"], nowhere["path"], nowhere["outcome"], nowhere["query"]) == (
        404,
        "/nowhere/a\nb",
        None,
        None,
    )
    assert (head["method"], head["status"], head["bytes"]) == ("HEAD", 200, 0)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"SELECT|secret|127\.0\.0\.1|client", text)


def test_the_access_log_tells_more_only_when_it_is_told_to(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    access_log.register(app, str(tmp_path / "queries"), queries=True)
    access_log.register(app, str(tmp_path / "addresses"), addresses=True)
    access_log.register(app, "off")
    ask(client)
    (queries,), (addresses,) = logged(tmp_path / "queries"), logged(tmp_path / "addresses")
    assert (queries["query_text"], queries.get("client")) == (SELECT, None)
    assert (addresses["client"], addresses.get("query_text")) == ("127.0.0.1", None)
    assert not (tmp_path / "off").exists()


def test_bytes_of_an_answer_that_streams_are_those_that_were_sent(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    access_log.register(app, str(tmp_path / "log"))
    query = "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }"
    for encoding in ("identity", "gzip"):
        headers = {"Accept": "text/csv", "Accept-Encoding": encoding}
        with client.get("/sparql", query_string={"query": query}, headers=headers) as response:
            assert response.is_streamed
            sent = sum(len(chunk) for chunk in response.response)
        assert logged(tmp_path / "log")[-1]["bytes"] == sent > 1000


def test_an_answer_that_breaks_off_is_logged_with_its_reason(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    access_log.register(app, str(tmp_path / "log"))
    response = client.get("/sparql", query_string={"query": LONG, "timeout": "0.5"}, headers={"Accept": "text/csv"})
    with response, pytest.raises(NoAnswerError, match=r"longer than 0\.5 seconds"):
        for _ in response.response:
            pass
    (entry,) = logged(tmp_path / "log")
    assert (entry["status"], entry["outcome"]) == (200, "deadline")
    assert entry["bytes"] > 0


def test_a_log_that_was_moved_away_is_begun_anew(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "log"
    access_log.register(app, str(path))
    get(client, "/health")
    path.rename(tmp_path / "log.1")
    get(client, "/health")
    assert (len(logged(tmp_path / "log.1")), len(logged(path))) == (1, 1)
    with pytest.raises(ConfigError, match=r"The access log .*nowhere.* cannot be written: No such file"):
        access_log.register(app, str(tmp_path / "nowhere" / "log"))


def test_the_log_on_standard_error(app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    access_log.register(app, "-")
    get(client, "/health")
    assert json.loads(capsys.readouterr().err)["path"] == "/health"
    assert not logging.getLogger().handlers or "path" not in capsys.readouterr().out


def test_what_the_front_answers_itself_is_told_too(app: Flask) -> None:
    told: list[Finished] = []
    access_log.observe(app, told.append)
    scope = SimpleNamespace(method="GET", path="/sparql", query_string="query=ASK%20%7B%7D", client="10.0.0.9:5")
    access_log.tell_beside_flask(app, scope, 200, 17, 0.0, "v")
    access_log.tell_beside_flask(app, scope, 503, 5, 0.0, "v")
    kept, turned_away = told
    assert (kept.query, kept.outcome, kept.cache_hit, kept.address) == ("ASK {}", "ok", True, "10.0.0.9")
    assert (turned_away.query, turned_away.outcome, turned_away.cache_hit) == (None, None, None)
    text = measured(app.extensions[METRICS].text().decode())
    assert text["sanctuary_requests_total /sparql 503"] == 1
    assert text["sanctuary_query_seconds_count hit"] == 1


def test_the_running_server_logs_and_counts_over_its_processes(snapshots: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    options = ("--snapshots", str(snapshots), "--processes", "2", "--access-log", str(log), "--log-addresses")
    with live(tmp_path / "server.log", *options) as server:
        for number in range(20):
            assert server.ask(f"SELECT * {{ ?s ?p {number} }}").status == 200
            assert server.ask(f"SELECT * {{ ?s ?p {number} }}").status == 200
        assert server.get("/ready", {}).status == 200
        found = measured(server.get("/metrics", {}).body.decode())
    entries = [entry for entry in logged(log) if entry["path"] == "/sparql"]
    assert len([entry for entry in entries if entry["query"]]) >= 40
    assert {entry["client"] for entry in entries} == {"127.0.0.1"}
    assert found["sanctuary_requests_total /sparql 200"] >= 40, "counts of both front processes"
    assert found["sanctuary_queries_total ok"] >= 40
    assert found["sanctuary_cache_hits_total"] + found["sanctuary_cache_misses_total"] >= 40
    assert found["sanctuary_cache_misses_total"] >= 20
