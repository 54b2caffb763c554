"""What a language model is asked: the question, and the JSON schema of an answer, made from the vocabularies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.extract.rulefiles import rules
from kg.vocabulary import Vocabulary

Json = dict[str, Any]
NO_DETAIL = "None"
"""What stands for a detail that the text does not tell."""

_ANSWERS = ("true", "false")


@dataclass(frozen=True)
class Field:
    """A field that a model may fill.

    ``values`` are the names or answers that it may have; without any it is a number from ``least`` to ``most``.
    ``detail`` is what else belongs to a value, empty if nothing does, with its ``choices``.
    """

    name: str
    says: str
    values: tuple[str, ...]
    least: float = 0.0
    most: float = 0.0
    detail: str = ""
    choices: tuple[str, ...] = ()


def fields_of(vocabulary: Vocabulary) -> dict[str, Field]:
    """The fields by name, with what the vocabulary has for each."""
    file = rules("llm")
    found = {}
    for name, rule in file["fields"].items():
        concepts = vocabulary.in_scheme(rule["names"]) if "names" in rule else []
        names = tuple(one.name for one in concepts if one.name not in file["no_value"])
        bounds = rule.get("number", {})
        found[name] = Field(
            name,
            rule["says"],
            _ANSWERS if rule.get("answer") else names,
            float(bounds.get("least", 0)),
            float(bounds.get("most", 0)),
            rule.get("detail", ""),
            tuple(rule.get("of", ())),
        )
    return found


def question(fields: Mapping[str, Field]) -> str:
    """The instructions with all fields and the names that each allows."""
    lines = [rules("llm")["instructions"].rstrip(), ""]
    for field in fields.values():
        detail = f"; detail: {field.detail}, {', '.join(field.choices)} or {NO_DETAIL}" if field.detail else ""
        allowed = ", ".join(field.values) or f"a number from {field.least:g} to {field.most:g}"
        lines.append(f"{field.name}: {field.says}{detail}. Names: {allowed}")
    return "\n".join(lines) + "\n"


def schema(fields: Mapping[str, Field]) -> Json:
    """The JSON schema of an answer, within what endpoints take as strict.

    Everything is required and nothing else allowed; a kind of object for each field, so that a name can only stand
    where it belongs. Lists of names that are too long for an endpoint are left out, the longest first.
    """
    listed = {field.name for field in fields.values()}
    by_length = sorted(fields.values(), key=lambda field: -len(field.values))
    for field in by_length:
        if sum(_count(one, listed) for one in fields.values()) <= rules("llm")["most_names"]:
            break
        listed.discard(field.name)
    items = [_item(field, listed=field.name in listed) for field in fields.values()]
    return _object({"values": {"type": "array", "items": {"anyOf": items}}})


def _count(field: Field, listed: set[str]) -> int:
    return 1 + (len(field.values) if field.name in listed else 0) + (len(field.choices) + 1 if field.detail else 0)


def _item(field: Field, *, listed: bool) -> Json:
    """The schema of a value of one field. The mention comes before the value: words first, then what they mean."""
    value: Json = {"type": "string"}
    if listed and field.values:
        value["enum"] = list(field.values)
    properties: Json = {
        "field": {"type": "string", "enum": [field.name]},
        "before": {"type": "string"},
        "mention": {"type": "string"},
        "value": value,
    }
    if field.detail:
        properties["detail"] = {"type": "string", "enum": [*field.choices, NO_DETAIL]}
    return _object(properties)


def _object(properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
