"""Items of CSL-JSON from the bibliography graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from kg.bibliography.names import name_parts
from kg.bibliography.references import in_batches
from kg.questions import Asker

_FACTS = """
SELECT ?iri ?id ?label ?title ?issued ?journal ?issn ?volume ?issue ?pages ?number ?doi ?pmid ?pmcid ?presented ?note
  ?unidentified ?more
WHERE {
  VALUES ?iri { %s }
  ?iri a sanct:Reference ; dcterms:identifier ?id ; rdfs:label ?label .
  OPTIONAL { ?iri dcterms:title ?title }
  OPTIONAL { ?iri dcterms:issued ?issued }
  OPTIONAL {
    ?iri sanct:journal ?at .
    ?at dcterms:title ?journal .
    OPTIONAL { ?at bibo:issn ?print }
    OPTIONAL { ?at bibo:eissn ?electronic }
  }
  BIND(COALESCE(?print, ?electronic) AS ?issn)
  OPTIONAL { ?iri bibo:volume ?volume }
  OPTIONAL { ?iri bibo:issue ?issue }
  OPTIONAL { ?iri bibo:pages ?pages }
  OPTIONAL { ?iri bibo:number ?number }
  OPTIONAL { ?iri bibo:doi ?doi }
  OPTIONAL { ?iri bibo:pmid ?pmid }
  OPTIONAL { ?iri sanct:pmcid ?pmcid }
  OPTIONAL { ?iri sanct:presentedAt ?presented }
  OPTIONAL { ?iri skos:editorialNote ?note }
  OPTIONAL { ?iri sanct:moreAuthors ?more }
  BIND(EXISTS { ?iri a sanct:UnidentifiedReference } AS ?unidentified)
} ORDER BY ?iri ?note
"""
_AUTHORS = """
SELECT ?iri ?order ?name WHERE {
  VALUES ?iri { %s }
  ?iri sanct:authorship ?place .
  ?place sanct:order ?order ; foaf:name ?name
} ORDER BY ?iri ?order ?name
"""
_PLAIN = (
    ("volume", "volume"),
    ("issue", "issue"),
    ("pages", "page"),
    ("number", "number"),
    ("doi", "DOI"),
    ("pmid", "PMID"),
    ("pmcid", "PMCID"),
    ("issn", "ISSN"),
)


def csl_items(iris: Iterable[str], ask: Asker) -> list[dict[str, Any]]:
    """References as items of CSL-JSON (schema 1.0 of CSL 1.0.2), in the order of their IRIs as given.

    ``id`` is the slug. A journal stands with the abbreviated title that the graph has. Pages stand as printed, a number
    of an article under ``number``. A work of which only a number in a list is known is a ``document`` whose title, in
    brackets, says so. Where authors are missing, ``custom`` has ``more-authors``, for want of a field of its own.
    An IRI that is no reference of the graph gives nothing.

    Args:
        iris: of references; each is taken once.
        ask: evaluates a query on the graph.
    """
    wanted = list(dict.fromkeys(iris))
    facts: dict[str, dict[str, str]] = {}
    authors: dict[str, list[str]] = {}
    for batch in in_batches(wanted):
        for row in _rows(ask, _FACTS % batch):
            facts.setdefault(row["iri"], row)
        for row in _rows(ask, _AUTHORS % batch):
            authors.setdefault(row["iri"], []).append(row["name"])
    return [_item(facts[iri], authors.get(iri, [])) for iri in wanted if iri in facts]


def _rows(ask: Asker, query: str) -> list[dict[str, str]]:
    table = ask(query)
    return [
        {
            name: " ".join(term.value.split())
            for name, term in zip(table.columns, row, strict=True)
            if isinstance(term, NamedNode | Literal)
        }
        for row in table.rows
    ]


def _item(facts: dict[str, str], authors: list[str]) -> dict[str, Any]:
    unidentified, more = (facts.get(name) == "true" for name in ("unidentified", "more"))
    item: dict[str, Any] = {
        "id": facts["id"],
        "type": "article-journal" if "journal" in facts else "document",
        "title": facts.get("title") or f"[{facts['label']}]",
    }
    if authors:
        item["author"] = [name_parts(name) for name in authors]
    if "journal" in facts:
        item |= {"container-title": facts["journal"], "container-title-short": facts["journal"]}
    if date := _date_parts(facts.get("issued", "")):
        item["issued"] = {"date-parts": [date]}
    item |= {field: facts[name] for name, field in _PLAIN if facts.get(name)}
    if address := _address(facts):
        item["URL"] = address
    notes = [
        f"This work is not identified; it is called {facts['iri']} here." if unidentified else "",
        facts.get("note", ""),
        f"Presented at {facts['presented']}." if "presented" in facts else "",
        "The paper has more authors than are listed." if more else "",
    ]
    if more:
        item["custom"] = {"more-authors": True}
    if any(notes):
        item["note"] = " ".join(filter(None, notes))
    return item


def _date_parts(issued: str) -> list[int]:
    """The parts of a gYear, gYearMonth or date (CSL-JSON, “date-parts”)."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:Z|[+-]\d\d:\d\d)?", issued, re.ASCII)
    return [int(part) for part in match.groups() if part] if match else []


def _address(facts: dict[str, str]) -> str:
    """Where the paper is on the web. Characters that a DOI may have and an address not are escaped (DOI Handbook,
    section 2.5.2.4)."""
    for name, base in (
        ("doi", "https://doi.org/"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/"),
        ("pmcid", "https://www.ncbi.nlm.nih.gov/pmc/articles/"),
    ):
        if facts.get(name):
            return base + quote(facts[name], safe="/:().-_")
    return ""
