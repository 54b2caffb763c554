"""The mapping set is valid SSSOM, reads, says what is wrong with file and line, and holds verified identifiers."""

from __future__ import annotations

import csv
import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.config import shipped
from kg.errors import MappingError
from kg.link.sssom import NO_TERM_FOUND, PREDICATES, MappingSet, read_mappings
from kg.namespaces import SANCT
from kg.triples import mapping_quads
from kg.vocabulary import Vocabulary
from tests.conftest import ROOT

if TYPE_CHECKING:
    from sssom import MappingSetDataFrame

FILE = shipped("data") / "mappings.sssom.tsv"

TERMINOLOGY = ROOT.parent / "shared" / "terminology.tsv"
NOT_TAKEN = {
    ("JuvenileIdiopathicArthritis", "DOID:676"): "the systemic form alone",
    ("Neuroleukemiosis", "MONDO:0016101"): "the lymphoma of nerves, another disease",
    ("DiagnosticImaging", "SNOMEDCT:441662001"): "a department",
    ("Histopathology", "SNOMEDCT:309950003"): "a department",
    ("PainManagement", "SNOMEDCT:309949003"): "a department",
    ("Radiotherapy", "SNOMEDCT:309903007"): "a department",
    ("Ultrasonography", "SNOMEDCT:310169008"): "a department",
}
"""Identifiers of the file of verified ones that mean something else."""
CLOSE_ONLY = {("BlastCell", "NCIT:C12918"): "the cell; ours is the finding"}
RENAMED = {
    "LeukemiaRelapse": "Relapse",
    "RemissionComplete": "CompleteRemission",
    "MinimalResidualDisease": "MeasurableResidualDisease",
}
HEADER = """\
# curie_map:
#   HP: "http://purl.obolibrary.org/obo/HP_"
#   sanct: "https://w3id.org/sanctuary-kg/ontology/"
#   skos: "http://www.w3.org/2004/02/skos/core#"
# license: https://creativecommons.org/licenses/by/4.0/
"""
COLUMNS = "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
ROW = "sanct:BonePain\tbone pain\tskos:exactMatch\tHP:0002653\tBone pain\tsemapv:ManualMappingCuration\n"


def more(column: str, value: str) -> str:
    """A small set with one column more."""
    return HEADER + COLUMNS[:-1] + f"\t{column}\n" + ROW[:-1] + f"\t{value}\n"


@pytest.fixture(scope="module")
def mappings() -> MappingSet:
    return read_mappings(FILE)


@pytest.fixture(scope="module")
def verified() -> list[dict[str, str]]:
    """Rows of the file of verified identifiers, which lies beside a checkout but not in it."""
    if not TERMINOLOGY.is_file():
        pytest.skip(f"the verified identifiers are not beside the checkout ({TERMINOLOGY.relative_to(ROOT.parent)})")
    with TERMINOLOGY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["object_id"]]


def written(folder: Path, text: str) -> Path:
    path = folder / "mappings.sssom.tsv"
    path.write_bytes(text.encode())
    return path


def test_the_shipped_set(mappings: MappingSet, vocabulary: Vocabulary) -> None:
    assert len(mappings.mappings) > 2000
    assert mappings.metadata["mapping_set_id"] == "https://w3id.org/sanctuary-kg/graph/mappings"
    assert "curie_map" not in mappings.metadata
    for mapping in mappings.mappings:
        assert mapping.subject_id.removeprefix("sanct:") in vocabulary.concepts
        assert mapping.subject == SANCT + mapping.subject_id.removeprefix("sanct:")
        assert mapping.predicate_id in PREDICATES
        assert mapping.object.startswith("http")
        assert not set(mapping.object) & set(' <>"{}|\\^`')
    pairs = [(mapping.subject_id, mapping.object_id) for mapping in mappings.mappings]
    assert len(set(pairs)) == len(pairs)
    absent = [(mapping.subject_id, mapping.source) for mapping in mappings.not_found]
    assert len(set(absent)) == len(absent) > 100


def test_each_row_says_by_what_where_and_when(mappings: MappingSet, vocabulary: Vocabulary) -> None:
    labels = {name: concept.label for name, concept in vocabulary.concepts.items()}
    for row in (*mappings.mappings, *mappings.not_found):
        assert row.subject_label == labels[row.subject_id.removeprefix("sanct:")]
        assert row.justification.startswith("https://w3id.org/semapv/vocab/")
        assert row.source.startswith("https://bioregistry.io/registry/")
        assert row.date
        assert bool(row.see_also) == bool(row.source_version)
        assert row.see_also or "seen in the public code index: " in row.comment
        assert "seen in: " not in row.comment
        # A release page alone does not say which file; a branch of a repository would change.
        assert all("#" in one or "/blob/" in one or "/tree/" in one or "ehealth.fgov.be" in one for one in row.see_also)
    sources: dict[str, set[str]] = {}
    for row in mappings.mappings:
        sources.setdefault(row.object_id.partition(":")[0], set()).add(row.source)
    assert all(len(those) == 1 for those in sources.values())
    assert len(set().union(*sources.values())) == len(sources)


def test_lines_point_into_the_file(mappings: MappingSet) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert all(mapping.object_id in lines[mapping.line - 1].split("\t") for mapping in mappings.mappings)
    assert max(row.line for row in (*mappings.mappings, *mappings.not_found)) == len(lines)


def test_a_small_set(tmp_path: Path) -> None:
    read = read_mappings(written(tmp_path, HEADER + COLUMNS + ROW))
    (mapping,) = read.mappings
    assert mapping.line == 7
    assert (mapping.subject, mapping.predicate) == (
        SANCT + "BonePain",
        "http://www.w3.org/2004/02/skos/core#exactMatch",
    )
    assert mapping.object == "http://purl.obolibrary.org/obo/HP_0002653"
    assert mapping.object_label == "Bone pain"
    assert read.metadata == {"license": "https://creativecommons.org/licenses/by/4.0/"}
    assert read_mappings(written(tmp_path, (HEADER + COLUMNS + ROW).replace("\n", "\r\n"))) == read


def test_what_is_not_demanded_is_read_where_it_is_there(tmp_path: Path) -> None:
    columns = ("object_source", "object_source_version", "mapping_date", "see_also", "comment")
    cells = ("HP:", "2025", "2026-11-20", "https://a.org/x#y|http://b.org/", "a remark")
    text = HEADER + COLUMNS[:-1] + "".join(f"\t{one}" for one in columns) + "\n" + ROW[:-1]
    text += "".join(f"\t{one}" for one in cells).replace("HP:", "HP:0") + "\n"
    (mapping,) = read_mappings(written(tmp_path, text)).mappings
    assert mapping.subject_label == "bone pain"
    assert mapping.justification == "https://w3id.org/semapv/vocab/ManualMappingCuration"
    assert mapping.source == "http://purl.obolibrary.org/obo/HP_0"
    assert mapping.see_also == ("https://a.org/x#y", "http://b.org/")
    assert (mapping.source_version, mapping.date, mapping.comment) == ("2025", "2026-11-20", "a remark")


def test_a_row_without_a_term_is_no_mapping(tmp_path: Path) -> None:
    text = more("object_source", "HP:0").replace("HP:0002653", NO_TERM_FOUND)
    read = read_mappings(written(tmp_path, text))
    assert read.mappings == ()
    (row,) = read.not_found
    assert (row.object, row.line) == ("https://w3id.org/sssom/NoTermFound", 7)


def test_what_an_iri_cannot_hold_is_escaped(tmp_path: Path) -> None:
    (mapping,) = read_mappings(written(tmp_path, HEADER + COLUMNS + ROW.replace("0002653", "{a b}<ü>"))).mappings
    assert mapping.object == "http://purl.obolibrary.org/obo/HP_%7Ba%20b%7D%3C%C3%BC%3E"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param(HEADER + COLUMNS + ROW.replace("HP:", "MONDO:"), 7, "“MONDO:0002653” in object_id", id="prefix"),
        pytest.param(HEADER + COLUMNS + ROW.replace("HP:", ""), 7, "“0002653” in object_id", id="no prefix"),
        pytest.param(HEADER + COLUMNS + ROW + ROW.replace("sanct", "sank"), 8, "in subject_id", id="subject"),
        pytest.param(HEADER + COLUMNS + ROW.replace("exactM", "m"), 7, "“skos:match” is not one of", id="predicate"),
        pytest.param(HEADER + COLUMNS.replace("object_id\t", "") + ROW, 6, "the column object_id is", id="column"),
        pytest.param(HEADER, 6, "the column subject_id, subject_label", id="no table"),
        pytest.param("", 1, "the column subject_id", id="empty"),
        pytest.param(COLUMNS + ROW, 2, "“sanct:BonePain” in subject_id is not in the curie_map", id="no header"),
        pytest.param(HEADER + COLUMNS + "\n" + ROW.replace("HP", "XX"), 8, "“XX:0002653”", id="after an empty line"),
        pytest.param(HEADER + COLUMNS + "sanct:BonePain\tbone pain\n", 7, "in predicate_id", id="row cut short"),
        pytest.param(HEADER + COLUMNS + ROW.rsplit("\t", 2)[0] + "\n", 7, "cells", id="row without a label"),
        pytest.param(HEADER + COLUMNS + ROW[:-1] + "\tone\tmore\n", 7, "cells", id="row too long"),
        pytest.param(HEADER + COLUMNS + ROW.replace("0002653", ""), 7, "“HP:” in object_id", id="prefix alone"),
        pytest.param(HEADER + COLUMNS + ROW + "# a remark\n" + ROW, 8, "“# a remark”", id="comment among the rows"),
        pytest.param(HEADER.replace('HP: "', 'HP: "a" "'), 2, "not YAML", id="header is not YAML"),
        pytest.param(HEADER.replace("# license", "# curie_map"), 5, "twice", id="key of the header twice"),
        pytest.param("# - a\n" + COLUMNS, 1, "curie_map", id="header is a list"),
        pytest.param("# curie_map: HP\n" + COLUMNS + ROW, 1, "curie_map", id="curie_map is a word"),
        pytest.param("# curie_map:\n#   HP: 7\n" + COLUMNS, 2, "“HP” in curie_map", id="prefix is a number"),
        pytest.param(HEADER + COLUMNS + ROW.replace("HP:0002653", NO_TERM_FOUND), 7, "but where?", id="nowhere"),
        pytest.param(HEADER + COLUMNS + ROW.replace("semapv", "why"), 7, "in mapping_justification", id="why"),
        pytest.param(more("mapping_date", "2026-02-30"), 7, "“2026-02-30” in mapping_date", id="no such day"),
        pytest.param(more("mapping_date", "20260201"), 7, "“20260201” in mapping_date", id="other form of a date"),
        pytest.param(more("see_also", "https://a.org/x|file.obo"), 7, "“file.obo” in see_also", id="no address"),
        pytest.param(more("see_also", "https://a.org/<x>"), 7, "in see_also", id="address that no IRI is"),
        pytest.param(more("object_source", "MONDO:"), 7, "“MONDO:” in object_source", id="unknown source"),
    ],
)
def test_errors_name_file_and_line(text: str, line: int, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(MappingError) as caught:
        read_mappings(path)
    shown = str(caught.value)
    assert shown.startswith(f"{path}:{line}:")
    assert words in shown
    assert shown.endswith(".")


@pytest.mark.parametrize("data", [None, b"# license: \xe9\n"], ids=["missing", "not UTF-8"])
def test_an_unreadable_file(data: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mappings.sssom.tsv"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(MappingError, match=r"mappings\.sssom\.tsv"):
        read_mappings(path)


def test_what_a_curie_cannot_hold_is_escaped_once(tmp_path: Path) -> None:
    (mapping,) = read_mappings(written(tmp_path, HEADER + COLUMNS + ROW.replace("0002653", "%25"))).mappings
    assert mapping.object == "http://purl.obolibrary.org/obo/HP_%25"


def test_each_identifier_was_verified_and_none_is_lost(mappings: MappingSet, verified: list[dict[str, str]]) -> None:
    theirs = {}
    for row in verified:
        name = RENAMED.get(row["subject_key"], row["subject_key"])
        if (name, row["object_id"]) not in NOT_TAKEN:
            close = (name, row["object_id"]) in CLOSE_ONLY
            theirs[name, row["object_id"]] = "skos:closeMatch" if close else row["predicate_id"], row["object_label"]
    ours = {
        (mapping.subject_id.removeprefix("sanct:"), unquote(mapping.object_id)): (
            mapping.predicate_id,
            mapping.object_label,
        )
        for mapping in mappings.mappings
    }
    assert {pair: ours.get(pair) for pair in theirs} == theirs, "verified, but lost or changed"
    own = [m for m in mappings.mappings if (m.subject_id.removeprefix("sanct:"), unquote(m.object_id)) not in theirs]
    assert [m for m in own if not (m.see_also and m.object_label)] == [], "published, but not verified"


@pytest.mark.parametrize(("name", "identifier"), NOT_TAKEN)
def test_what_means_something_else_is_not_there(name: str, identifier: str, mappings: MappingSet) -> None:
    assert (f"sanct:{name}", identifier) not in {(m.subject_id, m.object_id) for m in mappings.mappings}


def test_the_set_does_not_contradict_itself(mappings: MappingSet) -> None:
    exact = Counter((m.subject, m.source) for m in mappings.mappings if m.predicate_id == "skos:exactMatch")
    assert [pair for pair, times in exact.items() if times > 1] == []
    meant = Counter(m.object for m in mappings.mappings if m.predicate_id == "skos:exactMatch")
    assert [term for term, times in meant.items() if times > 1] == []


def parsed(path: Path, caplog: pytest.LogCaptureFixture) -> MappingSetDataFrame:
    """The file as sssom-py reads it, which must have nothing to say against it.

    Its strict mode cannot be used: in release 0.4.21 it refuses the files whose metadata are all right. What it looks
    at is logged as warnings in either mode.
    """
    from sssom.parsers import parse_sssom_table

    with caplog.at_level(logging.WARNING):
        read: MappingSetDataFrame = parse_sssom_table(path, propagate=False)
    assert [record.message for record in caplog.records] == []
    return read


def faults(read: MappingSetDataFrame) -> list[str]:
    """What the validators of sssom-py find."""
    from sssom.constants import SchemaValidationType
    from sssom.validators import validate

    kinds = [
        SchemaValidationType.JsonSchema,
        SchemaValidationType.PrefixMapCompleteness,
        SchemaValidationType.StrictCurieFormat,
    ]
    reports = validate(read, kinds, fail_on_error=False)
    return [result.message for report in reports.values() for result in report.results]


def test_the_shipped_set_is_valid_sssom(mappings: MappingSet, caplog: pytest.LogCaptureFixture) -> None:
    read = parsed(FILE, caplog)
    assert len(read.df) == len(mappings.mappings) + len(mappings.not_found)
    assert faults(read) == []
    demanded = {"mapping_set_id", "license", "mapping_set_title", "mapping_set_version", "subject_source"}
    assert demanded <= set(read.metadata)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("semapv:ManualMappingCuration", "semapv:Guess", id="justification"),
        pytest.param("# license: https", "# licence: https", id="metadata"),
        pytest.param("HP:0002653", "HP:a|b", id="identifier"),
        pytest.param("HP:0002653", "UCUM:%", id="percent sign"),
    ],
)
def test_sssom_py_finds_what_is_wrong(old: str, new: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    header = HEADER.replace("# curie_map:\n", '# curie_map:\n#   UCUM: "https://ucum.org/ucum#"\n')
    text = header + "# mapping_set_id: https://example.org/set\n" + COLUMNS + ROW
    assert faults(parsed(written(tmp_path, text), caplog)) == []
    assert old in text
    with pytest.raises((AssertionError, ValueError)):
        assert faults(parsed(written(tmp_path, text.replace(old, new)), caplog)) == []


def test_the_graph_says_what_sssom_py_makes_of_the_file(
    mappings: MappingSet, vocabulary: Vocabulary, caplog: pytest.LogCaptureFixture
) -> None:
    from sssom.writers import to_rdf_graph

    theirs: dict[Any, set[tuple[str, str]]] = {}
    for subject, predicate, node in to_rdf_graph(parsed(FILE, caplog)):
        theirs.setdefault(subject, set()).add((str(predicate), quote(str(node), safe=":/#?&=%")))
    ours: dict[Any, set[tuple[str, str]]] = {}
    label = ns.PREFIXES["rdfs"] + "label"
    for quad in mapping_quads(mappings, vocabulary):
        if quad.predicate.value not in (label, *MATCHES):
            value = getattr(quad.object, "value", "")
            ours.setdefault(quad.subject, set()).add((quad.predicate.value, quote(value, safe=":/#?&=%")))
    linked = ns.PREFIXES["sssom"] + "mappings"
    same = [
        Counter(frozenset(pair for pair in said if pair[0] != linked) for said in graph.values())
        for graph in (ours, theirs)
    ]
    assert same[0] == same[1]
    assert len(ours) == len(mappings.mappings) + len(mappings.not_found) + 1


MATCHES = [ns.PREFIXES["skos"] + name.removeprefix("skos:") for name in PREDICATES]


def test_a_row_without_a_term_is_a_record_and_no_match(mappings: MappingSet, vocabulary: Vocabulary) -> None:
    quads = list(mapping_quads(mappings, vocabulary))
    none = NamedNode(ns.PREFIXES["sssom"] + "NoTermFound")
    targets = [quad for quad in quads if quad.object == none]
    assert {quad.predicate.value for quad in targets} == {ns.PREFIXES["owl"] + "annotatedTarget"}
    assert len({quad.subject for quad in targets}) == len(mappings.not_found)
    matches = {quad for quad in quads if quad.predicate.value in MATCHES}
    assert matches == {
        Quad(NamedNode(m.subject), NamedNode(m.predicate), NamedNode(m.object), NamedNode(ns.GRAPH_MAPPINGS))
        for m in mappings.mappings
    }


def test_each_record_has_an_iri_of_its_own_that_derives_from_its_row(
    mappings: MappingSet, vocabulary: Vocabulary
) -> None:
    backwards = MappingSet(mappings.prefixes, mappings.metadata, mappings.mappings[::-1], mappings.not_found[::-1])
    quads = list(mapping_quads(mappings, vocabulary))
    assert set(quads) == set(mapping_quads(backwards, vocabulary))
    assert len(set(quads)) == len(quads)
    link, axiom = (NamedNode(ns.PREFIXES[p] + name) for p, name in (("sssom", "mappings"), ("owl", "Axiom")))
    records = [quad.object for quad in quads if quad.predicate == link]
    assert len(set(records)) == len(mappings.mappings) + len(mappings.not_found)
    assert set(records) == {quad.subject for quad in quads if quad.object == axiom}
    assert {str(one)[1:].partition("#")[0] for one in records} == {ns.GRAPH_MAPPINGS}
