"""What the dataset says of itself is so: every number is counted again by SPARQL, every file measured again."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from kg import __version__
from kg import namespaces as ns
from kg.build import Built
from kg.config import shipped
from kg.describe.counting import count
from kg.describe.dumps import dump_files
from kg.describe.files import DATASET_JSONLD, DUMPS
from kg.describe.metadata import LICENSE, metadata_quads
from kg.describe.schema_org import schema_org
from kg.describe.void import void_quads
from kg.graph import Inputs, canonical_nquads
from kg.snapshot import QUESTIONS, Snapshot, run_query

METADATA = NamedNode(ns.GRAPH_METADATA)
DATASET = f"<{ns.DATASET}>"
GRAPHS = {
    "sanctuary.nq": RdfFormat.N_QUADS,
    "sanctuary.trig": RdfFormat.TRIG,
    "sanctuary.ttl": RdfFormat.TURTLE,
}
NO_CONCEPT = "FILTER NOT EXISTS {{ {} a skos:Concept }}"

S, T, P, G, H = (NamedNode(ns.BASE + name) for name in ("s", "t", "p", "g", "h"))
TYPE = NamedNode(ns.PREFIXES["rdf"] + "type")
CASE, CONCEPT = NamedNode(ns.term("Case")), NamedNode(ns.PREFIXES["skos"] + "Concept")


@pytest.fixture(scope="module", name="quads")
def _quads(snapshot: Snapshot) -> list[Quad]:
    """What is described: all quads but those of the metadata graph."""
    return [q for q in parse(path=snapshot.nquads, format=RdfFormat.N_QUADS) if q.graph_name != METADATA]


@pytest.fixture(scope="module", name="metadata")
def _metadata(snapshot: Snapshot) -> list[Quad]:
    return [q for q in parse(path=snapshot.nquads, format=RdfFormat.N_QUADS) if q.graph_name == METADATA]


@pytest.fixture(scope="module")
def described(quads: list[Quad]) -> Store:
    """The described graphs, and their merge as the default graph."""
    store = Store()
    store.extend(quads)
    store.extend({Quad(q.subject, q.predicate, q.object) for q in quads})
    return store


@pytest.fixture(scope="module")
def told(metadata: list[Quad]) -> Store:
    """The metadata graph alone."""
    store = Store()
    store.extend(Quad(q.subject, q.predicate, q.object) for q in metadata)
    return store


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    answer = run_query(store, query)
    assert isinstance(answer, QuerySolutions)
    return [tuple(str(term.value) for term in row) for row in answer]


def same(told: Store, said: str, described: Store, counted: str) -> None:
    """Two queries have one answer, and it is not empty."""
    one, other = Counter(rows(told, said)), Counter(rows(described, counted))
    assert one == other
    assert one


@pytest.mark.parametrize("where", ["", *(f"graph/{g}" for g in ("ontology", "inferred", "mappings", "bibliography"))])
def test_the_totals_are_those_that_sparql_counts(told: Store, described: Store, where: str) -> None:
    graph = f"<{ns.BASE}{where}>"
    pattern = f"GRAPH {graph} {{ ?s ?p ?o }}" if where else "?s ?p ?o"
    types = pattern.replace("?p", "a")
    subject = graph if where else DATASET
    own = f'{pattern} FILTER(STRSTARTS(STR(?s), "{ns.BASE}"))'
    for name, counted in (
        ("triples", f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"),
        ("distinctSubjects", f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {pattern} }}"),
        ("distinctObjects", f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ {pattern} }}"),
        ("properties", f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {pattern} }}"),
        ("classes", f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ {types} }}"),
        ("entities", f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {own} }}"),
    ):
        same(told, f"SELECT ?n {{ {subject} void:{name} ?n }}", described, counted)


def test_every_graph_is_a_subset_with_the_size_of_the_manifest(told: Store, built: Built) -> None:
    said = rows(
        told, f"SELECT ?g ?n {{ {DATASET} void:subset ?g . ?g a sd:NamedGraph, void:Dataset ; void:triples ?n }}"
    )
    graphs = built.manifest["counts"]["graphs"]
    assert set(said) == {(ns.BASE + name, str(n)) for name, n in graphs.items() if name != "graph/metadata"}


def test_the_members_of_each_class(told: Store, described: Store) -> None:
    said = f"SELECT ?c ?n {{ {DATASET} void:classPartition ?x . ?x void:class ?c ; void:entities ?n }}"
    same(told, said, described, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    said = (
        "SELECT ?g ?c ?n { ?g a sd:NamedGraph ; void:classPartition ?x . ?x void:class ?c ; void:entities ?n "
        "FILTER NOT EXISTS { ?x void:propertyPartition ?y } }"
    )
    counted = "SELECT ?g ?c (COUNT(DISTINCT ?s) AS ?n) { GRAPH ?g { ?s a ?c } } GROUP BY ?g ?c"
    same(told, said, described, counted)


def test_the_properties_of_the_dataset(told: Store, described: Store) -> None:
    said = f"SELECT ?p ?n {{ {DATASET} void:propertyPartition ?x . ?x void:property ?p ; void:triples ?n }}"
    same(told, said, described, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")


BELOW = "?x void:class ?c ; void:propertyPartition ?y . ?y void:property ?p "


def test_the_properties_of_each_class(told: Store, described: Store) -> None:
    said = f"SELECT ?c ?p ?n {{ {DATASET} void:classPartition ?x . {BELOW} ; void:triples ?n }}"
    counted = f"SELECT ?c ?p (COUNT(*) AS ?n) {{ ?s a ?c ; ?p ?o {NO_CONCEPT.format('?c')} }} GROUP BY ?c ?p"
    same(told, said, described, counted)


def test_the_classes_that_a_property_reaches(told: Store, described: Store) -> None:
    said = f"SELECT ?c ?p ?d ?n {{ {BELOW} ; void:classPartition ?z . ?z void:class ?d ; void:triples ?n }}"
    no_concept = NO_CONCEPT.format("?c") + NO_CONCEPT.format("?d")
    counted = f"SELECT ?c ?p ?d (COUNT(*) AS ?n) {{ ?s a ?c ; ?p ?o . ?o a ?d {no_concept} }} GROUP BY ?c ?p ?d"
    same(told, said, described, counted)


def test_the_datatypes_of_a_property(told: Store, described: Store) -> None:
    below = "void-ext:datatypePartition ?z . ?z void-ext:datatype ?d ; void:triples ?n"
    said = f"SELECT ?c ?p ?d ?n {{ {BELOW} ; {below} }}"
    counted = (
        "SELECT ?c ?p ?d (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o FILTER(isLiteral(?o)) "
        f"BIND(DATATYPE(?o) AS ?d) {NO_CONCEPT.format('?c')} }} GROUP BY ?c ?p ?d"
    )
    same(told, said, described, counted)


def test_the_linksets_add_up_to_the_mappings(told: Store, described: Store, inputs: Inputs) -> None:
    said = (
        "SELECT ?space ?p ?n { ?x a void:Linkset ; void:linkPredicate ?p ; void:triples ?n ; "
        f"void:subjectsTarget {DATASET} ; void:objectsTarget/void:uriSpace ?space }}"
    )
    found = rows(told, said)
    assert sum(int(n) for _, _, n in found) == len(
        {(m.subject, m.predicate, m.object) for m in inputs.mappings.mappings}
    )
    for space, predicate, n in found:
        counted = f"GRAPH <{ns.GRAPH_MAPPINGS}> {{ ?s <{predicate}> ?o }} FILTER(STRSTARTS(STR(?o), '{space}'))"
        assert rows(described, f"SELECT (COUNT(*) AS ?n) {{ {counted} }}") == [(n,)]
    assert set(rows(told, "SELECT ?x { ?x a void:Linkset }")) == set(
        rows(told, f"SELECT ?x {{ <{ns.GRAPH_MAPPINGS}> void:subset ?x }}")
    )


def test_a_mapping_to_an_unknown_terminology_is_refused() -> None:
    quad = Quad(S, NamedNode(ns.PREFIXES["skos"] + "exactMatch"), T, NamedNode(ns.GRAPH_MAPPINGS))
    with pytest.raises(ValueError, match="empty"):
        list(void_quads([quad], {"HP": "http://purl.obolibrary.org/obo/HP_"}))


def test_examples_and_vocabularies_are_in_the_graph_that_names_them(told: Store, described: Store) -> None:
    for (iri,) in rows(told, f"SELECT ?x {{ {DATASET} void:exampleResource ?x }}"):
        assert rows(described, f"SELECT * {{ <{iri}> rdfs:label ?label }}")
    graphs = rows(told, "SELECT ?g ?x { ?g a sd:NamedGraph ; void:exampleResource ?x }")
    for graph, iri in graphs:
        assert rows(described, f"SELECT ?p {{ GRAPH <{graph}> {{ <{iri}> ?p ?o }} }}")
    assert {graph for graph, _ in graphs} == {g for (g,) in rows(told, f"SELECT ?g {{ {DATASET} void:subset ?g }}")}
    terms = {iri for (iri,) in rows(described, "SELECT DISTINCT ?p { { ?s ?p ?o } UNION { ?s a ?p } }")}
    for (space,) in rows(told, f"SELECT ?v {{ {DATASET} void:vocabulary ?v }}"):
        assert any(term.startswith(space) for term in terms)


def test_a_small_graph_is_counted_as_the_docstrings_say() -> None:
    disease = NamedNode(ns.term("Disease"))
    quads = [
        Quad(S, TYPE, CASE, G),
        Quad(S, TYPE, CASE, H),
        Quad(S, TYPE, disease, G),
        Quad(disease, TYPE, CONCEPT, G),
        Quad(S, P, T, G),
        Quad(T, TYPE, CASE, G),
        Quad(S, P, Literal("a"), G),
        Quad(S, P, Literal("a", language="en"), H),
        Quad(NamedNode("http://example.org/"), P, Literal("1"), H),
    ]
    counts = count({quad.triple for quad in quads})
    assert (counts.triples, counts.subjects, counts.objects, counts.entities) == (8, 4, 7, 3)
    assert counts.classes == {CASE.value: 2, disease.value: 1, CONCEPT.value: 1}
    assert counts.properties == {TYPE.value: 4, P.value: 4}
    assert counts.used()[CASE.value, P.value] == 3
    assert (disease.value, P.value) not in counts.used()
    assert counts.links()[CASE.value, P.value, CASE.value] == 1
    assert counts.literals()[CASE.value, P.value, ns.PREFIXES["rdf"] + "langString"] == 1
    assert counts.examples == (S.value, disease.value)
    said = {(q.subject, q.predicate): q.object for q in void_quads(quads, {})}
    assert said[NamedNode(ns.DATASET), NamedNode(ns.PREFIXES["void"] + "triples")].value == "8"  # type: ignore[union-attr]
    assert count([]).examples == ()


def test_every_part_of_the_description_has_one_iri_and_no_blank_node(metadata: list[Quad]) -> None:
    assert not [q for q in metadata if isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode)]
    times = {NamedNode(ns.PREFIXES["void"] + name) for name in ("class", "property", "triples", "entities")}
    said = Counter((q.subject, q.predicate) for q in metadata if q.predicate in times)
    assert {place for place, n in said.items() if n > 1} == set()


def test_the_order_of_the_quads_does_not_matter(
    inputs: Inputs, quads: list[Quad], metadata: list[Quad], snapshot: Snapshot
) -> None:
    shuffled = list(quads)
    random.Random(7).shuffle(shuffled)
    mappings = (shipped("data") / "mappings.sssom.tsv").read_bytes()
    ontology = [Triple(S, P, Literal("x"))]
    one, other = (dump_files(some, ontology, mappings, "{}") for some in (quads, shuffled))
    assert [dump.data for dump in one] == [dump.data for dump in other]
    reasoner = snapshot.manifest["reasoning"]["by"]
    written = [canonical_nquads(metadata_quads(some, inputs, reasoner, one)) for some in (quads, shuffled)]
    assert written[0] == written[1]
    assert schema_org(metadata, "x") == schema_org(sorted(metadata, key=str, reverse=True), "x")


def test_each_file_has_the_size_and_the_hash_that_are_said_of_it(built: Built, told: Store) -> None:
    said = rows(
        told,
        "SELECT ?file ?bytes ?sum { ?file a dcat:Distribution ; dcat:downloadURL ?file ; dcat:byteSize ?bytes ; "
        "spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue ?sum ] }",
    )
    paths = sorted((built.folder / DUMPS).iterdir())
    files = {ns.dump(path.name): path.read_bytes() for path in paths}
    assert {f: (n, h) for f, n, h in said} == {
        file: (str(len(data)), hashlib.sha256(data).hexdigest()) for file, data in files.items()
    }
    assert {path.name for path in paths} == set(built.manifest[DUMPS])
    for path in paths:
        entry = built.manifest[DUMPS][path.name]
        assert (entry["bytes"], entry["sha256"]) == (
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )


@pytest.mark.parametrize("name", GRAPHS)
def test_a_dump_holds_every_graph_but_the_metadata(built: Built, quads: list[Quad], name: str) -> None:
    written = (built.folder / DUMPS / name).read_bytes()
    found = list(parse(written, format=GRAPHS[name]))
    if name == "sanctuary.ttl":
        assert {quad.triple for quad in found} == {quad.triple for quad in quads}
        assert len(found) == len({quad.triple for quad in quads})
    else:
        assert set(found) == set(quads)
        assert len(found) == len(quads)


def test_the_ontology_is_the_same_in_both_forms(built: Built, inputs: Inputs) -> None:
    folder = built.folder / DUMPS
    assert (folder / "ontology.ttl").read_bytes() == (built.folder / "ontology.ttl").read_bytes()
    forms = {"ontology.ttl": RdfFormat.TURTLE, "ontology.owl": RdfFormat.RDF_XML}
    graphs = []
    for name, form in forms.items():
        dataset = Dataset(parse(path=folder / name, format=form))
        dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
        graphs.append(set(dataset))
    assert graphs[0] == graphs[1]
    assert len(graphs[0]) > len(inputs.ontology)


def test_the_other_files_are_those_of_the_project(built: Built) -> None:
    for name in ("mappings.sssom.tsv", "record.schema.json"):
        assert (built.folder / DUMPS / name).read_bytes() == (shipped("data") / name).read_bytes()


def test_catalogues_find_what_they_ask_for(told: Store, inputs: Inputs) -> None:
    query = (
        f"SELECT ?v ?d ?name {{ {DATASET} a dcat:Dataset ; dcterms:title ?t ; dcterms:description ?text ; "
        f"dcterms:license <{LICENSE}> ; dcterms:publisher/foaf:name ?name ; dcterms:creator/foaf:name ?name ; "
        "dcat:version ?v ; owl:versionInfo ?v ; dcterms:issued ?d ; dcat:landingPage ?page . ?page a foaf:Document }"
    )
    issued = max(record.curation.date for record in inputs.curated.records)
    assert rows(told, query) == [(__version__, issued, "Sanctuary KG contributors")]
    dumps = {iri for (iri,) in rows(told, f"SELECT ?f {{ {DATASET} dcat:distribution ?f ; void:dataDump ?f }}")}
    assert dumps == {ns.dump(name) for name in GRAPHS}
    held = rows(told, "SELECT ?f { ?data dcat:distribution|dcterms:relation ?f }")
    assert len(held) == len(rows(told, "SELECT ?f { ?f a dcat:Distribution }"))


def test_the_prefixes_are_complete_and_parse(told: Store) -> None:
    said = rows(
        told,
        f"SELECT ?prefix ?space {{ <{ns.ONTOLOGY}> sh:declare ?d . "
        "?d a sh:PrefixDeclaration ; sh:prefix ?prefix ; sh:namespace ?space FILTER(DATATYPE(?space) = xsd:anyURI) }",
    )
    assert sorted(said) == sorted(ns.PREFIXES.items())


def test_search_engines_get_what_the_metadata_say(built: Built, told: Store) -> None:
    document: dict[str, Any] = json.loads((built.folder / DATASET_JSONLD).read_text(encoding="utf-8"))
    assert (document["@context"], document["@type"]) == ("https://schema.org/", "Dataset")
    assert document["version"] == built.manifest["version"]
    assert 50 <= len(document["description"]) <= 5000, "what Google takes"
    one = f"SELECT ?t ?text ?d {{ {DATASET} dcterms:title ?t ; dcterms:description ?text ; dcterms:issued ?d }}"
    assert rows(told, one) == [(document["name"], document["description"], document["datePublished"])]
    files = {file["name"]: file for file in document["distribution"]}
    assert len(files) == len(built.manifest[DUMPS])
    for name, entry in built.manifest[DUMPS].items():
        file = files[entry["title"]]
        assert file["contentUrl"] == ns.dump(name)
        assert file["contentSize"] == f"{entry['bytes']} B"
        assert (file["encodingFormat"], file["sha256"]) == (entry["media_type"], entry["sha256"])


def test_the_description_is_smaller_than_what_it_describes(metadata: list[Quad], quads: list[Quad]) -> None:
    assert len(metadata) < len(quads) / 3


def test_a_snapshot_has_no_other_files(built: Built) -> None:
    names = {path.name for path in Path(built.folder).iterdir()}
    assert names == {"store", "sanctuary.nq", "manifest.json", "ontology.ttl", QUESTIONS, DUMPS, DATASET_JSONLD}
