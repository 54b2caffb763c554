"""Which cases are under a code of another terminology, and by which way each of them is.

A case is under a code if one of our concepts that it has, or one above that concept, is mapped to the code or to one
below it. What is below a code of theirs is known from the releases that are linked; without one, the mapped codes stand
alone, and our own hierarchy is what leads to them. What a paper says is absent never counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.link.hierarchy import GRAPHS
from kg.link.rf2 import PREFIX as SNOMED
from kg.link.sctid import fault
from kg.namespaces import PREFIXES
from kg.questions import Asker, Choices, Table
from kg.questions.table import Term
from kg.questions.tokens import replace_variables

SURE = ("same", "broader code")
"""How a concept and its code relate if a case that has the concept has what the code means."""
UNSURE = ("close", "narrower code")
"""How they relate if it may, or may not."""
ROLES = ("leukemia type", "site", "finding present", "investigation", "treatment")
"""As what a case has a concept, in this order."""

_LONGEST = 200
_LOCAL = re.compile(r"""[^\s<>"{}|\\^`\x00-\x20\x7f]+""")

_WAYS = """
SELECT DISTINCT ?match ?via ?concept ?conceptLabel ?used ?usedLabel
WHERE {
  VALUES (?kind ?match) {
    (skos:exactMatch "same") (skos:broadMatch "broader code")
    (skos:closeMatch "close") (skos:narrowMatch "narrower code")
  }
  ?via rdfs:subClassOf* ?code .
  ?concept ?kind ?via ; skos:prefLabel ?conceptLabel .
  ?used skos:broader* ?concept ; skos:prefLabel ?usedLabel .
}
"""
# The roles are those of the question on how a code reaches cases, where each is explained. VALUES stands in each
# branch, and OPTIONAL before the label that each case has: the engine would otherwise work out the whole union for each
# concept, and join it with all labels; that took seconds.
_CASES = """
SELECT ?case ?caseLabel ?role ?used ?paper
WHERE {
  {
    VALUES ?used { %(used)s }
    ?statement sanct:leukemiaType ?used . ?case sanct:diagnosis ?statement . BIND("leukemia type" AS ?role)
  } UNION {
    VALUES ?used { %(used)s }
    ?statement sanct:site ?used . ?case sanct:episode ?statement . BIND("site" AS ?role)
  } UNION {
    VALUES (?used ?status) { (sanct:BoneMarrow sanct:marrowStatus) (sanct:CentralNervousSystem sanct:csfStatus) }
    FILTER(?used IN (%(listed)s))
    ?statement ?status sanct:Involved . ?case sanct:episode ?statement . BIND("site" AS ?role)
  } UNION {
    VALUES ?used { %(used)s }
    ?statement sanct:findingType ?used ; sanct:status sanct:Present . ?case sanct:finding ?statement .
    BIND("finding present" AS ?role)
  } UNION {
    VALUES ?used { %(used)s }
    ?statement sanct:modality ?used ; sanct:result ?result . FILTER(?result != sanct:NotReported)
    ?case sanct:investigation ?statement . BIND("investigation" AS ?role)
  } UNION {
    VALUES ?used { %(used)s }
    ?statement sanct:treatmentType|sanct:agent ?used . ?case sanct:treatment ?statement . BIND("treatment" AS ?role)
  }
  OPTIONAL { ?case rdfs:label ?caseLabel }
  OPTIONAL { ?statement prov:wasDerivedFrom ?paper . ?paper a sanct:Reference }
}
"""
_BATCH = 200
_LABEL = """
SELECT ?rank ?label
WHERE {
  { ?code rdfs:label ?label . BIND(1 AS ?rank) }
  UNION { ?record owl:annotatedTarget ?code ; sssom:object_label ?label . BIND(2 AS ?rank) }
} ORDER BY ?rank ?label LIMIT 1
"""
_RELEASE = """
SELECT ?label WHERE { GRAPH ?graph { ?graph a void:Dataset ; rdfs:label ?label } }
"""
_ALL = "SELECT (COUNT(DISTINCT ?case) AS ?N) WHERE { ?case a sanct:Case }"


@dataclass(frozen=True)
class CodedCase:
    """One way in which a case is under a code.

    Attributes:
        case: IRI of the case.
        label: what the case is called.
        role: as what the case has the concept; one of `ROLES`.
        concept: IRI of the concept that the case has, with its label.
        match: how the mapped concept and its code relate; one of `SURE` or `UNSURE`.
        mapped: IRI of the concept that has the code, with its label: the case's own, or one above it.
        code: the code that it has, as CURIE: the one asked for, or one below it.
        papers: IRIs of the papers that say so.
    """

    case: str
    label: str
    role: str
    concept: str
    concept_label: str
    match: str
    mapped: str
    mapped_label: str
    code: str
    papers: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether the case surely has what the code means."""
        return self.match in SURE


@dataclass(frozen=True)
class UnderCode:
    """All cases under a code.

    Attributes:
        code: the code as CURIE, its IRI, and its label where one is known.
        release: name and version of the release of its terminology that is loaded; empty if there is none.
        rows: each way in which a case is under it, the unsure ones among them.
        concepts: labels of the concepts that are mapped to the code or to one below it, whether a case has them or not.
        total: number of all cases.
    """

    code: str
    iri: str
    label: str
    release: str
    rows: tuple[CodedCase, ...]
    concepts: tuple[str, ...]
    total: int

    @property
    def prefix(self) -> str:
        """The prefix of the code."""
        return self.code.partition(":")[0]

    @property
    def cases(self) -> tuple[str, ...]:
        """IRIs of the cases that surely are under the code."""
        return tuple(sorted({row.case for row in self.rows if row.sure}))

    @property
    def only_close(self) -> tuple[str, ...]:
        """IRIs of the cases that are under it by close or narrower codes alone."""
        return tuple(sorted({row.case for row in self.rows} - set(self.cases)))


def cases_under(text: str, choices: Choices, ask: Asker, *, descendants: bool = True) -> UnderCode:
    """The cases under a code.

    Args:
        text: the code, as CURIE or as IRI.
        choices: the prefixes of codes in the graph.
        ask: evaluates a query on the graph.
        descendants: take what is below the code too: codes of the release, and our concepts below the mapped ones.

    Raises:
        QueryError: the prefix is unknown, or no code is written so.
    """
    node = code_node(text, choices)
    code = choices.curie(node.value)

    def bound(query: str, **terms: NamedNode) -> Table:
        return ask(replace_variables(query, {name: str(term) for name, term in terms.items()}.get))

    ways = [_Way(*map(_text, row)) for row in bound(_WAYS, code=node).rows]
    if not descendants:
        ways = [way for way in ways if way.via == node.value and way.used == way.concept]
    label = bound(_LABEL, code=node).rows
    release = bound(_RELEASE, graph=NamedNode(GRAPHS + code.partition(":")[0].lower())).rows
    return UnderCode(
        code=code,
        iri=node.value,
        label=_text(label[0][1]) if label else "",
        release=_text(release[0][0]).partition(":")[0] if release else "",
        rows=tuple(sorted(_rows(ways, node.value, choices, ask), key=_place)),
        concepts=tuple(sorted({way.concept_label for way in ways})),
        total=int(_text(ask(_ALL).rows[0][0])),
    )


def code_node(text: str, choices: Choices) -> NamedNode:
    """The IRI of a code given as CURIE or as IRI.

    Raises:
        QueryError: the prefix is unknown, or no code is written so.
    """
    given = text.strip()
    iri = choices.expanded(given) if len(given) <= _LONGEST else None
    prefix, _, local = choices.curie(iri).partition(":") if iri else ("", "", "")
    if iri is None or prefix not in terminologies(choices) or not _LOCAL.fullmatch(local):
        known = ", ".join(terminologies(choices))
        shown = given if len(given) <= 60 else given[:60] + "…"
        problem = f"“{shown}” is no code of a terminology that is mapped, as SNOMEDCT:91861009 is, and no IRI of one."
        raise _BadCodeError(f"{problem} The prefixes are: {known}.")
    if prefix == SNOMED and (wrong := fault(local)):
        raise _BadCodeError(f"{prefix}:{local} is no code of SNOMED CT: {wrong}. Correct it.")
    return NamedNode(iri)


def terminologies(choices: Choices) -> list[str]:
    """The prefixes of other terminologies; those of the project's own files are left out."""
    return sorted((prefix for prefix in choices.prefixes if prefix not in PREFIXES), key=str.casefold)


class _BadCodeError(QueryError):
    """Something that is no code."""

    exit_code = 2


_RANK = MappingProxyType({match: rank for rank, match in enumerate((*SURE, *UNSURE))})


class _Way(NamedTuple):
    """From a concept that cases may have, up our hierarchy to one with a code, to that code."""

    match: str
    via: str
    concept: str
    concept_label: str
    used: str
    used_label: str


def _rows(ways: Sequence[_Way], iri: str, choices: Choices, ask: Asker) -> Iterator[CodedCase]:
    """For each case, role and concept the surest and shortest way, with the papers of all statements."""
    best: dict[str, _Way] = {}
    for way in sorted(ways, key=lambda one: (_RANK[one.match], one.used != one.concept, one.via != iri, one)):
        best.setdefault(way.used, way)
    papers: dict[tuple[str, str, str, str], set[str]] = {}
    for start in range(0, len(best), _BATCH):
        terms = [str(NamedNode(used)) for used in sorted(best)[start : start + _BATCH]]
        for row in ask(_CASES % {"used": " ".join(terms), "listed": ", ".join(terms)}).rows:
            case, label, role, used, paper = map(_text, row)
            papers.setdefault((case, label, role, used), set()).update({paper} - {""})
    for (case, label, role, used), those in papers.items():
        match, via, mapped, mapped_label, _, used_label = best[used]
        code = choices.curie(via)
        yield CodedCase(case, label, role, used, used_label, match, mapped, mapped_label, code, tuple(sorted(those)))


def _place(row: CodedCase) -> tuple[bool, int, str, str, int]:
    """The sure ones first, then by role, and in it by case."""
    return not row.sure, ROLES.index(row.role), row.label, row.concept_label, _RANK[row.match]


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
