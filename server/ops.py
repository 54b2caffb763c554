"""For those who run the server: is it alive, does it answer, what runs, and how much it does.

``/metrics`` speaks the Prometheus text format 0.0.4. Where front processes share a folder (the client library's
multiprocess mode), each answers for all of them; else for itself.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, current_app, jsonify
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from kg import __version__
from kg.config import metrics_folder
from server.access_log import ENDPOINT, Finished, observe
from server.cache import Cache
from server.current import EXTENSION, CurrentSnapshot, current, current_snapshot
from server.errors import ProblemError
from server.pool import Job
from server.spool import NoAnswerError

METRICS = "sanctuary_metrics"
READY_SECONDS = 1.0
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_JSON = ("application/sparql-results+json",)

disable_created_metrics()  # type: ignore[no-untyped-call]

blueprint = Blueprint("ops", __name__)


def register(app: Flask) -> None:
    """Give an app these addresses, and have its requests counted."""
    app.extensions[METRICS] = Metrics(app.extensions[EXTENSION], app.extensions["sanctuary_cache"], metrics_folder())
    observe(app, app.extensions[METRICS].count)
    app.register_blueprint(blueprint)


@blueprint.get("/health")
def health() -> Response:
    """The process answers."""
    return _fresh(jsonify(status="ok"))


@blueprint.get("/ready")
def ready() -> Response:
    """A worker answers a query within a second, or 503 with the reason."""
    job = Job("ASK {}", solutions=_JSON)
    try:
        for _ in current().run(job, READY_SECONDS, lambda: False).chunks:
            pass
    except NoAnswerError as error:
        detail = f"No query is answered ({error.kind}): {error.detail}"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "1", **_NO_STORE}) from error
    return _fresh(jsonify(status="ready", snapshot=current_snapshot().version))


@blueprint.get("/-/versions")
def versions() -> Response:
    """What runs here."""
    return _fresh(
        jsonify(
            project=__version__,
            snapshot=current_snapshot().version,
            python=platform.python_version(),
            pyoxigraph=version("pyoxigraph"),
            flask=version("flask"),
        )
    )


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts for Prometheus."""
    counted = cast(Metrics, current_app.extensions[METRICS])
    return _fresh(Response(counted.text(), content_type=CONTENT_TYPE_PLAIN_0_0_4))


_NO_STORE = {"Cache-Control": "no-store"}


def _fresh(response: Response) -> Response:
    response.headers.update(_NO_STORE)
    return response


class Metrics:
    """The counts of a process, or its share in those of all front processes.

    Args:
        snapshots: the snapshot in service, whose workers are counted.
        cache: the cache that is counted.
        shared: folder in which the front processes share their counts, if they do.
    """

    def __init__(self, snapshots: CurrentSnapshot, cache: Cache, shared: Path | None) -> None:
        self._snapshots, self._cache, self._shared = snapshots, cache, shared
        self._own = CollectorRegistry()
        own = None if shared else self._own
        self._requests = Counter("sanctuary_requests", "Requests answered.", ("route", "status"), registry=own)
        self._queries = Counter("sanctuary_queries", "Queries by how they ended.", ("outcome",), registry=own)
        self._seconds = Histogram(
            "sanctuary_query_seconds",
            "Seconds from a query to the last byte of its answer.",
            ("cache",),
            buckets=_BUCKETS,
            registry=own,
        )
        self._hits = Counter("sanctuary_cache_hits", "Answers found in the cache.", registry=own)
        self._misses = Counter("sanctuary_cache_misses", "Answers not found in the cache.", registry=own)
        self._replaced = Counter("sanctuary_workers_replaced", "Query workers ended and replaced.", registry=own)
        self._bytes = _gauge("sanctuary_cache_bytes", "Bytes held in the cache.", (), own)
        self._workers = _gauge("sanctuary_workers", "Query workers by what they do.", ("state",), own)
        self._waiting = _gauge("sanctuary_queries_waiting", "Queries that wait for a worker.", (), own)
        self._before = 0
        self._looked = 0.0
        self._lock = threading.Lock()
        self._own.register(_SnapshotInfo(snapshots))

    def count(self, finished: Finished) -> None:
        """Count a request."""
        self._requests.labels(finished.route, str(finished.status)).inc()
        if finished.outcome is not None:
            self._queries.labels(finished.outcome).inc()
            cache = {True: "hit", False: "miss", None: "unused"}[finished.cache_hit]
            self._hits.inc(finished.cache_hit is True)
            self._misses.inc(finished.cache_hit is False)
            self._seconds.labels(cache).observe(finished.seconds)
        if time.monotonic() - self._looked > 1:
            self._look()

    def count_kept(self, number: int) -> None:
        """Count answers that the front gave from the cache, without their times."""
        self._requests.labels(ENDPOINT, "200").inc(number)
        self._queries.labels("ok").inc(number)
        self._hits.inc(number)
        self._look()

    def text(self) -> bytes:
        """All counts in the text format."""
        self._look()
        if self._shared is None:
            return generate_latest(self._own)
        _forget_ended(self._shared)
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._shared))  # type: ignore[no-untyped-call]
        return generate_latest(together) + generate_latest(self._own)

    def _look(self) -> None:
        """Read what the cache and the workers count themselves."""
        self._looked = time.monotonic()
        self._bytes.set(self._cache.size)
        workers: dict[str, int] = self._snapshots.get().pool.counts()
        self._workers.labels("busy").set(workers.get("busy", 0))
        self._workers.labels("idle").set(workers.get("idle", 0))
        self._waiting.set(workers.get("waiting", 0))
        self._count_replaced(workers.get("replaced", 0))

    def _count_replaced(self, now: int) -> None:
        """Carry the count on. One that has fallen began anew, with another snapshot's workers."""
        with self._lock:
            before, self._before = self._before, now
        self._replaced.inc(now - before if now >= before else now)


def _gauge(name: str, words: str, labels: Iterable[str], registry: CollectorRegistry | None) -> Gauge:
    return Gauge(name, words, tuple(labels), registry=registry, multiprocess_mode="livesum")


class _SnapshotInfo(Collector):
    """The snapshot in service, as a label of a value that is always 1."""

    def __init__(self, snapshots: CurrentSnapshot) -> None:
        self._snapshots = snapshots

    def collect(self) -> Iterable[GaugeMetricFamily]:
        names: Mapping[str, str] = {"project": __version__, "snapshot": self._snapshots.get().version}
        family = GaugeMetricFamily("sanctuary_snapshot_info", "The snapshot in service.", labels=list(names))
        family.add_metric(list(names.values()), 1)
        return [family]


def _forget_ended(folder: Path) -> None:
    """Take front processes that have ended out of the counts of what is now."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]
        except PermissionError:
            continue
