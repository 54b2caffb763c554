"""The vocabulary answers what is a kind or a part of what, which names come near, and refuses a broken ontology."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.errors import OntologyError
from kg.vocabulary import Vocabulary, read_ontology, read_vocabulary
from tests.conftest import ROOT
from tests.test_mappings import RENAMED, TERMINOLOGY

PREFIXES = """\
@prefix sanct: <https://w3id.org/sanctuary-kg/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SITES = """
sanct:Nerve a owl:Class ; skos:inScheme sanct:Sites ; rdfs:label "nerve"@en ; skos:definition "A nerve."@en .
sanct:Leg a owl:Class ; skos:inScheme sanct:Sites ; rdfs:label "leg"@en ; skos:definition "A leg."@en .
sanct:TibialNerve a owl:Class ; skos:inScheme sanct:Sites ; rdfs:label "tibial nerve"@en ;
    skos:definition "A nerve of the leg."@en ; skos:altLabel "posterior nerve of the calf"@en ;
    rdfs:subClassOf sanct:Nerve , [ a owl:Restriction ] , <http://example.org/Other> ; sanct:partOf sanct:Leg .
sanct:LegNerve a owl:Class ; skos:inScheme sanct:Sites ; rdfs:label "leg nerve"@en ; skos:definition "Both."@en ;
    owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( sanct:Nerve [ a owl:Restriction ] sanct:Leg ) ] .
sanct:Gram a sanct:Unit ; skos:inScheme sanct:Units ; rdfs:label "gram"@en ; skos:definition "Mass."@en ;
    qudt:ucumCode "g" .
sanct:Loop a owl:Class ; skos:inScheme sanct:Sites ; rdfs:label "loop"@en ; skos:definition "In itself."@en ;
    rdfs:subClassOf sanct:Loop , sanct:Ring .
sanct:Ring a owl:Class ; skos:inScheme sanct:Sites ; rdfs:label "ring"@en ; skos:definition "Round."@en ;
    rdfs:subClassOf sanct:Loop .
<http://example.org/Foreign> skos:inScheme sanct:Sites .
"""


def ontology(folder: Path, text: str, name: str = "core.ttl") -> Path:
    (folder / name).write_bytes((PREFIXES + text).encode())
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Vocabulary:
    return read_vocabulary(read_ontology(ontology(tmp_path, SITES)))


@pytest.mark.parametrize(
    ("name", "ancestors"),
    [
        ("TibialNerve", {"TibialNerve", "Nerve", "Leg"}),
        ("LegNerve", {"LegNerve", "Nerve", "Leg"}),
        ("Nerve", {"Nerve"}),
        ("Loop", {"Loop", "Ring"}),
        ("Nonsense", set()),
    ],
)
def test_ancestors(name: str, ancestors: set[str], small: Vocabulary) -> None:
    assert small.ancestors(name) == ancestors


def test_concept(small: Vocabulary) -> None:
    nerve = small.concepts["TibialNerve"]
    assert (nerve.label, nerve.definition, nerve.scheme) == ("tibial nerve", "A nerve of the leg.", "Sites")
    assert nerve.synonyms == ("posterior nerve of the calf",)
    assert nerve.parents == ("Leg", "Nerve")
    assert nerve.iri == "https://w3id.org/sanctuary-kg/ontology/TibialNerve"
    assert (nerve.is_class, nerve.ucum) == (True, None)
    assert "Foreign" not in small.concepts
    assert [concept.name for concept in small.in_scheme("Units", "Unit")] == ["Gram"]
    assert list(small.concepts) == sorted(small.concepts)


def test_units(small: Vocabulary, vocabulary: Vocabulary) -> None:
    gram = small.unit("g")
    assert gram is not None
    assert (gram.name, gram.is_class, gram.value_sets) == ("Gram", False, ("Unit",))
    assert small.unit("kg") is None
    assert small.units() == ["g"]
    assert {"mg/dL", "U/L", "[arb'U]/mL", "10*9/L", "%"} <= set(vocabulary.units())
    for code in vocabulary.units():
        unit = vocabulary.unit(code)
        assert unit is not None
        assert (unit.ucum, unit.scheme) == (code, "Units")


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("SciaticNerve", {"PeripheralNerve", "ExtramedullarySite"}),
        ("BPrecursorALL", {"AcuteLymphoblasticLeukemia", "Leukemia"}),
        ("BonePain", {"Pain"}),
        ("Vincristine", {"Agent"}),
        ("SystemicChemotherapy", {"TreatmentProcedure"}),
        ("CRPMeasurement", {"LaboratoryTest"}),
    ],
)
def test_ancestors_in_the_shipped_ontology(name: str, above: set[str], vocabulary: Vocabulary) -> None:
    assert above <= vocabulary.ancestors(name)


@pytest.mark.parametrize(
    ("word", "schemes", "first"),
    [
        ("SciaticNeve", ("AnatomicalSites",), "SciaticNerve"),
        ("sciatic nerve", ("AnatomicalSites",), "SciaticNerve"),
        ("sciaticnerve", (), "SciaticNerve"),
        ("Vincristin", ("Treatments",), "Vincristine"),
        ("present", ("FindingStatus",), "Present"),
        ("claudication", ("Findings",), None),
        ("Vincristin", ("AnatomicalSites",), None),
        ("", (), None),
        ("qqqqqq", (), None),
    ],
)
def test_nearest(word: str, schemes: tuple[str, ...], first: str | None, vocabulary: Vocabulary) -> None:
    near = vocabulary.nearest(word, *schemes)
    assert len(near) <= 3
    assert len(set(near)) == len(near)
    allowed = {concept.name for concept in vocabulary.in_scheme(*schemes)} if schemes else set(vocabulary.concepts)
    assert set(near) <= allowed
    if first is not None:
        assert near[0] == first
    elif word != "claudication":
        assert near == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("sanct:Nerve a .\n", 7, None),
        ("\nsanct:Nerve a owl:Class\n", 9, None),
        ('sanct:Nerve rdfs:label "nerve .\n', 7, None),
        ("nerve:A a owl:Class .\n", 7, 1),
        ("sanct:Nerve a <nerve> .\n", 7, 15),
    ],
    ids=["no object", "no full stop", "open quote", "unknown prefix", "relative IRI"],
)
def test_broken_turtle(text: str, line: int, column: int | None, tmp_path: Path) -> None:
    ontology(tmp_path, SITES, "a.ttl")
    with pytest.raises(OntologyError) as caught:
        read_ontology(ontology(tmp_path, text))
    file, at_line, at_column, words = str(caught.value).split(":", 3)
    assert (file, int(at_line)) == (str(tmp_path / "core.ttl"), line)
    assert int(at_column) >= 1
    assert column is None or int(at_column) == column
    assert words.endswith("Mend the Turtle and build again.")


def test_turtle_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "core.ttl").write_bytes(PREFIXES.encode() + b'sanct:A rdfs:label "Andr\xe9"@en .\n')
    with pytest.raises(OntologyError, match=r"core\.ttl:7:\d+: .*UTF-8"):
        read_ontology(tmp_path)


def test_no_turtle(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(PREFIXES, encoding="utf-8")
    with pytest.raises(OntologyError, match=r"There is no \.ttl file in .* Point --ontology"):
        read_ontology(tmp_path)


def test_shapes_are_no_part_of_the_vocabulary(tmp_path: Path, small: Vocabulary) -> None:
    ontology(tmp_path, "sanct:Nonsense skos:inScheme sanct:Sites .\n", "shapes.ttl")
    assert read_vocabulary(read_ontology(ontology(tmp_path, SITES))).concepts == small.concepts


@pytest.mark.parametrize("lacking", ['rdfs:label "nerve"@en ; ', ' ; skos:definition "A nerve."@en'])
def test_a_concept_without_label_or_definition(lacking: str, tmp_path: Path) -> None:
    assert SITES.count(lacking) == 1
    with pytest.raises(OntologyError, match=r"The concept Nerve lacks a label or a definition\. Add it"):
        read_vocabulary(read_ontology(ontology(tmp_path, SITES.replace(lacking, ""))))


def test_two_concepts_with_one_unit_code(tmp_path: Path) -> None:
    second = SITES[SITES.index("sanct:Gram") : SITES.index("sanct:Loop")].replace("Gram", "Gramme")
    with pytest.raises(OntologyError, match="Gram and Gramme"):
        read_vocabulary(read_ontology(ontology(tmp_path, SITES + second)))


def test_the_shipped_concepts_are_complete_and_distinct(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.concepts) > 380
    for concept in vocabulary.concepts.values():
        assert concept.label == concept.label.strip()
        assert concept.definition.endswith("."), concept.name
        assert concept.name not in concept.parents
    labels = [(concept.scheme, concept.label.lower()) for concept in vocabulary.concepts.values()]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_each_verified_concept_has_a_term(vocabulary: Vocabulary) -> None:
    if not TERMINOLOGY.is_file():
        pytest.skip(f"the verified identifiers are not beside the checkout ({TERMINOLOGY.relative_to(ROOT.parent)})")
    with TERMINOLOGY.open(encoding="utf-8", newline="") as file:
        keys = {row["subject_key"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    assert len(keys) == 380
    assert sorted(key for key in keys if RENAMED.get(key, key) not in vocabulary.concepts) == []
