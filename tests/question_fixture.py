"""Small snapshots with questions, for the tests of the server; their labels want escaping."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg import namespaces as ns
from kg.snapshot import CURRENT, QUESTIONS
from tests.server_fixture import LABEL, ONE, TYPE, publish_snapshot

NASTY = '"><script>alert(1)</script>'
MANY = 250

PREFIXES = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sanct: <https://w3id.org/sanctuary-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
FILES = {
    "cases-at-a-site": """\
#+ summary: Which cases have leukemia at a site?
#+ description: The cases at the site (n) among all (N).
#+ tags: [sites and extent, cases]
#+ defaults:
#+   - site: sanct:AnatomicalSite
#+   - most: 100
#+ parameters:
#+   site: {type: concept, of: "sanct:AnatomicalSites", label: Site}
#+   most: {type: integer, label: Highest age, least: 0, most: 120}
#+   words: {type: text, label: Words of the label}
#+   case: {type: case, label: Case}
#+   code: {type: code, label: Code of the site}
#+ plot: {kind: bars, label: siteLabel}
#+ reproduces: [one-2020/mean-age]
"""
    + PREFIXES
    + """\
SELECT ?site ?siteLabel ?n ?N (ROUND(1000 * ?n / ?N) / 1000 AS ?share) ?cases
WHERE {
  { SELECT ?site (COUNT(DISTINCT ?case) AS ?n) (GROUP_CONCAT(DISTINCT STR(?case); SEPARATOR=" ") AS ?cases) WHERE {
      ?case sanct:site ?site ; sanct:age ?age .
      ?site skos:broader* ?wanted .
      FILTER(?wanted = COALESCE(?_site_iri, sanct:AnatomicalSite) && ?age <= COALESCE(?_most_integer, 100))
      FILTER(COALESCE(?_case_iri, ?case) = ?case)
      ?case rdfs:label ?label .
      FILTER(CONTAINS(?label, COALESCE(?_words, "")))
      FILTER EXISTS { ?site skos:exactMatch ?code FILTER(?code = COALESCE(?_code_iri, ?code)) }
    } GROUP BY ?site }
  { SELECT (COUNT(DISTINCT ?any) AS ?N) WHERE { ?any a sanct:Case } }
  ?site rdfs:label ?siteLabel .
} ORDER BY DESC(?n) ?siteLabel
""",
    "numbered-things": """\
#+ summary: Which things have a number?
#+ description: Every one of them, in the order of their numbers.
#+ tags: [evidence]
"""
    + PREFIXES
    + """\
SELECT ?thing ?thingLabel ?number
WHERE { ?thing sanct:order ?number ; rdfs:label ?thingLabel }
ORDER BY ?number
""",
}


def _own(name: str) -> NamedNode:
    return NamedNode(ns.term(name))


def _quads(cases: int, many: int) -> list[Quad]:
    skos, english = ns.PREFIXES["skos"], "en"
    mapping = NamedNode(f"{ns.GRAPH_MAPPINGS}")
    found = []
    for name, label, above in (("AnatomicalSite", "anatomical site", None), ("Nerve", NASTY, "AnatomicalSite")):
        site = _own(name)
        found.append(Quad(site, NamedNode(skos + "inScheme"), _own("AnatomicalSites"), ONE))
        found.append(Quad(site, NamedNode(skos + "prefLabel"), Literal(label, language=english), ONE))
        found.append(Quad(site, LABEL, Literal(label, language=english), ONE))
        found.append(Quad(site, NamedNode(skos + "exactMatch"), NamedNode(f"http://example.org/site/{name}"), ONE))
        if above:
            found.append(Quad(site, NamedNode(skos + "broader"), _own(above), ONE))
    declared = NamedNode(f"{ns.GRAPH_MAPPINGS}#prefix")
    found.append(Quad(mapping, TYPE, NamedNode(ns.PREFIXES["void"] + "Dataset"), ONE))
    found.append(Quad(mapping, NamedNode(ns.PREFIXES["sh"] + "declare"), declared, ONE))
    found.append(Quad(declared, NamedNode(ns.PREFIXES["sh"] + "prefix"), Literal("EX"), ONE))
    namespace = Literal("http://example.org/site/")
    found.append(Quad(declared, NamedNode(ns.PREFIXES["sh"] + "namespace"), namespace, ONE))
    paper = NamedNode(ns.reference("one-2020"))
    for predicate, value in (
        (TYPE, _own("Reference")),
        (LABEL, Literal("One 2020")),
        (NamedNode(ns.PREFIXES["dcterms"] + "identifier"), Literal("one-2020")),
        (NamedNode(ns.PREFIXES["dcterms"] + "title"), Literal(f"A case {NASTY}")),
        (NamedNode(ns.PREFIXES["bibo"] + "doi"), Literal("10.1000/1")),
    ):
        found.append(Quad(paper, predicate, value, ONE))
    for number in range(1, cases + 1):
        case = NamedNode(ns.case(f"one-2020-{number + 1}"))
        found.append(Quad(case, TYPE, _own("Case"), ONE))
        found.append(Quad(case, LABEL, Literal(f"One 2020, patient {number + 1} {NASTY}"), ONE))
        found.append(Quad(case, _own("site"), _own("Nerve"), ONE))
        found.append(Quad(case, _own("age"), Literal(10 * number), ONE))
        found.append(Quad(case, _own("reportedIn"), paper, ONE))
    for number in range(many):
        thing = NamedNode(f"http://example.org/thing/{number}")
        found.append(Quad(thing, _own("order"), Literal(number), ONE))
        found.append(Quad(thing, LABEL, Literal(f"thing {number}"), ONE))
    return found


def publish_with_questions(
    snapshots: Path, cases: int = 3, many: int = MANY, *, but: Iterable[str] = (), questions: bool = True
) -> str:
    """Put a snapshot with so many cases and things in service; gives its version. ``but`` names questions left out."""
    aside = snapshots / ".aside"
    version = publish_snapshot(aside, _quads(cases, many))
    if questions:
        (aside / version / QUESTIONS).mkdir()
        for slug, text in FILES.items():
            if slug not in but:
                (aside / version / QUESTIONS / f"{slug}.rq").write_text(text, encoding="utf-8")
    (aside / version).rename(snapshots / version)
    shutil.rmtree(aside)
    put_in_service(snapshots, version)
    return version


def put_in_service(snapshots: Path, version: str) -> None:
    """Have a snapshot answer from now on."""
    waiting = snapshots / ".current-next"
    waiting.unlink(missing_ok=True)
    waiting.symlink_to(version)
    waiting.replace(snapshots / CURRENT)
