"""A snapshot opens for reading only, and says in words what is wrong with it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QueryBoolean, Store

from kg.errors import QueryError, SnapshotError
from kg.namespaces import PREFIXES
from kg.snapshot import CURRENT, MANIFEST, STORE, Snapshot, locked, open_current, open_snapshot, publish


@pytest.fixture
def copy(snapshot: Snapshot, tmp_path: Path) -> Path:
    """A copy of the snapshot, to be damaged."""
    return Path(shutil.copytree(snapshot.folder, tmp_path / snapshot.folder.name))


def one_sentence(error: pytest.ExceptionInfo[SnapshotError]) -> str:
    """The message, which is for people: one line that tells what to do."""
    text = str(error.value)
    assert len(text.splitlines()) == 1
    assert text.endswith((".", "!"))
    assert "Traceback" not in text
    return text


def test_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError) as error:
        open_current(tmp_path / "nowhere")
    assert one_sentence(error) == f"There is no snapshot in {tmp_path / 'nowhere'}. Run “sanctuary build” first."


def test_a_link_to_a_snapshot_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / CURRENT).symlink_to("0.1.0-gone")
    with pytest.raises(SnapshotError, match="There is no snapshot"):
        open_current(tmp_path)


def test_a_missing_manifest(copy: Path) -> None:
    (copy / MANIFEST).unlink()
    with pytest.raises(SnapshotError) as error:
        open_snapshot(copy)
    assert MANIFEST in one_sentence(error)
    assert "Build again." in str(error.value)


@pytest.mark.parametrize("text", ["", '{"version": ', "\N{REPLACEMENT CHARACTER}"])
def test_a_manifest_that_is_not_json(copy: Path, text: str) -> None:
    (copy / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(SnapshotError, match="is damaged"):
        open_snapshot(copy)


def test_a_manifest_that_is_not_utf_8(copy: Path) -> None:
    (copy / MANIFEST).write_bytes(b'{"version": "\xff"}')
    with pytest.raises(SnapshotError, match="is damaged"):
        open_snapshot(copy)


@pytest.mark.parametrize("value", [{"name": "package.json of something"}, ["version"], 7])
def test_a_manifest_of_something_else(copy: Path, value: object) -> None:
    (copy / MANIFEST).write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(SnapshotError) as error:
        open_snapshot(copy)
    assert "is not one of this project" in one_sentence(error)


def test_a_missing_store(copy: Path) -> None:
    shutil.rmtree(copy / STORE)
    with pytest.raises(SnapshotError) as error:
        open_snapshot(copy)
    assert "is damaged" in one_sentence(error)


@pytest.mark.parametrize("pattern", ["*.sst", "MANIFEST-*", "CURRENT"])
def test_a_truncated_store(copy: Path, pattern: str) -> None:
    file = max((copy / STORE).glob(pattern), key=lambda path: path.stat().st_size)
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(SnapshotError) as error:
        open_snapshot(copy)
    assert "is damaged" in one_sentence(error)
    assert "Build again." in str(error.value)


def test_a_damaged_snapshot_is_replaced_when_the_same_is_built_again(
    copy: Path, snapshot: Snapshot, tmp_path: Path
) -> None:
    (copy / MANIFEST).unlink()
    partial = Path(shutil.copytree(snapshot.folder, tmp_path / ".partial-1"))
    assert publish(partial, tmp_path, snapshot.version) == copy
    assert open_current(tmp_path).folder == copy.resolve()
    assert sorted(path.name for path in tmp_path.iterdir()) == [snapshot.version, CURRENT]


def test_a_sound_snapshot_is_kept_when_the_same_is_built_again(copy: Path, snapshot: Snapshot, tmp_path: Path) -> None:
    inode = copy.stat().st_ino
    partial = Path(shutil.copytree(snapshot.folder, tmp_path / ".partial-1"))
    assert publish(partial, tmp_path, snapshot.version).stat().st_ino == inode
    assert sorted(path.name for path in tmp_path.iterdir()) == [snapshot.version, CURRENT]


def test_it_is_read_only(snapshot: Snapshot) -> None:
    node = NamedNode("https://example.org/x")
    with pytest.raises((OSError, ValueError, RuntimeError)):
        snapshot.store.add(Quad(node, node, node, node))
    with pytest.raises(QueryError, match="does not parse"):
        snapshot.query("INSERT DATA { <x:s> <x:p> <x:o> }")
    assert (node, node) not in {(q.subject, q.predicate) for q in snapshot.store.quads_for_pattern(node, None, None)}


def test_reading_changes_no_file(copy: Path) -> None:
    def state() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in copy.rglob("*")}

    before = state()
    opened = open_snapshot(copy)
    assert bool(opened.query("ASK { ?s ?p ?o }"))
    del opened
    assert state() == before


def test_two_readers_at_once(snapshot: Snapshot) -> None:
    other = open_snapshot(snapshot.folder)
    assert bool(other.query("ASK { ?c a sanct:Case }")) is bool(snapshot.query("ASK { ?c a sanct:Case }")) is True


@pytest.mark.parametrize(
    ("sparql", "place", "line"),
    [
        ("SELECT * WHERE { ?s ?p }", "line 1, column ", "SELECT * WHERE { ?s ?p }"),
        (
            "SELECT *\nWHERE {\n  ?case a sanct:Case .\n  ?case . sanct:sex ?x\n}",
            "line 4, column ",
            "?case . sanct:sex ?x",
        ),
        ("SELECT * WHERE { ?s a unknown:Thing }", "line 1, column ", "unknown:Thing"),
    ],
)
def test_a_query_that_does_not_parse(snapshot: Snapshot, sparql: str, place: str, line: str) -> None:
    with pytest.raises(QueryError) as error:
        snapshot.query(sparql)
    text = str(error.value)
    assert text.startswith("The query does not parse")
    assert place in text
    assert line in text


def test_a_long_line_is_cut_in_the_message(snapshot: Snapshot) -> None:
    with pytest.raises(QueryError) as error:
        snapshot.query("SELECT * WHERE { ?s ?p " + " " * 10 + "x" * 5000 + " }")
    assert len(str(error.value)) < 400
    assert "…" in str(error.value)


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_the_prefixes_are_known(snapshot: Snapshot, prefix: str) -> None:
    answer = snapshot.query(f"ASK {{ FILTER(STR({prefix}:x) = '{PREFIXES[prefix]}x') }}")
    assert isinstance(answer, QueryBoolean)
    assert bool(answer)


def test_a_query_may_declare_a_prefix_itself(snapshot: Snapshot) -> None:
    assert not bool(snapshot.query("PREFIX sanct: <https://example.org/> ASK { ?c a sanct:Case }"))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SnapshotError, match="Choose another --snapshots"), locked(tmp_path / "file" / "snapshots"):
        pass


def test_version_and_path_come_from_the_folder(snapshot: Snapshot) -> None:
    assert snapshot.version == snapshot.folder.name
    assert snapshot.nquads.is_file()
    assert isinstance(snapshot.store, Store)
