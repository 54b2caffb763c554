"""Age and sex of the patient, from ``rules/demographics.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.extract.listed import listed_age, listed_sex
from kg.extract.patterns import Patterns
from kg.extract.quantities import Quantities, printed
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import Sentence

_OLDEST = Decimal(115)
_INTRODUCED = 3.0
_JOINED = ("and ", "but ", ", ")
_CLAUSE = re.compile(r" (?:;|but|and (?=he|she|later|then)|who (?=later|then)|\.) ")
_KIN = frozenset({"father", "mother", "brother", "sister", "son", "daughter", "husband", "wife"})


@dataclass(frozen=True)
class _Age:
    years: Decimal
    unit: str
    place: tuple[int, int]
    weight: float


@cache
def _patterns() -> Patterns:
    return Patterns(rules("demographics"))


@cache
def _quantities() -> Quantities:
    return Quantities(rules("quantities"))


def age(reading: Reading) -> Iterator[Found]:
    """The age at the episode that the paper reports; in years, or in the paper's words (``age_text``)."""
    ages = [one for number, sentence in enumerate(reading.sentences) for one in _ages(sentence, number)]
    listed = listed_age(reading, _patterns(), _quantities())
    if listed is not None and not any(
        one.weight >= _INTRODUCED - 1 and not _meets(one.place, listed[2]) for one in ages
    ):
        years, unit, (start, end) = listed
        detail = {"unit": _quantities().unit(unit) or "years", "printed": reading.stretch(start, end)}
        yield Found("age", printed(years), start, end, 0.85, detail)
        return
    if ages:
        best = max(ages, key=lambda one: one.weight)
        told = {one.years for one in ages if one.weight > 0}
        start, end = best.place
        detail = {"unit": best.unit, "printed": reading.stretch(start, end)}
        yield Found("age", printed(best.years), start, end, 0.97 if len(told) == 1 else 0.85, detail)
        return
    for sentence in reading.sentences:
        for _, match in _patterns().find("age_in_words", sentence.flat.text):
            start, end = sentence.flat.place(*match.span("words"))
            yield Found("age_text", reading.stretch(start, end), start, end, 0.8)
            return


def _ages(sentence: Sentence, number: int) -> Iterator[_Age]:
    text = sentence.flat.text
    told: list[tuple[re.Match[str], str, Decimal, str]] = []
    seen: list[tuple[int, int]] = []
    for rule, match in _patterns().find("age", text):
        start, end = match.span("number")
        if any(start < b and a < end for a, b in seen) or _of_others(text, match):
            continue
        groups = match.groupdict()
        unit = groups.get("unit") or "years"
        years = _quantities().years(match["number"], unit)
        if years is not None and groups.get("more") and _within_a_year(groups):
            years += _quantities().years(groups["more"] or "", groups.get("moreunit") or "months") or 0
        if years is None or years > _OLDEST or (years == 0 and unit.startswith("y")):
            continue
        seen.append((start, match.end("more") if groups.get("more") else end))
        told.append((match, str(rule.says["as"]), years, unit))
    for match, how, years, unit in told:
        around = _around(text, match, seen, told=how == "told")
        weight = _weight(around, how) - 0.01 * min(number, 20)
        yield _Age(years, _quantities().unit(unit) or "years", sentence.flat.place(*match.span()), weight)


def _meets(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two places have a part in common."""
    return one[0] < other[1] and other[0] < one[1]


def _within_a_year(groups: Mapping[str, str | None]) -> bool:
    """Whether the months after the years of an age are part of it: “10 years, 26 months after” gives a later time."""
    more = _quantities().years(groups["more"] or "", groups.get("moreunit") or "months")
    return more is not None and more < 1


def _around(text: str, match: re.Match[str], ages: list[tuple[int, int]], *, told: bool) -> str:
    """The part of the sentence that speaks of an age: up to a clause that goes on later.

    An age that is only told, of somebody known, goes with what stands between the ages beside it.
    """
    start = match.start("number")
    begin = max([match.start() - 60, 0, *(b for _, b in ages if told and b <= start)])
    last = min([match.end() + 110, *(a for a, _ in ages if told and a > match.end())])
    # An age that its own words join to the one before has its clause to itself.
    before = "" if match[0].startswith(_JOINED) else text[begin : match.start()].rpartition(" ; ")[2]
    after = _CLAUSE.split(text[match.end() : last])[0]
    return f"{before} | {'' if told and _patterns().fits('at_relapse', before) else after}"


def _weight(around: str, how: str) -> float:
    """How likely it is the age at the episode: how it is told, and what its part of the sentence says."""
    fits = _patterns().fits
    weight = _INTRODUCED if how == "introduced" else 1.0
    if fits("at_episode", around):
        weight += 2.5 if how == "told" and not fits("at_diagnosis", around) else 0.5
    if fits("at_relapse", around):
        weight += 0.4
    if fits("at_diagnosis", around):
        weight -= 0.8
    if fits("at_end", around):
        weight -= 2.5 if how == "told" else 0.5
    return weight


def _of_others(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() : match.end() + 40]
    for rule, other in _patterns().find("not_age", before):
        if rule and other.end() >= len(before.rstrip()):
            return True
    return any(other.start() <= 1 for _, other in _patterns().find("after_not_age", after))


def sex(reading: Reading) -> Iterator[Found]:
    """The patient's sex: as introduced, else by the pronouns, else by an organ that only one sex has."""
    votes: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for sentence in reading.sentences:
        text = sentence.flat.text
        for rule, match in _patterns().find("sex", text):
            how, value = str(rule.says["as"]), str(rule.says["value"])
            last = match[0].split()[-1]
            if how == "introduced" and last in _KIN and not _is_patient(text, match):
                continue
            votes.setdefault((how, value), []).append(sentence.flat.place(*match.span()))
    listed = None if ("introduced", "Male") in votes or ("introduced", "Female") in votes else _listed_sex(reading)
    if listed is not None:
        yield listed
        return
    for how, confidence in (("introduced", 0.97), ("pronoun", 0.93), ("organ", 0.7)):
        male, female = votes.get((how, "Male"), []), votes.get((how, "Female"), [])
        if how == "introduced" and male and female:
            pronouns = len(votes.get(("pronoun", "Male"), [])) - len(votes.get(("pronoun", "Female"), []))
            first = min(*male, *female) in male
            value = "Male" if pronouns > 0 or (not pronouns and first) else "Female"
            confidence = 0.75
        elif len(male) != len(female):
            value = "Male" if len(male) > len(female) else "Female"
        else:
            continue
        start, end = votes[how, value][0]
        yield Found("sex", value, start, end, confidence)
        return


def _listed_sex(reading: Reading) -> Found | None:
    listed = listed_sex(reading, _patterns(), _quantities())
    return None if listed is None else Found("sex", listed[0], *listed[1], 0.85)


def _is_patient(text: str, match: re.Match[str]) -> bool:
    """Whether a word for kin names the patient: “a 38-year-old mother of two presented”."""
    return re.search(r"\bold (?:\w+ )?\w+$", match[0]) is not None and not re.match(
        r" (?:donor|with|had)", text[match.end() :]
    )
