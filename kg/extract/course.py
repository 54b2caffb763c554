"""The course of the leukemia: relapse or first disease, the number of the relapse, and the remission before it.

The cues are data, in ``rules/course.yaml``. Nothing is said of a patient in whom no leukemia is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from kg.extract.compartments import FREE, compartments, isolated, statuses
from kg.extract.evidence import Cue
from kg.extract.leukemia import leukemia
from kg.extract.quantities import Quantities, printed
from kg.extract.reading import Found, Reading
from kg.extract.relapse import only_at_the_end, relapse_of
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
    relapse = relapse_of(told)
    if relapse:
        yield relapse
    is_relapse = relapse is not None and relapse.value == "true"
    status = statuses(reading, is_relapse)
    tumor = any(one.concept == "MyeloidSarcoma" for one in reading.mentions)
    yield from told.in_remission(relapse)
    if is_relapse:
        yield from told.number()
        yield from told.remission_years()
    yield from compartments(status)
    yield from isolated(reading, status, is_relapse or tumor)


class _Course(Story):
    """The remission before the episode, and which relapse it is."""

    def in_remission(self, relapse: Found | None) -> Iterator[Found]:
        """Whether the leukemia was in remission when the episode began."""
        if relapse is not None and relapse.value == "true":
            yield from self._before_relapse()
        elif relapse is not None:
            yield from self._without_relapse(relapse)

    def _before_relapse(self) -> Iterator[Found]:
        afresh = max((cue.place[0] for cue in self.cues("afresh")), default=0)
        since = [*self.cues("remission"), *self.later, *self.remissions]
        since += [cue for cue in self.cues("achieved") if cue.place[0] < afresh]
        since += self.again
        since.sort(key=lambda cue: cue.place)
        marrow = statuses(self.reading, True).get("marrow")
        active = self.cues("active")
        now = [cue for cue in active if cue.rule.says.get("as") == "now"]
        grafted = [cue for cue in self.cues("grafted") if cue.rule.says["as"] == "after"]
        if active and (not since or (now and not any(cue.place[0] > now[0].place[1] for cue in self.remissions))):
            yield found_at("in_remission", "false", (now or active)[0], 0.6)
        elif since:
            yield found_at("in_remission", "true", since[0], 0.9)
        elif marrow and marrow.value == FREE and not marrow.weak:
            yield Found("in_remission", "true", *marrow.place, confidence=0.55)
        elif implied := grafted or self._treated_to_the_end() or self.cues("implied") or self._titled():
            yield found_at("in_remission", "true", implied[0], 0.5)

    def _titled(self) -> list[Cue]:
        """Where the title says that the leukemia was in remission."""
        return self.cues("remission", self.titles)

    def _treated_to_the_end(self) -> list[Cue]:
        """Where the treatment is told to have been completed before."""
        later = max((cue.place[0] for cue in (*self.cues("later"), *self.leukemic)), default=-1)
        return [cue for cue in self.cues("completed") if cue.place[0] < later]

    def _without_relapse(self, relapse: Found) -> Iterator[Found]:
        """In remission if that is told before what the paper is on; not if it is on how the leukemia first showed."""
        survived = self._survived()
        told = sorted([*self.cues("remission"), *self.cues("achieved"), *survived], key=lambda cue: cue.place)
        partly = self.cues("partial")
        ended = self.told_relapse and only_at_the_end(self, self.told_relapse, self.cues("first"))
        if told:
            before = not ended and (bool(survived) or self._reached_before(told))
            yield found_at("in_remission", "true" if before else "false", told[0], 0.65)
        elif self._titled() and self.complication:
            yield found_at("in_remission", "true", self._titled()[0], 0.5)
        elif partly or self.cues("presenting") or self.cues("persistent") or self._told_of_it():
            place = partly[0].place if partly else (relapse.start, relapse.end)
            yield Found("in_remission", "false", *place, confidence=0.7)

    def _survived(self) -> list[Cue]:
        """Where another illness came some time after the treatment of the leukemia had ended."""
        other = self.complication or self.another or not self.leukemic
        return [cue for cue in self.later if cue.rule.says["as"] == "stopped"] if other else []

    def _reached_before(self, told: list[Cue]) -> bool:
        """Whether the remission that is told came before what the paper is on, and was not the end of it."""
        reached = told[0].place[0]
        found = any(cue.place[0] < reached for cue in self.leukemic)
        # A growth in a text that finds no leukemia, but another illness, is not how the leukemia showed.
        growth = self.cues("lesion") if self.leukemic or not self.complication else []
        first = (*self.cues("presenting"), *self.cues("inducing"), *growth)
        shown = any(cue.place[0] < reached for cue in first)
        # A relapse that was thought of came after a remission; “no relapse” may as well be told of the end.
        weighed = [*self.cues("feared"), *([] if shown and found else self.cues("denied"))]
        if any(cue.place[0] > reached for cue in weighed):
            return True
        # What befell the patient during induction was there before the remission.
        if any(one.place[0] < reached for one in self.cues("inducing")) and any(
            one.place[0] < reached for one in self.complication
        ):
            return False
        # A remission that is reached when all else has been told is how it ended.
        onsets = [one.place[0] for one in (*self.cues("begins"), *self.complication)]
        state = self.cues("remission") or self.cues("had_been")
        if told[0] in self.cues("achieved") and onsets and max(onsets) < reached and not state:
            return False
        if self._begins_with(told) and not (shown and found):
            return True
        return not shown and (not self.leukemic or any(cue.place[0] > reached for cue in self.complication))

    def _told_of_it(self) -> bool:
        """Whether the text is on the leukemia, and not on another illness or on what came on treatment."""
        return bool(self.leukemic or self.cues("inducing")) or not (self.complication or self._on_treatment())

    def _begins_with(self, since: list[Cue]) -> bool:
        """Whether a sentence says both that the leukemia was in remission and that something began."""
        begins = {self.start(cue.place[0]) for cue in self.cues("begins")}
        return any(self.start(cue.place[0]) in begins for cue in since)

    def _on_treatment(self) -> bool:
        """Whether something happened on treatment; treatment up to a remission is not meant."""
        reached = {self.start(cue.place[0]) for cue in self.cues("achieved")}
        return any(self.start(cue.place[0]) not in reached for cue in self.cues("on_treatment"))

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
