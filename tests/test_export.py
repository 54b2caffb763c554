"""What is exported is what the snapshot holds, in every format and in the same bytes each time."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable

import pytest
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple, parse
from rdflib.compare import to_isomorphic

from kg import namespaces as ns
from kg.errors import ConfigError
from kg.export import FORMATS, export, find_graph, graph_names
from kg.snapshot import Snapshot

QUADS = [name for name, form in FORMATS.items() if form.graphs]
TRIPLES = [name for name, form in FORMATS.items() if not form.graphs]
BIBLIOGRAPHY = ns.BASE + "graph/bibliography"


def written(snapshot: Snapshot, name: str, graphs: Iterable[str] = (), *, zipped: bool = False) -> bytes:
    """The bytes of an export."""
    out = io.BytesIO()
    export(snapshot, FORMATS[name], out, graphs, zipped=zipped)
    return out.getvalue()


def read(data: bytes, name: str) -> list[Quad]:
    """Its statements; JSON-LD and TriG are read by another code path than the one that wrote them."""
    return list(parse(data, format=FORMATS[name].rdf))


def held(snapshot: Snapshot, graphs: Iterable[str] | None = None) -> set[Quad]:
    """The quads of the store's named graphs, asked one graph at a time."""
    names = graph_names(snapshot) if graphs is None else graphs
    return {quad for name in names for quad in snapshot.store.quads_for_pattern(None, None, None, NamedNode(name))}


def triples(quads: Iterable[Quad]) -> set[Triple]:
    return {quad.triple for quad in quads}


def test_there_is_a_format_of_each_kind() -> None:
    assert set(QUADS) == {"nquads", "trig", "jsonld"}
    assert set(TRIPLES) == {"turtle", "ntriples", "rdfxml"}
    assert {form.ending for form in FORMATS.values()} == {"nq", "trig", "ttl", "nt", "rdf", "jsonld"}


@pytest.mark.parametrize("name", QUADS)
def test_the_dataset_comes_back_with_its_graphs(snapshot: Snapshot, name: str) -> None:
    quads = read(written(snapshot, name), name)
    assert len(quads) == snapshot.manifest["counts"]["quads"]
    assert set(quads) == held(snapshot)


@pytest.mark.parametrize("name", TRIPLES)
def test_the_triples_come_back_each_once(snapshot: Snapshot, name: str) -> None:
    quads = read(written(snapshot, name), name)
    assert {quad.graph_name for quad in quads} == {DefaultGraph()}
    assert len(quads) == len(triples(quads))
    assert triples(quads) == triples(held(snapshot))


@pytest.mark.parametrize("name", FORMATS)
def test_one_graph_alone(snapshot: Snapshot, name: str) -> None:
    quads = read(written(snapshot, name, [BIBLIOGRAPHY]), name)
    expected = held(snapshot, [BIBLIOGRAPHY])
    assert expected
    assert (set(quads) if FORMATS[name].graphs else triples(quads)) == (
        expected if FORMATS[name].graphs else triples(expected)
    )


def test_two_graphs(snapshot: Snapshot) -> None:
    chosen = [BIBLIOGRAPHY, ns.GRAPH_METADATA]
    assert set(read(written(snapshot, "nquads", chosen), "nquads")) == held(snapshot, chosen)


def test_nquads_are_the_canonical_file(snapshot: Snapshot) -> None:
    assert written(snapshot, "nquads") == snapshot.nquads.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_snapshot_gives_the_same_bytes(snapshot: Snapshot, name: str) -> None:
    assert written(snapshot, name) == written(snapshot, name)


@pytest.mark.parametrize("name", FORMATS)
def test_gzip_holds_the_same_and_no_time(snapshot: Snapshot, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = written(snapshot, name, [BIBLIOGRAPHY], zipped=True)
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert packed == written(snapshot, name, [BIBLIOGRAPHY], zipped=True)
    assert packed[4:8] == b"\0\0\0\0"
    assert gzip.decompress(packed) == written(snapshot, name, [BIBLIOGRAPHY])


def test_compressing_is_worth_it(snapshot: Snapshot) -> None:
    assert len(written(snapshot, "nquads", zipped=True)) < len(written(snapshot, "nquads")) / 5


@pytest.mark.parametrize(("name", "rdflib_name"), [("turtle", "turtle"), ("rdfxml", "xml")])
def test_rdflib_reads_the_same_graph(snapshot: Snapshot, name: str, rdflib_name: str) -> None:
    graph = rdflib.Graph().parse(data=written(snapshot, name, [BIBLIOGRAPHY]), format=rdflib_name)
    lines = "".join(f"{triple} .\n" for triple in triples(held(snapshot, [BIBLIOGRAPHY])))
    assert to_isomorphic(graph) == to_isomorphic(rdflib.Graph().parse(data=lines, format="nt"))


def test_rdflib_reads_the_graphs_of_jsonld(snapshot: Snapshot) -> None:
    data = written(snapshot, "jsonld", [BIBLIOGRAPHY, ns.GRAPH_METADATA])
    dataset = rdflib.Dataset()
    dataset.parse(data=data.decode(), format="json-ld")
    sizes = {str(graph.identifier): len(graph) for graph in dataset.graphs() if len(graph)}
    counts = snapshot.manifest["counts"]["graphs"]
    assert sizes == {ns.BASE + name: counts[name] for name in ("graph/bibliography", "graph/metadata")}


def test_turtle_uses_the_projects_prefixes(snapshot: Snapshot) -> None:
    text = written(snapshot, "turtle", [BIBLIOGRAPHY]).decode("utf-8")
    assert f"@prefix sanct: <{ns.SANCT}> ." in text
    assert "dcterms:title" in text


def test_text_beyond_ascii_survives(snapshot: Snapshot) -> None:
    def foreign(quads: Iterable[Quad]) -> set[str]:
        values = {quad.object.value for quad in quads if isinstance(quad.object, Literal)}
        return {value for value in values if not value.isascii()}

    expected = foreign(held(snapshot, [BIBLIOGRAPHY]))
    assert expected
    assert all(foreign(read(written(snapshot, name, [BIBLIOGRAPHY]), name)) == expected for name in FORMATS)


def test_a_graph_is_found_by_its_iri_its_path_or_its_last_word(snapshot: Snapshot) -> None:
    iri = ns.BASE + "graph/reference/baek-2021"
    assert {find_graph(snapshot, word) for word in (iri, "reference/baek-2021", "baek-2021")} == {iri}
    assert find_graph(snapshot, "bibliography") == BIBLIOGRAPHY


def test_an_unknown_graph_is_told_with_those_there_are(snapshot: Snapshot) -> None:
    with pytest.raises(ConfigError) as error:
        find_graph(snapshot, "nowhere")
    text = str(error.value)
    assert "“nowhere”" in text
    assert all(name.removeprefix(ns.BASE + "graph/") in text for name in graph_names(snapshot))


def test_every_named_graph_has_a_name_and_nothing_else_is_listed(snapshot: Snapshot) -> None:
    names = graph_names(snapshot)
    assert names == sorted({quad.graph_name.value for quad in held(snapshot) if isinstance(quad.graph_name, NamedNode)})
    assert {name.removeprefix(ns.BASE) for name in names} == set(snapshot.manifest["counts"]["graphs"])
