"""Every competency question gives the answer that was worked out from the papers, here and in another engine."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.plugins.sparql import prepareQuery

from kg.config import shipped
from kg.errors import ConfigError
from kg.questions import (
    GROUPS,
    Choices,
    ParameterError,
    Question,
    ask_question,
    bound_values,
    read_choices,
    read_question,
    read_questions,
)
from kg.questions.answer import bound_query
from kg.questions.tokens import variables
from kg.snapshot import QUESTIONS, Snapshot
from kg.statistics import recompute
from tests.expected_answers import EXPECTED, FOLDER, asked, solutions, written

SHIPPED = read_questions(FOLDER)
by_slug = pytest.mark.parametrize("question", SHIPPED, ids=lambda question: question.slug)


@pytest.fixture(scope="module")
def choices(snapshot: Snapshot) -> Choices:
    return read_choices(lambda query: solutions(snapshot, query))


def test_there_are_enough_in_every_group() -> None:
    assert len(SHIPPED) >= 45
    assert {question.group for question in SHIPPED} == set(GROUPS)


def test_each_has_an_expected_answer_and_no_answer_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.iterdir()} == {question.slug for question in SHIPPED}
    assert len({question.summary for question in SHIPPED}) == len(SHIPPED)


@by_slug
def test_its_answer_is_the_one_worked_out_from_the_papers(
    question: Question, snapshot: Snapshot, choices: Choices
) -> None:
    expected = (EXPECTED / f"{question.slug}.csv").read_text(encoding="utf-8")
    assert written(asked(snapshot, question, choices)) == expected
    assert len(expected.splitlines()) > 1, "a default that finds nothing shows nothing"


@by_slug
def test_counts_come_with_their_whole_and_their_cases(question: Question, snapshot: Snapshot, choices: Choices) -> None:
    answer = asked(snapshot, question, choices)
    if "n" not in answer.columns:
        return
    assert {"n", "N", "share", "cases"} <= set(answer.columns)
    for row in answer.rows:
        said = dict(zip(answer.columns, row, strict=True))
        n, total, cases = said["n"], said["N"], said["cases"]
        assert isinstance(n, int)
        assert isinstance(total, int)
        assert isinstance(cases, tuple)
        assert 0 <= n <= total
        assert len(cases) == n
        assert all(re.fullmatch(r"https://w3id\.org/sanctuary-kg/case/[a-z0-9-]+", case) for case in cases)


@by_slug
def test_it_stands_in_the_words_of_sparql_11(question: Question) -> None:
    prepareQuery(question.sparql)
    assert question.summary.endswith("?")
    rows = (EXPECTED / f"{question.slug}.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert "ORDER BY" in question.sparql or len(rows) == 1


@by_slug
def test_a_default_is_the_same_in_the_header_and_in_the_query(question: Question, choices: Choices) -> None:
    """With the defaults bound as terms, the answer is that of the file as it stands: same second arguments."""
    text = " ".join(question.sparql.split())
    for parameter in question.parameters:
        fallbacks = set(re.findall(rf"COALESCE\(\?{parameter.variable}, ([^()]*?)\)", text))
        assert len(fallbacks) == 1, f"{parameter.name} falls back to different things: {fallbacks}"
        (fallback,) = fallbacks
        if parameter.default is None:
            # Any will do: another variable, or a bound that every value keeps.
            least, most = parameter.least, parameter.most
            beyond = (
                least is not None
                and most is not None
                and re.fullmatch(r"-?[0-9]+", fallback)
                and not least <= int(fallback) <= most
            )
            assert fallback.startswith("?") or beyond
            continue
        term = bound_values(question, {}, choices)[parameter.name]
        prefixes = dict(re.findall(r"PREFIX (\w+): <([^>]+)>", text))
        name, _, local = fallback.partition(":")
        spelled = f"<{prefixes[name]}{local}>" if name in prefixes else fallback
        plain = spelled if isinstance(term, NamedNode) else spelled.strip('"')
        assert isinstance(term, NamedNode | Literal)
        assert plain == (str(term) if isinstance(term, NamedNode) else term.value)


@by_slug
def test_every_choice_of_its_parameters_can_be_asked_with(
    question: Question, snapshot: Snapshot, choices: Choices
) -> None:
    for parameter in question.parameters:
        for choice in [choice for choice in choices.of(parameter) if choice.used][:6]:
            answer = ask_question(
                question, {parameter.name: choice.iri}, choices, lambda query: solutions(snapshot, query)
            )
            assert answer.values[parameter.name] == NamedNode(choice.iri)
            assert f"?{parameter.variable}" not in [f"?{name}" for name in variables(answer.sparql)]


def test_printed_figures_are_reproduced(snapshot: Snapshot, choices: Choices) -> None:
    """Every number that a paper prints and the graph can count is the answer of a question that says so."""
    stated = {f"{item.paper}/{item.id}": item for item in recompute(snapshot, shipped("queries"))}
    marked = [(name, question) for question in SHIPPED for name in question.reproduces]
    assert {name for name, _ in marked} == {name for name, item in stated.items() if item.agrees is not None}
    for name, question in marked:
        answer = asked(snapshot, question, choices)
        numbers = {Decimal(cell) for row in answer.rows for cell in row if isinstance(cell, int | Decimal)}
        printed = stated[name].stated
        wanted = {printed[key] for key in ("numerator", "denominator") if key in printed} or {printed["value"]}
        assert wanted <= numbers, f"{question.slug} does not give {name}"


def test_the_snapshot_has_the_questions(snapshot: Snapshot) -> None:
    kept = read_questions(snapshot.folder / QUESTIONS)
    assert [question.sparql for question in kept] == [question.sparql for question in SHIPPED]
    found = solutions(
        snapshot,
        "SELECT ?text { ?q a sh:SPARQLSelectExecutable ; sh:select ?text ; sh:prefixes/sh:declare ?d ; "
        "rdfs:comment ?words ; schema:target skg:sparql ; schema:keywords ?tag . ?d sh:prefix 'sanct' }",
    )
    texts = Counter(term.value for (term,) in found.rows if isinstance(term, Literal))
    assert set(texts) == {question.sparql for question in SHIPPED}


MADE_UP = """\
#+ summary: Which?
#+ description: Made up.
#+ tags: [patients]
#+ defaults:
#+   - site: https://w3id.org/sanctuary-kg/ontology/AnatomicalSite
#+ parameters:
#+   site: {type: concept, of: "sanct:AnatomicalSites", label: Site}
#+   sex: {type: value, of: "sanct:BiologicalSex", label: Sex}
#+   age: {type: integer, least: 0, most: 120, label: Age}
#+   code: {type: code, label: Code}
#+   words: {type: text, label: Words}
#+   paper: {type: reference, label: Paper}
SELECT * {
  BIND(COALESCE(?_site_iri, sanct:AnatomicalSite) AS ?site) # ?_site_iri in a comment stays
  FILTER(COALESCE(?_sex_iri, ?sex) = ?sex && COALESCE(?_age_integer, ?age) = ?age && "?_words" != COALESCE(?_words, ?x))
  FILTER(COALESCE(?_code_iri, ?code) = ?code && COALESCE(?_paper_iri, ?paper) = ?paper)
}
"""


@pytest.fixture
def made_up(tmp_path: Path) -> Question:
    path = tmp_path / "made-up.rq"
    path.write_text(MADE_UP)
    return read_question(path)


NASTY = [
    'x" . } DROP ALL #',
    '\\" . } DROP ALL #',
    "'; } SELECT * { ?s ?p ?o } #",
    "\n}\n",
    "?_age_integer",
    "<http://x/> } #",
    "\\u0022 } #",
    "é\u2028\t",
]


@pytest.mark.parametrize("words", NASTY)
def test_a_text_stays_a_text(made_up: Question, choices: Choices, words: str) -> None:
    query = bound_query(made_up, bound_values(made_up, {"words": words}, choices))
    found = query.split("!= COALESCE(")[1].rpartition(", ?x)")[0]
    assert found == str(Literal(words.strip()))
    assert query.replace(found, "?_words", 1) == MADE_UP.replace("COALESCE(?_site_iri", f"COALESCE({_site()}")


def _site() -> str:
    return "<https://w3id.org/sanctuary-kg/ontology/AnatomicalSite>"


@pytest.mark.parametrize(
    ("given", "needle"),
    [
        ({"site": "sciatic nrve"}, "Did you mean SciaticNerve"),
        ({"site": "zzz"}, "It can be: "),
        ({"site": "Male"}, "not one of the values of “site”"),
        ({"site": "http://example.org/x"}, "not one of the values"),
        ({"sex": "other"}, "Female, Male"),
        ({"age": "121"}, "a whole number from 0 to 120"),
        ({"age": "-1"}, "from 0 to 120"),
        ({"age": "1e3"}, "whole number"),
        ({"age": "١٢"}, "whole number"),
        ({"code": "NOPE:1"}, "The prefixes are: "),
        ({"code": "SNOMEDCT:"}, "such as SNOMEDCT:93143009"),
        ({"code": "http://x/> } #"}, "is a code such as"),
        ({"words": "x" * 201}, "longer than 200"),
        ({"words": "a\x00b"}, "a character that no text has"),
        ({"words": "a\ud800b"}, "a character that no text has"),
        ({"colour": "red"}, "has no parameter “colour”"),
    ],
)
def test_a_bad_parameter_is_refused_with_what_is_allowed(
    made_up: Question, choices: Choices, given: dict[str, str], needle: str
) -> None:
    with pytest.raises(ParameterError, match=re.escape(needle)) as refused:
        bound_values(made_up, given, choices)
    assert refused.value.parameter == next(iter(given))


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"site": "sciatic NERVE"}, "site", "https://w3id.org/sanctuary-kg/ontology/SciaticNerve"),
        ({"site": "SciaticNerve"}, "site", "https://w3id.org/sanctuary-kg/ontology/SciaticNerve"),
        ({"site": "sanct:SciaticNerve"}, "site", "https://w3id.org/sanctuary-kg/ontology/SciaticNerve"),
        ({"site": " "}, "site", "https://w3id.org/sanctuary-kg/ontology/AnatomicalSite"),
        ({"sex": "male"}, "sex", "https://w3id.org/sanctuary-kg/ontology/Male"),
        ({"age": "007"}, "age", "7"),
        ({"code": "snomedct:93143009"}, "code", "http://snomed.info/id/93143009"),
        ({"code": "http://purl.obolibrary.org/obo/HP_0002653"}, "code", "http://purl.obolibrary.org/obo/HP_0002653"),
        ({"paper": "baek-2021"}, "paper", "https://w3id.org/sanctuary-kg/reference/baek-2021"),
    ],
)
def test_what_a_person_types_becomes_a_term(
    made_up: Question, choices: Choices, given: dict[str, str], name: str, value: str
) -> None:
    term = bound_values(made_up, given, choices)[name]
    assert term is not None
    assert term.value == value


@pytest.mark.parametrize(
    ("old", "new", "needle"),
    [
        ("tags: [patients]", "tags: [weather]", "first tag is not a group"),
        ("#+ description: Made up.\n", "", "no description"),
        ("type: integer", "type: number", "lacks a label or one of the types"),
        ("label: Age", "name: Age", "lacks a label"),
        (', of: "sanct:AnatomicalSites"', "", "names “of” what"),
        ("site: https", "place: https", "a default for place"),
        ("COALESCE(?_age_integer, ?age) = ?age", "true", "differ: _age_integer"),
        ("COALESCE(?_sex_iri, ?sex) = ?sex", "COALESCE(?_sex_iri, ?sex) = ?_sex_iri", "elsewhere than as the first"),
        ("#+ tags:", "#+ plot: {kind: pie}\n#+ tags:", "The kinds are: bars"),
        ("- site: https", "- https", "not a list of “name: value”"),
        ("tags: [patients]", "tags: patients", "“tags” is not a list"),
    ],
)
def test_a_header_that_does_not_fit_is_told(made_up: Question, old: str, new: str, needle: str) -> None:
    assert old in MADE_UP
    made_up.path.write_text(MADE_UP.replace(old, new, 1))
    with pytest.raises(ConfigError, match=needle):
        read_question(made_up.path)
