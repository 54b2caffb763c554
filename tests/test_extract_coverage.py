"""Names of the whole field, and results told without the name of what was examined."""

from __future__ import annotations

import pytest

from kg.extract.differentials import differentials
from kg.extract.findings import findings
from kg.extract.investigations import investigations
from kg.extract.reading import Extractor
from kg.extract.sites import sites
from kg.extract.treatments import treatments
from tests.extract_fixture import read

OPENING = "A 40-year-old man with AML in remission was admitted. "


def found(extract: Extractor, text: str) -> set[str]:
    return {one.value for part in read(OPENING + text) for one in extract(part)}


@pytest.mark.parametrize("region", ["cervical", "axillary", "inguinal", "mediastinal", "retroperitoneal"])
@pytest.mark.parametrize("head", ["lymphadenopathy", "adenopathy"])
def test_enlarged_nodes_of_a_region_are_the_nodes(region: str, head: str) -> None:
    nodes = {
        "cervical": "CervicalLymphNode",
        "axillary": "AxillaryLymphNode",
        "inguinal": "InguinalLymphNode",
        "mediastinal": "MediastinalLymphNode",
        "retroperitoneal": "AbdominalLymphNode",
    }
    assert found(sites, f"CT showed leukemic infiltration of the lung and {region} {head}.") == {"Lung", nodes[region]}


def test_cervical_in_a_text_that_names_the_cervix_is_the_cervix() -> None:
    assert "UterineCervix" in found(sites, "The cervix was hard. Relapse with a leukemic cervical mass was found.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The marrow, examined on the same day, was normal.", "BoneMarrowExamination"),
        ("Marrow: 2% blasts.", "BoneMarrowExamination"),
        ("CSF: normal.", "CSFExamination"),
        ("The work-up, including trephine and CSF, was negative.", "CSFExamination"),
        ("The protein concentration was high (2.1 g/L) and the glucose was low.", "CSFProteinMeasurement"),
        ("The protein concentration was high (2.1 g/L) and the glucose was low.", "CSFGlucoseMeasurement"),
        ("The tumor cells were positive for TdT and CD79a.", "Immunohistochemistry"),
        ("Iliac crest aspirates were taken.", "BoneMarrowAspiration"),
    ],
)
def test_what_was_examined(text: str, expected: str) -> None:
    assert expected in found(investigations, text)


@pytest.mark.parametrize(
    ("extract", "text", "concept", "is_told"),
    [
        (findings, "The karyotype showed t(9;22) in all cells.", "PhiladelphiaChromosome", True),
        (findings, "The karyotype showed t(9;11) in all cells.", "PhiladelphiaChromosome", False),
        (findings, "The protein was high, and the glucose level was low.", "DecreasedCSFGlucose", True),
        (differentials, "Brain abscess and PTLD were in the differential.", "BrainAbscess", True),
        (differentials, "He was operated upon for appendicitis.", "Appendicitis", True),
        (treatments, "A free fibula transplantation was done.", "HematopoieticStemCellTransplantation", False),
        (treatments, "He received an infusion of vasopressin.", "Desmopressin", False),
        (treatments, "He received lymphodepleting chemotherapy.", "ConditioningRegimen", True),
        (treatments, "He was given highly active antiretroviral therapy.", "AntiviralAgent", True),
    ],
)
def test_what_a_name_means(extract: Extractor, text: str, concept: str, is_told: bool) -> None:
    assert (concept in found(extract, text)) is is_told
