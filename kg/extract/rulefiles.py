"""The rule files of extraction, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kg.records.yaml_positions import read_yaml

RULES = Path(__file__).parent / "rules"


@cache
def rules(name: str) -> Mapping[str, Any]:
    """The rules in a file of ``rules/``."""
    path = RULES / f"{name}.yaml"
    value = read_yaml(path.read_text(encoding="utf-8"), str(path)).value
    assert isinstance(value, dict)
    return value
