"""Sanctuary KG: case reports of leukemia outside the marrow as an evidence-linked knowledge graph."""

from __future__ import annotations

__version__ = "0.1.0"
