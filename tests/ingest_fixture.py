"""What the tests of the readers share: checks that hold for every document, and small files of invented words."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

from kg.errors import SourceTextError
from kg.ingest import Document, read_bytes

MASS = "A mass of the sciatic nerve grew while the marrow stayed clear of blasts."


def read_one(data: bytes | str, name: str = "paper") -> Document:
    """The one document in some bytes, which hold together and are read alike twice."""
    raw = data.encode() if isinstance(data, str) else data
    (document,) = read_bytes(raw, name)
    (again,) = read_bytes(raw, name)
    assert again == document
    holds_together(document)
    return document


def holds_together(document: Document) -> None:
    """Every section, cell and reference of a document gives the text it claims, in order, and nothing is left out."""
    text, place = document.text, 0
    for section in document.sections:
        assert text[place : section.start].strip() == ""
        assert section.start < section.end <= len(text)
        assert text[section.start : section.end].strip()
        place = section.end
    assert text[place:].strip() == ""
    for table in document.tables:
        assert len(set(table.columns)) == len(table.columns)
        for cell in table.cells:
            words = text[cell.start : cell.end]
            assert words.strip()
            assert not {"\n", "\t"} & set(words)
            assert cell.column in table.columns
            assert document.sentence_at(cell.start) == (cell.start, cell.end)
    for reference in document.references:
        if reference.start is not None and reference.end is not None:
            assert text[reference.start : reference.end].split()[:2] == reference.text.split()[:2]
    assert all(0 <= start < end <= len(text) for start, end in document.sentences)


def fault(data: bytes | str, name: str = "paper") -> str:
    """The one sentence that says why some bytes cannot be read; it names them and ends with what to do."""
    errors: list[SourceTextError] = []
    assert list(read_bytes(data.encode() if isinstance(data, str) else data, name, errors.append)) == []
    (error,) = errors
    shown = str(error)
    assert shown.startswith(f"{name}:")
    assert shown.count(f"{name}:") == 1
    assert "\n" not in shown
    return shown


def outline(document: Document) -> list[str]:
    """Names of the sections, each once while it lasts."""
    names = [section.name for section in document.sections]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def said(document: Document, name: str) -> str:
    """All text of the sections of one name."""
    return "\n\n".join(document.text[s.start : s.end] for s in document.sections if s.name == name)


def pdf(
    pages: Iterable[Iterable[tuple[float, float, float, bool, str]]],
    *,
    compress: Callable[[bytes], bytes] = zlib.compress,
    trailer: str = "",
) -> bytes:
    """A PDF (ISO 32000-1, section 7.5) with lines of Helvetica at x, y, in a size, bold or not."""
    drawn = list(pages)
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(drawn)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(drawn)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(drawn):
        shown = b"".join(
            f"BT /F{2 if bold else 1} {size} Tf {x} {y} Td (".encode()
            + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
            + b") Tj ET\n"
            for x, y, size, bold, text in lines
        )
        stream = compress(shown)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R %b >>\n" % (
        size, table, size, trailer.encode(),
    )  # fmt: skip
    return out + end + b"startxref\n%d\n%%%%EOF\n" % len(out)
