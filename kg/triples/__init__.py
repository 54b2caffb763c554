"""Records in, quads out. Everything here is pure: no file is opened, no clock is read."""

from __future__ import annotations

from kg.triples.bibliography import bibliography_quads
from kg.triples.mappings import mapping_quads
from kg.triples.ontology import ontology_quads
from kg.triples.paper import record_quads

__all__ = ["bibliography_quads", "mapping_quads", "ontology_quads", "record_quads"]
