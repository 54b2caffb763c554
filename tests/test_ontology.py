"""The ontology says what each of its terms means, hangs together, and knows the words of the two papers."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.config import shipped
from kg.namespaces import ONTOLOGY, PREFIXES, SANCT
from kg.snapshot import Snapshot
from kg.vocabulary import Vocabulary, read_ontology
from tests.conftest import ROOT

OWL_TERMS = {
    *(PREFIXES["owl"] + n for n in ("Class", "ObjectProperty", "DatatypeProperty", "NamedIndividual")),
    *(PREFIXES["skos"] + n for n in ("Concept", "ConceptScheme")),
}
TRIPLES = read_ontology(shipped("ontology"))
REJECTED = ROOT.parent / "shared" / "terminology_rejected.tsv"

TOPS = {
    "AnatomicalSites": {"AnatomicalSite"},
    "Differentials": {"Disease"},
    "Findings": {
        *("Symptom", "Sign", "LaboratoryFinding", "ImagingFinding"),
        *("ElectrodiagnosticFinding", "PathologyFinding", "ClinicalCondition"),
    },
    "LeukemiaTypes": {"HematologicNeoplasm"},
    "Markers": {"ImmunophenotypicMarker"},
    "Modalities": {"DiagnosticProcedure"},
    "Treatments": {"TreatmentProcedure", "Agent"},
    "Units": {"UnitOfMeasurement"},
}

# Scheme and concept, then words of Baek 2021 and Hangai 2014 that must lead there and nowhere else in the scheme.
WORDS = {
    "LeukemiaTypes AcuteLymphoblasticLeukemia": ["ALL", "acute lymphocytic leukemia", "acute lymphoblastic leukemia"],
    "LeukemiaTypes ChronicLymphocyticLeukemia": ["CLL"],
    "LeukemiaTypes AcuteMonocyticLeukemia": ["AMoL", "acute monocytic leukemia", "acute monoblastic leukemia"],
    "LeukemiaTypes AcuteMegakaryoblasticLeukemia": ["AMKL"],
    "LeukemiaTypes AcuteMyelomonocyticLeukemia": ["AMmL", "acute myelomonoblastic leukaemia"],
    "LeukemiaTypes AcuteMyeloidLeukemia": ["AML"],
    "LeukemiaTypes BPrecursorALL": ["B-precursor ALL"],
    "LeukemiaTypes MyeloidSarcoma": ["extramedullary myeloid cell tumor", "granulocytic sarcoma"],
    "DiseaseStates Neuroleukemiosis": ["neuroleukemiosis", "leukemic infiltration of the peripheral nerves"],
    "DiseaseStates IsolatedBoneRelapse": ["isolated bone relapse", "isolated extramedullary bone relapse"],
    "DiseaseStates BoneMarrowRelapse": ["BM relapse", "systematic BM relapse"],
    "DiseaseStates ExtramedullaryRelapse": ["extramedullary relapse"],
    "Modalities BoneMarrowAspiration": ["BM aspiration", "bone marrow aspiration"],
    "Modalities BoneMarrowExamination": ["BM study", "bone marrow studies"],
    "Modalities CSFExamination": ["CSF study", "studies of cerebrospinal fluid"],
    "Modalities ElectromyographyNerveConductionStudy": ["EMG/NCS", "electromyography/nerve conduction studies"],
    "Modalities Ultrasonography": ["US", "ultrasound", "ultrasonography"],
    "Modalities InfraredThermography": ["IRT", "infrared thermography"],
    "Modalities MagneticResonanceImaging": ["MRI"],
    "Modalities ComputedTomography": ["CT", "computerized tomography"],
    "Modalities PositronEmissionTomography": ["PET"],
    "Modalities PETCT": ["PET/CT", "positron emission tomography/computerized tomography"],
    "Modalities GalliumScan": ["gallium scan"],
    "Modalities CervicalCTMyelography": ["Cervical CT/myelogram"],
    "Modalities LumbarThoracicMyelography": ["lumbar-thoracic myelogram"],
    "Modalities CTGuidedBiopsy": ["CT-guided biopsies"],
    "Modalities MayGrunwaldGiemsaStain": ["May-Grünwald Giemsa stain"],
    "Modalities NumericRatingScale": ["numerical rating scale"],
    "AnatomicalSites BoneMarrow": ["BM", "bone marrow"],
    "AnatomicalSites CerebrospinalFluid": ["CSF", "cerebral spinal fluid"],
    "AnatomicalSites TibialNerve": ["posterior tibial nerve"],
    "AnatomicalSites SoleOfFoot": ["sole of the foot"],
    "AnatomicalSites VertebralBody": ["vertebral bodies"],
    "AnatomicalSites BloodNerveBarrier": ["blood-nerve barrier"],
    "Findings Hypoesthesia": ["numbness"],
    "Findings SensoryImpairment": ["sensory deficit"],
    "Findings AutonomicDysfunction": ["autonomic deficit"],
    "Findings MuscleWeakness": ["weakness", "motor weakness"],
    "Findings BonePain": ["bone pain", "intermittent and migrating bone pain"],
    "Findings CSFBlasts": ["blast forms"],
    "Findings HypermetabolicFocus": ["hypermetabolic foci"],
    "Findings MononeuritisMultiplex": ["mononeuritis multiplex"],
    "Findings PerilesionalFluidCollection": ["peri-lesional fluid collection"],
    "Differentials ChronicRecurrentMultifocalOsteomyelitis": ["CRMO"],
    "Differentials GuillainBarreSyndrome": ["Guillain-Barre syndrome"],
    "Differentials Abscess": ["abscess", "absciss"],
    "Differentials OsseousLymphoma": ["osseous lymphoma"],
    "Differentials MetastaticSolidTumor": ["metastases of solid tumor"],
    "Differentials ChemotherapyNeurotoxicity": ["neurotoxicity from chemotherapy"],
    "Treatments Mercaptopurine": ["6-mercaptopurine"],
    "Treatments Asparaginase": ["L-asparaginase"],
    "Treatments Oxycodone": ["oxycodone hydrochloride"],
    "Treatments Snri": ["serotonin-norepinephrine reuptake inhibitors"],
    "Treatments Radiotherapy": ["radiation therapy"],
    "Treatments Fluorodeoxyglucose18F": ["18fluoro-deoxyglucose", "FDG"],
    "Markers HLADR": ["human leukocyte antigen-DR"],
    "Markers TdT": ["TdT", "terminal deoxynucleotidyl transferase"],
    "Units UnitPerMilliliter": ["U/ml"],
    "Units MilligramPerDeciliter": ["mg/dl"],
}


def said(prefix: str, name: str) -> dict[str, list[Literal | NamedNode]]:
    """What one predicate says of each own term."""
    found: dict[str, list[Literal | NamedNode]] = defaultdict(list)
    predicate = NamedNode(PREFIXES[prefix] + name)
    for t in TRIPLES:
        if t.predicate == predicate and isinstance(t.subject, NamedNode) and isinstance(t.object, (Literal, NamedNode)):
            found[t.subject.value].append(t.object)
    return found


def own_terms() -> list[str]:
    """Own classes, properties, individuals, concepts and schemes."""
    return sorted(
        iri
        for iri, types in said("rdf", "type").items()
        if iri.startswith(SANCT) and OWL_TERMS & {t.value for t in types}
    )


def edges() -> Iterator[tuple[str, str, str]]:
    """Every is-a and part-of edge between own concepts, also those inside definitions and restrictions."""
    relations = {PREFIXES["rdfs"] + "subClassOf": "is_a", SANCT + "partOf": "part_of"}
    below: dict[BlankNode, list[Triple]] = defaultdict(list)
    for t in TRIPLES:
        if isinstance(t.subject, BlankNode):
            below[t.subject].append(t)

    def leaves(node: object, relation: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, NamedNode):
            yield relation, node.value.removeprefix(SANCT)
        for t in below.get(node, []) if isinstance(node, BlankNode) else []:
            if t.predicate.value == PREFIXES["owl"] + "onProperty":
                continue
            held = any(x.object == NamedNode(SANCT + "partOf") for x in below[t.subject])  # type: ignore[index]
            yield from leaves(t.object, "part_of" if held else relation)

    for t in TRIPLES:
        if isinstance(t.subject, NamedNode) and t.predicate.value in {*relations, PREFIXES["owl"] + "equivalentClass"}:
            for relation, parent in leaves(t.object, relations.get(t.predicate.value, "is_a")):
                yield t.subject.value.removeprefix(SANCT), relation, parent


def test_the_terms_of_every_kind_are_looked_at() -> None:
    kinds = Counter(t.value for iri in own_terms() for t in said("rdf", "type")[iri] if isinstance(t, NamedNode))
    assert {iri for iri in OWL_TERMS if kinds[iri] < 10} == set()


def test_each_own_term_has_one_label_and_one_definition_in_english() -> None:
    labels, definitions = said("rdfs", "label"), said("skos", "definition")
    for texts in (labels, definitions):
        wrong = [iri for iri in own_terms() if [getattr(x, "language", "") for x in texts[iri]] != ["en"]]
        assert wrong == []


def test_each_own_term_names_its_source() -> None:
    sources = said("dcterms", "source")
    assert [iri for iri in own_terms() if not sources[iri]] == []
    assert [iri for iri in own_terms() if not all(isinstance(x, NamedNode) for x in sources[iri])] == []


def test_no_two_terms_share_a_definition() -> None:
    definitions = said("skos", "definition")
    times = Counter(definitions[iri][0].value.casefold() for iri in own_terms())
    assert [text for text, n in times.items() if n > 1] == []


def test_a_definition_says_more_than_the_names() -> None:
    labels, definitions, synonyms = said("rdfs", "label"), said("skos", "definition"), said("skos", "altLabel")
    texts = {iri: definitions[iri][0].value for iri in own_terms()}
    names = {iri: {n.value.casefold() for n in labels[iri] + synonyms[iri]} for iri in own_terms()}
    assert [iri for iri, text in texts.items() if text.rstrip(".").casefold() in names[iri]] == []
    assert [iri for iri, text in texts.items() if not text.endswith(".")] == []
    assert [iri for iri, text in texts.items() if len(text.split()) < 3] == []


@pytest.mark.parametrize(
    ("prefix", "name", "pattern"),
    [
        ("dcterms", "title", r"Sanctuary KG.+"),
        ("dcterms", "description", r".{80,}"),
        ("dcterms", "license", r"https://creativecommons\.org/licenses/by/4\.0/"),
        ("dcterms", "creator", r".+"),
        ("dcterms", "created", r"\d{4}-\d\d-\d\d"),
        ("dcterms", "bibliographicCitation", r".*Sanctuary KG.*0\.1\.0\."),
        ("vann", "preferredNamespacePrefix", "sanct"),
        ("vann", "preferredNamespaceUri", re.escape(SANCT)),
        ("bibo", "status", r"http://purl\.org/ontology/bibo/status/.+"),
        ("owl", "versionIRI", re.escape(ONTOLOGY) + r"/\d+\.\d+\.\d+"),
    ],
)
def test_the_header_says_what_the_ontology_is(prefix: str, name: str, pattern: str) -> None:
    [value] = said(prefix, name)[ONTOLOGY]
    assert re.fullmatch(pattern, value.value)


@pytest.mark.parametrize("scheme", sorted(TOPS))
def test_every_concept_reaches_the_top_of_its_scheme(vocabulary: Vocabulary, scheme: str) -> None:
    members = {c.name: set(c.parents) for c in vocabulary.concepts.values() if c.scheme == scheme}
    assert {name for name, parents in members.items() if not parents & set(members)} == TOPS[scheme]
    stranded = [name for name in members if not vocabulary.ancestors(name) & TOPS[scheme]]
    assert stranded == []
    looped = [n for n in members if any(n in vocabulary.ancestors(p) for p in members[n])]
    assert looped == []


def test_every_value_belongs_to_a_set_and_every_set_has_values(vocabulary: Vocabulary) -> None:
    values = [c for c in vocabulary.concepts.values() if c.scheme == "Values"]
    sets = {c.name for c in values if c.is_class}
    assert {c.name for c in values if not c.is_class and not c.value_sets} == set()
    assert {s for c in values for s in c.value_sets} == sets


def test_no_synonym_is_the_label_of_another_concept_of_the_scheme(vocabulary: Vocabulary) -> None:
    # The values of one closed set stand to each other as the concepts of a scheme: “negative” is a word of two sets.
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for concept in vocabulary.concepts.values():
        for home in concept.value_sets if concept.scheme == "Values" else (concept.scheme,):
            for word in (concept.label, *concept.synonyms):
                holders[home, word.casefold()].add(concept.name)
    assert len(holders) > 2000
    assert {key: names for key, names in holders.items() if len(names) > 1} == {}


@pytest.mark.parametrize("above", ["Bone", "SkeletalStructure", "ExtramedullarySite", "SoftTissue"])
def test_marrow_is_not_below_bone(vocabulary: Vocabulary, snapshot: Snapshot, above: str) -> None:
    assert above not in vocabulary.ancestors("BoneMarrow")
    path = "(rdfs:subClassOf|skos:broader|sanct:partOf)+"
    assert not snapshot.query(f"ASK {{ sanct:BoneMarrow {path} sanct:{above} }}")
    assert snapshot.query(f"ASK {{ sanct:BoneMarrow {path} sanct:AnatomicalSite }}")


def test_no_rejected_edge_is_ours() -> None:
    if not REJECTED.is_file():
        pytest.skip("the rejected edges are not beside the checkout")
    ours = set(edges())
    assert ("Ilium", "is_a", "PelvicBone") in ours
    assert ("VertebralBody", "part_of", "Vertebra") in ours
    with REJECTED.open(encoding="utf-8", newline="") as file:
        rejected = [(r["child_key"], r["relation"], r["parent_key"]) for r in csv.DictReader(file, delimiter="\t")]
    assert len(rejected) > 40
    assert [edge for edge in rejected if edge in ours] == []


@pytest.mark.parametrize(
    ("target", "word"), [(target, word) for target, words in WORDS.items() for word in words], ids=str
)
def test_the_words_of_the_papers_resolve(vocabulary: Vocabulary, target: str, word: str) -> None:
    scheme, name = target.split()
    forms = {c.name: {f.casefold() for f in (c.label, *c.synonyms)} for c in vocabulary.in_scheme(scheme)}
    assert [concept for concept in forms if word.casefold() in forms[concept]] == [name]
