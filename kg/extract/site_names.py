"""The places that a sentence names: also nerves by number, two places in one word, and not what only describes one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from kg.extract.nearby import above, headed_names, with_shared_heads
from kg.extract.reader import rules
from kg.extract.reading import Mention, Reading
from kg.extract.sentences import Sentence

_NUMBER = re.compile(r"(?:(\d{1,2})|([ivx]{1,4}))(?:st|nd|rd|th)?")
_ENDINGS = ("st", "nd", "rd", "th")


def places_in(reading: Reading, sentence: Sentence, mentions: Sequence[Mention]) -> list[Mention]:
    """The places of a sentence in order.

    Args:
        reading: what the sentence is of.
        sentence: the sentence.
        mentions: all names in it.
    """
    named = [m for m in mentions if m.scheme == "AnatomicalSites"]
    if named:
        named = with_shared_heads(reading.vocabulary, sentence, named)
        describing = _describing(reading, sentence, named)
        named = [one for number, one in enumerate(named) if number not in describing]
        if any("Bone" in above(reading.vocabulary, one.concept) for one in named):
            among = rules("sites")["among_bones"]
            named = [replace(one, concept=among.get(one.concept, one.concept)) for one in named]
        named = _nodes_at(sentence, [*named, *_nodes(reading, sentence, named)])
    nerves = list(numbered(sentence))
    further = [*nerves, *_twofold(sentence), *_lobes(reading, sentence), *_cervix(reading, sentence, named)]
    if nerves:
        named = [one for one in named if one.concept not in rules("sites")["nerves"]["plain"]]
    if further:
        taken = {at for one in further for at in range(one.first, one.last + 1)}
        named = [one for one in named if taken.isdisjoint(range(one.first, one.last + 1))]
        each = {(one.first, one.concept): one for one in (*further, *named)}
        named = [each[key] for key in sorted(each)]
    return named


def _describing(reading: Reading, sentence: Sentence, places: Sequence[Mention]) -> set[int]:
    """Which places only say where the next is: “maxillary and mandibular gingiva”, but not “orbital soft tissue”."""
    found: set[int] = set()
    for number in range(len(places) - 2, -1, -1):
        place, following = places[number], places[number + 1]
        kinds = above(reading.vocabulary, following.concept)
        if following.first == place.last + 1:
            if following.concept not in rules("sites")["tissues"] and place.concept not in kinds:
                found.add(number)
        elif number + 1 in found and _alike(reading, place, following):
            gap = [word.plain for word in sentence.words[place.last + 1 : following.first]]
            if gap in (["and"], [","], ["or"], [",", "and"]):
                found.add(number)
    return found


def _alike(reading: Reading, one: Mention, other: Mention) -> bool:
    first, second = above(reading.vocabulary, one.concept), above(reading.vocabulary, other.concept)
    return bool((first & second) - {"AnatomicalSite", "ExtramedullarySite", one.concept, other.concept})


def _cervix(reading: Reading, sentence: Sentence, places: Sequence[Mention]) -> Iterator[Mention]:
    """“Cervical” beside the vagina, or in a text that names the cervix, is the cervix."""
    rule = rules("sites")["cervix"]
    told = any(one.concept == rule["is"] for one in (*reading.mentions, *reading.at_large))
    if not told and not any(one.concept in rule["beside"] for one in places):
        return
    for at, word in enumerate(sentence.words):
        following = sentence.words[at + 1].plain if at + 1 < len(sentence.words) else ""
        if word.plain == rule["word"] and following not in rule["not_before"]:
            yield Mention(rule["is"], "AnatomicalSites", word.start, word.end, sentence.index, at, at)


def _nodes(reading: Reading, sentence: Sentence, places: Sequence[Mention]) -> list[Mention]:
    """The lymph nodes that share the last words of one: “left cervical and both inguinal lymph nodes”."""
    words, rule = sentence.words, rules("sites")["nodes"]
    found = []
    for place in places:
        at = place.first - 1
        while rule["of"] in above(reading.vocabulary, place.concept) and at >= 0:
            if concept := rule["concepts"].get(words[at].plain):
                start, end = words[at].start, words[at].end
                found.append(Mention(concept, place.scheme, start, end, place.sentence, at, at, place.said))
            elif words[at].plain not in rule["between"]:
                break
            at -= 1
    taken = {one.first for one in places if rule["of"] in above(reading.vocabulary, one.concept)}
    return [one for one in found if one.first not in taken]


def _nodes_at(sentence: Sentence, places: Sequence[Mention]) -> list[Mention]:
    """The places with lymph nodes and their region as one: “enlarged lymph nodes on the neck”, “neck nodes”."""
    rule = rules("sites")["nodes"]
    ordered, dropped = sorted(places, key=lambda one: one.first), set()
    kept = {id(one): one for one in ordered}
    for left, right in pairwise(ordered):
        node, region = (left, right) if left.concept == rule["of"] else (right, left)
        gap = {word.plain for word in sentence.words[left.last + 1 : right.first]}
        tied = gap.intersection(rule["ties"]) if node is left else not gap
        if node.concept == rule["of"] and region.concept in rule["regions"] and tied and not gap - set(rule["at"]):
            kept[id(node)] = replace(node, concept=rule["regions"][region.concept])
            dropped.add(id(region))
    return [kept[id(one)] for one in ordered if id(one) not in dropped]


def _lobes(reading: Reading, sentence: Sentence) -> Iterator[Mention]:
    """Lobes without the word, where the text tells of the brain: “left frontal mass”, “the parietal region”."""
    rule = rules("sites")["lobes"]
    words = sentence.words
    for at, word in enumerate(words[:-1]):
        if word.plain not in rule["words"]:
            continue
        last = next((n for n in range(at + 1, min(at + 4, len(words))) if words[n].plain in rule["heads"]), None)
        if last is None or not {one.plain for one in words[at + 1 : last]}.issubset(rule["between"]):
            continue
        if any(rule["of"] in above(reading.vocabulary, one.concept) for one in (*reading.mentions, *reading.at_large)):
            end = at + 1 if words[at + 1].plain in rule["spaces"] else at
            for concept in rule["words"][word.plain]:
                yield Mention(concept, "AnatomicalSites", word.start, words[end].end, sentence.index, at, end)


@cache
def _forms() -> dict[str, list[str]]:
    return {str(word): list(concepts) for word, concepts in rules("sites")["twofold"].items()}


def _twofold(sentence: Sentence) -> Iterator[Mention]:
    """Two places in one word: “hepatobiliary”, “thoraco-lumbar”."""
    words, forms = sentence.words, _forms()
    for at, word in enumerate(words):
        last = at
        joined = word.plain
        if joined.endswith("o") and at + 1 < len(words):
            last = at + 2 if words[at + 1].text in "-‐‑–" and at + 2 < len(words) else at + 1
            joined += words[last].plain
        last = last if joined in forms else at
        for concept in forms.get(joined if joined in forms else word.plain, ()):
            if last + 1 < len(words) and words[last + 1].plain in rules("sites")["twofold_heads"]:
                return
            start, end = words[at].start, words[last].end
            yield Mention(concept, "AnatomicalSites", start, end, sentence.index, at, last)


def _number(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The number that a word writes, and the last word of it: “7 th”, “VIIth”, “third”."""
    rule, words = rules("sites")["nerves"], sentence.words
    plain = words[at].plain
    number = rule["ordinals"].get(plain)
    last = at
    if number is None and (match := _NUMBER.fullmatch(plain)):
        number = int(match[1]) if match[1] else rule["roman"].get(match[2])
        if match[2] and not words[at].text[:2].isupper() and words[at].text not in ("V", "X"):
            return None
        if at + 1 < len(words) and words[at + 1].plain in _ENDINGS:
            last = at + 1
    return None if number is None else (number, last)


def numbered(sentence: Sentence) -> Iterator[Mention]:
    """Cranial nerves by their numbers: “cranial nerves III and VI”, “left 6th and 7th nerve palsies”."""
    rule, words = rules("sites")["nerves"], sentence.words
    found = False
    for head, word in enumerate(words):
        short = word.text in rule["short"]
        if word.plain not in rule["heads"] and not short:
            continue
        cranial = head > 0 and words[head - 1].plain == "cranial"
        named = short or cranial
        if word.plain == "nerve" or found:
            for one in _counted(sentence, head - 2 if cranial else head - 1, -1, strict=not cranial):
                near = one.last >= head - (3 if cranial else 2)
                yield replace(one, last=head, end=word.end) if near else one
                found = True
        if named or (head > 0 and words[head - 1].plain == "nerve"):
            begin = head - 1 if cranial else head
            for one in _counted(sentence, head + 1, 1, strict=not named):
                near = one.first == head + 1
                yield replace(one, first=begin, start=words[begin].start) if near else one
                found = True
    if found:
        # “…, right 5th, left 3rd”
        for at in range(1, len(words) - 1):
            if words[at - 1].plain in rule["sides"] and words[at + 1].plain in _ENDINGS:
                yield from _counted(sentence, at, 1, strict=True)


def palsied(reading: Reading, sentence: Sentence) -> Iterator[Mention]:
    """The nerves of a palsy that is named without the word: “radial, ulnar and peroneal neuropathies”."""
    rule, words = rules("sites")["nerves"], sentence.words
    names = headed_names(reading.vocabulary)
    for head, word in enumerate(words):
        at = head - 1
        while word.plain in rule["palsies"] and at >= 0:
            concept = names.get((words[at].plain, "nerve"))
            if concept and concept not in rule["plain"]:
                yield Mention(concept, "AnatomicalSites", words[at].start, words[at].end, sentence.index, at, at)
            elif words[at].plain not in rule["between"]:
                break
            at -= 1


def _counted(sentence: Sentence, at: int, way: int, *, strict: bool) -> Iterator[Mention]:
    """The nerves whose numbers stand in a row from a word on; ``strict`` if plain figures do not count."""
    rule, words = rules("sites")["nerves"], sentence.words
    while 0 <= at < len(words):
        begin = at - 1 if way < 0 and words[at].plain in _ENDINGS and at else at
        found = _number(sentence, begin)
        if found is None or (strict and words[begin].plain.isdigit() and begin == found[1]):
            if words[at].plain not in rule["between"]:
                return
            at += way
            continue
        number, last = found
        if concept := rule["concepts"].get(str(number)):
            start, end = words[begin].start, words[last].end
            yield Mention(concept, "AnatomicalSites", start, end, sentence.index, begin, last)
        at = begin - 1 if way < 0 else last + 1
