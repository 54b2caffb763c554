"""The terminologies that a user keeps: for each a graph in N-Quads and a report in JSON, side by side in one folder.

The report holds the SHA-256 of the graph beside it. Both are written under other names and renamed when they are whole,
the report last; a pair that does not belong together is refused, so that nothing half-written is ever taken.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from kg.errors import ReleaseError
from kg.link.hierarchy import Edge, Release, Replacement, Status, release_quads
from kg.namespaces import PREFIXES, slugify

_LABEL = PREFIXES["rdfs"] + "label"
_OWN = (PREFIXES["dcterms"], PREFIXES["owl"], PREFIXES["rdf"])


@dataclass(frozen=True)
class Kept:
    """A terminology that is kept: the release, and the quads of its graph."""

    release: Release
    quads: tuple[Quad, ...]


def keep(release: Release, folder: Path) -> tuple[Path, Path]:
    """Write a release into a folder, in place of an older one of the same terminology; gives the graph and the report.

    The same release gives the same bytes.

    Raises:
        ReleaseError: the folder cannot be written.
    """
    graph = serialize(release_quads(release), format=RdfFormat.N_QUADS) or b""
    report = _report(release, hashlib.sha256(graph).hexdigest())
    text = json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    paths = folder / f"{release.slug}.nq", folder / f"{release.slug}.json"
    partial = [path.with_name(f".partial-{path.name}") for path in paths]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(partial, (graph, text.encode("utf-8")), strict=True):
            _write(path, content)
        for path, final in zip(partial, paths, strict=True):
            path.replace(final)
    except OSError as error:
        raise ReleaseError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error
    finally:
        for path in partial:
            path.unlink(missing_ok=True)
    return paths


def read_kept(folder: Path) -> list[Kept]:
    """The terminologies that a folder keeps, sorted by slug; none if there is no such folder.

    Raises:
        ReleaseError: a report or a graph is missing, damaged, or not of one piece with the other.
    """
    if not folder.is_dir():
        return []
    slugs = {path.stem for path in folder.iterdir() if path.suffix in (".nq", ".json") and path.name[0] != "."}
    return [_read(folder, slug) for slug in sorted(slugs)]


def forget(folder: Path, slug: str) -> bool:
    """Remove a kept terminology; gives whether there was one."""
    paths = folder / f"{slugify(slug)}.json", folder / f"{slugify(slug)}.nq"
    there = any(path.exists() for path in paths)
    for path in paths:
        path.unlink(missing_ok=True)
    return there


def _write(path: Path, content: bytes) -> None:
    """A file that is on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _report(release: Release, sha256: str) -> dict[str, Any]:
    """What the report says; the edges and labels are in the graph alone."""
    head = {name: getattr(release, name) for name in ("slug", "name", "prefix", "version", "language", "license")}
    statuses = []
    for status in release.statuses:
        replaced = [one._asdict() for one in status.replaced_by]
        statuses.append({**asdict(status), "replaced_by": replaced, "labels_fit": status.labels_fit})
    return {**head, "graph": release.graph, "sha256": sha256, "statuses": statuses}


def _read(folder: Path, slug: str) -> Kept:
    """One pair of files."""
    report_path, graph_path = folder / f"{slug}.json", folder / f"{slug}.nq"
    try:
        report = json.loads(report_path.read_text(encoding="utf-8"))
        content = graph_path.read_bytes()
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        raise ReleaseError(f"{folder}: {name} is missing. Link the release of {slug} again.") from error
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{report_path}: the report cannot be read. Link the release of {slug} again.") from error
    if not isinstance(report, dict) or report.get("sha256") != hashlib.sha256(content).hexdigest():
        fault = "the graph is not the one that the report beside it tells of"
        raise ReleaseError(f"{graph_path}: {fault}. Link the release of {slug} again.")
    quads = tuple(parse(content, format=RdfFormat.N_QUADS))
    try:
        statuses = tuple(_status(one) for one in report["statuses"])
        head = {name: str(report[name]) for name in ("slug", "name", "prefix", "version", "language", "license")}
    except (KeyError, TypeError) as error:
        raise ReleaseError(f"{report_path}: the report is not whole. Link the release of {slug} again.") from error
    edges, labels = _hierarchy(quads)
    return Kept(Release(statuses=statuses, edges=edges, labels=labels, **head), quads)


def _status(entry: Mapping[str, Any]) -> Status:
    """A status from its entry in a report."""
    fields = {name: value for name, value in entry.items() if name != "labels_fit"}
    fields["replaced_by"] = tuple(Replacement(**one) for one in entry["replaced_by"])
    return Status(**{**fields, "names": tuple(entry["names"]), "our_labels": tuple(entry["our_labels"])})


def _hierarchy(quads: Iterable[Quad]) -> tuple[tuple[Edge, ...], dict[str, str]]:
    """The edges and the labels in a graph; what it says of itself and of replacements is neither."""
    edges: list[Edge] = []
    labels: dict[str, str] = {}
    for quad in quads:
        subject, relation, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, NamedNode) or subject == quad.graph_name:
            continue
        if isinstance(value, Literal) and relation == _LABEL:
            labels[subject.value] = value.value
        elif isinstance(value, NamedNode) and not relation.startswith(_OWN):
            edges.append(Edge(subject.value, relation, value.value))
    return tuple(sorted(edges)), dict(sorted(labels.items()))
