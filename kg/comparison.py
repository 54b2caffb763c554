"""A draft of a paper against the curated record of the same paper: what of the record the draft has, field by field.

Both are records, so that all counts that a record can say: sides, results, doses, dates and places, which the gold of
`kg.evaluation` leaves out. Concepts count for each other as told there; everything else has to be equal. Cases are
paired by age and sex, then by order; what a case has alone is missed or extra, whatever the case is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from kg.evaluation import Matching, Mistake, Score, paired
from kg.records import Record
from kg.records.case import Case, Dose, Measurement, SiteInvolvement
from kg.records.fields import Age
from kg.records.walk import walk_evidence
from kg.vocabulary import Vocabulary


class Fact(NamedTuple):
    """One thing that a case says: its field, the concept that it is about, and what is said of it."""

    field: str
    concept: str
    said: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.concept, self.said) if part)


FIELDS = (
    "cases", "age", "sex", "leukemia", "age at diagnosis", "episodes", "onset", "remission", "marrow", "csf", "sites",
    "sides", "confirmed by", "findings", "places of findings", "duration of findings", "modalities", "results",
    "measurements", "markers", "treatments", "agents", "doses", "responses", "ties", "outcome", "cause of death",
    "differentials", "events", "dates", "evidence", "citations",
)  # fmt: skip
"""What is compared, in the order in which it is told.

``ties`` are findings, investigations and treatments with the number of their episode. ``evidence`` counts the places:
one of the draft is right if it overlaps a place of the curated case, one of the curated case is missed if no place of
the draft overlaps it. ``citations`` are number and work, of the paper and not of a case.
"""


def compare(curated: Record, draft: Record | None, vocabulary: Vocabulary) -> tuple[dict[str, Score], list[Mistake]]:
    """Scores by field, and what the draft missed or has too much.

    Args:
        curated: the record made by hand.
        draft: that which extraction made of the same paper; ``None`` if it made none.
        vocabulary: knows what is broader than what.
    """
    matching = Matching(vocabulary)
    scores = {name: Score() for name in FIELDS}
    mistakes: list[Mistake] = []
    known = {case.case: case for case in curated.cases}
    made = {case.case: case for case in draft.cases} if draft else {}
    for left, right in paired([_key(case) for case in known.values()], [_key(case) for case in made.values()]):
        mine, other = known.get(left["case"]) if left else None, made.get(right["case"]) if right else None
        name = mine.case if mine else str(other.case if other else "")
        _compare_facts(name, list(_facts(mine)), list(_facts(other)), matching, scores, mistakes)
        _compare_places(mine, other, scores["evidence"])
    _compare_facts(curated.record, list(_citations(curated)), list(_citations(draft)), matching, scores, mistakes)
    return scores, mistakes


def _citations(record: Record | None) -> Iterator[Fact]:
    for citation in record.citations if record else ():
        yield Fact("citations", citation.reference, str(citation.number))


def _key(case: Case) -> dict[str, object]:
    age = case.patient.age
    years = None if age is None or age.years is None else float(age.years)
    return {"case": case.case, "age_years": years, "sex": case.patient.sex}


def _compare_facts(
    case: str,
    wanted: list[Fact],
    got: list[Fact],
    matching: Matching,
    scores: dict[str, Score],
    mistakes: list[Mistake],
) -> None:
    left = list(wanted)
    for fact in got:
        hits = [one for one in left if one[::2] == fact[::2] and matching.same(one.concept, fact.concept)]
        if hits:
            left.remove(fact if fact in hits else hits[0])
            scores[fact.field].right += 1
        else:
            scores[fact.field].extra += 1
            mistakes.append(Mistake(case, fact.field, extra=str(fact)))
    for fact in left:
        scores[fact.field].missed += 1
        mistakes.append(Mistake(case, fact.field, missed=str(fact)))


def _compare_places(mine: Case | None, other: Case | None, score: Score) -> None:
    wanted, got = _places(mine), _places(other)
    score.right += sum(any(start < e and s < end for s, e in wanted) for start, end in got)
    score.extra += sum(not any(start < e and s < end for s, e in wanted) for start, end in got)
    score.missed += sum(not any(start < e and s < end for s, e in got) for start, end in wanted)


def _places(case: Case | None) -> set[tuple[int, int]]:
    return {(e.start, e.end) for _, e in walk_evidence(case) if e.start is not None and e.end is not None}


def _facts(case: Case | None) -> Iterator[Fact]:
    """All that a case says, in no order: what says nothing (“not reported”) is left out."""
    if case is None:
        return
    facts = (_patient(case), _episodes(case), _findings(case), _investigations(case), _treatments(case), _ends(case))
    for several in facts:
        yield from (fact for fact in several if fact.concept not in ("", "NotReported"))


def _patient(case: Case) -> Iterator[Fact]:
    yield Fact("cases", "Case")
    yield Fact("age", _age(case.patient.age))
    yield Fact("sex", case.patient.sex or "")
    for diagnosis in case.diagnoses:
        yield Fact("leukemia", diagnosis.leukemia)
        yield Fact("age at diagnosis", _age(diagnosis.age))


def _episodes(case: Case) -> Iterator[Fact]:
    for episode in case.episodes:
        yield Fact("episodes", "Episode")
        yield Fact("onset", episode.onset)
        if episode.remission:
            yield Fact("remission", _range(episode.remission.at_least, episode.remission.below))
        yield Fact("marrow", episode.marrow)
        yield Fact("csf", episode.csf)
        yield from _sites("sites", "sides", episode.sites)
        proofs = (one.modality for one in case.investigations if one.id in episode.confirmed_by)
        yield from (Fact("confirmed by", modality, str(episode.order)) for modality in proofs)
    orders = {episode.id: str(episode.order) for episode in case.episodes}
    named = [(one.finding, one.episode) for one in case.findings]
    named += [(one.modality, one.episode) for one in case.investigations]
    named += [(one.treatment, one.episode) for one in case.treatments]
    yield from (Fact("ties", concept, orders[name]) for concept, name in named if name is not None)


def _sites(places: str, sides: str, sites: Iterable[SiteInvolvement]) -> Iterator[Fact]:
    for site in sites:
        yield Fact(places, site.site)
        if site.laterality:
            yield Fact(sides, site.site, site.laterality)


def _findings(case: Case) -> Iterator[Fact]:
    for finding in case.findings:
        yield Fact("findings", finding.finding, finding.status)
        yield from (Fact("places of findings", one.site, finding.finding) for one in finding.sites)
        if finding.duration_months is not None:
            yield Fact("duration of findings", finding.finding, f"{_number(finding.duration_months)} months")
        yield from map(_measurement, finding.measurements)


def _investigations(case: Case) -> Iterator[Fact]:
    for one in case.investigations:
        yield Fact("modalities", one.modality)
        if one.result != "NotReported":
            yield Fact("results", one.modality, one.result)
        yield from map(_measurement, one.measurements)
        for marker in one.markers:
            yield Fact("markers", marker.marker, f"{marker.expression} {marker.compartment or ''}".strip())


def _measurement(measurement: Measurement) -> Fact:
    value = "" if measurement.value is None else f"{_number(measurement.value)} {measurement.unit or ''}".strip()
    return Fact("measurements", measurement.type, value)


def _treatments(case: Case) -> Iterator[Fact]:
    for one in case.treatments:
        yield Fact("treatments", one.treatment)
        yield from (Fact("agents", agent) for agent in one.agents)
        yield from map(_dose, one.doses)
        if one.response != "NotReported":
            yield Fact("responses", one.treatment, one.response)


def _dose(dose: Dose) -> Fact:
    return Fact("doses", dose.agent, f"{_number(dose.value)} {dose.unit}")


def _ends(case: Case) -> Iterator[Fact]:
    for outcome in case.outcomes:
        yield Fact("outcome", outcome.vital_status)
        yield Fact("cause of death", outcome.cause or "")
    for differential in case.differentials:
        yield Fact("differentials", differential.condition, differential.status)
    for event in case.timeline:
        yield Fact("events", event.event)
        yield Fact("dates", event.event if event.date else "", event.date or "")


def _age(age: Age | None) -> str:
    if age is None:
        return ""
    return _number(age.years) if age.years is not None else _range(age.at_least, age.below)


def _range(at_least: Decimal | None, below: Decimal | None) -> str:
    return f"{'' if at_least is None else _number(at_least)}–{'' if below is None else _number(below)}"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
