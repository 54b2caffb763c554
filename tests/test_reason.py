"""The reasoner finds the members that a reader of the papers finds, and says in words what cannot be."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Triple, parse

from kg import namespaces as ns
from kg.build import read_inputs
from kg.config import shipped
from kg.errors import InconsistencyError
from kg.graph import asserted_quads
from kg.idle_concepts import idle_concepts, subclasses_of_idle
from kg.reason import _facts, _run, _without_nominals, infer, smallest
from kg.snapshot import Snapshot
from kg.triples.ontology import skos_triples

GRAPH = NamedNode(ns.paper_graph("one-2020"))
PREFIXES = f"@prefix sanct: <{ns.SANCT}> . @prefix owl: <{ns.PREFIXES['owl']}> . @prefix x: <{ns.BASE}case/one/> .\n"
PREFIXES += f"@prefix rdfs: <{ns.PREFIXES['rdfs']}> . @prefix xsd: <{ns.PREFIXES['xsd']}> . @prefix : <{ns.BASE}> .\n"

# Episodes by case and order, from Table 1 and the case report of Baek 2021, and the case report of Hangai 2014.
ROWS_WITHOUT_REMISSION = {"harris-1921-1 1", "rowland-1963-1 1", "nishi-1991-1 1", "platten-2007-1 1"}
BM_NORMAL = {"krendel-1987-1 1", "billstrom-1992-1 1", "aregawi-2008-1 1", "wang-2015-1 1", "baek-2021-1 1"}
BM_NORMAL_THEN_RELAPSE = {"vital-1993-1 1", "vital-1993-2 1"}
BM_RELAPSE = {"lekos-1994-1 1", "liu-2007-1 1"}
BM_UNKNOWN = {"voin-2017-1 1", "voin-2017-2 1"}
LATER_MARROW = {"vital-1993-1 2", "vital-1993-2 2"}
BONE, MARROW = {"hangai-2014-1 2"}, {"hangai-2014-1 3"}
NERVES_IN_REMISSION = BM_NORMAL | BM_NORMAL_THEN_RELAPSE | BM_RELAPSE | BM_UNKNOWN
AUTOPSIES = {"harris-1921-1 1", "krendel-1987-1 1", "nishi-1991-1 1", "billstrom-1992-1 1", "lekos-1994-1 1"}
ALL_RELAPSES = {"liu-2007-1 1", "aregawi-2008-1 1"} | BONE | MARROW

EPISODES = {
    "Relapse": NERVES_IN_REMISSION | LATER_MARROW | BONE | MARROW,
    "ExtramedullaryRelapse": NERVES_IN_REMISSION | BONE,
    "BoneMarrowRelapse": BM_RELAPSE | LATER_MARROW | MARROW,
    "IsolatedRelapse": BM_NORMAL | BM_NORMAL_THEN_RELAPSE | BONE,
    "CombinedRelapse": BM_RELAPSE,
    "Neuroleukemiosis": NERVES_IN_REMISSION | ROWS_WITHOUT_REMISSION,
    "NeuroleukemiosisRelapse": NERVES_IN_REMISSION,
    "BoneLeukemia": BONE,
    "IsolatedBoneRelapse": BONE,
    "MarrowNegativeEpisode": BM_NORMAL | BM_NORMAL_THEN_RELAPSE | BONE,
    # As first examined; the fluid of Aregawi's patient became abnormal later.
    "CsfNegativeEpisode": {"liu-2007-1 1", "aregawi-2008-1 1", "wang-2015-1 1", "baek-2021-1 1"},
    "MarrowAndCsfNegativeEpisode": {"aregawi-2008-1 1", "wang-2015-1 1", "baek-2021-1 1"},
    # Blasts in the fluid; raised protein or cells alone do not prove leukemia there.
    "CnsRelapse": {"billstrom-1992-1 1", "vital-1993-1 1", "vital-1993-2 1"},
    "ALLRelapse": ALL_RELAPSES,
    "BALLRelapse": BONE | MARROW,
    "AMLRelapse": (NERVES_IN_REMISSION | LATER_MARROW) - ALL_RELAPSES,
    "TissueConfirmedEpisode": NERVES_IN_REMISSION | ROWS_WITHOUT_REMISSION | BONE,
    "AutopsyConfirmedEpisode": AUTOPSIES,
    "BiopsyConfirmedEpisode": (NERVES_IN_REMISSION | ROWS_WITHOUT_REMISSION | BONE) - AUTOPSIES,
    "TesticularRelapse": set[str](),
    "LeukemiaCutis": set[str](),
}
CHILDREN = {"harris-1921-1", "liu-2007-1", "voin-2017-2", "hangai-2014-1"}
ADULTS = {
    *("rowland-1963-1", "krendel-1987-1", "nishi-1991-1", "billstrom-1992-1", "vital-1993-1", "vital-1993-2"),
    *("lekos-1994-1", "platten-2007-1", "aregawi-2008-1", "wang-2015-1", "voin-2017-1", "baek-2021-1"),
}
NORMAL_DESPITE_LEUKEMIA = {
    "krendel-1987-1": "BoneMarrowExamination CervicalCTMyelography LumbarThoracicMyelography",
    "billstrom-1992-1": "BoneMarrowExamination",
    "vital-1993-1": "BoneMarrowExamination",
    "vital-1993-2": "BoneMarrowExamination",
    "liu-2007-1": "CSFExamination",
    "aregawi-2008-1": "CSFExamination BoneMarrowExamination",
    "wang-2015-1": "CSFExamination BoneMarrowExamination",
    "baek-2021-1": "CompleteBloodCount CRPMeasurement ESRMeasurement CSFExamination BoneMarrowExamination PETCT",
    "hangai-2014-1": "LaboratoryTest PhysicalExamination CompleteBloodCount CalciumMeasurement BloodCulture "
    "AlkalinePhosphataseMeasurement BoneMarrowAspiration MayGrunwaldGiemsaStain Immunophenotyping",
}
ABSENT = {
    "baek-2021-1": "NerveEnlargement PerilesionalFluidCollection MuscleInjury",
    "hangai-2014-1": "Pallor Lymphadenopathy Organomegaly Petechiae BoneMetastasis MonoclonalBlasts "
    "HematologicAbnormality HematologicAbnormality",
}
PRESENT = {
    "rowland-1963-1": "IncreasedCSFProtein",
    "krendel-1987-1": "IncreasedCSFProtein IncreasedCSFGlucose",
    "billstrom-1992-1": "AtypicalCSFCells CSFBlasts",
    "vital-1993-1": "CSFBlasts",
    "vital-1993-2": "CSFBlasts",
    "lekos-1994-1": "CSFPleocytosis NerveEnlargement",
    "liu-2007-1": "NerveEnlargement LobulatedSoftTissueMass AbnormalGalliumUptake",
    "aregawi-2008-1": "IncreasedCSFProtein CSFPleocytosis GadoliniumEnhancement FdgUptakeAlongNeurovascularBundle",
    "wang-2015-1": "Mass",
    "voin-2017-1": "CSFPleocytosis NerveMass",
    "voin-2017-2": "NerveMass",
    "baek-2021-1": "NeuropathicPain NeuropathicPain ColdSensation CalfMuscleAtrophy PlantarFlexionWeakness "
    "FootInversionWeakness AbsentAnkleReflex ReducedNerveConductionResponse DiscDegeneration DiscBulging "
    "ForaminalDiscExtension LimbHypothermia HypoechoicMass NerveMass NerveEdema NerveEnlargement NerveEnlargement "
    "NerveContrastEnhancement PerilesionalFluidCollection LeukemicNerveInfiltration MuscleWeakness Pneumonia",
    "hangai-2014-1": "LimbPain BonePain Limp Fever ElevatedCRP ElevatedSIL2R LymphoidHyperplasia BlastLikeCells "
    "Osteolysis BoneDestruction BoneInfiltration SoftTissueInfiltration VertebralInfiltration "
    "MarrowInfiltrationOnImaging HypermetabolicFocus HypermetabolicFocus HypermetabolicFocus HypermetabolicFocus "
    "MultifocalBoneLesions AtypicalLymphocyticInfiltrate BoneMarrowBlasts BoneMarrowBlasts LocalizedMarrowInfiltration",
}


def rows(snapshot: Snapshot, pattern: str) -> list[tuple[str, ...]]:
    """The values of ``?case`` and ``?what``, without their namespaces."""
    answer = snapshot.query(f"SELECT ?case ?what {{ {pattern} }}")
    assert isinstance(answer, QuerySolutions)
    return [tuple(str(row[n].value).rpartition("/")[2] for n in ("case", "what")) for row in answer]


def by_case(snapshot: Snapshot, pattern: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for case, what in rows(snapshot, pattern):
        found.setdefault(case, Counter())[what] += 1
    return found


def counted(expected: dict[str, str]) -> dict[str, Counter[str]]:
    return {case: Counter(words.split()) for case, words in expected.items()}


@pytest.mark.parametrize("name", EPISODES)
def test_episodes_of_each_kind(snapshot: Snapshot, name: str) -> None:
    found = rows(snapshot, f"?x a sanct:{name} ; a sanct:Episode ; sanct:ofCase ?case ; sanct:order ?what")
    assert sorted(" ".join(row) for row in found) == sorted(EPISODES[name])


@pytest.mark.parametrize(("name", "expected"), [("PediatricCase", CHILDREN), ("AdultCase", ADULTS)])
def test_children_and_adults(snapshot: Snapshot, name: str, expected: set[str]) -> None:
    assert {case for case, _ in rows(snapshot, f"?case a sanct:{name} ; sanct:ageInYears ?what")} == expected


def test_what_was_normal_despite_leukemia(snapshot: Snapshot) -> None:
    found = by_case(
        snapshot,
        "?x a sanct:NegativeInvestigationDespiteLeukemia ; sanct:ofCase ?case ; sanct:modality ?what",
    )
    assert found == counted(NORMAL_DESPITE_LEUKEMIA)
    assert sum(sum(c.values()) for c in found.values()) == 26


@pytest.mark.parametrize(("name", "expected"), [("PresentFinding", PRESENT), ("AbsentFinding", ABSENT)])
def test_present_and_absent_findings(snapshot: Snapshot, name: str, expected: dict[str, str]) -> None:
    pattern = f"?x a sanct:{name} ; sanct:ofCase ?case ; sanct:findingType ?what"
    assert by_case(snapshot, pattern) == counted(expected)


def test_only_an_inferred_graph_holds_the_memberships(snapshot: Snapshot) -> None:
    for name in EPISODES:
        answer = snapshot.query(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?x a sanct:{name} }} }}")
        assert isinstance(answer, QuerySolutions)
        assert {str(row["g"].value) for row in answer} <= {ns.GRAPH_INFERRED}, name


@cache
def ontology(*files: str) -> tuple[Triple, ...]:
    """Triples of some of the shipped Turtle files; fewer files, faster reasoning."""
    folder = shipped("ontology")
    read = (parse(path=folder / f"{f}.ttl", format=RdfFormat.TURTLE, rename_blank_nodes=True) for f in files)
    return tuple(quad.triple for quads in read for quad in quads)


def told(text: str) -> list[Quad]:
    triples = parse(PREFIXES + text, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    return [Quad(t.subject, t.predicate, t.object, GRAPH) for t in triples]


INNOCENT = "x:other a sanct:Finding ; sanct:status sanct:Present . x:n sanct:duringEpisode x:e . x:e a sanct:Episode ."


@pytest.mark.parametrize(
    ("files", "planted", "lines"),
    [
        (
            ("core", "values", "disease-state", "finding"),
            "x:n a sanct:Finding, sanct:BonePain ; sanct:status sanct:Absent .",
            {"skg:case/one/n is of the class “bone pain”", "skg:case/one/n has status: absent"},
        ),
        (
            ("core",),
            "x:n a sanct:Finding, sanct:Treatment .",
            {"skg:case/one/n is of the class “finding”", "skg:case/one/n is of the class “treatment”"},
        ),
        (
            ("core", "values"),
            "x:n a sanct:Episode ; sanct:remissionAtOnset sanct:InRemission, sanct:NotInRemission .",
            {
                "skg:case/one/n has remission at onset: in remission",
                "skg:case/one/n has remission at onset: not in remission",
            },
        ),
    ],
    ids=["absent-yet-typed", "two-kinds", "two-remissions"],
)
def test_a_contradiction_is_told_in_words(files: tuple[str, ...], planted: str, lines: set[str]) -> None:
    with pytest.raises(InconsistencyError) as caught:
        infer(list(ontology(*files)), [], told(planted + INNOCENT))
    head, *statements = str(caught.value).splitlines()
    assert head.startswith("What the records say contradicts the ontology.")
    assert {line.strip() for line in statements} == lines


TINY = "sanct:A a owl:Class ; rdfs:label 'kind A' . "
TINY += "sanct:B a owl:Class ; rdfs:label 'kind B' ; owl:disjointWith sanct:A . "


def test_an_unsatisfiable_class_is_named() -> None:
    added = told(TINY + "sanct:C a owl:Class ; rdfs:label 'kind C' ; rdfs:subClassOf sanct:A, sanct:B .")
    with pytest.raises(InconsistencyError, match=r"can have no members: “kind C”\."):
        infer([quad.triple for quad in added], [], told("x:n a sanct:A ."))


def test_an_ontology_that_contradicts_itself_is_blamed_before_the_papers() -> None:
    added = told(TINY + "sanct:v a owl:NamedIndividual, sanct:A, sanct:B .")
    with pytest.raises(InconsistencyError, match="The ontology contradicts itself before any paper is read"):
        infer([quad.triple for quad in added], [], told("x:n a sanct:A ."))


EPISODES_MADE_UP = """
sanct:ExtramedullarySite a owl:NamedIndividual . sanct:SciaticNerve a owl:NamedIndividual .
sanct:PeripheralNervousSystem a owl:NamedIndividual .
x:1 a sanct:Episode ; sanct:remissionAtOnset sanct:InRemission ; sanct:marrowStatus sanct:NotInvolved ;
    sanct:csfStatus sanct:Involved ; sanct:site sanct:SciaticNerve .
x:2 a sanct:Episode ; sanct:remissionAtOnset sanct:NotInRemission ; sanct:marrowStatus sanct:Involved ;
    sanct:csfStatus sanct:NotReported ; sanct:site sanct:SciaticNerve .
x:3 a sanct:Episode ; sanct:remissionAtOnset sanct:InRemission ; sanct:marrowStatus sanct:Involved ;
    sanct:csfStatus sanct:NotInvolved .
x:f a sanct:Finding ; sanct:status sanct:Absent ; sanct:duringEpisode x:1 . x:o sanct:vitalStatus sanct:Dead .
"""
HIERARCHY = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
sanct:SciaticNerve skos:broader sanct:PeripheralNervousSystem .
sanct:PeripheralNervousSystem skos:broader sanct:ExtramedullarySite . """


def test_the_rewriting_of_values_gives_the_same_memberships() -> None:
    base = [*ontology("core", "values", "disease-state"), *(quad.triple for quad in told(HIERARCHY))]
    facts = _facts(base, told(EPISODES_MADE_UP))
    rewritten = _without_nominals(base)
    has_value = NamedNode(ns.PREFIXES["owl"] + "hasValue")
    assert any(t.predicate == has_value for t in base)
    assert not any(t.predicate == has_value for t in rewritten)
    plain, fast = _run(base, facts), _run(rewritten, facts)
    assert plain is not None
    assert fast is not None
    assert fast.types == plain.types
    assert fast.subclasses == plain.subclasses
    first, second, third = (
        {kind.rpartition("/")[2] for node, kind in fast.types if node == f"{ns.BASE}case/one/{n}"} for n in "123"
    )
    assert {"IsolatedRelapse", "NeuroleukemiosisRelapse", "CnsRelapse"} <= first
    assert {"Neuroleukemiosis"} <= second
    assert not second & {"Relapse", "ExtramedullaryRelapse", "CnsLeukemia"}
    assert {"BoneMarrowRelapse"} <= third
    assert not third & {"ExtramedullaryRelapse", "CombinedRelapse", "CnsRelapse", "IsolatedRelapse"}


@pytest.mark.parametrize(
    "text",
    [
        "x:n a sanct:Finding, sanct:BonePain ; sanct:status sanct:NotReported .",
        "x:n a sanct:Episode, sanct:IsolatedRelapse ; sanct:marrowStatus sanct:Indeterminate .",
    ],
    ids=["finding", "episode"],
)
def test_the_rewriting_of_values_keeps_contradictions_with_values_of_no_definition(text: str) -> None:
    base = list(ontology("core", "values", "disease-state", "finding"))
    facts = _facts(base, told(text))
    assert _run(base, facts) is None
    assert _run(_without_nominals(base), facts) is None


def numbered(count: int) -> list[Triple]:
    return [Triple(NamedNode(f"{ns.BASE}{n}"), NamedNode(ns.SANCT + "order"), Literal(n)) for n in range(count)]


@pytest.mark.parametrize("culprits", [{0}, {6}, {0, 6}, {2, 3, 5}, set(range(7))], ids=str)
def test_smallest_finds_exactly_the_culprits(culprits: set[int]) -> None:
    facts = numbered(7)
    guilty = {facts[n] for n in culprits}
    asked: list[int] = []

    def fails(part: list[Triple]) -> bool:
        asked.append(len(part))
        return guilty <= set(part)

    found = smallest(fails, facts)
    assert len(found) == len(culprits)
    assert set(found) == guilty
    assert len(asked) < 2 * len(culprits) * 3 + 2


def test_smallest_gives_one_of_several_contradictions_whole() -> None:
    facts = numbered(8)
    pairs = [{facts[0], facts[7]}, {facts[1], facts[2]}]
    found = smallest(lambda part: any(pair <= set(part) for pair in pairs), facts)
    assert set(found) in pairs


@pytest.mark.parametrize("left_out", [True, False])
def test_a_second_axiom_keeps_a_concept_in_reasoning(left_out: bool) -> None:
    hierarchy = (
        "sanct:A skos:inScheme sanct:S ; a owl:Class . sanct:B rdfs:subClassOf sanct:A ; skos:inScheme sanct:S . "
        "sanct:C rdfs:subClassOf sanct:B ; skos:inScheme sanct:S . sanct:D rdfs:subClassOf sanct:B ; "
        "skos:inScheme sanct:S . "
    )
    axiom = "" if left_out else "sanct:C owl:disjointWith sanct:A . "
    text = f"{PREFIXES}@prefix skos: <{ns.PREFIXES['skos']}> . {hierarchy}{axiom}"
    schema = [q.triple for q in parse(text, format=RdfFormat.TURTLE)]
    idle = idle_concepts(schema, [])
    assert ({node.value.removeprefix(ns.SANCT) for node in idle}) == ({"B", "C", "D"} if left_out else {"D"})
    # What the reasoner would have found of those that it was spared.
    found = {(ns.term("A"), ns.term("Entity")), (ns.term("B"), ns.term("A")), (ns.term("B"), ns.term("Entity"))}
    above = {parent for child, parent in subclasses_of_idle(idle, found) if child == ns.term("D")}
    assert above == {ns.term("A"), ns.term("B"), ns.term("Entity")}


def test_leaving_concepts_out_changes_no_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = read_inputs(shipped("ontology"), shipped("data"), shipped("queries"))
    asserted = list(dict.fromkeys(asserted_quads(inputs)))
    skos = list(skos_triples(inputs.vocabulary))
    spared = infer(inputs.ontology, skos, asserted)
    monkeypatch.setattr("kg.reason.idle_concepts", lambda schema, facts: {})
    whole = infer(inputs.ontology, skos, asserted)
    assert len(idle_concepts([*inputs.ontology, *skos], _facts(inputs.ontology, asserted))) > 500
    assert spared == whole
