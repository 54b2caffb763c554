"""Patients told apart, roles of sentences, abbreviations as defined, and patterns; all texts are invented."""

from __future__ import annotations

import re

import pytest

from kg.extract.abbreviations import definitions
from kg.extract.patterns import Patterns, flat_of
from kg.extract.quantities import Quantities
from kg.extract.required import needs
from kg.extract.rulefiles import RULES, rules
from kg.extract.sentences import Sentences
from kg.extract.words import words
from kg.ingest import Section
from tests.extract_fixture import document, found, read, reader


def roles(text: str, *sections: Section) -> list[str]:
    return [one.role for one in Sentences(rules("sentences")).of(document(text, *sections))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chloroma is a rare tumor. A 30-year-old man presented with one. Biopsy confirmed it.", "bg case case"),
        ("Nerve relapse in leukemia. A boy was admitted with foot drop.", "title case"),
        ("He was treated with cytarabine. Ten cases have been reported in the literature.", "case others"),
        ("We report a case of AML. Most patients relapsed within a year.", "case others"),
        ("Our patient died. Relapse can occur at any site.", "case bg"),
        ("The girl had pain. Imaging showed a mass. It is usually benign.", "case case bg"),
        ("Smith et al. described a cohort. Of these, 12 children had relapsed.", "others others"),
    ],
)
def test_roles(text: str, expected: str) -> None:
    short = {"background": "bg"}
    assert " ".join(short.get(role, role) for role in roles(text)) == expected


def test_a_discussion_speaks_of_others_and_an_abstracts_methods_may_bring_the_patient() -> None:
    text = "A 9-year-old boy had ALL and relapsed.\n\nHe relapsed in the eye.\n\nRelapse was found in the ear."
    first, second = text.index("\n\n"), text.rindex("\n\n")
    parts = (Section("Methods", 0, first), Section("Results", first, second), Section("Discussion", second, len(text)))
    assert roles(text, *parts) == ["case", "case", "others"]


TWO = [
    "Case 1. A 7-year-old boy with ALL relapsed in the testis. Case 2. A 40-year-old woman with AML "
    "relapsed in the skin.",
    "The first patient, a 7-year-old boy with ALL, relapsed. The second patient, a 40-year-old woman "
    "with AML, relapsed.",
    "A 7-year-old boy with ALL relapsed in the testis. He died. A 40-year-old woman with AML relapsed in the skin.",
    "We report two patients: a 7-year-old boy with ALL relapse in the testis and a 40-year-old woman with AML relapse.",
    "Patient 1: a 7-year-old boy with ALL who relapsed. Patient 2: a 40-year-old woman with AML, who relapsed too.",
]


@pytest.mark.parametrize("text", TWO)
def test_two_patients(text: str) -> None:
    told = [{field: one.value for field, one in found(reading).items()} for reading in read(text)]
    assert [(one["age"], one["sex"], one["leukemia"]) for one in told] == [
        ("7", "Male", "AcuteLymphoblasticLeukemia"),
        ("40", "Female", "AcuteMyeloidLeukemia"),
    ]
    assert [one["relapse"] for one in told] == ["true", "true"]


def test_what_is_said_of_both_belongs_to_each() -> None:
    text = (
        "We report a 34-year-old man and a 5-year-old girl with relapse of AML. The man had AML-M4. The girl "
        "had AML-M5. "
        "Both patients had leukemic cells in the CSF."
    )
    told = [found(reading) for reading in read(text)]
    assert [one["leukemia"].value for one in told] == ["AcuteMyelomonocyticLeukemia", "AcuteMonocyticLeukemia"]
    assert [one["csf"].value for one in told] == ["Involved", "Involved"]


@pytest.mark.parametrize(
    "text",
    [
        "We report a 42-year-old man with ALL. A 42-year-old Korean male presented with dyspnea. He relapsed.",
        "A 52-year-old man with AML received a graft from his 48-year-old sister and relapsed.",
        "A 52-year-old man relapsed. A similar case of a 20-year-old woman was reported by Smith et al.",
        "A 10-year-old boy was diagnosed with ALL. At age 12, the boy relapsed.",
    ],
)
def test_one_patient(text: str) -> None:
    assert len(read(text)) == 1


def test_abbreviations() -> None:
    text = "An acute myeloid leukemia (AML), chloroma of bone marrow (BM), a mass (3 cm) and GS (granulocytic sarcoma)."
    assert dict(definitions(text)) == {
        "AML": "acute myeloid leukemia",
        "BM": "bone marrow",
        "GS": "granulocytic sarcoma",
    }


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("A man had granulocytic sarcoma (GS). The GS shrank.", {"MyeloidSarcoma"}),
        ("A man had myeloid sarcoma (MS). The MS shrank.", {"MyeloidSarcoma"}),
        ("A man had multiple sclerosis (MS). The MS got worse.", set()),
        ("A man had allergic lung lesions (ALL). The ALL got worse.", set()),
        ("A man had acute lymphoblastic leukaemia (ALL). All was well.", {"AcuteLymphoblasticLeukemia"}),
    ],
)
def test_the_definition_in_the_text_wins(text: str, concepts: set[str]) -> None:
    (reading,) = read(text)
    last = reading.sentences[-1].index
    named = {one.concept for one in reading.of("LeukemiaTypes")}
    assert named == concepts
    if concepts and "All" not in text:
        assert any(one.sentence == last for one in reading.of("LeukemiaTypes"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We saw a case of AML in a man.", set()),
        ("A man was told of cases of AML.", {"others"}),
        ("A man had no AML.", {"absent"}),
        ("A man came in and AML was suspected.", {"possible"}),
        ("A man whose family history included AML presented.", {"family"}),
    ],
)
def test_context(text: str, said: set[str]) -> None:
    (reading,) = read(text)
    assert set(reading.of("LeukemiaTypes")[0].said) == said


def test_places_lead_back_to_the_text() -> None:
    text = "A 6-year-old girl’s leukaemic infil-\ntration (T-ALL)."
    flat = flat_of(words(text))
    assert flat.text == "a 6 year old girl s leukemic infiltration ( t all ) ."
    at = flat.text.index("infiltration")
    start, end = flat.place(at, at + len("infiltration"))
    assert text[start:end] == "infil-\ntration"
    assert flat.at(text.index("infil")) == at


def test_a_pattern_is_not_skipped_where_it_fits() -> None:
    patterns = [
        r"(?:bone )?marrow (?:was|is) (?:\w+ )?normal",
        r"(?:a|b)c?d+",
        r"\d+ ?%(?! donor)",
        r"x(?:yz|uv){2}[a-c|)]w",
        r"(?P<n>\d+) (?P<u>years?|months?) (?:after|since)",
        r"t \( 8 ; 21 \)",
    ]
    texts = ["bone marrow was quite normal", "addd", "30 %", "xyzuv)w", "3 years after", "with t ( 8 ; 21 )"]
    for pattern, text in zip(patterns, texts, strict=True):
        assert re.search(pattern, text)
        needed = needs(pattern)
        assert needed is None or any(one in text for one in needed), pattern


def test_what_speaks_against_a_pattern_must_reach_it() -> None:
    patterns = Patterns({"rules": {"x": [{"patterns": "relapsed?", "but": r"no (?:\w+ ){0,3}?relapsed?"}]}})
    assert patterns.fits("x", "he had no pain , and then he relapsed")
    assert not patterns.fits("x", "there was no sign of relapse")
    assert patterns.fits("x", "there was no relapse , but then he relapsed")
    patterns = Patterns({"rules": {"x": [{"patterns": "second relapse", "but": r"no (?:\w+ ){0,3}"}]}})
    assert not patterns.fits("x", "there was no second relapse")


def test_every_rule_file_compiles() -> None:
    for path in RULES.glob("*.yaml"):
        file = rules(path.stem)
        if "rules" in file and "define" in file:
            Patterns(file)


@pytest.mark.parametrize(
    ("number", "unit", "years"),
    [
        ("6.5", "years", "6.5"),
        ("fifty seven", "months", "4.75"),
        ("two and a half", "years", "2.5"),
        ("2 - 4", "yrs", "3"),
    ],
)
def test_spans_of_time(number: str, unit: str, years: str) -> None:
    assert str(Quantities(rules("quantities")).years(number, unit)) == years


def test_an_empty_text_and_one_of_signs_give_nothing() -> None:
    assert read("") == []
    assert read("—— 5 % ( ) ; … \n\n ?") == []
    assert reader().read(document("A man. " * 3)) is not None


def test_a_number_is_no_negation() -> None:
    (reading,) = read("A 30-year-old man (no. 5) with AML relapsed in the skin.")
    assert found(reading)["leukemia"].value == "AcuteMyeloidLeukemia"


def test_patients_told_together_are_as_many_as_announced() -> None:
    readings = read("We report two men with AML who developed chloroma of the spine after transplantation.")
    assert [found(one)["relapse"].value for one in readings] == ["true", "true"]


def test_a_patient_of_a_discussion_counts_where_there_is_no_other() -> None:
    text = "In our patient AML in remission relapsed in the ulnar nerve."
    (reading,) = reader().read(document(text, Section("Discussion", 0, len(text))))
    assert found(reading)["relapse"].value == "true"


def test_the_first_words_of_a_front_matter_are_the_title() -> None:
    title = "Leukemic infiltration of the choroid during remission"
    text = f"{title}\n\nA 17-year-old boy with ALL had blurred vision."
    parts = (Section("Front matter", 0, len(title)), Section("CASE REPORT", len(title) + 2, len(text)))
    assert roles(text, *parts) == ["title", "case"]
