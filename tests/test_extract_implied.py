"""Investigations told by a noun, a result or a list of targets; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.investigations import investigations
from tests.extract_fixture import read

OPENING = "A 40-year-old man with AML in remission was admitted. "


def made(text: str) -> set[str]:
    return {one.value for part in read(OPENING + text) for one in investigations(part)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MRI of the brain and the whole spine was done.", {"BrainMRI", "SpineMRI"}),
        ("CT of his chest, abdomen and pelvis was normal.", {"ChestCT", "AbdominalCT", "PelvicCT"}),
        ("Brain and spine MRI showed no lesion.", {"BrainMRI", "SpineMRI"}),
        ("Abdominal and pelvic CT was unremarkable.", {"AbdominalCT", "PelvicCT"}),
        ("CT of the chest and bone marrow biopsy were normal.", {"ChestCT", "BoneMarrowBiopsy"}),
        ("MRI of the brain and abdominal ultrasound were normal.", {"BrainMRI", "AbdominalUltrasonography"}),
    ],
)
def test_an_image_has_all_its_targets(text: str, expected: set[str]) -> None:
    assert made(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Analysis of his cerebrospinal fluid was performed.", "CSFExamination"),
        ("A sample of the spinal fluid was sent.", "CSFExamination"),
        ("Pleural fluid aspirate contained blasts.", "Thoracentesis"),
        ("A tap of the ascitic fluid yielded blasts.", "Paracentesis"),
        ("Aspiration of the pericardium yielded 500 ml.", "Pericardiocentesis"),
        ("A smear of his blood contained blasts.", "BloodSmear"),
        ("Morphologic analysis of the peripheral blood revealed blasts.", "BloodSmear"),
        ("Microscopic examination of the CSF revealed blasts.", "CSFCytology"),
        ("The CSF showed blasts on cytospin.", "CSFCytology"),
        ("CSF showed 120 cells/mm3.", "CSFCellCount"),
        ("Lumbar puncture revealed 30 white cells and a protein of 90 mg/dL.", "CSFProteinMeasurement"),
        ("Lumbar puncture showed low glucose.", "CSFGlucoseMeasurement"),
        ("His intraocular pressure was 31 mmHg.", "Tonometry"),
        ("He was seen by an ophthalmologist.", "OphthalmologicExamination"),
        ("Ophthalmoscopy showed a swollen disc.", "OphthalmologicExamination"),
        ("Examination was remarkable for petechiae.", "PhysicalExamination"),
        ("Examination of the abdomen found a firm mass.", "PhysicalExamination"),
        ("Cranial nerves were intact.", "NeurologicExamination"),
        ("The nervous system examination was normal.", "NeurologicExamination"),
        ("The removed tissue showed sheets of blasts.", "Histopathology"),
        ("Sections of the tumor contained blasts.", "Histopathology"),
        ("Pathohistological work-up was done.", "Histopathology"),
        ("The sciatic nerve was surgically explored.", "SurgicalExploration"),
        ("He underwent exploration of the scrotum.", "SurgicalExploration"),
        ("Complete donor hematopoiesis was seen.", "ChimerismAnalysis"),
        ("A somatic NRAS mutation was detected.", "MutationAnalysis"),
        ("No kinase domain mutations were found.", "MutationAnalysis"),
        ("BCR/ABL was performed on his blood.", "MolecularAnalysis"),
        ("The cells were BCR-ABL positive.", "MolecularAnalysis"),
        ("His marrow was MRD positive by flow cytometry.", "FlowCytometricMRDAssessment"),
        ("Gadolinium-enhanced high-resolution MRI was done.", "ContrastEnhancedMRI"),
        ("MRI of the spine with gadolinium was done.", "ContrastEnhancedMRI"),
        ("Prothrombin time was prolonged.", "CoagulationTest"),
        ("Hepatic and renal functions were normal.", "LiverFunctionTest"),
        ("Hepatic and renal functions were normal.", "RenalFunctionTest"),
        ("He had thrombocytopenia (15 x 10^9/L).", "PlateletCount"),
        ("A cervical node was excised.", "LymphNodeBiopsy"),
        ("A brain scan was normal.", "DiagnosticImaging"),
        ("Upper endoscopy found an ulcer of the stomach.", "GastrointestinalEndoscopy"),
        ("We saw no sign of leukemia in his bone marrow.", "BoneMarrowExamination"),
        ("A bone marrow aspiration and core biopsy were done.", "BoneMarrowBiopsy"),
        ("The smear had 20% metamyelocytes, 7% myelocytes and 5% band cells.", "DifferentialLeukocyteCount"),
        ("Aquaporin antibodies were negative.", "Serology"),
        ("The mass was biopsied.", "Biopsy"),
        ("Touch imprints of the tumor contained blasts.", "TouchImprint"),
        ("A stamp specimen of the rib held blasts.", "TouchImprint"),
        ("Leukemic cells were found in his CSF.", "CSFCytology"),
        ("The cerebrospinal fluid contained atypical cells.", "CSFCytology"),
        ("Necropsy disclosed leukemic infiltration of both kidneys.", "Histopathology"),
        ("Renal biopsy showed an infiltrate of lymphoblasts.", "Histopathology"),
        ("He was positive for KMT2A::AFF1.", "MolecularAnalysis"),
        ("IOP was raised in his left eye.", "Tonometry"),
        ("CT of the abdomen with intravenous contrast was done.", "ContrastEnhancedCT"),
        ("Computed tomography-guided rib biopsy was done.", "CTGuidedBiopsy"),
        ("Biopsies of two violaceous plaques were taken.", "SkinBiopsy"),
        ("An incisional biopsy of the conjunctiva was taken.", "OcularBiopsy"),
        ("He had melena and endoscopy revealed an ulcer.", "GastrointestinalEndoscopy"),
        ("Surgery was performed to establish the diagnosis.", "SurgicalExploration"),
        ("FDG-PET/CT was normal.", "FDGPET"),
        ("Bone marrow MRD stayed undetectable.", "BoneMarrowExamination"),
        ("Bone marrow morphology was reviewed.", "CytomorphologicExamination"),
        ("Laboratory data were unremarkable.", "LaboratoryTest"),
        ("The skin lesions were biopsied.", "SkinBiopsy"),
        ("An excisional biopsy of a cervical node was done.", "LymphNodeBiopsy"),
        ("Blood and wound cultures were sterile.", "BloodCulture"),
        ("Contrast-enhanced CT of the abdomen was done.", "AbdominalCT"),
        ("He had leukocytosis of 40 x 10^9/L.", "LeukocyteCount"),
    ],
)
def test_nouns_and_results_tell_of_what_was_done(text: str, expected: str) -> None:
    assert expected in made(text)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("He remains in cytogenetic and molecular remission.", {"Cytogenetics", "MolecularAnalysis"}),
        ("He was in morphologic bone marrow remission.", {"CytomorphologicExamination"}),
        ("Morphologic improvement of the retina was seen.", {"CytomorphologicExamination"}),
        ("Leukocyte engraftment took three weeks.", {"LeukocyteCount"}),
        ("He received an HLA-MRD SCT.", {"MRDAssessment"}),
        ("He had no other known pathology.", {"Histopathology"}),
        ("Transplantation of bone marrow from a sibling followed.", {"BoneMarrowExamination"}),
        ("An erythematous pattern was seen in the fundus of the stomach.", {"OphthalmologicExamination"}),
        ("Bone marrow biopsy was refused.", {"BoneMarrowBiopsy"}),
        ("Blasts were positive for CD33; flow cytometry was used.", {"Immunophenotyping"}),
        ("We explored the role of chemotherapy in his case.", {"SurgicalExploration"}),
        ("Atypical white blood cells were seen in his pericardial fluid.", {"LeukocyteCount"}),
        ("The tumor was OCT-4 negative.", {"OpticalCoherenceTomography"}),
        ("Critical flicker fusion was low in his right eye.", {"MolecularAnalysis"}),
        ("He reached remission at the molecular level.", {"MolecularAnalysis"}),
        ("Biopsy of the pericardium was taken.", {"EndomyocardialBiopsy"}),
        ("Liver biopsy was considered too dangerous.", {"LiverBiopsy"}),
        ("His leukemia was of T-cell immunophenotype.", {"Immunophenotyping"}),
        ("His marrow was MRD positive by flow cytometry.", {"MRDAssessment"}),
        ("A bright signal in the fundus of the dural sac was seen.", {"OphthalmologicExamination"}),
        ("Diagnosis is based on biopsy and flow cytometry.", {"Biopsy", "FlowCytometry"}),
    ],
)
def test_what_is_no_investigation(text: str, absent: set[str]) -> None:
    assert not made(text) & absent
