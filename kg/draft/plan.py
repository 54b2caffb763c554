"""Which episodes a case has, and which of them a finding, an investigation or a treatment belongs to.

The reported episode is the one that the flat summary tells. Before it stands the first leukemia, where the report tells
when it was found; beside it stand the relapses that the report tells apart (`kg.extract.episodes`), in their order.
What cannot be tied to one of them is tied to none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.draft.statements import Statements, best, details, grouped, involvement, kebab, number, true
from kg.extract.reading import Found
from kg.ingest.drafts import Data

RELAPSE, LEUKEMIA, INITIAL = "relapse", "leukemia", "initial-leukemia"
"""Ids of episodes: the reported one, as a relapse or not, and the leukemia before it."""

MARROW, FLUID = "BoneMarrow", "CerebrospinalFluid"
_FLASHBACK = re.compile(
    r"\b(?:had (?:been|received|achieved)|history|previous(?:ly)?|ago|earlier|prior|before|at (?:the )?age|known)\b",
    re.IGNORECASE,
)
"""Words of a sentence that looks back: what stands around it is told of later."""
_NOW = re.compile(
    r"\b(?:present\w*|complain\w*|admitted|admission|referred|develop\w*|noticed|now|currently|relaps\w*|recurr\w*)\b",
    re.IGNORECASE,
)


@dataclass
class Planned:
    """A relapse: its id, the sites that the report names with it, and what was found of it."""

    name: str
    sites: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    isolated: bool = False
    reported: bool = False

    @property
    def marrow(self) -> bool:
        """Whether it is called one of the marrow."""
        return MARROW in self.sites


class Plan:
    """The episodes of a case, and the ties to them."""

    def __init__(self, statements: Statements, fields: Mapping[str, Sequence[Found]]) -> None:
        self.statements, self._fields = statements, fields
        self._relapse = self.said("relapse")
        self.spread: str | None = None
        self.sites = self._reported_sites()
        self.reported = self._reported()
        self.planned = self._plan() if self.reported else []
        self.initial = [] if not self._relapse else [
            one for one in self.of("event") if one.value == "LeukemiaDiagnosis"
        ]  # fmt: skip
        self._past = self._stretches() if self.reported and self.initial else []

    def of(self, *names: str) -> list[Found]:
        """What was found of some fields."""
        return [one for name in names for one in self._fields.get(name, ())]

    def said(self, name: str) -> bool | None:
        """What a yes-or-no field says, or ``None`` if nothing."""
        found = best(self.of(name))
        return true(found[0].value) if found else None

    def status(self, name: str) -> str:
        """The status of a compartment."""
        found = best(self.of(name))
        return found[0].value if found else "NotReported"

    def is_a(self, site: str, *general: str) -> bool:
        """Whether a concept is, or lies below, one of several."""
        return self.statements.is_a(site, *general)

    # The plan.

    def _reported(self) -> str | None:
        """The id of the reported episode; ``None`` where no place of the leukemia is told, as an episode needs one."""
        if self.sites:
            return RELAPSE if self._relapse else LEUKEMIA
        if self._relapse:
            self.statements.note("a relapse is told without a place, which an episode needs; add it if you see it.")
        return None

    def _reported_sites(self) -> list[Data]:
        """The sites of the reported episode, each side once."""
        marrow = self.status("marrow")
        sites = []
        groups = grouped(self.of("site"), "laterality")
        sided = {value for value, side in groups if side}
        for (value, side), found in groups.items():
            if value in sided and not side:
                continue  # the same site, told with its side elsewhere
            if self.is_a(value, MARROW) and marrow not in ("Involved", "NotReported"):
                continue
            sites.append(involvement(value, details(found, "laterality", "level", "extent")))
        if not sites and marrow == "Involved":
            sites.append({"site": MARROW})
        if not sites and self.status("csf") == "Involved":
            sites.append({"site": FLUID})
        known = self.statements.vocabulary.concepts
        sites = [site for site in sites if site["site"] in known]
        # “bone” beside “ilium” is the same place under its wider name; that it was in many places is kept.
        wider = [one for one in sites if any(self._within(other["site"], one["site"]) for other in sites)]
        self.spread = next((one["extent"] for one in wider if one.get("extent") == "Multifocal"), None)
        return [site for site in sites if site not in wider]

    def _within(self, site: str, other: str) -> bool:
        return site != other and MARROW not in (site, other) and self.is_a(site, other)

    def _plan(self) -> list[Planned]:
        """The relapses in their order, one of them the reported episode."""
        told: dict[str, Planned] = {}
        for found in sorted(self.of("episode"), key=lambda each: (number(each.value) or 0, each.start)):
            sites = [site for site in found.detail.get("sites", "").split(",") if site]
            episode = told.setdefault(found.value, Planned("", sites))
            episode.found.append(found)
            episode.isolated = episode.isolated or "isolated" in found.detail
        planned = list(told.values()) if self._relapse else []
        if len(planned) < 2:
            return [Planned(self.reported or RELAPSE, reported=True)]
        reported = max(planned, key=lambda one: (self._fit(one), planned.index(one)))
        while planned[-1] is not reported and not planned[-1].sites:
            planned.pop()  # a later relapse of which no place is told
        taken: set[str] = {RELAPSE, INITIAL}
        for one in planned:
            one.reported = one is reported
            one.name = RELAPSE if one.reported else self._name(one, taken)
            taken.add(one.name)
        return planned

    def _fit(self, episode: Planned) -> int:
        """How many of the reported sites are those of a relapse; the marrow counts least, as relapses share it."""
        sites = [site["site"] for site in self.sites]
        return sum(
            (1 if self.is_a(site, MARROW) else 10) for site in sites if any(self.near(site, o) for o in episode.sites)
        )

    def near(self, site: str, other: str) -> bool:
        """Whether two sites may be one place; the marrow is apart from the bone around it."""
        if (MARROW in (site, other)) and site != other:
            return False
        return site == other or self.is_a(site, other) or self.is_a(other, site)

    @staticmethod
    def _name(episode: Planned, taken: set[str]) -> str:
        base = f"{kebab(episode.sites[0])}-relapse" if episode.sites else "earlier-relapse"
        return next(name for i in range(1, 50) if (name := base if i == 1 else f"{base}-{i}") not in taken)

    # The ties.

    def tie(self, found: Sequence[Found], concept: str = "", *, present: bool = True) -> str | None:
        """The id of the episode that something belongs to; ``None`` where that cannot be told.

        Args:
            found: where it is told.
            concept: what it is, if that may tell of the marrow.
            present: whether it was there, or gave an abnormal result.
        """
        if self.reported is None:
            return None
        later = [one for one in found if not any(start <= one.start < end for start, end in self._past)]
        if found and not later:
            return INITIAL
        if len(self.planned) < 2:
            return self.reported
        return self._by_place(later, concept, present=present)

    def tie_given(self, found: Sequence[Found], *, symptomatic: bool) -> str | None:
        """The id of the episode for which something was given.

        A treatment of leukemia is that of the episode told last before it; in a look back it is tied to none.
        """
        if symptomatic or self.reported is None or not found:
            return self.tie(found) if found else None
        if all(any(start <= one.start < end for start, end in self._past) for one in found):
            return INITIAL
        text = self.statements.document.text
        told = [(one.start, self.reported) for one in self.of("site", "relapse")]
        if len(self.planned) > 1:
            told = [(one.start, episode.name) for episode in self.planned for one in episode.found]
        for one in found:
            start = self._section(one.start)[0]
            before = [place for place in told if start <= place[0] < one.start]
            if before and _FLASHBACK.search(text, *self.sentence(one.start)) is None:
                return max(before)[1]
        return None

    def _by_place(self, found: Sequence[Found], concept: str, *, present: bool) -> str | None:
        """Of several relapses: by the site, else by the sentence, else by what has been told before."""
        sites = {one.detail["site"] for one in found if one.detail.get("site")}
        if self.is_a(concept, "BoneMarrowExamination", "BoneMarrowBlasts", "LocalizedMarrowInfiltration"):
            sites.add(MARROW)
        fitting = [one for one in self.planned if any(self.near(s, o) for s in sites for o in self._places(one))]
        if MARROW in sites and not present:
            fitting = [one for one in self.planned if not one.marrow and self.free(one)]
        if len(fitting) == 1:
            return fitting[0].name
        here = {one.name for one in self.planned for told in one.found for f in found if self._beside(told, f)}
        if len(here) == 1:
            return here.pop()
        if sites and not fitting and MARROW in sites:
            return None
        return self.reported if found and all(map(self._before_later, found)) else None

    def _places(self, episode: Planned) -> list[str]:
        own = [site["site"] for site in self.own_sites(episode)]
        return [*episode.sites, *own]

    def _beside(self, told: Found, one: Found) -> bool:
        return self.sentence(told.start) == self.sentence(one.start)

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence that holds a position."""
        document = self.statements.document
        return next(((s, e) for s, e in document.sentences if s <= position < e), (position, position))

    def _before_later(self, one: Found) -> bool:
        """Whether no relapse after the reported one has been named before a place, in the same section."""
        order = [episode.reported for episode in self.planned].index(True)
        start = self._section(one.start)[0]
        later = [told.start for episode in self.planned[order + 1 :] for told in episode.found]
        return bool(later) is False or (
            not any(start <= place < one.start for place in later) and any(place > one.start for place in later)
        )

    def _section(self, position: int) -> tuple[int, int]:
        sections = self.statements.document.sections
        return next(((s.start, s.end) for s in sections if s.start <= position < s.end), (0, position + 1))

    def _stretches(self) -> list[tuple[int, int]]:
        """The stretches of the text that tell of the first leukemia, up to its remission."""
        text = self.statements.document.text
        reached = sorted(one.start for one in self.of("event") if one.value == "RemissionReached")
        after = [one.start for one in (*self.of("site"), *self.of("relapse"), *self.of("episode"))]
        found = []
        for diagnosis in self.initial:
            section = self._section(diagnosis.start)
            sentence = self.sentence(diagnosis.start)
            looks_back = _FLASHBACK.search(text, *sentence) is not None
            remission = next((place for place in reached if diagnosis.start < place < section[1]), None)
            told_later = remission is not None and any(remission < place < section[1] for place in after)
            if remission is not None and told_later and not looks_back:
                found.append((section[0], remission))
            elif looks_back and _NOW.search(text, *sentence) is None:
                found.append(sentence)
        return found

    # What the report says of each.

    def own_sites(self, episode: Planned) -> list[Data]:
        """The sites of an episode: those of the report that are near its own; of the reported one the rest too."""
        if len(self.planned) < 2:
            return self.sites
        others = [one for one in self.planned if one is not episode]
        sites = [site for site in self.sites if any(self.near(site["site"], o) for o in episode.sites)]
        if episode.reported:
            away = [site for one in others for site in one.sites]
            more = [s for s in self.sites if s not in sites and not any(self.near(s["site"], o) for o in away)]
            sites = [site for site in self.sites if site in sites or site in more]
        if episode.marrow and episode.reported is False:
            sites = [site for site in sites if site["site"] == MARROW]
        if not sites:
            sites = [{"site": site} for site in episode.sites]
        return sites

    def free(self, episode: Planned) -> bool:
        """Whether the marrow was free: the relapse is called isolated, or a study of the marrow was normal."""
        return episode.isolated or (episode.reported and bool(self.normal_studies("marrow")))

    def normal_studies(self, name: str) -> list[Found]:
        """The studies of a compartment that were normal, where all were and nothing else is told of it."""
        if self.status(name) != "NotReported":
            return []
        general = {"marrow": "BoneMarrowExamination", "csf": "CSFExamination"}[name]
        found = [one for one in self.of("modality") if self.is_a(one.value, general) and one.detail.get("result")]
        return found if found and all(one.detail["result"] == "Normal" for one in found) else []
