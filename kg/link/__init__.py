"""Links from our concepts to the terminologies that others use."""

from __future__ import annotations

from kg.link.sssom import NO_TERM_FOUND, Mapping, MappingSet, expand, read_mappings

__all__ = ["NO_TERM_FOUND", "Mapping", "MappingSet", "expand", "read_mappings"]
