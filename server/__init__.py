"""The web server: a start page and a read-only SPARQL endpoint over the snapshot in service."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request

from server import errors, pages, sparql
from server.current import EXTENSION, CurrentSnapshot

__all__ = ["create_app"]

MAX_BODY = 1_000_000

# Nothing runs and nothing is loaded but our own stylesheet and icon, whatever a result may hold.
_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(snapshots: Path) -> Flask:
    """The application over a folder of snapshots.

    It follows the folder's ``current`` link: a snapshot that a build puts in service answers from the next request on.

    Raises:
        SnapshotError: there is no snapshot, or it is damaged.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[EXTENSION] = CurrentSnapshot(snapshots)
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(pages.blueprint)
    errors.register(app)
    app.after_request(_add_headers)
    return app


def _add_headers(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.method == "OPTIONS":
        # A preflight (Fetch standard, section 4.9): any page may ask, with any of the protocol's headers.
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
