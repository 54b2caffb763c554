"""How long ``sanctuary same-patient`` takes to compare generated cases, how much memory, and how many it finds again.

Cases have the shape that extraction gives: some tell no sex, no age, no year, no site. One in a hundred is told again
by another paper: a year older or not, under a wider or the same leukemia, with some of the sites, findings and authors.
Run it in a checkout::

    python -m benchmarks.same_patient --cases 100000

It also finds them all the slow way, each against each, for as many as ``--exhaustive`` says, to hold the blocks
against it.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from dataclasses import replace

from kg.config import shipped
from kg.same_patient import Found, Kinds, Telling, Words, blocks, find_pairs
from kg.same_patient.telling import Source, Span
from kg.vocabulary import read_ontology, read_vocabulary

_LEUKEMIAS = {
    "AcuteMyeloidLeukemia": 30, "AcuteLymphoblasticLeukemia": 16, "BPrecursorALL": 10, "TCellALL": 8,
    "AcuteMonocyticLeukemia": 8, "AcutePromyelocyticLeukemia": 6, "ChronicMyeloidLeukemia": 8, "AcuteLeukemia": 4,
    "ChronicLymphocyticLeukemia": 8, "MyeloidSarcoma": 10,
}  # fmt: skip


def cases(count: int, kinds: Kinds, seed: int = 7) -> tuple[list[Telling], set[frozenset[str]]]:
    """Generated cases, a paper each, and the pairs of slugs that are of one patient."""
    dice = random.Random(seed)
    words = kinds.vocabulary
    sites = sorted(one.name for one in words.in_scheme("AnatomicalSites") if len(kinds.above(one.name)) > 2)
    findings = sorted(one.name for one in words.in_scheme("Findings"))
    agents = sorted(name for one in words.in_scheme("Treatments") if "Agent" in kinds.above(name := one.name))
    weights = [1 / (place + 3) for place in range(len(sites))]
    found: list[Telling] = []
    twins: set[frozenset[str]] = set()
    for number in range(count):
        if number % 100 == 99:
            first = found[dice.randrange(len(found))]
            found.append(_told_again(first, number, dice, kinds))
            twins.add(frozenset((first.case, found[-1].case)))
            continue
        age = dice.choice((dice.randint(1, 18), dice.randint(18, 85)))
        leukemia = dice.choices(list(_LEUKEMIAS), list(_LEUKEMIAS.values()))[0]
        telling = Telling(
            case=f"case-{number}",
            source=_source(number),
            home=number,
            year=dice.randint(1985, 2025) if dice.random() < 0.8 else None,
            sex=dice.choice(("Male", "Female")) if dice.random() < 0.95 else None,
            age=Span(age, age + 1) if dice.random() < 0.95 else None,
            leukemias=frozenset([leukemia]),
            sites=frozenset(dice.choices(sites, weights, k=dice.randint(0, 3))),
            findings=frozenset(dice.choices(findings, k=dice.randint(0, 6))),
            agents=frozenset(dice.choices(agents, k=dice.randint(0, 4))),
            authors=frozenset(f"author{dice.randrange(count)} a" for _ in range(dice.randint(0, 6))),
        )
        found.append(_finished(telling, kinds))
    return found, twins


def _source(number: int) -> Source:
    return Source(f"paper-{number}", f"paper-{number}.yaml", False, number, 1000)


def _told_again(first: Telling, number: int, dice: random.Random, kinds: Kinds) -> Telling:
    older = dice.choice((0, 0, 1))
    widened = frozenset(
        next((above for above in kinds.vocabulary.concepts[one].parents if above in _LEUKEMIAS), one)
        if dice.random() < 0.2
        else one
        for one in first.leukemias
    )
    told = replace(
        first,
        leukemias=widened,
        sites=_some(first.sites, 0.8, dice),
        findings=_some(first.findings, 0.6, dice),
        agents=_some(first.agents, 0.6, dice),
        authors=_some(first.authors, 0.5, dice),
    )
    age = Span(first.age.low + older, first.age.high + older) if first.age else None
    year = first.year + dice.randint(0, 3) if first.year else None
    told = replace(told, case=f"case-{number}", source=_source(number), home=number, year=year, age=age)
    return _finished(told, kinds)


def _some(names: frozenset[str], kept: float, dice: random.Random) -> frozenset[str]:
    return frozenset(name for name in sorted(names) if dice.random() < kept)


def _finished(telling: Telling, kinds: Kinds) -> Telling:
    return replace(
        telling,
        ages=(telling.age,) if telling.age else (),
        leukemia_closure=frozenset(a for one in telling.leukemias for a in kinds.above(one)),
        groups=frozenset(group for one in telling.leukemias for group in kinds.leukemia_groups(one)),
        site_closure=frozenset(above for site in telling.sites for above in kinds.above(site)),
    )


def measure(tellings: list[Telling], twins: set[frozenset[str]], kinds: Kinds, least: float) -> Found:
    """Find the pairs, and say how long it took and how many of the twins are among the best."""
    start, cpu = time.perf_counter(), time.process_time()
    found = find_pairs(tellings, Words(), kinds, min_score=least, limit=len(tellings) // 10)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    best = [frozenset((pair.one.case, pair.other.case)) for pair in found.pairs]
    again, first = sum(one in twins for one in best), sum(one in twins for one in best[: len(twins)])
    print(
        f"{len(tellings):,} cases: {found.compared:,} pairs compared in {took:.1f} s ({cpu:.1f} s of CPU), "
        f"{memory:.0f} MB at most; {found.above:,} of {least:g} bits or more; of {len(twins):,} told twice "
        f"{again:,} are among the best {len(best):,}, {first:,} among the best {len(twins):,}; "
        f"{found.too_large:,} blocks too large"
    )
    return found


def main() -> None:
    """Measure, and hold the blocks against all pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--exhaustive", type=int, default=0)
    parser.add_argument("--min-score", type=float, default=8.0)
    options = parser.parse_args()
    kinds = Kinds(read_vocabulary(read_ontology(shipped("ontology"))))
    tellings, twins = cases(options.cases, kinds)
    measure(tellings, twins, kinds, options.min_score)
    if options.exhaustive:
        tellings, twins = cases(options.exhaustive, kinds)
        measure(tellings, twins, kinds, options.min_score)
        blocks.ALL = options.exhaustive
        measure(tellings, twins, kinds, options.min_score)


if __name__ == "__main__":
    main()
