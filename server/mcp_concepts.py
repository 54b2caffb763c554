"""For assistants: a concept by its name or by an identifier of another terminology."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, Field
from pyoxigraph import Literal, NamedNode

from kg.namespaces import SANCT
from kg.questions.table import Term
from server.mcp_graph import Asking

MOST = 5
SHOWN = 40
"""So many cases, narrower concepts and mappings are listed of each concept."""

_NAMES = """
SELECT ?iri ?name ?how WHERE {
  ?iri skos:inScheme ?scheme ; ?how ?name .
  FILTER(?how IN (skos:prefLabel, skos:altLabel))
} ORDER BY ?iri ?how ?name
"""
_MAPPED = """
SELECT DISTINCT ?iri ?how WHERE {
  VALUES ?how { skos:exactMatch skos:closeMatch skos:narrowMatch skos:broadMatch }
  ?iri ?how %s ; skos:inScheme ?scheme
} ORDER BY ?how ?iri
"""
_ABOUT = """
SELECT ?scheme ?how ?what ?name WHERE {
  BIND(%s AS ?iri)
  ?iri skos:inScheme/skos:prefLabel|skos:inScheme/rdfs:label ?scheme .
  {
    VALUES ?how { skos:prefLabel skos:altLabel skos:definition
                  skos:exactMatch skos:closeMatch skos:narrowMatch skos:broadMatch skos:broader }
    ?iri ?how ?what
  } UNION { ?what skos:broader ?iri BIND(skos:narrower AS ?how) }
  OPTIONAL { ?what skos:prefLabel ?name }
} ORDER BY ?how ?what
"""
_CASES = """
SELECT ?state (GROUP_CONCAT(DISTINCT STR(?case); SEPARATOR=" ") AS ?cases) WHERE {
  ?one skos:broader* %s .
  ?statement ?how ?one ; sanct:ofCase ?case .
  OPTIONAL { ?statement sanct:status|sanct:result|sanct:expression ?value . ?value rdfs:label ?label }
  BIND(COALESCE(STR(?label), "stated") AS ?state)
} GROUP BY ?state ORDER BY ?state
"""


class Named(BaseModel):
    """A concept in short: the name that parameters take, and its label."""

    name: str
    label: str


class Mapping(BaseModel):
    """The same concept, or a near one, in another terminology."""

    code: str
    iri: str
    match: str = Field(description="exact, close, broad or narrow, as SKOS has it")


class ConceptTold(BaseModel):
    """A concept with what is around it."""

    iri: str
    name: str = Field(description="what a parameter of a question takes; sanct:<name> in SPARQL")
    label: str
    vocabulary: str
    matched: str = Field(description="what of it fitted")
    definition: str | None = None
    synonyms: list[str] = []
    mappings: list[Mapping] = []
    broader: list[Named] = []
    narrower: list[Named] = []
    cases: int = Field(description="cases in which a statement names it or something below it, in any state")
    by_state: dict[str, int] = Field(
        description="the same by what is said: present, absent and not reported are three things; "
        "stated: the statement has no state. A case can be in several"
    )
    case_names: list[str] = []


class ConceptsFound(BaseModel):
    """Concepts, best first."""

    concepts: list[ConceptTold]
    advice: str | None = None
    snapshot: str


@dataclass(frozen=True)
class _Found:
    iri: str
    matched: str


def look_up_concept(asking: Asking, name: str) -> ConceptsFound:
    """The concepts that a label, a synonym, a short name or a code means.

    Raises:
        QueryError: there is no answer in time.
    """
    wanted = " ".join(name.split())[:200]
    found, advice = _by_code(asking, wanted)
    if not found and advice is None:
        found, advice = _by_name(asking, wanted)
    told = [_told(asking, one) for one in list(found)[:MOST]]
    return ConceptsFound(concepts=told, advice=advice, snapshot=asking.version)


def _by_code(asking: Asking, wanted: str) -> tuple[list[_Found], str | None]:
    choices = asking.known.choices
    iri = choices.expanded(wanted) if re.fullmatch(r"\S+:\S+(?: \S+)*", wanted) else None
    if iri is None or not re.fullmatch(r"""https?://[^\s<>"{}|\\^`]+""", iri):
        if ":" in wanted and " " not in wanted:
            known = ", ".join(sorted(choices.prefixes, key=str.casefold))
            return [], f"No terminology here has the prefix of “{wanted}”. The prefixes are: {known}."
        return [], None
    node = NamedNode(iri)
    if iri.startswith(SANCT):
        own = asking.table(f"SELECT ?scheme {{ {node} skos:inScheme ?scheme }}").rows
        return ([_Found(iri, "IRI")], None) if own else ([], f"There is no concept {iri}.")
    rows = asking.table(_MAPPED % node).rows
    code = choices.curie(iri)
    found = [_Found(_text(one), f"{_kind(how)} match of {code}") for one, how in rows]
    return found, None if found else f"No concept here is mapped to {code}. Look it up by its name."


def _by_name(asking: Asking, wanted: str) -> tuple[list[_Found], str | None]:
    """Whole names before parts of names before names that look alike."""
    names = list(_names(asking))
    plain = wanted.casefold()
    exact = [_Found(iri, how) for iri, name, how in names if plain == name]
    if exact:
        return _once(exact), None
    words = plain.split()
    parts = [(len(name), _Found(iri, f"part of the {how} “{name}”")) for iri, name, how in names
             if words and all(word in name for word in words)]  # fmt: skip
    if parts:
        found = _once(one for _, one in sorted(parts, key=lambda pair: pair[0]))
        several = f"{len(found)} concepts have these words; the {MOST} with the shortest names are shown."
        return found, several if len(found) > MOST else None
    near = difflib.get_close_matches(plain, [name for _, name, _ in names], n=MOST, cutoff=0.75)
    alike = ((one, found) for one in near for found in names if found[1] == one)
    found = _once(_Found(iri, f"looks like the {how} “{one}”") for one, (iri, _, how) in alike)
    if found:
        return found, f"There is no “{wanted}” here; these look like it."
    return [], f"There is no concept “{wanted}” here. Try a synonym, a more general word, or a code such as HP:0002653."


def _names(asking: Asking) -> Iterator[tuple[str, str, str]]:
    """IRI, name in lower case, and what kind of name it is."""
    own = set()
    for iri, name, how in asking.table(_NAMES).rows:
        if _text(iri) not in own:
            own.add(_text(iri))
            yield _text(iri), _text(iri).rpartition("/")[2].casefold(), "short name"
        yield _text(iri), _text(name).casefold(), "label" if _text(how).endswith("prefLabel") else "synonym"


def _once(found: Iterable[_Found]) -> list[_Found]:
    first: dict[str, _Found] = {}
    for one in found:
        first.setdefault(one.iri, one)
    return list(first.values())


def _told(asking: Asking, found: _Found) -> ConceptTold:
    node = NamedNode(found.iri)
    concept = ConceptTold(
        iri=found.iri,
        name=found.iri.rpartition("/")[2],
        label="",
        vocabulary="",
        matched=found.matched,
        cases=0,
        by_state={},
    )
    for scheme, how, what, name in asking.table(_ABOUT % node).rows:
        concept.vocabulary = _text(scheme)
        _add(concept, _text(how).rpartition("#")[2], _text(what), _text(name), asking)
    cases: set[str] = set()
    for state, listed in asking.table(_CASES % node).rows:
        of_state = set(_text(listed).split())
        cases |= of_state
        if of_state:
            concept.by_state[_text(state)] = len(of_state)
    concept.cases = len(cases)
    concept.case_names = sorted(iri.rpartition("/")[2] for iri in cases)[:SHOWN]
    return concept


def _add(concept: ConceptTold, how: str, what: str, name: str, asking: Asking) -> None:
    if how == "prefLabel":
        concept.label = what
    elif how == "definition":
        concept.definition = what
    elif how == "altLabel" and what not in concept.synonyms:
        concept.synonyms.append(what)
    elif how in ("broader", "narrower"):
        listed = concept.broader if how == "broader" else concept.narrower
        if len(listed) < SHOWN:
            listed.append(Named(name=what.rpartition("/")[2], label=name))
    elif how.endswith("Match") and len(concept.mappings) < SHOWN:
        code = asking.known.choices.curie(what)
        concept.mappings.append(Mapping(code=code, iri=what, match=how.removesuffix("Match")))


def _kind(how: Term | None) -> str:
    return _text(how).rpartition("#")[2].removesuffix("Match")


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
