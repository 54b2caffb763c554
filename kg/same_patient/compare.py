"""Two tellings held against each other: what speaks for one patient and what against, each with its weight.

Weights are those of Fellegi and Sunter: how much more often a trait is so in two tellings of one patient than in those
of two, as a logarithm to base two. How often others have it is counted in the cases at hand; how often two tellings of
one patient agree is not known for case reports and is set here, to be replaced once curators have judged enough pairs.
What only one of the two tells has no weight.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from kg.same_patient.ages import compare_ages
from kg.same_patient.frequencies import Frequencies, agreeing, chance
from kg.same_patient.papers import compare_papers
from kg.same_patient.reason import Contradiction, Reason
from kg.same_patient.telling import Kinds, Span, Telling

TURNS = (
    ("MyelodysplasticSyndrome", "AcuteMyeloidLeukemia"),
    ("ChronicMyelomonocyticLeukemia", "AcuteMyeloidLeukemia"),
    ("JuvenileMyelomonocyticLeukemia", "AcuteMyeloidLeukemia"),
    ("ChronicMyeloidLeukemia", "AcuteMyeloidLeukemia"),
    ("ChronicMyeloidLeukemia", "AcuteLymphoblasticLeukemia"),
    ("AcuteLeukemiaAmbiguousLineage", "AcuteMyeloidLeukemia"),
    ("AcuteLeukemiaAmbiguousLineage", "AcuteLymphoblasticLeukemia"),
    ("BlasticPlasmacytoidDendriticCellNeoplasm", "AcuteMyeloidLeukemia"),
    ("BurkittLeukemia", "AcuteLymphoblasticLeukemia"),
)
"""Leukemias of two groups that two papers may tell of one patient: one turns into the other, or went by its name."""
T = TypeVar("T")
_TURNS = frozenset(TURNS) | frozenset((b, a) for a, b in TURNS)


def compare(a: Telling, b: Telling, others: Frequencies, kinds: Kinds) -> list[Reason] | Contradiction:
    """All reasons, the weightiest first; a contradiction if sex, leukemia or age cannot be those of one patient."""
    if a.sex and b.sex and a.sex != b.sex:
        return Contradiction("sex", kinds.label(a.sex), kinds.label(b.sex))
    if not possible(a, b):
        return Contradiction("leukemia", _labels(a.leukemias, kinds), _labels(b.leukemias, kinds))
    age = compare_ages(a, b, others)
    if isinstance(age, Contradiction):
        return age
    reasons = [*_sex(a, b, others, kinds), *_leukemia(a, b, others, kinds)]
    reasons += [age] if age else []
    reasons += compare_papers(a, b, others, years=age is None or age.trait != "ages at other times")
    reasons += _sites(a, b, others, kinds)
    reasons += _together("finding", a.findings & b.findings, 0.5, 4, others, kinds.label)
    reasons += _together("agent", a.agents & b.agents, 0.5, 6, others, kinds.label)
    reasons += _together("measurement", a.measured & b.measured, 0.5, 12, others, lambda m: _measured(m, kinds))
    reasons += [*_remission(a, b, others), *_dates(a, b), *_end(a, b, others, kinds)]
    return sorted(reasons, key=lambda reason: (-reason.weight, reason.trait, reason.here, reason.there))


def possible(a: Telling, b: Telling) -> bool:
    """Whether sex and leukemia let two tellings be of one patient; quick, for the many pairs that do not."""
    if a.sex != b.sex and a.sex is not None and b.sex is not None:
        return False
    if not a.groups or not b.groups:
        return True
    return not a.groups.isdisjoint(b.groups) or any((one, other) in _TURNS for one in a.groups for other in b.groups)


def _sex(a: Telling, b: Telling, others: Frequencies, kinds: Kinds) -> Iterator[Reason]:
    if a.sex is None or b.sex is None:
        return
    share, found, told = others.share("sex", a.sex)
    yield Reason("sex", agreeing(share, 0.02), kinds.label(a.sex), kinds.label(a.sex), _of(found, told))


def _leukemia(a: Telling, b: Telling, others: Frequencies, kinds: Kinds) -> Iterator[Reason]:
    here, there = _labels(a.leukemias, kinds), _labels(b.leukemias, kinds)
    if not a.leukemias or not b.leukemias:
        return
    same = a.leukemias & b.leukemias
    shared = same or _narrowest((a.leukemias & b.leukemia_closure) | (b.leukemias & a.leukemia_closure), kinds)
    if shared:
        found = {one: others.share("leukemia", one) for one in shared}
        rarest = min(sorted(found), key=lambda one: found[one][0])
        share, count, told = found[rarest]
        if same:
            yield Reason("leukemia", agreeing(share, 0.3), here, there, _of(count, told))
        else:
            yield Reason("leukemia, one broader", max(0.0, chance(0.5, share)), here, there, _of(count, told))
    elif not a.groups.isdisjoint(b.groups):
        yield Reason("leukemia, another of its group", -2.0, here, there)
    else:
        yield Reason("leukemia that may turn into the other", -1.0, here, there)


def _sites(a: Telling, b: Telling, others: Frequencies, kinds: Kinds) -> Iterator[Reason]:
    if not a.sites or not b.sites:
        return
    shared = _narrowest((a.sites & b.site_closure) | (b.sites & a.site_closure), kinds)
    if shared:
        both = a.sites & b.sites
        yield from _together("site", shared & both, 0.4, 12, others, kinds.label)
        if not shared & both:
            yield from _together("site", shared, 0.5, 6, others, kinds.label, "site, one broader")
        yield from _sides(a, b, shared, kinds)
        return
    groups = a.site_closure & b.site_closure & kinds.vocabulary.groups
    here, there = _labels(a.sites, kinds), _labels(b.sites, kinds)
    if groups:
        rarest = min(sorted(groups), key=lambda one: others.share("site", one)[0])
        weight = max(0.0, chance(0.4, others.share("site", rarest)[0]))
        yield Reason("site, of one part of the body", weight, here, there, f"both {kinds.label(rarest)}")
    else:
        yield Reason("site", -2.0, here, there)


def _sides(a: Telling, b: Telling, shared: frozenset[str], kinds: Kinds) -> Iterator[Reason]:
    """Left and right of a site that both tell."""
    for site in sorted(shared):
        here = {side for place, side in a.sides if place == site}
        there = {side for place, side in b.sides if place == site}
        if here and there:
            words = tuple(f"{_labels(sides, kinds)} {kinds.label(site)}" for sides in (here, there))
            # Half of all tellings that name a side name this one.
            yield Reason("side", chance(0.95, 0.5) if here & there else chance(0.05, 0.5), *words)
            return


def _together(
    trait: str,
    shared: Collection[T],
    slip: float,
    most: float,
    others: Frequencies,
    label: Callable[[T], str],
    called: str = "",
) -> Iterator[Reason]:
    """What both tell of a kind of which they tell several, as one reason.

    The rarest counts in full and each further one half of the one before, since things of a kind come together: drugs
    of a regimen, signs of a nerve. ``most`` is what all can weigh.
    """
    if not shared:
        return
    found = sorted((others.share(trait, one), label(one)) for one in shared)
    weights = [agreeing(share, slip) for (share, _, _), _ in found]
    weight = min(most, sum(one / 2**place for place, one in enumerate(weights)))
    names = ", ".join(name for _, name in found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")
    (_, count, told), rarest = found[0]
    yield Reason(called or trait, weight, names, names, f"{rarest}: {_of(count, told)}")


def _remission(a: Telling, b: Telling, others: Frequencies) -> Iterator[Reason]:
    if not a.remissions or not b.remissions:
        return
    here, there = (_times(t.remissions) for t in (a, b))
    same = a.remissions & b.remissions
    if same:
        share, found, told = min(others.share("remission", one) for one in same)
        yield Reason("time in remission", min(5.0, agreeing(share, 0.5)), here, there, _of(found, told))
    elif len(a.remissions) == len(b.remissions) == 1 and all(x.gap(y) > 1 for x in a.remissions for y in b.remissions):
        yield Reason("time in remission", -1.0, here, there)


def _dates(a: Telling, b: Telling) -> Iterator[Reason]:
    """Dates of one event in both, held against each other as far as both are told."""
    there = dict(b.dates)
    for kind, day in sorted(a.dates):
        other = there.get(kind)
        if other is None:
            continue
        length = min(len(day), len(other))
        words = (f"{kind} {day}", f"{kind} {other}")
        if day[:length] == other[:length]:
            yield Reason("date", {4: 4.0, 7: 7.0}.get(length, 10.0), *words)
        elif abs(int(day[:4]) - int(other[:4])) > 1:
            yield Reason("date", -4.0, *words)


def _end(a: Telling, b: Telling, others: Frequencies, kinds: Kinds) -> Iterator[Reason]:
    """Cause of death; and a death that an earlier paper tells of somebody whom a later one calls alive."""
    both = a.causes & b.causes
    if both:
        yield from _together("cause", both, 0.3, 5, others, kinds.label)
    elif a.causes and b.causes:
        yield Reason("cause", -2.0, _labels(a.causes, kinds), _labels(b.causes, kinds))
    if a.year is None or b.year is None or a.died is b.died or None in (a.died, b.died):
        return
    dead, alive = (a, b) if a.died else (b, a)
    if dead.year is not None and alive.year is not None and dead.year < alive.year:
        yield Reason("outcome", -4.0, *(f"{'dead' if t.died else 'alive'} in {t.year}" for t in (a, b)))


def _times(spans: Iterable[Span]) -> str:
    ordered = sorted(spans, key=lambda span: (span.low, span.high))
    return ", ".join(f"{span.low:g} to under {span.high:g} years" for span in ordered)


def _measured(measurement: tuple[str, object, str], kinds: Kinds) -> str:
    kind, value, unit = measurement
    return f"{kinds.label(kind)} {value:f} {unit}".strip()


def _narrowest(names: frozenset[str], kinds: Kinds) -> frozenset[str]:
    """Without those that are above another of them."""
    return frozenset(n for n in names if not any(n != other and n in kinds.above(other) for other in names))


def _labels(names: Iterable[str], kinds: Kinds) -> str:
    return ", ".join(sorted(kinds.label(name) for name in names))


def _of(found: int, told: int) -> str:
    return f"in {found:,} of {told:,} others"
