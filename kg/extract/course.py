"""Relapse or first disease, the number of the relapse, the remission before it and how long it lasted.

The cues are data, in ``rules/course.yaml``. Nothing is said of a patient in whom no leukemia is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from kg.extract.compartments import FREE, compartments, isolated, statuses
from kg.extract.leukemia import leukemia
from kg.extract.patterns import Patterns, Rule
from kg.extract.quantities import Quantities, printed
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import TITLE, Sentence

_LONGEST = Decimal(60)


@dataclass(frozen=True)
class _Cue:
    """A cue where it was found."""

    rule: Rule
    place: tuple[int, int]
    groups: dict[str, str | None]


@cache
def _patterns() -> Patterns:
    return Patterns(rules("course"))


@cache
def _quantities() -> Quantities:
    return Quantities(rules("quantities"))


def course(reading: Reading) -> Iterator[Found]:
    """Relapse, its number, remission at onset and its length, isolation, and the status of the compartments."""
    types = list(leukemia(reading))
    if not types:
        return
    told = _Course(reading, types)
    relapse = told.relapse()
    if relapse:
        yield relapse
    is_relapse = relapse is not None and relapse.value == "true"
    status = statuses(reading, is_relapse)
    yield from told.in_remission(relapse)
    if is_relapse:
        yield from told.number()
        yield from told.remission_years()
    yield from compartments(status)
    yield from isolated(reading, status, is_relapse)


class _Course:
    """The cues in what is said of one patient, and what follows from them."""

    def __init__(self, reading: Reading, types: Sequence[Found]) -> None:
        self.reading = reading
        self.types = types
        self._known: dict[str, list[_Cue]] = {}

    def cues(self, group: str, sentences: Iterable[Sentence] | None = None) -> list[_Cue]:
        """The cues of a group in order of their place."""
        if sentences is not None:
            return self._cues(group, sentences)
        if group not in self._known:
            self._known[group] = self._cues(group, self.reading.sentences)
        return self._known[group]

    @staticmethod
    def _cues(group: str, sentences: Iterable[Sentence]) -> list[_Cue]:
        found = [
            _Cue(rule, sentence.flat.place(*match.span()), match.groupdict())
            for sentence in sentences
            for rule, match in _patterns().find(group, sentence.flat.text)
        ]
        return sorted(found, key=lambda cue: cue.place)

    @cached_property
    def told_relapse(self) -> list[_Cue]:
        """Where the patient's sentences speak of relapse."""
        return self.cues("relapse")

    @cached_property
    def leukemic(self) -> list[_Cue]:
        """Where leukemic cells were found in a tissue or fluid."""
        return [*self.cues("leukemic"), *self.cues("leukemic", self._titles)]

    @cached_property
    def remissions(self) -> list[_Cue]:
        """Where the text says that the leukemia was in remission before something that it tells later."""
        last = max((cue.place[0] for cue in (*self.leukemic, *self.told_relapse)), default=0)
        found = [*self.cues("remission"), *self.cues("length")]
        found += [cue for cue in self.cues("achieved") if cue.place[0] < last]
        return sorted(found, key=lambda cue: cue.place)

    @cached_property
    def later(self) -> list[_Cue]:
        """Spans of time after treatment, transplantation or remission."""
        anchors = [cue.place[0] for cue in (*self.remissions, *self.cues("transplant"))]
        return [
            cue
            for cue in self.cues("later")
            if cue.rule.says["as"] != "after" or any(at < cue.place[0] for at in anchors)
        ]

    @cached_property
    def _complication(self) -> list[_Cue]:
        return [*self.cues("complication"), *self.cues("complication", self._titles)]

    @cached_property
    def _titles(self) -> list[Sentence]:
        return [one for one in self.reading.about if one.role == TITLE]

    def relapse(self) -> Found | None:
        """Whether the episode is a relapse."""
        first = self.cues("first")
        strong = self.told_relapse
        if strong:
            if self._only_before(strong):
                return _found("relapse", "false", strong[0], 0.55)
            return _found("relapse", "true", strong[0], 0.93 if len(strong) > 1 or self.remissions else 0.88)
        title = self.cues("relapse", self._titles)
        complication = self._complication
        if title and not complication:
            return _found("relapse", "true", title[0], 0.8)
        persistent = self._persistent
        if self.leukemic and not persistent:
            since = [*self.remissions, *(cue for cue in self.later if cue.rule.says["as"] != "after")]
            begin = 0 if self.cues("had_been") else self._start(min((one.place[0] for one in since), default=0))
            titled = [] if self._complication else self.cues("leukemic", self._titles)
            after = [cue for cue in self.leukemic if since and (cue.place[1] > begin or cue in titled)]
            if since and after and not self._treated_first(since, after):
                return _found("relapse", "true", since[0], 0.8)
        history = self.cues("history")
        at_large = self.cues("relapse", self.reading.about)
        grafted = self.cues("transplant")
        if at_large and not complication and (self.remissions or (history and grafted)):
            return _found("relapse", "true", at_large[0], 0.6)
        if not complication and not persistent and (guess := self._guessed(first, history, at_large)):
            return _found("relapse", "true", guess, 0.55)
        if history and self.leukemic and not first and not complication:
            return None
        cue = next(iter((*persistent, *first)), None)
        place = cue.place if cue else (self.types[0].start, self.types[0].end)
        return Found("relapse", "false", *place, confidence=0.85 if cue else 0.6)

    @cached_property
    def _persistent(self) -> list[_Cue]:
        """Where the text says that the disease never went away, unless it did in the end."""
        found = self.cues("persistent")
        last = max((cue.place[0] for cue in found), default=0)
        begins = [cue.place[0] for cue in self.leukemic]
        return [] if any(last < one.place[0] < max(begins, default=0) for one in self.remissions) else found

    def _guessed(self, first: list[_Cue], history: list[_Cue], at_large: list[_Cue]) -> _Cue | None:
        """What suggests a relapse that is not named: a leukemia treated before, and leukemic cells or a tumor now."""
        treated = self.cues("treated")
        strong = [cue for cue in first if cue.rule.says["as"] == "strong"]
        if treated and (self.leukemic or self.cues("lesion")):
            earlier = [cue for cue in treated if cue.rule.says["as"] == "earlier"]
            found = min(cue.place[0] for cue in self.leukemic or self.cues("lesion"))
            cue = next(iter(earlier or [one for one in treated if history or one.place[0] < found]), None)
            if cue and not (strong and not history and not earlier):
                return cue
        return at_large[0] if at_large and self.leukemic and not strong else None

    def in_remission(self, relapse: Found | None) -> Iterator[Found]:
        """Whether the leukemia was in remission when the episode began."""
        since = [*self.cues("remission"), *([] if relapse is None or relapse.value == "false" else self.later)]
        if relapse is not None and relapse.value == "true":
            afresh = max((cue.place[0] for cue in self.cues("afresh")), default=0)
            since += [*self.remissions, *(cue for cue in self.cues("achieved") if cue.place[0] < afresh)]
            since.sort(key=lambda cue: cue.place)
            marrow = statuses(self.reading, True).get("marrow")
            if since:
                yield _found("in_remission", "true", since[0], 0.9)
            elif marrow and marrow.value == FREE and not marrow.weak:
                yield Found("in_remission", "true", *marrow.place, confidence=0.55)
            return
        if since and relapse is not None and (self._complication or self._begins_with(since) or not self.leukemic):
            yield _found("in_remission", "true", since[0], 0.7)
            return
        if relapse is None or relapse.value == "true":
            return
        inducing = self.cues("inducing")
        if (
            not self.leukemic
            and not inducing
            and (self._complication or self.cues("on_treatment"))
            and not self.cues("persistent")
        ):
            return
        yield Found("in_remission", "false", relapse.start, relapse.end, 0.7)

    def _begins_with(self, since: list[_Cue]) -> bool:
        """Whether a sentence says both that the leukemia was in remission and that something began."""
        begins = {self._start(cue.place[0]) for cue in self.cues("begins")}
        return any(self._start(cue.place[0]) in begins for cue in since)

    def number(self) -> Iterator[Found]:
        """Which relapse it is, where the text counts relapses or remissions, or names an earlier one."""
        best: tuple[int, _Cue] | None = None
        for cue in self.cues("number"):
            says = cue.rule.says
            ordinal = _quantities().ordinal(cue.groups.get("ordinal") or "")
            value = int(says["fixed"]) if "fixed" in says else None
            if value is None and ordinal is not None:
                value = ordinal + int(says["add"])
            if value and (best is None or value > best[0]):
                best = value, cue
        if best:
            yield _found("relapse_number", str(best[0]), best[1], 0.7)

    def remission_years(self) -> Iterator[Found]:
        """How long the remission had lasted; from transplantation where the paper counts from there."""
        for cue in self.cues("year_of"):
            order = _quantities().ordinal((cue.groups["number"] or "").strip())
            if order:
                detail = {"at_least": str(order - 1), "below": str(order)}
                yield Found("remission_years", str(order - 1), *cue.place, confidence=0.85, detail=detail)
                return
        spans = self.cues("length")
        later = [cue for cue in self.cues("later") if cue.rule.says["as"] == "after"]
        for cue in [*spans, *self._after_anchor(later)]:
            years = _years(cue)
            if years is not None and years <= _LONGEST:
                confidence = 0.85 if cue in spans else 0.6
                yield Found("remission_years", printed(years), *cue.place, confidence=confidence)
                return

    def _after_anchor(self, later: list[_Cue]) -> Iterator[_Cue]:
        """“In remission after transplantation. Five years later …”: a span after remission with no episode between."""
        begun = [cue.place[0] for cue in (*self.cues("begins"), *self.told_relapse)]
        telling = [one for one in self.reading.sentences if not _patterns().fits("announces", one.flat.text)]
        first = min((cue.place[0] for cue in self.cues("relapse", telling)), default=None)
        for cue in later:
            before = [one.place[0] for one in self.remissions if one.place[0] < cue.place[0]]
            at_once = before and not any(before[-1] < at < cue.place[0] for at in begun)
            if at_once and (first is None or before[-1] < first):
                yield cue

    def _start(self, position: int) -> int:
        return max((one.start for one in self.reading.sentences if one.start <= position), default=0)

    def _treated_first(self, since: list[_Cue], after: list[_Cue]) -> bool:
        """Whether the remission is the end of the story: all leukemic cells were found before it."""
        return all(cue.rule.says.get("as") is None for cue in since) and not any(
            cue.place[0] > since[0].place[1] for cue in after
        )

    def _only_before(self, strong: list[_Cue]) -> bool:
        """Whether relapse is only what the patient had before a complication of the treatment."""
        if self.leukemic or not self._complication:
            return False
        earlier = [cue.place for cue in self.cues("earlier_relapse")]
        return all(any(a <= cue.place[0] and cue.place[1] <= b for a, b in earlier) for cue in strong)


def _years(cue: _Cue) -> Decimal | None:
    groups = cue.groups
    if not groups.get("number") or not groups.get("unit"):
        return None
    years = _quantities().years(groups["number"] or "", groups["unit"] or "")
    if years is not None and groups.get("more"):
        years += _quantities().years(groups["more"] or "", groups.get("moreunit") or "") or 0
    return years


def _found(field: str, value: str, cue: _Cue, confidence: float) -> Found:
    return Found(field, value, *cue.place, confidence=confidence)
