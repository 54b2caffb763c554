"""What the graph says after Baek 2021, held against an independent reading of the paper: its table, case and list."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from pyoxigraph import QuerySolutions

from kg import namespaces as ns
from kg.snapshot import Snapshot
from tests.conftest import ROOT

GRAPH = f"<{ns.paper_graph('baek-2021')}>"
CITATIONS = ROOT.parent / "shared" / "citations.tsv"
ROWS = range(1, 16)
COLUMNS = ["Author (yr)", "Age/ Sex", "Diagnosis", "Involved regions", "Symptom appearance during remission"]
COLUMNS += ["Source of confirmation", "EMG/NCS", "CSF study", "BM study", "Other studies"]
EMG, CSF, BM = "ElectromyographyNerveConductionStudy", "CSFExamination", "BoneMarrowExamination"

# What a cell says: results in their order, findings, and the status of the compartment when the episode was found.
EMG_CELLS = {"N/A": ["NotReported"], "Abnormal": ["Abnormal"]}
CSF_CELLS: dict[str, tuple[list[str], set[str], str]] = {
    "N/A": (["NotReported"], set(), "NotReported"),
    "Normal": (["Normal"], set(), "NotInvolved"),
    "Elevated protein": (["Abnormal"], {"IncreasedCSFProtein"}, "Indeterminate"),
    "Elevated protein and glucose": (["Abnormal"], {"IncreasedCSFProtein", "IncreasedCSFGlucose"}, "Indeterminate"),
    "Atypical and blast forms": (["Abnormal"], {"AtypicalCSFCells", "CSFBlasts"}, "Involved"),
    "Blast forms": (["Abnormal"], {"CSFBlasts"}, "Involved"),
    "Increased leukocyte": (["Abnormal"], {"CSFPleocytosis"}, "Indeterminate"),
}
RISING = ["Normal", "Abnormal"], {"IncreasedCSFProtein", "CSFPleocytosis"}, "NotInvolved"
CSF_CELLS["Normal → elevated protein, cell count"] = RISING
BM_CELLS = {
    "N/A": (["NotReported"], ["NotReported"]),
    "Normal": (["Normal"], ["NotInvolved"]),
    "Relapse": (["Abnormal"], ["Involved"]),
    "Normal → relapse": (["Normal", "Abnormal"], ["NotInvolved", "Involved"]),
}
# Modality, result and findings of “Other studies”, by row; every other cell of the column is N/A.
OTHER = {
    3: "CervicalCTMyelography Normal; LumbarThoracicMyelography Normal",
    8: "MagneticResonanceImaging Abnormal NerveEnlargement",
    10: "MagneticResonanceImaging Abnormal LobulatedSoftTissueMass NerveEnlargement; "
    "GalliumScan Abnormal AbnormalGalliumUptake",
    11: "ContrastEnhancedMRI Abnormal GadoliniumEnhancement; FDGPET Abnormal FdgUptakeAlongNeurovascularBundle",
    12: "MagneticResonanceImaging Abnormal Mass",
    13: "MagneticResonanceImaging Abnormal NerveMass",
    14: "MagneticResonanceImaging Abnormal NerveMass",
    15: "NerveUltrasonography Abnormal NerveEnlargement; InfraredThermography Abnormal LimbHypothermia; "
    "ContrastEnhancedThighMRI Abnormal NerveContrastEnhancement NerveEnlargement; PETCT Normal",
}

# The present case as its report and its Discussion tell it, one line a property; “:” is the ontology.
FACTS = """
reportedIn <reference/baek-2021>
diagnosis [ :leukemiaType :AcuteMyeloidLeukemia ]
episode [ :remissionAtOnset :InRemission ; :remissionYearsAtLeast 5.0 ; :remissionYearsBelow 6.0 ]
episode [ :involvement [ :site :SciaticNerve ; :laterality :LeftSide ; :level "mid-thigh" ] ]
finding [ a :NeuropathicPain ; :status :Present ; :site :Calf, :SoleOfFoot ; :quality :Shooting, :Radiating ]
finding [ a :NeuropathicPain ; :quality :Spontaneous, :Lancinating ; :course :ProgressivelyWorsening ]
finding [ a :NeuropathicPain ; :measurement [ :measurementType :NumericRatingScale ; :value 7.0 ; :scaleMaximum 10.0 ] ]
finding [ a :ColdSensation ]
finding [ a :CalfMuscleAtrophy ; :severity :Mild ; :involvement [ :site :CalfMuscle ; :laterality :LeftSide ] ]
finding [ a :PlantarFlexionWeakness ; :measurement [ :value 3.0 ; :scaleMaximum 5.0 ; :valueText "3/5" ] ]
finding [ a :FootInversionWeakness ; :measurement [ :value 3.0 ; :scaleMaximum 5.0 ; :valueText "3/5" ] ]
finding [ a :AbsentAnkleReflex ; :involvement [ :site :Ankle ; :laterality :LeftSide ] ]
finding [ a :ReducedNerveConductionResponse ; :involvement [ :site :TibialNerve ; :laterality :LeftSide ] ]
finding [ a :DiscDegeneration ; :shownBy [ a :LumbarSpineMRI ] ]
finding [ a :DiscBulging ; :severity :Mild ; :site :L2L3Disc ; :shownBy [ a :LumbarSpineMRI ] ]
finding [ a :ForaminalDiscExtension ; :involvement [ :laterality :LeftSide ] ; :shownBy [ a :LumbarSpineMRI ] ]
finding [ a :LimbHypothermia ; :involvement [ :laterality :LeftSide ] ; :shownBy [ a :InfraredThermography ] ]
finding [ a :HypoechoicMass ; :site :SciaticNerve ; :shownBy [ :involvement [ :laterality :Bilateral ] ] ]
finding [ a :NerveEdema ; :involvement [ :laterality :LeftSide ] ; :shownBy [ a :NerveUltrasonography ] ]
finding [ a :PerilesionalFluidCollection ; :shownBy [ a :ThighMRI ; :result :Abnormal ] ]
finding [ :findingType :PerilesionalFluidCollection ; :status :Absent ; :shownBy [ a :NerveUltrasonography ] ]
finding [ :findingType :NerveEnlargement ; :status :Absent ; :involvement [ :laterality :RightSide ] ]
finding [ :findingType :MuscleInjury ; :status :Absent ; :shownBy [ a :NerveUltrasonography ] ]
finding [ a :MuscleWeakness ; :course :Persistent ], [ a :NeuropathicPain ; :course :Persistent ]
investigation [ a :CompleteBloodCount ; :result :Normal ], [ a :CRPMeasurement ; :result :Normal ]
investigation [ a :ESRMeasurement ; :result :Normal ], [ a :PETCT ; :result :Normal ]
investigation [ a :Biopsy ; :date "2017-10"^^xsd:gYearMonth ; :underAnesthesia :GeneralAnesthesia ; :result :Abnormal ]
treatment [ :agent :Nsaid ; :response :Ineffective ], [ :agent :Gabapentin ; :response :Ineffective ]
treatment [ :agent :TricyclicAntidepressant ; :response :Ineffective ], [ :agent :Snri ; :response :Ineffective ]
treatment [ :response :EffectiveAtHighDose ; :dose [ :agent :Oxycodone ; :value 80.0 ; :unit :MilligramPerDay ] ]
treatment [ a :LumbarEpiduralBlock ; :response :Ineffective ], [ a :PiriformisInjection ; :response :Ineffective ]
treatment [ a :SciaticNerveBlock ; :response :TemporaryRelief ; :guidedBy :Ultrasonography ; :site :SubglutealRegion ]
treatment [ a :SciaticNerveBlock ; :dose [ :agent :Mepivacaine ; :value 10.0 ; :unit :Milliliter ] ]
treatment [ a :SciaticNerveBlock ; :dose [ :agent :Mepivacaine ; :value 0.5 ; :unit :Percent ] ]
treatment [ a :Chemotherapy ; :agent :Cytarabine ; :intent :AntileukemicIntent ]
outcome [ :vitalStatus :Dead ; :causeOfDeath :Pneumonia ]
outcome [ a :FatalOutcome ; :intervalInMonths 2.0 ; :afterEvent [ :eventType :Referral ] ]
differential [ :condition :Radiculopathy ; :differentialStatus :RuledOut ; :ruledOutBy [ a :NerveUltrasonography ] ]
differential [ :condition :DiscHerniation ; :differentialStatus :RuledOut ]
differential [ :condition :Trauma ; :differentialStatus :RuledOut ]
differential [ :condition :GuillainBarreSyndrome ; :differentialStatus :NamedForDisease ]
differential [ :condition :ChemotherapyNeurotoxicity ; :differentialStatus :NamedForDisease ]
differential [ :condition :Abscess ; :differentialStatus :NamedForDisease ]
timelineEvent [ :eventType :Referral ; :date "2017-07"^^xsd:gYearMonth ]
possibleIdentity [ :otherReference <reference/lee-2019> ; :certainty :Probable ]
possibleIdentity [ :reason [ :trait "hospital" ; :bearing :SpeaksFor ], [ :trait "age" ; :bearing :SpeaksAgainst ] ]
"""


@pytest.fixture(scope="module", name="text")
def _text(sources: Path) -> str:
    return (sources / "baek-2021.txt").read_text(encoding="utf-8")


class Row(NamedTuple):
    """A row of Table 1: the case that it tells of, and its cells by heading."""

    case: str
    cells: dict[str, str]


@pytest.fixture(scope="module", name="table")
def _table(text: str) -> dict[int, Row]:
    lines = text[text.index("Author (yr)\t") : text.index("\nEMG/NCS: electromyography and")].splitlines()
    rows = list(csv.DictReader((line for line in lines if line), delimiter="\t"))
    assert list(rows[0]) == COLUMNS
    seen: Counter[str] = Counter()
    found = []
    for cells in rows:
        [(author, year)] = re.findall(r"^(\w+).*\((\d{4})\)$", cells["Author (yr)"])
        paper = {"Bilstrom": "billstrom-1992", "Current": "baek-2021"}.get(author, f"{author.lower()}-{year}")
        seen[paper] += 1
        found.append(Row(f"{paper}-{seen[paper]}", cells))
    return dict(enumerate(found, start=1))


def select(snapshot: Snapshot, sparql: str) -> list[tuple[str, ...]]:
    answer = snapshot.query(sparql)
    assert isinstance(answer, QuerySolutions)
    return [tuple(str(term.value) if term else "" for term in row) for row in answer]


def ask(snapshot: Snapshot, case: str, names: str, pattern: str) -> list[tuple[str, ...]]:
    """Sorted rows about a case in the graph of the paper; IRIs by their last part."""
    body = f"VALUES ?case {{ <{ns.case(case)}> }} GRAPH {GRAPH} {{ {pattern} }}"
    rows = select(snapshot, f"SELECT DISTINCT {' '.join('?' + name for name in names.split())} {{ {body} }}")
    return sorted(tuple(value.rpartition("/")[2] for value in row) for row in rows)


def results(snapshot: Snapshot, case: str, modality: str) -> list[str]:
    """Results of the uses of a modality, each after the one that it follows."""
    pattern = f"?case sanct:investigation ?i . ?i sanct:modality sanct:{modality} ; sanct:result ?result . "
    uses = ask(snapshot, case, "i result before", pattern + "OPTIONAL { ?i sanct:follows ?before }")
    after = {before: (use, result) for use, result, before in uses}
    assert len(after) == len(uses), "two uses of one modality without an order"
    found, last = [], ""
    while last in after:
        last, result = after[last]
        found.append(result)
    return found


def shown(snapshot: Snapshot, case: str, modality: str) -> list[str]:
    pattern = "?f sanct:ofCase ?case ; sanct:findingType ?t ; sanct:status sanct:Present ; sanct:shownBy ?i . "
    return [t for (t,) in ask(snapshot, case, "t", f"{pattern} ?i sanct:modality sanct:{modality}")]


def test_the_paper_tells_of_the_fifteen_cases_of_its_table(snapshot: Snapshot, table: dict[int, Row]) -> None:
    found = select(snapshot, f"SELECT ?c {{ GRAPH {GRAPH} {{ ?c a sanct:Case }} }}")
    assert sorted(found) == sorted((ns.case(slug),) for slug, _ in table.values())
    assert list(table) == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_who_and_which_leukemia(snapshot: Snapshot, table: dict[int, Row], row: int) -> None:
    age, sex = table[row].cells["Age/ Sex"].split("/")
    expected = [(age, {"M": "Male", "F": "Female"}[sex])]
    assert ask(snapshot, table[row].case, "age sex", "?case sanct:ageInYears ?age ; sanct:sex ?sex") == expected
    described = "?case sanct:description ?d . ?d sanct:ageInYears ?age ; sanct:sex ?sex"
    assert ask(snapshot, table[row].case, "age sex", described) == expected
    [(leukemia,)] = ask(snapshot, table[row].case, "t", "?case sanct:diagnosis ?d . ?d sanct:leukemiaType ?t")
    assert snapshot.query(f'ASK {{ sanct:{leukemia} skos:altLabel "{table[row].cells["Diagnosis"]}"@en }}')


@pytest.mark.parametrize("row", ROWS)
def test_where_when_and_how_it_was_confirmed(snapshot: Snapshot, table: dict[int, Row], row: int) -> None:
    case, cells = table[row]
    first = "?case sanct:episode ?e . ?e sanct:order 1 ; "
    extent = "MonoExtremity" if cells["Involved regions"].startswith("Mono-") else "MultiExtremity"
    onset = {"O": "InRemission", "X": "NotInRemission"}[cells["Symptom appearance during remission"]]
    said = ask(snapshot, case, "extent onset", first + "sanct:extent ?extent ; sanct:remissionAtOnset ?onset")
    assert said == [(extent, onset)]
    sites = {site for (site,) in ask(snapshot, case, "s", first + "sanct:site ?s")}
    face = {"Face"} if cells["Involved regions"].endswith("and face") else set()
    assert sites == ({"SciaticNerve"} if row == 15 else {"PeripheralNerve", "Extremity"} | face)
    proof = first + "sanct:confirmedBy ?i . ?i sanct:modality ?m ; sanct:result ?r"
    assert ask(snapshot, case, "m r", proof) == [(cells["Source of confirmation"], "Abnormal")]


@pytest.mark.parametrize("row", ROWS)
def test_nerves_fluid_and_marrow(snapshot: Snapshot, table: dict[int, Row], row: int) -> None:
    case, cells = table[row]
    assert results(snapshot, case, EMG) == EMG_CELLS[cells["EMG/NCS"]]
    fluid, findings, csf = CSF_CELLS[cells["CSF study"]]
    assert results(snapshot, case, CSF) == fluid
    assert set(shown(snapshot, case, CSF)) == findings
    marrow, statuses = BM_CELLS[cells["BM study"]]
    assert results(snapshot, case, BM) == marrow
    pattern = "?case sanct:episode ?e . ?e sanct:order ?n ; sanct:marrowStatus ?m ; sanct:csfStatus ?c"
    episodes = ask(snapshot, case, "n m c", pattern)
    assert [m for _, m, _ in episodes] == statuses
    assert [c for _, _, c in episodes] == [csf, "NotReported"][: len(episodes)]


@pytest.mark.parametrize("row", ROWS)
def test_other_studies(snapshot: Snapshot, table: dict[int, Row], row: int) -> None:
    assert (row in OTHER) == (table[row].cells["Other studies"] != "N/A")
    place = f'?i a sanct:Investigation ; sanct:modality ?m ; sanct:result ?r ; sanct:evidence \
        [ sanct:tableRow {row} ; sanct:tableColumn "Other studies" ]'
    found = ask(snapshot, table[row].case, "m r", f"?case sanct:investigation ?i . {place}")
    expected = [part.split() for part in OTHER.get(row, "DiagnosticProcedure NotReported").split(";")]
    assert found == sorted((m, r) for m, r, *_ in expected)
    for modality, _, *findings in expected:
        assert set(findings) <= set(shown(snapshot, table[row].case, modality))


def test_what_is_not_available_is_nowhere_normal(snapshot: Snapshot, table: dict[int, Row]) -> None:
    cells = [(row, column) for row in table for column in COLUMNS[6:] if table[row].cells[column] == "N/A"]
    assert len(cells) == 22
    for row, column in cells:
        pattern = f'?i sanct:result ?r ; sanct:evidence [ sanct:tableRow {row} ; sanct:tableColumn "{column}" ]'
        assert ask(snapshot, "x", "r", pattern) == [("NotReported",)]


def test_one_query_gives_every_cell(snapshot: Snapshot, text: str, table: dict[int, Row]) -> None:
    sparql = f"SELECT ?row ?column ?mention ?start ?end {{ GRAPH {GRAPH} {{ ?s sanct:evidence ?e . "
    sparql += "?e sanct:tableNumber 1 ; sanct:tableRow ?row ; sanct:tableColumn ?column ; oa:exact ?mention ; "
    words: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row, column, mention, start, end in select(snapshot, sparql + "oa:start ?start ; oa:end ?end } }"):
        assert mention in table[int(row)].cells[column]
        assert text[int(start) : int(end)] == mention
        words[int(row), column] |= set(re.findall(r"[\w/]+", mention))
    assert set(words) == {(row, column) for row in ROWS for column in COLUMNS}
    linking = {"with", "tracking"}  # from one mention to the next, in the two longest cells
    untold = {c: set(re.findall(r"[\w/]+", table[c[0]].cells[c[1]])) - said for c, said in words.items()}
    assert {c: left - linking for c, left in untold.items() if left - linking} == {}


@pytest.mark.parametrize("fact", FACTS.strip().splitlines())
def test_the_present_case(snapshot: Snapshot, fact: str) -> None:
    assert snapshot.query(f"BASE <{ns.BASE}> PREFIX : <{ns.SANCT}> ASK {{ <case/baek-2021-1> :{fact} }}")


def test_lee_2019_is_neither_merged_nor_cited(snapshot: Snapshot) -> None:
    lee = f"<{ns.reference('lee-2019')}>"
    assert snapshot.query(f"ASK {{ <{ns.case('baek-2021-1')}> sanct:possiblySamePatientIn {lee} }}")
    merged = "cito:cites|cito:hasCitedEntity|sanct:reportedIn|sanct:summarisedIn|prov:wasDerivedFrom|owl:sameAs"
    assert not snapshot.query(f"ASK {{ ?x {merged} {lee} }}")


def test_the_list_is_there_in_full(snapshot: Snapshot, text: str) -> None:
    entry = re.compile(r"^(\d+)\. (.+?)\. (.+)\. \*(.+)\* (\d{4}); (\d+): (\S+)\.$", re.MULTILINE)
    printed = {int(e[0]): e[1:] for e in entry.findall(text)}
    assert sorted(printed) == list(range(1, 16))
    with CITATIONS.open(encoding="utf-8", newline="") as file:
        checked = {r["key"]: (r["doi"], r["pmid"]) for r in csv.DictReader(file, delimiter="\t")}
    for number, (authors, title, journal, year, volume, pages) in printed.items():
        work = (
            f"<{ns.citation('baek-2021', number)}> cito:hasCitedEntity ?r . ?r dcterms:title ?t ; dcterms:issued ?y ; \
            sanct:journal [ dcterms:title ?j ] ; bibo:volume ?v . OPTIONAL {{ ?r bibo:pages|bibo:number ?p }} \
            OPTIONAL {{ ?r bibo:doi ?doi }} OPTIONAL {{ ?r bibo:pmid ?pmid }}"
        )
        [(key, *said, place, doi, pmid)] = select(snapshot, f"SELECT ?r ?t ?j ?y ?v ?p ?doi ?pmid {{ {work} }}")
        assert said == [title, journal, year, volume]
        first, _, last = place.partition("-")
        assert pages in (place, f"{first}-{last[-len(pages.partition('-')[2]) or None :]}")
        assert (doi, pmid) == checked[key.rpartition("/")[2]]
        names = snapshot.query(
            f"SELECT ?n {{ <{key}> sanct:authorship [ foaf:name ?n ; sanct:order ?o ] }} ORDER BY ?o"
        )
        assert isinstance(names, QuerySolutions)
        found = ", ".join(str(row["n"].value) for row in names)
        # The page of Mau 2019 gives a third initial that the list leaves out.
        assert found.replace("MGZ", "MG") == authors.removesuffix(", et al")


def test_each_citation_knows_its_places_in_the_text(snapshot: Snapshot, text: str) -> None:
    places: dict[int, set[int]] = defaultdict(set)
    for mark in re.finditer(r"\[(\d+)(?:[-–](\d+))?\]", text):
        for number in range(int(mark[1]), int(mark[2] or mark[1]) + 1):
            places[number].add(mark.start())
    sparql = (
        f"SELECT ?n ?start {{ GRAPH {GRAPH} {{ ?c sanct:referenceNumber ?n ; sanct:evidence ?e . ?e oa:start ?start . "
    )
    sparql += '?e sanct:section ?s FILTER(?s NOT IN ("Table 1", "References")) } }'
    found: dict[int, set[int]] = defaultdict(set)
    for cited, start in select(snapshot, sparql):
        found[int(cited)].add(int(start))
    assert found == places
