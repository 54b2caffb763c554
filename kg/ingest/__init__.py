"""Papers as texts with sections, sentences and tables, each at a stable position.

`read_documents` reads a file of any format, `read_bytes` what was inside an archive, `read_document` the one paper that
a path names. Formats: JATS XML, PubMed XML, MEDLINE, HTML, PDF with a text layer, plain text in UTF-8. The same bytes
give the same text each time; the text of XML, HTML and PDF changes with a version of this package only where
`CHANGELOG.md` says so, since evidence holds places in it.
"""

from __future__ import annotations

from kg.ingest.document import Document, Metadata, Reference, Section, Table, TableCell
from kg.ingest.plain_text import read_plain_text
from kg.ingest.readers import read_bytes, read_document, read_documents

__all__ = [
    "Document",
    "Metadata",
    "Reference",
    "Section",
    "Table",
    "TableCell",
    "read_bytes",
    "read_document",
    "read_documents",
    "read_plain_text",
]
