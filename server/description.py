"""What the dataset says of itself, under the addresses at which programs look for it.

``/.well-known/void`` is the metadata graph, ``/dumps/`` the files to download, ``/schema-org.jsonld`` the description
for search engines. All of it was written by the build; here it is handed out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from kg.describe.files import DATASET_JSONLD, DUMPS
from kg.namespaces import GRAPH_METADATA
from server.conditional import conditional
from server.current import Serving, current, current_snapshot
from server.errors import ProblemError
from server.negotiate import GRAPH_FORMATS, named, prefers_html, ranked
from server.sparql import Asked, answer

JSONLD = "application/ld+json"
MAX_AGE = 60
_FRESH = f"public, max-age={MAX_AGE}"
"""Seconds for which a file may be used without asking: the next snapshot has the same addresses."""
_METADATA = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH_METADATA}> {{ ?s ?p ?o }} }}"

blueprint = Blueprint("description", __name__)


@blueprint.get("/.well-known/void")
def void() -> BaseResponse:
    """The metadata graph in the format that the client takes (VoID, section 6.2; RFC 8615).

    Raises:
        ProblemError: 400 for a ``format`` that there is not, 406 if the client takes none of them.
    """
    wanted = request.args.get("format", "")
    formats = ranked(request.headers.get("Accept", ""), GRAPH_FORMATS)
    if wanted:
        one = named(wanted, GRAPH_FORMATS)
        if one is None:
            names = ", ".join(offer.name for offer in GRAPH_FORMATS)
            raise ProblemError(HTTPStatus.BAD_REQUEST, f"There is no such format. There are: {names}.")
        formats = (one,)
    return answer(Asked(_METADATA, (), (), current().limits.seconds, (), formats))


@blueprint.get("/dumps/")
def dumps() -> BaseResponse:
    """The files to download, as a page or as JSON."""
    serving = current_snapshot()
    files = [
        {"name": name, "url": url_for("description.dump", name=name, _external=True), **said}
        for name, said in _dumps(serving).items()
    ]
    if prefers_html(request.accept_mimetypes):
        response = Response(render_template("dumps.html", version=serving.version, files=files))
    else:
        body = json.dumps({"version": serving.version, "dumps": files}, ensure_ascii=False, indent=1) + "\n"
        response = Response(body, content_type="application/json")
    response.vary.add("Accept")
    return conditional(response, _FRESH)


@blueprint.get("/dumps/<name>")
def dump(name: str) -> BaseResponse:
    """A file to download, whole or a range of it (RFC 9110, sections 13 and 14).

    Only names of the manifest lead to a file.

    Raises:
        ProblemError: 404, there is no such file.
    """
    serving = current_snapshot()
    said = _dumps(serving).get(name)
    if said is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such file to download. /dumps/ lists those there are.")
    response = send_file(
        serving.folder.resolve() / DUMPS / name,
        mimetype=said["media_type"],
        as_attachment=True,
        download_name=name,
        etag=said["sha256"],
        conditional=True,
        max_age=MAX_AGE,
    )
    if said["media_type"].startswith("text/"):
        response.content_type = f"{said['media_type']}; charset=utf-8"
    return response


@blueprint.get("/schema-org.jsonld")
def dataset() -> BaseResponse:
    """The dataset as schema.org has it, in JSON-LD.

    Raises:
        ProblemError: 404, the snapshot is from a build that wrote none.
    """
    text = _schema_org(current_snapshot())
    if text is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "This snapshot has no description for search engines. Build again.")
    return conditional(Response(text, content_type=JSONLD), _FRESH)


@blueprint.app_context_processor
def _for_pages() -> dict[str, Callable[[], Markup | None]]:
    return {"dataset_jsonld": lambda: _data_block(_schema_org(current_snapshot()))}


def _data_block(text: str | None) -> Markup | None:
    """JSON for a script element that holds data, in which nothing can end the element or open a comment.

    Such an element is not run, and a content security policy does not look at it (HTML, section 4.12.1, “data block”).
    """
    return None if text is None else Markup(text.replace("<", "\\u003c"))


def _dumps(serving: Serving) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = serving.manifest.get(DUMPS, {})
    return found


def _schema_org(serving: Serving) -> str | None:
    path: Path = serving.folder / DATASET_JSONLD
    return path.read_text(encoding="utf-8") if path.is_file() else None
