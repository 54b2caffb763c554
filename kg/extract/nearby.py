"""What stands near a name in its sentence: cue words, the words between two names, sites beside a head word."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from kg.extract.context import Context
from kg.extract.leukemia import leukemia
from kg.extract.lexicon import Lexicon, Name
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.words import Word, words
from kg.vocabulary import Vocabulary

NOT_THIS_PATIENT = frozenset(("family", "others"))
"""What is said of a name that speaks of someone else."""

Placed = Name | Mention


@cache
def context() -> Context:
    """The cues around names, for names that a reading does not have."""
    return Context(rules("context"))


@lru_cache(maxsize=20_000)
def above(vocabulary: Vocabulary, concept: str) -> frozenset[str]:
    """The concept and all that it is a kind or a part of."""
    return frozenset(vocabulary.ancestors(concept))


@cache
def _malignancies() -> Patterns:
    return Patterns(rules("leukemia"))


def of_leukemia(reading: Reading) -> bool:
    """Whether the patient may have a leukemia: one is told of them, or no other malignancy is.

    Of a patient with a lymphoma or a carcinoma alone nothing is drafted, so nothing is looked for either.
    """
    return reading.once("of leukemia", lambda: _of_leukemia(reading))


def _of_leukemia(reading: Reading) -> bool:
    if any(mention.scheme == "LeukemiaTypes" for mention in reading.mentions) and next(leukemia(reading), None):
        return True
    return not any(_malignancies().fits("other_malignancy", sentence.flat.text) for sentence in reading.sentences)


class Cues:
    """Words of a rule file in groups, found as names are: in any number and spelling."""

    def __init__(self, groups: Mapping[str, Iterable[Any]]) -> None:
        """Take the words of each group."""
        self._lexicon = Lexicon()
        for group, several in groups.items():
            for word in several:
                self._lexicon.add(str(word), group, "cues", exact=False)

    def find(self, words: Sequence[Word]) -> list[Name]:
        """The cues in a sentence by place; ``concept`` is the group."""
        return self._lexicon.find(words, ("cues",))


@cache
def _advice() -> Patterns:
    return Patterns(rules("findings")["general"])


def by_sentence(reading: Reading, *schemes: str) -> Iterator[tuple[Sentence, list[Mention]]]:
    """Each sentence of a patient with leukemia, with its mentions of some vocabularies."""
    if not of_leukemia(reading):
        return
    held: dict[int, list[Mention]] = {}
    for mention in reading.mentions:
        if mention.scheme in schemes:
            held.setdefault(mention.sentence, []).append(mention)
    for sentence in told(reading):
        if not _advice().fits("advice", sentence.flat.text):
            yield sentence, held.get(sentence.index, [])


def told(reading: Reading) -> Sequence[Sentence]:
    """The sentences that tell of the patient: without what is said at large before a patient is brought in."""
    return reading.once("told", lambda: _told(reading))


def _told(reading: Reading) -> Sequence[Sentence]:
    first = next((number for number, sentence in enumerate(reading.sentences) if sentence.firm), 0)
    return [s for n, s in enumerate(reading.sentences) if n >= first or not _advice().fits("at_large", s.flat.text)]


def between(sentence: Sentence, left: Placed, right: Placed) -> list[str]:
    """The plain words between two names."""
    return [word.plain for word in sentence.words[left.last + 1 : right.first]]


def inside(one: Placed, others: Iterable[Placed], *, proper: bool = True) -> bool:
    """Whether a name lies within another one, by default a longer one."""
    return any(
        other is not one
        and other.first <= one.first
        and one.last <= other.last
        and (not proper or other.last - other.first > one.last - one.first)
        for other in others
    )


class Beside:
    """Finds the site that a head word speaks of: “pain in the left thigh”, “testicular swelling”."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        """Take ``ties`` to what follows, ``parts`` that part from it, and ``joins`` that part from a site before.

        With ``touching`` a site right after the word needs no tie: “MRI pelvis”. Over ``copulas`` a word reaches
        further back: “both testes were found to be enlarged”.
        """
        self._ties = frozenset(rule["ties"])
        self._parts = frozenset(rule["parts"])
        self._adjectives = frozenset(rule.get("adjectives", ()))
        self._joins = self._parts | frozenset(rule.get("joins", ()))
        self._touching = bool(rule.get("touching"))
        self._copulas = frozenset(rule.get("copulas", ()))

    def sites(self, sentence: Sentence, head: Placed, sites: Sequence[Mention]) -> Iterator[Mention]:
        """The sites that stand before a head word or are tied to it, the nearest first."""
        before = bisect_left([site.last for site in sites], head.first) - 1
        if before >= 0:
            gap = between(sentence, sites[before], head)
            joined = len(gap) <= 3 and not self._joins.intersection(gap)
            if joined or (1 < len(gap) <= 6 and self._copulas.issuperset(gap)):
                yield sites[before]
        first = bisect_right([site.first for site in sites], head.last)
        for site in sites[first : first + 3]:
            gap = without_abbreviation(between(sentence, head, site))
            if len(gap) > 9 or self._parts.intersection(gap):
                return
            if self._touching and not gap:
                yield site
                return
            describes = sentence.words[head.last].plain in self._adjectives and len(gap) <= 3
            if not self._ties.intersection(gap) and not (describes and not self._joins.intersection(gap)):
                return
            yield site


def without_abbreviation(gap: list[str]) -> list[str]:
    """The words after a name without what follows it in brackets: “(MRI) of the brain”, “(45 Gy) to the arm”."""
    if gap[:1] == ["("] and ")" in gap[:8]:
        return gap[gap.index(")") + 1 :]
    return gap[1:] if gap[:1] == [")"] else gap


def composed(vocabulary: Vocabulary, site: str, table: Mapping[str, str]) -> str | None:
    """What a head word means at a site: the first entry of the table that the site is a kind or a part of."""
    kinds = above(vocabulary, site)
    return next((concept for place, concept in table.items() if place in kinds), None)


@cache
def headed_names(vocabulary: Vocabulary) -> Mapping[tuple[str, str], str]:
    """Names of sites of two words, of which the second is one that several sites share: “median nerve”."""
    heads = frozenset(rules("sites")["shared_heads"])
    names: dict[tuple[str, str], str] = {}
    for concept in vocabulary.in_scheme("AnatomicalSites"):
        added = rules("names-clinic")["AnatomicalSites"].get(concept.name, {}).get("add", ())
        for name in (concept.label, *concept.synonyms, *added):
            parts = [word.plain for word in words(str(name))]
            if len(parts) == 2 and parts[1] in heads:
                names.setdefault((parts[0], parts[1]), concept.name)
    return names


def with_shared_heads(vocabulary: Vocabulary, sentence: Sentence, sites: Sequence[Mention]) -> list[Mention]:
    """The sites with those that share the last word of one: “median, facial and left peroneal nerves” are three."""
    rule = rules("sites")
    found: list[Mention] = []
    for site in sites:
        head = sentence.words[site.last].plain
        if head not in rule["shared_heads"]:
            continue
        at, joined = site.first - 1, False
        while at >= 0:
            word = sentence.words[at].plain
            concept = headed_names(vocabulary).get((word, head)) if joined else None
            if concept:
                token = sentence.words[at]
                found.append(replace(site, concept=concept, start=token.start, end=token.end, first=at, last=at))
                joined = False
            elif word in (",", "and", "or", "/"):
                joined = True
            elif word not in rule["sides"]:
                break
            at -= 1
    if not found:
        return list(sites)
    taken = {one.first for one in found}
    return sorted([*found, *(s for s in sites if s.first not in taken)], key=lambda one: (one.first, one.last))
