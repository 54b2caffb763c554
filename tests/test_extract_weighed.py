"""Diagnoses weighed, and what is no such diagnosis; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.differentials import differentials
from tests.extract_fixture import read

RELAPSE = "A 40-year-old man with AML in remission was admitted. Biopsy proved a relapse. "
ILLNESS = "A 9-year-old boy with acute lymphoblastic leukemia was admitted. "


def weighed(opening: str, text: str) -> dict[str, str]:
    return {one.value: one.detail["status"] for part in read(opening + text) for one in differentials(part)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He was treated for otitis media without improvement.", "Mastoiditis"),
        ("Two courses of antibiotics for sinusitis brought no relief.", "Sinusitis"),
        ("He had received steroids for presumed optic neuritis.", "OpticNeuritis"),
        ("Physiotherapy for a disc herniation had failed.", "DiscHerniation"),
        ("The lesion was initially diagnosed as cellulitis.", "InfectiousDisease"),
        ("His palsy was mistaken for Bell's palsy.", "BellPalsy"),
        ("The working diagnosis was Guillain-Barré syndrome.", "GuillainBarreSyndrome"),
        ("Sarcoidosis was entertained before the biopsy.", "Sarcoidosis"),
        ("Biopsy was done to rule out lymphoma.", "Lymphoma"),
        ("The appearance was indistinguishable from orbital cellulitis.", "OrbitalCellulitis"),
        ("It could not be distinguished from tuberculosis on imaging.", "Tuberculosis"),
        ("He presented with a pseudo-Guillain-Barré syndrome.", "GuillainBarreSyndrome"),
        ("A Guillain-Barré-like picture developed.", "GuillainBarreSyndrome"),
        ("CT of the temporal bone showed mastoiditis.", "Mastoiditis"),
        ("Ultrasound was read as epididymitis.", "EpididymoOrchitis"),
        ("The first specimen was interpreted as a rhabdomyosarcoma.", "Rhabdomyosarcoma"),
        ("Features fulfilled the diagnostic criteria of Sweet syndrome.", "SweetSyndrome"),
        ("Orchitis was diagnosed elsewhere and antibiotics were given.", "EpididymoOrchitis"),
        ("There was a dilemma between meningitis and relapse.", "Meningitis"),
        ("A left Bell palsy appeared first.", "BellPalsy"),
        ("The radiologist favored a meningioma.", "Meningioma"),
        ("His complaints were put down to a spinal stenosis.", "SpinalStenosis"),
        ("The general practitioner believed it to be a lipoma.", "Lipoma"),
        ("The CT was worrisome for appendicitis.", "Appendicitis"),
        ("An infectious cause seemed unlikely.", "InfectiousDisease"),
        ("On imaging it was relapse versus meningioma.", "Meningioma"),
        ("Osteomyelitis was the first manifestation.", "Osteomyelitis"),
        ("Before the relapse he developed a pituitary adenoma.", "PituitaryAdenoma"),
    ],
)
def test_a_diagnosis_before_the_leukemia_was_found(text: str, expected: str) -> None:
    assert expected in weighed(RELAPSE, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Biopsy of the liver showed no evidence of graft-versus-host disease.", "GraftVersusHostDisease"),
        ("Histology was negative for lymphoma and tuberculosis.", "Tuberculosis"),
        ("Cultures ruled out septic arthritis.", "SepticArthritis"),
        ("Sarcoidosis was excluded by biopsy.", "Sarcoidosis"),
    ],
)
def test_a_diagnosis_given_up(text: str, expected: str) -> None:
    assert weighed(RELAPSE, text).get(expected) == "RuledOut"


def test_a_long_list_of_differentials_is_weighed_whole() -> None:
    text = "The differential diagnoses were lymphoma, neuroblastoma, rhabdomyosarcoma, Ewing sarcoma and sarcoidosis."
    found = weighed(RELAPSE, text)
    assert set(found) == {"Lymphoma", "Neuroblastoma", "Rhabdomyosarcoma", "EwingSarcoma", "Sarcoidosis"}


@pytest.mark.parametrize(
    "text",
    [
        "He had a history of tuberculosis.",
        "Ten years earlier he had been treated for meningitis.",
        "His mother had breast cancer.",
        "He received fluconazole as prophylaxis against fungal infection.",
        "After transplantation he developed chronic graft-versus-host disease.",
        "He died of invasive aspergillosis.",
        "Leukemic patients may present with features of osteomyelitis, as reported in the literature.",
        "RT-PCR for PML-RARA was positive.",
        "He complained of no trauma.",
        "He was vaccinated against varicella.",
        "Clinicians should consider lymphoma in such patients.",
    ],
)
def test_what_is_no_diagnosis_weighed(text: str) -> None:
    assert weighed(RELAPSE, text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He developed endophthalmitis of the left eye.", {"Endophthalmitis"}),
        ("Aspergillus grew from the sinus and voriconazole was given.", {"FungalDisease"}),
        ("Sinusitis developed under chemotherapy.", {"Sinusitis"}),
        ("We encountered Sweet syndrome in him during induction.", {"SweetSyndrome"}),
        ("Radiographs confirmed osteonecrosis of both hips.", {"Osteonecrosis"}),
        ("The final diagnosis was tuberculous meningitis.", {"Tuberculosis", "Meningitis"}),
        ("A fungal abscess of the liver was drained.", {"FungalDisease", "Abscess"}),
        ("He had deep vein thrombosis.", set()),
        ("He had an infection and skin graft-versus-host disease.", set()),
        ("He had no meningitis.", set()),
    ],
)
def test_the_illness_of_a_text_without_leukemia_in_a_tissue(text: str, expected: set[str]) -> None:
    assert set(weighed(ILLNESS, text)) == expected


def test_where_leukemia_is_found_in_a_tissue_no_other_illness_is_the_subject() -> None:
    text = "He developed endophthalmitis. A myeloid sarcoma of the orbit was found."
    assert weighed(ILLNESS, text) == {}


def test_the_title_names_the_illness() -> None:
    text = "Endophthalmitis in chronic lymphocytic leukemia\n\nA 65-year-old woman with CLL lost the sight of one eye."
    assert {one.value for part in read(text) for one in differentials(part)} <= {"Endophthalmitis"}


@pytest.mark.parametrize(
    ("opening", "text"),
    [
        ("Second cancers are a late effect of treatment. ", ILLNESS + "A meningioma was excised ten years later."),
        (
            "It is often unclear whether a late recurrence is a relapse or a second malignancy. ",
            "We report a man of 30 years who had a relapse of acute lymphoblastic leukemia after 12 years.",
        ),
    ],
)
def test_a_second_malignancy_told_of_at_large(opening: str, text: str) -> None:
    assert "SecondaryMalignancy" in weighed(opening, text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("He had symptoms of subacute thyroiditis.", "ThyroidCancer"),
        ("He was seen without evidence of relapse or graft-versus-host disease.", "GraftVersusHostDisease"),
    ],
)
def test_what_is_another_thing(text: str, other: str) -> None:
    assert other not in weighed(ILLNESS, text)


def test_the_title_of_a_leukemia_names_what_it_looked_like() -> None:
    title = "Leukemic infiltration of the gallbladder mimicking cholecystitis\n\n"
    assert "Cholecystitis" in weighed(title, RELAPSE)
