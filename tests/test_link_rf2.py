"""A small made-up SNOMED CT release is read right from a folder or a zip; a broken one is refused with one sentence."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.link.hierarchy import IS_A, Edge, Release, Status
from kg.link.rf2 import IRI, read_rf2
from kg.link.rf2_files import COLUMNS
from kg.link.sctid import check_digit, fault

CORE = "900000000000207008"
INFERRED, STATED = "900000000000011006", "900000000000010007"
IS, SITE = "116680003", "363698007"
FULLY, SYNONYM = "900000000000003001", "900000000000013009"
PREFERRED, ACCEPTABLE = "900000000000548007", "900000000000549004"
US, GB = "900000000000509007", "900000000000508004"
REPLACED, POSSIBLY = "900000000000526001", "900000000000523009"


def sctid(number: int, partition: str = "00") -> str:
    return f"{number}{partition}" + check_digit(f"{number}{partition}")


ROOT, DISEASE, LEUKEMIA, BLOOD, AML, ELSEWHERE = (sctid(1000 + n) for n in range(6))
OLD, OLDER, VAGUE, UNKNOWN = (sctid(2000 + n) for n in range(4))
EXTENSION = sctid(1231000132, "10")
Rows = dict[str, list[tuple[str, ...]]]


def release() -> Rows:
    """The rows of each file."""
    relationships = [(AML, LEUKEMIA, IS), (AML, BLOOD, IS), (LEUKEMIA, DISEASE, IS), (BLOOD, DISEASE, IS)]
    relationships += [(DISEASE, ROOT, IS), (ELSEWHERE, ROOT, IS), (AML, ELSEWHERE, SITE)]
    return {
        "concept": [
            *((code, "20200101", "1", CORE, "x") for code in (ROOT, DISEASE, LEUKEMIA, BLOOD, AML, ELSEWHERE)),
            *((code, "20200101", "0", CORE, "x") for code in (OLD, OLDER, VAGUE)),
        ],
        "description": [
            described(1, AML, FULLY, "Acute myeloid leukemia (disorder)"),
            described(2, AML, SYNONYM, "Acute myeloid leukaemia"),
            described(3, AML, SYNONYM, "Acute myeloid leukemia"),
            described(4, AML, SYNONYM, "Acute granulocytic leukemia", active="0"),
            described(5, AML, SYNONYM, "Akute myeloische Leukämie", language="de"),
            described(6, LEUKEMIA, FULLY, "Leukemia (disorder)"),
            described(7, OLD, FULLY, "Old leukemia (disorder)"),
        ],
        "relationship": [
            (sctid(30 + n, "02"), "20200101", "1", CORE, source, target, "0", kind, INFERRED, "x")
            for n, (source, target, kind) in enumerate(relationships)
        ],
        "association": [
            ("a1", "20200101", "1", CORE, REPLACED, OLDER, OLD),
            ("a2", "20200101", "1", CORE, REPLACED, OLD, LEUKEMIA),
            ("a3", "20200101", "1", CORE, POSSIBLY, VAGUE, AML),
            ("a4", "20200101", "0", CORE, REPLACED, VAGUE, BLOOD),
            ("a5", "20200101", "1", CORE, "734138000", VAGUE, ROOT),
        ],
        "language": [
            ("l1", "20200101", "1", CORE, GB, sctid(2, "01"), PREFERRED),
            ("l2", "20200101", "1", CORE, US, sctid(2, "01"), ACCEPTABLE),
            ("l3", "20200101", "1", CORE, US, sctid(3, "01"), PREFERRED),
            ("l4", "20200101", "1", CORE, US, sctid(6, "01"), PREFERRED),
        ],
    }


def described(
    number: int, concept: str, kind: str, term: str, *, active: str = "1", language: str = "en", time: str = "20200101"
) -> tuple[str, ...]:
    return sctid(number, "01"), time, active, CORE, concept, language, kind, term, "x"


def names(kind: str) -> dict[str, str]:
    return {
        "concept": f"Terminology/sct2_Concept_{kind}_INT_20260901.txt",
        "description": f"Terminology/sct2_Description_{kind}-en_INT_20260901.txt",
        "relationship": f"Terminology/sct2_Relationship_{kind}_INT_20260901.txt",
        "association": f"Refset/Content/der2_cRefset_Association{kind}_INT_20260901.txt",
        "language": f"Refset/Language/der2_cRefset_Language{kind}-en_INT_20260901.txt",
    }


def write(folder: Path, rows: Rows, kind: str = "Snapshot") -> Path:
    for content, name in names(kind).items():
        if content in rows:
            path = folder / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = [COLUMNS[content], *rows[content]]
            path.write_bytes("".join("\t".join(line) + "\r\n" for line in lines).encode())
    return folder


def pack(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*.txt")):
            packed.write(path, f"SnomedCT/{path.relative_to(folder)}")
    return archive


def ours(*codes: str, label: str = "") -> dict[str, tuple[str, ...]]:
    return {f"SNOMEDCT:{code}": (label,) if label else () for code in codes}


def read(path: Path, labels: Mapping[str, tuple[str, ...]], relations: tuple[str, ...] = ()) -> Release:
    return read_rf2(path, labels, relations=relations)


def only(found: Release) -> Status:
    (status,) = found.statuses
    return status


def is_a(*pairs: tuple[str, str]) -> set[Edge]:
    return {Edge(IRI + child, IS_A, IRI + parent) for child, parent in pairs}


def test_what_the_release_says_of_an_active_code(tmp_path: Path) -> None:
    found = read(write(tmp_path, release()), ours(AML, label="acute  Myeloid leukaemia"))
    status = only(found)
    assert (status.known, status.active, status.outside) == (True, True, False)
    assert (status.label, status.full_name) == ("Acute myeloid leukemia", "Acute myeloid leukemia (disorder)")
    assert status.labels_fit is True
    assert status.fits("Akute myeloische Leukämie") is True
    assert status.fits("Acute granulocytic leukemia") is False, "a term out of use is no name of it"
    assert (found.slug, found.version, found.language) == ("snomedct", "20260901", "en")


def test_ancestors_are_those_of_the_mapped_codes_and_no_others(tmp_path: Path) -> None:
    found = read(write(tmp_path, release()), ours(AML))
    ways = is_a((AML, LEUKEMIA), (AML, BLOOD), (LEUKEMIA, DISEASE), (BLOOD, DISEASE), (DISEASE, ROOT))
    assert set(found.edges) == ways
    assert found.labels[IRI + LEUKEMIA] == "Leukemia"
    assert IRI + OLD not in found.labels


def test_a_relation_that_is_asked_for_comes_with_what_is_above_its_end(tmp_path: Path) -> None:
    found = read(write(tmp_path, release()), ours(AML), relations=(SITE,))
    assert Edge(IRI + AML, IRI + SITE, IRI + ELSEWHERE) in found.edges
    assert is_a((ELSEWHERE, ROOT)) <= set(found.edges)


def test_a_code_out_of_use_is_followed_to_what_is_in_use(tmp_path: Path) -> None:
    found = read(write(tmp_path, release()), ours(OLDER))
    status = only(found)
    assert (status.known, status.active) == (True, False)
    ((kind, code, iri, label),) = status.replaced_by
    assert (kind, code, iri, label) == ("replaced by", f"SNOMEDCT:{LEUKEMIA}", IRI + LEUKEMIA, "Leukemia")
    assert is_a((LEUKEMIA, DISEASE), (DISEASE, ROOT)) <= set(found.edges)


def test_a_possible_equivalent_is_told_and_is_not_taken_for_a_replacement(tmp_path: Path) -> None:
    found = read(write(tmp_path, release()), ours(VAGUE))
    assert [(one.kind, one.code) for one in only(found).replaced_by] == [("possibly equivalent to", f"SNOMEDCT:{AML}")]
    assert not found.edges


def test_replacements_in_a_circle_end(tmp_path: Path) -> None:
    rows = release()
    rows["association"] = [
        ("a1", "20200101", "1", CORE, REPLACED, OLDER, OLD),
        ("a2", "20200101", "1", CORE, REPLACED, OLD, OLDER),
    ]
    assert only(read(write(tmp_path, rows), ours(OLDER))).replaced_by == ()


def test_codes_that_are_not_in_the_release(tmp_path: Path) -> None:
    found = read(write(tmp_path, release()), ours(UNKNOWN, EXTENSION, "12"))
    told = {status.code.partition(":")[2]: (status.known, status.outside) for status in found.statuses}
    assert told == {UNKNOWN: (False, False), EXTENSION: (False, True), "12": (False, False)}


def test_an_extension_that_the_release_covers_is_not_outside(tmp_path: Path) -> None:
    rows = release()
    rows["concept"].append((sctid(1241000132, "10"), "20200101", "1", CORE, "x"))
    assert not only(read(write(tmp_path, rows), ours(EXTENSION))).outside


def test_in_a_full_release_the_newest_row_counts(tmp_path: Path) -> None:
    rows = release()
    rows["concept"] += [(AML, "20020131", "0", CORE, "x"), (BLOOD, "20210101", "0", CORE, "x")]
    rows["description"].insert(0, described(3, AML, SYNONYM, "AML as it was", time="20020131"))
    rows["description"].append(described(3, AML, SYNONYM, "AML as it is", time="20250101"))
    gone = list(rows["relationship"][1])
    gone[1:3] = ["20250101", "0"]
    rows["relationship"].insert(0, tuple(gone))
    rows["association"].append(("a3", "20240101", "0", CORE, POSSIBLY, VAGUE, AML))
    found = read(write(tmp_path, rows, "Full"), ours(AML, VAGUE))
    told = {status.code.partition(":")[2]: status for status in found.statuses}
    assert told[AML].active
    assert told[AML].label == "AML as it is"
    assert told[AML].fits("AML as it was") is False
    assert told[VAGUE].replaced_by == ()
    assert IRI + BLOOD not in {edge.parent for edge in found.edges}


def test_a_stated_relationship_is_no_inferred_one(tmp_path: Path) -> None:
    rows = release()
    stated = list(rows["relationship"][1])
    stated[8] = STATED
    rows["relationship"][1] = tuple(stated)
    found = read(write(tmp_path, rows), ours(AML))
    assert IRI + BLOOD not in {edge.parent for edge in found.edges}


def test_a_snapshot_is_preferred_to_the_full_release_beside_it(tmp_path: Path) -> None:
    write(tmp_path, release())
    full = release()
    full["concept"] = []
    write(tmp_path, full, "Full")
    assert only(read(tmp_path, ours(AML))).known


def test_a_zip_is_read_like_the_folder_in_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "release", release())
    archive = pack(folder, tmp_path / "release.zip")
    assert read(archive, ours(AML, OLD), relations=(SITE,)) == read(folder, ours(AML, OLD), relations=(SITE,))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release", "release.zip"], "something was unpacked"


def test_files_of_national_editions_and_of_earlier_years_are_known_by_their_names(tmp_path: Path) -> None:
    folder = write(tmp_path, release())
    for old, new in (
        ("sct2_Concept_Snapshot_INT", "xsct2_Concept_UKCLSnapshot_GB1000000"),
        ("sct2_Description_Snapshot-en_INT", "sct2_Description_SpanishExtensionSnapshot-es_INT"),
        ("sct2_Relationship_Snapshot_INT", "sct2_Relationship_Snapshot_US1000124"),
        ("der2_cRefset_AssociationSnapshot_INT", "der2_cRefset_AssociationReferenceSnapshot_AU1000036"),
        ("der2_cRefset_LanguageSnapshot-en_INT", "der2_cRefset_UKLanguageSnapshot-en-GB_INT"),
    ):
        (path,) = folder.rglob(f"{old}_*.txt")
        path.rename(path.with_name(path.name.replace(old, new)))
    for name in ("sct2_RelationshipConcreteValues_Snapshot_INT", "sct2_StatedRelationship_Snapshot_INT"):
        (folder / f"{name}_20260901.txt").write_text("not read")
    assert only(read(folder, ours(AML))).label == "Acute myeloid leukemia"


def test_the_packages_of_an_edition_are_read_together(tmp_path: Path) -> None:
    write(tmp_path / "international", release())
    later: Rows = {content: [] for content in release()}
    later["concept"] = [(BLOOD, "20260301", "0", CORE, "x")]
    gone = list(release()["relationship"][1])
    gone[1:3] = ["20260301", "0"]
    later["relationship"] = [tuple(gone)]
    write(tmp_path / "extension", later)
    found = read(tmp_path, ours(AML, BLOOD))
    assert {status.code.partition(":")[2]: status.active for status in found.statuses} == {AML: True, BLOOD: False}
    assert Edge(IRI + AML, IS_A, IRI + BLOOD) not in found.edges


def test_progress_reaches_its_end_and_never_runs_back(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    read_rf2(write(tmp_path, release()), ours(AML), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0


def refused(path: Path, relations: tuple[str, ...] = ()) -> str:
    with pytest.raises(ReleaseError) as caught:
        read(path, ours(AML), relations)
    return str(caught.value)


def test_a_truncated_zip(tmp_path: Path) -> None:
    archive = pack(write(tmp_path / "release", release()), tmp_path / "release.zip")
    archive.write_bytes(archive.read_bytes()[:-200])
    assert "cut off or damaged" in refused(archive)


def test_a_zip_with_a_changed_byte(tmp_path: Path) -> None:
    # Packed without compression, so that the byte is changed in the text and only the checksum tells.
    folder, archive = write(tmp_path / "release", release()), tmp_path / "release.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*.txt")):
            packed.write(path, path.name)
    content = archive.read_bytes()
    assert content.count(b"Acute granulocytic") == 1
    archive.write_bytes(content.replace(b"Acute granulocytic", b"Acute granulocytoc"))
    message = refused(archive)
    assert "sct2_Description_Snapshot-en_INT_20260901.txt" in message
    assert "damaged" in message


def test_a_zip_that_would_fill_the_disk_is_not_read(tmp_path: Path) -> None:
    folder, archive = write(tmp_path / "release", release()), tmp_path / "release.zip"
    pack(folder, archive)
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x/sct2_Concept_Snapshot_INT_20260902.txt", bytes(65 << 20))
    assert "times its size" in refused(archive)


def test_a_file_that_is_no_zip_and_a_path_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "release.zip").write_text("no zip")
    assert "damaged" in refused(tmp_path / "release.zip")
    assert "No such file" in refused(tmp_path / "missing.zip")


def test_a_folder_without_a_release(tmp_path: Path) -> None:
    assert "no SNOMED CT release" in refused(tmp_path)


def test_a_delta_alone(tmp_path: Path) -> None:
    message = refused(write(tmp_path, release(), "Delta"))
    assert "Delta" in message
    assert "Snapshot or the Full" in message


@pytest.mark.parametrize("content", ["concept", "description", "relationship", "association"])
def test_a_missing_file_is_named(tmp_path: Path, content: str) -> None:
    rows = release()
    del rows[content]
    name = Path(names("Snapshot")[content]).name.replace("INT_20260901", "…")
    assert name in refused(write(tmp_path, rows))


def test_without_a_language_refset_the_full_name_serves(tmp_path: Path) -> None:
    rows = release()
    del rows["language"]
    assert only(read(write(tmp_path, rows), ours(AML))).label == "Acute myeloid leukemia"


def test_another_language_is_preferred_where_asked(tmp_path: Path) -> None:
    rows = release()
    rows["language"].append(("l9", "20200101", "1", CORE, "722130004", sctid(5, "01"), PREFERRED))
    found = read_rf2(write(tmp_path, rows), ours(AML), language="de")
    assert only(found).label == "Akute myeloische Leukämie"
    assert found.language == "de"


def test_a_preference_out_of_use_and_one_of_another_language_do_not_count(tmp_path: Path) -> None:
    rows = release()
    rows["language"] = [
        ("l1", "20200101", "0", CORE, US, sctid(2, "01"), PREFERRED),
        ("l2", "20200101", "1", CORE, GB, sctid(3, "01"), PREFERRED),
        ("l3", "20200101", "1", CORE, "722130004", sctid(5, "01"), PREFERRED),
    ]
    assert only(read(write(tmp_path / "a", rows), ours(AML))).label == "Acute myeloid leukemia"
    rows["language"] = [("l3", "20200101", "1", CORE, "722130004", sctid(5, "01"), PREFERRED)]
    rows["description"][0] = described(1, AML, FULLY, "AML as a disorder (disorder)")
    assert only(read(write(tmp_path / "b", rows), ours(AML))).label == "AML as a disorder"


def change(folder: Path, content: str, old: bytes, new: bytes) -> Path:
    path = folder / "Snapshot" / names("Snapshot")[content]
    before = path.read_bytes()
    assert old in before
    path.write_bytes(before.replace(old, new, 1))
    return folder


def test_wrong_columns_are_told_with_the_file(tmp_path: Path) -> None:
    message = refused(change(write(tmp_path, release()), "description", b"languageCode", b"language"))
    assert "sct2_Description_Snapshot-en_INT_20260901.txt:1" in message
    assert "“language” where “languageCode” belongs" in message


def test_a_row_of_another_width_is_told_with_its_line(tmp_path: Path) -> None:
    message = refused(change(write(tmp_path, release()), "concept", f"{DISEASE}\t".encode(), DISEASE.encode()))
    assert "sct2_Concept_Snapshot_INT_20260901.txt:3: the row has 4 cells, not 5" in message


def test_text_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    message = refused(change(write(tmp_path, release()), "description", "ä".encode(), "ä".encode("latin-1")))
    assert "sct2_Description_Snapshot-en_INT_20260901.txt:6: byte 0xe4 is not UTF-8" in message


def test_a_file_that_stops_in_a_line(tmp_path: Path) -> None:
    folder = write(tmp_path, release())
    path = folder / "Snapshot" / names("Snapshot")["relationship"]
    os.truncate(path, path.stat().st_size - 2)
    assert "without a line end" in refused(folder)


def test_an_empty_file(tmp_path: Path) -> None:
    folder = write(tmp_path, release())
    os.truncate(folder / "Snapshot" / names("Snapshot")["association"], 0)
    assert "der2_cRefset_AssociationSnapshot_INT_20260901.txt: the file is empty" in refused(folder)


def test_a_cell_that_is_no_number(tmp_path: Path) -> None:
    row = f"\t{AML}\t{LEUKEMIA}\t".encode()
    assert "no number" in refused(change(write(tmp_path, release()), "relationship", row, b"\tx\ty\t"))


def test_a_concept_file_that_lacks_an_ancestor(tmp_path: Path) -> None:
    rows = release()
    del rows["concept"][0]
    assert f"the concept {ROOT} has relationships and is not in the concept file" in refused(write(tmp_path, rows))


def test_a_hierarchy_in_a_circle(tmp_path: Path) -> None:
    rows = release()
    rows["relationship"].append(
        (sctid(99, "02"), "20200101", "1", CORE, DISEASE, AML, "0", IS, INFERRED, "x"),
    )
    message = refused(write(tmp_path, rows))
    assert "runs in a circle" in message
    assert IRI + AML in message


def test_a_relation_that_is_no_concept(tmp_path: Path) -> None:
    assert "check digit" in refused(write(tmp_path, release()), relations=("363698008",))


@pytest.mark.parametrize(
    ("identifier", "wrong"),
    [
        ("22298006", ""),
        ("22298007", "check digit"),
        ("22289006", "check digit"),
        (sctid(123456, "01"), "description"),
        (sctid(123456, "12"), "relationship"),
        (sctid(123456, "05"), "no known kind"),
        ("022298006", "6 to 18 digits"),
        ("2229800a", "6 to 18 digits"),
    ],
)
def test_identifiers(identifier: str, wrong: str) -> None:
    assert wrong in fault(identifier)
    assert bool(wrong) == bool(fault(identifier))
