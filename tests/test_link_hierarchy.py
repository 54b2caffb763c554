"""The graph of a release says what it should, and what is kept of it is read back whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import ReleaseError
from kg.link import kept
from kg.link.hierarchy import (
    IS_A,
    Edge,
    Release,
    Replacement,
    Status,
    climb,
    final_replacements,
    normalised,
    release_quads,
)
from kg.link.kept import forget, keep, read_kept
from kg.namespaces import PREFIXES

SCT = "http://snomed.info/id/"
GRAPH = NamedNode("https://w3id.org/sanctuary-kg/graph/terminology/snomedct")
SITE = SCT + "363698007"
OLD = Status(
    "SNOMEDCT:3",
    SCT + "3",
    known=True,
    active=False,
    label="Old “thing”",
    full_name="Old thing (disorder)",
    names=("Old thing", "Old “thing”"),
    replaced_by=(
        Replacement("same as", "SNOMEDCT:1", SCT + "1", "Child"),
        Replacement("possibly equivalent to", "SNOMEDCT:2", SCT + "2", "Parent"),
    ),
    our_labels=("Old thing",),
)
RELEASE = Release(
    slug="snomedct",
    name="SNOMED CT",
    prefix="SNOMEDCT",
    version="20260901",
    statuses=(
        Status("SNOMEDCT:1", SCT + "1", known=True, active=True, label="Child", names=("Child",), our_labels=("Kid",)),
        OLD,
        Status("SNOMEDCT:9", SCT + "9", known=False, active=False, outside=True),
    ),
    edges=(Edge(SCT + "1", SITE, SCT + "2"), Edge(SCT + "1", IS_A, SCT + "2")),
    labels={SCT + "1": "Child", SCT + "2": "Parent"},
    language="en",
    license="https://example.org/licence",
)


def node(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def test_the_quads_of_a_release() -> None:
    quads = set(release_quads(RELEASE))
    one, two, three = (NamedNode(f"{SCT}{n}") for n in (1, 2, 3))
    true = Literal("true", datatype=node("xsd:boolean"))
    assert {
        Quad(one, node("rdfs:subClassOf"), two, GRAPH),
        Quad(one, NamedNode(SITE), two, GRAPH),
        Quad(two, node("rdfs:label"), Literal("Parent", language="en"), GRAPH),
        Quad(three, node("owl:deprecated"), true, GRAPH),
        Quad(three, node("dcterms:isReplacedBy"), one, GRAPH),
        Quad(GRAPH, node("owl:versionInfo"), Literal("20260901"), GRAPH),
        Quad(GRAPH, node("dcterms:license"), NamedNode("https://example.org/licence"), GRAPH),
    } <= quads
    assert {quad.graph_name for quad in quads} == {GRAPH}
    assert Quad(three, node("dcterms:isReplacedBy"), two, GRAPH) not in quads, "a suggestion is no replacement"
    assert not [quad for quad in quads if quad.subject == NamedNode(SCT + "9")], "nothing is known of it"


def test_labels_have_no_language_where_the_release_does_not_say() -> None:
    quads = release_quads(replace(RELEASE, language=""))
    assert Quad(NamedNode(SCT + "2"), node("rdfs:label"), Literal("Parent"), GRAPH) in quads


def test_our_labels_fit_or_not() -> None:
    told = {code: status.labels_fit for code, status in RELEASE.status().items()}
    assert told == {"SNOMEDCT:1": False, "SNOMEDCT:3": True, "SNOMEDCT:9": None}
    assert RELEASE.statuses[0].fits("") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bone Pain", "bone  pain ", True),
        ("Burkitt’s lymphoma", "Burkitt's lymphoma", True),
        ("T–cell", "T-cell", True),
        ("Leukaemia", "Leukemia", False),
        ("Pain, bone", "Bone pain", False),
    ],
)
def test_which_labels_are_the_same(one: str, other: str, same: bool) -> None:
    assert (normalised(one) == normalised(other)) is same


def test_climbing_takes_every_way_up_once() -> None:
    above = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": [], "x": ["d"]}
    assert [(edge.child, edge.parent) for edge in climb(["a"], above.__getitem__)] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "d"),
        ("c", "d"),
    ]


def test_climbing_in_a_circle_is_refused_with_the_circle() -> None:
    above = {"a": ["b"], "b": ["c"], "c": ["b"]}
    with pytest.raises(ReleaseError, match=r"b → c → b|c → b → c"):
        climb(["a"], above.__getitem__)


def test_a_deep_hierarchy_is_climbed() -> None:
    assert len(climb(["0"], lambda code: [str(int(code) + 1)] if int(code) < 20_000 else [])) == 20_000


def test_two_steps_are_as_sure_as_the_less_sure_one() -> None:
    offers = {"a": [("same as", "b"), ("possibly equivalent to", "c")], "b": [("was a", "d")], "c": [("same as", "e")]}
    ends = final_replacements("a", lambda code: offers.get(code, []), lambda code: code in "de")
    assert list(ends) == [("was a", "d"), ("possibly equivalent to", "e")]


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    graph, report = keep(RELEASE, tmp_path / "terminologies")
    assert (graph.name, report.name) == ("snomedct.nq", "snomedct.json")
    (found,) = read_kept(tmp_path / "terminologies")
    assert found.release == replace(RELEASE, edges=tuple(sorted(RELEASE.edges)))
    assert set(found.quads) == set(release_quads(RELEASE)) == set(parse(path=graph, format=RdfFormat.N_QUADS))
    told = json.loads(report.read_text(encoding="utf-8"))
    assert [status["labels_fit"] for status in told["statuses"]] == [False, True, None]


def test_the_same_release_gives_the_same_bytes(tmp_path: Path) -> None:
    mixed = replace(RELEASE, edges=RELEASE.edges[::-1], labels=dict(sorted(RELEASE.labels.items(), reverse=True)))
    pairs = keep(RELEASE, tmp_path / "a"), keep(mixed, tmp_path / "b")
    assert [path.read_bytes() for path in pairs[0]] == [path.read_bytes() for path in pairs[1]]


def test_a_newer_release_takes_the_place_of_the_older(tmp_path: Path) -> None:
    keep(RELEASE, tmp_path)
    keep(replace(RELEASE, version="20270101"), tmp_path)
    keep(replace(RELEASE, slug="hp", prefix="HP"), tmp_path)
    assert [(found.release.slug, found.release.version) for found in read_kept(tmp_path)] == [
        ("hp", "20260901"),
        ("snomedct", "20270101"),
    ]


def test_nothing_is_kept_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert read_kept(tmp_path / "none") == []


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    keep(RELEASE, tmp_path)
    assert forget(tmp_path, "snomedct")
    assert not forget(tmp_path, "snomedct")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["snomedct.nq", "snomedct.json"])
def test_half_a_pair_is_refused(tmp_path: Path, name: str) -> None:
    keep(RELEASE, tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ReleaseError, match=f"{name} is missing"):
        read_kept(tmp_path)


@pytest.mark.parametrize("name", ["snomedct.nq", "snomedct.json"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str) -> None:
    keep(RELEASE, tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ReleaseError, match="again"):
        read_kept(tmp_path)


def test_a_graph_and_a_report_of_two_releases_are_refused(tmp_path: Path) -> None:
    keep(RELEASE, tmp_path / "a")
    keep(replace(RELEASE, version="20270101"), tmp_path / "b")
    (tmp_path / "a" / "snomedct.nq").replace(tmp_path / "b" / "snomedct.nq")
    with pytest.raises(ReleaseError, match="not the one that the report"):
        read_kept(tmp_path / "b")


def test_a_report_that_lacks_a_field_is_refused(tmp_path: Path) -> None:
    _, report = keep(RELEASE, tmp_path)
    told = json.loads(report.read_text(encoding="utf-8"))
    del told["statuses"][0]["names"]
    report.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ReleaseError, match="not whole"):
        read_kept(tmp_path)


def test_a_disk_that_is_full_leaves_the_older_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(RELEASE, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(path: Path, content: bytes) -> None:
        path.write_bytes(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "_write", fail)
    with pytest.raises(ReleaseError, match="No space left"):
        keep(replace(RELEASE, version="20270101"), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
