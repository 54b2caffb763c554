"""Reader for PubMed XML: one document for each article, by the elements of NLM's PubMed DTD (pubmed_250101.dtd)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.errors import SourceTextError
from kg.ingest.abstract import Names, abstract_document
from kg.ingest.article_set import pieces
from kg.ingest.document import Document, Metadata, Reference
from kg.ingest.source import Source, named, naming
from kg.ingest.xml_tree import Element, children, first, words

_ARTICLES = ("PubmedArticle", "PubmedBookArticle")
_ROOT = re.compile(rb"<(PubmedArticleSet|PubmedBookArticleSet|PubmedArticle|PubmedBookArticle)[\s>]")
_YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")
_NO_LABEL = frozenset({"UNLABELLED", "UNASSIGNED"})


def read_pubmed(source: Source) -> Iterator[Document | SourceTextError]:
    """The articles of a file, one after the other, or what is wrong with one, with its line.

    Raises:
        SourceTextError: the file as a whole cannot be read.
    """
    sha256 = source.sha256()
    names = Names(source.name)
    match = _ROOT.search(source.head())
    root = match[1].decode() if match else "PubmedArticleSet"
    with source.open() as stream:
        for count, piece in enumerate(pieces(stream, _ARTICLES, root), 1):
            try:
                yield _article(piece.root(), names, count, sha256)
            except SourceTextError as error:
                yield named(str(piece.line), error)


def _article(root: Element, names: Names, count: int, sha256: str) -> Document:
    citation = first(root, "MedlineCitation")
    article = first(citation, "Article")
    book = first(root, "BookDocument")
    holder = article if article is not None else book
    outer = citation if citation is not None else book
    if holder is None or outer is None:
        raise SourceTextError("the article has no MedlineCitation with an Article in it. Fetch the file again.")
    metadata = _metadata(root, outer, holder)
    name = names.of(metadata.pmid or f"no-{count}")
    with naming(f"article {name.rpartition('#')[2]}"):
        return abstract_document(name, sha256, metadata, _abstract(holder), _references(root))


def _abstract(holder: Element) -> list[tuple[str | None, str]]:
    parts: list[tuple[str | None, str]] = []
    for part in children(first(holder, "Abstract"), "AbstractText"):
        label = " ".join((part.get("Label") or "").split()).rstrip(":")
        text = words(part)
        if text:
            parts.append((None if not label or label.upper() in _NO_LABEL else label, text))
    return parts


def _metadata(root: Element, outer: Element, holder: Element) -> Metadata:
    journal = first(holder, "Journal")
    identifiers = _identifiers(root)
    title = words(first(holder, "ArticleTitle")) or words(first(holder, "VernacularTitle"))
    doi = next((words(e) for e in children(holder, "ELocationID") if e.get("EIdType") == "doi"), "")
    return Metadata(
        title=title or words(first(holder, "Book", "BookTitle")) or None,
        authors=tuple(_authors(holder)),
        journal=words(first(journal, "Title")) or words(first(journal, "ISOAbbreviation")) or None,
        year=_year(holder),
        doi=identifiers.get("doi") or doi or None,
        pmid=words(first(outer, "PMID")) or identifiers.get("pubmed"),
        pmcid=identifiers.get("pmc"),
        language=words(first(holder, "Language")) or None,
        article_types=tuple(
            text
            for lists in (holder, first(holder, "PublicationTypeList"))
            if lists is not None
            for element in children(lists, "PublicationType")
            if (text := words(element))
        ),
        keywords=tuple(
            text for group in children(outer, "KeywordList") for e in children(group, "Keyword") if (text := words(e))
        ),
        mesh=tuple(
            text
            for group in children(outer, "MeshHeadingList")
            for heading in children(group, "MeshHeading")
            if (text := words(first(heading, "DescriptorName")))
        ),
    )


def _identifiers(root: Element) -> dict[str, str]:
    """The article's own identifiers by their kind; those of its references stand deeper."""
    data = first(root, "PubmedData")
    listed = first(data if data is not None else first(root, "PubmedBookData"), "ArticleIdList")
    return {str(e.get("IdType")): text for e in children(listed, "ArticleId") if (text := words(e))}


def _authors(holder: Element) -> Iterator[str]:
    for group in children(holder, "AuthorList"):
        if group.get("Type") == "editors":
            continue
        for author in children(group, "Author"):
            given = words(first(author, "ForeName")) or words(first(author, "Initials"))
            name = " ".join(part for part in (given, words(first(author, "LastName"))) if part)
            suffix = words(first(author, "Suffix"))
            if name := name or words(first(author, "CollectiveName")):
                yield f"{name} {suffix}".strip()


def _year(holder: Element) -> int | None:
    places = (
        ("Journal", "JournalIssue", "PubDate", "Year"),
        ("Journal", "JournalIssue", "PubDate", "MedlineDate"),
        ("ArticleDate", "Year"),
        ("Book", "PubDate", "Year"),
    )
    found = (_YEAR.search(words(first(holder, *path))) for path in places)
    return next((int(match[0]) for match in found if match), None)


def _references(root: Element) -> tuple[Reference, ...]:
    found: list[Reference] = []
    data = first(root, "PubmedData")
    for reference in data.iter("{*}Reference") if data is not None else ():
        text = words(first(reference, "Citation"))
        listed = first(reference, "ArticleIdList")
        ids = {str(e.get("IdType")): words(e) for e in children(listed, "ArticleId")}
        if text or ids:
            found.append(Reference(len(found) + 1, text, ids.get("doi") or None, ids.get("pubmed") or None))
    return tuple(found)
