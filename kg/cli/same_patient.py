"""``sanctuary same-patient``: pairs of cases in different papers that may be one patient, for a curator to judge."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.progress import count_bar
from kg.config import shipped
from kg.errors import ConfigError

if TYPE_CHECKING:
    from kg.same_patient import Found, Pair, Reading, Telling

_EXAMPLES = (
    "Examples: **sanctuary same-patient drafts** · **sanctuary same-patient drafts --case baek-2021-1 --min-score 4** "
    "· "
    "**sanctuary same-patient drafts --format jsonl --limit 0 | jq -r '[.score, .one.case, .other.case] | @tsv'**"
)
_HEAD = ("score", "word", "case", "paper", "otherCase", "otherPaper", "for", "against")
_SHOWN = 5
"""So many records that cannot be read are told."""
_HOW = """\
Nothing was changed. To answer, write into a signed record and run “sanctuary check”:
  yes: give the case of the later paper the slug of the other, told: review and primary_reference: its paper;
  no: not_same_patient, with the reference of the other paper, its case if it tells of several, reasons and evidence;
  cannot tell: possibly_same_patient, with the reference, certainty, reasons and evidence."""


class PairsFormat(StrEnum):
    """How the pairs are written: ``auto`` is a table on a terminal and CSV in a pipe."""

    AUTO = "auto"
    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="same-patient", epilog=_EXAMPLES)(same_patient)


def same_patient(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders with records/ and references.yaml, signed or not, as “extract --out” writes them."
        ),
    ] = None,
    case: Annotated[str | None, typer.Option("--case", "-c", help="Only pairs with this case, by its slug.")] = None,
    min_score: Annotated[
        float, typer.Option(help="What the reasons must weigh together, in bits; each bit doubles the odds.")
    ] = 8.0,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="At most so many pairs, the best; 0 is all.")] = 50,
    decided: Annotated[
        bool, typer.Option("--decided", help="Also pairs on which a curator has said yes or no.")
    ] = False,
    form: Annotated[PairsFormat, typer.Option("--format", "-f", help="How to write the pairs.")] = PairsFormat.AUTO,
    data: Annotated[
        Path | None, typer.Option(help="Folder to compare with, read first. Default: the data shipped here.")
    ] = None,
) -> None:
    """List pairs of cases in different papers that may be one patient, with reasons for and against each.

    The cases of the shipped data and of the folders named are held against each other: sex, age, leukemia, sites,
    years, authors, citations, findings, agents, measured values, dates. A trait that few others have weighs more. Sex,
    a leukemia or an age that one patient cannot have had rules a pair out; what is not told is no reason either way.
    Pairs that a curator has decided are left out. No record is changed and nothing is merged.

    A record that cannot be read is left out alone; the exit code is then 1.
    """
    from kg.same_patient import Kinds, find_pairs, read_folders
    from kg.vocabulary import read_ontology, read_vocabulary

    kinds = Kinds(read_vocabulary(read_ontology(shipped("ontology"))))
    with count_bar("records") as progress:
        reading = read_folders([data or shipped("data"), *(folders or [])], kinds, progress)
    if case is not None:
        _check_case(case, reading.tellings)
    with count_bar("cases compared") as progress:
        found = find_pairs(
            reading.tellings,
            reading.words,
            kinds,
            case=case,
            min_score=min_score,
            limit=limit or None,
            decided=decided,
            progress=progress,
        )
    if form is PairsFormat.AUTO:
        form = PairsFormat.TABLE if sys.stdout.isatty() else PairsFormat.CSV
    _write(found, reading, form)
    for sentence in _told(found, reading, min_score=min_score, decided=decided):
        typer.echo(sentence, err=True)
    if reading.problems:
        raise typer.Exit(1)


def _check_case(case: str, tellings: tuple[Telling, ...]) -> None:
    known = sorted({telling.case for telling in tellings})
    if case not in known:
        near = difflib.get_close_matches(case, known, 3) or known[:3]
        raise ConfigError(
            f"No record read here has the case “{case}”; it has {', '.join(near)}. Correct it, or name its folder."
        )


def _write(found: Found, reading: Reading, form: PairsFormat) -> None:
    out = sys.stdout
    if form is PairsFormat.JSON:
        counts = {
            "tellings": found.tellings,
            "compared": found.compared,
            "above": found.above,
            "decided": found.decided,
        }
        said = {**counts, "pairs": [_json(pair, reading) for pair in found.pairs]}
        out.write(json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    elif form is PairsFormat.JSONL:
        out.writelines(json.dumps(_json(pair, reading), ensure_ascii=False) + "\n" for pair in found.pairs)
    elif form is PairsFormat.TABLE:
        _write_table(found)
    else:
        from kg.questions.formats import delimited

        rows = [_cells(pair, "; ") for pair in found.pairs]
        out.write(delimited(_HEAD, rows, "\t" if form is PairsFormat.TSV else ","))


def _cells(pair: Pair, between: str) -> tuple[str, ...]:
    weighed = {True: "", False: ""}
    for sign in weighed:
        reasons = [one for one in pair.reasons if (one.weight >= 0) is sign]
        weighed[sign] = between.join(f"{one.weight:+.1f} {one.words}" for one in reasons)
    sides = (pair.one.case, _paper(pair.one), pair.other.case, _paper(pair.other))
    return (f"{pair.score:.1f}", pair.word.value, *sides, weighed[True], weighed[False])


def _paper(telling: Telling) -> str:
    return telling.source.record if telling.source.signed else f"{telling.source.record} (draft)"


def _json(pair: Pair, reading: Reading) -> dict[str, Any]:
    """A pair for programs; the reasons under the names under which a record has them."""
    return {
        "score": round(pair.score, 2),
        "word": pair.word.value,
        "one": _side(pair.one, reading),
        "other": _side(pair.other, reading),
        "reasons": [
            {
                "trait": reason.trait,
                "bearing": reason.bearing,
                "weight": round(reason.weight, 2),
                "here": reason.here,
                "there": reason.there,
                "note": reason.note,
            }
            for reason in pair.reasons
        ],
    }


def _side(telling: Telling, reading: Reading) -> dict[str, Any]:
    work = reading.works.work(telling.home)
    return {
        "case": telling.case,
        "paper": telling.source.record,
        "file": telling.source.file,
        "signed": telling.source.signed,
        "toldFirstHandBy": work.slug,
        "year": work.year,
        "doi": work.doi,
    }


def _write_table(found: Found) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found.pairs:
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("score", "word", "cases", "reasons, with their weights"):
        table.add_column(name, overflow="fold", justify="right" if name == "score" else "left")
    for pair in found.pairs:
        score, word, case, paper, other, other_paper, speaks_for, against = _cells(pair, "\n")
        both = f"{case}\n  in {paper}\n{other}\n  in {other_paper}"
        table.add_row(*map(Text, (score, word, both, f"{speaks_for}\n{against}".strip())), end_section=True)
    Console().print(table)


def _told(found: Found, reading: Reading, *, min_score: float, decided: bool) -> Iterator[str]:
    """What was compared and left out, and how a curator answers."""
    records = len({telling.source.file for telling in reading.tellings})
    shown = (
        f"the best {len(found.pairs):,} of {found.above:,}" if len(found.pairs) < found.above else f"{found.above:,}"
    )
    of = f"{found.tellings:,} cases in {records:,} papers, {found.compared:,} pairs compared"
    yield f"{of}: {shown} of {min_score:g} bits or more."
    if found.decided and not decided:
        yield f"{found.decided:,} that a curator has decided are left out; --decided shows them."
    if reading.again:
        what = (
            "record of a paper that another record tells was"
            if reading.again == 1
            else ("records of papers that another record tells were")
        )
        yield f"{reading.again:,} {what} left out."
    if found.too_large:
        yield f"{found.too_large:,} groups of cases with too little to tell them apart were not compared within."
    for problem in reading.problems[:_SHOWN]:
        yield f"  {problem}"
    if reading.problems:
        more = f" {len(reading.problems) - _SHOWN:,} more are not shown." if len(reading.problems) > _SHOWN else ""
        yield f"{len(reading.problems):,} problems: what they are in was left out.{more} Mend or extract it again."
    if found.pairs:
        yield _HOW
