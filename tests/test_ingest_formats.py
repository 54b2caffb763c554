"""The format is told by what a file holds, and what cannot be read is said in one sentence with a remedy."""

from __future__ import annotations

import gzip
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from kg.errors import SourceTextError
from kg.ingest import read_bytes, read_documents, read_plain_text
from kg.ingest.formats import Format, recognise
from kg.ingest.references import find_doi
from kg.ingest.sections import canonical, labelled_parts, name_of
from tests.ingest_fixture import MASS, fault, outline, read_one, said


def _zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("paper.txt", "words")
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"%PDF-1.7\n", Format.PDF),
        (b"\n\n%PDF-1.4", Format.PDF),
        (b"<article>", Format.JATS),
        (b'<?xml version="1.0"?><!-- x --><!DOCTYPE article [<!ENTITY a "b">]>\n<article a="b">', Format.JATS),
        (b'<j:article xmlns:j="x">', Format.JATS),
        ("<?xml version='1.0' encoding='UTF-16'?><article>".encode("utf-16"), Format.JATS),
        ("<article>".encode("utf-16-be"), Format.JATS),
        (b"\xef\xbb\xbf<PubmedArticleSet>", Format.PUBMED),
        (b'<OAI-PMH xmlns="x">', Format.JATS_SET),
        (b"<!DOCTYPE html><html>", Format.HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html>', Format.HTML),
        (b"<HTML><body>", Format.HTML),
        (b"\r\nPMID- 12\r\nOWN - NLM\r\n", Format.MEDLINE),
        (b"A man fell ill.", Format.TEXT),
        (b"<5 years of age were excluded.", Format.TEXT),
        (b"[A relapse in a nerve]", Format.TEXT),
        (b"The PMID- 12 was cited.", Format.TEXT),
    ],
)
def test_the_format(head: bytes, form: Format) -> None:
    assert recognise(head) is form


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b" \n\t", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"A man\x00fell ill.", "byte 5 is NUL"),
        ("A man fell ill.".encode("utf-16"), "byte 0 is not UTF-8"),
        ("A “man”".encode("cp1252"), "byte 2 is not UTF-8"),
        (gzip.compress(b"words"), "packed with gzip"),
        (_zip(), "packed with zip"),
        (b"\x89PNG\r\n", "an image"),
        (b"\xd0\xcf\x11\xe0", "old office program"),
        (b"{\\rtf1", "RTF"),
        (b'{"cases": []}', "JSON"),
        (b"TY  - JOUR\nAU  - Doe\nER  -\n", "RIS"),
        (b'<?xml version="1.0"?>', "has no element"),
        (b'<?xml version="1.0"?><svg/>', "the root <svg>"),
        (b'<?xml version="1.0"?><html></html>', "no words"),
        (b"<html><body><script>x()</script></body></html>", "no words"),
        (b"%PDF-1.4\n", "damaged"),
    ],
)
def test_what_cannot_be_read(data: bytes, words: str) -> None:
    assert words in fault(data, "dir/paper.bin")


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.xml", "No such file"), (tmp_path, "is not a file")):
        errors: list[SourceTextError] = []
        assert list(read_documents(path, errors.append)) == []
        assert str(errors[0]).startswith(f"{path}: ")
        assert words in str(errors[0])
        with pytest.raises(SourceTextError, match=words):
            next(read_documents(path))


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kg.ingest.source.MAX_BYTES", 100)
    monkeypatch.setattr("kg.ingest.source.MAX_SET_BYTES", 100)
    for data in ("x" * 101, "<article>" + "x" * 101, "<PubmedArticleSet>" + "x" * 101, "PMID- 1\n" + "x" * 101):
        assert "larger than 100 bytes" in fault(data)


def test_plain_text_reads_as_before(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_bytes("\ufeffAbstract. A man.\r\n\r\nCase report\r\n\r\nHe was ill.".encode())
    document = read_plain_text(path)
    assert list(read_documents(path)) == [document]
    assert document.text == "\ufeffAbstract. A man.\r\n\r\nCase report\r\n\r\nHe was ill."
    assert document.name == "paper.txt"
    (other,) = read_bytes(path.read_bytes(), "deep/in/paper.txt")
    assert other == document


def test_text_without_an_abstract_has_sections_still() -> None:
    text = f"Case Report\n\nNerve\n\nIntroduction\n\nIt is rare.\n\nCase report\n\n{MASS}\n"
    assert outline(read_one(text)) == ["Front matter", "Introduction", "Case report"]
    assert outline(read_one(f"Case report\n\n{MASS}\n\nDiscussion\n\nRare.")) == ["Case report", "Discussion"]


def test_an_abstract_alone() -> None:
    assert outline(read_one(MASS)) == ["Abstract"]
    document = read_one(f"A nerve that hid a relapse\n\n{MASS} Rare.\n\nIt healed.")
    assert outline(document) == ["Title", "Abstract"]
    labelled = read_one(f"Background: It is rare. Case: {MASS} Conclusions: Look.")
    assert [s.role for s in labelled.sections] == ["Introduction", "Case report", "Conclusion"]


def test_numbered_references_of_plain_text() -> None:
    text = (
        "10.1000/own. A nerve\n\nAbstract\n\nRare.\n\nReferences\n\n1. Harris W. A case.\n1921; 197: 122. "
        "doi:10.1000/a.\n"
        "2. Mau C. Nerves.\n2019. PMID: 77\n\n[3] Lee. Bone.\n"
    )
    document = read_one(text)
    assert [(r.number, r.text, r.doi, r.pmid) for r in document.references] == [
        (1, "Harris W. A case. 1921; 197: 122. doi:10.1000/a.", "10.1000/a", None),
        (2, "Mau C. Nerves. 2019. PMID: 77", None, "77"),
        (3, "Lee. Bone.", None, None),
    ]
    assert document.metadata.doi == "10.1000/own"
    assert said(document, "References")


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("INTRODUCTION", "Introduction"), ("1 Background", "Introduction"), ("II. Case Reports", "Case report"),
        ("Case 2", "Case report"), ("Presentation of case", "Case report"), ("Patients and methods", "Methods"),
        ("Materials & Methods:", "Methods"), ("Comment", "Discussion"), ("Review of the literature", "Discussion"),
        ("Concluding remarks", "Conclusion"), ("Bibliography", "References"), ("Table 3 notes", "Table"),
        ("PBDE-47 in shrimp", None), ("A case that taught us much about nerves", None), ("", None), ("x" * 500, None),
    ],
)  # fmt: skip
def test_canonical_names(heading: str, name: str | None) -> None:
    assert canonical(heading) == name


def test_names_of_nested_sections() -> None:
    assert name_of(["Methods", "Treatment"]) == "Methods"
    assert name_of(["Methods", "Patient 1"]) == "Case report"
    assert name_of(["Discussion", "Conclusion"]) == "Conclusion"
    assert name_of(["Abstract", "Results"]) == "Abstract"
    assert name_of(["3. A nerve"]) == "A nerve"


def test_labels_are_not_found_in_sentences() -> None:
    text = "A man. Results: none. The ratio was: two. CASE REPORT: he fell: ill. Of note: well."
    assert [(label, text[a:b]) for label, a, b in labelled_parts(text)] == [
        (None, "A man. "),
        ("Results", "Results: none. The ratio was: two. "),
        ("CASE REPORT", "CASE REPORT: he fell: ill. Of note: well."),
    ]


@pytest.mark.parametrize(
    ("text", "doi"),
    [("doi:10.1/x", None), ("(10.1234/a(b)c).", "10.1234/a(b)c"), ("10.1002/1097<1>2", "10.1002/1097"), ("none", None)],
)
def test_dois(text: str, doi: str | None) -> None:
    assert find_doi(text) == doi


@pytest.mark.parametrize(
    "data",
    [
        "a\n" + " " * 300_000,
        "a" + "\n" * 300_000 + "b",
        "Table 1. x\n\n" + "a\t" * 100_000,
        "Abc " * 100_000,
        "Abstract\n\n10.1234/" + ")" * 300_000,
        "<html><body>" + "<article>" * 240 + "x " * 50_000,
        "<html><body><table><tr>" + "<th>x" * 5_000 + "<tr>" + "<td>1" * 5_000,
        "<html><body><div class='" + "ad-" * 100_000 + "'>x</div><p>Words.",
    ],
)
def test_time_grows_with_the_length(data: str) -> None:
    (document,) = read_bytes(data.encode(), "long")
    start = time.process_time()
    assert list(read_bytes(data.encode(), "long")) == [document]
    assert document.sentences
    assert time.process_time() - start < 10
