"""Fit the weights of relapse and remission (``kg/extract/rules/weights.yaml``) to texts that a person has read.

Run ``python -m tests.fit_weights GOLD… [--published GOLD…]`` with files of JSON lines (see ``kg.evaluation``); texts
that were published, and not invented, count twice. Each question is a logistic regression with an L1 penalty over the
facts of `kg.extract.facts`, so that most facts get no weight. It writes the weights and prints how many cases a
regression fitted without each file reads right in that file. Then come the weights of sites (`tests.fit_places`), since
whether it was a relapse is a fact of theirs.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

from kg.config import shipped
from kg.draft.record import read_patients
from kg.draft.summary import summary
from kg.evaluation import paired, read_gold
from kg.extract.facts import ENOUGH, QUESTIONS, facts_of
from kg.extract.leukemia import leukemia
from kg.extract.reader import RULES, Reader
from kg.extract.reading import Reading
from kg.extract.rulefiles import rules
from kg.extract.story import Story
from kg.ingest.readers import read_bytes
from kg.vocabulary import read_ontology, read_vocabulary

T = TypeVar("T")
HISTORIES = Path(__file__).parent / "extract_histories.yaml"
PENALTY = 0.5
LEAST = 0.05
"""A weight below it says next to nothing, and is left out."""


def cases(gold: Path, reader: Reader) -> Iterator[tuple[dict[str, int], dict[str, Any]]]:
    """The facts of each patient whom both the gold and extraction have, with what the gold says."""
    for reading, wanted in patients(gold, reader):
        story = Story(reading, list(leukemia(reading)))
        yield dict.fromkeys(facts_of(story, whole=True), 1), wanted


def patients(gold: Path, reader: Reader) -> Iterator[tuple[Reading, dict[str, Any]]]:
    """What is said of each patient whom both the gold and extraction have, with what the gold says."""
    for line in gold.read_text(encoding="utf-8").splitlines():
        text = read_gold(line)
        for document in read_bytes(text["text"].encode(), f"{text['id']}.txt"):
            told = zip(reader.read(document), read_patients(document, reader), strict=True)
            readings = [(reading, patient) for reading, patient in told if patient.leukemic]
            found = summary(document, [patient for _, patient in readings], reader.vocabulary)
            at = {id(one): reading for one, (reading, _) in zip(found, readings, strict=True)}
            for wanted, got in paired(text["cases"], found):
                if wanted is not None and got is not None:
                    yield at[id(got)], dict(wanted)


def stories(reader: Reader) -> Iterator[tuple[dict[str, int], dict[str, bool | None]]]:
    """The facts of the short stories of ``extract_histories.yaml``, with what they say."""
    for story in yaml.safe_load(HISTORIES.read_text(encoding="utf-8"))["stories"]:
        said = {question: story["says"].get(question) for question in QUESTIONS}
        for document in read_bytes(story["text"].encode(), "story.txt"):
            for reading in reader.read(document)[:1]:
                if types := list(leukemia(reading)):
                    answers = {question: None if a is None else a == "true" for question, a in said.items()}
                    yield dict.fromkeys(facts_of(Story(reading, types), whole=True), 1), answers


def answered(
    rows: Iterable[tuple[dict[str, int], Mapping[str, Any]]], question: str
) -> list[tuple[dict[str, int], bool]]:
    """The facts of the cases in which a question has an answer, with the answer."""
    return [(facts, bool(said[question])) for facts, said in rows if said[question] is not None]


def fit(rows: Sequence[tuple[dict[str, int], bool]], penalty: float = PENALTY) -> tuple[float, dict[str, float]]:
    """The start and the weights that a regression gives."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = DictVectorizer(sparse=False)
    model = LogisticRegression(C=penalty, l1_ratio=1, solver="liblinear", random_state=0)
    model.fit(vectors.fit_transform([facts for facts, _ in rows]), [answer for _, answer in rows])
    named = zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
    weights = {str(name): round(float(weight), 2) for name, weight in named if abs(weight) >= LEAST}
    return round(float(model.intercept_[0]), 2), dict(sorted(weights.items(), key=lambda one: (-one[1], one[0])))


def right(
    start: float, weights: Mapping[str, float], rows: Sequence[tuple[dict[str, int], bool]], question: str = "relapse"
) -> int:
    """How many answers to a question the weights give right."""
    odds = math.log(ENOUGH[question] / (1 - ENOUGH[question]))
    return sum((start + sum(weights.get(fact, 0) for fact in facts) > odds) == answer for facts, answer in rows)


def counted(told: Mapping[Path, Sequence[T]], published: Collection[Path], without: Path | None = None) -> list[T]:
    """What a regression is fitted to: the rows of all files but one, those of published texts twice."""
    times = {file: 2 if file in published else 1 for file in told if file != without}
    return [row for file, number in times.items() for row in [*told[file]] * number]


def main(files: Sequence[Path], published: Collection[Path], reader: Reader) -> None:
    """Fit, check and write."""
    read = {file: list(cases(file, reader)) for file in files}
    short = list(stories(reader))
    path = RULES / "weights.yaml"
    kept = path.read_text(encoding="utf-8").split("\nrelapse:\n")[0] + "\n"
    lines = []
    for question in QUESTIONS:
        told = {file: answered(rows, question) for file, rows in read.items()}
        always = answered(short, question)
        for file, rows in told.items():
            told_right = right(*fit(always + counted(told, published, file)), rows, question)
            print(f"{question:14}{file.name:24}{told_right:5} of {len(rows)}", file=sys.stderr)
        start, weights = fit(always + counted(told, published))
        lines += [f"{question}:", f"  start: {start}", "  facts:"]
        lines += [f"    {json.dumps(name)}: {weight}" for name, weight in weights.items()]
    path.write_text(kept + "\n".join(lines) + "\n", encoding="utf-8")
    rules.cache_clear()


def arguments() -> tuple[list[Path], list[Path]]:
    """All files that the command line names, and those of published texts."""
    parser = argparse.ArgumentParser(description="Fit the weights of relapse, remission and sites to files of gold.")
    parser.add_argument("gold", nargs="*", type=Path, help="invented texts, as JSON lines")
    parser.add_argument("--published", nargs="*", type=Path, default=[], help="published texts, which count twice")
    given = parser.parse_args()
    return [*given.gold, *given.published], given.published


if __name__ == "__main__":
    from tests import fit_places  # it uses this module

    given = arguments()
    shared = Reader(read_vocabulary(read_ontology(shipped("ontology"))))
    main(*given, shared)
    fit_places.main(*given, shared)
