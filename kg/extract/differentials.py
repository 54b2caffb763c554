"""Diagnoses weighed for this patient and what became of the thought, from ``rules/differentials.yaml``.

Words of weighing make a diagnosis weighed of a name; so do a treatment for it and a test that shows it. Where the text
tells of no relapse and of no leukemia in a tissue, its subject is another illness, and that is the diagnosis found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Any

from kg.extract.course import course
from kg.extract.nearby import NOT_THIS_PATIENT, of_leukemia, told
from kg.extract.patterns import Patterns
from kg.extract.reader import rules
from kg.extract.reading import Found, Mention, Reading
from kg.extract.sentences import TITLE, Sentence

_NAME = "thisname"


@cache
def _patterns() -> Patterns:
    return Patterns(_rules())


def _rules() -> Mapping[str, Any]:
    return rules("differentials")


def differentials(reading: Reading) -> Iterator[Found]:
    """The diagnoses that were thought of."""
    if not of_leukemia(reading):
        return
    rule = _rules()
    seen: set[str] = set()
    named = list(_named(reading))
    earlier = {mention.concept for sentence, mention in named if _patterns().fits("past", _near(sentence, mention))}
    for sentence, mention in named:
        if mention.concept in rule["never"] or mention.concept in seen or mention.said & NOT_THIS_PATIENT:
            continue
        near = _near(sentence, mention)
        if _is_else(sentence, mention) or not _is_weighed(reading, sentence, mention, near, earlier):
            continue
        seen.add(mention.concept)
        detail = {"status": _status(near)}
        yield Found("differential", mention.concept, mention.start, mention.end, 0.75, detail)
        if (held := _held(sentence, mention)) and held not in seen:
            seen.add(held)
            yield Found("differential", held, mention.start, mention.end, 0.7, detail)


def _named(reading: Reading) -> Iterator[tuple[Sentence, Mention]]:
    """The names of diagnoses in what is told of the patient, and those at large that are the subject of the text."""
    for mention in (*reading.of("Differentials"), *reading.at_large):
        if mention.scheme != "Differentials":
            continue
        sentence = reading.sentence(mention)
        if sentence in told(reading) or _is_subject(reading, sentence, mention):
            yield sentence, mention


def _is_subject(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Whether what is told of the disease at large names what the patient has, or was asked about."""
    near = _near(sentence, mention)
    if mention.concept in _rules()["at_large"]:
        first = sentence.index == 0 and _is_another_illness(reading)
        return first or _patterns().fits("asked", near) or _has_another_tumor(reading)
    return sentence.role == TITLE and (_is_another_illness(reading) or _patterns().fits("mimicked", near))


def _has_another_tumor(reading: Reading) -> bool:
    """Whether the patient is told to have a tumor that is no leukemia."""
    named = {one.concept for one in reading.of("Differentials")}.difference(_rules()["at_large"], _rules()["never"])
    return any(reading.is_a(one, kind) for one in named for kind in ("SolidTumor", "MalignantNeoplasm"))


def _near(sentence: Sentence, mention: Mention) -> str:
    """The words before and after a name, which itself is “thisname”."""
    reach, flat = _rules()["reach"], sentence.flat
    start, end = flat.at(mention.start), flat.at(mention.end)
    listed = max(flat.text.find(f"differential{word}", 0, start) for word in (" diagnos", "s "))
    before = max(reach["before"], start - listed) if listed >= 0 else reach["before"]  # the list may be long
    return f"{flat.text[max(0, start - before) : start]}{_NAME} {flat.text[end : end + reach['after']].lstrip()}"


def _is_weighed(reading: Reading, sentence: Sentence, mention: Mention, near: str, earlier: Set[str]) -> bool:
    """Whether the words around a name, or the subject of the text, make a diagnosis weighed of it."""
    patterns, rule = _patterns(), _rules()
    if mention.concept in rule["at_large"] and sentence not in told(reading):
        return True
    if patterns.fits("long_ago", near):
        return False
    if patterns.fits("weighed", near.replace(_NAME, ";")) or patterns.fits("denied", near):
        return True
    if mention.concept not in rule["complications"] and patterns.fits("without", near):
        return True
    if "absent" in mention.said or mention.concept in earlier:
        return False
    if mention.concept in rule["always"]:
        return True
    general = {word.plain for word in sentence.words[mention.first : mention.last + 1]}
    if mention.concept in rule["complications"] or general.intersection(rule["general"].get(mention.concept, ())):
        return False
    if reading.is_a(mention.concept, "SolidTumor") and patterns.fits("arose", near):
        return True
    return patterns.fits("beside", near) or _is_another_illness(reading)


def _is_another_illness(reading: Reading) -> bool:
    """Whether the text tells of something else than leukemia outside the marrow."""
    return bool(reading.once("another illness", lambda: _tells_of_another(reading)))


def _tells_of_another(reading: Reading) -> bool:
    whole = [*reading.sentences, *reading.about]
    if any(_patterns().fits("leukemic", sentence.flat.text) for sentence in whole):
        return False
    relapse = next((one for one in course(reading) if one.field == "relapse"), None)
    return relapse is None or relapse.value != "true"


def _is_else(sentence: Sentence, mention: Mention) -> bool:
    """Whether the words beside a name make something else of it."""
    unless = _rules()["unless"].get(mention.concept)
    if unless is None:
        return False
    words = [word.plain for word in sentence.words if word.text not in "-/–"]
    count = sum(word.text not in "-/–" for word in sentence.words[: mention.last + 1])
    first = count - sum(word.text not in "-/–" for word in sentence.words[mention.first : mention.last + 1])
    after, before = words[count : count + 1], words[max(0, first - 1) : first]
    return bool(set(after).intersection(unless.get("after", ())) or set(before).intersection(unless.get("before", ())))


def _held(sentence: Sentence, mention: Mention) -> str | None:
    """The diagnosis that the name of another one holds."""
    holds = _rules()["holds"].get(mention.concept, {})
    words = [word.plain for word in sentence.words[mention.first : mention.last + 1]]
    return next((str(holds[word]) for word in words if word in holds), None)


def _status(near: str) -> str:
    if _patterns().fits("ruled_out", near):
        return "RuledOut"
    return "SuspectedFirst" if _patterns().fits("first", near) else "Considered"
