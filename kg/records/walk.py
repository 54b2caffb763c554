"""Walks through a record and its parts."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from kg.records.fields import Evidence
from kg.records.yaml_positions import Path


def walk_evidence(part: object, path: Path = ()) -> Iterator[tuple[Path, Evidence]]:
    """Every piece of evidence in a record or a part of one, with its path."""
    if isinstance(part, Evidence):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from walk_evidence(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from walk_evidence(item, (*path, index))
