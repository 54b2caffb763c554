"""IRIs of ours and the paths at which they answer: the one is the other behind the base.

A path is what a stranger sends. It becomes an IRI here or nowhere, and only if each character may stand in the path of
an IRI (RFC 3987, section 2.2), so that the text of a query can hold it between “<” and “>” and nothing more.
"""

from __future__ import annotations

import re

from kg.namespaces import BASE

ROOTS = (
    *("case", "citation", "curation", "evidence", "graph", "journal", "ontology", "question", "reference"),
    ".well-known/genid",
)
"""What an IRI of ours begins with behind the base; ``ontology`` and ``dataset`` are IRIs themselves."""

LONGEST = 1000
PATH = rf"(?:(?:{'|'.join(re.escape(root) for root in ROOTS)})/.*|(?:ontology|dataset)(?:\.[a-z]+)?|dataset/.*)"
"""What a path looks like that may be an IRI of ours or a document about one."""

_UCSCHAR = (
    "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
    + "\U000e1000-\U000efffd"
)
# One quote mark less than the RFC allows, though an IRI in a query could hold it: no address of ours does.
_IPCHAR = rf"[A-Za-z0-9\-._~!$&()*+,;=:@{_UCSCHAR}]|%[0-9A-Fa-f]{{2}}"
_IPATH = re.compile(rf"(?!/)(?:/?(?!\.\.?(?:/|$))(?:{_IPCHAR})++)++")
_IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*+:(?:{_IPCHAR}|[/?#\[\]'])++")


def iri_at(path: str) -> str | None:
    """The IRI whose path behind the server root this is, percent-decoded; ``None`` if it can be none.

    >>> iri_at("case/baek-2021-1")
    'https://w3id.org/sanctuary-kg/case/baek-2021-1'
    >>> iri_at("case/../x"), iri_at("case/a> b"), iri_at("case//x"), iri_at("other/x")
    (None, None, None, None)
    """
    path = "ontology" if path == "ontology/" else path
    if len(path) > LONGEST or not re.fullmatch(PATH, path) or not _IPATH.fullmatch(path):
        return None
    return BASE + path


def path_of(iri: str) -> str | None:
    """The path at which an IRI of ours answers; ``None`` for any other IRI.

    What has a “#” in its IRI is told of by the document about what stands before it.

    >>> path_of("https://w3id.org/sanctuary-kg/case/baek-2021-1"), path_of("http://example.org/")
    ('case/baek-2021-1', None)
    >>> path_of("https://w3id.org/sanctuary-kg/dataset#contributors")
    'dataset'
    """
    thing = iri.partition("#")[0]
    path = thing.removeprefix(BASE)
    return path if iri_at(path) == thing else None


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI with no character that an IRI may not hold.

    >>> is_iri("urn:x:y"), is_iri("http://x/#a?b"), is_iri("x"), is_iri("http://x/> {}"), is_iri("a:\\\\u003e")
    (True, True, False, False, False)
    """
    return len(text) <= LONGEST and _IRI.fullmatch(text) is not None
