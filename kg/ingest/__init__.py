"""Papers as texts with sections, sentences and tables, each at a stable position."""

from __future__ import annotations

from kg.ingest.document import Document, Section, Table, TableCell
from kg.ingest.plain_text import read_plain_text

__all__ = ["Document", "Section", "Table", "TableCell", "read_plain_text"]
