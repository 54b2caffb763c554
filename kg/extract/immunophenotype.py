"""Markers of the leukemic cells with their sign, from ``rules/results.yaml``.

A sign stands right at the marker (“CD34+”), or a word gives it to a whole list (“negative for CD3, CD20 and CD79a”).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from kg.extract.nearby import NOT_THIS_PATIENT, by_sentence
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import Sentence
from kg.extract.words import words as words_of

POSITIVE, NEGATIVE = "Positive", "Negative"
_TOPS = frozenset(("CdAntigen", "ImmunophenotypicMarker", "SolubleIL2Receptor"))


@cache
def _rules() -> Mapping[str, Any]:
    file: dict[str, Any] = rules("results")["markers"]
    return {name: frozenset(form for one in several for form in _forms(str(one))) for name, several in file.items()}


def _forms(word: str) -> tuple[str, ...]:
    """A word as it is printed and in its plain spelling, in which “coexpressed” has lost its o."""
    parts = words_of(word)
    return (word, parts[0].plain) if len(parts) == 1 else (word,)


def immunophenotype(reading: Reading) -> Iterator[Found]:
    """The markers of which the report gives a sign."""
    for sentence, mentions in by_sentence(reading, "Markers"):
        if mentions:
            yield from _in_sentence(sentence, [m for m in mentions if m.concept not in _TOPS])


def _in_sentence(sentence: Sentence, markers: Sequence[Mention]) -> Iterator[Found]:
    signs = [_own(sentence, m) for m in markers]
    for number, m in enumerate(markers):
        if m.said & NOT_THIS_PATIENT or _is_target(sentence, m):
            continue
        sign = signs[number] or _shared(sentence, markers, signs, number)
        if sign is None:
            continue
        detail = {"expression": sign}
        if compartment := _compartment(sentence, m):
            detail["compartment"] = compartment
        yield Found("marker", m.concept, m.start, m.end, 0.9 if signs[number] else 0.8, detail)


def _own(sentence: Sentence, m: Mention) -> str | None:
    """The sign at the marker itself: “CD34+”, “CD3-”, “CD10 positive”, “MPO (−)”, a percentage."""
    rule = _rules()
    words = sentence.words
    after = m.last + 1
    if after < len(words) and words[after].text == "(" and after + 1 < len(words):
        after += 1
    if after >= len(words):
        return None
    sign = words[after]
    touching = sign.start == words[after - 1].end
    if sign.text == "±":
        return "" if touching else None
    if sign.text in rule["plus"]:
        return POSITIVE
    if sign.text in rule["minus"] and touching:
        beyond = words[after + 1] if after + 1 < len(words) else None
        # A hyphen that joins words is no sign, but “CD3-, CD5-” and “CD10-negative” are.
        if beyond is None or beyond.start > sign.end or not beyond.text[0].isalnum():
            return NEGATIVE
        return _word(beyond.plain)
    if sign.text in ("=", ":", ",") or sign.text[0].isdigit():
        number = next((w for w in words[after : after + 2] if w.text[0].isdigit()), None)
        following = words[words.index(number) + 1].text if number and words.index(number) + 1 < len(words) else ""
        if number is not None and following == "%":
            share = float(number.text.replace(",", ".").replace("·", "."))
            return POSITIVE if share >= 20 else ""
    return _word(sign.plain) if sign.plain in ("positive", "negative", "positivity", "negativity") else None


def _word(word: str) -> str | None:
    rule = _rules()
    return POSITIVE if word in rule["positive"] else NEGATIVE if word in rule["negative"] else None


def _shared(sentence: Sentence, markers: Sequence[Mention], signs: Sequence[str | None], number: int) -> str | None:
    """The sign that a word before or after gives to a list of markers."""
    rule = _rules()
    words = sentence.words
    m = markers[number]
    if signs[number] == "":
        return None
    for at in range(m.first - 1, -1, -1):
        if words[at].text in rule["parts"] or words[at].plain in rule["parts"]:
            break
        if sign := _word(words[at].plain):
            if at and words[at - 1].plain in ("not", "no") and sign == POSITIVE:
                return NEGATIVE
            return sign
        if sign is None and any(o.last + 1 == at and signs[i] for i, o in enumerate(markers)):
            break
    for at in range(m.last + 1, len(words)):
        if words[at].text in rule["parts"] or words[at].plain in rule["parts"]:
            break
        if sign := _word(words[at].plain):
            return sign
    # A list in which some have a sign: “CD45+, CD19+ and CD20” leaves the last one open.
    plain = {word.plain for word in words}
    proven = not any(signs) and plain.intersection(rule["panels"]) and plain.intersection(rule["proofs"])
    return POSITIVE if proven else None


def _is_target(sentence: Sentence, m: Mention) -> bool:
    """Whether the name is that of a drug's target, of a gene, or of the cells of a graft."""
    rule = _rules()
    near = [word.plain for word in sentence.words[max(0, m.first - 3) : m.last + 3]]
    if rule["treated"].intersection(near):
        return True
    after = [word.plain for word in sentence.words[m.last + 1 : m.last + 11]]
    if rule["counted"].intersection(after) and "cell" in after[:3]:
        return True
    everywhere = {word.plain for word in sentence.words}
    if m.concept in rule["genes"] and rule["mutated"] & everywhere and not rule["stains"] & everywhere - {"positive"}:
        return True
    return bool(rule["raised"].intersection(near)) and not any(w.plain in rule["stains"] for w in sentence.words)


def _compartment(sentence: Sentence, m: Mention) -> str | None:
    near = [word.plain for word in sentence.words[max(0, m.first - 2) : m.first + 1]]
    if _rules()["cytoplasmic"].intersection(near):
        return "Cytoplasm"
    return "CellSurface" if _rules()["surface"].intersection(near) else None
