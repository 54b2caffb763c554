"""What two reports of one patient can be compared by: a case as one paper tells it, cut down to that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.records.case import Case, SiteInvolvement
from kg.records.fields import Age
from kg.records.paper import Record
from kg.vocabulary import Vocabulary

SIDES = ("LeftSide", "RightSide")


@dataclass(frozen=True, slots=True)
class Source:
    """A record: its slug, its file, whether a curator stands behind it, its paper, its length and who it cites.

    ``retells`` are the papers whose patients the record retells.
    """

    record: str
    file: str
    signed: bool
    paper: int
    characters: int
    cites: frozenset[int] = frozenset()
    retells: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of years, of an age or of a remission: ``low`` is in it, ``high`` is not."""

    low: float
    high: float

    def gap(self, other: Span) -> float:
        """Years between two stretches; 0 where they touch or overlap."""
        return max(0.0, self.low - other.high, other.low - self.high)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share any time."""
        return self.low < other.high and other.low < self.high


@dataclass(frozen=True, slots=True)
class Telling:
    """A case as one paper tells it.

    ``home`` is the paper that tells it first hand: the record's own, or for a retold case the one it names. ``age`` is
    that at which the paper meets the patient, ``ages`` are all that it tells, in years. A set that is empty, and
    ``None``, mean that nothing is told, which is no reason for or against anything.
    """

    case: str
    source: Source
    home: int
    year: int | None = None
    sex: str | None = None
    age: Span | None = None
    diagnosed: Span | None = None
    ages: tuple[Span, ...] = ()
    leukemias: frozenset[str] = frozenset()
    leukemia_closure: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    site_closure: frozenset[str] = frozenset()
    sides: frozenset[tuple[str, str]] = frozenset()
    findings: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    remissions: frozenset[Span] = frozenset()
    causes: frozenset[str] = frozenset()
    died: bool | None = None
    measured: frozenset[tuple[str, Decimal, str]] = frozenset()
    dates: frozenset[tuple[str, str]] = frozenset()
    authors: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others; pairs are put in this order, so that the order of the input has no say."""
        return self.case, self.source.record, self.source.file


class Kinds:
    """What the vocabulary says above a concept, remembered, since a hundred thousand cases ask for the same."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._above: dict[str, frozenset[str]] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._leukemias = [concept.name for concept in vocabulary.in_scheme("LeukemiaTypes")]

    def above(self, name: str) -> frozenset[str]:
        """The concept and all of its own scheme that it is a kind or a part of, the root left out."""
        if name not in self._above:
            concepts = self.vocabulary.concepts
            scheme = concepts[name].scheme
            kept = (one for one in self.vocabulary.ancestors(name) if concepts[one].scheme == scheme)
            self._above[name] = frozenset(one for one in kept if one == name or concepts[one].parents)
        return self._above[name]

    def leukemia_groups(self, name: str) -> frozenset[str]:
        """The groups at whose level reviews count that a leukemia is in; of one wider than a group, those below it."""
        if name not in self._groups:
            groups = self.vocabulary.groups
            found = self.above(name) & groups
            if not found:
                found = frozenset(one for one in self._leukemias if one in groups and name in self.above(one))
            self._groups[name] = found or frozenset([name])
        return self._groups[name]

    def label(self, name: str) -> str:
        """The label of a concept."""
        return self.vocabulary.concepts[name].label


def telling_of(case: Case, source: Source, home: int, kinds: Kinds) -> Telling:
    """A case cut down to what is compared. Year and authors come with the paper, see `kg.same_patient.folders`."""
    diagnosed = [span for one in case.diagnoses if (span := span_of(one.age)) is not None]
    met = span_of(case.patient.age)
    told = [*([met] if met else []), *diagnosed, *(s for e in case.timeline if (s := span_of(e.age)) is not None)]
    leukemias = frozenset(one.leukemia for one in case.diagnoses)
    places = list(_places(case))
    sites = frozenset(place.site for place in places)
    states = [one.vital_status for one in case.outcomes if not one.unpublished]
    return Telling(
        case=case.case,
        source=source,
        home=home,
        sex=case.patient.sex,
        age=met or (diagnosed[0] if diagnosed else None),
        diagnosed=min(diagnosed, key=lambda span: (span.low, span.high), default=None),
        ages=tuple(dict.fromkeys(told)),
        leukemias=leukemias,
        leukemia_closure=frozenset(above for one in leukemias for above in kinds.above(one)),
        groups=frozenset(group for one in leukemias for group in kinds.leukemia_groups(one)),
        sites=sites,
        site_closure=frozenset(above for site in sites for above in kinds.above(site)),
        sides=frozenset((p.site, p.laterality) for p in places if p.laterality in SIDES),
        findings=frozenset(one.finding for one in case.findings if one.status == "Present"),
        agents=frozenset(agent for one in case.treatments for agent in one.agents),
        remissions=frozenset(_remissions(case)),
        causes=frozenset(one.cause for one in case.outcomes if one.cause),
        died=True if "Dead" in states else False if "Alive" in states else None,
        measured=frozenset(_measured(case)),
        dates=frozenset(_dates(case)),
    )


def span_of(age: Age | None) -> Span | None:
    """An age as the stretch of time in which it is true; ``None`` if it is open to one side.

    >>> span_of(Age(years=70)), span_of(Age(at_least=60, below=70)), span_of(Age(below=1))
    (Span(low=70.0, high=71.0), Span(low=60.0, high=70.0), Span(low=0.0, high=1.0))
    """
    if age is None:
        return None
    if age.years is not None:
        low = float(age.years)
        # Whole years last a year; a fraction of one is told of infants, to the month.
        return Span(low, low + (1 if low.is_integer() else 1 / 12))
    return None if age.below is None else Span(float(age.at_least or 0), float(age.below))


def _places(case: Case) -> Iterator[SiteInvolvement]:
    for episode in case.episodes:
        yield from episode.sites


def _remissions(case: Case) -> Iterator[Span]:
    for episode in case.episodes:
        said = episode.remission
        if said is not None and said.at_least is not None:
            yield Span(float(said.at_least), float(said.at_least + 1 if said.below is None else said.below))


def _measured(case: Case) -> Iterator[tuple[str, Decimal, str]]:
    """Measured values of two figures or more; “5 %” agrees by chance too often to be worth a look."""
    parts = [one.measurements for one in case.findings] + [one.measurements for one in case.investigations]
    for part in parts:
        for one in part:
            if one.value is not None and len(one.value.normalize().as_tuple().digits) > 1:
                yield one.type, one.value.normalize(), one.unit or ""


def _dates(case: Case) -> Iterator[tuple[str, str]]:
    """Dates of what happens once in a course: the diagnosis, and events by their type if there is one of it."""
    dated = [("LeukemiaDiagnosis", one.date) for one in case.diagnoses if one.date]
    dated += [(one.event, one.date) for one in case.timeline if one.date]
    kinds = [kind for kind, _ in dict.fromkeys(dated)]
    yield from ((kind, day) for kind, day in dict.fromkeys(dated) if kinds.count(kind) == 1)


def source_of(record: Record, file: str, paper: int, cites: frozenset[int], retells: frozenset[int]) -> Source:
    """Where a record's cases are told."""
    signed = record.curation.method != "Extracted" or record.curation.signed_by is not None
    return Source(record.record, file, signed, paper, record.document.characters, cites, retells)
