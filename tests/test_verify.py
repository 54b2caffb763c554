"""Verification lists what is wrong in words and stops what is defective."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from kg.config import shipped
from kg.errors import ConfigError, QueryError, SanctuaryError, VerificationError
from kg.queries import read_queries, read_query
from kg.snapshot import Snapshot
from kg.verify import SHOWN, Report, demand, verify

SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sanct: <https://w3id.org/sanctuary-kg/ontology/> .
sanct:SexShape a sh:NodeShape ; sh:targetClass sanct:Case ;
    sh:property [ sh:path sanct:sex ; sh:minCount 1 ; sh:message "A case says the sex." ] ;
    sh:property [ sh:path sanct:age ; sh:maxCount 1 ; sh:message "A case has one age." ] ;
    sh:property [ sh:path sanct:name ; sh:maxLength 3 ; sh:message "A name is short." ] .
"""
DATA = b"""
<https://w3id.org/sanctuary-kg/case/a-1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> \
<https://w3id.org/sanctuary-kg/ontology/Case> .
<https://w3id.org/sanctuary-kg/case/a-1> <https://w3id.org/sanctuary-kg/ontology/name> "Miller" .
"""
Check = Callable[..., Report]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Verify a small graph with shapes and queries given as text."""

    def run(shapes: str = SHAPE, data: bytes = DATA, **queries: str) -> Report:
        path = tmp_path / "shapes.ttl"
        path.write_text(shapes, encoding="utf-8")
        store = Store()
        store.load(data, format=RdfFormat.N_TRIPLES)
        for slug, text in queries.items():
            (tmp_path / f"{slug}.rq").write_text(text, encoding="utf-8")
        return verify(store, data, path, [read_query(tmp_path / f"{slug}.rq") for slug in queries])

    return run


def test_nothing_is_demanded_of_a_sound_graph() -> None:
    demand(Report(1, 1, ()))


def test_a_defect_is_in_the_message() -> None:
    with pytest.raises(VerificationError) as error:
        demand(Report(1, 1, ("case-without-diagnosis: A case has none. Found: case skg:case/a-1",)))
    assert str(error.value).splitlines() == [
        "The graph has 1 defect; the snapshot in service stays as it is.",
        "  case-without-diagnosis: A case has none. Found: case skg:case/a-1",
    ]


@pytest.mark.parametrize("extra", [0, 1, 700])
def test_a_limited_number_of_defects_is_listed(extra: int) -> None:
    with pytest.raises(VerificationError) as error:
        demand(Report(1, 1, tuple(f"defect {number}" for number in range(SHOWN + extra))))
    lines = str(error.value).splitlines()
    assert lines[0].startswith(f"The graph has {SHOWN + extra} defects;")
    assert lines[1 : SHOWN + 1] == [f"  defect {number}" for number in range(SHOWN)]
    assert lines[SHOWN + 1 :] == ([f"  … and {extra} more"] if extra else [])


def test_a_broken_shape_is_told_with_place_property_and_value(check: Check) -> None:
    report = check()
    assert report.shapes == 1
    assert report.defects == (
        "shape: A case says the sex. Found: at skg:case/a-1, property sanct:sex",
        "shape: A name is short. Found: at skg:case/a-1, property sanct:name, value “Miller”",
    )


def test_a_row_of_a_query_is_told_with_its_summary_and_values(check: Check) -> None:
    text = '#+ summary: "No case has a name."\nSELECT ?case ?name ?more WHERE { ?case sanct:name ?name }\n'
    report = check(SHAPE.replace('"A name', '"The name'), **{"no-name": text})
    assert report.queries == 1
    assert report.defects[-1] == "no-name: No case has a name. Found: case skg:case/a-1, name “Miller”"


def test_a_query_without_rows_finds_nothing(check: Check) -> None:
    sound = DATA.replace(b"Miller", b"M") + DATA.splitlines()[2].replace(b"name", b"sex") + b"\n"
    report = check(data=sound, quiet='#+ summary: "None."\nSELECT * WHERE { ?case sanct:nothing ?x }\n')
    assert report == Report(1, 1, ())


def test_a_verify_query_that_does_not_parse_is_an_error_in_words(check: Check) -> None:
    with pytest.raises(QueryError, match="line 2, column"):
        check(broken='#+ summary: "Broken."\nSELECT * WHERE { ?case . ?x }\n')


def test_a_verify_query_must_be_a_select(check: Check) -> None:
    with pytest.raises(SanctuaryError, match="must be a SELECT query"):
        check(asks='#+ summary: "Asks."\nASK { ?s ?p ?o }\n')


@pytest.mark.parametrize(
    "text",
    [
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n[ a sh:NodeShape ; ; sh:targetClass",
        "x:nothing a x:Known .",
        "<html>",
    ],
)
def test_shapes_that_do_not_parse(check: Check, text: str) -> None:
    with pytest.raises(VerificationError, match=r"shapes\.ttl does not parse"):
        check(text)


def test_shapes_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(SanctuaryError, match=r"shapes\.ttl"):
        verify(Store(), b"", tmp_path / "shapes.ttl", [])


@pytest.mark.parametrize(
    "text",
    [
        SHAPE.replace("sh:path sanct:sex ;", ""),
        SHAPE.replace("sh:minCount 1", 'sh:minCount "one"'),
    ],
    ids=["property shape without a path", "count that is no number"],
)
def test_shapes_that_parse_but_make_no_sense(check: Check, text: str) -> None:
    with pytest.raises(VerificationError, match=r"shapes\.ttl"):
        check(text)


def test_a_folder_without_queries_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no \.rq file"):
        read_queries(tmp_path)


def test_a_query_without_a_summary_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "silent.rq"
    path.write_text("SELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    with pytest.raises(ConfigError, match="summary"):
        read_query(path)


def test_the_manifest_counts_what_was_run(snapshot: Snapshot) -> None:
    verification = snapshot.manifest["verification"]
    assert verification["queries"] == len(list((shipped("queries") / "verify").glob("*.rq")))
    shapes = (shipped("ontology") / "shapes.ttl").read_text(encoding="utf-8")
    assert verification["shapes"] == shapes.count("a sh:NodeShape") > 0
