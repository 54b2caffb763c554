"""Several episodes of one patient, and what belongs to which; scores, doses, durations and responses around them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kg.draft.record import draft_record, read_patients
from kg.extract.episodes import episodes
from kg.ingest import read_bytes
from kg.records import Record
from kg.vocabulary import Vocabulary
from tests.extract_fixture import read, reader


def case(text: str) -> dict[str, Any]:
    document = next(read_bytes(text.encode(), "case.txt"))
    draft = draft_record(document, read_patients(document, reader()), reader(), "2026-11-20")
    assert draft is not None
    assert not any(note.startswith("left out") for note in draft.notes)
    Record.model_validate(draft.record, context={"vocabulary": reader().vocabulary})
    found: dict[str, Any] = draft.record["cases"][0]
    return found


BONE_THEN_MARROW = (
    "Case report\n\nA 9-year-old boy was admitted with bone pain of the left tibia. His history included a diagnosis "
    "of acute lymphoblastic leukemia at the age of 6 years. MRI showed a lesion of the left tibia. Biopsy of the tibia "
    "showed infiltration by lymphoblasts. An isolated bone relapse was diagnosed. Four months later bone marrow "
    "aspiration showed 80% blasts, and a subsequent bone marrow relapse was diagnosed. He died.\n"
)


def test_a_bone_relapse_and_a_later_marrow_relapse_are_two() -> None:
    found = case(BONE_THEN_MARROW)
    first, bone, marrow = found["episodes"]
    assert (first["id"], first["marrow"]) == ("initial-leukemia", "NotReported")
    assert found["diagnoses"][0]["age"] == {"years": 6}
    assert (bone["order"], bone["after"], bone["marrow"]) == (2, "initial-leukemia", "NotInvolved")
    assert [site["site"] for site in bone["sites"]] == ["Tibia"]
    assert (marrow["order"], marrow["after"], marrow["marrow"]) == (3, bone["id"], "Involved")
    assert [site["site"] for site in marrow["sites"]] == ["BoneMarrow"]
    ties = {one["modality"]: one.get("episode") for one in found["investigations"]}
    assert ties["BoneMarrowAspiration"] == marrow["id"]
    assert marrow["confirmed_by"] == ["bone-marrow-aspiration"]
    assert "bone-marrow-aspiration" not in bone.get("confirmed_by", [])


@pytest.mark.parametrize(
    ("told", "sites"),
    [
        (
            "He had received a transplantation after a testicular relapse, and a bone marrow relapse developed.",
            [["Testis"], ["BoneMarrow"]],
        ),
        (
            "With prior bone marrow and testicular relapses he had a metatarsal bone relapse in complete remission.",
            [["BoneMarrow"], ["Testis"], ["BoneOfFoot"]],
        ),
        ("The first relapse was in the CNS, the second relapse in the testis.", [["CentralNervousSystem"], ["Testis"]]),
        ("She died of bone marrow relapse 11 months after ovarian relapse.", [["Ovary"], ["BoneMarrow"]]),
        # One relapse, whatever its places.
        ("A relapse in the bone marrow and the kidney was diagnosed.", []),
        ("A testicular relapse was diagnosed. The testicular relapse was treated.", []),
        ("He was in second remission when relapse in the skin occurred.", []),
        # Not told of this patient, or not told at all.
        ("There was no evidence of bone marrow relapse, but a testicular relapse was found.", []),
        ("A testicular relapse was found. The risk of subsequent bone marrow relapse is high.", []),
    ],
)
def test_relapses_are_told_apart(told: str, sites: list[list[str]]) -> None:
    text = f"A 12-year-old boy with acute lymphoblastic leukemia was seen. {told}"
    (reading,) = read(text)
    found: dict[str, list[str]] = {}
    for one in episodes(reading):
        found[one.value] = one.detail.get("sites", "").split(",")
    assert list(found.values()) == sites


def test_what_belongs_to_the_first_leukemia() -> None:
    found = case(
        "Case report\n\nA 42-year-old man presented in August 2013 with fever and gum swelling. Bone marrow aspiration "
        "showed 78% blasts. A diagnosis of acute myeloid leukemia was made. Complete remission was achieved after "
        "induction chemotherapy. Two years later he noticed a painless mass of the left breast. Biopsy of the breast "
        "showed infiltration by myeloblasts, and a relapse of the breast was diagnosed.\n"
    )
    first, relapse = found["episodes"]
    ties = {one["finding"]: one.get("episode") for one in found["findings"]}
    assert ties["Fever"] == first["id"] == "initial-leukemia"
    assert ties["BreastMass"] == relapse["id"]
    studies = {one["modality"]: one.get("episode") for one in found["investigations"]}
    assert studies["BoneMarrowAspiration"] == first["id"]
    assert "bone-marrow-aspiration" not in relapse.get("confirmed_by", [])


def test_a_look_back_ties_nothing_of_today_to_the_past() -> None:
    found = case(
        "A 70-year-old man with acute myeloid leukemia diagnosed at the age of 64, in complete remission since, "
        "presented with pain of the left leg. Biopsy of the sciatic nerve showed a relapse with leukemic cells.\n"
    )
    assert all(one.get("episode") != "initial-leukemia" for one in found["findings"])


def test_normal_studies_say_that_marrow_and_fluid_were_free() -> None:
    found = case(
        "A 40-year-old man in the third year of remission from acute myeloid leukemia had weakness of the left leg. "
        "Biopsy of the sciatic nerve showed leukemic infiltration and a relapse was diagnosed. Spinal fluid and bone "
        "marrow studies were done to exclude other relapse, and no abnormal findings were seen.\n"
    )
    (episode,) = found["episodes"]
    assert (episode["marrow"], episode["csf"]) == ("NotInvolved", "NotInvolved")


ABOUT = "A 50-year-old woman with acute myeloid leukemia had a relapse in the sciatic nerve. "


def treatments(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = case(ABOUT + text)["treatments"]
    return found


def test_drugs_for_symptoms_are_each_tried_for_themselves() -> None:
    found = treatments("Pain management with gabapentin and tramadol was ineffective. Morphine (60 mg/day) helped.")
    given = {one["agents"][0]: one for one in found if one.get("agents")}
    assert set(given) == {"Gabapentin", "Tramadol", "Morphine"}
    assert given["Gabapentin"]["response"] == given["Tramadol"]["response"] == "Ineffective"
    assert given["Morphine"]["doses"] == [{"agent": "Morphine", "kind": "DailyDose", "value": 60, "unit": "mg/d"}]
    assert "response" not in given["Morphine"]


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("Chemotherapy induced complete clinical remission.", "CompleteRemission"),
        ("She was given chemotherapy. The pain and weakness persisted.", "SymptomsPersisted"),
        ("A nerve block was done. After the nerve block pain was temporarily relieved.", "TemporaryRelief"),
        ("A sciatic nerve block was done, but the pain was not alleviated.", "Ineffective"),
        ("Chemotherapy was given.", None),
        ("No response to steroids had been seen; then chemotherapy was given.", None),
    ],
)  # fmt: skip
def test_what_came_of_a_treatment(text: str, response: str | None) -> None:
    assert treatments(text)[0].get("response") == response


def test_volume_and_concentration_of_an_injection() -> None:
    (found,) = treatments("A sciatic nerve block was done. Mepivacaine (10 ml, 0.5%) was injected.")
    assert [(one["kind"], str(one["value"]), one["unit"]) for one in found["doses"]] == [
        ("InjectedVolume", "10", "mL"),
        ("Concentration", "0.5", "%"),
    ]


def test_scores_stand_with_their_finding() -> None:
    found = case(
        ABOUT + "She had pain of the left leg, 7/10 on a numerical rating scale, and weakness of the foot (grade 3/5)."
    )
    measured = {
        (one["finding"], m["type"], m["value"], m["scale_maximum"])
        for one in found["findings"]
        for m in one.get("measurements", ())
    }
    assert {(m, value, most) for _, m, value, most in measured} == {
        ("NumericRatingScale", 7, 10),
        ("ManualMuscleTesting", 3, 5),
    }
    assert "NumericRatingScale" not in {one["modality"] for one in found.get("investigations", ())}


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("She had a 9-month fever.", 9),
        ("She had had fever for 3 years.", 36),
        ("There was a two-month history of fever.", 2),
        ("She had fever. She was in remission for 3 years.", None),
        ("A 50-year-old with fever was seen.", None),
        ("Fever began 3 months after transplantation.", None),
        ("Five months later the fever came back.", None),
        ("She was well in remission for six years and presented with fever.", None),
        ("She had been in remission for six years with fever.", None),
        ("She had a 3-week history of increasing fever.", Decimal("0.69")),
    ],
)
def test_how_long_a_finding_had_lasted(text: str, months: int | Decimal | None) -> None:
    found = case(ABOUT + text)
    (fever,) = [one for one in found["findings"] if one["finding"] == "Fever"]
    assert fever.get("duration_months") == months


def test_a_general_name_beside_a_special_one_is_no_second_study() -> None:
    found = case(ABOUT + "Abdominal computed tomography (CT) showed a mass. The CT was repeated. Biopsy showed blasts.")
    assert [one["modality"] for one in found["investigations"]] == ["AbdominalCT", "Biopsy"]


def test_the_vocabulary_has_what_is_drafted(vocabulary: Vocabulary) -> None:
    for name in ("NumericRatingScale", "ManualMuscleTesting", "TemporaryRelief", "EffectiveAtHighDose"):
        assert name in vocabulary.concepts
