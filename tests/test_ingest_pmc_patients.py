"""PMC-Patients is read as it streams by, in each of its forms, and one bad entry loses no other."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from kg.errors import SourceTextError
from kg.ingest.drafts import Note
from kg.ingest.pmc_patients import PmcPatient, read_pmc_patients

ENTRY: dict[str, Any] = {
    "patient_id": "0",
    "patient_uid": "17875532-2",
    "PMID": "17875532",
    "file_path": "comm/PMC000xxxxxx/PMC1.xml",
    "title": "A nerve\n that hid a relapse",
    "patient": "A girl had pain.\n\nShe was well. ",
    "age": [[1.0, "year"], [6.0, "month"]],
    "gender": "F",
    "relevant_articles": {"1": 1, "2": 2},
    "similar_patients": {"3-1": 1},
}


def read(data: bytes) -> list[PmcPatient | Note]:
    return list(read_pmc_patients(io.BytesIO(data), "patients.json"))


def patient(**changed: Any) -> PmcPatient:
    (found,) = read(json.dumps([{**ENTRY, **changed}]).encode())
    assert isinstance(found, PmcPatient)
    return found


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n  "])
@pytest.mark.parametrize(
    "data", [json.dumps([ENTRY]), json.dumps([ENTRY], indent=2), json.dumps(ENTRY), json.dumps(ENTRY) + "\n\n"]
)
def test_an_array_and_lines_give_the_same(data: str, before: bytes) -> None:
    (found,) = read(before + data.encode())
    assert isinstance(found, PmcPatient)
    assert (found.uid, found.pmid, found.gender) == ("17875532-2", "17875532", "F")
    assert found.title == "A nerve that hid a relapse"
    assert found.text == "A girl had pain.\n\nShe was well."
    assert (found.age, found.years) == (((Decimal("1.0"), "year"), (Decimal("6.0"), "month")), Decimal("1.5"))
    assert (found.similar, found.articles) == (("3-1",), ("1", "2"))


def test_the_document() -> None:
    document = patient().document("patients.json")
    assert (document.name, document.metadata.pmid) == ("patients.json#17875532-2", "17875532")
    assert [(s.name, document.text[s.start : s.end]) for s in document.sections] == [
        ("Title", "A nerve that hid a relapse"),
        ("Case report", "A girl had pain.\n\nShe was well."),
    ]
    assert [document.text[a:b] for a, b in document.sentences][-1].strip() == "She was well."
    alone = patient(title=None).document("patients.json")
    assert [section.name for section in alone.sections] == ["Case report"]
    assert alone.text == "A girl had pain.\n\nShe was well."


@pytest.mark.parametrize(
    ("changed", "pmid"),
    [({}, "17875532"), ({"PMID": 5}, "5"), ({"PMID": None}, "17875532"), ({"PMID": "PMC5"}, None)],
)
def test_pmid(changed: dict[str, Any], pmid: str | None) -> None:
    assert patient(**changed).pmid == pmid


@pytest.mark.parametrize(
    ("age", "years"),
    [
        ([[60, "year"]], "60"),
        ("[[60.0, 'year']]", "60"),
        ([[3, "weeks"]], "0.0575"),
        ([[10, "day"], [12, "hour"]], "0.0287"),
        ([[60, "fortnight"]], None),
        ([["60", "year"]], None),
        ([[-1, "year"]], None),
        ("sixty", None),
        (60, None),
        ([], None),
        (None, None),
    ],
)
def test_age(age: Any, years: str | None) -> None:
    assert patient(age=age).years == (None if years is None else Decimal(years))


@pytest.mark.parametrize(("given", "gender"), [("M", "M"), ("f", "F"), ("other", None), (None, None), (1, None)])
def test_gender(given: Any, gender: str | None) -> None:
    assert patient(gender=given).gender == gender


def test_lists_of_related_patients() -> None:
    assert patient(similar_patients=["4-1", "5-1"]).similar == ("4-1", "5-1")
    assert patient(similar_patients="{'6-1': 2}").similar == ("6-1",)
    assert patient(similar_patients=None).similar == ()


@pytest.mark.parametrize("bad", [1, {"patient": "x"}, {"patient_uid": "1-1"}, {**ENTRY, "patient": " "}])
def test_one_bad_entry_loses_no_other(bad: Any) -> None:
    for data in (json.dumps([ENTRY, bad, ENTRY]), "\n".join(map(json.dumps, (ENTRY, bad, ENTRY)))):
        first, note, last = read(data.encode())
        assert isinstance(note, Note)
        assert note.place == "entry 2"
        assert isinstance(first, PmcPatient)
        assert isinstance(last, PmcPatient)


def test_a_line_that_is_not_json_loses_one_patient() -> None:
    first, note, last = read(json.dumps(ENTRY).encode() + b"\n{broken\n" + json.dumps(ENTRY).encode())
    assert isinstance(note, Note)
    assert note.place == "line 2"
    assert isinstance(first, PmcPatient)
    assert isinstance(last, PmcPatient)


def test_an_array_that_breaks_off_gives_what_was_before() -> None:
    found: list[PmcPatient | Note] = []
    data = json.dumps([ENTRY, ENTRY]).encode()[:-20]
    with pytest.raises(SourceTextError, match=r"^patients\.json: the array breaks off: .+ The first 1 entry is good"):
        found.extend(iter_into(found, data))
    assert len(found) == 1


def iter_into(found: list[PmcPatient | Note], data: bytes) -> Iterator[PmcPatient | Note]:
    for item in read_pmc_patients(io.BytesIO(data), "patients.json"):
        found.append(item)
    yield from ()


@pytest.mark.parametrize(("data", "words"), [(b"", "is empty"), (b"  \n", "is empty"), (b"hello", "not JSON")])
def test_what_is_none(data: bytes, words: str) -> None:
    with pytest.raises(SourceTextError, match=words):
        read(data)


class Endless(io.RawIOBase):
    """An array that never ends, and counts what was taken of it."""

    def __init__(self) -> None:
        self._entry = json.dumps(ENTRY).encode() + b","
        self._rest = b"["
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            self._rest += self._entry
        found, self._rest = self._rest[:size], self._rest[size:]
        self.taken += len(found)
        return found


def test_patients_come_before_the_file_is_read() -> None:
    stream = Endless()
    patients = read_pmc_patients(stream, "patients.json")  # type: ignore[arg-type]
    assert all(isinstance(next(patients), PmcPatient) for _ in range(1000))
    assert stream.taken < 2_000_000
