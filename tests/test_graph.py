"""A graph is the same graph byte for byte, and each of its named graphs holds what is its own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from kg import namespaces as ns
from kg.describe.metadata import metadata_quads
from kg.graph import Inputs, asserted_quads, canonical_nquads, fingerprint, union_ntriples
from kg.snapshot import Snapshot

S, P, G = (NamedNode(ns.BASE + name) for name in ("s", "p", "g"))
PAPERS = {ns.paper_graph(slug) for slug in ("baek-2021", "hangai-2014")}
GRAPHS = PAPERS | {
    *(ns.GRAPH_ONTOLOGY, ns.GRAPH_BIBLIOGRAPHY, ns.GRAPH_MAPPINGS, ns.GRAPH_INFERRED, ns.GRAPH_METADATA),
}

AWKWARD = [
    *("plain", "", 'a "quoted" word', "back\\slash \\n", "line\nfeed", "return\r\n", "tab\tstop", "\b\f"),
    *("\x00\x01\x1f", "\x7f", "é ü Å", "e\u0301", "\u2011\u2028", "😀", "{<^`|>}", "#", "\ufffd"),
]


def canonical_by_pyoxigraph(quads: list[Quad]) -> bytes:
    """What another implementation of RDFC-1.0 makes of the quads."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    written = serialize(dataset, format=RdfFormat.N_QUADS)
    assert written is not None
    return b"".join(sorted(written.splitlines(keepends=True)))


@pytest.fixture(scope="module", name="quads")
def _quads(snapshot: Snapshot) -> list[Quad]:
    """All quads of the snapshot, from its canonical file."""
    return list(parse(path=snapshot.nquads, format=RdfFormat.N_QUADS))


@pytest.mark.parametrize("word", AWKWARD, ids=ascii)
def test_awkward_literals_have_the_canonical_form(word: str) -> None:
    kinds = [Literal(word), Literal(word, language="en"), Literal(word, datatype=P)]
    quads = [Quad(S, P, literal, G) for literal in kinds]
    written = canonical_nquads(quads)
    assert written == canonical_by_pyoxigraph(quads)
    assert set(parse(written, format=RdfFormat.N_QUADS)) == set(quads)


def test_the_default_graph_and_iris_beyond_ascii_have_the_canonical_form() -> None:
    quads = [Quad(S, P, NamedNode("https://example.org/é/😀")), Quad(S, P, Literal("z"), G), Quad(S, P, S)]
    assert canonical_nquads(quads) == canonical_by_pyoxigraph(quads)


def test_the_shipped_graph_has_the_canonical_form(snapshot: Snapshot, quads: list[Quad]) -> None:
    written = canonical_nquads(quads)
    assert written == canonical_by_pyoxigraph(quads)
    assert written == snapshot.nquads.read_bytes()
    assert written.count(b"\n") == len(quads)
    assert snapshot.manifest["sha256"] == fingerprint(written)
    assert snapshot.version.endswith("-" + fingerprint(written)[:12])


def test_order_and_repetition_of_the_input_do_not_matter(quads: list[Quad]) -> None:
    some = quads[:: len(quads) // 2000]
    shuffled = [*some, *some[:50]]
    random.Random(1).shuffle(shuffled)
    assert shuffled[: len(some)] != some
    assert canonical_nquads(shuffled) == canonical_nquads(some)
    assert union_ntriples(shuffled) == union_ntriples(some)


def test_lines_are_sorted_by_code_point() -> None:
    # In UTF-16 the order would be the other way round.
    words = [Literal("\uff5e"), Literal("\U0001f600")]
    lines = canonical_nquads(Quad(S, P, word, G) for word in reversed(words)).decode().splitlines()
    assert ["\uff5e" in line for line in lines] == [True, False]


def test_another_quad_makes_another_graph(quads: list[Quad]) -> None:
    some = quads[:100]
    assert fingerprint(canonical_nquads(some)) != fingerprint(canonical_nquads(some[:-1]))
    assert len(fingerprint(b"")) == 64


@pytest.mark.parametrize(
    "quad",
    [
        Quad(BlankNode("b"), P, S, G),
        Quad(S, P, BlankNode("b"), G),
        Quad(S, P, S, BlankNode("b")),
        Quad(S, P, Triple(BlankNode("b"), P, S), G),
    ],
    ids=["subject", "object", "graph", "in-a-triple-term"],
)
def test_blank_nodes_are_refused(quad: Quad) -> None:
    with pytest.raises(ValueError, match="A blank node is left in the graph"):
        canonical_nquads([Quad(S, P, S, G), quad])


def test_the_union_has_each_triple_once() -> None:
    other = NamedNode(ns.BASE + "other")
    quads = [Quad(S, P, Literal("1"), G), Quad(S, P, Literal("1"), other), Quad(S, P, Literal("1")), Quad(S, P, S, G)]
    lines = union_ntriples(quads).decode().splitlines()
    assert lines == [f'{S} {P} "1" .', f"{S} {P} {S} ."]


def test_the_default_graph_of_the_snapshot_is_the_union_of_all_others(snapshot: Snapshot, quads: list[Quad]) -> None:
    default, named = Counter[Triple](), set[Triple]()
    for quad in snapshot.store:
        if isinstance(quad.graph_name, DefaultGraph):
            default[quad.triple] += 1
        else:
            named.add(quad.triple)
    assert default == Counter(named)
    assert len(default) == union_ntriples(quads).count(b"\n")


def test_the_store_gives_back_the_literals_of_the_canonical_file(snapshot: Snapshot, quads: list[Quad]) -> None:
    # Oxigraph stores numbers by value, so that “18.0” would come back as “18” and a dump would have another hash.
    stored = {quad for quad in snapshot.store if not isinstance(quad.graph_name, DefaultGraph)}
    assert [str(quad) for quad in quads if quad not in stored] == []
    assert canonical_nquads(stored) == snapshot.nquads.read_bytes()


def test_the_snapshot_has_the_graphs_of_the_design_and_no_other(snapshot: Snapshot) -> None:
    assert {str(graph.value) for graph in snapshot.store.named_graphs()} == GRAPHS


def in_graph(quads: list[Quad], *names: str) -> Iterator[Quad]:
    yield from (quad for quad in quads if quad.graph_name in {NamedNode(name) for name in names})


def test_mappings_are_skos_matches_of_our_concepts_to_others(quads: list[Quad]) -> None:
    skos = ns.PREFIXES["skos"]
    matches = {skos + kind for kind in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")}
    found = [quad for quad in in_graph(quads, ns.GRAPH_MAPPINGS) if quad.predicate.value in matches]
    assert all(str(quad.subject).startswith("<" + ns.SANCT) for quad in found)
    assert not any(str(quad.object).startswith("<" + ns.BASE) for quad in found)
    assert len(found) > 2000


def test_the_inferred_graph_holds_types_and_subclasses_that_nobody_asserted(quads: list[Quad]) -> None:
    inferred = {quad.triple for quad in in_graph(quads, ns.GRAPH_INFERRED)}
    predicates = {ns.PREFIXES["rdf"] + "type", ns.PREFIXES["rdfs"] + "subClassOf"}
    assert {triple.predicate.value for triple in inferred} == predicates
    asserted = {quad.triple for quad in in_graph(quads, *GRAPHS - {ns.GRAPH_INFERRED})}
    assert not inferred & asserted
    assert not any(triple.subject == triple.object for triple in inferred)


def test_bibliography_alone_describes_references(quads: list[Quad]) -> None:
    title, doi = NamedNode(ns.PREFIXES["dcterms"] + "title"), NamedNode(ns.PREFIXES["bibo"] + "doi")
    for quad in quads:
        if quad.predicate in (title, doi) and str(quad.subject).startswith(f"<{ns.BASE}reference/"):
            assert quad.graph_name == NamedNode(ns.GRAPH_BIBLIOGRAPHY)


@pytest.mark.parametrize("paper", ["baek-2021", "hangai-2014"])
def test_a_papers_graph_holds_what_this_paper_asserts_and_nothing_else(quads: list[Quad], paper: str) -> None:
    found = list(in_graph(quads, ns.paper_graph(paper)))
    derived = NamedNode(ns.PREFIXES["prov"] + "wasDerivedFrom")
    assert {quad.object for quad in found if quad.predicate == derived} == {NamedNode(ns.reference(paper))}
    own = {quad.subject for quad in found}
    elsewhere = {quad.subject for quad in in_graph(quads, *GRAPHS - {ns.paper_graph(paper), ns.GRAPH_INFERRED})}
    assert own & elsewhere == {NamedNode(ns.reference(paper))}  # described in the bibliography, citing here
    assert all(str(node).startswith("<" + ns.BASE) for node in own)


def test_the_ontology_graph_speaks_of_no_case(quads: list[Quad]) -> None:
    for quad in in_graph(quads, ns.GRAPH_ONTOLOGY):
        assert not str(quad.subject).startswith((f"<{ns.BASE}case/", f"<{ns.BASE}evidence/"))


def test_the_metadata_graph_tells_graphs_and_sizes(snapshot: Snapshot, quads: list[Quad]) -> None:
    answer = snapshot.query(
        f"SELECT ?g ?n {{ GRAPH <{ns.GRAPH_METADATA}> "
        f"{{ <{ns.SERVICE}> sd:defaultDataset/sd:namedGraph ?g . ?g a sd:NamedGraph ; void:triples ?n }} }}"
    )
    assert isinstance(answer, QuerySolutions)
    sizes = {str(row["g"].value): int(row["n"].value) for row in answer}
    counted = Counter(str(quad.graph_name).strip("<>") for quad in quads)
    assert sizes == {name: counted[name] for name in GRAPHS - {ns.GRAPH_METADATA}}


def test_the_metadata_name_the_reasoner_and_the_newest_curation(inputs: Inputs) -> None:
    quads = list(metadata_quads([Quad(S, P, S, NamedNode(ns.GRAPH_INFERRED))], inputs, "A reasoner 1.0"))
    said = {(quad.subject, quad.predicate): quad.object for quad in quads}
    assert {quad.graph_name for quad in quads} == {NamedNode(ns.GRAPH_METADATA)}
    rules = said[NamedNode(ns.GRAPH_INFERRED), NamedNode(ns.term("ruleSet"))]
    assert "by A reasoner 1.0" in str(rules)
    issued = said[NamedNode(ns.BASE + "dataset"), NamedNode(ns.PREFIXES["dcterms"] + "issued")]
    assert str(issued).startswith(f'"{max(r.curation.date for r in inputs.curated.records)}"')


def test_the_asserted_graph_is_a_function_of_the_inputs(inputs: Inputs, quads: list[Quad]) -> None:
    once, twice = (canonical_nquads(asserted_quads(inputs)) for _ in range(2))
    assert once == twice
    kept = in_graph(quads, *GRAPHS - {ns.GRAPH_INFERRED, ns.GRAPH_METADATA})
    assert canonical_nquads(kept) == once
