"""A competency question as its file has it: the words, the typed parameters, and the SPARQL.

The header is that of grlc: ``summary``, ``description``, ``tags`` (the first is the group), ``defaults`` and
``enumerate``. ``parameters`` adds a type and a label to each. A parameter ``site`` is the variable ``?_site_iri``,
``?_site_integer`` or ``?_site`` of the query, as in grlc, and stands nowhere but as the first argument of COALESCE: so
the file runs as it is in any SPARQL 1.1 engine, where the variable is unbound and the second argument is taken.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ConfigError
from kg.namespaces import PREFIXES
from kg.queries import Query, read_queries, read_query
from kg.questions.tokens import variables, without_texts

GROUPS = (
    "patients",
    "leukemia types",
    "sites and extent",
    "timing and remission",
    "how it was found",
    "findings",
    "treatments",
    "outcomes",
    "differentials",
    "immunophenotype",
    "literature",
    "evidence",
    "statistics of the papers",
    "linked terminologies",
    "gaps",
)
"""The groups in the order in which they are shown."""

KINDS = ("concept", "value", "case", "reference", "code", "integer", "year", "text")
"""What a parameter can be.

A ``concept`` is one of a vocabulary (``of``: its scheme), a ``value`` one of a closed set (``of``: its class), a
``code`` an identifier of another terminology as CURIE or IRI.
"""
SUFFIXES = {"integer": "_integer", "year": "_integer", "text": ""}
PLOTS = ("bars", "swimmer", "heatmap")


@dataclass(frozen=True)
class Parameter:
    """One parameter. ``default`` is its text, an IRI or a plain value; ``None`` means that any will do."""

    name: str
    kind: str
    label: str
    of: str = ""
    default: str | None = None
    least: int | None = None
    most: int | None = None

    @property
    def variable(self) -> str:
        """The variable of the query, without the question mark."""
        return f"_{self.name}{SUFFIXES.get(self.kind, '_iri')}"


@dataclass(frozen=True)
class Question:
    """One question. ``tags`` begin with the group; ``reproduces`` names printed statistics as ``record/id``."""

    slug: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    plot: Mapping[str, str] | None
    reproduces: tuple[str, ...]
    sparql: str
    path: Path

    @property
    def group(self) -> str:
        """The group in which it is listed."""
        return self.tags[0]

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((p for p in self.parameters if p.name == name), None)


def read_questions(folder: Path) -> tuple[Question, ...]:
    """The questions of a folder, by group and within it by name.

    Raises:
        ConfigError: a header is incomplete, or does not fit its query.
    """
    questions = [_question(query) for query in read_queries(folder)]
    return tuple(sorted(questions, key=lambda q: (GROUPS.index(q.group), q.slug)))


def near_questions(slug: str, slugs: Sequence[str]) -> list[str]:
    """At most three questions whose slug is spelled nearly so, or shares words with it.

    >>> near_questions("proof-of-leukemia", ["leukemia-types", "sexes", "proof-of-the-leukemia"])
    ['proof-of-the-leukemia', 'leukemia-types']
    """
    plain = slug[:80].casefold()
    near = difflib.get_close_matches(plain, slugs, n=3, cutoff=0.6)
    words = {word for word in re.findall(r"\w+", plain) if len(word) > 3}
    shared = {one: len(words & set(one.split("-"))) for one in slugs}
    sharing = sorted((one for one in slugs if shared[one]), key=lambda one: -shared[one])
    return list(dict.fromkeys([*near, *sharing]))[:3]


def read_question(path: Path) -> Question:
    """The question in a file.

    Raises:
        ConfigError: its header is incomplete, or does not fit its query.
    """
    return _question(read_query(path))


def _question(query: Query) -> Question:
    header = query.header
    tags = tuple(str(tag) for tag in _list(query, "tags"))
    if not tags or tags[0] not in GROUPS:
        raise _wrong(query, f"its first tag is not a group. The groups are: {', '.join(GROUPS)}.")
    description = header.get("description")
    if not isinstance(description, str) or not description.strip():
        raise _wrong(query, "it has no description. Say what is counted, and among what.")
    plot = header.get("plot")
    if plot is not None and not (isinstance(plot, dict) and plot.get("kind") in PLOTS):
        raise _wrong(query, f"its plot has no kind. The kinds are: {', '.join(PLOTS)}.")
    question = Question(
        query.slug,
        query.summary.strip(),
        " ".join(description.split()),
        tags,
        tuple(_parameters(query)),
        plot,
        tuple(str(one) for one in _list(query, "reproduces")),
        query.sparql,
        query.path,
    )
    _check_variables(query, question.parameters)
    return question


def _parameters(query: Query) -> Iterator[Parameter]:
    declared = query.header.get("parameters", {})
    if not isinstance(declared, dict):
        raise _wrong(query, "its parameters are not a mapping from name to type and label.")
    defaults: dict[str, Any] = {}
    for entry in _list(query, "defaults"):
        if not isinstance(entry, dict):
            raise _wrong(query, "its defaults are not a list of “name: value”.")
        defaults |= entry
    for name, said in declared.items():
        kind = said.get("type") if isinstance(said, dict) else None
        if kind not in KINDS or not isinstance(said.get("label"), str) or not re.fullmatch(r"[a-z]+", name):
            raise _wrong(query, f"the parameter {name} lacks a label or one of the types {', '.join(KINDS)}.")
        of = str(said.get("of", ""))
        if (kind in ("concept", "value")) != bool(of):
            raise _wrong(query, f"the parameter {name} of type {kind} names “of” what, or should not.")
        default = None if name not in defaults else str(defaults.pop(name))
        yield Parameter(name, kind, said["label"], expanded(of), default, said.get("least"), said.get("most"))
    if defaults:
        raise _wrong(query, f"it has a default for {', '.join(defaults)}, which is not a parameter.")


def _check_variables(query: Query, parameters: tuple[Parameter, ...]) -> None:
    used = {name for name in variables(query.sparql) if name.startswith("_")}
    declared = {parameter.variable for parameter in parameters}
    if used != declared:
        odd = ", ".join(sorted(used ^ declared))
        raise _wrong(query, f"the variables of its parameters and those of its query differ: {odd}.")
    text = without_texts(query.sparql)
    for variable in used:
        if len(re.findall(rf"\?{variable}\b", text)) != len(re.findall(rf"\bCOALESCE\(\?{variable}, ", text)):
            raise _wrong(query, f"?{variable} stands elsewhere than as the first argument of COALESCE.")


def expanded(curie: str) -> str:
    """The IRI of a CURIE with one of the project's prefixes; anything else as it is.

    >>> expanded("sanct:BonePain")
    'https://w3id.org/sanctuary-kg/ontology/BonePain'
    """
    prefix, colon, local = curie.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES and not local.startswith("//") else curie


def _list(query: Query, key: str) -> list[Any]:
    value = query.header.get(key, [])
    if not isinstance(value, list):
        raise _wrong(query, f"“{key}” is not a list.")
    return value


def _wrong(query: Query, what: str) -> ConfigError:
    return ConfigError(f"{query.path}: {what}")
