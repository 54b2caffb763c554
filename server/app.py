"""The Flask application: what it is made of, and the headers that every response carries."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request

from server import description, entities, errors, graph_store, openapi, ops, pages, questions, sparql
from server.cache import Cache
from server.compress import compress
from server.current import EXTENSION, CurrentSnapshot
from server.pool import Limits

MAX_BODY = 1_000_000

# Nothing runs and nothing is loaded but our own stylesheet and icon, whatever a result may hold.
_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ON_EVERY_RESPONSE = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link"),
    ("Content-Security-Policy", _CONTENT_SECURITY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
_HEADERS_OF_A_QUERY = "Accept, Content-Type, If-None-Match"


def create(snapshots: Path, limits: Limits | None, *, cache_mb: int) -> Flask:
    """Build the application; see `server.create_app`."""
    app = Flask("server")
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[EXTENSION] = CurrentSnapshot(snapshots, limits or Limits())
    app.extensions["sanctuary_cache"] = Cache(cache_mb * 1_048_576)
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(description.blueprint)
    app.register_blueprint(entities.blueprint)
    app.register_blueprint(graph_store.blueprint)
    app.register_blueprint(questions.blueprint)
    app.register_blueprint(openapi.blueprint)
    errors.register(app)
    ops.register(app)
    app.after_request(_add_headers)
    return app


def _add_headers(response: Response) -> Response:
    for name, value in _ON_EVERY_RESPONSE:
        response.headers.add_header(name, value)
    if request.method == "OPTIONS":
        # A preflight (Fetch standard, section 4.9): any page may ask, with any of the protocol's headers.
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = _HEADERS_OF_A_QUERY
        response.headers["Access-Control-Max-Age"] = "86400"
    return compress(response, request.headers.get("Accept-Encoding", ""))
