"""The mapping set reads, tells what is wrong with file and line, and holds the verified identifiers and no others."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.config import shipped
from kg.errors import MappingError
from kg.link.sssom import PREDICATES, MappingSet, read_mappings
from kg.namespaces import SANCT
from kg.vocabulary import Vocabulary
from tests.conftest import ROOT

TERMINOLOGY = ROOT.parent / "shared" / "terminology.tsv"
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


@pytest.fixture(scope="module")
def mappings() -> MappingSet:
    return read_mappings(shipped("data") / "mappings.sssom.tsv")


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


def test_lines_point_into_the_file(mappings: MappingSet) -> None:
    lines = (shipped("data") / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    assert all(mapping.object_id in lines[mapping.line - 1].split("\t") for mapping in mappings.mappings)
    assert mappings.mappings[-1].line == len(lines)


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


def test_each_identifier_was_verified_and_none_is_lost(mappings: MappingSet, verified: list[dict[str, str]]) -> None:
    theirs = {
        (
            RENAMED.get(row["subject_key"], row["subject_key"]),
            row["predicate_id"],
            row["object_id"],
            row["object_label"],
        )
        for row in verified
    }
    ours = {
        (mapping.subject_id.removeprefix("sanct:"), mapping.predicate_id, mapping.object_id, mapping.object_label)
        for mapping in mappings.mappings
    }
    assert sorted(ours - theirs) == [], "published, but not verified"
    assert sorted(theirs - ours) == [], "verified, but lost"
    assert len(mappings.mappings) == len(verified)
