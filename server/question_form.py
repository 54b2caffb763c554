"""The form of a question: its parameters with what they may be, what is in force, and how to ask for more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.namespaces import PREFIXES
from kg.questions import Choices, Parameter, ParameterError
from kg.questions.parameters import LONGEST_TEXT, YEARS
from kg.questions.question import expanded
from server.question_formats import Asked
from server.question_request import names


@dataclass(frozen=True)
class Option:
    """One entry of a list to choose from."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True)
class Field:
    """A parameter in the form: a list to choose from, in groups, or a field to type in."""

    name: str
    label: str
    kind: str
    value: str
    any: str | None = None
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    hint: str | None = None
    error: str | None = None


def fields(asked: Asked, error: ParameterError | None = None) -> list[Field]:
    """The fields of the form, with what was typed, or else what is in force."""
    return [_field(parameter, asked, error) for parameter in asked.question.parameters]


def _field(parameter: Parameter, asked: Asked, error: ParameterError | None) -> Field:
    typed = asked.given.get(parameter.name, "").strip()
    default = None if parameter.default is None else expanded(parameter.default)
    told = str(error) if error is not None and error.parameter == parameter.name else None
    shared: dict[str, Any] = {"name": parameter.name, "label": parameter.label, "error": told}
    shared["any"] = "any" if default is None else None
    if parameter.kind in ("integer", "year"):
        least, most = YEARS if parameter.kind == "year" else (0, 1_000_000)
        limits: dict[str, str | int] = {
            "min": least if parameter.least is None else parameter.least,
            "max": most if parameter.most is None else parameter.most,
            "step": 1,
        }
        return Field(kind="number", value=typed or default or "", attributes=limits, **shared)
    if parameter.kind == "code":
        shown = typed or (asked.choices.curie(default) if default else "")
        prefixes = ", ".join(sorted((p for p in asked.choices.prefixes if p not in PREFIXES), key=str.casefold))
        hint = f"As a CURIE or an IRI. Prefixes: {prefixes}." if prefixes else None
        return Field(kind="text", value=shown, attributes={"maxlength": LONGEST_TEXT}, hint=hint, **shared)
    if parameter.kind == "text":
        return Field(kind="text", value=typed or default or "", attributes={"maxlength": LONGEST_TEXT}, **shared)
    found = asked.choices.find(parameter, expanded(typed)) if typed else None
    selected = typed if typed and found is None else found.iri if found else default or ""
    return Field(kind="select", value=selected, groups=tuple(_groups(parameter, asked.choices, selected)), **shared)


def _groups(parameter: Parameter, choices: Choices, selected: str) -> Iterator[tuple[str, tuple[Option, ...]]]:
    """What to choose from: what stands in the cases first, then the rest; and what was typed, if it is neither."""
    called, offered = names(parameter, choices), choices.of(parameter)
    if selected and selected not in called:
        yield "", (Option(selected, f"{selected} (unknown)", selected=True),)
    for title, used in (("In the cases", True), ("In no case yet", False)):
        options = [Option(called[c.iri], c.label, c.iri == selected) for c in offered if c.used == used]
        if options:
            yield title if len(options) < len(offered) else "", tuple(options)


def in_force(asked: Asked) -> list[tuple[str, str, bool]]:
    """Each parameter's label, its value in words, and whether that is the default."""
    changed = {name for name, _ in asked.pairs}
    told = []
    for parameter in asked.question.parameters:
        term = asked.values[parameter.name]
        words = "any" if term is None else term.value
        if term is not None and parameter.kind == "code":
            words = asked.choices.curie(term.value)
        elif term is not None:
            offered = asked.choices.of(parameter)
            words = next((choice.label for choice in offered if choice.iri == term.value), words)
        told.append((parameter.label, words, parameter.name not in changed))
    return told


def loosened(asked: Asked) -> list[tuple[str, str]]:
    """For an answer without rows: each parameter that could be given up, and where the question is without it."""
    links = []
    for name, _ in asked.pairs:
        parameter = asked.question.parameter(name)
        assert parameter is not None
        without = {key: value for key, value in asked.given.items() if key != name}
        looser = Asked(asked.question, without, asked.choices, asked.wanted, asked.pinned)
        words = next(words for label, words, _ in in_force(looser) if label == parameter.label)
        links.append((f"{parameter.label}: {words}", looser.address()))
    return links
