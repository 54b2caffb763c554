"""Findings as lists deny them, as whole clauses tell them, and the ends of a denial; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.course import course
from kg.extract.findings import findings
from tests.extract_fixture import read

OPENING = "A 40-year-old man with AML in remission was admitted. "


def told(text: str, status: str) -> set[str]:
    return {one.value for part in read(OPENING + text) for one in findings(part) if one.detail.get("status") == status}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He denied vertigo, diarrhea, cough, headache, dysphagia, nausea or edema.", {"Cough", "Dysphagia", "Edema"}),
        ("There was neither fever nor weight loss.", {"Fever", "WeightLoss"}),
        ("No headache, vomiting, diplopia, vertigo or seizures were reported.", {"Headache", "Vomiting", "Seizure"}),
        ("He was without pain, rash and itching.", {"Pain", "SkinRash", "Pruritus"}),
        (
            "The skin was clear, with no jaundice, petechiae or edema.",
            {"Jaundice", "Edema"},
        ),
        ("We saw no sign of splenomegaly or lymphadenopathy.", {"Lymphadenopathy", "Splenomegaly"}),
        ("He was afebrile.", {"Fever"}),
        ("The rash was nonpruritic and nonerythematous.", {"Pruritus", "Erythema"}),
        ("His marrow showed no excess of blasts.", {"BoneMarrowBlasts"}),
        ("The peripheral blood film contained no blasts.", {"PeripheralBlasts"}),
        ("Blasts were not found in the peripheral blood.", {"PeripheralBlasts"}),
        ("CSF analysis found normal cell counts.", {"CSFPleocytosis"}),
        ("The CSF was acellular.", {"CSFPleocytosis"}),
        ("Blood counts were normal.", {"HematologicAbnormality"}),
        ("The blood count, marrow aspirate and karyotype were normal.", {"HematologicAbnormality"}),
        ("CT did not show bone destruction.", {"BoneDestruction"}),
        ("His body temperature was normal.", {"Fever"}),
        ("Visual acuity was normal.", {"VisualLoss"}),
        ("Eye movements were full.", {"Ophthalmoplegia"}),
        ("The intraocular pressure was normal.", {"Glaucoma"}),
        ("CSF analysis showed normal protein and glucose.", {"IncreasedCSFProtein", "DecreasedCSFGlucose"}),
        ("The peripheral smear was unremarkable.", {"PeripheralBlasts"}),
        ("The marrow was cellular without any excessive blasts.", {"BoneMarrowBlasts"}),
        ("He did not develop graft-versus-host disease.", {"AcuteGvhd", "ChronicGvhd"}),
        ("There were no other hematological changes.", {"HematologicAbnormality"}),
        ("His abdomen was soft, without distension.", {"AbdominalDistension"}),
    ],
)
def test_what_is_denied(text: str, expected: set[str]) -> None:
    assert expected <= told(text, "Absent")
    assert not expected & told(text, "Present")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There was no fever but he had a cough.", {"Cough"}),
        ("A boy without lymphadenopathy presented with a mass in the left breast.", {"BreastMass"}),
        ("He had no fever, but his ankle jerks were absent.", {"AbsentAnkleReflex"}),
        ("His symptoms persisted without improvement; the headache worsened.", {"Headache"}),
        ("He had no response to steroids and developed ptosis.", {"Ptosis"}),
    ],
)
def test_where_a_denial_ends(text: str, expected: set[str]) -> None:
    assert expected <= told(text, "Present")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Both testes were found to be enlarged.", "TesticularSwelling"),
        ("He noted fullness of the right upper eyelid.", "PeriorbitalSwelling"),
        ("His leukocyte count was 12.5 x 10^9/L with 40% blasts.", "PeripheralBlasts"),
        ("Myeloblasts were seen on the peripheral smear.", "PeripheralBlasts"),
        ("Lumbar puncture revealed many leukemic blasts.", "CSFBlasts"),
        ("There was CSF lymphocytosis.", "CSFPleocytosis"),
        ("The plantar response was extensor on the right.", "BabinskiSign"),
        ("The Achilles reflex was absent.", "AbsentAnkleReflex"),
        ("He had distal muscle weakness of the legs.", "DistalMuscleWeakness"),
        ("There was a loss of sensation below T8.", "SensoryLevel"),
        ("Loss of proprioception was noted.", "SensoryImpairment"),
        ("He complained of pain in his lower molar.", "Toothache"),
        ("The teeth had become mobile.", "LooseTeeth"),
        ("His speech was hard to understand.", "Dysarthria"),
        ("He lost control of his bladder.", "UrinaryIncontinence"),
        ("Difficulty in voiding was noted.", "UrinaryRetention"),
        ("Prothrombin and fibrinogen were abnormal with low fibrinogen.", "Coagulopathy"),
        ("CT found a chronic subdural hematoma.", "IntracranialHemorrhage"),
        ("An extradural mass with compression of the spinal cord was seen.", "SpinalCordCompression"),
        ("He had low-grade temperature.", "Fever"),
        ("He had exophthalmos of the right eye.", "Proptosis"),
        ("He died of Aspergillus pneumonia.", "Pneumonia"),
        ("He died of Aspergillus pneumonia.", "FungalInfection"),
        ("Cytomegalovirus infection was found.", "ViralInfection"),
        ("DWI showed restricted diffusion.", "RestrictedDiffusion"),
        ("MRI showed a cerebral infarct.", "CerebralInfarction"),
        ("He had pain in his left knee and later in both hips.", "HipPain"),
        ("An ulcerating gum lesion was seen.", "OralUlcer"),
        ("Atypical promyelocytes appeared in the CSF.", "AtypicalCSFCells"),
        ("MRI found several gadolinium-enhanced nodules of the cord.", "GadoliniumEnhancement"),
        ("The post-contrast images showed a ring-like enhancement.", "GadoliniumEnhancement"),
        ("Lytic lesions were seen in the skull and the left femur.", "MultifocalBoneLesions"),
        ("Biopsy of the gum showed sheets of myeloblasts.", "BlastCell"),
        ("Pleural fluid cytology found many malignant cells.", "MalignantEffusion"),
        ("A frontal lesion with edema and mass effect was seen.", "CerebralEdema"),
        ("He could only perceive hand motions.", "VisualLoss"),
        ("Erythematous nodules covered his back.", "Erythema"),
        ("He had hip and knee pain.", "HipPain"),
        ("A hypopyon uveitis of the left eye was seen.", "Hypopyon"),
        ("He had a painful glaucoma.", "EyePain"),
        ("The wall of the cavity was necrotic.", "Necrosis"),
        ("His neutrophil count fell to 0.2 x 10^9/L.", "Neutropenia"),
        ("His absolute lymphocyte count was 31 x 10^9/L.", "Lymphocytosis"),
        ("He was found septicemic.", "Sepsis"),
        ("The serum creatinine had started to rise.", "RenalFailure"),
    ],
)
def test_what_is_told_in_other_words(text: str, expected: str) -> None:
    assert expected in told(text, "Present")


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("His eye was unresponsive to topical steroids.", {"AlteredConsciousness"}),
        ("He had portal venous hypertension.", {"Hypertension"}),
        ("A pale optic disc was seen.", {"Pallor"}),
        ("The white cell count was reduced to 190 x 10^9/L by leukapheresis.", {"Leukopenia"}),
        ("Large masses of the ciliary body were seen.", {"FacialSwelling"}),
        ("Corneal edema was seen.", {"FacialSwelling", "Edema"}),
        ("He achieved MRD negativity after treatment.", {"MeasurableResidualDisease"}),
        ("A plaque-like lesion was seen.", {"SkinPlaque"}),
        ("A painful red plaque of the abdomen was seen.", {"AbdominalPain"}),
        ("He died of ventricular fibrillation.", {"Denervation"}),
        ("MRI showed edema of the adjacent fat.", {"Edema"}),
        ("CSF cytology showed promyelocytes.", {"CSFBlasts"}),
        ("A conjunctival mass was excised.", {"Chemosis"}),
        ("Sections of the tumor were stained.", {"Mass"}),
        ("The marrow was cellular with absent erythroid cells, and 85% blasts.", set()),
    ],
)
def test_what_means_something_else(text: str, absent: set[str]) -> None:
    assert not absent & (told(text, "Present") | told(text, "Absent"))


def test_what_is_said_of_the_disease_before_the_patient_is_brought_in() -> None:
    text = "Of its effects, a rash and edema developed most commonly. A 40-year-old man with AML had a fever."
    assert {one.value for part in read(text) for one in findings(part)} == {"Fever"}


@pytest.mark.parametrize(
    "text",
    ["Lumbar puncture yielded CD19-negative blasts.", "The CSF showed CD10-negative lymphoblasts."],
)
def test_blasts_without_a_marker_are_blasts(text: str) -> None:
    (reading,) = read(f"{OPENING}A CNS relapse was found. {text}")
    assert {one.field: one.value for one in course(reading)}["csf"] == "Involved"


def test_a_nerve_without_infiltration_is_not_infiltrated() -> None:
    (reading,) = read(f"{OPENING}A nerve biopsy demonstrated vasculitis without lymphoid infiltration.")
    assert "LeukemicNerveInfiltration" not in {one.value for one in findings(reading)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The marrow showed fewer than 5% blasts.", False),
        ("The marrow showed <5% blasts.", False),
        ("The bone marrow contained 3% lymphoblasts.", False),
        ("Marrow blasts were below 5%.", False),
        ("The bone marrow contained 12.5% blasts.", True),
        ("The marrow held blasts (40%).", True),
    ],
)
def test_a_share_of_blasts_that_is_normal_is_no_finding(text: str, found: bool) -> None:
    (reading,) = read(OPENING + text)
    assert ("BoneMarrowBlasts" in {one.value for one in findings(reading)}) is found


def test_neither_denies_both() -> None:
    (reading,) = read(f"{OPENING}An ocular relapse was found. Neither the CSF nor the bone marrow was involved.")
    told = {one.field: one.value for one in course(reading)}
    assert (told["marrow"], told["csf"]) == ("NotInvolved", "NotInvolved")
