"""Questions and their answers for people: labels for IRIs, shares in per cent, short names of cases."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from pyoxigraph import NamedNode
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.namespaces import BASE, PREFIXES, SANCT, shrink
from kg.questions import Answer, Choices, Parameter, Question
from kg.questions.answer import LISTS, Value

_EXAMPLES = 6


def write_list(questions: Sequence[Question], *, table: bool) -> None:
    """All questions by group: for a terminal, or as tab-separated values."""
    if not table:
        rows = [("group", "slug", "question"), *((one.group, one.slug, one.summary) for one in questions)]
        sys.stdout.writelines("\t".join(row) + "\n" for row in rows)
        return
    console = Console()
    for group, members in groupby(questions, key=lambda one: one.group):
        console.print(Text(group, style="bold"))
        shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        shown.add_column(overflow="fold", ratio=2)
        shown.add_column(overflow="fold", ratio=3)
        for one in members:
            shown.add_row(Text("  " + one.slug), Text(one.summary))
        console.print(shown)
    number = f"{len(questions)} question{'' if len(questions) == 1 else 's'}"
    below = f"{number}; “sanctuary ask NAME” asks one, --about explains it"
    Console(stderr=True, highlight=False).print(below, style="dim")


def write_about(question: Question, choices: Choices) -> None:
    """What a question asks, and what its parameters may be."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(Text(question.summary, style="bold"))
    console.print(Text(question.description))
    for parameter in question.parameters:
        console.print()
        console.print(Text.assemble((parameter.name, "bold"), f": {parameter.label}"))
        console.print(Text(f"  {'; '.join(_about(parameter, choices))}"))
    if question.reproduces:
        console.print()
        console.print(Text(f"Counts again what is printed in: {', '.join(question.reproduces)}"))
    example = next((f" --param {p.name}={name}" for p in question.parameters if (name := _example(p, choices))), "")
    console.print()
    console.print(Text(f"sanctuary ask {question.slug}{example}"))


def _about(parameter: Parameter, choices: Choices) -> Iterator[str]:
    offered = choices.of(parameter)
    yield parameter.kind
    if parameter.default is None:
        yield "any, unless given"
    else:
        label = choices.label(parameter.default)
        yield f"default {_short(parameter.default)}" + (f" ({label})" if label else "")
    if parameter.least is not None or parameter.most is not None:
        bounds = ((parameter.least, "at least"), (parameter.most, "at most"))
        yield " and ".join(f"{words} {bound}" for bound, words in bounds if bound is not None)
    if parameter.kind == "code":
        yield f"{len(offered):,} codes are mapped, as {', '.join(choices.curie(one.iri) for one in offered[:2])}"
    elif offered:
        used = [one.name for one in offered if one.used]
        more = " …" if len(offered) > _EXAMPLES else ""
        yield f"{len(offered)} choice{'' if len(offered) == 1 else 's'}: {', '.join(used[:_EXAMPLES])}{more}"


def _example(parameter: Parameter, choices: Choices) -> str:
    offered = [one for one in choices.of(parameter) if one.used and one.iri != parameter.default]
    if parameter.kind == "code":
        return choices.curie(offered[0].iri) if offered else ""
    return offered[0].name if offered else parameter.default or ""


def write_answer(answer: Answer, choices: Choices) -> None:
    """An answer as a table; below it, on standard error, how many cases are behind it and what was asked."""
    labelled = [name for name in answer.columns if f"{name}Label" in answer.columns]
    hidden = {f"{name}Label" for name in labelled}
    shown = [name for name in answer.columns if name not in hidden]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    numbers = {name for at, name in enumerate(answer.columns) if any(_is_number(row[at]) for row in answer.rows)}
    for name in shown:
        table.add_column(name, overflow="fold", justify="right" if name in numbers else "left")
    for row in answer.rows:
        cells = dict(zip(answer.columns, row, strict=True))
        table.add_row(*(Text(_cell(name, cells, labelled)) for name in shown))
    if answer.rows:
        Console().print(table)
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text("; ".join(_below(answer, choices)), style="dim"))


def _cell(name: str, cells: dict[str, Value], labelled: Sequence[str]) -> str:
    value = cells[f"{name}Label"] if name in labelled else None
    value = cells[name] if value is None else value
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(_short, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "share" and isinstance(value, int | Decimal):
        return f"{100 * value:.1f} %"
    if isinstance(value, Decimal):
        return format(value, "f")
    return _short(value) if isinstance(value, str) and name not in LISTS else str(value)


def _below(answer: Answer, choices: Choices) -> Iterator[str]:
    """How much is behind a table, and the parameters in force."""
    rows = f"{len(answer.rows):,} row{'' if len(answer.rows) == 1 else 's'}"
    yield f"the first {rows}" if answer.truncated else rows
    if answer.n is not None:
        among = f" of {answer.total}" if answer.total is not None else ""
        yield f"{answer.n}{among} case{'' if (answer.total or answer.n) == 1 else 's'}"
    for name, term in answer.values.items():
        if term is None:
            yield f"{name}: any"
        else:
            label = choices.label(term.value) if isinstance(term, NamedNode) else None
            yield f"{name}: {label or _short(term.value)}"


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _short(text: str) -> str:
    """What follows the space of a case, a reference or a term; the CURIE of another IRI; any other text as it is."""
    for space in (BASE + "case/", BASE + "reference/", SANCT):
        if text.startswith(space):
            return text.removeprefix(space)
    return shrink(text) if text.startswith(tuple(PREFIXES.values())) and " " not in text else text
