"""Which format bytes are in, told by what they hold; the suffix of the file's name is not asked."""

from __future__ import annotations

import codecs
import re
from enum import Enum

from kg.errors import SourceTextError
from kg.ingest.source import HEAD_BYTES


class Format(Enum):
    """A format that a reader exists for."""

    TEXT = "plain text"
    JATS = "JATS XML"
    JATS_SET = "a set of JATS articles"
    PUBMED = "PubMed XML"
    MEDLINE = "MEDLINE"
    HTML = "HTML"
    PDF = "PDF"
    PHENOPACKETS = "phenopackets"
    PMC_PATIENTS = "PMC-Patients"


_ROOTS = {
    "article": Format.JATS,
    "pmc-articleset": Format.JATS_SET,
    "nlm-articleset": Format.JATS_SET,
    "OAI-PMH": Format.JATS_SET,
    "PubmedArticleSet": Format.PUBMED,
    "PubmedBookArticleSet": Format.PUBMED,
    "PubmedArticle": Format.PUBMED,
    "PubmedBookArticle": Format.PUBMED,
}
_HTML_ROOTS = frozenset({"html", "head", "body", "main", "div", "section", "p", "h1", "h2", "table", "meta", "title"})
_PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip (or a word processor's file)"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"Rar!", "RAR"),
)
_BINARY = (
    (b"\xd0\xcf\x11\xe0", "a file of an old office program"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"%!PS", "PostScript"),
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_MEDLINE = re.compile(r"(?:^|\n)(?:PMID- ?\d+|PMID\s*- \d+)\s*\r?\n")
_RIS = re.compile(r"\s*TY  - [A-Z]{2,8}\s*\r?\n")
_PMC_ID = re.compile(r'"patient_u?id"\s*:')
_PMC_TEXT = re.compile(r'"patient"\s*:\s*"')
_PHENOPACKET = re.compile(
    r'"(?:(?:subject|proband|meta_?[Dd]ata)"\s*:\s*\{|(?:phenotypic_?[Ff]eatures|diseases|members)"\s*:\s*\[)'
)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\[\"]\s*\"?)")


def recognise(head: bytes) -> Format:
    """The format of a file from its first bytes.

    Raises:
        SourceTextError: the file is packed, or is in a format that has no reader here.
    """
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    for magic, name in _PACKED:
        if head.startswith(magic):
            raise SourceTextError(f"the file is packed with {name}. Unpack it, and give what is in it.")
    for magic, name in _BINARY:
        if head.startswith(magic):
            raise SourceTextError(
                f"this is {name}, which is not read. Give a PDF with a text layer, XML or plain text."
            )
    text = _glimpse(head)
    opening = text.lstrip("\ufeff \t\r\n")
    if opening.startswith("<") and (found := _markup(opening)):
        return found
    if _RIS.match(text):
        raise SourceTextError("this is RIS, a list of references. Read it with “sanctuary references”.")
    if _JSON.match(opening):
        return _json(opening)
    return Format.MEDLINE if _MEDLINE.search(text[:4096]) else Format.TEXT


def is_phenopackets(data: bytes) -> bool:
    """Whether bytes are phenopackets."""
    try:
        return (
            data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
            and recognise(data[:HEAD_BYTES]) is Format.PHENOPACKETS
        )
    except SourceTextError:
        return False


def _json(text: str) -> Format:
    """What kind of patients are in JSON, by its keys; a quotation mark inside a text has a backslash before it."""
    if _PMC_TEXT.search(text) and _PMC_ID.search(text):
        return Format.PMC_PATIENTS
    if _PHENOPACKET.search(text):
        return Format.PHENOPACKETS
    what = "Read a list of references (CSL-JSON) with “sanctuary references”."
    raise SourceTextError(f"this is JSON, but neither phenopackets nor PMC-Patients. {what}")


def _glimpse(head: bytes) -> str:
    """The first bytes as characters, good enough to see markup by; never refused."""
    for bom, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(bom):
            return head.decode(encoding, "replace")
    if head.startswith(b"<\x00"):
        return head.decode("utf-16-le", "replace")
    if head.startswith(b"\x00<"):
        return head.decode("utf-16-be", "replace")
    return head.decode("latin-1")


def _markup(text: str) -> Format | None:
    """The format that the document type or the first element says."""
    declared = text.startswith("<?xml")
    while (after := _prolog_part(text)) is not None:
        if re.match(r"<!DOCTYPE\s+html\b", text, re.IGNORECASE):
            return Format.HTML
        declared = declared or text.startswith("<!DOCTYPE")
        text = text[after:].lstrip()
    match = _ROOT.match(text)
    if match is None:
        if declared:
            raise SourceTextError("the file starts as XML and has no element. It is probably cut off; fetch it again.")
        return None
    if match[1] in _ROOTS:
        return _ROOTS[match[1]]
    if match[1].lower() in _HTML_ROOTS:
        return Format.HTML
    if declared or "xmlns" in text[:1000]:
        raise SourceTextError(
            f"this is XML with the root <{match[1]}>, which is not read. Give JATS (<article>), PubMed XML "
            "(<PubmedArticleSet>) or HTML."
        )
    return None


def _prolog_part(text: str) -> int | None:
    """Where the comment, the instruction or the document type ends that a text starts with."""
    if text.startswith("<?"):
        end = text.find("?>")
        return None if end < 0 else end + 2
    if text.startswith("<!--"):
        end = text.find("-->")
        return None if end < 0 else end + 3
    if text[:9].upper() == "<!DOCTYPE":
        subset, end = text.find("["), text.find(">")
        if 0 <= subset < end:
            close = re.compile(r"\]\s*>").search(text, subset)
            return close.end() if close else None
        return None if end < 0 else end + 1
    return None
