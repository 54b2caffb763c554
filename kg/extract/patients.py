"""Which sentences speak of which patient.

Patients are told apart by number (“Case 2”, “the second patient”) and by how they are introduced (“a 5-year-old girl”).
The cues are data, in ``rules/patients.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from kg.extract.patterns import Patterns
from kg.extract.rulefiles import rules
from kg.extract.sentences import CASE, TITLE, Sentence


@dataclass
class _Patient:
    """A patient as far as the text has told, with the sentences on this one."""

    number: int | None = None
    age: str | None = None
    sex: str | None = None
    sentences: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class _Introduction:
    at: int
    end: int
    age: str
    sex: str | None


@cache
def _patterns() -> Patterns:
    return Patterns(rules("patients"))


def parted(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences, those cut in two that introduce one patient after another."""
    found: list[Sentence] = []
    for sentence in sentences:
        for part in _parts(sentence):
            found.append(part.with_(index=len(found)))
    return found


def split(sentences: Sequence[Sentence]) -> list[Sequence[Sentence]]:
    """The sentences of each patient; background and what is said of others belong to none."""
    told = [sentence for sentence in sentences if sentence.role == CASE]
    if not any(sentence.firm for sentence in told) or _cohort(sentences, told):
        return []
    patients = _patients(told, _several(sentences), _announced(sentences))
    if len(patients) > 1:
        return [patient.sentences for patient in patients]
    apart = bool(patients) and (patients[0].age is not None or patients[0].number is not None)
    return [told] * (1 if apart else _announced(sentences))


def _cohort(sentences: Sequence[Sentence], told: Sequence[Sentence]) -> bool:
    """Whether the text is a study of many, none of whom it introduces; “two patients” after it are two of them."""
    fits = _patterns().fits
    many = next((one.index for one in sentences if fits("cohort", one.flat.text)), None)
    if many is None or any(fits(group, one.flat.text) for one in told for group in ("introduced", "alone", "numbered")):
        return False
    return not any(fits("announced", one.flat.text) for one in told if one.index <= many)


def _several(sentences: Sequence[Sentence]) -> bool:
    """Whether another age makes another patient: the text speaks of several, and is not on one alone."""
    fits = _patterns().fits
    if any(sentence.part for sentence in sentences):
        return True
    if any(sentence.role == CASE and fits("alone", sentence.flat.text) for sentence in sentences):
        return _announced(sentences) > 1
    return any(fits("several", sentence.flat.text) for sentence in sentences)


def _announced(sentences: Sequence[Sentence]) -> int:
    """How many patients the paper says it tells of at once."""
    for sentence in sentences:
        if sentence.role in (CASE, TITLE):
            if _patterns().fits("alone", sentence.flat.text):
                return 1
            for _, match in _patterns().find("announced", sentence.flat.text):
                word = match["count"]
                return int(word) if word.isdigit() else int(rules("patients")["ordinals"][word])
    return 1


def _patients(told: Sequence[Sentence], several: bool, announced: int) -> list[_Patient]:
    patients: list[_Patient] = []
    shared: list[Sentence] = []
    current: _Patient | None = None
    for sentence in told:
        text = sentence.flat.text
        if sentence.shared:
            shared.append(sentence)
            continue
        met = _meet(patients, current, text, several)
        if met is not None:
            current = met
        elif current is None or (max(len(patients), announced) > 1 and _patterns().fits("together", text)):
            shared.append(sentence)
            continue
        current.sentences.append(sentence)
    known = {patient.number or announced + 1 for patient in patients}
    if announced > 1 and 0 < max(known, default=0) <= announced:
        # Of some who are announced together only a few are told apart.
        patients += [_Patient(number) for number in range(1, announced + 1) if number not in known]
        patients.sort(key=lambda one: one.number or 0)
    for patient in patients:
        patient.sentences = sorted([*shared, *patient.sentences], key=lambda one: one.index)
    return patients


def _meet(patients: list[_Patient], current: _Patient | None, text: str, several: bool) -> _Patient | None:
    """The patient whom a sentence names or introduces, one of those known or a new one."""
    introduced = next(iter(_introductions(text)), None)
    number = _number(text)
    if number is not None:
        known = next((one for one in patients if one.number == number), None)
        if known is None and number > 1 and current is not None and len(patients) == 1 and current.number is None:
            current.number = 1
        if known is None and number == 1 and len(patients) == 1 and patients[0].number is None:
            known = patients[0]
            known.number = 1
        return _known_as(patients, known or _new(patients, number), introduced)
    if introduced is None:
        return _spoken_of(patients, text)
    same = next((one for one in patients if one.age == introduced.age and one.sex in (None, introduced.sex)), None)
    if same is None and introduced.sex is None:
        same = next((one for one in patients if one.age == introduced.age), None)
    if same is not None:
        return same
    if current is None or not patients:
        return _known_as(patients, _new(patients, None), introduced)
    if current.age is None:
        return _known_as(patients, current, introduced)
    other_sex = None not in (current.sex, introduced.sex) and current.sex != introduced.sex
    return _known_as(patients, _new(patients, None), introduced) if other_sex or several else None


def _spoken_of(patients: list[_Patient], text: str) -> _Patient | None:
    """The only patient of a sex whom “the girl” can mean."""
    for _, match in _patterns().find("spoken_of", text):
        sex = "Male" if match["male"] else "Female"
        fitting = [one for one in patients if one.sex == sex]
        if len(patients) > 1 and len(fitting) == 1:
            return fitting[0]
    return None


def _new(patients: list[_Patient], number: int | None) -> _Patient:
    patients.append(_Patient(number))
    return patients[-1]


def _known_as(patients: list[_Patient], patient: _Patient, introduced: _Introduction | None) -> _Patient:
    if introduced is not None and patient.age is None:
        patient.age, patient.sex = introduced.age, introduced.sex
    return patient


def _number(text: str) -> int | None:
    for _, match in _patterns().find("numbered", text):
        if match.start() <= 30:
            word = match["number"]
            return int(word) if word.isdigit() else int(rules("patients")["ordinals"][word])
    return None


def _introductions(text: str) -> list[_Introduction]:
    """The patients introduced, by place."""
    found = []
    for _, match in _patterns().find("introduced", text):
        sex = "Male" if match["male"] else "Female" if match["female"] else None
        unit = (match.groupdict().get("unit") or "y")[0]
        found.append(_Introduction(match.start(), match.end(), f"{match['age']} {unit}", sex))
    return sorted(found, key=lambda one: one.at)


def _parts(sentence: Sentence) -> list[Sentence]:
    if sentence.role != CASE:
        return [sentence]
    introductions = _introductions(sentence.flat.text)
    if len({(one.age, one.sex) for one in introductions}) < 2:
        return [sentence]
    text = sentence.flat.text
    cuts = [_word_at(sentence, one.at) for one in introductions[1:]]
    between = text[introductions[-2].end : introductions[-1].at]
    common = not between.replace("and", "").strip(" ,") and len(text) > introductions[-1].end + 1
    if common:
        cuts.append(_word_at(sentence, introductions[-1].end + 1))
    parts: list[Sentence] = []
    for first, last in pairwise([0, *cuts, len(sentence.words)]):
        if first < last:
            words = sentence.words[first:last]
            part = replace(sentence, start=words[0].start, end=words[-1].end, words=words, part=len(parts))
            parts.append(part)
    if common and len(parts) > 1:
        parts[-1] = replace(parts[-1], shared=True)
    return parts


def _word_at(sentence: Sentence, position: int) -> int:
    """The number of the word at a position of the plain text."""
    place = sentence.flat.place(position, position + 1)[0]
    return next(number for number, word in enumerate(sentence.words) if word.start >= place)
