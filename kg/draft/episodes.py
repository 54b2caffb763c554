"""The episodes of a draft case: each with its sites, marrow and fluid, how it began, and what confirmed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.draft.plan import FLUID, INITIAL, MARROW, Plan, Planned
from kg.draft.statements import best, details, number
from kg.extract.reading import Found
from kg.ingest.drafts import Data


class Episodes:
    """Drafts the episodes that are planned."""

    def __init__(self, plan: Plan) -> None:
        """Take the plan; nothing is drafted yet."""
        self._plan = plan

    def drafted(self, diagnosis: str, investigations: Sequence[Data], tied: Iterable[Data]) -> list[Data]:
        """The episodes; ``tied`` are the statements that may name the first leukemia, which then is an episode."""
        if self._plan.reported is None:
            return []
        initial = self._first(diagnosis)
        if initial is None:
            for statement in tied:
                if statement.get("episode") == INITIAL:
                    del statement["episode"]
        made = [initial] if initial else []
        for episode in self._plan.planned:
            proofs = [one["id"] for one in investigations if self._proves(one, episode)]
            if drafted := self._draft(episode, diagnosis, proofs, made):
                made.append(drafted)
        if told := self._number_told():
            self._plan.statements.note(told)
        if made and all(one["id"] == INITIAL for one in made) and not self._plan.planned:
            return []
        return made

    def _first(self, diagnosis: str) -> Data | None:
        """The leukemia before the relapse, where the report tells when it was found."""
        if not self._plan.initial:
            return None
        said: Data = {"order": 1, "of": diagnosis, "onset": "NotInRemission"}
        return self._plan.statements.make(
            said | {"marrow": "NotReported", "csf": "NotReported"}, self._plan.initial, INITIAL
        )

    def _draft(self, episode: Planned, diagnosis: str, proofs: list[str], before: Sequence[Data]) -> Data | None:
        sites = self._plan.own_sites(episode)
        onset = self._onset(episode, before)
        said: Data = {
            "order": len(before) + 1,
            "after": before[-1]["id"] if before else None,
            "of": diagnosis,
            "onset": onset,
            "remission": self._remission() if onset == "InRemission" and episode.reported else None,
            "sites": sites,
            "extent": self._extent() if episode.reported else None,
            "marrow": self._marrow(episode, sites),
            "csf": self._fluid(episode, sites),
            "confirmed_by": proofs,
            # Whether an episode is confirmed is told by what confirmed it.
            "certainty": None if proofs else "Probable",
        }
        return self._plan.statements.make(said, self._evidence(episode), episode.name)

    def _extent(self) -> str | None:
        told = details(self._plan.of("site", "relapse"), "spread")
        return told.get("spread") or self._plan.spread

    def _evidence(self, episode: Planned) -> list[Found]:
        if not episode.reported:
            return episode.found
        fields = ("relapse", "in_remission", "remission_years", "isolated", "site", "marrow", "csf")
        several = {name: self._plan.of(name) for name in fields}
        found = [one for name, told in several.items() for one in told if name == "site" or one in best(told)]
        studies = [one for name in ("marrow", "csf") for one in self._plan.normal_studies(name)]
        return [*found, *studies, *episode.found]

    def _marrow(self, episode: Planned, sites: Sequence[Data]) -> str:
        if any(self._plan.is_a(site["site"], MARROW) for site in sites):
            return "Involved"
        if not episode.reported:
            return "NotInvolved" if episode.isolated else "NotReported"
        status = self._plan.status("marrow")
        if status == "Involved" and any(one.marrow for one in self._plan.planned if one is not episode):
            status = "NotReported"  # it is the marrow of another relapse
        if status == "NotReported" and self._plan.free(episode):
            return "NotInvolved"
        return status

    def _fluid(self, episode: Planned, sites: Sequence[Data]) -> str:
        if any(site["site"] == FLUID for site in sites):
            return "Involved"
        status = self._plan.status("csf") if episode.reported else "NotReported"
        return (
            "NotInvolved"
            if status == "NotReported" and episode.reported and self._plan.normal_studies("csf")
            else status
        )

    def _onset(self, episode: Planned, before: Sequence[Data]) -> str:
        if episode.reported:
            return {True: "InRemission", False: "NotInRemission", None: "NotReported"}[self._plan.said("in_remission")]
        # A relapse of the marrow that was free until then began in its remission.
        free = bool(before) and before[-1]["id"] != INITIAL and before[-1]["marrow"] == "NotInvolved"
        return "InRemission" if episode.marrow and free else "NotReported"

    def _remission(self) -> Data | None:
        found = best(self._plan.of("remission_years"))
        if not found:
            return None
        said = {key: number(found[0].detail.get(key)) for key in ("at_least", "below")}
        bounds = {key: value for key, value in said.items() if value is not None}
        years = number(found[0].value)
        return bounds or (None if years is None else {"at_least": years})

    def _number_told(self) -> str | None:
        found = best(self._plan.of("relapse_number"))
        told = number(found[0].value) if found else None
        earlier = [episode.reported for episode in self._plan.planned].index(True)
        if told is None or told <= earlier + 1:
            return None
        return f"it is told as relapse number {told}; of the earlier ones {earlier or 'none'} could be drafted."

    def _proves(self, investigation: Data, episode: Planned) -> bool:
        """Whether an investigation looked at the cells and found them; of the marrow only for the marrow."""
        if investigation["result"] != "Abnormal" or investigation.get("episode") not in (episode.name, None):
            return False
        if investigation.get("episode") is None and len(self._plan.planned) > 1:
            return False
        modality = investigation["modality"]
        marrow = any(self._plan.is_a(site["site"], MARROW) for site in self._plan.own_sites(episode))
        if not marrow and self._plan.is_a(modality, "BoneMarrowExamination", "BloodSmear"):
            return False
        cells = ("Biopsy", "Histopathology", "Immunohistochemistry", "Immunophenotyping", "FlowCytometry", "Autopsy")
        return self._plan.is_a(modality, *cells, "CytomorphologicExamination", "BoneMarrowExamination")
