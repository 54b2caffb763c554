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
        ("The mass was excised from his arm.", {"TumorResection"}),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20 Gy of radiation was given to the whole brain.", "CranialIrradiation"),
        ("He received 24 Gy to the brain and 14 Gy to the spine.", "CraniospinalIrradiation"),
        ("Radiotherapy (45 Gy) to the humerus was given.", "LocalRadiotherapy"),
        ("Irradiation included the left orbit.", "OrbitalIrradiation"),
        ("He was being maintained on monthly doses of vincristine.", "MaintenanceTherapy"),
        ("The relapse was treated with surgery only.", "Surgery"),
        ("An operation was done to remove the mass.", "TumorResection"),
        ("Intraoperative pathology showed blasts.", "Surgery"),
        ("Cytarabine was given for 7 days and daunorubicin for 3 days.", "SevenPlusThree"),
        ("After induction of remission he was followed.", "InductionChemotherapy"),
        ("He was grafted with PBSC; he received PBSC from his brother.", "PeripheralBloodSCT"),
        ("A transplant of bone marrow from his sister followed.", "AllogeneicBMT"),
        ("The resected spleen was sent to pathology.", "Splenectomy"),
        ("Fludarabine, cytarabine and G-CSF were begun.", "Flag"),
        ("He was given high-dose methotrexate at 5 g/m2.", "HighDoseMethotrexate"),
        ("Anti-tubercular therapy was started.", "AntituberculousTherapy"),
        ("He needed ventilation support.", "MechanicalVentilation"),
        ("Preconditioning therapy was with busulfan.", "ConditioningRegimen"),
        ("An epididymectomy was done.", "SurgicalExcision"),
        ("Zoledronic acid lowered his calcium.", "Bisphosphonate"),
        ("Whole-brain and spinal cord radiotherapy was given.", "CraniospinalIrradiation"),
        ("Myeloablative chemotherapy was given before the graft.", "ConditioningRegimen"),
        ("After TBI he was grafted.", "ConditioningRegimen"),
        ("He was prepared with BuCy.", "Cyclophosphamide"),
        ("He had a graft using unrelated cord blood.", "CordBloodTransplantation"),
        ("A transplantation from a half-matched brother followed.", "HaploidenticalHSCT"),
        ("Allogenetic stem cell transplantation was done.", "AllogeneicHSCT"),
        ("He got high doses of AraC.", "Hidac"),
        ("Intrathecal drugs included methotrexate, cytarabine and methylprednisolone.", "IntrathecalTripleTherapy"),
        ("Etoposide, mitoxantrone and cytarabine were given.", "Mec"),
        ("The lesion was treated with irradiation.", "LocalRadiotherapy"),
        ("Remission-inducing therapy was begun.", "InductionChemotherapy"),
        ("It arose in the maintenance phase of his treatment.", "MaintenanceTherapy"),
        ("Intravenous and intrathecal chemotherapy was given.", "SystemicChemotherapy"),
        ("He was given Gazyva.", "Obinutuzumab"),
        ("Intravitreal methotrexate was injected.", "Methotrexate"),
        ("PBSCT from his sister was done.", "AllogeneicHSCT"),
    ],
)
def test_treatments_in_other_words(text: str, expected: str) -> None:
    assert expected in {one.value for one in found(treatments, text)}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("He was not ready to undergo allogeneic stem cell transplantation.", "AllogeneicHSCT"),
        ("He is listed for bone marrow transplantation.", "BoneMarrowTransplantation"),
        ("Approval for donor lymphocyte infusion was pending.", "DonorLymphocyteInfusion"),
        ("Prior to initiation of salvage chemotherapy he died.", "SalvageChemotherapy"),
        ("He had no history of systemic infection or surgery.", "Surgery"),
        ("Colonies were tested for G-CSF hypersensitivity of his cells.", "GCsf"),
        ("He denied tick bites.", "BispecificAntibody"),
        ("Treatment led to maintenance of his quality of life.", "MaintenanceTherapy"),
        ("Such tumors are best managed with systemic chemotherapy, as in his case.", "SystemicChemotherapy"),
        ("Chemotherapy was not a suitable option for him.", "Chemotherapy"),
        ("While his allogeneic transplantation is in process he waits.", "AllogeneicHSCT"),
        ("He was recruited to a trial of CAR-T cells.", "CarTCellTherapy"),
        ("He was advised to undergo orchiectomy.", "Orchiectomy"),
        ("Venetoclax was withheld from him.", "Venetoclax"),
        ("His case shows how unnecessary surgery is prevented.", "Surgery"),
        ("He received an allogeneic transplant for consolidation.", "ConsolidationChemotherapy"),
        ("He came to need maintenance hemodialysis.", "MaintenanceTherapy"),
        ("He died before chemotherapy could be started.", "Chemotherapy"),
        ("Transfusion of donor lymphocytes helped him.", "Transfusion"),
    ],
)
def test_treatments_not_given(text: str, absent: str) -> None:
    assert absent not in {one.value for one in found(treatments, text)}
