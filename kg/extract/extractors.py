"""All extractors, and what they find in the reading of one patient."""

from __future__ import annotations

from collections.abc import Iterator

from kg.extract.course import course
from kg.extract.demographics import age, sex
from kg.extract.differentials import differentials
from kg.extract.episodes import episodes
from kg.extract.events import events
from kg.extract.findings import findings
from kg.extract.immunophenotype import immunophenotype
from kg.extract.investigations import investigations
from kg.extract.leukemia import leukemia
from kg.extract.measurements import measurements
from kg.extract.outcomes import outcomes
from kg.extract.reading import Extractor, Found, Reading
from kg.extract.scores import scores
from kg.extract.sites import sites
from kg.extract.treatments import treatments

EXTRACTORS: tuple[Extractor, ...] = (
    age,
    sex,
    leukemia,
    course,
    sites,
    findings,
    investigations,
    measurements,
    scores,
    immunophenotype,
    treatments,
    outcomes,
    differentials,
    events,
    episodes,
)
"""``course`` gives relapse, remission, marrow, cerebrospinal fluid and blood, which hang together."""


def found_in(reading: Reading) -> Iterator[Found]:
    """All values in the part of a document that speaks of one patient."""
    for extractor in EXTRACTORS:
        yield from extractor(reading)
