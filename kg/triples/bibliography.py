"""References, their authors and journals, as quads of the bibliography graph."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.records.paper import Author, Bibliography, Journal, Reference
from kg.triples.node import Properties, any_uri, boolean, integer, node_quads, partial_date, text

GRAPH = NamedNode(ns.GRAPH_BIBLIOGRAPHY)


def bibliography_quads(bibliography: Bibliography) -> Iterator[Quad]:
    """Everything known about every reference."""
    journals: dict[str, Journal] = {}
    for reference in bibliography.references:
        yield from _reference(reference)
        if reference.journal is not None:
            known = journals.setdefault(reference.journal.title, reference.journal)
            journals[reference.journal.title] = Journal(
                title=known.title,
                issn_print=known.issn_print or reference.journal.issn_print,
                issn_electronic=known.issn_electronic or reference.journal.issn_electronic,
            )
    for journal in journals.values():
        yield from node_quads(
            GRAPH,
            NamedNode(ns.journal(journal.title)),
            ["Journal"],
            journal.title,
            {
                "dcterms:title": text(journal.title),
                "bibo:issn": text(journal.issn_print),
                "bibo:eissn": text(journal.issn_electronic),
            },
        )


def citation_label(reference: Reference) -> str:
    """A short name for a reference, as in running text: first author and year.

    An unidentified one is called by its slug.
    """
    if not reference.authors or reference.year is None:
        return reference.title or f"unidentified reference {reference.reference}"
    names = [_surname(author) for author in reference.authors]
    if len(names) > 2 or reference.et_al:
        return f"{names[0]} et al. {reference.year}"
    return f"{' and '.join(names)} {reference.year}"


def _surname(author: Author) -> str:
    """Reference lists print "Surname AB" or "Surname AB Jr", title pages "Given Surname"."""
    first, _, last = author.name.removesuffix(" Jr").rpartition(" ")
    return first if first and last.isupper() and len(last) <= 3 else last


def _reference(reference: Reference) -> Iterator[Quad]:
    subject = NamedNode(ns.reference(reference.reference))
    doi, pmid, pmcid = reference.doi, reference.pmid, reference.pmcid
    places = [NamedNode(f"{subject.value}/author/{n}") for n in range(1, len(reference.authors) + 1)]
    links = [
        NamedNode(base + quote(code, safe="/:;()-._~"))  # an old DOI may hold “<” and “>”
        for base, code in (
            ("https://doi.org/", doi),
            ("https://pubmed.ncbi.nlm.nih.gov/", pmid),
            ("https://www.ncbi.nlm.nih.gov/pmc/articles/", pmcid),
        )
        if code is not None
    ]
    properties: Properties = {
        "dcterms:identifier": text(reference.reference),
        "dcterms:title": text(reference.title),
        "dcterms:issued": partial_date(None if reference.year is None else str(reference.year)),
        "dcterms:license": None if reference.licence is None else NamedNode(reference.licence),
        "journal": None if reference.journal is None else NamedNode(ns.journal(reference.journal.title)),
        "bibo:volume": text(reference.volume),
        "bibo:issue": text(reference.issue),
        "bibo:pages": text(reference.pages),
        "bibo:number": text(reference.article_number),
        "bibo:doi": text(doi),
        "bibo:pmid": text(pmid),
        "pmcid": text(pmcid),
        "rdfs:seeAlso": links,
        "authorship": places,
        "moreAuthors": boolean(True) if reference.et_al else None,
        "presentedAt": text(reference.presented_at),
        "consultedAt": [any_uri(page) for page in reference.checked if page.startswith("http")],
        "skos:editorialNote": text(reference.note),
    }
    types = ["Reference"] if reference.identified else ["Reference", "UnidentifiedReference"]
    yield from node_quads(GRAPH, subject, types, citation_label(reference), properties)
    for position, (place, author) in enumerate(zip(places, reference.authors, strict=True), start=1):
        orcid = None if author.orcid is None else NamedNode(f"https://orcid.org/{author.orcid}")
        yield from node_quads(
            GRAPH,
            place,
            ["Authorship"],
            author.name,
            {"order": integer(position), "foaf:name": text(author.name), "orcid": orcid},
        )
