"""The course of the leukemia: relapse or first disease, the number of the relapse, and the remission before it.

The cues are data, in ``rules/course.yaml``. Nothing is said of a patient in whom no leukemia is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from kg.extract.compartments import compartments, isolated, statuses
from kg.extract.evidence import Cue
from kg.extract.facts import Verdict, judge, tells_of_remission
from kg.extract.leukemia import leukemia
from kg.extract.quantities import Quantities, printed
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.story import Story, cues_of, found_at

_LONGEST = Decimal(60)


@cache
def _quantities() -> Quantities:
    return Quantities(rules("quantities"))


def course(reading: Reading) -> Iterator[Found]:
    """Relapse, its number, remission at onset and its length, isolation, and the status of the compartments."""
    types = list(leukemia(reading))
    if not types:
        return
    told = _Course(reading, types)
    relapse = judge(told, "relapse")
    yield told.answer("relapse", relapse)
    status = statuses(reading, relapse.holds)
    tumor = any(one.concept == "MyeloidSarcoma" for one in reading.mentions)
    remission = judge(told, "in_remission")
    if not remission.holds or tells_of_remission(told):
        yield told.answer("in_remission", remission)
    if relapse.holds:
        yield from told.number()
        yield from told.remission_years()
    yield from compartments(status)
    yield from isolated(reading, status, relapse.holds or tumor)


class _Course(Story):
    """The answers to what is asked of every course, and which relapse it is after how long a remission."""

    def answer(self, field: str, verdict: Verdict) -> Found:
        """A verdict as a value, at the fact that says most for it, or at the leukemia where none has a place."""
        place = verdict.cue.place if verdict.cue else (self.types[0].start, self.types[0].end)
        confidence = round(verdict.probability if verdict.holds else 1 - verdict.probability, 2)
        return Found(field, "true" if verdict.holds else "false", *place, confidence=confidence)

    def number(self) -> Iterator[Found]:
        """Which relapse it is, where the text counts relapses or remissions, or names an earlier one."""
        best: tuple[int, Cue] | None = None
        for cue in self.cues("number"):
            says = cue.rule.says
            ordinal = _quantities().ordinal(cue.groups.get("ordinal") or "")
            value = int(says["fixed"]) if "fixed" in says else None
            if value is None and ordinal is not None:
                value = ordinal + int(says["add"])
            if value and (best is None or value > best[0]):
                best = value, cue
        if best:
            yield found_at("relapse_number", str(best[0]), best[1], 0.7)

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

    def _after_anchor(self, later: list[Cue]) -> Iterator[Cue]:
        """“In remission after transplantation. Five years later …”: a span after remission with no episode between."""
        begun = [cue.place[0] for cue in (*self.cues("begins"), *self.told_relapse)]
        telling = [one for one in self.reading.sentences if not cues_of().fits("announces", one.flat.text)]
        first = min((cue.place[0] for cue in self.cues("relapse", telling)), default=None)
        for cue in later:
            anchors = (*self.remissions, *self.cues("grafted"))
            before = sorted(one.place[0] for one in anchors if one.place[0] < cue.place[0])
            at_once = before and not any(before[-1] < at < cue.place[0] for at in begun)
            if at_once and (first is None or before[-1] < first):
                yield cue


def _years(cue: Cue) -> Decimal | None:
    groups = cue.groups
    if not groups.get("number") or not groups.get("unit"):
        return None
    years = _quantities().years(groups["number"] or "", groups["unit"] or "")
    if years is not None and groups.get("more"):
        years += _quantities().years(groups["more"] or "", groups.get("moreunit") or "") or 0
    return years
