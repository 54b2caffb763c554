"""Fit the weights of sites (``kg/extract/rules/weights-sites.yaml``) to texts that a person has read.

Run ``python -m tests.fit_places GOLD… [--published GOLD…]`` as `tests.fit_weights`, which runs it too. It is one
logistic regression with an L1 penalty over the facts of all places that the texts name or show
(`kg.extract.site_facts`). It writes the weights and prints for each file the F1 of a regression fitted without it, and
how many sites it has right, misses, and takes for one; the marrow and the fluid, which have rules of their own, are
left out.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kg.config import shipped
from kg.evaluation import Matching
from kg.extract.reader import RULES, Reader
from kg.extract.rulefiles import rules
from kg.extract.site_facts import places_of
from kg.extract.sites import FLUIDS
from kg.ingest.readers import read_bytes
from kg.vocabulary import read_ontology, read_vocabulary
from tests import fit_weights

SENTENCES = Path(__file__).parent / "extract_places.yaml"
PENALTY = 0.3
SELDOM = 6
"""A fact that fewer places have says nothing."""

Row = tuple[dict[str, int], bool]


@dataclass(frozen=True)
class Case:
    """The places of a patient with their facts, and the sites that the gold has."""

    facts: Mapping[str, Collection[str]]
    sites: frozenset[str]


def cases(gold: Path, reader: Reader) -> Iterator[Case]:
    """The patients of a file of gold."""
    fluids = {concept for _, concept in FLUIDS}
    for reading, wanted in fit_weights.patients(gold, reader):
        facts = {concept: place.facts for concept, place in places_of(reading).items() if place.spoken}
        yield Case(facts, frozenset(wanted["sites"]) - fluids)


@cache
def _told() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    return told


def short_reports() -> Iterator[tuple[str, frozenset[str]]]:
    """The short reports of ``extract_places.yaml``, and where leukemia was in each."""
    for story in _told()["stories"]:
        yield story["text"], frozenset(story["sites"])


def frames() -> list[tuple[str, bool]]:
    """The sentences into which places are put, and whether leukemia was there."""
    return [(frame, kind == "involved") for kind, several in _told()["frames"].items() for frame in several]


def in_frame(frame: str, *, involved: bool) -> Iterator[tuple[str, frozenset[str]]]:
    """A frame with each place, and where leukemia was."""
    for place in _told()["places"]:
        text = _told()["opening"] + frame.format(place=place["place"], of=place["of"])
        yield text, frozenset({place["is"]} if involved else ())


def sentences(reader: Reader) -> Iterator[Case]:
    """The patients of the short reports and of the frames."""
    fluids = {concept for _, concept in FLUIDS}
    framed = (one for frame, involved in frames() for one in in_frame(frame, involved=involved))
    for text, sites in (*short_reports(), *framed):
        for document in read_bytes(text.encode(), "report.txt"):
            for reading in reader.read(document)[:1]:
                facts = {concept: place.facts for concept, place in places_of(reading).items() if place.spoken}
                yield Case(facts, sites - fluids)


def rows(several: Iterable[Case], matching: Matching) -> Iterator[Row]:
    """Each place of each patient, and whether it was a site; those of which the gold lets no one say are left out."""
    for case in several:
        wanted = matching.narrowest(list(case.sites))
        for concept, facts in case.facts.items():
            same = [one for one in wanted if matching.same(one, concept)]
            finer_is_told = concept not in wanted and any(one in case.facts for one in same)
            if not finer_is_told and (same or not matching.neutral(wanted, concept)):
                yield dict.fromkeys(facts, 1), bool(same)


def fit(several: Sequence[Row]) -> tuple[float, dict[str, float]]:
    """The start and the weights that a regression gives."""
    often = Counter(fact for facts, _ in several for fact in facts)
    kept = [({fact: 1 for fact in facts if often[fact] >= SELDOM}, answer) for facts, answer in several]
    return fit_weights.fit(kept, PENALTY)


def score(start: float, weights: Mapping[str, float], several: Iterable[Case], matching: Matching) -> Counter[str]:
    """How many sites the weights give right, how many they miss, and how many are no sites."""
    odds = math.log(rules("weights-sites")["least"] / (1 - rules("weights-sites")["least"]))
    counts: Counter[str] = Counter()
    for case in several:
        told = [c for c, facts in case.facts.items() if start + sum(weights.get(f, 0) for f in facts) > odds]
        wanted = matching.narrowest(list(case.sites))
        left = list(wanted)
        for one in sorted(matching.narrowest(told)):
            if same := [other for other in left if matching.same(other, one)]:
                left.remove(one if one in same else same[0])
                counts["right"] += 1
            elif not any(matching.same(other, one) for other in wanted) and not matching.neutral(wanted, one):
                counts["extra"] += 1
        counts["missed"] += len(left)
    return counts


def main(files: Sequence[Path], published: Collection[Path], reader: Reader) -> None:
    """Fit, check and write."""
    matching = Matching(reader.vocabulary)
    read = {file: list(cases(file, reader)) for file in files}
    always = list(rows(sentences(reader), matching))
    each = {file: list(rows(several, matching)) for file, several in read.items()}
    for file, several in read.items():
        counts = score(*fit(always + fit_weights.counted(each, published, file)), several, matching)
        right, missed, extra = counts["right"], counts["missed"], counts["extra"]
        f1 = 2 * right / max(1, 2 * right + missed + extra)
        print(f"{'sites':14}{file.name:24}F1 {f1:.3f} {right:5} {missed:5} {extra:5}", file=sys.stderr)
    start, weights = fit(always + fit_weights.counted(each, published))
    path = RULES / "weights-sites.yaml"
    kept = path.read_text(encoding="utf-8").split("\nstart:")[0]
    lines = [kept, f"start: {start}", "facts:", *(f"  {json.dumps(name)}: {w}" for name, w in weights.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rules.cache_clear()


if __name__ == "__main__":
    main(*fit_weights.arguments(), Reader(read_vocabulary(read_ontology(shipped("ontology")))))
