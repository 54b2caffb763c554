"""What the guard lets through, what it refuses, and that it sees every SERVICE that the engine would."""

from __future__ import annotations

import random
import re
import time
from contextlib import suppress

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from server.guard import MAX_CHARACTERS, MAX_DEPTH, RefusedError, guard, resolve_codepoints

NOWHERE = "<http://127.0.0.1:1/>"

HARMLESS = [
    'SELECT * { ?s ?p "SERVICE <http://x/> { ?a ?b ?c }" }',
    "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    'SELECT * { ?s ?p """one " SERVICE <http://x/> {\n"" }""" }',
    "SELECT * { ?s ?p '''SERVICE <http://x/> {''' }",
    "SELECT * { ?service ?p $SERVICE }",
    "PREFIX ex: <http://x/> SELECT * { ?s ex:SERVICE ex:customer.service }",
    "PREFIX ex: <http://x/> SELECT * { GRAPH ex:SERVICE { ?s a ex:Service } }",
    "PREFIX service: <http://x/> SELECT * { service:a service:b service:c }",
    "SELECT * { _:SERVICE ?p ?o }",
    "SELECT * # SERVICE <http://x/> {}\n{ ?s ?p ?o }",
    "SELECT * { ?s <http://x/SERVICE> <http://x/service#SERVICE> }",
    "SELECT * { <urn:service:x> ?p <http://x/'SERVICE'> }",
    "BASE <http://x/> SELECT * { <#service> <service> <a/service> }",
    "SELECT * { ?s ?p ?o FILTER(?o < 3 && ?o > 1) } # service",
    r"SELECT * { ?s ?p '\\u0053ERVICE' }",
]

CALLS = [
    "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "SELECT * { service SILENT <http://x/> {} }",
    "SELECT * { SERVICE\n# a comment\n<http://x/> {} }",
    "SELECT * { ?s ?p ?o.SERVICE<http://x/>{} }",
    "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { FILTER NOT EXISTS{SERVICE<http://x/>{}} }",
    r"SELECT * { \u0053ERVICE <http://x/> {} }",
    r"SELECT * { S\U00000045RVICE <http://x/> {} }",
    r"SELECT * { ?s ?p 'a\u0027 SERVICE <http://x/> {} # ' }",
    r"SELECT * { ?s ?p ?o } # \u000ASERVICE <http://x/> {}",
]

# Each of these is a call to the engine, and none is to a scanner that takes words and names at face value.
HIDDEN_CALLS = [
    "{ ?s ?p 1SERVICE" + NOWHERE + "{} }",
    "{ ?s ?p trueSERVICE" + NOWHERE + "{} }",
    "{ {}SERVICESILENT" + NOWHERE + "{} }",
    "{ SERVICE:s { ?s ?p ?o } }",
    "{ ?s ?p trueSERVICE:s {} }",
    "{ {}SERVICE:{} }",
    "{ ?s ?p bad:SERVICE?x{} }",
    "{ ?s ?p bad:SERVICE:x{} }",
    "{ ?s ?p e:b.c.SERVICE" + NOWHERE + "{} }",
    "{ ?a e:p 1 FILTER(?a<1)SERVICE#>\n:x{} }",
    "{ FILTER(?a<1)#> '''\nSERVICE" + NOWHERE + "{} #'''\n }",
    "{ FILTER(?a<'''>''')SERVICE " + NOWHERE + "{} FILTER(?a<'''x''') }",
]
PROLOGUE = f"PREFIX : {NOWHERE} PREFIX e: <http://e/> PREFIX bad: <http://h:> PREFIX SERVICE: <http://s/> SELECT * "


def engine_parses(query: str) -> bool:
    store = Store()
    store.add(Quad(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("x")))
    try:
        store.query(query)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        # It parsed, and then the service could not be reached.
        return True
    return True


def engine_calls_service(query: str) -> bool:
    """Whether a SERVICE in the query is the keyword: with another word in its place the query does not parse."""
    return engine_parses(query) and not engine_parses(re.sub("service", "SERVICX", query, flags=re.IGNORECASE))


@pytest.mark.parametrize("query", HARMLESS)
def test_service_elsewhere_is_let_through(query: str) -> None:
    assert guard(query).keyword == "SELECT"


@pytest.mark.parametrize("query", CALLS)
def test_service_is_refused(query: str) -> None:
    with pytest.raises(RefusedError, match="SERVICE is not allowed"):
        guard(query)


@pytest.mark.parametrize("pattern", HIDDEN_CALLS)
def test_service_that_only_the_engine_sees_is_refused(pattern: str) -> None:
    assert engine_calls_service(PROLOGUE + pattern), "the engine reads this otherwise now"
    with pytest.raises(RefusedError, match="SERVICE is not allowed"):
        guard(PROLOGUE + pattern)


def test_no_call_gets_past_in_random_queries() -> None:
    names = ["SERVICE", "service", "SERVICE:", "SERVICE:x", "e:SERVICE", "bad:", "bad:SERVICE", "?SERVICE", "_:SERVICE"]
    others = [":x", "e:o", "e:a.b.c", "true", "1", "1.", "2e1", "?s", "@en", "SILENT", "UNION", "FILTER(", "?s<1)"]
    marks = [*"'\"\\<>#.;,?-{}()", "'''", "''", "'a'", "{}", "<<", "\\#", "\\'", "?a<", "<1)", "<#", "'>"]
    atoms = [*names, *others, *marks]
    atoms += [" ", "\n", "#>\n", NOWHERE, "VALUES ?x {'''a'}"]
    frames = [
        "{?s ?p %s}",
        "{%s SERVICE " + NOWHERE + "{} %s}",
        "{FILTER(?a<%s)SERVICE%s:x{}}",
        "{?s ?p %sSERVICE?x{}}",
        "{FILTER(?s<%s>%s)SERVICE " + NOWHERE + "{}%s}",
    ]
    source = random.Random(7)
    calls = 0
    for _ in range(15_000):
        frame = source.choice(frames)
        parts = ("".join(source.choices(atoms, k=source.randint(0, 4))) for _ in range(frame.count("%s")))
        query = PROLOGUE + frame % tuple(parts)
        if engine_calls_service(query):
            calls += 1
            with pytest.raises(RefusedError):
                guard(query)
    assert calls > 100


def test_nesting_has_a_limit() -> None:
    at_limit = "SELECT * " + "{" * MAX_DEPTH + "}" * MAX_DEPTH
    assert guard(at_limit).text == at_limit
    with pytest.raises(RefusedError, match="100 deep"):
        guard("SELECT * {" + "(" * MAX_DEPTH)
    assert guard('SELECT * { ?s ?p "' + "(" * 500 + '" } # ' + "[" * 500)


def test_length_has_a_limit() -> None:
    start = "SELECT * {} #"
    assert guard(start.ljust(MAX_CHARACTERS, "x"))
    with pytest.raises(RefusedError, match="100,001 characters"):
        guard(start.ljust(MAX_CHARACTERS + 1, "x"))


@pytest.mark.parametrize(
    "piece", ["a.", "a", "'''\\q", "<a'", "?a<#", "#", "####\n", "SERVICEx:", "a:SERVICE", "a:SERVICE#", "\\\\", "<'>"]
)
def test_no_query_makes_the_guard_slow(piece: str) -> None:
    query = ("SELECT * {" + piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
    start = time.perf_counter()
    with suppress(RefusedError):
        guard(query)
    assert time.perf_counter() - start < 2


def test_codepoints_become_characters() -> None:
    assert resolve_codepoints(r"\u0053ELECT \U0001F600") == "SELECT 😀"
    assert resolve_codepoints(r"'\\u0053'") == r"'\\u0053'"
    assert resolve_codepoints(r"'\\\u0053'") == r"'\\S'"


@pytest.mark.parametrize("escape", [r"\uD800", r"\U00110000", r"\u12", r"\u005Cu0053", r"\U0001F60"])
def test_codepoint_escapes_that_are_none(escape: str) -> None:
    with pytest.raises(RefusedError, match="codepoint escape"):
        guard(f"SELECT * {{ ?s ?p '{escape}' }}")


@pytest.mark.parametrize(
    ("query", "keyword"),
    [
        ("PREFIX select: <http://x/>\nask {}", "ASK"),
        ("BASE <http://x/> # SELECT\nConstruct WHERE {}", "CONSTRUCT"),
        ("CONSTRUCTWHERE {}", "CONSTRUCT"),
        ("PREFIX a:<b>INSERT DATA {}", "INSERT"),
        ("  ", ""),
    ],
)
def test_form_of_a_query(query: str, keyword: str) -> None:
    assert guard(query).keyword == keyword


def test_dataset_clauses_are_read() -> None:
    query = "BASE <http://x/> PREFIX p: <y/> SELECT * FROM <a:a> FROM NAMED p:b FROM <c> { ?from ?p 'FROM' }"
    assert guard(query).from_default == ("a:a", "http://x/c")
    assert guard(query).from_named == ("http://x/y/b",)
    assert guard("SELECT * { ?s ?p ?o }").from_default == ()


def test_queries_whose_answer_changes_are_known() -> None:
    assert guard("SELECT (NOW() AS ?now) {}").volatile
    assert not guard("SELECT ?now { ?now ?p 'NOW()' }").volatile


ALLOWED = frozenset(["http://allowed.example/sparql"])


@pytest.mark.parametrize(
    "call", ["SERVICE <http://allowed.example/sparql> {", "service SILENT<http://allowed.example/sparql>\n{"]
)
def test_a_named_endpoint_can_be_allowed(call: str) -> None:
    query = f"SELECT * {{ {call} ?s ?p ?o }} }}"
    assert guard(query, ALLOWED).keyword == "SELECT"
    with pytest.raises(RefusedError):
        guard(query)


@pytest.mark.parametrize(
    "call",
    [
        "SERVICE <http://other.example/sparql> {",
        "SERVICE ?where {",
        "SERVICE ex:sparql {",
        "SERVICE <http://allowed.example/sparql/../x> {",
        "trueSERVICE<http://allowed.example/sparql>{",
    ],
)
def test_no_other_endpoint_is_allowed_with_it(call: str) -> None:
    with pytest.raises(RefusedError):
        guard(f"PREFIX ex: <http://allowed.example/> SELECT * {{ {call} ?s ?p ?o }} }}", ALLOWED)
