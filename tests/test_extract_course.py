"""Age, sex, leukemia, relapse and remission in the many ways papers word them; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.leukemia import leukemia
from tests.extract_fixture import found, read, values


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("A 45-year-old man was admitted with fever.", "45"),
        ("A 5 y/o girl with ALL presented with a limp.", "5"),
        ("A 5-yr-old boy with ALL presented with a limp.", "5"),
        ("We saw a 61 years old woman with a breast lump.", "61"),
        ("The patient, an eight-year-old boy, developed headache.", "8"),
        ("A thirty-four year old woman presented with diplopia.", "34"),
        ("A previously healthy girl, aged 5, presented with pallor.", "5"),
        ("A woman aged 72 years was referred with skin nodules.", "72"),
        ("A 7-month-old infant was brought in with skin nodules.", "0.58"),
        ("A 3-week-old newborn girl presented with leukemia cutis.", "0.06"),
        ("An 18-month-old male infant had proptosis.", "1.5"),
        ("A 2 1/2-year-old girl had a swollen knee.", "2.5"),
        ("A two and a half-year-old boy presented with ptosis.", "2.5"),
        ("This 58-yo man was treated for AML.", "58"),
        ("A man (age 33) presented with facial palsy.", "33"),
        ("The patient was a male of 29 years with a cord lesion.", "29"),
        ("A 10-year-old boy was diagnosed with ALL. At 14 years of age he developed testicular swelling.", "14"),
        (
            "She was diagnosed with ALL at the age of 4. At age 9, she presented with an ovarian mass due to relapse.",
            "9",
        ),
        ("A 25-year-old man with a history of ALL diagnosed at age 19 presented with hematuria.", "25"),
        ("A 40-year-old man received a graft from his 38-year-old sister and later relapsed.", "40"),
        ("Leukemia is common in children aged 2 to 5 years. A 51-year-old woman presented with ascites.", "51"),
        ("A 63-year-old lady, whose mother died at the age of 50, presented with a mass.", "63"),
        ("A 17 year-old youth noticed a testicular lump.", "17"),
        ("The 4.5-year-old child was irritable.", "4.5"),
        ("A boy aged 3 years 6 months had leukemia.", "3.5"),
        ("A 2-year and 3-month-old girl had leukemia.", "2.25"),
    ],
)
def test_age(text: str, years: str) -> None:
    assert values(text)["age"] == years


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A man in his sixties was admitted with chloroma.", "in his sixties"),
        ("A woman in her 30s presented with facial droop.", "in her 30s"),
        ("We describe an elderly man with a gingival mass.", "elderly man"),
    ],
)
def test_age_in_words(text: str, words: str) -> None:
    result = values(text)
    assert "age" not in result
    assert result["age_text"] == words


def test_a_length_of_time_is_no_age() -> None:
    assert "age" not in values("The patient had a 6-month history of pain and was followed for 3 years.")


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("A 45-year-old gentleman was admitted.", "Male"),
        ("A 9-year-old schoolgirl was admitted.", "Female"),
        ("A 31-year-old mother of two presented with a breast mass.", "Female"),
        ("A 14-year-old female patient was seen.", "Female"),
        ("The patient noticed a lump. She was biopsied. Her brother was the donor.", "Female"),
        ("The patient received marrow from his HLA-identical sister. He developed a mass.", "Male"),
        ("A 3-year-old child presented with fever; he was pale.", "Male"),
        ("A 36-year-old Hispanic male with AML presented.", "Male"),
        ("A patient with AML had a testicular relapse.", "Male"),
        ("A 30-year-old pregnant patient with AML presented.", "Female"),
        ("A 52-year-old man received a transplant from a 30-year-old female donor.", "Male"),
    ],
)
def test_sex(text: str, sex: str) -> None:
    assert values(text)["sex"] == sex


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("A 40-year-old man with AML-M4 developed a skin nodule.", "AcuteMyelomonocyticLeukemia"),
        ("A 40-year-old man with acute myeloid leukemia (FAB M5b) had gum swelling.", "AcuteMonocyticLeukemia"),
        ("A 40-year-old man with acute myelogenous leukemia, M2 subtype, had an orbital mass.", "AMLWithMaturation"),
        ("A 40-year-old man with M3 AML relapsed in the ear.", "AcutePromyelocyticLeukemia"),
        ("A girl aged 6 with pre-B ALL relapsed in the eye.", "BPrecursorALL"),
        ("A girl aged 6 had acute lymphoblastic leukemia of T-cell lineage.", "TCellALL"),
        ("A 20-year-old man with T cell acute lymphoblastic leukaemia presented.", "TCellALL"),
        ("A 50-year-old woman had Ph+ ALL in remission.", "PhiladelphiaPositiveALL"),
        (
            "A 50-year-old woman had ALL. Cytogenetics showed the Philadelphia chromosome-positive clone.",
            "PhiladelphiaPositiveALL",
        ),
        ("A 50-year-old woman had Philadelphia chromosome-negative ALL.", "AcuteLymphoblasticLeukemia"),
        ("A 60-year-old man with CML in lymphoid blast crisis had back pain.", "ChronicMyeloidLeukemia"),
        ("A 70-year-old man with CLL had leg weakness.", "ChronicLymphocyticLeukemia"),
        ("A 2-year-old boy with JMML had skin lesions.", "JuvenileMyelomonocyticLeukemia"),
        ("A 30-year-old man with biphenotypic acute leukemia relapsed in the CSF.", "MixedPhenotypeAcuteLeukemia"),
        ("A 30-year-old man was found to have granulocytic sarcoma of the ileum.", "MyeloidSarcoma"),
        ("A 30-year-old man with AML had a granulocytic sarcoma of the ileum.", "AcuteMyeloidLeukemia"),
        ("A 30-year-old man with MDS had a myeloid sarcoma of the breast.", "MyelodysplasticSyndrome"),
        (
            "Chloroma may precede AML. A 30-year-old man had an orbital chloroma and got AML-type induction therapy.",
            "MyeloidSarcoma",
        ),
        (
            "ALL is the commonest cancer of childhood. A 30-year-old man with acute monoblastic leukemia presented.",
            "AcuteMonocyticLeukemia",
        ),
        ("A 9-year-old boy with leukemia in remission presented with a limp.", "Leukemia"),
        ("A 9-year-old boy presented. The marrow was replaced by lymphoblasts.", "AcuteLymphoblasticLeukemia"),
        ("A 41-year-old man presented with Burkitt's leukemia.", "BurkittLeukemia"),
        ("A 38-year-old man with AML-M6 had a paraspinal mass.", "AcuteErythroidLeukemia"),
        ("A 58-year-old man with primary plasma cell leukemia had a rib mass.", "PlasmaCellLeukemia"),
        ("A 71-year-old man with PCL had a rib mass with circulating plasma cells and leukemia.", "PlasmaCellLeukemia"),
        ("A 66-year-old man with CMML transformed to AML had a tongue mass.", "AcuteMyeloidLeukemia"),
        ("A 40-year-old woman with HTLV-1 associated leukemia had skin nodules.", "AdultTCellLeukemiaLymphoma"),
        ("A 14-year-old girl grafted from her mother for AML-M4 had hematuria.", "AcuteMyelomonocyticLeukemia"),
        ("Relapse without marrow disease occurred in an adult with AML on azacitidine.", "AcuteMyeloidLeukemia"),
        (
            "Promyelocytic leukemia of the ear is rare. A 27-year-old man in remission had an ear polyp, which was a"
            " granulocytic sarcoma.",
            "AcutePromyelocyticLeukemia",
        ),
    ],
)
def test_leukemia(text: str, concept: str) -> None:
    assert values(text)["leukemia"] == concept


def test_two_leukemias_side_by_side() -> None:
    (reading,) = read("We report a patient with relapses of APL and acute myelomonocytic leukemia in the brain.")
    assert {one.value for one in leukemia(reading)} == {"AcutePromyelocyticLeukemia", "AcuteMyelomonocyticLeukemia"}


@pytest.mark.parametrize(
    "text",
    [
        "A 64-year-old woman with diffuse large B-cell lymphoma relapsed in the sciatic nerve.",
        "A 50-year-old man presented with a mass. Acute leukemia was suspected, but biopsy showed lymphoma.",
        "A 50-year-old man had recurrent Hodgkin's lymphoma after 9 years. His mother had leukemia.",
        "A 7-year-old girl had neuroblastoma with marrow infiltration. Leukemia was ruled out.",
        "A 61-year-old man with multiple myeloma developed meningeal disease. There was no evidence of leukemia.",
        "A 44-year-old man had melanoma. Family history was notable for leukemia in a brother.",
    ],
)
def test_no_leukemia_no_course(text: str) -> None:
    result = values(text)
    assert "leukemia" not in result
    assert "relapse" not in result


@pytest.mark.parametrize(
    "text",
    [
        "We reviewed 34 children with isolated testicular relapse of ALL. Most were in second remission.",
        "In 22 boys with acute lymphoblastic leukemia the first relapse was in the testis.",
        "Extramedullary relapse of AML is rare. Its prognosis is poor, and treatment should be systemic.",
        "Between 1990 and 2000, 120 patients with AML were enrolled. Relapse occurred in 40 patients.",
    ],
)
def test_no_patient(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("A 30-year-old man with AML in remission for 3 years presented with a relapse in the orbit.", "3"),
        ("A 30-year-old man with AML relapsed in the orbit after 18 months of complete remission.", "1.5"),
        ("A 30-year-old man had an orbital relapse of AML 6.5 years after the first remission.", "6.5"),
        (
            "A 30-year-old man had an orbital relapse of AML 57 months after allogeneic stem cell transplantation.",
            "4.75",
        ),
        ("A 30-year-old man with AML had a ten-year remission before relapse in the orbit.", "10"),
        ("After two and a half years in remission a 30-year-old man with AML relapsed in the skin.", "2.5"),
        (
            "A 30-year-old man with AML achieved complete remission. Fourteen months later, his leukemia "
            "relapsed in the "
            "skin.",
            "1.17",
        ),
        ("A 30-year-old man with AML, in complete remission lasting 5 years, relapsed in the skin.", "5"),
        ("A 30-year-old man with AML relapsed in the skin; the remission lasted 9 months.", "0.75"),
        ("A 30-year-old man with AML relapsed in the sixth year of remission with a skin nodule.", "5"),
        ("A 9-year-old boy with ALL had a testicular relapse 1 year after completion of chemotherapy.", None),
        ("A 9-year-old boy with ALL had a testicular relapse. He is now in remission for 4 years.", None),
    ],
)
def test_remission_years(text: str, years: str | None) -> None:
    assert values(text).get("remission_years") == years


def test_a_year_of_remission_is_a_range() -> None:
    (reading,) = read("A 30-year-old man with AML relapsed in the sixth year of remission with a skin nodule.")
    assert dict(found(reading)["remission_years"].detail) == {"at_least": "5", "below": "6"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A 9-year-old boy with ALL had his second relapse in the testis.", "2"),
        ("A 9-year-old boy with ALL in third complete remission had a relapse in the eye.", "3"),
        ("A 9-year-old boy with ALL in CR2 relapsed in the eye.", "2"),
        ("A 9-year-old boy with ALL and a prior marrow relapse had a relapse in the eye.", "2"),
        ("A 9-year-old boy with ALL had his first relapse in the eye.", "1"),
        ("A 9-year-old boy with ALL relapsed in the eye.", None),
    ],
)
def test_relapse_number(text: str, number: str | None) -> None:
    assert values(text).get("relapse_number") == number


HEAD = "A 30-year-old man with AML in remission presented with a relapse in the orbit. "


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("The bone marrow was normal.", "marrow", "NotInvolved"),
        ("Bone marrow aspirate and biopsy showed no blasts.", "marrow", "NotInvolved"),
        ("A marrow examination did not reveal any leukemic infiltration.", "marrow", "NotInvolved"),
        ("Marrow and CSF were free of leukemia.", "marrow", "NotInvolved"),
        ("There was no evidence of leukemia in the bone marrow.", "marrow", "NotInvolved"),
        ("BM biopsy remained in remission.", "marrow", "NotInvolved"),
        ("The marrow was uninvolved.", "marrow", "NotInvolved"),
        ("Bone marrow aspiration revealed 45% blasts.", "marrow", "Involved"),
        ("The marrow was infiltrated by leukemic cells.", "marrow", "Involved"),
        ("A simultaneous bone marrow relapse was found.", "marrow", "Involved"),
        ("The marrow aspirate was inconclusive.", "marrow", "Indeterminate"),
        ("The CSF contained numerous myeloblasts.", "csf", "Involved"),
        ("Lumbar puncture showed leukemic cells.", "csf", "Involved"),
        ("Cerebrospinal fluid cytology was positive.", "csf", "Involved"),
        ("Cerebrospinal fluid was normal.", "csf", "NotInvolved"),
        ("No malignant cells were found in the CSF.", "csf", "NotInvolved"),
        ("Lumbar puncture was negative.", "csf", "NotInvolved"),
        ("CSF cytology was equivocal.", "csf", "Indeterminate"),
        ("Peripheral blood smear showed 20% blasts.", "blood", "Involved"),
        ("The complete blood count was normal.", "blood", "NotInvolved"),
        ("There were no circulating blasts.", "blood", "NotInvolved"),
        ("The marrow was normal.", "isolated", "true"),
        ("It was the only site of relapse.", "isolated", "true"),
        ("Bone marrow showed 60% blasts.", "isolated", "false"),
        ("He was given cytarabine.", "marrow", None),
        ("He was given cytarabine.", "csf", None),
        ("He had received a bone marrow transplant from his brother.", "marrow", None),
        ("He received intrathecal CSF prophylaxis.", "csf", None),
    ],
)
def test_compartments(text: str, field: str, expected: str | None) -> None:
    assert values(HEAD + text).get(field) == expected


def test_the_marrow_of_the_first_disease_is_not_that_of_the_relapse() -> None:
    text = (
        "A 30-year-old man presented with fatigue in 2001. Bone marrow showed 90% lymphoblasts and ALL was "
        "diagnosed. He "
        "achieved complete remission. Three years later he had a testicular relapse. The bone marrow was normal."
    )
    result = values(text)
    assert (result["marrow"], result["isolated"], result["remission_years"]) == ("NotInvolved", "true", "3")


def test_a_marrow_relapse_that_came_later_leaves_the_episode_isolated() -> None:
    text = (
        "A 12-year-old girl with ALL in remission had an ovarian relapse. The bone marrow was normal. "
        "Eleven months later, bone marrow relapse occurred."
    )
    result = values(text)
    assert (result["marrow"], result["isolated"]) == ("NotInvolved", "true")


def test_every_value_has_its_place() -> None:
    text = HEAD + "The bone marrow was normal."
    (reading,) = read(text)
    for field, one in found(reading).items():
        assert text[one.start : one.end].strip(), field
        assert 0 < one.confidence <= 1
    assert text[found(reading)["age"].start :].startswith("30-year-old")
