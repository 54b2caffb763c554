"""The codes of a concept in other terminologies, and those above them that the releases loaded here know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.link.hierarchy import GRAPHS
from kg.namespaces import GRAPH_MAPPINGS
from kg.questions import Choices

QUESTION = "how-a-code-reaches-cases"
"""The question that answers which cases are under a code."""

PREFIXES = f"""\
SELECT ?prefix ?namespace
WHERE {{ <{GRAPH_MAPPINGS}> sh:declare ?declaration . ?declaration sh:prefix ?prefix ; sh:namespace ?namespace }}"""
"""How the codes are abbreviated."""

_MATCHES = {
    "exactMatch": "exact match",
    "closeMatch": "close match",
    "broadMatch": "broad match: wider than this",
    "narrowMatch": "narrow match: less than this",
}


@dataclass(frozen=True)
class Code:
    """A code as it is shown: CURIE, IRI, label if one is known, and where its cases are answered."""

    curie: str
    iri: str
    label: str
    cases: str | None


@dataclass(frozen=True)
class CodeGroup:
    """Codes under a heading: how they relate to the concept, or the release that knows them."""

    title: str
    codes: Sequence[Code]


@dataclass(frozen=True)
class Codes:
    """The codes that a concept is mapped to, and those above it."""

    mapped: Sequence[CodeGroup]
    above: Sequence[CodeGroup]


def mapped_query(iri: str) -> str:
    """The codes that a concept is mapped to. A label is the mapping's, or else that of a release."""
    matches = " ".join(f"skos:{name}" for name in _MATCHES)
    return f"""\
SELECT ?match ?code (MIN(COALESCE(?seen, ?there, "")) AS ?label)
WHERE {{
  VALUES ?match {{ {matches} }}
  <{iri}> ?match ?code .
  OPTIONAL {{ ?record owl:annotatedSource <{iri}> ; owl:annotatedTarget ?code ; sssom:object_label ?seen }}
  OPTIONAL {{ ?code rdfs:label ?there }}
}}
GROUP BY ?match ?code"""


def above_query(iri: str) -> str:
    """The codes above a concept in the releases, by the path that questions go, the most special first.

    A code that is above another has fewer above itself.
    """
    matches = "|".join(f"skos:{name}" for name in _MATCHES)
    return f"""\
SELECT ?graph ?code ?label (COUNT(DISTINCT ?top) AS ?depth)
WHERE {{
  {{ SELECT DISTINCT ?code {{ <{iri}> skos:broader*/(skos:exactMatch|skos:broadMatch)/rdfs:subClassOf* ?code }} }}
  FILTER NOT EXISTS {{ <{iri}> {matches} ?code }}
  GRAPH ?graph {{ ?code rdfs:label ?label }}
  FILTER(STRSTARTS(STR(?graph), "{GRAPHS}"))
  OPTIONAL {{ ?code rdfs:subClassOf+ ?top }}
}}
GROUP BY ?graph ?code ?label
ORDER BY ?graph DESC(?depth) ?label ?code"""


def codes(
    mapped: Iterable[Sequence[Any]],
    above: Iterable[Sequence[Any]],
    prefixes: Iterable[Sequence[Any]],
    releases: Iterable[Mapping[str, Any]],
    cases: Callable[[str], str] | None,
) -> Codes:
    """The codes as a page shows them.

    Args:
        mapped: the rows of `mapped_query`, as a worker gives them.
        above: those of `above_query`.
        prefixes: those of `PREFIXES`.
        releases: the releases that are loaded, as the manifest names them.
        cases: gives the address that answers which cases are under a code; ``None`` if there is no such question.
    """
    short = Choices({}, {prefix["text"]: namespace["text"] for prefix, namespace in prefixes})

    def one(code: Mapping[str, Any], label: Mapping[str, Any]) -> Code:
        iri = code["text"]
        return Code(short.curie(iri), iri, label["text"], None if cases is None else cases(iri))

    by_match: dict[str, list[Code]] = {}
    for match, code, label in mapped:
        by_match.setdefault(match["text"].rpartition("#")[2], []).append(one(code, label))
    by_graph: dict[str, list[Code]] = {}
    for graph, code, label, _ in above:
        by_graph.setdefault(graph["text"], []).append(one(code, label))
    names = {release["graph"]: f"{release['name']} {release['version']}".strip() for release in releases}
    return Codes(
        [
            CodeGroup(words, sorted(by_match[match], key=lambda code: code.curie.casefold()))
            for match, words in _MATCHES.items()
            if match in by_match
        ],
        [CodeGroup(names.get(graph, graph), found) for graph, found in by_graph.items()],
    )
