"""The snapshot in service and its workers, followed as builds replace it."""

from __future__ import annotations

import dataclasses
import logging
import re
import threading
from collections import OrderedDict
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
MOST_KEPT = 2
"""So many older snapshots are open at once."""
KEPT_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_+-]|\.(?!\.)){0,79}")
"""What the name of a snapshot looks like: a single part of a path, and none that leads elsewhere."""
_OPENING_SECONDS = 10.0

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
        self._kept: OrderedDict[str, Serving] = OrderedDict()
        self._opening = threading.Lock()

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

    def kept(self, version: str) -> Serving | None:
        """The snapshot of that name, opened if need be; ``None`` if it is not kept here.

        An older one gets few workers of its own. Of those, `MOST_KEPT` are open at once; the least recently used is
        closed as its last queries end.

        Raises:
            NoAnswerError: others are being opened, or this one is damaged.
        """
        serving = self.get()
        if version == serving.version:
            return serving
        if not self._opening.acquire(timeout=_OPENING_SECONDS):
            raise NoAnswerError("busy", "Too many older snapshots are asked for. Send it again in a moment.")
        try:
            return self._kept_or_opened(version)
        finally:
            self._opening.release()

    def versions(self) -> tuple[str, ...]:
        """The snapshots that are kept, by name."""
        names = (path.name for path in self._snapshots.iterdir())
        return tuple(sorted(name for name in names if self._named(name) is not None))

    def close(self) -> None:
        """End the workers."""
        for serving in (self._serving, *self._kept.values()):
            serving.pool.close()

    def _named(self, version: str) -> tuple[Path, Mapping[str, Any]] | None:
        """The folder of a snapshot and its manifest, if there is one that says it is called so."""
        folder = self._snapshots / version
        if not KEPT_NAME.fullmatch(version) or folder.is_symlink() or not folder.is_dir():
            return None
        try:
            manifest = read_manifest(folder)
        except SnapshotError:
            return None
        return (folder, manifest) if manifest["version"] == version else None

    def _kept_or_opened(self, version: str) -> Serving | None:
        found = self._named(version)
        if found is None:
            if (gone := self._kept.pop(version, None)) is not None:
                gone.pool.close()
            return None
        if version not in self._kept:
            # Their questions are few and small; strangers must not fill the memory with what nobody else reads.
            few = dataclasses.replace(self.limits, workers=1, processes=2)
            try:
                self._kept[version] = Serving(*found, Pool(found[0] / STORE, few))
            except (EOFError, OSError) as error:
                raise NoAnswerError("damaged", f"The snapshot {version} is damaged.") from error
        self._kept.move_to_end(version)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)[1].pool.close()
        return self._kept[version]

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
        with self._opening:
            again = self._kept.pop(new.version, None)
        if again is not None:
            again.pool.close()
        _log.info("Now serving snapshot %s", new.version)


def current() -> CurrentSnapshot:
    """The holder of the snapshots of this application."""
    return cast(CurrentSnapshot, current_app.extensions[EXTENSION])


def answer_from(serving: Serving | None) -> None:
    """Have the rest of this request answered by a snapshot; ``None`` stands for the one in service now."""
    g.snapshot = serving or current().get()


def current_snapshot() -> Serving:
    """The snapshot of this request: the same one however often it is asked for."""
    if "snapshot" not in g:
        g.snapshot = current().get()
    return cast(Serving, g.snapshot)
