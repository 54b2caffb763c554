"""The web server: pages and a read-only SPARQL endpoint over the snapshot in service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from server.pool import Limits

__all__ = ["create_app"]


def create_app(snapshots: Path, limits: Limits | None = None, *, cache_mb: int = 64) -> Flask:
    """The application over a folder of snapshots.

    It follows the folder's ``current`` link: a snapshot that a build puts in service answers as soon as its workers
    are ready, and requests that began with the one before end with it.

    Args:
        snapshots: folder of the snapshots.
        limits: what queries may take.
        cache_mb: how many megabytes of answers are kept.

    Raises:
        SnapshotError: there is no snapshot, or it is damaged.
    """
    # The query workers import this package too; they do without Flask.
    from server.app import create

    return create(snapshots, limits, cache_mb=cache_mb)
