"""Linked data: every IRI of ours answers at its path, and leads to documents about the thing that it names.

``/case/x`` names a case, which is no document: it is answered with 303 See Other (Cool URIs for the Semantic Web,
section 4.2; RFC 9110, section 15.4.4). ``/case/x.html``, ``.ttl``, ``.nt``, ``.jsonld`` and ``.rdf`` are the documents.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import PathConverter
from werkzeug.urls import iri_to_uri

from kg.namespaces import BASE, ONTOLOGY, PREFIXES
from kg.snapshot import QUESTIONS
from server import addresses, entity_codes, entity_queries
from server.ask import document, rows
from server.cache import Kept
from server.conditional import conditional
from server.current import current_snapshot
from server.entity_codes import QUESTION, Codes
from server.entity_page import entity_page, ontology_page
from server.entity_told import TYPE, Told
from server.errors import ProblemError
from server.negotiate import GRAPH_FORMATS, PAGE, named, ranked
from server.sparql import cache

NAMES = {"ttl": "turtle", "nt": "ntriples", "jsonld": "jsonld", "rdf": "rdfxml", "html": "html"}
SUFFIXES = {suffix: form for suffix, name in NAMES.items() if (form := named(name, GRAPH_FORMATS)) is not None}
"""The formats of a document by what its path ends in; the first is the default."""

TITLES = {"html": "page", "ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF/XML"}
DATASET = BASE + "dataset"
_FRESH = "public, max-age=60"

blueprint = Blueprint("entities", __name__)


class EntityPath(PathConverter):
    """A path that may be an IRI of ours, or a document about one."""

    regex = addresses.PATH


@blueprint.record_once
def _know_paths(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["entity"] = EntityPath


@dataclass(frozen=True)
class Known:
    """What an IRI stands for: ``node``, ``graph``, ``ontology`` or ``dataset``."""

    iri: str
    kind: str

    def query(self, suffix: str) -> str:
        """The CONSTRUCT behind a document in an RDF format."""
        if self.kind == "graph":
            return entity_queries.graph(self.iri)
        if self.kind == "ontology":
            return entity_queries.ontology(ONTOLOGY)
        if self.kind == "dataset":
            return entity_queries.dataset(self.iri)
        return entity_queries.description(self.iri, f"{self.iri}.{suffix}")


@blueprint.get("/<entity:path>")
def entity(path: str) -> Response:
    """A thing or a document about it: 303, 200, 304, or a problem; 404 for what is unknown, 410 for what is retired."""
    thing, _, suffix = path.rpartition(".")
    if suffix not in SUFFIXES:
        thing, suffix = path, ""
    known = _known(addresses.iri_at(thing))
    if not suffix:
        return _see_other(known)
    response = _page(known) if suffix == "html" else document(known.query(suffix), SUFFIXES[suffix])
    # The path names the format: nothing here depends on what the client accepts.
    response.vary.discard("Accept")
    described = f'<{iri_to_uri(known.iri)}>; rel="describes"'
    response.headers["Link"] = ", ".join([described, *_alternates(known.iri, but=suffix)])
    return response


def _see_other(known: Known) -> Response:
    forms = ranked(request.headers.get("Accept", ""), tuple(SUFFIXES.values()))
    links = {"Link": ", ".join(_alternates(known.iri))}
    if not forms:
        types = ", ".join(form.media_type for form in SUFFIXES.values())
        raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"What is known of this thing comes as one of: {types}.", links)
    suffix = next(suffix for suffix, form in SUFFIXES.items() if form == forms[0])
    headers = {**links, "Location": _address(known.iri, suffix), "Cache-Control": _FRESH}
    response = Response(status=HTTPStatus.SEE_OTHER, headers=headers)
    response.vary.add("Accept")
    return response


def _alternates(iri: str, but: str = "") -> list[str]:
    """The documents about a thing as values of the Link header (RFC 8288, section 3)."""
    return [
        f'<{_address(iri, suffix)}>; rel="alternate"; type="{form.media_type}"'
        for suffix, form in SUFFIXES.items()
        if suffix != but
    ]


def _address(iri: str, suffix: str) -> str:
    return url_for("entities.entity", path=f"{addresses.path_of(iri)}.{suffix}")


def _known(iri: str | None) -> Known:
    """What an IRI stands for.

    Raises:
        ProblemError: it is unknown, or retired.
    """
    if iri is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is nothing at this address, and no name of ours is like it.")
    found: dict[str, list[str]] = {}
    for what, value in _cached("what", entity_queries.what(iri)):
        found.setdefault(what["text"], []).append(value["text"])
    if "retired" in found or "replaces" in found:
        raise _gone(iri, sorted(set(found.get("replaces", []))))
    if "version" in found or (iri == ONTOLOGY and found):
        return Known(iri, "ontology")
    for kind in ("graph", "node"):
        if kind in found:
            return Known(iri, "dataset" if iri == DATASET else kind)
    raise ProblemError(HTTPStatus.NOT_FOUND, f"Nothing here is called <{iri}>.")


def _gone(iri: str, replacements: list[str]) -> ProblemError:
    instead = f" In its place: {', '.join(f'<{one}>' for one in replacements)}." if replacements else ""
    links = [f'<{iri_to_uri(one)}>; rel="successor-version"' for one in replacements]
    headers = {"Link": ", ".join(links)} if links else None
    return ProblemError(HTTPStatus.GONE, f"<{iri}> has been retired.{instead}", headers)


def _page(known: Known) -> Response:
    serving = current_snapshot()
    key = json.dumps(["page", request.script_root, known.kind, known.iri, serving.version])
    kept = cache().get(key)
    if kept is None:
        html = _rendered(known, serving.version)
        kept = Kept(200, (("Content-Type", "text/html; charset=utf-8"),), html.encode())
        cache().put(key, kept)
    response = Response(kept.body, kept.status, list(kept.headers))
    return conditional(response, _FRESH)


def _rendered(known: Known, version: str) -> str:
    names = {prop["text"]: label["text"] for prop, label in _cached("properties", entity_queries.PROPERTY_LABELS)}
    formats = [(TITLES[s], _address(known.iri, s), form.media_type) for s, form in SUFFIXES.items() if form != PAGE]
    shared: dict[str, Any] = {"version": version, "formats": formats, "iri": known.iri}
    if known.kind == "ontology":
        told = Told(rows(entity_queries.ontology_outline(ONTOLOGY)), names)
        return render_template("entity_ontology.html", page=ontology_page(told, ONTOLOGY), **shared)
    told = Told(rows(entity_queries.description(known.iri, f"{known.iri}.html")), names)
    page, codes = entity_page(told, known.iri), _codes(told, known.iri)
    return render_template("entity.html", page=page, codes=codes, kind=known.kind, **shared)


def _codes(told: Told, iri: str) -> Codes | None:
    """The codes of a concept; ``None`` for what is no concept."""
    if PREFIXES["skos"] + "Concept" not in told.iris(iri, TYPE):
        return None
    serving = current_snapshot()
    releases = serving.manifest.get("terminologies", ())
    # Only a snapshot with questions has an answer to lead to.
    asked = (serving.folder / QUESTIONS / f"{QUESTION}.rq").is_file()
    return entity_codes.codes(
        rows(entity_codes.mapped_query(iri)),
        rows(entity_codes.above_query(iri)) if releases else (),
        _cached("prefixes", entity_codes.PREFIXES),
        releases,
        (lambda code: url_for("questions.question", name=QUESTION, code=code)) if asked else None,
    )


def _cached(name: str, query: str) -> list[list[Any]]:
    """Rows of a query, from the cache if they are there. Empty answers are not kept: there is no end of them."""
    key = json.dumps([name, current_snapshot().version, query])
    kept = cache().get(key)
    if kept is not None:
        told: list[list[Any]] = json.loads(kept.body)
        return told
    found = rows(query)
    if found:
        cache().put(key, Kept(200, (), json.dumps(found).encode()))
    return found
