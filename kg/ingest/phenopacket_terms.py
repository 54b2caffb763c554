"""Terms of other terminologies as our concepts, by the mapping set and never by likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from kg.vocabulary import Concept, Vocabulary

PREFIXES = MappingProxyType(
    {
        "SNOMED": "SNOMEDCT", "SCTID": "SNOMEDCT", "SCT": "SNOMEDCT", "SNOMEDCTUS": "SNOMEDCT", "HPO": "HP",
        "NCI": "NCIT", "MSH": "MESH", "ORPHANET": "ORPHA", "ORDO": "ORPHA", "ICD10": "ICD10CM", "LNC": "LOINC",
        "ICDO3": "ICDO", "UNIPROT": "UNIPROTKB",
    }
)  # fmt: skip
"""Prefixes by which phenopackets name a terminology, in capitals and without hyphens, and the mapping set's."""


class Row(Protocol):
    """A row of the mapping set, as `kg.link.sssom.Mapping` has it: our concept, the relation, the term elsewhere."""

    @property
    def subject_id(self) -> str:
        """CURIE of our concept."""

    @property
    def predicate_id(self) -> str:
        """How the term elsewhere relates to it."""

    @property
    def object_id(self) -> str:
        """CURIE of the term elsewhere."""

    @property
    def object_label(self) -> str:
        """Its label there."""


@dataclass(frozen=True)
class Term:
    """An ontology class of a phenopacket: CURIE and label, and the JSON pointer at which it stands."""

    id: str
    label: str
    pointer: str

    def __str__(self) -> str:
        return f"“{self.label}” ({self.id})" if self.label else self.id

    @property
    def leaf(self) -> str:
        """The pointer of its words: of its label, or of its identifier where it has no label."""
        return f"{self.pointer}/{'label' if self.label else 'id'}"


@dataclass(frozen=True)
class Meaning:
    """What a term means here: a concept, or ``None``; ``why`` says what is lost, or why there is none."""

    concept: str | None
    why: str = ""


class Terms:
    """The terms of the mapping set."""

    def __init__(self, rows: Iterable[Row], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._rows: dict[str, list[tuple[str, Concept, str]]] = {}
        for row in rows:
            concept = vocabulary.concepts.get(row.subject_id.removeprefix("sanct:"))
            if concept is not None and row.subject_id.startswith("sanct:"):
                found = self._rows.setdefault(_normal(row.object_id), [])
                found.append((row.predicate_id.removeprefix("skos:"), concept, row.object_label))

    def meaning(self, term: Term, *schemes: str, absent: bool = False) -> Meaning:
        """The concept of some schemes that a term stands for.

        An exact match comes first, then a close one that has the term's own name, then the narrowest of our concepts
        that are wider than the term; what that loses is said. A close match of another name, and a concept of ours
        that is narrower than the term, would say more than the source does. What is absent is taken by an exact match
        or one of the same name alone: that the narrower is absent does not make the wider absent.
        """
        rows = [row for row in self._own(term) if {row[1].scheme, *row[1].value_sets} & set(schemes)]
        exact = {concept.name: label for match, concept, label in rows if match == "exactMatch"}
        if len(exact) == 1:
            ((name, label),) = exact.items()
            return Meaning(name, self._other_name(term, name, label))
        same = [c for match, c, _ in rows if match == "closeMatch" and term.label.lower() in _names(c)]
        if len(same) == 1 and not exact:
            return Meaning(same[0].name, f"{term} is close to {same[0].name} and has its name")
        wider = [concept for match, concept, _ in rows if match == "narrowMatch"]
        narrowest = [
            c for c in wider if not any(c.name in self._vocabulary.ancestors(o.name) - {o.name} for o in wider)
        ]
        if len(narrowest) == 1 and not exact and not absent:
            return Meaning(narrowest[0].name, f"{term} is narrower than {narrowest[0].name}, which is said instead")
        return Meaning(None, self._why_not(term, rows, schemes))

    def _own(self, term: Term) -> list[tuple[str, Concept, str]]:
        """The rows of a term; a term of our own ontology is its own exact match."""
        if term.id.startswith("sanct:") and (own := self._vocabulary.concepts.get(term.id.removeprefix("sanct:"))):
            return [("exactMatch", own, own.label)]
        return self._rows.get(_normal(term.id), [])

    def _other_name(self, term: Term, name: str, label: str) -> str:
        """What to say where the words beside an identifier are not those of its term: one of the two is wrong."""
        known = _names(self._vocabulary.concepts[name]) | {label.lower()}
        plain = re.sub(r" \([a-z ]+\)$", "", label.lower())  # SNOMED's semantic tag
        if not term.label or not label or term.label.lower().strip() in known | {plain}:
            return ""
        return f"{term.id} is called “{label}”, but the source writes “{term.label}”; the identifier is taken"

    def _why_not(self, term: Term, rows: list[tuple[str, Concept, str]], schemes: tuple[str, ...]) -> str:
        near = sorted({f"{c.name} ({match.removesuffix('Match')})" for match, c, _ in rows})
        if near:
            return f"{term} has no exact concept here; near: {', '.join(near)}"
        elsewhere = sorted({c.name for match, c, _ in self._own(term) if match == "exactMatch"})
        if elsewhere:
            return f"{term} is {', '.join(elsewhere)}, which cannot stand here ({' or '.join(schemes)})"
        return f"{term} has no concept here"


def _normal(curie: str) -> str:
    """A CURIE in one spelling: known other prefixes replaced, capitals, no white space.

    >>> _normal("SCTID: 91855006"), _normal("NCIt:C3171"), _normal("http://purl.obolibrary.org/obo/HP_0001909")
    ('SNOMEDCT:91855006', 'NCIT:C3171', 'HP:0001909')
    """
    if match := re.fullmatch(r"https?://purl\.obolibrary\.org/obo/([A-Za-z]+)_(\w+)", curie.strip()):
        curie = f"{match[1]}:{match[2]}"
    prefix, _, local = curie.partition(":")
    prefix = re.sub(r"[\s_-]", "", prefix).upper()
    return f"{PREFIXES.get(prefix, prefix)}:{local.strip().upper()}"


def _names(concept: Concept) -> set[str]:
    return {name.lower() for name in (concept.label, *concept.synonyms)}
