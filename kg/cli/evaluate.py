"""``sanctuary evaluate``: extraction held against what a person read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from kg.config import shipped
from kg.errors import SourceTextError
from kg.evaluation import SEVERAL, SINGLE, Evaluation, Json, Score, evaluate, read_gold


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="evaluate", epilog="Example: **sanctuary evaluate --gold tests/reports/untouched.jsonl**")(run)


def run(
    gold: Annotated[Path, typer.Option(help="JSON lines: a text and what it tells of its patients.")],
    errors: Annotated[bool, typer.Option("--errors/--no-errors", help="List what was missed and found too much.")] = (
        True
    ),
    as_json: Annotated[bool, typer.Option("--json", help="All as JSON.")] = False,
) -> None:
    """Precision, recall and F1 of extraction by field; the rules of matching are told in the module kg.evaluation."""
    from kg.extract.draft import read_patients
    from kg.extract.reader import Reader
    from kg.extract.summary import summary
    from kg.ingest.readers import read_bytes
    from kg.vocabulary import read_ontology, read_vocabulary

    vocabulary = read_vocabulary(read_ontology(shipped("ontology")))
    reader = Reader(vocabulary)

    def pairs() -> Iterator[tuple[Json, list[dict[str, Any]]]]:
        for line in _lines(gold):
            found: list[dict[str, Any]] = []
            for document in read_bytes(line["text"].encode(), f"{line['id']}.txt"):
                patients = [one for one in read_patients(document, reader) if one.leukemic]
                found += summary(document, patients, vocabulary)
            yield line, found

    result = evaluate(pairs(), vocabulary)
    _json(result) if as_json else _table(result, errors=errors)


def _lines(path: Path) -> Iterator[Json]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceTextError(f"{path}: the gold cannot be read: {error}. Give JSON lines in UTF-8.") from error
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            yield read_gold(text)
        except SourceTextError as error:
            raise SourceTextError(f"{path}:{number}: {error}") from error


def _table(result: Evaluation, *, errors: bool) -> None:
    if errors:
        for mistake in result.mistakes:
            sys.stdout.write(f"{mistake.text}\t{mistake.field}\tmissed: {mistake.missed}\textra: {mistake.extra}\n")
        for text in result.deceived:
            sys.stdout.write(f"{text}\tdecoy\tmissed: \textra: a relapse case\n")
    table = Table("field", "accuracy", "precision", "recall", "F1", "right", "missed", "extra", box=box.SIMPLE_HEAD)
    for name in (*SINGLE, *SEVERAL):
        score = result.scores[name]
        shown = (score.accuracy if name in SINGLE else None, score.precision, score.recall, score.f1)
        counts = (score.right, score.missed, score.extra)
        table.add_row(name, *("" if one is None else f"{one:.3f}" for one in shown), *map(str, counts))
    console = Console(stderr=errors and not sys.stdout.isatty())
    console.print(table)
    deceived = f"{len(result.deceived)} of {result.decoys} decoys became a relapse case"
    console.print(f"{result.texts} texts; {deceived}.", highlight=False)


def _json(result: Evaluation) -> None:
    def numbers(score: Score) -> dict[str, float | int | None]:
        counts = {"right": score.right, "missed": score.missed, "extra": score.extra, "cases": score.cases}
        shares = {name: getattr(score, name) for name in ("accuracy", "precision", "recall", "f1")}
        return {**counts, **{name: None if one is None else round(one, 4) for name, one in shares.items()}}

    document = {
        "texts": result.texts,
        "decoys": result.decoys,
        "deceived": result.deceived,
        "fields": {name: numbers(score) for name, score in result.scores.items()},
        "mistakes": [vars(mistake) for mistake in result.mistakes],
    }
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
