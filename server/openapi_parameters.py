"""The parameters of questions in the OpenAPI document, typed by what they may be in the snapshot."""

from __future__ import annotations

import re

from kg.questions import Choices, Parameter, Question
from kg.questions.parameters import LONGEST_TEXT, YEARS
from kg.questions.question import expanded
from server.openapi_parts import TEXT, Json, maybe, ref
from server.question_request import names

FEW = 60
"""So many values, and no more, are listed."""
_SOME = 5


def called(slug: str) -> str:
    """The name of a question as schemas begin with it.

    >>> called("cases-at-a-site")
    'CasesAtASite'
    """
    return "".join(part[:1].upper() + part[1:] for part in identifier(slug).split("_"))


def identifier(slug: str) -> str:
    """The name of a question as operations end with it."""
    return re.sub(r"[^A-Za-z0-9]", "_", slug)


def parameter_schema(parameter: Parameter, choices: Choices, schemas: Json) -> Json:
    """The type of a parameter; what it may be of a vocabulary is a schema of its own, which goes into ``schemas``."""
    default = None if parameter.default is None else expanded(parameter.default)
    if parameter.kind in ("integer", "year"):
        least, most = YEARS if parameter.kind == "year" else (0, 1_000_000)
        schema: Json = {
            "type": "integer",
            "minimum": least if parameter.least is None else parameter.least,
            "maximum": most if parameter.most is None else parameter.most,
        }
        return schema if default is None else {**schema, "default": int(default)}
    if parameter.kind == "text":
        schema = {"type": "string", "maxLength": LONGEST_TEXT}
        return schema if default is None else {**schema, "default": default}
    name = f"{called((parameter.of or parameter.kind).rpartition('/')[2])}Choice"
    if parameter.kind == "code":
        schemas.setdefault(name, _code(choices))
        short = None if default is None else choices.curie(default)
    else:
        known = names(parameter, choices)
        schemas.setdefault(name, _chosen(parameter, choices, known))
        short = None if default is None else known.get(default)
    return ref("schemas", name) if short is None else {**ref("schemas", name), "default": short}


def _code(choices: Choices) -> Json:
    known = [choices.curie(choice.iri) for choice in choices.sets.get("code", ())]
    first: dict[str, str] = {}
    for curie in known:
        first.setdefault(curie.partition(":")[0], curie)
    several = [curie for prefix, curie in first.items() if prefix in choices.prefixes][:_SOME]
    prefixes = "|".join(re.escape(prefix) for prefix in sorted(choices.prefixes, key=str.casefold))
    start = f"(?:https?://|(?:{prefixes}):)" if prefixes else "https?://"
    return {
        "type": "string",
        "pattern": rf"^{start}[^\s<>\"{{}}|\\^`]+$",
        "maxLength": LONGEST_TEXT,
        **({"examples": several} if several else {}),
    }


def _chosen(parameter: Parameter, choices: Choices, known: dict[str, str]) -> Json:
    offered = choices.of(parameter)
    if 0 < len(offered) <= FEW:
        listed = {"enum": [known[choice.iri] for choice in offered]}
        return {"type": "string", **listed, "x-enum-descriptions": [choice.label for choice in offered]}
    used = [known[choice.iri] for choice in offered if choice.used]
    return {"type": "string", **({"examples": used[:_SOME]} if used else {})}


def description(parameter: Parameter, choices: Choices) -> str:
    """A parameter in words."""
    others = "" if parameter.default is not None else " Any, if it is left out."
    if parameter.kind == "code":
        return f"{parameter.label}. As a CURIE or an IRI.{others}"
    if parameter.kind in ("integer", "year", "text"):
        return f"{parameter.label}.{others}"
    count = len(choices.of(parameter))
    which = "" if count <= FEW else f" One of {count}, which the form of the question lists."
    return f"{parameter.label}.{which} A label or an IRI is understood as well.{others}"


def bound(question: Question) -> Json:
    """What an answer says of the parameters that it was asked with."""
    told: Json = {}
    for parameter in question.parameters:
        kind: Json = {"type": "integer"} if parameter.kind in ("integer", "year") else TEXT
        told[parameter.name] = kind if parameter.default is not None else maybe(kind)
    return told
