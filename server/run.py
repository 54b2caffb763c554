"""Runs the front processes under granian, a production server."""

from __future__ import annotations

import dataclasses
import logging
import socket
import sys
import tempfile

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from kg.config import hand_down
from kg.errors import ConfigError
from kg.settings import Settings
from kg.snapshot import open_current

GRACE_SECONDS = 10


def serve(settings: Settings) -> None:
    """Serve until told to stop: SIGTERM and Ctrl-C end in good order, SIGHUP starts the front processes anew.

    Raises:
        SnapshotError: there is no snapshot to serve, or it is damaged.
        ConfigError: the address cannot be listened on.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # Opened once to see that it is whole; the front processes that are forked from here must not inherit it.
    snapshot = open_current(settings.snapshots)
    del snapshot
    settings = dataclasses.replace(settings, port=free_port(settings.host, settings.port))
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stderr.write(f"Serving http://{shown}:{settings.port}/ – SPARQL at /sparql. Ctrl-C ends it.\n")
    sys.stderr.flush()
    with tempfile.TemporaryDirectory(prefix="sanctuary-counts-") as counts:
        # The front processes share their counts there, so that each answers /metrics for all.
        hand_down({**settings.to_environ(), "PROMETHEUS_MULTIPROC_DIR": counts})
        Granian(
            "server.process:application",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.RSGI,
            workers=settings.processes,
            http=HTTPModes.http1,
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE_SECONDS,
        ).serve()


def free_port(host: str, port: int) -> int:
    """The port, found to be free; a free one for 0.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.create_server(address[:2], family=family) as probe:
            return int(probe.getsockname()[1])
    except (OSError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).split(" (while")[0]
        raise ConfigError(f"Port {port} of {host} cannot be listened on: {reason}. Choose another --port.") from error
