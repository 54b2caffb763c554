"""The type of leukemia that the patient has: the most specific name that the text gives for it.

Each name in the patient's sentences counts by how it is said. A more specific name wins over a general one; FAB
classes, lineage and the Philadelphia chromosome, told apart from the name, make it more specific. A tumor of myeloid
cells is how a leukemia shows itself: its type is that of the leukemia, where the text names it.

The cues are data, in ``rules/leukemia.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from kg.extract.patterns import Patterns, Rule
from kg.extract.reading import Found, Mention, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import CASE, TITLE

SCHEME = "LeukemiaTypes"
_DYSPLASIA = "MyelodysplasticSyndrome"
_ROOTS = ("Leukemia", "BlasticPlasmacytoidDendriticCellNeoplasm", "PlasmaCellLeukemia", _DYSPLASIA)
_ACUTE = ("AcuteLeukemia", "BlasticPlasmacytoidDendriticCellNeoplasm")
_TUMOR, _TUMORS_LEUKEMIA = "MyeloidSarcoma", "AcuteMyeloidLeukemia"
_UNKNOWN, _LINEAGES = "AcuteUndifferentiatedLeukemia", ("AcuteLymphoblasticLeukemia", "AcuteMyeloidLeukemia")
_ENOUGH, _WEIGHED = 0.5, 0.2
_SHORT_FORM = re.compile(r"^(?: \( [\w/ ]{1,20} \)| \))")
_GENERAL = frozenset({"Leukemia", "AcuteLeukemia", "MyeloidLeukemia", "LymphoidLeukemia"})


@dataclass
class _Candidate:
    """A type with what speaks for it and where it stands first."""

    weight: float = 0.0
    places: list[tuple[int, int]] = field(default_factory=list)


@cache
def _patterns() -> Patterns:
    return Patterns(rules("leukemia"))


def leukemia(reading: Reading) -> Iterator[Found]:
    """The leukemia, or several where the patient has several at once; nothing for a patient without one."""
    yield from reading.once(SCHEME, lambda: tuple(_leukemia(reading)))


def _leukemia(reading: Reading) -> Iterator[Found]:
    candidates = _sure(reading, _named(reading))
    other = any(_patterns().fits("other_malignancy", sentence.flat.text) for sentence in reading.sentences)
    if any(_patterns().fits("ruled_out", sentence.flat.text) for sentence in reading.sentences):
        candidates = {name: one for name, one in candidates.items() if name not in _GENERAL}
        other = other or not candidates
    certain = max((one.weight for one in candidates.values()), default=0.0)
    if other and certain < _ENOUGH:
        return
    if certain < _WEIGHED:
        candidates = {name: one for name, one in candidates.items() if name not in _GENERAL}
    confidence = 0.95 if certain >= 1 else 0.7
    if not candidates:
        if other:
            yield from _proven_tumor(reading)
            return
        candidates, confidence = dict(_implied(reading)), 0.6
    if not candidates:
        return
    _settle_tumor(reading, candidates)
    _settle_dysplasia(reading, candidates)
    _settle_undifferentiated(reading, candidates)
    if not candidates:
        return
    best = _best(reading, candidates)
    for name in [best, *_beside(reading, best, candidates)]:
        specific, place = _refined(reading, name, candidates[name].places[0])
        yield Found("leukemia", specific, *place, confidence=confidence)


def _proven_tumor(reading: Reading) -> Iterator[Found]:
    """The tumor that the opening names, where the patient's cells prove it though another growth was thought of."""
    cells = next(((one, rule) for one in reading.sentences for rule in _patterns().find("proof", one.flat.text)), None)
    if cells and _TUMOR in _named(_at_large(reading)):
        yield Found("leukemia", _TUMOR, *cells[0].flat.place(*cells[1][1].span()), confidence=0.6)


def _named(reading: Reading) -> dict[str, _Candidate]:
    """The types named for this patient."""
    found: dict[str, _Candidate] = {}
    for mention in reading.mentions:
        if mention.scheme != SCHEME or not any(reading.is_a(mention.concept, root) for root in _ROOTS):
            continue
        weight = _weight(reading, mention)
        if weight:
            candidate = found.setdefault(mention.concept, _Candidate())
            candidate.weight += weight
            candidate.places.append((mention.start, mention.end))
    return found


def _sure(reading: Reading, candidates: dict[str, _Candidate]) -> dict[str, _Candidate]:
    """The types said of the patient; of those only weighed, the one that says which kind a general one is."""
    sure = {name: one for name, one in candidates.items() if one.weight >= _ENOUGH}
    if not sure:
        return candidates
    if sure.keys() == {_TUMOR}:
        # What the opening names beside the tumor, if it is more than the leukemia that every such tumor is of.
        general = reading.vocabulary.ancestors(_TUMORS_LEUKEMIA)
        kinds = {name: one for name, one in _titled(reading).items() if name not in general and name != _TUMOR}
        return sure | kinds if len(kinds) == 1 else sure
    if sure.keys() <= _GENERAL:
        kinds = {
            name: one
            for name, one in candidates.items()
            if one.weight >= _WEIGHED and name not in _GENERAL and all(reading.is_a(name, other) for other in sure)
        }
        if not kinds and sure.keys() == {"Leukemia"}:
            kinds = {name: one for name, one in _titled(reading).items() if name not in _GENERAL and name != _TUMOR}
        if len(kinds) == 1:
            return sure | kinds
    return sure


def _titled(reading: Reading) -> dict[str, _Candidate]:
    """The types that the title names for certain, or what the text says before it comes to the patient."""
    whole = reading.whole or reading
    first = min((one.index for one in reading.sentences), default=0)
    for opening in (reading.about, [one for one in whole.sentences if one.index < first]):
        own = {one.index for one in opening}
        mentions = [one for one in whole.mentions if one.sentence in own]
        named = _named(Reading(reading.document, opening, mentions, reading.vocabulary))
        if sure := {name: one for name, one in named.items() if one.weight >= _ENOUGH}:
            return sure
    return {}


def _settle_dysplasia(reading: Reading, candidates: dict[str, _Candidate]) -> None:
    """Drop a myelodysplastic syndrome where an acute leukemia came of it, or where nothing says that it is more."""
    acute = any(reading.is_a(name, kind) for name in candidates if name != _TUMOR for kind in _ACUTE)
    more = any(_patterns().fits("leukemic", sentence.flat.text) for sentence in reading.sentences)
    if acute or not more:
        candidates.pop(_DYSPLASIA, None)


def _settle_undifferentiated(reading: Reading, candidates: dict[str, _Candidate]) -> None:
    """Take the lineage for a leukemia called undifferentiated where patient or title have it too."""
    if _UNKNOWN not in candidates:
        return
    titled = {} if len(candidates) > 1 else _named(_at_large(reading))
    lineages = [name for name in (*candidates, *titled) if any(reading.is_a(name, kind) for kind in _LINEAGES)]
    if lineages:
        candidates.setdefault(lineages[0], candidates[_UNKNOWN])
        del candidates[_UNKNOWN]


def _weight(reading: Reading, mention: Mention) -> float:
    flat = reading.sentence(mention).flat
    if "family" in mention.said and not _patterns().fits("kin", flat.text):
        return 0.0
    start = flat.at(mention.start)
    end = flat.at(mention.end - 1)
    end = flat.text.find(" ", end) if flat.text.find(" ", end) > 0 else len(flat.text)
    after = _SHORT_FORM.sub("", flat.text[end : end + 60])
    behind, before = _SHORT_FORM.sub("", flat.text[end:]), flat.text[max(0, start - 60) : start]
    after = behind[:60]
    if "absent" in mention.said and not (_ends(before, "theirs") or _begins(behind, "outlived")):
        return 0.0
    if _begins(behind, "never"):
        return 0.0
    diagnosed = [rule for rule, cue in _patterns().find("diagnosed", before) if cue.end() >= len(before)]
    doubts = {"others"} if any(rule.says.get("as") == "sure" for rule in diagnosed) else {"possible", "others"}
    weight = 0.3 if mention.said & doubts else 1.0
    if _ends(before, "not_before"):
        return 0.1
    if any(cue.start() <= 1 for _, cue in _patterns().find("not_after", after)):
        weight *= 0.3
    elif diagnosed:
        weight *= 1.2
    return weight * (1.5 if reading.sentence(mention).firm else 1.0)


def _ends(before: str, group: str) -> bool:
    """Whether the words before a name end with a cue of a group."""
    return any(cue.end() >= len(before) for _, cue in _patterns().find(group, before))


def _begins(behind: str, group: str) -> bool:
    """Whether the words after a name begin with a cue of a group."""
    return any(cue.start() <= len(" , ") for _, cue in _patterns().find(group, behind))


def _settle_tumor(reading: Reading, candidates: dict[str, _Candidate]) -> None:
    """Drop the tumor where the leukemia behind it is named; names more general than its own do not count."""
    general = reading.vocabulary.ancestors(_TUMORS_LEUKEMIA) - {_TUMORS_LEUKEMIA}
    if any(name not in general and name != _TUMOR for name in candidates):
        candidates.pop(_TUMOR, None)


def _best(reading: Reading, candidates: Mapping[str, _Candidate]) -> str:
    """The most specific type for which most speaks; what is said of a more general one speaks for it as well."""

    def score(name: str) -> float:
        above = reading.vocabulary.ancestors(name)
        return sum(one.weight for other, one in candidates.items() if other in above)

    leaves = [name for name in candidates if not any(reading.is_a(o, name) for o in candidates if o != name)]
    return max(leaves, key=lambda name: (score(name), candidates[name].weight, -candidates[name].places[0][0]))


def _beside(reading: Reading, best: str, candidates: Mapping[str, _Candidate]) -> Iterator[str]:
    """Types that the text puts beside the best one: “relapses of APL and acute myelomonocytic leukemia”."""
    for name, one in candidates.items():
        if name == best or reading.is_a(best, name) or reading.is_a(name, best) or one.weight < 1:
            continue
        for first, last in zip(candidates[best].places, one.places, strict=False):
            between = reading.stretch(min(first[1], last[1]), max(first[0], last[0]))
            if between.strip(" ,") in ("and", "as well as", "and an", "and a"):
                yield name
                break


def _refined(reading: Reading, name: str, place: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """The type made more specific by what the patient's sentences say apart from its name."""
    order = {id(rule): number for number, rule in enumerate(_patterns().rules["refine"])}
    told = [
        (rule, sentence.flat.place(*match.span()))
        for sentence in reading.sentences
        for rule, match in _patterns().find("refine", sentence.flat.text)
    ]
    told.sort(key=lambda one: order[id(one[0])])
    changed = True
    while changed:
        changed = False
        for rule, span in told:
            target = str(rule.says["is"])
            if target in reading.vocabulary.concepts and _may_refine(reading, name, rule.says, target):
                name, place, changed = target, span, True
                break
    return name, place


def _may_refine(reading: Reading, name: str, rule: Mapping[str, object], target: str) -> bool:
    if target == name or name == _TUMOR:
        return False
    if not reading.is_a(name, str(rule["of"])):
        return name in _GENERAL and not rule.get("least") and reading.is_a(target, name)
    if rule.get("least"):
        return name == rule["of"] or (rule["of"] == "Leukemia" and name == "AcuteLeukemia")
    return bool(rule.get("aside")) or reading.is_a(target, name)


def _implied(reading: Reading) -> Iterator[tuple[str, _Candidate]]:
    """The type where the patient's sentences name none: by title and background, by the cells, by the drug.

    Last comes what is said of others, if of one kind, and that there is leukemia at all.
    """
    said = any(_patterns().fits("unnamed", sentence.flat.text) for sentence in reading.sentences)
    titled = any(sentence.role == TITLE for sentence in reading.about)
    wide: dict[str, _Candidate] = {}
    if said or titled:
        wide = _named(_at_large(reading))
        strong = {name: one for name, one in wide.items() if one.weight >= _ENOUGH and name != _TUMOR}
        if strong:
            yield from strong.items()
            return
    *by_cells, at_all = _patterns().rules["implied"]
    if cells := _first(reading, by_cells):
        yield cells
    elif (said or _of_several(reading)) and reading.whole is not None and (others := _named(reading.whole)):
        yield max(others.items(), key=lambda one: (one[0] not in _GENERAL, one[0] != _TUMOR, one[1].weight))
    elif leukemic := _first(reading, [at_all]):
        yield leukemic
    elif titled and _TUMOR in wide:
        yield _TUMOR, wide[_TUMOR]


def _of_several(reading: Reading) -> bool:
    """Whether the document tells of other patients beside this one."""
    told = () if reading.whole is None else reading.whole.sentences
    return sum(sentence.role == CASE for sentence in told) > len(reading.sentences)


def _first(reading: Reading, several: Sequence[Rule]) -> tuple[str, _Candidate] | None:
    """The type of the first rule that fits a sentence of the patient."""
    for rule in several:
        for sentence in reading.sentences:
            match = next(rule.find(sentence.flat.text), None)
            if match:
                return str(rule.says["is"]), _Candidate(1.0, [sentence.flat.place(*match.span())])
    return None


def _at_large(reading: Reading) -> Reading:
    return Reading(reading.document, reading.about, reading.at_large, reading.vocabulary)
