"""What the graph says after Hangai 2014, held against an independent reading of the paper, fact by fact."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions

from kg import namespaces as ns
from kg.snapshot import Snapshot

CASE = f"<{ns.case('hangai-2014-1')}>"
GRAPH = f"<{ns.paper_graph('hangai-2014')}>"
START = f"BASE <{ns.BASE}> PREFIX : <{ns.SANCT}> "

# Each line a property of the case as the paper tells it; “:” is the ontology.
FACTS = """
reportedIn <reference/hangai-2014>
sex :Male ; :ageInYears 8.0
diagnosis [ a :BPrecursorALL ; :ageAtDiagnosisInYears 5.0 ]
episode [ :order 1 ; :remissionAtOnset :NotInRemission ; :marrowStatus :NotReported ]
episode [ :order 2 ; :remissionAtOnset :InRemission ; :certainty :Probable ; :extent :Multifocal ]
episode [ :order 2 ; :marrowStatus :NotInvolved ; :csfStatus :NotReported ; :confirmedBy [ a :CTGuidedBiopsy ] ]
episode [ :order 3 ; :marrowStatus :Involved ; :site :BoneMarrow ; :followsEpisode [ :order 2 ] ]
finding [ a :LimbPain ; :quality :Migrating ; :course :Intermittent ]
finding [ a :BonePain ; :severity :Severe ; :quality :Migrating ; :course :Intermittent ]
finding [ a :Limp ]
finding [ a :Fever ; :durationInMonths 9.0 ]
finding [ a :ElevatedCRP ; :severity :Mild ; :shownBy [ a :CRPMeasurement ] ]
finding [ a :ElevatedSIL2R ; :shownBy [ a :SolubleIL2ReceptorMeasurement ] ]
finding [ a :LymphoidHyperplasia ; :shownBy [ a :BoneMarrowAspiration ; :order 3 ] ]
finding [ a :BlastLikeCells ; :shownBy [ a :BoneMarrowAspiration ; :order 3 ] ]
finding [ a :Osteolysis ; :involvement [ :site :Ilium ; :laterality :LeftSide ] ; :shownBy [ a :AbdominalCT ] ]
finding [ a :BoneDestruction ; :involvement [ :site :Ilium ; :laterality :LeftSide ] ; :shownBy [ a :AbdominalCT ] ]
finding [ a :BoneInfiltration ; :site :Ilium ; :shownBy [ a :MagneticResonanceImaging ] ]
finding [ a :SoftTissueInfiltration ; :site :SoftTissue ; :shownBy [ a :T2WeightedMRI ] ]
finding [ a :VertebralInfiltration ; :site :VertebralBody ; :shownBy [ a :T2WeightedMRI ] ]
finding [ a :MultifocalBoneLesions ; :shownBy [ a :FDGPET ], [ a :T2WeightedMRI ] ]
finding [ a :AtypicalLymphocyticInfiltrate ; :site :Ilium, :SoftTissue ; :shownBy [ a :Histopathology ] ]
investigation [ a :CompleteBloodCount ; :result :Normal ], [ a :BloodCulture ; :result :Normal ]
investigation [ a :CalciumMeasurement ; :result :Normal ; :measurement [ :interpretation :WithinRange ] ]
investigation [ a :AlkalinePhosphataseMeasurement ; :result :Normal ; :measurement [ :interpretation :WithinRange ] ]
investigation [ :result :Abnormal ; :measurement [ :measurementType :CRPMeasurement ; :interpretation :Elevated ] ]
investigation [ a :CRPMeasurement ; :measurement [ :value 2.61 ; :unit [ qudt:ucumCode "mg/dL" ] ] ]
investigation [ a :SolubleIL2ReceptorMeasurement ; :measurement [ :unit [ qudt:ucumCode "[arb'U]/mL" ] ] ]
investigation [ :measurement [ :value 960.0 ; :referenceLow 127.0 ; :referenceHigh 582.0 ; :valueText "960 U/ml" ] ]
investigation [ a :CTGuidedBiopsy ; :site :Ilium, :SoftTissue ; :guidedBy :ComputedTomography ; :result :Abnormal ]
investigation [ a :MayGrunwaldGiemsaStain ; :result :Normal ], [ a :MayGrunwaldGiemsaStain ; :result :Abnormal ]
treatment [ :riskGroup :S2Risk ; :response :CompleteRemission ; :intent :AntileukemicIntent ]
treatment [ a :JplsgAllR08 ; :protocolName "Japanese Pediatric Leukemia/Lymphoma Study Group Protocol, ALL-R08" ]
outcome [ :diseaseStatus :InCompleteRemission ; :vitalStatus :NotReported ; :unpublished true ]
timelineEvent [ :eventType :Admission ; :intervalInMonths 9.0 ; :afterEvent [ :eventType :SymptomOnset ] ]
"""
PANELS = {
    "biopsy": "CD10 CD20 CD79a TdT",
    "marrow": "CD10 CD19 CD22 CD24 CD22-Cytoplasm CD79a-Cytoplasm TdT-Cytoplasm HLADR CD34 CD99 CD38 CD58",
}


def rows(snapshot: Snapshot, names: str, pattern: str) -> list[tuple[str, ...]]:
    """Sorted rows of a query on the graph of the paper; IRIs by their last part."""
    order = " ".join(f"?{name}" for name in names.split())
    answer = snapshot.query(f"{START} SELECT {order} {{ GRAPH {GRAPH} {{ {pattern} }} }}")
    assert isinstance(answer, QuerySolutions)
    return sorted(tuple(str(term.value).rpartition("/")[2] if term else "" for term in row) for row in answer)


@pytest.mark.parametrize("fact", FACTS.strip().splitlines())
def test_the_case(snapshot: Snapshot, fact: str) -> None:
    assert snapshot.query(f"{START} ASK {{ {CASE} :{fact} }}")


def test_four_aspirations_with_side_share_and_result_in_order(snapshot: Snapshot) -> None:
    pattern = (
        f"{CASE} :investigation ?i . ?i :modality :BoneMarrowAspiration ; :order ?order ; :result ?result ; "
        ":involvement [ :site ?site ; :laterality :LeftSide ] . "
        "OPTIONAL { ?i :measurement [ :measurementType :BoneMarrowBlastPercentage ; :value ?share ; :unit :Percent ] }"
    )
    # The two later samples stand in one sentence, so that neither comes first.
    assert rows(snapshot, "order site share result", pattern) == [
        ("3", "AnteriorIlium", "52.2", "Inconclusive"),
        ("4", "PosteriorIlium", "", "Normal"),
        ("7", "AnteriorIlium", "71.6", "Abnormal"),
        ("7", "PosteriorIlium", "99.6", "Abnormal"),
    ]
    follows = "?i :modality :BoneMarrowAspiration ; :order ?order ; :follows [ :order ?before ]"
    assert rows(snapshot, "before order", follows) == [("3", "4"), ("4", "7"), ("4", "7")]


def test_the_cells_of_the_first_aspirate_are_not_called_blasts(snapshot: Snapshot) -> None:
    shown = rows(snapshot, "t", "?f :findingType ?t ; :shownBy [ :modality :BoneMarrowAspiration ; :order 3 ]")
    assert {t for (t,) in shown} == {"LymphoidHyperplasia", "BlastLikeCells", "LocalizedMarrowInfiltration"}
    share = "?m :measurementType :BoneMarrowBlastPercentage ; :value ?v ; :certainty ?c"
    assert rows(snapshot, "v c", share) == [("52.2", "Possible"), ("71.6", "Confirmed"), ("99.6", "Confirmed")]
    assert not rows(snapshot, "i", "?i :modality :FlowCytometry")


@pytest.mark.parametrize(("specimen", "site"), [("biopsy", ":Ilium, :SoftTissue"), ("marrow", ":BoneMarrow")])
def test_both_panels_marker_by_marker(snapshot: Snapshot, specimen: str, site: str) -> None:
    panel = f"?i :modality :Immunophenotyping ; :site {site} ; :markerResult ?r . ?r :marker ?m ; :expression ?e . "
    found = rows(snapshot, "m c e", panel + "OPTIONAL { ?r :cellCompartment ?c }")
    assert {e for _, _, e in found} == {"Positive"}
    assert sorted(f"{m}-{c}".rstrip("-") for m, c, _ in found) == sorted(PANELS[specimen].split())


def test_no_marker_stands_outside_the_two_panels(snapshot: Snapshot) -> None:
    assert len(rows(snapshot, "r", "?r a :MarkerResult")) == 4 + 12


def test_foci_of_fdg_with_their_sides(snapshot: Snapshot) -> None:
    pattern = "?f a :HypermetabolicFocus ; :shownBy [ a :FDGPET ] ; :involvement ?p . ?p :site ?s . "
    assert rows(snapshot, "s side", pattern + "OPTIONAL { ?p :laterality ?side }") == [
        ("HumerusEpiphysis", "LeftSide"),
        ("Ilium", "LeftSide"),
        ("ProximalTibia", "RightSide"),
        ("VertebralBody", ""),
    ]


def test_the_bones_of_the_relapse_are_the_foci_and_the_tissue_next_to_them(snapshot: Snapshot) -> None:
    sites = rows(snapshot, "s", f"{CASE} :episode ?e . ?e :order 2 ; :involvement [ :site ?s ]")
    expected = ["HumerusEpiphysis", "Ilium", "ProximalTibia", "SoftTissue", "VertebralBody"]
    assert [s for (s,) in sites] == expected


def test_eight_agents_in_one_treatment(snapshot: Snapshot) -> None:
    found = rows(snapshot, "agent t", f"{CASE} :treatment ?t . ?t :agent ?agent")
    expected = "Asparaginase Cytarabine Daunorubicin Ifosfamide Mercaptopurine Methotrexate Vincristine Vindesine"
    assert [agent for agent, _ in found] == expected.split()
    assert len({t for _, t in found}) == 1


def test_seven_differentials_of_which_one_was_weighed(snapshot: Snapshot) -> None:
    found = rows(snapshot, "c s", f"{CASE} :differential [ :condition ?c ; :differentialStatus ?s ]")
    general = "MetastaticSolidTumor Osteosarcoma LangerhansCellHistiocytosis OsseousLymphoma BacterialOsteomyelitis"
    expected = dict.fromkeys([*general.split(), "AutoinflammatoryDisease"], "NamedForDisease")
    assert found == sorted({**expected, "ChronicRecurrentMultifocalOsteomyelitis": "Considered"}.items())
    assert not rows(snapshot, "d", "?d :ruledOutBy ?x")


def test_all_that_was_looked_for_and_not_found(snapshot: Snapshot) -> None:
    found = rows(
        snapshot,
        "t order",
        f"{CASE} :finding ?f . ?f :findingType ?t ; :status :Absent ; \
        :duringEpisode [ :order ?order ]",
    )
    assert found == [
        ("BoneMetastasis", "1"),  # at the first leukemia, not at the relapse
        ("HematologicAbnormality", "2"),
        ("HematologicAbnormality", "2"),
        ("Lymphadenopathy", "2"),
        ("MonoclonalBlasts", "2"),
        ("Organomegaly", "2"),
        ("Pallor", "2"),
        ("Petechiae", "2"),
    ]
    assert not snapshot.query(f"{START} ASK {{ {CASE} :finding ?f . ?f :status :Absent ; a :PresentFinding }}")


def test_the_outcome_is_no_death(snapshot: Snapshot) -> None:
    assert not snapshot.query(f"{START} ASK {{ {CASE} :outcome ?o . ?o a :FatalOutcome }}")
    assert not snapshot.query(f"{START} ASK {{ {CASE} :outcome ?o . ?o :vitalStatus ?s FILTER(?s != :NotReported) }}")


@pytest.mark.parametrize("number", range(1, 11))
def test_the_ten_references_are_known_by_number_only(snapshot: Snapshot, number: int) -> None:
    [(cited,)] = rows(snapshot, "r", f"?c :referenceNumber {number} ; cito:hasCitedEntity ?r")
    assert cited == f"hangai-2014-ref{number}"
    answer = snapshot.query(f"{START} SELECT DISTINCT ?p {{ <reference/{cited}> ?p ?o }}")
    assert isinstance(answer, QuerySolutions)
    said = {re.split("[/#]", str(row["p"].value))[-1] for row in answer}
    assert said <= {"type", "label", "identifier", "editorialNote", "isDefinedBy"}
    assert snapshot.query(f"{START} ASK {{ <reference/{cited}> a :UnidentifiedReference }}")


def test_no_candidate_is_cited(snapshot: Snapshot) -> None:
    cited = rows(snapshot, "r", "<reference/hangai-2014> cito:cites ?r")
    assert len(cited) == 10
    assert all("-ref" in slug for (slug,) in cited)


def test_each_citation_knows_its_places_in_the_text(snapshot: Snapshot, sources: Path) -> None:
    text = (sources / "hangai-2014.txt").read_text(encoding="utf-8")
    # A number in parentheses; years, codes and amounts in parentheses are longer.
    places: dict[int, set[int]] = defaultdict(set)
    for mark in re.finditer(r"\((\d{1,2})\)", text):
        places[int(mark[1])].add(mark.start())
    found: dict[int, set[int]] = defaultdict(set)
    for number, start in rows(snapshot, "n s", "?c :referenceNumber ?n ; :evidence [ oa:start ?s ]"):
        found[int(number)].add(int(start))
    assert found == places


def test_every_mention_is_where_it_is_said_to_be(snapshot: Snapshot, sources: Path) -> None:
    text = (sources / "hangai-2014.txt").read_text(encoding="utf-8")
    answer = snapshot.query(
        f"SELECT ?m ?a ?z {{ GRAPH {GRAPH} {{ ?e a sanct:Evidence ; oa:exact ?m ; oa:start ?a ; oa:end ?z }} }}"
    )
    assert isinstance(answer, QuerySolutions)
    wrong = []
    for row in answer:
        mention, start, end = (str(term.value) for term in row)
        # The text breaks lines inside words and has hyphens that do not break.
        there = text[int(start) : int(end)].replace("\u2011", "-").replace("\u2010", "-").replace("\xad", "")
        if re.sub(r"-?\s+|-", "", there) != re.sub(r"-?\s+|-", "", mention):
            wrong.append((mention, there))
    assert wrong == []


def test_the_contradictions_of_the_paper_are_noted(snapshot: Snapshot) -> None:
    found = rows(snapshot, "d k", f"?d a :Discrepancy ; :ofCase {CASE} ; :discrepancyKind ?k")
    assert {kind for _, kind in found} == {"InternalDiscrepancy"}
    needed = {"marrow-results", "isolated-bone-relapse", "pain-description", "leukemia-type", "remission-at-onset"}
    assert needed | {"remission-unpublished", "second-aspirate-site"} <= {name for name, _ in found}
