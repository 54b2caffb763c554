"""For assistants: finding a competency question, and asking it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, Field
from pyoxigraph import NamedNode

from kg import namespaces as ns
from kg.bibliography import csl_items, references_behind
from kg.errors import QueryError
from kg.questions import Answer, Choices, Parameter, Question, near_questions
from kg.questions.answer import LISTS
from kg.questions.formats import Page, document
from server.mcp_graph import Asking
from server.mcp_loosen import ways_to_loosen
from server.question_request import VERSION, address, shortest

ROWS = 50
SHOWN = 12
Cell = str | int | float | bool | list[str] | None

STATES = (
    "Numbers describe the published cases in this graph, not how often something happens. N counts the cases in which "
    "the item was assessed; what a paper does not mention is not counted as absent."
)


class ParameterTold(BaseModel):
    """A parameter of a question."""

    name: str
    kind: str = Field(description="concept, value, case, reference, code, integer, year or text")
    label: str
    default: str | None = Field(description="what is taken if it is left out; null: any")
    examples: list[str] = Field(description="some of the values it may have, those with cases first")
    count: int = Field(description="how many values it may have; 0 for numbers, texts and codes")


class QuestionTold(BaseModel):
    """A question that can be asked."""

    slug: str
    summary: str
    group: str
    description: str | None = None
    parameters: list[ParameterTold] = []


class QuestionsFound(BaseModel):
    """Questions, best first."""

    questions: list[QuestionTold]
    count: int
    advice: str | None = None


class Given(BaseModel):
    """The value that a parameter had."""

    name: str
    value: str | int | None = Field(description="an IRI, a number or a text; null: any")
    label: str | None = None


class Paper(BaseModel):
    """A paper behind an answer."""

    name: str = Field(description="its short name, as in reference/<name>")
    title: str
    year: int | None = None
    doi: str | None = None


class AnswerTold(BaseModel):
    """The answer to a question."""

    question: str
    summary: str
    description: str = Field(description="what n and N count, and what is left out")
    parameters: list[Given]
    columns: list[str]
    rows: list[dict[str, Cell]] = Field(
        description=f"the first {ROWS} rows; a column x with an IRI has its label in xLabel; "
        "cases and papers are short names"
    )
    row_count: int
    more: bool = Field(description="whether there are rows beyond these")
    n: int | None = Field(description="cases behind the rows; null if the question is not about cases")
    N: int | None = Field(description="cases in which the item was assessed, if it is the same for all rows")
    share: float | None = Field(description="n / N")
    cases: list[str] = Field(description="IRIs of the cases behind the rows")
    papers: list[Paper] = Field(description="papers behind the rows, and those that tell of these cases")
    advice: list[str] = Field(description="if the answer is empty: how to loosen the question")
    how_to_read: str
    snapshot: str = Field(description="version of the graph that answered")
    permalink: str
    sparql: str = Field(description="the query that ran")


def search_questions(asking: Asking, words: str) -> QuestionsFound:
    """The questions that fit some words, best first; all of them, by group, without words."""
    known = asking.known
    if not words.strip():
        told = [QuestionTold(slug=q.slug, summary=q.summary, group=q.group) for q in known.questions]
        return QuestionsFound(questions=told, count=len(told))
    ranked = [(_score(question, words, known.choices), question) for question in known.questions]
    best = sorted((one for one in ranked if one[0] > 0), key=lambda one: -one[0])
    advice = None if best else "No question has these words. Call it without words to list all questions."
    return QuestionsFound(
        questions=[_told(question, known.choices) for _, question in best[:SHOWN]], count=len(best), advice=advice
    )


def ask_question(asking: Asking, slug: str, parameters: Mapping[str, str | int]) -> AnswerTold:
    """The answer to a question, with how to loosen it if it is empty.

    Raises:
        QueryError: there is no such question, a parameter cannot be taken, or there is no answer in time.
    """
    known = asking.known
    question = known.question(slug.strip())
    if question is None:
        raise QueryError(unknown_question(slug, [one.slug for one in known.questions]))
    given = {name: str(value) for name, value in parameters.items()}
    answer = asking.ask(question, given)
    page = document(answer, Page(0, ROWS), "objects")
    assert isinstance(page, dict)
    n, total = answer.n, answer.total
    return AnswerTold(
        question=question.slug,
        summary=question.summary,
        description=question.description,
        parameters=[_given(name, answer, known.choices) for name in answer.values],
        columns=page["columns"],
        rows=[_short(row) for row in page["rows"]],
        row_count=len(answer.rows),
        more=page["next"] is not None or answer.truncated,
        n=n,
        N=total,
        share=round(n / total, 3) if n is not None and total else None,
        cases=list(answer.cases),
        papers=_papers(asking, answer),
        advice=ways_to_loosen(asking, answer, given) if answer.is_empty else [],
        how_to_read=STATES,
        snapshot=asking.version,
        permalink=permalink(answer, asking.version, known.choices),
        # The header says what is said above.
        sparql=re.sub(r"(?m)^#\+.*\n", "", answer.sparql),
    )


def question_text(asking: Asking, slug: str) -> str:
    """The file of a question: a header with its words and parameters, and the SPARQL.

    Raises:
        QueryError: there is no such question.
    """
    question = asking.known.question(slug)
    if question is None:
        raise QueryError(unknown_question(slug, [one.slug for one in asking.known.questions]))
    return question.sparql


def unknown_question(slug: str, slugs: list[str]) -> str:
    """A sentence that says which questions come near.

    >>> unknown_question("how-to-prof", ["how-to-proof", "patients"])
    'There is no question “how-to-prof”. Did you mean how-to-proof?'
    """
    near = near_questions(slug, slugs)
    advice = f"Did you mean {' or '.join(near)}?" if near else "Search the questions for the words of yours."
    return f"There is no question “{slug[:80]}”. {advice}"


def permalink(answer: Answer, version: str, choices: Choices) -> str:
    """The address of an answer on one snapshot, at the HTTP server."""
    pairs = [*shortest(answer.question, answer.values, choices), (VERSION, version)]
    return address(f"{ns.BASE}questions/{answer.question.slug}", pairs)


def _score(question: Question, words: str, choices: Choices) -> int:
    """How well a question fits: words of its summary weigh most; a word may also name a value of a parameter."""
    slug_and_summary = _stems(f"{question.slug} {question.summary}")
    tags = _stems(" ".join(question.tags))
    rest = _stems(question.description + " " + " ".join(p.label for p in question.parameters))
    score = 0
    for word in _stems(words):
        score += 4 * (word in slug_and_summary) + 3 * (word in tags) + (word in rest)
        score += any(word in _stems(c.label) for p in question.parameters for c in choices.of(p) if c.used)
    return score


_COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "by", "did", "do", "does", "for", "from", "how", "in", "is", "it"),
        *("many", "much", "of", "often", "on", "or", "that", "the", "to", "was", "were", "what", "when", "which"),
        *("who", "why", "with"),
    )
)


def _stems(text: str) -> set[str]:
    """The words of a text, without their commonest endings.

    >>> sorted(_stems("How often was each modality abnormal? Modalities, sites"))
    ['abnormal', 'each', 'modalit', 'sit']
    """
    words = (word for word in re.findall(r"[\w-]+", text.casefold().replace("-", " ")) if word not in _COMMON)
    return {re.sub(r"(?<=\w{3})(ies|ing|es|ed|s|y|e)$", "", word) for word in words}


def _told(question: Question, choices: Choices) -> QuestionTold:
    return QuestionTold(
        slug=question.slug,
        summary=question.summary,
        group=question.group,
        description=question.description,
        parameters=[_parameter(parameter, choices) for parameter in question.parameters],
    )


def _parameter(parameter: Parameter, choices: Choices) -> ParameterTold:
    offered = sorted(choices.of(parameter), key=lambda choice: not choice.used)
    if parameter.kind == "code":
        examples = [choices.curie(choice.iri) for choice in offered[:SHOWN]]
    else:
        examples = [choice.name for choice in offered[:SHOWN]]
    default = parameter.default
    return ParameterTold(
        name=parameter.name,
        kind=parameter.kind,
        label=parameter.label,
        default=default.rpartition("/")[2] if default and default.startswith(ns.BASE) else default,
        examples=examples,
        count=0 if parameter.kind == "code" else len(offered),
    )


def _given(name: str, answer: Answer, choices: Choices) -> Given:
    term = answer.values[name]
    if isinstance(term, NamedNode):
        return Given(name=name, value=term.value, label=choices.label(term.value))
    if term is None:
        return Given(name=name, value=None, label="any")
    parameter = answer.question.parameter(name)
    whole = parameter is not None and parameter.kind in ("integer", "year")
    return Given(name=name, value=int(term.value) if whole else term.value)


def _short(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A row with short names in place of the IRIs of its lists, which the answer has once in full."""
    return {
        name: [iri.rpartition("/")[2] for iri in cell] if name in LISTS and isinstance(cell, list) else cell
        for name, cell in row.items()
    }


def _papers(asking: Asking, answer: Answer) -> list[Paper]:
    items = csl_items(references_behind(answer, asking.table), asking.table)
    return [
        Paper(
            name=item["id"],
            title=item["title"],
            year=item["issued"]["date-parts"][0][0] if "issued" in item else None,
            doi=item.get("DOI"),
        )
        for item in items
    ]
