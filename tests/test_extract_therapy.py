"""Treatments, outcome, diagnoses weighed, and events; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.differentials import differentials
from kg.extract.events import events
from kg.extract.outcomes import outcomes
from kg.extract.reading import Extractor, Found
from kg.extract.treatments import treatments
from tests.extract_fixture import read

OPENING = "A 40-year-old man with ALL was admitted. "


def found(extract: Extractor, text: str) -> list[Found]:
    readings = read(OPENING + text)
    assert len(readings) == 1, text
    return list(extract(readings[0]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He received FLAG-IDA and later hyper-CVAD.", {"FlagIda", "HyperCvad"}),
        ("He was induced with 7+3.", {"SevenPlusThree"}),
        ("He was treated according to the BFM protocol.", {"BfmProtocol"}),
        ("He underwent allogeneic bone marrow transplantation.", {"AllogeneicBMT"}),
        ("He was transplanted from an unrelated donor.", {"HematopoieticStemCellTransplantation", "AllogeneicHSCT"}),
        ("Intrathecal methotrexate was given to the patient.", {"IntrathecalChemotherapy", "Methotrexate"}),
        ("He was irradiated with 24 Gy.", {"Radiotherapy"}),
        ("The mass was excised from his arm.", {"SurgicalExcision"}),
        ("He was given ATRA and arsenic trioxide.", {"Tretinoin", "ArsenicTrioxide"}),
        ("Blinatumomab and then CAR-T cells were infused to him.", {"Blinatumomab", "CarTCellTherapy"}),
        ("He took dasatinib and prednisone.", {"Dasatinib", "Prednisone"}),
        ("He received no chemotherapy.", set()),
        ("He had not previously undergone a stem cell transplantation.", set()),
        ("His age precluded chemotherapy.", set()),
        ("He received chemoradiation for the mass.", {"Chemotherapy", "Radiotherapy"}),
        (
            "Intrathecal methotrexate, cytarabine, and hydrocortisone were given to him.",
            {"IntrathecalTripleTherapy", "Methotrexate", "Cytarabine", "Hydrocortisone"},
        ),
        ("He received bone marrow transplantation (BMT) from his HLA-identical brother.", {"AllogeneicBMT"}),
        ("The small bowel with the tumor was resected in this man.", {"BowelResection"}),
        ("He died under hospice care.", {"PalliativeCare"}),
        ("He was treated by withdrawal of immunosuppression.", {"WithdrawalOfImmunosuppression"}),
        ("He refused surgery.", set()),
        ("Orchiectomy was considered for him.", set()),
        ("Stem cell transplantation was not feasible in his case.", set()),
        ("He did not have a matched sibling donor.", set()),
        ("He was scheduled to receive radiotherapy.", set()),
    ],
)
def test_treatments(text: str, expected: set[str]) -> None:
    assert {one.value for one in found(treatments, text)} == expected


def test_a_treatment_has_dose_line_response_and_intent() -> None:
    text = (
        "He received cytarabine 100 mg/m2 and idarubicin. His second induction chemotherapy led to complete remission."
    )
    several = {one.value: one.detail for one in found(treatments, text)}
    assert several["Cytarabine"]["dose"] == "100"
    assert several["Cytarabine"]["unit"] == "mg/m2"
    assert "dose" not in several["Idarubicin"]
    assert several["InductionChemotherapy"]["line"] == "2"
    assert several["InductionChemotherapy"]["response"] == "CompleteRemission"
    assert several["InductionChemotherapy"]["intent"] == "AntileukemicIntent"


@pytest.mark.parametrize(
    ("text", "status", "months", "cause"),
    [
        ("He died of sepsis four months later.", "Dead", "4", "Sepsis"),
        ("He succumbed to pneumonia.", "Dead", None, "Pneumonia"),
        ("Unfortunately, the patient did not survive.", "Dead", None, None),
        ("He is alive and well 2 years after transplantation.", "Alive", "24", None),
        ("He remains in complete remission on maintenance.", "Alive", None, None),
        ("At 1-year follow-up he had no evidence of recurrence.", "Alive", "12", None),
        ("He was given chemotherapy.", None, None, None),
    ],
)
def test_outcome(text: str, status: str | None, months: str | None, cause: str | None) -> None:
    one = next((f for f in found(outcomes, text) if f.field == "outcome"), None)
    assert (one.value if one else None) == status
    if one is not None:
        assert one.detail.get("interval_months") == months
        assert one.detail.get("cause") == cause


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("He was treated, and a second complete remission was achieved.", "InCompleteRemission"),
        ("His leukemia was refractory to all treatment.", "ActiveDisease"),
        ("He was treated with chemotherapy.", None),
    ],
)
def test_disease_status(text: str, status: str | None) -> None:
    one = next((f for f in found(outcomes, text) if f.field == "disease_status"), None)
    assert (one.value if one else None) == status


@pytest.mark.parametrize(
    ("text", "name", "status"),
    [
        ("He was initially suspected of having autoimmune pancreatitis.", "AutoimmunePancreatitis", "SuspectedFirst"),
        ("Osteomyelitis was considered in this patient.", "Osteomyelitis", "Considered"),
        ("Deep vein thrombosis was ruled out in him.", "DeepVeinThrombosis", "RuledOut"),
        ("His rash was attributed to graft-versus-host disease.", "GraftVersusHostDisease", "Considered"),
    ],
)
def test_differentials(text: str, name: str, status: str) -> None:
    assert [(one.value, one.detail["status"]) for one in found(differentials, text)] == [(name, status)]


def test_a_condition_that_he_has_is_not_weighed() -> None:
    assert found(differentials, "He received prophylaxis for graft-versus-host disease.") == []


def test_events_have_dates_and_order() -> None:
    text = "He was diagnosed with ALL in March 2001. He achieved complete remission. In 2004 he died."
    told = [(one.value, one.detail.get("date")) for one in found(events, text)]
    assert told == [
        ("Admission", None),
        ("LeukemiaDiagnosis", "2001-03"),
        ("RemissionReached", None),
        ("Death", "2004"),
    ]
