"""``sanctuary cases``: all cases under a code of another terminology."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.config import snapshots_folder
from kg.namespaces import BASE

if TYPE_CHECKING:
    from kg.coded import CodedCase, UnderCode
    from kg.questions import Choices

_EXAMPLES = (
    "Examples: **sanctuary cases --code SNOMEDCT:91861009** · **sanctuary cases --code HP:0012531 --close** · "
    "**sanctuary cases --code NCIT:C3161 --format json | jq -r '.rows[].case'**"
)
_HEAD = ("case", "label", "role", "concept", "conceptLabel", "match", "mapped", "mappedLabel", "code", "papers")
_OBO = ("http://purl.obolibrary.org/obo/", "http://www.ebi.ac.uk/efo/", "http://www.orpha.net/")
"""Where the codes of terminologies begin whose releases “sanctuary link obo” reads."""


class CasesFormat(StrEnum):
    """How the cases are written: ``auto`` is a table on a terminal and CSV in a pipe."""

    AUTO = "auto"
    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="cases", epilog=_EXAMPLES)(cases)


def cases(
    code: Annotated[
        str, typer.Option("--code", "-c", help="SNOMEDCT:91861009, MONDO:0018874, HP:0002653 …, or the IRI of a code.")
    ],
    descendants: Annotated[
        bool, typer.Option(help="Also what is below the code; without, only what is mapped to the code itself.")
    ] = True,
    close: Annotated[
        bool, typer.Option("--close", help="Also cases reached by codes that are only close, or narrower.")
    ] = False,
    form: Annotated[CasesFormat, typer.Option("--format", "-f", help="How to write the cases.")] = CasesFormat.AUTO,
    snapshots: Annotated[
        Path | None,
        typer.Option("--snapshots", help="Folder of the snapshots. Default: $SANCTUARY_SNAPSHOTS or build/snapshots."),
    ] = None,
) -> None:
    """List the cases under a code of SNOMED CT, Mondo, HPO, NCIt or another terminology, and why each is.

    A code that is mapped, or is above one that is, reaches cases; what is above is known from releases that
    “sanctuary link” has read. Findings count where present, investigations where their result is reported.
    """
    from kg.coded import cases_under
    from kg.questions import read_choices
    from kg.snapshot import open_current

    snapshot = open_current(snapshots or snapshots_folder())
    choices = read_choices(snapshot.table)
    found = cases_under(code, choices, snapshot.table, descendants=descendants)
    rows = [row for row in found.rows if row.sure or close]
    if form is CasesFormat.AUTO:
        form = CasesFormat.TABLE if sys.stdout.isatty() else CasesFormat.CSV
    if form is CasesFormat.JSON:
        _write_json(found, rows)
    elif form is CasesFormat.TABLE:
        _write_table(found, rows)
    else:
        _write_delimited(rows, "\t" if form is CasesFormat.TSV else ",")
    for sentence in _told(found, choices, descendants=descendants, close=close):
        typer.echo(sentence, err=True)


def _write_delimited(rows: list[CodedCase], delimiter: str) -> None:
    from kg.questions.formats import delimited

    sys.stdout.write(delimited(_HEAD, [tuple(_cells(row).values()) for row in rows], delimiter))


def _write_json(found: UnderCode, rows: list[CodedCase]) -> None:
    said = {
        "code": found.code,
        "iri": found.iri,
        "label": found.label or None,
        "release": found.release or None,
        "n": len(found.cases),
        "N": found.total,
        "cases": list(found.cases),
        "onlyClose": list(found.only_close),
        "rows": [_cells(row) for row in rows],
    }
    sys.stdout.write(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def _cells(row: CodedCase) -> Mapping[str, str | tuple[str, ...]]:
    """The cells of a row for programs, by column."""
    named = (row.case, row.label, row.role, row.concept, row.concept_label, row.match, row.mapped, row.mapped_label)
    return dict(zip(_HEAD, (*named, row.code, row.papers), strict=True))


def _write_table(found: UnderCode, rows: list[CodedCase]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("case", "as", "concept", "how it is under the code asked for", "papers"):
        table.add_column(name, overflow="fold")
    for row in rows:
        papers = ", ".join(paper.removeprefix(BASE + "reference/") for paper in row.papers)
        case = row.case.removeprefix(BASE + "case/")
        table.add_row(*(Text(cell) for cell in (case, row.role, row.concept_label, _way(row, found.code), papers)))
    Console().print(table)


_RELATIONS = {
    "same": "same as",
    "broader code": "narrower than",
    "close": "only close to",
    "narrower code": "wider than",
}
"""How our concept stands to the code, in words: a “broader code” is wider than the concept."""


def _way(row: CodedCase, asked: str) -> str:
    """How a case's concept comes to be under the code: up our hierarchy, by the match, up that of their release."""
    above = f"below {row.mapped_label}, " if row.mapped != row.concept else ""
    below = ", which is below it" if row.code != asked else ""
    return f"{above}{_RELATIONS[row.match]} {row.code}{below}"


def _told(found: UnderCode, choices: Choices, *, descendants: bool, close: bool) -> Iterator[str]:
    """What is behind the rows, and what was not there to be asked."""
    named = f"{found.code} “{found.label}”" if found.label else found.code
    yield f"{len(found.cases)} of {found.total} cases {'is' if len(found.cases) == 1 else 'are'} under {named}."
    if unsure := len(found.only_close):
        more = "" if not found.cases else "more "
        cases = f"{unsure} {more}{'case has' if unsure == 1 else 'cases have'}"
        yield f"{cases} only what is close to it, or wider{'' if close else '; --close lists them'}."
    elif not found.concepts:
        yield f"No concept here is mapped to {found.code}{' or to a code below it' if found.release else ''}."
    elif not found.cases:
        yield f"Mapped to it are: {_listed(found.concepts)}. No case has them in a way that counts."
    if descendants and not found.release:
        missing = f"No release of {found.prefix} is loaded; codes above those mapped are not known."
        yield f"{missing}{_remedy(found.prefix, choices)}"


def _remedy(prefix: str, choices: Choices) -> str:
    """How to load a release, where there is a reader for it."""
    if prefix == "SNOMEDCT":
        return " Link one: sanctuary link snomed RELEASE, then sanctuary build."
    if choices.prefixes[prefix].startswith(_OBO):
        return " Link one: sanctuary link obo FILE, then sanctuary build."
    return ""


def _listed(labels: tuple[str, ...]) -> str:
    return ", ".join(labels[:6]) + (f" and {len(labels) - 6} others" if len(labels) > 6 else "")
