"""How papers word remission, relapse, marrow and cerebrospinal fluid, class by class; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.sentences import CASE
from tests.extract_fixture import document, read, reader, values
from tests.extract_fixture import found as found_of

YES, NO, FREE, INVOLVED = "true", "false", "NotInvolved", "Involved"

IN_REMISSION = [
    "in CR",
    "in CR2",
    "in first CR",
    "in third complete remission",
    "in complete hematological remission",
    "in continuous complete remission",
    "in sustained molecular remission",
    "in cytogenetic remission for 3 years",
    "in morphologic remission",
    "who had been leukemia-free for 6 years",
    "who had been disease free since 2011",
    "who had been off therapy for 14 months",
    "considered cured",
    "in prolonged remission",
    "in unmaintained remission",
    "with a 4-year remission",
    "in remission since induction",
    "in second complete response",
    "who had achieved remission two years earlier",
    "who had remained in remission for 30 months after chemotherapy",
]


@pytest.mark.parametrize("words", IN_REMISSION)
def test_the_leukemia_was_in_remission(words: str) -> None:
    text = (
        f"A 34-year-old man with AML {words} presented with a testicular mass. Biopsy showed infiltration"
        " by myeloblasts."
    )
    result = values(text)
    assert (result["relapse"], result["in_remission"]) == (YES, YES)


SINCE_TREATMENT = [
    "Five years after completing chemotherapy",
    "Two years after the end of treatment",
    "Eight months after stopping maintenance therapy",
    "Three years after cessation of therapy",
    "Six months off therapy",
    "13 months following allogeneic transplantation",
    "On day +210 after haploidentical transplantation",
    "Ten months post-BMT",
    "Four years after autologous stem cell transplantation",
    "Two years after umbilical cord blood transplantation",
    "During maintenance treatment",
    "Seven years after her initial treatment for ALL",
    "A decade after remission had been achieved",
]


@pytest.mark.parametrize("words", SINCE_TREATMENT)
def test_the_leukemia_had_been_treated(words: str) -> None:
    text = (
        f"A 9-year-old girl was treated for ALL. {words}, she developed proptosis due to an orbital mass "
        "of lymphoblasts."
    )
    assert values(text)["relapse"] == YES


FIRST = [
    "as the initial manifestation of",
    "as the presenting symptom of",
    "as the first sign of",
    "heralding",
    "as the only presenting feature of",
    "leading to the diagnosis of",
    "at the onset of",
    "at first presentation of",
    "preceding",
]


@pytest.mark.parametrize("words", FIRST)
def test_the_leukemia_shows_itself_for_the_first_time(words: str) -> None:
    text = f"We report a 5-year-old girl with bilateral renal enlargement {words} acute lymphoblastic leukemia."
    result = values(text)
    assert (result["relapse"], result["in_remission"]) == (NO, NO)


MARROW_FREE = [
    "A bone marrow aspirate was unremarkable.",
    "The bone marrow examination was within normal limits.",
    "Bone marrow showed complete remission.",
    "Bone marrow biopsy failed to reveal leukemia.",
    "The marrow was cytologically normal.",
    "Marrow morphology was normal, with full donor chimerism.",
    "Bone marrow aspirates from both iliac crests were free of disease.",
    "The bone marrow remained free of leukemic cells.",
    "Bone marrow was hypocellular without blasts.",
    "Staging including bone marrow biopsy and lumbar puncture was negative.",
    "No bone marrow involvement was seen.",
    "The bone marrow was spared.",
    "Bone marrow, blood and CSF were clear.",
    "There were less than 5% blasts in the marrow.",
    "Bone marrow aspirate revealed 2% blasts.",
    "The bone marrow was still in remission.",
    "Without marrow involvement, local radiotherapy was given.",
    "Bone marrow MRD was undetectable.",
    "Bone marrow cytology was compatible with remission.",
    "Myelogram was normal.",
    "His marrow was negative for leukemia by flow cytometry.",
    "Repeat marrow studies showed no evidence of relapse.",
]
MARROW_INVOLVED = [
    "Bone marrow biopsy revealed 30% myeloblasts.",
    "The bone marrow was hypercellular with 80% blasts.",
    "A concurrent marrow relapse was documented.",
    "The marrow was also involved.",
    "Bone marrow aspirate confirmed relapse.",
    "Bone marrow was packed with blasts.",
    "Systemic relapse was confirmed in the bone marrow.",
    "Blasts accounted for 64% of marrow cells.",
    "The bone marrow showed recurrence of AML.",
    "Both marrow and orbit were involved.",
]
CSF_FREE = [
    "CSF examination was unremarkable.",
    "The cerebrospinal fluid was free of blasts.",
    "Spinal fluid was clear.",
    "Lumbar puncture did not show any leukemic cells.",
    "CSF flow cytometry was negative.",
    "The CSF was acellular.",
    "No blasts were seen in the cerebrospinal fluid.",
    "CSF cytology showed no malignant cells.",
    "CSF and bone marrow were normal.",
    "There was no CNS involvement.",
]
CSF_INVOLVED = [
    "CSF showed 240 cells/µL, 95% of which were blasts.",
    "Flow cytometry of the CSF identified an abnormal myeloblast population.",
    "Leukemic blasts were present in the cerebrospinal fluid.",
    "Lumbar puncture confirmed CNS relapse.",
    "CSF cytology was positive for leukemia.",
    "Cytospin of the CSF demonstrated lymphoblasts.",
    "Malignant cells were detected on lumbar puncture.",
    "The CSF was positive for blasts.",
    "Cerebrospinal fluid analysis was consistent with leukemic meningitis.",
    "CSF revealed pleocytosis with blasts.",
]
WITHOUT_LEUKEMIA = [
    "A 40-year-old man with multiple myeloma in remission relapsed with a plasmacytoma.",
    "A 20-year-old woman with Hodgkin lymphoma relapsed in the lung.",
    "A 33-year-old woman with breast cancer had a recurrence in the liver; her mother died of leukemia.",
    "A 60-year-old man with mantle cell lymphoma had leptomeningeal relapse.",
    "A 15-year-old boy with Ewing sarcoma relapsed in bone. Leukemia was excluded.",
    "A 6-year-old girl with fever and bone pain was thought to have leukemia, but juvenile arthritis"
    " was diagnosed and relapsed later.",
]
OTHERWISE_ILL = [
    "A 10-year-old boy with ALL in remission developed vincristine neuropathy with foot drop.",
    "A 50-year-old man with AML in complete remission had invasive aspergillosis of the sinus.",
    "A 17-year-old girl with T-ALL on maintenance had seizures from methotrexate "
    "leukoencephalopathy. Relapse was excluded.",
    "A 28-year-old woman developed GVHD of the eye one year after transplantation for CML.",
    "A 13-year-old boy with leukemia in remission had a femoral fracture from osteoporosis.",
    "A 46-year-old man treated for AML 10 years ago presented with a meningioma.",
    "A 9-year-old girl with ALL on maintenance developed pancreatitis from asparaginase.",
    "A 35-year-old woman in remission from APL developed pseudotumor cerebri from tretinoin.",
]
HEAD = "A 30-year-old man with AML in remission presented with a relapse in the orbit. "


@pytest.mark.parametrize(
    ("words", "field", "status"),
    [
        *((words, "marrow", FREE) for words in MARROW_FREE),
        *((words, "marrow", INVOLVED) for words in MARROW_INVOLVED),
        *((words, "csf", FREE) for words in CSF_FREE),
        *((words, "csf", INVOLVED) for words in CSF_INVOLVED),
    ],
)
def test_status(words: str, field: str, status: str) -> None:
    result = values(HEAD + words)
    assert result[field] == status
    if field == "marrow":
        assert result["isolated"] == (YES if status == FREE else NO)


@pytest.mark.parametrize("text", WITHOUT_LEUKEMIA)
def test_no_leukemia(text: str) -> None:
    assert all("leukemia" not in found_of(reading) for reading in read(text))


@pytest.mark.parametrize("text", OTHERWISE_ILL)
def test_another_illness_is_no_relapse(text: str) -> None:
    assert values(text)["relapse"] == NO


TYPES = [
    ("with acute lymphatic leukemia", "AcuteLymphoblasticLeukemia"),
    ("with common B-ALL", "BPrecursorALL"),
    ("with B-precursor acute lymphoblastic leukemia", "BPrecursorALL"),
    ("with T-lymphoblastic leukemia", "TCellALL"),
    ("with acute lymphoblastic leukemia (T-cell)", "TCellALL"),
    ("with acute T lymphoblastic leukemia", "TCellALL"),
    ("with AML, FAB M5a", "AcuteMonocyticLeukemia"),
    ("with acute myeloid leukemia with maturation", "AMLWithMaturation"),
    ("with acute myeloid leukemia (AML-M2)", "AMLWithMaturation"),
    ("with M4 AML", "AcuteMyelomonocyticLeukemia"),
    ("with acute myelomonocytic leukaemia", "AcuteMyelomonocyticLeukemia"),
    ("with APL", "AcutePromyelocyticLeukemia"),
    ("with acute promyelocytic leukaemia (M3 variant)", "AcutePromyelocyticLeukemia"),
    ("with erythroleukemia", "AcuteErythroidLeukemia"),
    ("with Ph-positive ALL", "PhiladelphiaPositiveALL"),
    ("with BCR-ABL-positive acute lymphoblastic leukemia", "PhiladelphiaPositiveALL"),
    ("with chronic myelogenous leukaemia", "ChronicMyeloidLeukemia"),
    ("with acute leukemia of ambiguous lineage", "AcuteLeukemiaAmbiguousLineage"),
    ("with chronic lymphocytic leukaemia", "ChronicLymphocyticLeukemia"),
    ("with hairy-cell leukemia", "HairyCellLeukemia"),
    ("with acute nonlymphocytic leukemia", "AcuteMyeloidLeukemia"),
    ("with acute megakaryocytic leukemia", "AcuteMegakaryoblasticLeukemia"),
    ("with ALL (pre-B immunophenotype)", "BPrecursorALL"),
    ("with calla-positive ALL", "BPrecursorALL"),
    ("with acute biphenotypic leukemia", "MixedPhenotypeAcuteLeukemia"),
    ("with acute myeloblastic leukemia without maturation", "AMLWithoutMaturation"),
    ("with AML M0", "AMLMinimallyDifferentiated"),
    ("with Burkitt type ALL (L3)", "BurkittLeukemia"),
]


@pytest.mark.parametrize(("words", "concept"), TYPES)
def test_leukemia(words: str, concept: str) -> None:
    assert values(f"A 41-year-old woman {words} relapsed in the skin.")["leukemia"] == concept


PERSONS = [
    ("A woman, 62, with AML relapsed in the skin.", "62", "Female"),
    ("A 3 year and 6 month old boy with ALL relapsed in the testis.", "3.5", "Male"),
    (
        "This 19-yr-old university student with ALL noticed that his testis was swollen; biopsy showed relapse.",
        "19",
        "Male",
    ),
    ("A girl of 8 with ALL relapsed in the eye.", "8", "Female"),
    ("A 27-year old Japanese man with AML relapsed.", "27", "Male"),
    ("A 15-month-old female infant with ALL relapsed in the CSF.", "1.25", "Female"),
    ("In 1998, at the age of 31 years, a man with AML relapsed in bone.", "31", "Male"),
    ("A 71 y.o. male with CLL had relapse in the CSF.", "71", "Male"),
    ("The patient was a 44-year-old male; AML relapsed in the pleura.", "44", "Male"),
    ("We present a twenty-two-year-old lady with ALL who relapsed in the breast.", "22", "Female"),
    ("A 6-year-and-3-month-old girl with ALL relapsed.", "6.25", "Female"),
    ("AML was diagnosed in a 48-year-old woman; at 51 she relapsed in the breast.", "51", "Female"),
    ("A boy was diagnosed with ALL at 4 years of age and relapsed in the testis at the age of 9 years.", "9", "Male"),
    ("A man aged 55 with AML relapsed in the skin.", "55", "Male"),
    ("A 38-year-old pregnant woman with AML relapsed in the breast.", "38", "Female"),
    ("An 11 year-old male child, known case of ALL, relapsed in the testis.", "11", "Male"),
    ("A 67-year-old retired teacher with AML relapsed; she had skin nodules.", "67", "Female"),
    ("A 52-year-old white male, with AML for two years, relapsed in the skin.", "52", "Male"),
]


@pytest.mark.parametrize(("text", "years", "sex"), PERSONS)
def test_person(text: str, years: str, sex: str) -> None:
    result = values(text)
    assert (result["age"], result["sex"]) == (years, sex)


NO_RELAPSES = [
    "A 62-year-old man with diffuse large B-cell lymphoma relapsed in the central nervous system. "
    "The differential diagnosis included leukemia.",
    "We treated a 5-year-old boy with Burkitt lymphoma. He relapsed in the bone marrow and died.",
    "A 50-year-old man whose father had acute leukemia presented with a colonic mass. It was an "
    "adenocarcinoma that recurred after two years.",
    "A 64-year-old man with a family history of leukemia presented with weight loss. Pancreatic "
    "adenocarcinoma was found.",
    "Lymphoblastic lymphoma of the breast in a 25-year-old woman relapsed in the ovary. Bone marrow "
    "was never involved.",
]


@pytest.mark.parametrize("text", NO_RELAPSES)
def test_no_relapse_of_a_leukemia(text: str) -> None:
    assert all("relapse" not in found_of(reading) for reading in read(text))


def test_a_reference_after_the_stop_ends_a_sentence() -> None:
    text = "A 20-year-old man had leukemia (Figure).1 Cauda involvement is rare. It was treated.2,3 He recovered."
    sentences = reader()._sentences.of(document(text))
    assert len(sentences) == 4


def test_what_the_paper_shows_was_found_in_the_patient() -> None:
    text = "A 20-year-old man had AML. The CT findings are described and the literature is reviewed."
    assert [one.role for one in reader()._sentences.of(document(text))] == [CASE, CASE]


def test_mice_are_no_patients() -> None:
    assert read("In 14 of 20 mice relapse arose in the meninges. One female mouse developed an ovarian mass.") == []


def test_work_is_done_once_a_reading() -> None:
    (reading,) = read(HEAD)
    done: list[int] = []
    for _ in range(2):
        reading.once("key", lambda: done.append(1))
    assert done == [1]
