"""Each SHACL shape finds the defect that is planted for it, and each of its messages can appear."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store
from rdflib import RDF, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from kg.config import shipped
from kg.namespaces import PREFIXES, SANCT
from kg.verify import verify
from kg.vocabulary import read_ontology, read_vocabulary

SHAPES = shipped("ontology") / "shapes.ttl"
TERMS = Namespace(SANCT)
PLANTED_IN = "http://example.org/"

# Shape: a node that breaks it, and words of the message that then appears.
PLANTED = {
    "LabelShape": ('x:n a sanct:Journal ; rdfs:label "Blood"@en, "Blut"@de .', "exactly one English label"),
    "StatementShape": ("x:n a sanct:Finding .", "at least one place where it is written"),
    "CertaintyShape": ("x:n a sanct:Finding ; sanct:confidence 1.2 .", "one decimal from 0 to 1"),
    "OfCaseShape": ("x:n a sanct:Outcome ; sanct:ofCase x:a, x:b . x:a a sanct:Case .", "exactly one case"),
    "CaseShape": ('x:n a sanct:Case ; dcterms:identifier "Lee 2019" .', "lower-case words joined by hyphens"),
    "PatientDescriptionShape": ("x:n a sanct:PatientDescription ; sanct:ageInYears 126.0 .", "from 0 to 125 years"),
    "DiagnosisShape": ("x:n a sanct:Diagnosis ; sanct:leukemiaType sanct:NoSuchType .", "leukemia type"),
    "EpisodeShape": ("x:n a sanct:Episode ; sanct:marrowStatus sanct:Normal .", "The marrow was"),
    "SiteInvolvementShape": ("x:n a sanct:SiteInvolvement ; sanct:laterality sanct:Left .", "The side is LeftSide"),
    "FindingShape": (
        "x:n a sanct:Finding ; sanct:status sanct:Present, sanct:Absent .",
        "Present, Absent or NotReported",
    ),
    "InvestigationShape": (
        "x:n a sanct:Investigation ; sanct:follows x:e . x:e a sanct:Episode .",
        "at most one other investigation",
    ),
    "MeasurementShape": ("x:n a sanct:Measurement ; sanct:measurementType sanct:Sign .", "an empty one says nothing"),
    "MarkerResultShape": (
        "x:n a sanct:MarkerResult ; sanct:expression sanct:Positive, sanct:Negative .",
        "A marker is Positive or Negative",
    ),
    "TreatmentShape": ("x:n a sanct:Treatment ; sanct:treatmentType sanct:Sign .", "The response is one value"),
    "DoseShape": ("x:n a sanct:Dose ; sanct:value 10.0, 20.0 .", "exactly one decimal above 0"),
    "OutcomeShape": ("x:n a sanct:Outcome ; sanct:afterEvent x:e . x:e a sanct:Episode .", "not an episode"),
    "DifferentialShape": ("x:n a sanct:Differential ; sanct:ruledOutBy x:o . x:o a sanct:Outcome .", "is ruled out by"),
    "TimelineEventShape": ('x:n a sanct:TimelineEvent ; sanct:date "July 2017" .', "write YYYY-MM-DD"),
    "PossibleIdentityShape": ("x:n a sanct:PossibleIdentity .", "weighs at least one trait"),
    "ExcludedIdentityShape": (
        "x:n a sanct:ExcludedIdentity ; sanct:otherCase x:a, x:b .",
        "names at most one case",
    ),
    "ReasonForIdentityShape": (
        "x:n a sanct:ReasonForIdentity ; sanct:bearing sanct:Positive .",
        "SpeaksFor or SpeaksAgainst",
    ),
    "ReportedStatisticShape": (
        "x:n a sanct:ReportedStatistic ; sanct:numerator 5 ; sanct:denominator 4 .",
        "from 0 to the denominator",
    ),
    "DiscrepancyShape": ("x:n a sanct:Discrepancy ; sanct:ofCase x:unknown .", "concerns cases of the graph"),
    "CitationShape": ("x:n a sanct:Citation ; cito:hasCitedEntity x:a, x:b .", "exactly one cited reference"),
    "EvidenceShape": ("x:n a sanct:Evidence ; oa:start 20 ; oa:end 10 .", "before its end"),
    "TableCellEvidenceShape": (
        "x:n a sanct:TableCellEvidence ; sanct:tableRow 0 .",
        "counted from 1 below the heading",
    ),
    "CurationShape": ("x:n a sanct:Curation ; sanct:method sanct:Extracted .", "names the tool and its version"),
    "ReferenceShape": ('x:n a sanct:Reference ; bibo:doi "https://doi.org/10.1/x" .', "A DOI begins with 10."),
    "AuthorshipShape": ("x:n a sanct:Authorship ; sanct:orcid <https://orcid.org/1234> .", "sixteen digits"),
    "JournalShape": ('x:n a sanct:Journal ; bibo:issn "12345678" .', "at most one print ISSN"),
    "ConceptShape": ('x:n a skos:Concept ; rdfs:label "pain"@en ; skos:altLabel "pain"@en .', "differs from the label"),
    "ConceptSchemeShape": ("x:n a skos:ConceptScheme .", "at least one top concept"),
}


def messages(data: Graph, path: Path = SHAPES) -> list[str]:
    """What verification reports of the shapes that some triples break; the class hierarchy is that of core.ttl."""
    whole = data + Graph().parse(shipped("ontology") / "core.ttl")
    return list(verify(Store(), whole.serialize(format="nt", encoding="utf-8"), path, []).defects)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    """The shapes file."""
    return Graph().parse(SHAPES)


@pytest.fixture(scope="module")
def reported() -> list[str]:
    """What is reported when all planted nodes are in one graph."""
    data = Graph()
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    for shape, (turtle, _) in PLANTED.items():
        data.parse(data=f"{prefixes}@prefix x: <{PLANTED_IN}{shape}/> .\n{turtle}", format="turtle")
    return messages(data)


def test_every_shape_has_a_planted_defect(shapes: Graph) -> None:
    assert {str(shape) for shape in shapes.subjects(RDF.type, SH.NodeShape)} == {SANCT + name for name in PLANTED}


@pytest.mark.parametrize("shape", PLANTED)
def test_a_shape_finds_its_planted_defect(reported: list[str], shapes: Graph, shape: str) -> None:
    words = PLANTED[shape][1]
    assert [line for line in reported if words in line and f"at <{PLANTED_IN}{shape}/n>" in line]
    own = [TERMS[shape], *shapes.objects(TERMS[shape], SH.property)]
    assert any(words in str(message) for node in own for message in shapes.objects(node, SH.message))


def test_every_message_can_appear(shapes: Graph) -> None:
    # For each class a blank node without properties, and a node with three wrong values for every property.
    data = Graph()
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        for target in shapes.objects(shape, SH.targetClass):
            filled = URIRef(f"{PLANTED_IN}{str(shape).removeprefix(SANCT)}")
            data.add((BNode(), RDF.type, target))
            data.add((filled, RDF.type, target))
            for path in shapes.objects(shape, SH.property / SH.path):
                for value in (Literal(""), Literal(-1), URIRef("urn:nothing")):
                    data.add((filled, path, value))
    seen = {line.removeprefix("shape: ").split(" Found: ")[0] for line in messages(data)}
    assert {str(message) for message in shapes.objects(None, SH.message)} - seen == set()


def test_every_constraint_has_a_message(shapes: Graph) -> None:
    plain = {SH.targetClass, SH.property, RDF.type}
    paths = {shape for shape in shapes.subjects(SH.path) if (None, SH.property, shape) in shapes}
    nodes = {s for s in shapes.subjects(RDF.type, SH.NodeShape) if set(shapes.predicates(s)) - plain}
    assert paths | nodes == set(shapes.subjects(SH.message))


def test_closed_sets_are_those_of_the_ontology(shapes: Graph) -> None:
    sets: dict[str, set[str]] = {}
    for concept in read_vocabulary(read_ontology(shipped("ontology"))).concepts.values():
        for name in concept.value_sets:
            sets.setdefault(name, set()).add(concept.iri)
    for shape, head in shapes.subject_objects(SH["in"]):
        listed = {str(member) for member in Collection(shapes, head)}
        assert listed in sets.values(), f"{shapes.value(shape, SH.path)}: correct sh:in in shapes.ttl"
