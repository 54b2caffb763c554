"""What a request for a question asks: the question's parameters, and what begins with “_” and controls the answer.

Every name is known and stands once, or the request is refused: an answer to something else than was asked would pass
for the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import request
from pyoxigraph import Literal, NamedNode

from kg.questions import Choices, Parameter, ParameterError, Question
from kg.questions.formats import SHAPES
from kg.questions.question import expanded
from kg.questions.table import MOST_ROWS
from server.ask import problem
from server.current import KEPT_NAME, answer_from, current
from server.errors import ProblemError
from server.spool import NoAnswerError

SIZE = 100
"""Rows of a page, unless the request says otherwise."""
MOST = 1000
VERSION = "_version"
PAGING = ("_next", "_size")
SHAPE = "_shape"
SHOWN = 6

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Wanted:
    """What controls an answer: the shape of JSON, and rows from ``start``, ``size`` of them if the request says so."""

    shape: str = SHAPES[0]
    size: int | None = None
    start: int = 0


def read_given(known: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The parameters of the question and the controls of this request.

    Args:
        known: the controls that this address has.

    Raises:
        ParameterError: a name is there twice, or a control is unknown.
    """
    given: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name in given:
            raise ParameterError(name, f"“{name[:60]}” is there more than once.")
        if name.startswith("_") and name not in known:
            detail = f"There is no “{name[:60]}” at this address. What controls an answer is: {', '.join(known)}."
            raise ParameterError(name, detail, tuple(known))
        given[name] = value
    controls = {name: value for name, value in given.items() if name.startswith("_")}
    return {name: value for name, value in given.items() if name not in controls}, controls


def read_wanted(controls: Mapping[str, str]) -> Wanted:
    """What the controls say.

    Raises:
        ParameterError: one of them cannot be taken.
    """
    shape, size, start = controls.get(SHAPE, SHAPES[0]), controls.get("_size"), controls.get("_next", "0")
    if shape not in SHAPES:
        raise ParameterError(SHAPE, f"“{SHAPE}” is one of: {', '.join(SHAPES)}.", SHAPES)
    if size is not None and size != "max" and not _whole(size, 1, MOST):
        allowed = f"a whole number from 1 to {MOST}"
        raise ParameterError("_size", f"“_size” is {allowed}, or “max”.", (allowed, "max"))
    if not _whole(start, 0, MOST_ROWS):
        allowed = f"a whole number from 0 to {MOST_ROWS}"
        raise ParameterError("_next", f"“_next” is {allowed}, as the answer before gave it.", (allowed,))
    return Wanted(shape, None if size is None else MOST if size == "max" else int(size), int(start))


def use_version(version: str | None) -> bool:
    """Have this request answered by the snapshot that it names; gives whether it names one.

    Raises:
        ParameterError: that is no name of a snapshot.
        ProblemError: that snapshot is not kept, or cannot be opened now.
    """
    if version is None:
        answer_from(None)
        return False
    if not KEPT_NAME.fullmatch(version):
        raise ParameterError(VERSION, f"“{VERSION}” is the name of a snapshot, such as {current().get().version}.")
    try:
        serving = current().kept(version)
    except NoAnswerError as error:
        raise problem(error) from error
    if serving is None:
        names = current().versions()
        others = f" and {len(names) - SHOWN} others" if len(names) > SHOWN else ""
        detail = f"The snapshot {version} is not kept here. Kept are: {', '.join(names[-SHOWN:])}{others}."
        instead = "Without “_version”, the snapshot in service answers."
        raise ProblemError(HTTPStatus.NOT_FOUND, f"{detail} {instead}", {"Cache-Control": "no-store"})
    answer_from(serving)
    return True


def shortest(question: Question, values: Mapping[str, NamedNode | Literal | None], choices: Choices) -> Pairs:
    """The parameters that differ from their defaults, each as short as it is understood."""
    pairs = []
    for parameter in question.parameters:
        term = values[parameter.name]
        if term is None or (parameter.default is not None and term.value == expanded(parameter.default)):
            continue
        if parameter.kind == "code":
            pairs.append((parameter.name, choices.curie(term.value)))
        else:
            pairs.append((parameter.name, names(parameter, choices).get(term.value, term.value)))
    return pairs


def names(parameter: Parameter, choices: Choices) -> dict[str, str]:
    """What each value of a parameter is called in an address, by its IRI: its short name, if that means no other."""
    offered = choices.of(parameter)
    labels = {choice.label.casefold(): choice.iri for choice in offered}
    return {c.iri: c.name if labels.get(c.name.casefold(), c.iri) == c.iri else c.iri for c in offered}


def address(path: str, pairs: Pairs) -> str:
    """A path with parameters; the short characters that may stand in a query are left as they are."""
    return f"{path}?{urlencode(pairs, safe=':/,')}" if pairs else path


def _whole(text: str, least: int, most: int) -> bool:
    return re.fullmatch(r"[0-9]{1,7}", text) is not None and least <= int(text) <= most
