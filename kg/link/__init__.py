"""Links from our concepts to the terminologies that others use."""

from __future__ import annotations

from kg.link.sssom import Mapping, MappingSet, read_mappings

__all__ = ["Mapping", "MappingSet", "read_mappings"]
