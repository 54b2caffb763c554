"""The query files that ship with the project: a comment block with ``#+`` lines, then SPARQL.

The header is YAML after ``#+``, as grlc has it: ``summary``, ``description``, ``tags`` and what a group needs besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ConfigError
from kg.records.yaml_positions import read_yaml


@dataclass(frozen=True)
class Query:
    """One query file: its slug, the values of its header, and the SPARQL text."""

    slug: str
    summary: str
    header: Mapping[str, Any]
    sparql: str
    path: Path


def read_queries(folder: Path) -> list[Query]:
    """All ``*.rq`` files of a folder, by name.

    Raises:
        ConfigError: the folder has none, or a header lacks a summary.
    """
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise ConfigError(f"There is no .rq file in {folder}.")
    return [read_query(path) for path in paths]


def read_query(path: Path) -> Query:
    """One query file.

    Raises:
        ConfigError: the header is not YAML or lacks a summary.
    """
    text = path.read_text(encoding="utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    header = read_yaml("\n".join(lines), str(path)).value
    if not isinstance(header, dict) or not isinstance(header.get("summary"), str):
        raise ConfigError(f"{path} has no “#+ summary:” line. Say in one sentence what the query asks.")
    return Query(path.stem, header["summary"], header, text, path)
