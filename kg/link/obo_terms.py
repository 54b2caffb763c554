"""The terms of an ontology, as the three readers of `kg.link.obo_files` gather them. All names are IRIs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OBO = "http://purl.obolibrary.org/obo/"
_OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
OFFERS = {OBO + "IAO_0100001": "replaced by", _OBO_IN_OWL + "consider": "consider"}
"""The properties that name what can be used instead of a term."""
EXACT_SYNONYM = _OBO_IN_OWL + "hasExactSynonym"
ALTERNATIVE = _OBO_IN_OWL + "hasAlternativeId"
"""The property that names a term which was merged into this one."""
SHORTHAND = _OBO_IN_OWL + "shorthand"
LICENSES = ("http://purl.org/dc/terms/license", "http://purl.org/dc/elements/1.1/license")


@dataclass
class Terms:
    """What an ontology says of its terms, gathered while it is read.

    Synonyms are kept for the terms in ``wanted`` alone, relations beside is-a only if ``with_relations``; both make up
    most of a large ontology.
    """

    wanted: frozenset[str]
    with_relations: bool
    labels: dict[str, str] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)
    obsolete: set[str] = field(default_factory=set)
    replaced: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    related: list[tuple[str, str, str]] = field(default_factory=list)
    relation_names: dict[str, str] = field(default_factory=dict)
    ontology: str = ""
    version: str = ""
    license: str = ""

    def declare(self, iri: str) -> None:
        """A term that the ontology has."""
        self.parents.setdefault(iri, [])

    def offer(self, iri: str, kind: str, other: str) -> None:
        """What can be used instead of a term that is out of use."""
        offers = self.replaced.setdefault(iri, [])
        if (kind, other) not in offers:
            offers.append((kind, other))

    def synonym(self, iri: str, text: str) -> None:
        """An exact synonym."""
        if iri in self.wanted:
            self.synonyms.setdefault(iri, []).append(text)

    def relate(self, iri: str, relation: str, other: str) -> None:
        """A relation to another term."""
        if self.with_relations:
            self.related.append((iri, relation, other))

    def name_relation(self, name: str, iri: str) -> None:
        """A name, a shorthand or a label under which the user can ask for a relation."""
        self.relation_names.setdefault(name.replace(" ", "_"), iri)


def iri_of(identifier: str, prefixes: Mapping[str, str]) -> str:
    """The IRI of a term from its IRI or CURIE; a prefix that the mappings lack is one of the OBO Foundry.

    >>> iri_of("HP:0002653", {}), iri_of("EFO:0000400", {"EFO": "http://www.ebi.ac.uk/efo/EFO_"})
    ('http://purl.obolibrary.org/obo/HP_0002653', 'http://www.ebi.ac.uk/efo/EFO_0000400')
    """
    if "://" in identifier:
        return identifier
    prefix, colon, local = identifier.partition(":")
    if not colon:
        return f"{OBO}{identifier}"
    return prefixes[prefix] + local if prefix in prefixes else f"{OBO}{prefix}_{local}"
