"""What the parameters of questions may be in a graph: its concepts, value sets, cases, references and mapped codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kg.questions.question import Parameter
from kg.questions.table import Asker

_CONCEPTS = """
SELECT ?of ?iri ?label ?used WHERE {
  ?iri skos:inScheme ?of ; skos:prefLabel ?label .
  FILTER(?of != sanct:Values && LANG(?label) = "en")
  OPTIONAL {
    { SELECT DISTINCT ?iri (true AS ?used) WHERE {
      ?statement sanct:leukemiaType|sanct:site|sanct:findingType|sanct:modality|sanct:treatmentType|sanct:agent|
        sanct:marker|sanct:condition ?one .
      ?one skos:broader* ?iri } }
  }
} ORDER BY ?of LCASE(STR(?label)) ?iri
"""
_VALUES = """
SELECT ?of ?iri ?label (true AS ?used) WHERE {
  ?of skos:topConceptOf sanct:Values .
  ?iri a ?of ; skos:prefLabel ?label
} ORDER BY ?of LCASE(STR(?label)) ?iri
"""
_CASES = 'SELECT ("case" AS ?of) ?iri ?label (true AS ?used) { ?iri a sanct:Case ; rdfs:label ?label } ORDER BY ?iri'
_REFERENCES = """
SELECT ("reference" AS ?of) ?iri ?label (true AS ?used) { ?iri a sanct:Reference ; rdfs:label ?label } ORDER BY ?iri
"""
_CODES = """
SELECT ("code" AS ?of) ?iri (SAMPLE(?name) AS ?label) (true AS ?used) WHERE {
  ?concept skos:exactMatch|skos:closeMatch|skos:broadMatch|skos:narrowMatch ?iri ; skos:prefLabel ?name
} GROUP BY ?iri ORDER BY ?iri
"""
_PREFIXES = """
SELECT ?prefix ?namespace WHERE {
  ?graph a void:Dataset ; sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] .
  FILTER(STRENDS(STR(?graph), "graph/mappings"))
}
"""


@dataclass(frozen=True)
class Choice:
    """One value that a parameter may have. ``used`` if a case has it, or something below it."""

    iri: str
    label: str
    used: bool = True

    @property
    def name(self) -> str:
        """The short name: the last part of the IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True)
class Choices:
    """All values of all parameters in one graph.

    ``sets`` has them by the IRI of a scheme or of a value set, and by ``case``, ``reference`` and ``code``;
    ``prefixes`` are those of codes.
    """

    sets: Mapping[str, tuple[Choice, ...]]
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def of(self, parameter: Parameter) -> tuple[Choice, ...]:
        """The values of a parameter by label; none if it is a number or a text."""
        return self.sets.get(parameter.of or parameter.kind, ())

    def find(self, parameter: Parameter, given: str) -> Choice | None:
        """The value that a text means: a short name, a label in any case, or an IRI."""
        wanted = given.strip().casefold()
        for choice in self.of(parameter):
            if given == choice.iri or wanted in (choice.name.casefold(), choice.label.casefold()):
                return choice
        return None

    def label(self, iri: str) -> str | None:
        """The label of a value."""
        return next((c.label for choices in self.sets.values() for c in choices if c.iri == iri), None)

    def expanded(self, code: str) -> str | None:
        """The IRI of a code given as a CURIE or as an IRI; ``None`` if its prefix is unknown."""
        if code.startswith(("http://", "https://")):
            return code
        prefix, colon, local = code.partition(":")
        known = {name.casefold(): namespace for name, namespace in self.prefixes.items()}
        namespace = known.get(prefix.strip().casefold())
        return namespace + local.strip() if colon and local.strip() and namespace else None

    def curie(self, iri: str) -> str:
        """The CURIE of a code, or its IRI if no prefix fits."""
        fitting = [(len(n), f"{p}:{iri[len(n) :]}") for p, n in self.prefixes.items() if iri.startswith(n)]
        return max(fitting)[1] if fitting else iri


def read_choices(ask: Asker) -> Choices:
    """The values that parameters may have in the graph that ``ask`` asks."""
    sets: dict[str, list[Choice]] = {}
    for query in (_CONCEPTS, _VALUES, _CASES, _REFERENCES, _CODES):
        for of, iri, label, used in ask(query).rows:
            assert isinstance(of, NamedNode | Literal)
            assert isinstance(iri, NamedNode)
            assert isinstance(label, Literal)
            sets.setdefault(of.value, []).append(Choice(iri.value, label.value, used is not None))
    prefixes = {p.value: n.value for p, n in ask(_PREFIXES).rows if isinstance(p, Literal) and isinstance(n, Literal)}
    return Choices({of: tuple(_unique(choices)) for of, choices in sets.items()}, prefixes)


def _unique(choices: Iterable[Choice]) -> Iterable[Choice]:
    return {choice.iri: choice for choice in choices}.values()
