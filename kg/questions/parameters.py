"""From the texts that a person or a program sends to the RDF terms that a question is asked with."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.namespaces import PREFIXES
from kg.questions.choices import Choices
from kg.questions.question import Parameter, Question, expanded

_INTEGER = NamedNode(PREFIXES["xsd"] + "integer")
_IRI = re.compile(r"""https?://[^\s<>"{}|\\^`]+""")
LONGEST_TEXT = 200
YEARS = (1800, 2100)
SHOWN = 12
"""So many of the allowed values are named in a sentence."""


class ParameterError(QueryError):
    """A parameter that a question cannot be asked with. ``parameter`` is its name, ``allowed`` what it may be."""

    exit_code = 2

    def __init__(self, parameter: str, problem: str, allowed: tuple[str, ...] = ()) -> None:
        self.parameter, self.allowed = parameter, allowed
        super().__init__(problem)


def bound_values(
    question: Question, given: Mapping[str, str], choices: Choices
) -> dict[str, NamedNode | Literal | None]:
    """The term of each parameter, ``None`` where any will do. An empty text stands for the default.

    Args:
        question: whose parameters are meant.
        given: texts by name; those that are missing have their default.
        choices: what the graph allows.

    Raises:
        ParameterError: a name is not one of the question's, or a value is not allowed.
    """
    for name in given:
        if question.parameter(name) is None:
            allowed = tuple(parameter.name for parameter in question.parameters)
            known = f"Its parameters are: {', '.join(allowed)}." if allowed else "It has none."
            raise ParameterError(name, f"“{question.slug}” has no parameter “{name}”. {known}", allowed)
    return {p.name: _term(p, given.get(p.name, "").strip() or p.default, choices) for p in question.parameters}


def _term(parameter: Parameter, text: str | None, choices: Choices) -> NamedNode | Literal | None:
    if text is None:
        return None
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise _refused(parameter, "holds a character that no text has")
    if parameter.kind in ("integer", "year"):
        return _number(parameter, text)
    if parameter.kind == "text":
        if len(text) > LONGEST_TEXT:
            raise _refused(parameter, f"is longer than {LONGEST_TEXT} characters")
        return Literal(text)
    if parameter.kind == "code":
        return _code(parameter, text, choices)
    choice = choices.find(parameter, expanded(text))
    if choice is None and text == parameter.default and parameter.kind in ("case", "reference"):
        # The default is a case of the shipped papers; another graph has others.
        choice = next(iter(choices.of(parameter)), None)
    if choice is None:
        raise _unknown(parameter, text, choices)
    return NamedNode(choice.iri)


def _number(parameter: Parameter, text: str) -> Literal:
    least, most = YEARS if parameter.kind == "year" else (0, 1_000_000)
    least = least if parameter.least is None else parameter.least
    most = most if parameter.most is None else parameter.most
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or not least <= int(text) <= most:
        allowed = f"a whole number from {least} to {most}"
        raise ParameterError(parameter.name, f"“{parameter.name}” is {allowed}; “{text[:60]}” is not.", (allowed,))
    return Literal(str(int(text)), datatype=_INTEGER)


def _code(parameter: Parameter, text: str, choices: Choices) -> NamedNode:
    iri = choices.expanded(text)
    if iri is None or len(iri) > LONGEST_TEXT or not _IRI.fullmatch(iri):
        allowed = tuple(sorted(choices.prefixes, key=str.casefold))
        words = f"“{parameter.name}” is a code such as SNOMEDCT:93143009 or its IRI; “{text[:60]}” is not."
        raise ParameterError(parameter.name, f"{words} The prefixes are: {', '.join(allowed)}.", allowed)
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise _refused(parameter, "is not an IRI") from error


def _unknown(parameter: Parameter, text: str, choices: Choices) -> ParameterError:
    offered = choices.of(parameter)
    labels = {choice.label.casefold(): choice.name for choice in offered}
    names = {choice.name.casefold(): choice.name for choice in offered}
    near = difflib.get_close_matches(text.casefold(), [*labels, *names], n=3, cutoff=0.6)
    allowed = tuple(choice.name for choice in offered)
    if near:
        advice = "Did you mean " + " or ".join(dict.fromkeys((labels | names)[one] for one in near)) + "?"
    else:
        used = [choice.name for choice in offered if choice.used]
        others = f" and {len(offered) - SHOWN} others" if len(offered) > SHOWN else ""
        advice = f"It can be: {', '.join(used[:SHOWN])}{others}."
    words = f"“{text[:60]}” is not one of the values of “{parameter.name}” ({parameter.label})."
    return ParameterError(parameter.name, f"{words} {advice}", allowed)


def _refused(parameter: Parameter, what: str) -> ParameterError:
    return ParameterError(parameter.name, f"The value of “{parameter.name}” {what}.")
