"""``sanctuary evaluate``: extraction held against what a person read."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from kg.config import shipped
from kg.errors import SourceTextError
from kg.evaluation import SINGLE, Evaluation, Json, Mistake, Score, evaluate, read_gold

_EXAMPLES = (
    "Examples: **sanctuary evaluate --gold tests/reports/untouched.jsonl** · "
    "**sanctuary evaluate --papers papers/ --no-errors**"
)


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="evaluate", epilog=_EXAMPLES)(run)


def run(
    gold: Annotated[Path | None, typer.Option(help="JSON lines: a text and what it tells of its patients.")] = None,
    papers: Annotated[
        Path | None,
        typer.Option(help="Folder of papers that curated records were made of: their drafts against the records."),
    ] = None,
    errors: Annotated[bool, typer.Option("--errors/--no-errors", help="List what was missed and found too much.")] = (
        True
    ),
    as_json: Annotated[bool, typer.Option("--json", help="All as JSON.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder with the curated records, for --papers.")] = None,
) -> None:
    """Precision, recall and F1 of extraction by field, against a gold or against the curated records of papers.

    The rules of matching are told in the modules kg.evaluation and kg.comparison.
    """
    if (gold is None) == (papers is None):
        raise typer.BadParameter("Give one of --gold and --papers.")
    if papers is not None:
        _compare_papers(papers, data or shipped("data"), errors=errors, as_json=as_json)
    elif gold is not None:
        _evaluate_gold(gold, errors=errors, as_json=as_json)


def _evaluate_gold(gold: Path, *, errors: bool, as_json: bool) -> None:
    from kg.draft.record import read_patients
    from kg.draft.summary import summary
    from kg.extract.reader import Reader
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
        _write_mistakes(result.mistakes)
        for text in result.deceived:
            sys.stdout.write(f"{text}\tdecoy\tmissed: \textra: a relapse case\n")
    deceived = f"{len(result.deceived)} of {result.decoys} decoys became a relapse case"
    _show(result.scores, SINGLE, f"{result.texts} texts; {deceived}.", errors=errors)


def _write_mistakes(mistakes: Iterable[Mistake]) -> None:
    for mistake in mistakes:
        sys.stdout.write(f"{mistake.text}\t{mistake.field}\tmissed: {mistake.missed}\textra: {mistake.extra}\n")


def _show(scores: Mapping[str, Score], single: Collection[str], end: str, *, errors: bool) -> None:
    """The table of scores; on standard error where the mistakes go into a pipe."""
    table = Table("field", "accuracy", "precision", "recall", "F1", "right", "missed", "extra", box=box.SIMPLE_HEAD)
    for name, score in scores.items():
        shown = (score.accuracy if name in single else None, score.precision, score.recall, score.f1)
        counts = (score.right, score.missed, score.extra)
        table.add_row(name, *("" if one is None else f"{one:.3f}" for one in shown), *map(str, counts))
    console = Console(stderr=errors and not sys.stdout.isatty())
    console.print(table)
    console.print(end, highlight=False)


def _json(result: Evaluation) -> None:
    document = {
        "texts": result.texts,
        "decoys": result.decoys,
        "deceived": result.deceived,
        "fields": {name: _numbers(score) for name, score in result.scores.items()},
        "mistakes": [vars(mistake) for mistake in result.mistakes],
    }
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _numbers(score: Score) -> dict[str, float | int | None]:
    counts = {"right": score.right, "missed": score.missed, "extra": score.extra, "cases": score.cases}
    shares = {name: getattr(score, name) for name in ("accuracy", "precision", "recall", "f1")}
    return {**counts, **{name: None if one is None else round(one, 4) for name, one in shares.items()}}


def _compare_papers(papers: Path, data: Path, *, errors: bool, as_json: bool) -> None:
    from kg.comparison import compare
    from kg.draft.citations import Bibliography
    from kg.draft.record import draft_record, read_patients
    from kg.evidence import source_document
    from kg.extract.reader import Reader
    from kg.records import Record, read_curated
    from kg.vocabulary import read_ontology, read_vocabulary

    if not papers.is_dir():
        raise SourceTextError(f"{papers}: there is no such folder. Name the one with the papers' texts.")
    vocabulary = read_vocabulary(read_ontology(shipped("ontology")))
    reader = Reader(vocabulary)
    document: dict[str, Any] = {}
    curated = read_curated(data, vocabulary)
    known = Bibliography(curated.bibliography.references)
    for record in curated.records:
        text = source_document(record, papers)
        made = draft_record(text, read_patients(text, reader), reader, record.curation.date, known)
        drafted = Record.model_validate(made.record, context={"vocabulary": vocabulary}) if made else None
        scores, mistakes = compare(record, drafted, vocabulary)
        if as_json:
            fields = {name: _numbers(score) for name, score in scores.items()}
            document[record.record] = {"fields": fields, "mistakes": [vars(mistake) for mistake in mistakes]}
            continue
        if errors:
            _write_mistakes(mistakes)
        right, missed = scores["cases"].right, scores["cases"].missed
        _show(scores, (), f"{record.record}: {right} of {right + missed} cases drafted.", errors=errors)
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
