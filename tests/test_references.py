"""The bibliography and the files as a whole: what is wrong is told, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ConfigError, RecordError
from kg.records import read_curated, read_record
from kg.vocabulary import Vocabulary
from tests.test_records import EPISODE, RECORD, REFERENCES, TREATMENT, changed, line_of, take, write

BAD = {
    "reference twice": ("reference: kim-2001", "reference: lee-2019", "reference", "a second time", "Keep one"),
    "DOI twice": ("10.1000/kim", "10.1000/lee", "doi", "a second time", "one DOI is wrong"),
    "not a DOI": ("10.1000/kim", "doi:10.1000/kim", "doi", "found 'doi:10.1000/kim'", "Correct it"),
    "digits of another script": ("10.1000", "10.１０００", "doi", "found '10.１０００/kim'", "Correct it"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_bibliography(kind: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    old, new, key, problem, remedy = BAD[kind]
    first, second = REFERENCES.split("  - reference: kim")
    text = first + changed("  - reference: kim" + second, old, new)
    write(tmp_path, RECORD.replace("kim-2001", "lee-2019"), text)
    with pytest.raises(RecordError) as caught:
        take(tmp_path, vocabulary)
    shown = str(caught.value)
    assert len(caught.value.problems) == 1, shown
    line = first.count("\n") + (1 if key == "reference" else 2)
    assert shown.startswith(f"{tmp_path / 'references.yaml'}:{line}:")
    assert f": at references[1].{key} " in shown
    assert problem in shown
    assert remedy in shown


def test_not_utf8(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = write(tmp_path)
    path.write_bytes(RECORD.encode().replace(b"A curator", b"Andr\xe9"))
    with pytest.raises(RecordError, match=r"Byte \d+ is not UTF-8\. Save the file as UTF-8\.") as caught:
        read_record(path, vocabulary)
    assert str(caught.value).startswith(f"{path}:{line_of(RECORD, 'A curator')}:")


def test_all_problems_of_all_files_come_at_once(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write(tmp_path, RECORD.replace("sex: Male", "sex: Mail").replace("years: 8", "years: 130"))
    write(tmp_path, "record: [", name="kim-2001", references=REFERENCES + "    colour: red\n")
    with pytest.raises(RecordError) as caught:
        read_curated(tmp_path, vocabulary)
    found = [(Path(problem.file).name, problem.path) for problem in caught.value.problems]
    assert found == [
        ("kim-2001.yaml", ""),
        ("lee-2019.yaml", "cases[0].patient.sex"),
        ("lee-2019.yaml", "cases[0].patient.age.years"),
        ("references.yaml", "references[1].colour"),
    ]
    assert str(caught.value).startswith("4 problems in the records; nothing was built.\n")
    assert len(str(caught.value).splitlines()) == 5


def test_all_problems_of_the_check_come_at_once(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write(tmp_path, RECORD.replace("of: b-all", "of: x").replace("treatment: System", "treatment: Vincristine #"))
    other = RECORD.replace("record: lee-2019", "record: park-2020").replace("lee-2019-1", "park-2020-1")
    write(tmp_path, other, name="park-2020")
    with pytest.raises(RecordError) as caught:
        take(tmp_path, vocabulary)
    assert [problem.path for problem in caught.value.problems] == [f"{EPISODE}.of", f"{TREATMENT}.treatment", "record"]


@pytest.mark.parametrize("missing", ["records", "references"])
def test_a_folder_that_lacks_a_part(missing: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = write(tmp_path) if missing == "records" else tmp_path / "references.yaml"
    write(tmp_path)
    path.unlink()
    with pytest.raises(ConfigError, match=missing):
        read_curated(tmp_path, vocabulary)
