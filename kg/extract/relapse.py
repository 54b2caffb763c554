"""Whether the episode that a paper tells is a relapse: the cues in what is said of one patient, and what follows.

A relapse is named, or follows from the story: a leukemia in remission, treated, transplanted or of the past, and
leukemic cells after it, with no other illness that explains the episode. The cues are data, in ``rules/course.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from kg.extract.evidence import Cue, affirmed, cues_in, kind, settled, unsaid, upheld
from kg.extract.patterns import Patterns
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.extract.sentences import OTHERS, TITLE, Sentence

_LYMPHOID = ("ChronicLymphocyticLeukemia", "HairyCellLeukemia")
_CHRONIC = (*_LYMPHOID, "ChronicMyeloidLeukemia", "ChronicMyelomonocyticLeukemia")


@cache
def cues_of() -> Patterns:
    """The cues of the rule file."""
    return Patterns(rules("course"))


class Story:
    """The cues in what is said of one patient, and what follows from them."""

    def __init__(self, reading: Reading, types: Sequence[Found]) -> None:
        self.reading = reading
        self.types = types
        self._known: dict[str, list[Cue]] = {}

    def cues(self, group: str, sentences: Iterable[Sentence] | None = None) -> list[Cue]:
        """The cues of a group in order of their place."""
        if sentences is not None:
            return cues_in(cues_of(), group, sentences)
        if group not in self._known:
            self._known[group] = cues_in(cues_of(), group, self.reading.sentences)
        return self._known[group]

    @cached_property
    def told_relapse(self) -> list[Cue]:
        """Where the patient's sentences speak of relapse."""
        found = affirmed(self.cues("relapse"), self._hedged)
        if not found or not self.complication:
            return found
        tied = self.cues("tied")
        return [cue for cue in found if any(cue.overlaps(other) for other in tied)]

    @cached_property
    def _hedged(self) -> list[Cue]:
        """Words of relapse that do not say that the leukemia came back."""
        return unsaid(self.reading.sentences)

    @cached_property
    def _refuted(self) -> Cue | None:
        """A relapse that was thought of or excluded, where what was found later is another illness."""
        weighed = [cue for cue in self._hedged if kind(cue) != "foreign"]
        if not weighed or any(cue.place[1] > weighed[0].place[0] for cue in self.cues("leukemic")):
            return None
        known = self.complication or self.cues("denied") or any(kind(cue) == "excluded" for cue in weighed)
        return weighed[0] if known or settled(self.reading.sentences, weighed[0].place[1]) else None

    @cached_property
    def leukemic(self) -> list[Cue]:
        """Where leukemic cells were found in a tissue or fluid."""
        return [*self.cues("leukemic"), *self.cues("leukemic", self._titles)]

    @cached_property
    def remissions(self) -> list[Cue]:
        """Where the text says that the leukemia was in remission before something that it tells later."""
        last = max((cue.place[0] for cue in (*self.leukemic, *self.told_relapse)), default=0)
        found = [*self.cues("remission"), *self.cues("length")]
        found += [cue for cue in self.cues("achieved") if cue.place[0] < last]
        return sorted(found, key=lambda cue: cue.place)

    @cached_property
    def later(self) -> list[Cue]:
        """Spans of time after treatment, transplantation or remission."""
        anchors = [cue.place[0] for cue in (*self.remissions, *self.cues("transplant"))]
        return [
            cue
            for cue in self.cues("later")
            if cue.rule.says["as"] != "after" or any(at < cue.place[0] for at in anchors)
        ]

    @cached_property
    def again(self) -> list[Cue]:
        """Where a later remission than the first is told of before the episode, and leukemic cells are found."""
        return self.cues("again") if self._remitted and self.leukemic and not self.complication else []

    @cached_property
    def _remitted(self) -> bool:
        """Whether the text speaks of a remission of this patient at all."""
        return bool(self.cues("achieved") or self.cues("remission") or self.cues("number"))

    @cached_property
    def complication(self) -> list[Cue]:
        """Other illnesses that explain the episode."""
        return [*self.cues("complication"), *self.cues("complication", self._titles)]

    @cached_property
    def _titles(self) -> list[Sentence]:
        return [one for one in self.reading.about if one.role == TITLE]

    def relapse(self) -> Found | None:
        """Whether the episode is a relapse; nothing where the text leaves it open."""
        first = self.cues("first")
        if strong := self.told_relapse:
            if self._only_before(strong) or self._only_at_the_end(strong, first) or self._explained(strong):
                return found_at("relapse", "false", strong[0], 0.55)
            return found_at("relapse", "true", strong[0], 0.93 if len(strong) > 1 or self.remissions else 0.88)
        if self._refuted:
            return found_at("relapse", "false", self._refuted, 0.8)
        title = affirmed(self.cues("relapse", self._titles), unsaid(self._titles))
        if title and (not self.complication or self.cues("titled", self._titles)):
            return found_at("relapse", "true", title[0], 0.8)
        if self.leukemic and not self._persistent:
            if cue := self._after_remission():
                return found_at("relapse", "true", cue, 0.8)
            if cue := self._returned():
                return found_at("relapse", "true", cue, 0.7)
        if self.leukemic and self._remitted and not self.complication and (meanwhile := self.cues("meanwhile")):
            return found_at("relapse", "true", meanwhile[0], 0.7)
        if self.again:
            return found_at("relapse", "true", self.again[0], 0.6)
        history = self.cues("history")
        at_large = self._at_large()
        if at_large and not self.complication and (self.remissions or (history and self.cues("transplant"))):
            return found_at("relapse", "true", at_large[0], 0.6)
        if guess := self._guessed(first, history, at_large) or self._returning(history, at_large):
            return found_at("relapse", "true", guess, 0.55)
        if history and self.leukemic and not first and not self.complication and not self._lingering:
            return None
        cue = next(iter((*self._persistent, *first)), None)
        place = cue.place if cue else (self.types[0].start, self.types[0].end)
        return Found("relapse", "false", *place, confidence=0.85 if cue else 0.6)

    def _after_remission(self) -> Cue | None:
        """The remission after which leukemic cells were found."""
        since = [*self.remissions, *(cue for cue in self.later if cue.rule.says["as"] != "after")]
        if not since or self._lingering or any(cue.rule.says.get("as") != "weak" for cue in self._another):
            return None
        before = self.cues("had_been")
        begin = 0 if before else self.start(min(one.place[0] for one in since))
        own = self.cues("leukemic")
        titled = [] if self.complication or own else self.cues("leukemic", self._titles)
        after = [cue for cue in own if cue.place[1] > begin and not self._closes(cue, since[0])] + titled
        return since[0] if after and (before or not self._treated_first(since, after)) else None

    def _closes(self, cue: Cue, remission: Cue) -> bool:
        """Whether leukemic cells are only how the story of a first disease, shown before the remission, ended."""
        ended = {self.start(one.place[0]) for one in self.cues("closing")}
        shown = (*self.cues("leukemic"), *self.cues("lesion"))
        return self.start(cue.place[0]) in ended and any(one.place[1] < remission.place[0] for one in shown)

    @cached_property
    def _lingering(self) -> bool:
        """Whether the leukemia is a chronic one of which neither a remission nor a transplant is told."""
        chronic = all(any(self.reading.is_a(one.value, kind) for kind in _CHRONIC) for one in self.types)
        return chronic and not (self.remissions or self.cues("grafted"))

    def _at_large(self) -> list[Cue]:
        """Where the paper speaks of relapse in general, or of all its patients, as what it is on."""
        whole = self.reading.whole.sentences if self.reading.whole else ()
        theirs = [one for one in whole if one.role == OTHERS and cues_of().fits("announces", one.flat.text)]
        told = self.cues("relapse", self.reading.about) or self.cues("relapse", theirs)
        if not told and self.remissions and self.cues("lesion") and not self.cues("cleared"):
            return self.cues("topic", self.reading.about)
        return told

    def _returned(self) -> Cue | None:
        """What says that a leukemia of the past is back, though no remission is told.

        That is a transplant or an acute leukemia of the past with leukemic tissue after it, or the proof of a relapse
        that was feared.
        """
        if self.complication or self._another:
            return None
        last = max(cue.place[0] for cue in self.leukemic)
        begins = {self.start(cue.place[0]) for cue in self.leukemic}
        for cue in self.cues("grafted"):
            beside = cue.rule.says["as"] == "after" and self.start(cue.place[0]) in begins
            if beside or cue.place[1] < last:
                return cue
        past = [cue for cue in self.cues("past") if cue.place[1] < last or self.cues("leukemic", self._titles)]
        if past and not self.cues("anew"):
            return past[0]
        feared = [cue for cue in self.cues("feared") if cue.place[1] < last]
        return feared[0] if feared and self.cues("proof") else None

    def _only_at_the_end(self, strong: list[Cue], first: list[Cue]) -> bool:
        """Whether the paper is on the first disease, and relapse only how it ended."""
        ended = [cue.place for cue in self.cues("ended")]
        found = min((cue.place[0] for cue in self.leukemic), default=0)
        told_first = self.leukemic or any(cue.rule.says["as"] == "strong" for cue in first)
        if not ended or not told_first or any(cue.place[0] < found for cue in (*self.remissions, *self.later)):
            return False
        if any(cue.place[0] < ended[0][0] for cue in self.cues("remission")):
            return False
        return all(any(a <= cue.place[1] and cue.place[0] <= b for a, b in ended) for cue in strong)

    @cached_property
    def _another(self) -> list[Cue]:
        """Where the text says that this leukemia is not the one that the patient had."""
        chronic = any(self.reading.is_a(one.value, kind) for one in self.types for kind in _LYMPHOID)
        return [*self.cues("another"), *(self.cues("acute") if chronic else ())]

    @cached_property
    def _persistent(self) -> list[Cue]:
        """Where the text says that the disease never went away, unless it did in the end."""
        found = self.cues("persistent")
        last = max((cue.place[0] for cue in found), default=0)
        begins = [cue.place[0] for cue in self.leukemic]
        return [] if any(last < one.place[0] < max(begins, default=0) for one in self.remissions) else found

    def _guessed(self, first: list[Cue], history: list[Cue], at_large: list[Cue]) -> Cue | None:
        """What suggests a relapse that is not named: a leukemia treated before, and leukemic cells or a tumor now."""
        if self.complication or self._persistent or self._another or self._lingering:
            return None
        treated = self.cues("treated")
        strong = [cue for cue in first if cue.rule.says["as"] == "strong"]
        if treated and (self.leukemic or self.cues("lesion")):
            earlier = [cue for cue in treated if cue.rule.says["as"] == "earlier"]
            shown = self.leukemic or self.cues("lesion")
            found = min(cue.place[0] for cue in shown)
            last = max(cue.place[0] for cue in (*shown, *self.cues("lesion")))
            # Treatment that is told when all has been found is that of the first disease.
            earlier = [cue for cue in earlier if history or cue.place[0] < last]
            cue = next(iter(earlier or [one for one in treated if history or one.place[0] < found]), None)
            if cue and not (strong and not history and not earlier):
                return cue
        return at_large[0] if at_large and self.leukemic and not strong else None

    def _returning(self, history: list[Cue], at_large: list[Cue]) -> Cue | None:
        """What suggests that something which came after the treatment is the leukemia, though nothing proves it.

        That is the end of a remission, a growth that came back, a relapse that was feared and not excluded, or a growth
        in a patient with a leukemia of the past where the paper speaks of relapse.
        """
        if self._persistent or self._another or self._lingering:
            return None
        last = max((cue.place[0] for cue in (*self.cues("begins"), *self.cues("lesion"), *self.leukemic)), default=0)
        ill = max((cue.place[0] for cue in self.complication), default=-1)
        if self._remitted and (lost := [cue for cue in self.cues("lost") if ill < cue.place[1] < last]):
            return lost[0]
        if self.complication:
            return None
        if self.leukemic and self.cues("recurred"):
            return self.cues("recurred")[0]
        if self.cues("denied"):
            return None
        if self.cues("feared") and (self.remissions or self.cues("treated")) and not self.cues("cleared"):
            return self.cues("feared")[0]
        topic = at_large or self.cues("topic", self.reading.about)
        return topic[0] if topic and history and self.cues("lesion") else None

    def start(self, position: int) -> int:
        """Where the sentence begins that holds a position."""
        return max((one.start for one in self.reading.sentences if one.start <= position), default=0)

    def _treated_first(self, since: list[Cue], after: list[Cue]) -> bool:
        """Whether the remission is the end of the story: all leukemic cells were found before it."""
        return all(cue.rule.says.get("as") is None for cue in since) and not any(
            cue.place[0] > since[0].place[1] for cue in after
        )

    @cached_property
    def _present(self) -> bool:
        """Whether a relapse is there, or is being treated, when something else comes."""
        known = self.remissions or self.cues("grafted") or self.cues("denied") or self.cues("barren")
        return bool(self.cues("current")) and not known

    def _explained(self, strong: list[Cue]) -> bool:
        """Whether another illness was proven after all words of relapse, and no leukemic cell is told of."""
        if self.leukemic or self._present or self.cues("active") or self.cues("relapse", self._titles):
            return False
        begins = {self.start(cue.place[0]) for cue in self.cues("complication") if cue.place[0] > strong[-1].place[1]}
        proven = [one for one in self.reading.sentences if one.start in begins]
        return not upheld(self.reading.sentences) and settled(proven, strong[-1].place[1])

    def _only_before(self, strong: list[Cue]) -> bool:
        """Whether relapse is only what the patient had before a complication of the treatment."""
        if self.leukemic or not (self.complication or self.cues("denied")):
            return False
        if self._present:
            return False
        earlier = [
            cue.place for cue in self.cues("earlier_relapse") if self.complication or cue.rule.says.get("as") == "past"
        ]
        return all(any(a <= cue.place[0] and cue.place[1] <= b for a, b in earlier) for cue in strong)


def found_at(field: str, value: str, cue: Cue, confidence: float) -> Found:
    """A value found where a cue is."""
    return Found(field, value, *cue.place, confidence=confidence)
