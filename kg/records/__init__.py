"""Records: what curators write in ``data/``, as typed and checked values."""

from __future__ import annotations

from kg.records.case import Case
from kg.records.paper import Bibliography, Record, Reference
from kg.records.reader import Curated, RecordFile, read_curated, read_record

__all__ = ["Bibliography", "Case", "Curated", "Record", "RecordFile", "Reference", "read_curated", "read_record"]
