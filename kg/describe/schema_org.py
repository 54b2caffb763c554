"""The dataset for search engines: a schema.org ``Dataset`` in JSON-LD, read off the metadata graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.describe.metadata import MEDIA_TYPES

_Said = Mapping[tuple[str, str], list[str]]


def schema_org(metadata: Iterable[Quad], version: str) -> str:
    """The description as JSON-LD, the same bytes for the same metadata (https://schema.org/Dataset).

    Args:
        metadata: the quads of the metadata graph.
        version: name of the snapshot.
    """
    said: dict[tuple[str, str], list[str]] = {}
    for quad in metadata:
        assert isinstance(quad.subject, NamedNode)
        value = str(getattr(quad.object, "value", quad.object))
        said.setdefault((quad.subject.value, ns.shrink(quad.predicate.value)), []).append(value)
    (creator,) = said[ns.DATASET, "dcterms:creator"]
    (home,) = said[ns.DATASET, "dcat:landingPage"]
    people = {"@type": "Organization", "@id": creator, "name": _one(said, creator, "foaf:name"), "url": home}
    files = sorted(file for (file, said_of_it), _ in said.items() if said_of_it == "dcat:downloadURL")
    document = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": ns.DATASET,
        "identifier": ns.DATASET,
        "url": home,
        "name": _one(said, ns.DATASET, "dcterms:title"),
        "description": _one(said, ns.DATASET, "dcterms:description"),
        "license": _one(said, ns.DATASET, "dcterms:license"),
        "creator": people,
        "publisher": {"@id": creator},
        "keywords": sorted(said[ns.DATASET, "dcat:keyword"]),
        "version": version,
        "datePublished": _one(said, ns.DATASET, "dcterms:issued"),
        "size": f"{_one(said, ns.DATASET, 'void:triples')} triples",
        "isAccessibleForFree": True,
        "distribution": [_download(said, file) for file in files],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _download(said: _Said, file: str) -> dict[str, Any]:
    media_type = said[file, "dcat:mediaType"][0].removeprefix(MEDIA_TYPES)
    (checksum,) = said[file, "spdx:checksum"]
    return {
        "@type": "DataDownload",
        "@id": file,
        "name": _one(said, file, "dcterms:title"),
        "contentUrl": _one(said, file, "dcat:downloadURL"),
        "encodingFormat": media_type,
        "contentSize": f"{_one(said, file, 'dcat:byteSize')} B",
        "sha256": _one(said, checksum, "spdx:checksumValue"),
    }


def _one(said: _Said, subject: str, predicate: str) -> str:
    (value,) = said[subject, predicate]
    return value
