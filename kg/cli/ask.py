"""``sanctuary ask``: the competency questions, asked of the snapshot in service."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from kg.config import snapshots_folder
from kg.errors import ConfigError, SanctuaryError, SnapshotError

if TYPE_CHECKING:
    from kg.questions import Answer, Asker, Choices, Question

_EXAMPLES = (
    "Examples: **sanctuary ask** · **sanctuary ask modality-yield-when-marrow-is-normal -p site=Nerve** · "
    "**sanctuary ask modality-yield-when-marrow-is-normal --format bib > papers.bib**"
)


class AnswerFormat(StrEnum):
    """How an answer is written: ``auto`` is a table on a terminal and CSV in a pipe."""

    AUTO = "auto"
    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    SPARQL = "sparql"
    BIB = "bib"
    RIS = "ris"
    CSL = "csl"


class _Completing(TyperCommand):
    """Completes ``name=value`` also in bash, which parts words at “=” and “:” and hands them over in pieces."""

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Candidates for the last piece of a value; the options where nothing else is being typed."""
        given = ctx.params.get("given")
        pieces: list[str] = list(ctx.args)
        if incomplete == ":":
            pieces, incomplete = [*pieces, ":"], ""
        if not given or incomplete.startswith("-") or (pieces and pieces[-1] not in ("=", ":")):
            return super().shell_complete(ctx, incomplete)
        # A “=” that ends the line was taken away before.
        before = "".join((given[-1], *(pieces or ["="])))
        option = next(parameter for parameter in self.params if parameter.name == "given")
        items = option.shell_complete(ctx, before + incomplete)
        for item in items:
            item.value = item.value[len(before) :]
        return items


def register(app: typer.Typer) -> None:
    """Give the command line the command of this module."""
    app.command(name="ask", cls=_Completing, epilog=_EXAMPLES)(ask)


def complete_slug(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The questions whose slug begins so, for the shell; none if they cannot be read."""
    try:
        questions = _questions(_folder(ctx.params.get("snapshots")))
    except (SanctuaryError, OSError):
        return []
    return [(one.slug, one.summary) for one in questions if one.slug.startswith(incomplete)]


def complete_parameter(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """``name=value`` for the parameters of the question, for the shell; none if they cannot be read."""
    # An option whose value is still missing ends the reading of the line, and the slug is left among the rest.
    slug = ctx.params.get("slug") or next(iter(ctx.args), None)
    try:
        return list(_parameters(slug, _folder(ctx.params.get("snapshots")), incomplete))
    except (SanctuaryError, OSError):
        return []


def ask(
    slug: Annotated[
        str | None,
        typer.Argument(help="Name of a question; without one, all are listed.", autocompletion=complete_slug),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            "-p",
            metavar="NAME=VALUE",
            help="A parameter: a short name, a label, an IRI, a code or a number; may be repeated.",
            autocompletion=complete_parameter,
        ),
    ] = None,
    form: Annotated[
        AnswerFormat,
        typer.Option("--format", "-f", help="How to write the answer; bib, ris, csl: the papers behind it."),
    ] = AnswerFormat.AUTO,
    about: Annotated[bool, typer.Option("--about", help="Explain the question and its parameters instead.")] = False,
    snapshots: Annotated[
        Path | None,
        typer.Option("--snapshots", help="Folder of the snapshots. Default: $SANCTUARY_SNAPSHOTS or build/snapshots."),
    ] = None,
) -> None:
    """Ask a competency question of the snapshot in service, or list the questions.

    An answer that counts gives n, the cases that have it, and N, the cases in which it was assessed.
    """
    from kg.cli.ask_table import write_about, write_list
    from kg.questions import ask_question, bound_values, read_choices
    from kg.questions.answer import bound_query
    from kg.snapshot import open_current

    if slug is None:
        if given or about or form not in (AnswerFormat.AUTO, AnswerFormat.TABLE, AnswerFormat.TSV):
            raise ConfigError("Name the question to ask. “sanctuary ask” alone lists them, as a table or as TSV.")
        questions = _questions(_folder(snapshots))
        write_list(questions, table=form is AnswerFormat.TABLE or (form is AnswerFormat.AUTO and sys.stdout.isatty()))
        return
    snapshot = open_current(snapshots or snapshots_folder())
    question = _question(slug, _questions(snapshot.folder))
    asker = snapshot.table
    choices = read_choices(asker)
    values = _values(given or ())
    if about:
        write_about(question, choices)
    elif form is AnswerFormat.SPARQL:
        sys.stdout.write(bound_query(question, bound_values(question, values, choices)).rstrip("\n") + "\n")
    elif form in (AnswerFormat.BIB, AnswerFormat.RIS, AnswerFormat.CSL):
        _write_papers(ask_question(question, values, choices, asker), asker, form)
    else:
        _write(ask_question(question, values, choices, asker), choices, form)


def _write(answer: Answer, choices: Choices, form: AnswerFormat) -> None:
    from kg.cli.ask_table import write_answer
    from kg.questions.formats import Page, delimited, document

    if form is AnswerFormat.AUTO:
        form = AnswerFormat.TABLE if sys.stdout.isatty() else AnswerFormat.CSV
    if form is AnswerFormat.TABLE:
        write_answer(answer, choices)
    elif form is AnswerFormat.JSON:
        whole = document(answer, Page(0, max(1, len(answer.rows))), "objects")
        sys.stdout.write(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(delimited(answer.columns, answer.rows, "\t" if form is AnswerFormat.TSV else ","))


def _write_papers(answer: Answer, asker: Asker, form: AnswerFormat) -> None:
    """The papers behind an answer: BibTeX, RIS or CSL-JSON."""
    from kg.bibliography import bibtex, csl_items, references_behind, ris

    items = csl_items(references_behind(answer, asker), asker)
    if form is AnswerFormat.CSL:
        text = json.dumps(items, indent=2, ensure_ascii=False)
    else:
        text = bibtex(items) if form is AnswerFormat.BIB else ris(items)
    sys.stdout.write(text.rstrip("\n") + "\n" if text.strip() else "")


def _folder(snapshots: Path | str | None) -> Path:
    """The folder of the snapshot in service.

    Raises:
        SnapshotError: there is none.
    """
    from kg.snapshot import CURRENT

    link = Path(snapshots or snapshots_folder()) / CURRENT
    if not link.exists():
        raise SnapshotError(f"There is no snapshot in {link.parent}. Run “sanctuary build” first.")
    return link.resolve()


def _questions(folder: Path) -> tuple[Question, ...]:
    from kg.questions import read_questions
    from kg.snapshot import QUESTIONS

    if not (folder / QUESTIONS).is_dir():
        raise SnapshotError(f"The snapshot {folder.name} holds no questions. Run “sanctuary build”.")
    return read_questions(folder / QUESTIONS)


def _question(slug: str, questions: Sequence[Question]) -> Question:
    for question in questions:
        if question.slug == slug:
            return question
    from kg.questions import near_questions

    near = near_questions(slug, [question.slug for question in questions])
    meant = f" Did you mean {' or '.join(f'“{one}”' for one in near)}?" if near else ""
    raise ConfigError(f"There is no question “{slug[:80]}”.{meant} “sanctuary ask” lists them.")


def _values(given: Sequence[str]) -> dict[str, str]:
    """The parameters as they were given, by name.

    Raises:
        ConfigError: one has no “=”, or is there twice.
    """
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ConfigError(f"“{text[:60]}” is not a parameter. Write --param name=value, as in --param site=Nerve.")
        if name in values:
            raise ConfigError(f"The parameter “{name[:60]}” is there more than once.")
        values[name] = value
    return values


def _parameters(slug: str | None, folder: Path, incomplete: str) -> Iterator[tuple[str, str]]:
    """What the shell may put in place of a parameter that is being typed."""
    from kg.questions import read_choices
    from kg.snapshot import open_snapshot

    question = next((one for one in _questions(folder) if one.slug == slug), None)
    if question is None:
        return
    typed, equals, _ = incomplete.partition("=")
    fitting = [one for one in question.parameters if (one.name == typed if equals else one.name.startswith(typed))]
    if len(fitting) > 1:
        yield from ((f"{one.name}=", one.label) for one in fitting)
        return
    # The only one that fits comes with its values: “name=” alone would be closed with a space.
    for parameter in fitting:
        choices = read_choices(open_snapshot(folder).table)
        offered = choices.of(parameter)
        for one in offered:
            value = choices.curie(one.iri) if parameter.kind == "code" else one.name
            yield f"{parameter.name}={value}", one.label
        if not offered:
            yield f"{parameter.name}={parameter.default or ''}", parameter.label
