"""Whether the episode that a paper tells is a relapse.

A relapse is named, or follows from the story: a leukemia in remission, treated, transplanted or of the past, and
leukemic cells after it, with no other illness that explains the episode.
"""

from __future__ import annotations

from kg.extract.evidence import Cue, affirmed, kind, settled, unsaid, upheld
from kg.extract.reading import Found
from kg.extract.story import Story, found_at


def relapse_of(story: Story) -> Found | None:
    """Whether the episode is a relapse; nothing where the text leaves it open."""
    first = story.cues("first")
    if strong := story.told_relapse:
        if _only_before(story, strong) or only_at_the_end(story, strong, first) or _explained(story, strong):
            return found_at("relapse", "false", strong[0], 0.55)
        return found_at("relapse", "true", strong[0], 0.93 if len(strong) > 1 or story.remissions else 0.88)
    if refuted := _refuted(story):
        return found_at("relapse", "false", refuted, 0.8)
    title = affirmed(story.cues("relapse", story.titles), unsaid(story.titles))
    if title and (not story.complication or story.cues("titled", story.titles)):
        return found_at("relapse", "true", title[0], 0.8)
    if story.leukemic and not story.persistent:
        if cue := _after_remission(story):
            return found_at("relapse", "true", cue, 0.8)
        if cue := _returned(story):
            return found_at("relapse", "true", cue, 0.7)
    if story.leukemic and story.remitted and not story.complication and (meanwhile := story.cues("meanwhile")):
        return found_at("relapse", "true", meanwhile[0], 0.7)
    if story.again:
        return found_at("relapse", "true", story.again[0], 0.6)
    history = story.cues("history")
    at_large = story.at_large()
    if at_large and not story.complication and (story.remissions or (history and story.cues("transplant"))):
        return found_at("relapse", "true", at_large[0], 0.6)
    if guess := _guessed(story, first, history, at_large) or _returning(story, history, at_large):
        return found_at("relapse", "true", guess, 0.55)
    if history and story.leukemic and not first and not story.complication and not story.lingering:
        return None
    cue = next(iter((*story.persistent, *first)), None)
    place = cue.place if cue else (story.types[0].start, story.types[0].end)
    return Found("relapse", "false", *place, confidence=0.85 if cue else 0.6)


def _refuted(story: Story) -> Cue | None:
    """A relapse that was thought of or excluded, where what was found later is another illness."""
    weighed = [cue for cue in story.hedged if kind(cue) != "foreign"]
    if not weighed or any(cue.place[1] > weighed[0].place[0] for cue in story.cues("leukemic")):
        return None
    known = story.complication or story.cues("denied") or any(kind(cue) == "excluded" for cue in weighed)
    return weighed[0] if known or settled(story.reading.sentences, weighed[0].place[1]) else None


def _after_remission(story: Story) -> Cue | None:
    """The remission after which leukemic cells were found."""
    grafted = story.cues("grafted", story.titles)
    since = [*story.remissions, *(cue for cue in story.later if grafted or cue.rule.says["as"] != "after")]
    if not since or story.lingering or any(cue.rule.says.get("as") != "weak" for cue in story.another):
        return None
    before = story.cues("had_been")
    begin = 0 if before else story.start(min(one.place[0] for one in since))
    own = story.cues("leukemic")
    titled = [] if own or (story.complication and not grafted) else story.cues("leukemic", story.titles)
    after = [cue for cue in own if cue.place[1] > begin and not _closes(story, cue, since[0])] + titled
    return since[0] if after and (before or not _treated_first(story, since, after)) else None


def _closes(story: Story, cue: Cue, remission: Cue) -> bool:
    """Whether leukemic cells are only how the story of a first disease, shown before the remission, ended."""
    ended = {story.start(one.place[0]) for one in story.cues("closing")}
    shown = (*story.cues("leukemic"), *story.cues("lesion"))
    return story.start(cue.place[0]) in ended and any(one.place[1] < remission.place[0] for one in shown)


def _returned(story: Story) -> Cue | None:
    """What says that a leukemia of the past is back, though no remission is told.

    That is a transplant or an acute leukemia of the past with leukemic tissue after it, or the proof of a relapse
    that was feared.
    """
    if story.complication or story.another:
        return None
    last = max(cue.place[0] for cue in story.leukemic)
    begins = {story.start(cue.place[0]) for cue in story.leukemic}
    for cue in story.cues("grafted"):
        beside = cue.rule.says["as"] == "after" and story.start(cue.place[0]) in begins
        if beside or cue.place[1] < last:
            return cue
    past = [cue for cue in story.cues("past") if cue.place[1] < last or story.cues("leukemic", story.titles)]
    if past and not story.cues("anew"):
        return past[0]
    feared = [cue for cue in story.cues("feared") if cue.place[1] < last]
    return feared[0] if feared and story.cues("proof") else None


def only_at_the_end(story: Story, strong: list[Cue], first: list[Cue]) -> bool:
    """Whether the paper is on the first disease, and relapse only how it ended."""
    ended = [cue.place for cue in story.cues("ended")]
    found = min((cue.place[0] for cue in story.leukemic), default=0)
    told_first = story.leukemic or any(cue.rule.says["as"] == "strong" for cue in first)
    if not ended or not told_first or any(cue.place[0] < found for cue in (*story.remissions, *story.later)):
        return False
    if any(cue.place[0] < ended[0][0] for cue in story.cues("remission")):
        return False
    return all(any(a <= cue.place[1] and cue.place[0] <= b for a, b in ended) for cue in strong)


def _guessed(story: Story, first: list[Cue], history: list[Cue], at_large: list[Cue]) -> Cue | None:
    """What suggests a relapse that is not named: a leukemia treated before, and leukemic cells or a tumor now."""
    if story.complication or story.persistent or story.another or story.lingering:
        return None
    treated = story.cues("treated")
    strong = [cue for cue in first if cue.rule.says["as"] == "strong"]
    if treated and (story.leukemic or story.cues("lesion")):
        earlier = [cue for cue in treated if cue.rule.says["as"] == "earlier"]
        shown = story.leukemic or story.cues("lesion")
        found = min(cue.place[0] for cue in shown)
        last = max(cue.place[0] for cue in (*shown, *story.cues("lesion")))
        # Treatment that is told when all has been found is that of the first disease.
        earlier = [cue for cue in earlier if history or cue.place[0] < last]
        cue = next(iter(earlier or [one for one in treated if history or one.place[0] < found]), None)
        if cue and not (strong and not history and not earlier):
            return cue
    return at_large[0] if at_large and story.leukemic and not strong else None


def _returning(story: Story, history: list[Cue], at_large: list[Cue]) -> Cue | None:
    """What suggests that something which came after the treatment is the leukemia, though nothing proves it.

    That is the end of a remission, a growth that came back, a relapse that was feared and not excluded, or a growth
    in a patient with a leukemia of the past where the paper speaks of relapse.
    """
    if story.persistent or story.another or story.lingering:
        return None
    last = max((cue.place[0] for cue in (*story.cues("begins"), *story.cues("lesion"), *story.leukemic)), default=0)
    ill = max((cue.place[0] for cue in story.complication), default=-1)
    if story.remitted and (lost := [cue for cue in story.cues("lost") if ill < cue.place[1] < last]):
        return lost[0]
    if story.complication:
        return None
    if story.leukemic and story.cues("recurred"):
        return story.cues("recurred")[0]
    if story.cues("denied"):
        return None
    if story.cues("feared") and (story.remissions or story.cues("treated")) and not story.cues("cleared"):
        return story.cues("feared")[0]
    topic = at_large or story.cues("topic", story.reading.about)
    return topic[0] if topic and history and story.cues("lesion") else None


def _treated_first(story: Story, since: list[Cue], after: list[Cue]) -> bool:
    """Whether the remission is the end of the story: all leukemic cells were found before it."""
    return all(cue.rule.says.get("as") is None for cue in since) and not any(
        cue.place[0] > since[0].place[1] for cue in after
    )


def _explained(story: Story, strong: list[Cue]) -> bool:
    """Whether another illness was proven after all words of relapse, and no leukemic cell is told of."""
    if story.leukemic or story.present or story.cues("active") or story.cues("relapse", story.titles):
        return False
    begins = {story.start(cue.place[0]) for cue in story.cues("complication") if cue.place[0] > strong[-1].place[1]}
    proven = [one for one in story.reading.sentences if one.start in begins]
    return not upheld(story.reading.sentences) and settled(proven, strong[-1].place[1])


def _only_before(story: Story, strong: list[Cue]) -> bool:
    """Whether relapse is only what the patient had before a complication of the treatment."""
    if story.leukemic or not (story.complication or story.cues("denied")):
        return False
    if story.present:
        return False
    earlier = [
        cue.place for cue in story.cues("earlier_relapse") if story.complication or cue.rule.says.get("as") == "past"
    ]
    return all(any(a <= cue.place[0] and cue.place[1] <= b for a, b in earlier) for cue in strong)
