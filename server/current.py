"""The snapshot in service and its workers, followed as builds replace it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import current_app, g

from kg.errors import SnapshotError
from kg.snapshot import CURRENT, STORE, read_manifest
from server.pool import Answer, Job, Limits, Pool
from server.spool import NoAnswerError

EXTENSION = "sanctuary_snapshot"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Serving:
    """A snapshot that answers: its manifest, and workers on its store."""

    folder: Path
    manifest: Mapping[str, Any]
    pool: Pool

    @property
    def version(self) -> str:
        """Name of the snapshot."""
        return str(self.manifest["version"])


class CurrentSnapshot:
    """Holds the snapshot in service and changes over when its link does.

    The workers of the new one are started beside the old ones, which answer until the new ones are ready and end as
    their last queries do. Where the new one cannot be opened, the old one stays.

    Raises:
        SnapshotError: there is none to begin with, or it is damaged.
    """

    def __init__(self, snapshots: Path, limits: Limits) -> None:
        self._snapshots, self.limits = snapshots, limits
        self._lock = threading.Lock()
        if not (snapshots / CURRENT).exists():
            raise SnapshotError(f"There is no snapshot in {snapshots}. Run “sanctuary build” first.")
        self._serving = self._open()
        self._seen = self._serving.folder.name

    def get(self) -> Serving:
        """The snapshot in service now."""
        target = self._target()
        if target != self._seen:
            with self._lock:
                if target != self._seen:
                    # Marked as seen even if it is damaged, so that it is not tried again for every request.
                    self._seen = target
                    threading.Thread(target=self._change, name="change-snapshot", daemon=True).start()
        return self._serving

    def run(self, job: Job, seconds: float, gone: Callable[[], bool]) -> Answer:
        """Evaluate a query on the snapshot of this request, or on its follower if it has just been closed.

        Raises:
            NoAnswerError: before the first byte of an answer.
        """
        try:
            return current_snapshot().pool.run(job, seconds, gone)
        except NoAnswerError as error:
            if error.kind != "closed":
                raise
            return self._serving.pool.run(job, seconds, gone)

    def close(self) -> None:
        """End the workers."""
        self._serving.pool.close()

    def _target(self) -> str:
        try:
            return (self._snapshots / CURRENT).readlink().name
        except OSError:
            return self._seen

    def _open(self) -> Serving:
        folder = (self._snapshots / CURRENT).resolve()
        manifest = read_manifest(folder)
        try:
            return Serving(folder, manifest, Pool(folder / STORE, self.limits))
        except EOFError as error:
            raise SnapshotError(f"The store of the snapshot {folder} is damaged. Build again.") from error

    def _change(self) -> None:
        try:
            new = self._open()
        except SnapshotError as error:
            _log.error("Staying with snapshot %s: %s", self._serving.version, error)
            return
        old, self._serving = self._serving, new
        old.pool.close()
        _log.info("Now serving snapshot %s", new.version)


def current() -> CurrentSnapshot:
    """The holder of the snapshots of this application."""
    return cast(CurrentSnapshot, current_app.extensions[EXTENSION])


def current_snapshot() -> Serving:
    """The snapshot of this request: the same one however often it is asked for."""
    if "snapshot" not in g:
        g.snapshot = current().get()
    return cast(Serving, g.snapshot)
