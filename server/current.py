"""The snapshot in service, followed as builds replace it."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import cast

from flask import current_app, g

from kg.errors import SnapshotError
from kg.snapshot import CURRENT, Snapshot, open_current

EXTENSION = "sanctuary_snapshot"

_log = logging.getLogger(__name__)


class CurrentSnapshot:
    """Holds the snapshot in service and changes over when its link does.

    A request keeps the snapshot that it began with; the store closes when the last one lets go of it.

    Raises:
        SnapshotError: there is none to begin with, or it is damaged.
    """

    def __init__(self, snapshots: Path) -> None:
        self._snapshots = snapshots
        self._lock = threading.Lock()
        self._snapshot = open_current(snapshots)
        self._seen = self._snapshot.folder.name

    def get(self) -> Snapshot:
        """The snapshot in service now. Where the new one cannot be opened, the old one stays."""
        target = self._target()
        if target != self._seen:
            with self._lock:
                if target != self._seen:
                    self._change(target)
        return self._snapshot

    def _target(self) -> str:
        try:
            return (self._snapshots / CURRENT).readlink().name
        except OSError:
            return self._seen

    def _change(self, target: str) -> None:
        # Marked as seen even if it is damaged, so that it is not tried and logged again for every request.
        self._seen = target
        try:
            self._snapshot = open_current(self._snapshots)
        except SnapshotError as error:
            _log.error("Staying with snapshot %s: %s", self._snapshot.version, error)
            return
        self._seen = self._snapshot.folder.name
        _log.info("Now serving snapshot %s", self._snapshot.version)


def current_snapshot() -> Snapshot:
    """The snapshot of this request: the same one however often it is asked for."""
    if "snapshot" not in g:
        g.snapshot = cast(CurrentSnapshot, current_app.extensions[EXTENSION]).get()
    return cast(Snapshot, g.snapshot)
