"""The names by which a text is read: those of the ontology, of the rule files, of the mappings, and of terminologies.

A label that the mappings give for a code which means *exactly* the same is a name of our concept too. Names of a
terminology that the user has come as `Names` (`kg.extract.name_sources`). What of both is admitted is data, in
``rules/admitted.yaml``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from kg.config import shipped
from kg.extract.lexicon import SIGNS, Lexicon, is_acronym
from kg.extract.rulefiles import RULES, rules
from kg.extract.words import words
from kg.link import MappingSet, read_mappings
from kg.vocabulary import Vocabulary

SCHEMES = ("LeukemiaTypes", "AnatomicalSites", "Findings", "Modalities", "Treatments", "Markers", "Differentials")
"""The vocabularies whose names are looked for."""

EXACT, NARROW = "skos:exactMatch", "skos:narrowMatch"


class OuterName(NamedTuple):
    """A name that another terminology has for one of our concepts, or for something that is ``narrower``.

    Who has what is narrower has the concept; who does not have it may have the concept all the same.
    """

    text: str
    concept: str
    narrower: bool = False


@dataclass(frozen=True)
class Names:
    """Names from terminologies of the user, made once and sent along with the work.

    ``label`` says whence they are, with a hash of them, by which two sets are the same or not.
    """

    label: str = ""
    rows: tuple[OuterName, ...] = field(default=(), compare=False, repr=False)


NO_NAMES = Names()


def named(source: str, rows: Iterable[OuterName]) -> Names:
    """A set of names with the label that tells it from others."""
    kept = tuple(sorted(set(rows)))
    return Names(f"{source} ({hashlib.sha256(repr(kept).encode()).hexdigest()[:12]})", kept)


@cache
def mapping_set() -> MappingSet:
    """The mapping set that ships with the project."""
    return read_mappings(shipped("data") / "mappings.sssom.tsv")


def concept_of(subject_id: str) -> str:
    """The local name in a subject of the mapping set.

    >>> concept_of("sanct:BonePain")
    'BonePain'
    """
    return subject_id.partition(":")[2]


def mapped_names(mappings: MappingSet) -> Iterator[OuterName]:
    """The labels that the mappings give for what means exactly the same.

    Labels of close matches are not names: “Abnormal reflex” is close to areflexia, “Abnormal vision” to a loss of
    vision and “Spontaneous ecchymoses” to petechiae, and a record that took them so would say what the paper does not.
    """
    for mapping in mappings.mappings:
        if mapping.predicate_id == EXACT and mapping.object_label:
            yield OuterName(mapping.object_label, concept_of(mapping.subject_id))


def lexicon_of(vocabulary: Vocabulary, further: Names = NO_NAMES) -> Lexicon:
    """All names by which texts are read.

    Args:
        vocabulary: the concepts with their labels and synonyms.
        further: names of terminologies that the user chose.
    """
    own, dropped = _own(vocabulary)
    lexicon = Lexicon()
    for (scheme, concept), forms in own.items():
        for form in forms:
            lexicon.add(form, concept, scheme)
    outer = (*mapped_names(mapping_set()), *further.rows)
    for name in list(_admitted(outer, lexicon, dropped, vocabulary)):
        scheme = vocabulary.concepts[name.concept].scheme
        lexicon.add(name.text, name.concept, scheme, narrower=name.narrower)
    return lexicon


def _own(vocabulary: Vocabulary) -> tuple[Mapping[tuple[str, str], Mapping[str, None]], set[tuple[str, ...]]]:
    """Labels and synonyms as ``rules/names-*.yaml`` add to them; and what those drop."""
    names: dict[tuple[str, str], dict[str, None]] = {}
    dropped: set[tuple[str, ...]] = set()
    for concept in vocabulary.in_scheme(*SCHEMES):
        forms = names.setdefault((concept.scheme, concept.name), {})
        forms.update(dict.fromkeys((concept.label, *concept.synonyms)))
    for path in sorted(RULES.glob("names-*.yaml")):
        for scheme, concepts in rules(path.stem).items():
            for name, change in concepts.items():
                forms = names.setdefault((scheme, name), {})
                forms.update(dict.fromkeys(str(one) for one in change.get("add", ())))
                for one in change.get("drop", ()):
                    forms.pop(str(one), None)
                    dropped.add(key_of(str(one)))
    return names, dropped


def _admitted(
    outer: Sequence[OuterName], lexicon: Lexicon, dropped: set[tuple[str, ...]], vocabulary: Vocabulary
) -> Iterator[OuterName]:
    """The names that may be taken: fit, unknown so far, and of one concept of a vocabulary only."""
    chosen: dict[tuple[str, ...], list[OuterName]] = {}
    for name in outer:
        concept = vocabulary.concepts.get(name.concept)
        text = untagged(name.text)
        if concept is not None and concept.scheme in SCHEMES and is_fit(text):
            chosen.setdefault(key_of(text), []).append(OuterName(text, name.concept, name.narrower))
    for key, several in chosen.items():
        exact = [name for name in several if not name.narrower] or several
        concepts = {name.concept for name in exact}
        if len(concepts) == 1 and key not in dropped and not _is_known(exact[0], lexicon, vocabulary):
            yield exact[0]


def _is_known(name: OuterName, lexicon: Lexicon, vocabulary: Vocabulary) -> bool:
    """Whether the words have a meaning already, or hold a name that says as much."""
    text = words(name.text)
    scheme = vocabulary.concepts[name.concept].scheme
    for found in lexicon.find(text):
        if found.first == 0 and found.last == len(text) - 1:
            return True
        if found.scheme == scheme and name.concept in vocabulary.ancestors(found.concept):
            return True
    return False


def key_of(name: str) -> tuple[str, ...]:
    """What two names have in common that the lexicon does not tell apart.

    >>> key_of("Leukaemic Infiltrations") == key_of("leukemic infiltration")
    True
    """
    return tuple(word.plain for word in words(name) if word.text not in SIGNS)


def untagged(name: str) -> str:
    """A name without the tag that SNOMED CT puts behind it.

    >>> untagged("Bone pain (finding)"), untagged("Neurofibromatosis (nonmalignant)")
    ('Bone pain', 'Neurofibromatosis (nonmalignant)')
    """
    head, bracket, tail = name.strip().rpartition(" (")
    return head if bracket and tail.removesuffix(")") in rules("admitted")["tags"] else name.strip()


def is_fit(name: str) -> bool:
    """Whether a name from outside may be looked for in a text, by ``rules/admitted.yaml``.

    >>> is_fit("Hyperglycorrhachia"), is_fit("ALL"), is_fit("MS"), is_fit("Weakness"), is_fit("Leukemia, Myeloid")
    (True, False, False, False, False)
    """
    rule = rules("admitted")
    key = key_of(name)
    if not key or len(key) > rule["words"] or set(name) & set(rule["signs"]) or not name.isascii():
        return False
    if any(word.plain in _plain("refused") for word in words(name)) or key in _plain_names():
        return False
    if len(key) == 1:
        return len(key[0]) >= rule["letters"] and key[0] not in _plain("common") and not is_acronym(name)
    # A short form among the words is as printed, so the name needs a word to hold on to.
    return any(len(word) >= rule["letters"] and word.isalpha() for word in key)


@cache
def _plain(which: str) -> frozenset[str]:
    return frozenset(word.plain for one in rules("admitted")[which] for word in words(one))


@cache
def _plain_names() -> frozenset[tuple[str, ...]]:
    return frozenset(key_of(one) for one in rules("admitted")["never"])
