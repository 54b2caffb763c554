"""Runs the app in waitress, a production WSGI server."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import waitress

from kg.errors import ConfigError
from server import create_app

THREADS = 8


def serve(snapshots: Path, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        SnapshotError: there is no snapshot to serve.
        ConfigError: the address cannot be listened on.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    app = create_app(snapshots)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=THREADS, ident=None)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"Port {port} of {host} cannot be listened on: {reason}. Choose another --port.") from error
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Serving http://{shown}:{server.effective_port}/ – SPARQL at /sparql. Ctrl-C ends it.\n")
    server.run()
