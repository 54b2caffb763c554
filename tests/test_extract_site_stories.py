"""Sites that findings, samples and the order of a story tell, and places that only look like them; all invented."""

from __future__ import annotations

import pytest

from tests.test_extract_sites import finest, found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "A 9-year-old boy with ALL in remission had bleeding gums and a rash, and a crooked mouth. Bone "
            "marrow relapse was found.",
            {"BoneMarrow"},
        ),
        (
            "A 61-year-old man with AML in remission had biopsies, and leukemic infiltrates were found on "
            "gastric biopsy.",
            {"Stomach"},
        ),
        (
            "A 70-year-old man with CLL had seizures; the resected cerebellar tissue contained CLL cells.",
            {"Cerebellum"},
        ),
        (
            "A 45-year-old man with AML in remission had leukemic pericarditis.",
            {"Pericardium"},
        ),
        (
            "A 26-year-old woman with ALL in remission was found to have leukemic thyroiditis.",
            {"ThyroidGland"},
        ),
        (
            "A 40-year-old woman with AML in remission developed seizures. Brain MRI showed a lesion in the "
            "right temporal region. Biopsy revealed granulocytic sarcoma.",
            {"TemporalLobe"},
        ),
        (
            "A 40-year-old woman with AML in remission had headache. MRI of the brain showed an occipital "
            "mass, which at surgery proved to be myeloid sarcoma.",
            {"OccipitalLobe"},
        ),
        (
            "A 60-year-old man with AML in remission had a pericardial effusion. Cytology of the fluid "
            "revealed myeloblasts.",
            {"Pericardium"},
        ),
        (
            "A 40-year-old woman with AML in remission developed cervical lymphadenopathy. Excisional biopsy "
            "confirmed myeloid sarcoma.",
            {"CervicalLymphNode"},
        ),
        (
            "A 45-year-old man with AML had relapsed with myeloid sarcoma and spinal cord compression.",
            {"SpinalCanal"},
        ),
        (
            "A 45-year-old man with CML in blast crisis had a soft tissue mass of the thigh; biopsy revealed "
            "myeloid sarcoma.",
            {"Thigh"},
        ),
        (
            "A 5-year-old boy with ALL had a first relapse in the testes, achieved a second remission, and "
            "then relapsed in the CNS.",
            {"CentralNervousSystem"},
        ),
        (
            "A 50-year-old man with AML had an infiltration of the tonsil and complete remission of the bone marrow.",
            {"Tonsil"},
        ),
        (
            "A 33-year-old man with AML in relapse had diffuse pulmonary infiltrations and was given antibiotics.",
            set(),
        ),
        (
            "A 25-year-old man with CML in chronic phase had masses in the spleen and the pleura due to "
            "extramedullary hematopoiesis.",
            set(),
        ),
        (
            "A 25-year-old man with ALL in remission was found to have thickening of the carotid artery.",
            set(),
        ),
        (
            "A 14-year-old boy with a history of ALL had painful swelling of the left ankle. Arthrocentesis "
            "yielded lymphoblasts.",
            {"Synovium"},
        ),
        (
            "A 45-year-old man in remission of AML had weakness. MRI demonstrated an extradural lesion from "
            "D4 to D7. Histology showed a chloroma.",
            {"EpiduralSpace", "ThoracicSpine"},
        ),
        (
            "A 16-year-old girl with ALL had swelling of the gums, neck pain and fever at relapse, with "
            "blasts in the gingiva.",
            {"Gingiva"},
        ),
        (
            "A 40-year-old man with AML had a chloroma of the lung, and the intrathoracic sarcoma was "
            "resected at relapse.",
            {"Lung"},
        ),
        (
            "A 44-year-old woman had a relapse of AML as a soft tissue mass on the right chest wall. A "
            "chloroma of the chest wall was diagnosed.",
            {"ChestWall"},
        ),
        (
            "A 50-year-old man with AML had a facial palsy resulting from infiltration of the skull base at relapse.",
            {"SkullBase"},
        ),
        (
            "A 45-year-old woman had AML with initial extramedullary leukemia in the skin and breast. A year "
            "later an isolated recurrence was proven in the left elbow.",
            {"Elbow"},
        ),
        (
            "A 50-year-old man with AML relapsed with a mass of the larynx; histology showed blasts between the "
            "muscle fibres of the vocal cord.",
            {"Larynx"},
        ),
        ("A 20-year-old man treated for ALL had hip pain. Collapse with loss of bone density was seen.", set()),
        (
            "A 13-year-old boy with ALL developed blurred vision and a bilateral retinal detachment during "
            "maintenance, and relapse was diagnosed.",
            {"Retina"},
        ),
    ],
)
def test_the_sites_of_a_story(text: str, expected: set[str]) -> None:
    assert finest(found(text)) == expected
