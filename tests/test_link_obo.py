"""One small ontology in OBO, OBO Graphs JSON and OWL is read alike; broken files are refused with one clear error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.link.hierarchy import IS_A, Edge, Release, Status
from kg.link.obo import read_obo
from kg.link.sssom import Mapping, MappingSet

pytest.importorskip("fastobo")

HP = "http://purl.obolibrary.org/obo/HP_"
PART_OF = "http://purl.obolibrary.org/obo/BFO_0000050"
PREFIXES = {
    "HP": HP,
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "sanct": "https://w3id.org/sanctuary-kg/ontology/",
}
OBO_TEXT = """\
format-version: 1.2
data-version: hp/releases/2025-01-16
ontology: hp
property_value: dcterms:license https://hpo.jax.org/app/license

[Term]
id: HP:1
name: All

[Term]
id: HP:2
name: Pain
alt_id: HP:22
is_a: HP:1 ! All

[Term]
id: HP:3
name: Bone pain
synonym: "Pain in bones" EXACT []
synonym: "Aching bones" RELATED []
is_a: HP:2 ! Pain
relationship: part_of HP:5 ! Skeleton

[Term]
id: HP:4
name: obsolete Ache
is_obsolete: true
replaced_by: HP:2
consider: HP:3

[Term]
id: HP:5
name: Skeleton
is_a: HP:1 ! All

[Typedef]
id: part_of
name: part of
xref: BFO:0000050
"""
OWL_TEXT = f"""\
<?xml version="1.0"?>
<rdf:RDF xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:obo="http://purl.obolibrary.org/obo/"
  xmlns:oio="http://www.geneontology.org/formats/oboInOwl#" xmlns:dcterms="http://purl.org/dc/terms/">
<owl:Ontology rdf:about="http://purl.obolibrary.org/obo/hp.owl">
  <owl:versionIRI rdf:resource="http://purl.obolibrary.org/obo/hp/releases/2025-01-16/hp.owl"/>
  <dcterms:license rdf:resource="https://hpo.jax.org/app/license"/>
</owl:Ontology>
<owl:ObjectProperty rdf:about="{PART_OF}"><rdfs:label>part of</rdfs:label></owl:ObjectProperty>
<owl:Class rdf:about="{HP}1"><rdfs:label>All</rdfs:label></owl:Class>
<owl:Class rdf:about="{HP}2"><rdfs:label>Pain</rdfs:label><oio:hasAlternativeId>HP:22</oio:hasAlternativeId>
  <rdfs:subClassOf rdf:resource="{HP}1"/></owl:Class>
<owl:Class rdf:about="{HP}3"><rdfs:label xml:lang="de">Knochenschmerz</rdfs:label><rdfs:label>Bone pain</rdfs:label>
  <oio:hasExactSynonym>Pain in bones</oio:hasExactSynonym><oio:hasRelatedSynonym>Aching bones</oio:hasRelatedSynonym>
  <rdfs:subClassOf rdf:resource="{HP}2"/>
  <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{PART_OF}"/>
    <owl:someValuesFrom rdf:resource="{HP}5"/></owl:Restriction></rdfs:subClassOf></owl:Class>
<owl:Class rdf:about="{HP}4"><rdfs:label>obsolete Ache</rdfs:label>
  <owl:deprecated rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</owl:deprecated>
  <obo:IAO_0100001 rdf:resource="{HP}2"/><oio:consider>HP:3</oio:consider></owl:Class>
<owl:Class rdf:about="{HP}5"><rdfs:label>Skeleton</rdfs:label><rdfs:subClassOf rdf:resource="{HP}1"/></owl:Class>
</rdf:RDF>
"""
OIO = "http://www.geneontology.org/formats/oboInOwl#"


def node(number: int, label: str, **meta: object) -> dict[str, object]:
    return {"id": f"{HP}{number}", "lbl": label, "type": "CLASS", "meta": meta}


def value(predicate: str, text: str) -> dict[str, str]:
    return {"pred": predicate, "val": text}


def edge(child: int, predicate: str, parent: int) -> dict[str, str]:
    return {"sub": f"{HP}{child}", "pred": predicate, "obj": f"{HP}{parent}"}


GRAPH = {
    "id": "http://purl.obolibrary.org/obo/hp.json",
    "meta": {
        "version": "http://purl.obolibrary.org/obo/hp/releases/2025-01-16/hp.json",
        "basicPropertyValues": [value("http://purl.org/dc/terms/license", "https://hpo.jax.org/app/license")],
    },
    "nodes": [
        node(1, "All"),
        node(2, "Pain", basicPropertyValues=[value(OIO + "hasAlternativeId", "HP:22")]),
        node(
            3,
            "Bone pain",
            synonyms=[value("hasExactSynonym", "Pain in bones"), value("hasRelatedSynonym", "Aching bones")],
        ),
        node(
            4,
            "obsolete Ache",
            deprecated=True,
            basicPropertyValues=[
                value("http://purl.obolibrary.org/obo/IAO_0100001", HP + "2"),
                value(OIO + "consider", "HP:3"),
            ],
        ),
        node(5, "Skeleton"),
        {"id": PART_OF, "lbl": "part of", "type": "PROPERTY"},
    ],
    "edges": [edge(2, "is_a", 1), edge(3, "is_a", 2), edge(5, "is_a", 1), edge(3, PART_OF, 5)],
}
TEXTS = {"hp.obo": OBO_TEXT, "hp.json": json.dumps({"graphs": [GRAPH]}), "hp.owl": OWL_TEXT}


def ours(*codes: str, label: str = "Bone pain") -> MappingSet:
    """A mapping set that names some codes."""
    rows = []
    for line, code in enumerate(codes, 2):
        prefix, _, local = code.partition(":")
        iri = PREFIXES[prefix] + local
        rows.append(Mapping(line, "sanct:X", "skos:exactMatch", code, label, PREFIXES["sanct"] + "X", "x", iri))
    return MappingSet(PREFIXES, {}, tuple(rows))


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def statuses(found: Release) -> dict[str, Status]:
    return found.status()


@pytest.fixture(params=sorted(TEXTS))
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The ontology in each of the formats."""
    name = str(request.param)
    return written(tmp_path, name, TEXTS[name])


def test_a_term_in_use(path: Path) -> None:
    found = read_obo(path, ours("HP:3"))
    status = statuses(found)["HP:3"]
    assert (status.known, status.active, status.label) == (True, True, "Bone pain")
    assert status.names == ("Bone pain", "Pain in bones"), "the label and the exact synonyms, no related ones"
    assert status.labels_fit is True
    assert status.fits("aching bones") is False
    assert (found.slug, found.version, found.license) == ("hp", "2025-01-16", "https://hpo.jax.org/app/license")


def test_ancestors_and_labels(path: Path) -> None:
    found = read_obo(path, ours("HP:3"))
    assert set(found.edges) == {Edge(HP + "3", IS_A, HP + "2"), Edge(HP + "2", IS_A, HP + "1")}
    assert found.labels == {HP + "1": "All", HP + "2": "Pain", HP + "3": "Bone pain"}


@pytest.mark.parametrize("name", ["part_of", "part of", "BFO:0000050", PART_OF])
def test_a_relation_that_is_asked_for(path: Path, name: str) -> None:
    found = read_obo(path, ours("HP:3"), relations=(name,))
    assert Edge(HP + "3", PART_OF, HP + "5") in found.edges
    assert Edge(HP + "5", IS_A, HP + "1") in found.edges


def test_a_relation_that_the_file_lacks(path: Path) -> None:
    with pytest.raises(ReleaseError, match="has no relation “eats”"):
        read_obo(path, ours("HP:3"), relations=("eats",))


def test_an_obsolete_term(path: Path) -> None:
    status = statuses(read_obo(path, ours("HP:4")))["HP:4"]
    assert (status.known, status.active, status.label) == (True, False, "obsolete Ache")
    assert [(one.kind, one.code, one.label) for one in status.replaced_by] == [
        ("replaced by", "HP:2", "Pain"),
        ("consider", "HP:3", "Bone pain"),
    ]


def test_a_term_that_was_merged_into_another(path: Path) -> None:
    status = statuses(read_obo(path, ours("HP:22")))["HP:22"]
    assert (status.known, status.active) == (True, False)
    assert [(one.kind, one.code) for one in status.replaced_by] == [("merged into", "HP:2")]


def test_codes_that_are_not_in_the_file(path: Path) -> None:
    found = read_obo(path, ours("HP:3", "HP:77", "NCIT:C1"))
    assert {code: status.known for code, status in statuses(found).items()} == {"HP:3": True, "HP:77": False}


def test_a_file_of_a_terminology_that_we_do_not_map(path: Path) -> None:
    with pytest.raises(ReleaseError, match="none of its terms"):
        read_obo(path, ours("NCIT:C1"))
    with pytest.raises(ReleaseError, match="no prefix “XX”"):
        read_obo(path, ours("HP:3"), prefix="XX")


def test_a_file_that_is_cut_off(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(ReleaseError) as caught:
        read_obo(path, ours("HP:3"))
    assert path.name in str(caught.value)
    assert "cut off" in str(caught.value)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_file_of_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReleaseError, match="is empty"):
        read_obo(written(tmp_path, name, ""), ours("HP:3"))


@pytest.mark.parametrize(
    "text",
    [
        "Prefix(:=<http://example.org/>)\nOntology()\n",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n",
        "<!DOCTYPE html><html><body>404</body></html>",
        '{"graphs": []}',
        '{"graphs": [{"nodes": [{"lbl": "no id"}]}]}',
        '{"graphs": 7}',
        "format-version: 1.2\nontology: hp\n",
        "id,label\n1,x\n",
        "[" * 100_000,
        '{"graphs":' + "[" * 100_000,
    ],
)
def test_what_is_no_ontology(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReleaseError):
        read_obo(written(tmp_path, "x.obo", text), ours("HP:3"))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_text_that_is_not_utf_8(tmp_path: Path, name: str) -> None:
    text = TEXTS[name].replace("Skeleton", "Skel\xe4ton").encode("latin-1")
    with pytest.raises(ReleaseError, match=name):
        read_obo(written(tmp_path, name, text), ours("HP:3"))


def test_a_hierarchy_in_a_circle(tmp_path: Path) -> None:
    text = OBO_TEXT.replace("name: All\n", "name: All\nis_a: HP:3\n", 1)
    with pytest.raises(ReleaseError, match="runs in a circle"):
        read_obo(written(tmp_path, "hp.obo", text), ours("HP:3"))


def test_a_parent_that_the_file_does_not_hold(tmp_path: Path) -> None:
    text = OBO_TEXT.replace("id: HP:2\n", "id: HP:7\n", 1)
    with pytest.raises(ReleaseError, match=r"HP_3 is below .*HP_2, which the file does not hold"):
        read_obo(written(tmp_path, "hp.obo", text), ours("HP:3"))


def test_entities_that_unfold_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE rdf:RDF [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    text = OWL_TEXT.replace("<rdf:RDF", bomb + "<rdf:RDF", 1)
    with pytest.raises(ReleaseError, match="entities made of entities"):
        read_obo(written(tmp_path, "hp.owl", text), ours("HP:3"))


def test_entities_that_shorten_iris_are_read(tmp_path: Path) -> None:
    plain = '<!DOCTYPE rdf:RDF [<!ENTITY hp "http://purl.obolibrary.org/obo/HP_">]>\n'
    text = OWL_TEXT.replace("<rdf:RDF", plain + "<rdf:RDF", 1).replace(f'rdf:about="{HP}3"', 'rdf:about="&hp;3"')
    assert statuses(read_obo(written(tmp_path, "hp.owl", text), ours("HP:3")))["HP:3"].label == "Bone pain"


def test_progress_reaches_its_end(path: Path) -> None:
    told: list[tuple[int, int]] = []
    read_obo(path, ours("HP:3"), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
