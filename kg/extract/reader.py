"""From a document to one reading a patient: names of concepts found, each with what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kg.extract.abbreviations import alike, definitions
from kg.extract.context import Context
from kg.extract.lexicon import Name
from kg.extract.names import NO_NAMES, SCHEMES, Names, lexicon_of
from kg.extract.patients import parted, split
from kg.extract.reading import Mention, Reading
from kg.extract.rulefiles import RULES, rules
from kg.extract.sentences import BACKGROUND, CASE, TITLE, Sentence, Sentences
from kg.extract.words import words
from kg.ingest import Document
from kg.vocabulary import Vocabulary


class Reader:
    """Reads documents with one vocabulary; made once, used for many."""

    def __init__(self, vocabulary: Vocabulary, names: Names = NO_NAMES) -> None:
        """Take a vocabulary, and the names that terminologies of the user add to it."""
        self.vocabulary = vocabulary
        self.lexicon = lexicon_of(vocabulary, names)
        self._context = Context(rules("context"))
        self._sentences = Sentences(rules("sentences"))

    def read(self, document: Document) -> list[Reading]:
        """One reading for each patient of whom the document tells; none if it tells of no patient."""
        sentences = parted(self._sentences.of(document))
        if not any(sentence.role == CASE and sentence.firm for sentence in sentences):
            return []
        short = self._short_forms(document.text)
        about = tuple(sentence for sentence in sentences if sentence.role in (TITLE, BACKGROUND))
        mentions = [mention for sentence in sentences for mention in self._mentions(sentence, short)]
        whole = Reading(document, sentences, mentions, self.vocabulary, about)
        readings = []
        parts = split(sentences)
        for number, part in enumerate(parts):
            told = {sentence.index for sentence in part}
            at_large = [m for m in mentions if sentences[m.sentence].role in (TITLE, BACKGROUND)]
            mine = [m for m in mentions if m.sentence in told]
            own = replace(whole, sentences=part, mentions=mine, at_large=at_large, whole=whole)
            readings.append(replace(own, number=number, among=len(parts)))
        return readings

    def _mentions(self, sentence: Sentence, short: Mapping[str, Mapping[str, str]]) -> list[Mention]:
        names = self.lexicon.find(sentence.words)
        if short:
            names = self._defined(sentence, names, short)
        said = self._context.said(sentence.words, names)
        return [
            Mention(name.concept, name.scheme, name.start, name.end, sentence.index, name.first, name.last, what)
            for name, what in zip(names, said, strict=True)
            # Without a kind of pain one may have pain: what is narrower says nothing where it is denied.
            if not (name.narrower and "absent" in what)
        ]

    def _short_forms(self, text: str) -> dict[str, dict[str, str]]:
        """What the short forms that the text defines mean, by vocabulary; an empty name where they mean nothing."""
        found: dict[str, dict[str, str]] = {}
        for short, long in definitions(text):
            inside = self.lexicon.find(words(long))
            usual = self.lexicon.find(words(short))
            meaning = {name.scheme: name.concept for name in inside if name.end - name.start == len(long)}
            for name in usual:
                concept = self.vocabulary.concepts.get(name.concept)
                known = (concept.label, *concept.synonyms) if concept else ()
                named = name.scheme in meaning or any(one.scheme == name.scheme for one in inside)
                if not named and not alike(long, known):
                    meaning[name.scheme] = ""
            if meaning:
                found.setdefault(short, meaning)
        return found

    @staticmethod
    def _defined(sentence: Sentence, names: list[Name], short: Mapping[str, Mapping[str, str]]) -> list[Name]:
        """The names with short forms read as the text defines them."""
        tokens = sentence.words
        at: dict[tuple[int, int], Mapping[str, str]] = {}
        begins = {form[0] for form in short}
        for first, word in enumerate(tokens):
            if word.text[0] not in begins:
                continue
            printed = ""
            for last in range(first, min(len(tokens), first + 5)):
                if last > first and tokens[last].start != tokens[last - 1].end:
                    break
                printed += tokens[last].text
                meaning = short.get(printed) or (short.get(printed[:-1]) if printed.endswith("s") else None)
                if meaning and (first == 0 or tokens[first - 1].end < word.start or tokens[first - 1].text in "(/-‐‑–"):
                    at[first, last] = meaning
        kept = [name for name in names if name.scheme not in at.get((name.first, name.last), {})]
        for (first, last), meaning in at.items():
            for scheme, concept in meaning.items():
                taken = (n for n in kept if n.scheme == scheme and n.first <= last and first <= n.last)
                if concept and not any(taken):
                    kept.append(Name(concept, scheme, first, last, tokens[first].start, tokens[last].end))
        return sorted(kept, key=lambda name: (name.start, -name.end, name.scheme))


__all__ = ["RULES", "SCHEMES", "Reader", "lexicon_of", "rules"]
