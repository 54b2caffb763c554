"""Sites, findings, investigations, numbers and markers as papers word them; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.findings import findings
from kg.extract.immunophenotype import immunophenotype
from kg.extract.investigations import investigations
from kg.extract.measurements import measurements
from kg.extract.reading import Extractor, Found
from kg.extract.sites import sites
from tests.extract_fixture import read

OPENING = "A 40-year-old man with AML in remission was admitted. "


def found(extract: Extractor, text: str) -> list[Found]:
    readings = read(OPENING + text)
    assert len(readings) == 1, text
    return list(extract(readings[0]))


def names(extract: Extractor, text: str) -> set[str]:
    return {one.value for one in found(extract, text)}


def by_status(text: str) -> tuple[set[str], set[str]]:
    several = found(findings, text)
    present, absent = ({f.value for f in several if f.detail["status"] == s} for s in ("Present", "Absent"))
    return present, absent


@pytest.mark.parametrize(
    ("text", "name", "detail"),
    [
        ("He had leukemic infiltration of the right kidney.", "Kidney", {"laterality": "RightSide"}),
        ("He had a bilateral testicular relapse.", "Testis", {"laterality": "Bilateral"}),
        ("He had multifocal skin infiltration by blasts.", "Skin", {"extent": "Multifocal"}),
        ("An epidural mass at T4-T6 was his relapse.", "EpiduralSpace", {"level": "T4-T6"}),
    ],
)
def test_a_site_has_its_side_extent_and_level(text: str, name: str, detail: dict[str, str]) -> None:
    one = next(f for f in found(sites, text) if f.value == name)
    assert dict(one.detail) == detail


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("He complained of headache, vomiting and double vision.", {"Headache", "Vomiting", "Diplopia"}, set()),
        ("He denied fever, night sweats or weight loss.", set(), {"Fever", "NightSweats", "WeightLoss"}),
        ("There was no lymphadenopathy but his spleen was palpable.", {"Splenomegaly"}, {"Lymphadenopathy"}),
        ("He had pain in the left thigh.", {"LowerLimbPain"}, set()),
        ("He had pain and numbness in his right shoulder.", {"UpperLimbPain", "Hypoesthesia"}, set()),
        ("He noticed weakness of both legs.", {"Paraparesis"}, set()),
        ("Examination found an enlarged left testis.", {"TesticularSwelling"}, set()),
        ("His optic discs were swollen.", {"OpticDiscSwelling"}, set()),
        ("CT showed a mass in the head of the pancreas.", {"PancreaticMass"}, set()),
        ("MRI revealed enhancement of the leptomeninges.", {"MeningealEnhancement"}, set()),
        ("MRI showed thickening of the sciatic nerve.", {"NerveEnlargement"}, set()),
        ("His bone marrow aspirate showed 80% blasts.", {"BoneMarrowBlasts"}, set()),
        ("Many blasts were seen in his CSF.", {"CSFBlasts"}, set()),
        ("A pleural effusion and a mass in the mediastinum were seen.", {"PleuralEffusion", "MediastinalMass"}, set()),
        ("He could not walk. He had difficulty swallowing.", {"GaitDisturbance", "Dysphagia"}, set()),
        ("His blood counts were normal.", set(), {"HematologicAbnormality"}),
        ("His vision in the left eye deteriorated; loss of vision followed.", {"VisualLoss"}, set()),
        ("Electromyography revealed denervation in his arm.", {"Denervation", "AbnormalEMG"}, set()),
        ("His mother had epilepsy.", set(), set()),
        ("He had an absent ankle jerk and numbness of the foot.", {"AbsentAnkleReflex", "Hypoesthesia"}, set()),
        ("The man, without any illness, was seen with vomiting.", {"Vomiting"}, set()),
        ("Headache and vomiting in such patients should alert the physician.", set(), set()),
        ("He noticed a nodule, and skin nodules were found on examination.", {"SkinNodule"}, set()),
        ("MRI of the thigh revealed enlargement of the sciatic nerve.", {"NerveEnlargement"}, set()),
        ("Neither blood nor marrow showed leukemic cells in him.", set(), {"BoneMarrowBlasts"}),
        ("PET/CT showed intense linear uptake in the nerve.", {"AbnormalFDGUptake"}, set()),
        ("His ESR was raised.", {"ElevatedESR"}, set()),
        ("The CSF analysis showed 3,000 WBCs with 97% blasts.", {"CSFPleocytosis", "CSFBlasts"}, set()),
        ("A tumor infiltrated his brain; tumor infiltration was confirmed.", {"Mass"}, set()),
        ("He was afebrile, and no abnormal cells or blasts were in his marrow.", set(), {"Fever", "BoneMarrowBlasts"}),
        ("His reflexes were diminished.", {"Hyporeflexia"}, set()),
        ("He was MRD positive.", {"MeasurableResidualDisease"}, set()),
        ("Tumor cells were found and pain management was offered to him.", set(), set()),
    ],
)
def test_findings(text: str, present: set[str], absent: set[str]) -> None:
    assert by_status(text) == (present, absent)


def test_a_finding_has_its_site_and_severity() -> None:
    [one] = found(findings, "He had a 3-month history of severe pain in the abdomen.")
    assert one.value == "AbdominalPain"
    assert one.detail["site"] == "Abdomen"
    assert one.detail["severity"] == "Severe"


def test_what_was_found_later_outweighs_what_was_absent_first() -> None:
    text = "A lumbar puncture showed no blasts in his CSF. A month later his CSF contained blasts."
    assert by_status(text) == ({"CSFBlasts"}, set())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Magnetic resonance imaging of his brain was normal.", {"BrainMRI": "Normal"}),
        ("MRI of the left thigh showed a mass.", {"ThighMRI": "Abnormal"}),
        ("A biopsy of the skin lesion revealed blasts.", {"SkinBiopsy": "Abnormal"}),
        ("CT of his chest was unremarkable.", {"ChestCT": "Normal"}),
        ("His bone marrow was in remission.", {"BoneMarrowExamination": "Normal"}),
        ("Fine needle aspiration of the node was inconclusive.", {"FineNeedleAspiration": "Inconclusive"}),
        ("He refused biopsy.", {}),
        ("No biopsy was taken from him.", {}),
        ("The CSF and bone marrow were negative.", {"BoneMarrowExamination": "Normal", "CSFExamination": "Normal"}),
        (
            "Hematologic and ocular studies were performed on him.",
            {"LaboratoryTest": None, "OphthalmologicExamination": None},
        ),
        ("His medullogram was consistent with AML.", {"BoneMarrowExamination": "Abnormal"}),
        ("He typed as human leukocyte antigen A2 positive.", {}),
        ("The resected testis contained blasts in this patient.", {"Histopathology": "Abnormal"}),
        ("A deletion of chromosome 12 was detected in him.", {"Cytogenetics": "Abnormal"}),
        ("Aqueous humor puncture revealed relapse in the eye.", {"AnteriorChamberParacentesis": "Abnormal"}),
        ("He had a radiographic response and a cytologic remission.", {}),
        ("His CSF contained 3,000 leukocytes per mm3.", {"CSFLeukocyteCount": None}),
        ("BCR-ABL transcripts were detected in his blood.", {"PCR": "Abnormal"}),
        ("Scrotal ultrasonography disclosed a hypoechoic mass.", {"TesticularUltrasonography": "Abnormal"}),
        ("Slit lamp examination showed cells in his eye.", {"OphthalmologicExamination": "Abnormal"}),
    ],
)
def test_investigations(text: str, expected: dict[str, str]) -> None:
    assert {one.value: one.detail.get("result") for one in found(investigations, text)} == expected


def test_investigations_keep_the_order_of_telling() -> None:
    several = found(investigations, "Chest X-ray was normal. MRI was abnormal. A second chest X-ray was normal.")
    assert [(one.value, one.detail["order"]) for one in several] == [
        ("ChestRadiography", "1"),
        ("MagneticResonanceImaging", "2"),
        ("ChestRadiography", "1"),
    ]


@pytest.mark.parametrize(
    ("text", "modality", "value", "unit", "reading"),
    [
        ("His WBC was 45,000/mm3.", "LeukocyteCount", "45", "10*9/L", "Elevated"),
        ("His leukocyte count was 3.3 × 109/L.", "LeukocyteCount", "3.3", "10*9/L", "Decreased"),
        ("His hemoglobin was 89 g/l.", "HemoglobinMeasurement", "8.9", "g/dL", "Decreased"),
        ("His hemoglobin was 14.2 g/dL.", "HemoglobinMeasurement", "14.2", "g/dL", "WithinRange"),
        ("Platelets were 14 × 10(9)/L in his blood.", "PlateletCount", "14", "10*9/L", "Decreased"),
        ("His CSF had a protein level of 120 mg/dL.", "CSFProteinMeasurement", "120", "mg/dL", None),
        ("His CRP was mildly elevated (3.1 mg/dl).", "CRPMeasurement", "3.1", "mg/dL", None),
        (
            "His soluble interleukin-2 receptor level was raised to 1,240 U/ml (120-530 U/ml).",
            "SolubleIL2ReceptorMeasurement",
            "1240",
            "[arb'U]/mL",
            "Elevated",
        ),
        ("His serum calcium was 14.2 mg/dL.", "CalciumMeasurement", "14.2", "mg/dL", "Elevated"),
        ("His alkaline phosphatase was 640 U/L.", "AlkalinePhosphataseMeasurement", "640", "U/L", None),
        ("His bone marrow aspirate contained blasts (left, 62.5%).", "BoneMarrowBlastPercentage", "62.5", "%", None),
        ("His CSF white cell count was 45/ul.", "CSFLeukocyteCount", "45", "{cells}/uL", None),
    ],
)
def test_measurements(text: str, modality: str, value: str, unit: str, reading: str | None) -> None:
    one = next(f for f in found(measurements, text) if f.field == "measurement")
    assert (one.detail["type"], one.value, one.detail["unit"]) == (modality, value, unit)
    assert one.detail.get("interpretation") == reading


def test_of_a_patient_with_another_malignancy_alone_nothing_is_looked_for() -> None:
    text = "A 50-year-old man with lymphoma had a mass in the breast. Biopsy and MRI were done, and he got vincristine."
    [reading] = read(text)
    for extract in (sites, findings, investigations, immunophenotype, measurements):
        assert not list(extract(reading))


def test_a_number_far_from_the_usual_is_a_finding() -> None:
    several = found(measurements, "His WBC was 120,000/mm3 and his hemoglobin was 11.5 g/dL.")
    assert [one.value for one in several if one.field == "finding"] == ["Leukocytosis"]


@pytest.mark.parametrize(
    ("text", "positive", "negative"),
    [
        ("His blasts were CD34+, CD117+ and CD3−.", {"CD34", "CD117"}, {"CD3"}),
        ("His blasts were positive for CD13 and CD33, and negative for CD3, CD20.", {"CD13", "CD33"}, {"CD3", "CD20"}),
        ("The cells of this patient expressed CD19, CD10 and TdT but lacked CD20.", {"CD19", "CD10", "TdT"}, {"CD20"}),
        ("The blasts of this patient were MPO negative and CD56-positive.", {"CD56"}, {"MPO"}),
        ("He received CD19-directed CAR-T cells and an anti-CD22 antibody.", set(), set()),
        ("His blasts coexpressed CD33 and CD19.", {"CD33", "CD19"}, set()),
        ("He was given 4 million CD34+ cells per kg.", set(), set()),
        ("He was positive for NPM1 and two TET2 mutations.", set(), set()),
    ],
)
def test_markers(text: str, positive: set[str], negative: set[str]) -> None:
    several = found(immunophenotype, text)
    assert {one.value for one in several if one.detail["expression"] == "Positive"} == positive
    assert {one.value for one in several if one.detail["expression"] == "Negative"} == negative


def test_a_marker_has_its_compartment() -> None:
    [one] = found(immunophenotype, "His blasts were positive for cytoplasmic CD22.")
    assert one.detail["compartment"] == "Cytoplasm"
