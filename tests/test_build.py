"""A build gives the same bytes everywhere, and until it is whole nobody sees it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, parse

from kg import __version__
from kg import namespaces as ns
from kg.build import STAGES, Built, build
from kg.config import shipped
from kg.errors import RecordError, SnapshotError, VerificationError
from kg.graph import canonical_nquads, union_ntriples
from kg.snapshot import CURRENT, NQUADS, Snapshot, locked, open_current, run_query, write_store
from tests.conftest import ROOT

BUILDS_UNTIL = """
import os, pathlib, signal, sys
from kg.build import build
from kg.config import shipped

data, snapshots, last = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if last == "link":
    pathlib.Path.symlink_to = die
build(shipped("ontology"), pathlib.Path(data), shipped("queries"), pathlib.Path(snapshots),
      lambda stage: die() if stage == last else None)
"""
KILLED_AT = ("reason", "write", "verify", "publish", "link")
"""The stages at whose beginning a build is killed, and the moment between its last two steps."""


def start(*command: str, seed: str = "0", **variables: str) -> subprocess.Popen[str]:
    """A Python process that imports the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, **variables}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=pipe, stderr=pipe, text=True)


def leftovers(folder: Path) -> list[Path]:
    return sorted(folder.glob(".partial-*"))


def number(snapshot: Snapshot, pattern: str) -> int:
    """How often a pattern matches."""
    solutions = snapshot.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    assert isinstance(solutions, QuerySolutions)
    return int(next(solutions)["n"].value)


def titles(snapshot: Snapshot) -> int:
    """How many titles say that they were changed; a query that reads every title of the store."""
    return number(snapshot, '?work dcterms:title ?title FILTER(STRSTARTS(STR(?title), "Changed "))')


@pytest.fixture(scope="module")
def service(built: Built, snapshots: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the snapshots folder, for builds that fail."""
    return Path(shutil.copytree(snapshots, tmp_path_factory.mktemp("service") / "snapshots", symlinks=True))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data with another title of a paper."""
    data = Path(shutil.copytree(shipped("data"), tmp_path_factory.mktemp("changed") / "data"))
    path = data / "references.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('    title: "', '    title: "Changed ', 1), encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def killed(service: Path, changed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each moment a folder of snapshots in which a build of the changed data was killed then."""
    folders: dict[str, Path] = {}
    processes = []
    for moment in KILLED_AT:
        folders[moment] = tmp_path_factory.mktemp(moment) / "snapshots"
        shutil.copytree(service, folders[moment], symlinks=True)
        processes.append(start("-c", BUILDS_UNTIL, str(changed), str(folders[moment]), moment))
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == -signal.SIGKILL, errors
    return folders


def test_the_same_files_give_the_same_bytes_in_every_process(built: Built, tmp_path: Path) -> None:
    folders = {seed: tmp_path / seed for seed in ("1", "4242")}
    processes = [start("-m", "kg.cli", "build", "--snapshots", str(f), seed=s) for s, f in folders.items()]
    for process in processes:
        out, errors = process.communicate(timeout=300)
        assert (process.returncode, errors, len(out.splitlines())) == (0, "", 1)
    one, other = (folder / CURRENT for folder in folders.values())
    assert (one / NQUADS).read_bytes() == (other / NQUADS).read_bytes() == (built.folder / NQUADS).read_bytes()
    assert (one / "ontology.ttl").read_bytes() == (other / "ontology.ttl").read_bytes()
    assert one.resolve().name == other.resolve().name == built.folder.name


@pytest.mark.parametrize("moment", KILLED_AT)
def test_a_killed_build_leaves_the_snapshot_in_service(moment: str, killed: dict[str, Path], built: Built) -> None:
    snapshot = open_current(killed[moment])
    assert snapshot.version == built.folder.name
    assert number(snapshot, "?s ?p ?o") == built.manifest["counts"]["quads"]
    assert titles(snapshot) == 0
    assert len(leftovers(killed[moment])) == (moment in ("write", "verify", "publish")), "not killed when it should be"


def test_the_build_after_a_killed_one_removes_what_it_left_and_switches(
    killed: dict[str, Path], changed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "snapshots"
    shutil.copytree(killed["publish"], folder, symlinks=True)
    for moment in ("write", "verify"):
        for leftover in leftovers(killed[moment]):
            shutil.copytree(leftover, folder / leftover.name)
    assert len(leftovers(folder)) == 3
    before, stages = open_current(folder), list[str]()
    after = build(shipped("ontology"), changed, shipped("queries"), folder, stages.append)
    assert tuple(stages) == STAGES
    assert leftovers(folder) == []
    now = open_current(folder)
    assert now.folder == after.folder.resolve()
    assert now.version != before.version
    assert (titles(before), titles(now)) == (0, 1), "whoever has the old snapshot open keeps it"


def test_building_the_same_files_again_keeps_the_snapshot_and_puts_it_in_service(
    killed: dict[str, Path], changed: Path
) -> None:
    folder = killed["link"]  # in which the build was killed when all but the last step was done
    before = open_current(folder).folder
    (whole,) = (path for path in folder.glob(f"{__version__}-*") if path.name != before.name)
    files = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in [whole, *whole.rglob("*")]}
    assert build(shipped("ontology"), changed, shipped("queries"), folder).folder == whole
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in [whole, *whole.rglob("*")]} == files
    assert open_current(folder).folder == whole.resolve()
    assert {path.name for path in folder.iterdir()} == {".lock", CURRENT, before.name, whole.name}


def test_a_record_that_cannot_be_taken_changes_nothing(built: Built, service: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(shipped("data"), tmp_path / "data"))
    record = data / "records" / "hangai-2014.yaml"
    record.write_text(record.read_text(encoding="utf-8") + "\nunheard_of: 1\n", encoding="utf-8")
    with pytest.raises(RecordError, match="unheard_of"):
        build(shipped("ontology"), data, shipped("queries"), service)
    assert open_current(service).version == built.folder.name


def test_a_defect_that_a_verify_query_finds_changes_nothing(
    built: Built, service: Path, changed: Path, tmp_path: Path
) -> None:
    queries = Path(shutil.copytree(shipped("queries"), tmp_path / "queries"))
    text = '#+ summary: "No case may be told."\nSELECT ?case WHERE { ?case a sanct:Case } ORDER BY ?case\n'
    (queries / "verify" / "no-case.rq").write_text(text, encoding="utf-8")
    with pytest.raises(VerificationError, match=r"no-case: No case may be told\. Found: case skg:case/baek-2021-1\n"):
        build(shipped("ontology"), changed, queries, service)
    assert open_current(service).version == built.folder.name
    assert {path.name for path in service.iterdir()} == {".lock", CURRENT, built.folder.name}


def test_a_second_build_at_the_same_time_gets_one_clear_error(service: Path) -> None:
    stages: list[str] = []
    with locked(service):
        with pytest.raises(SnapshotError, match=r"Another build is writing to .* Wait for it to end\."):
            build(shipped("ontology"), shipped("data"), shipped("queries"), service, stages.append)
        process = start("-m", "kg.cli", "build", "--snapshots", str(service))
        out, errors = process.communicate(timeout=60)
    assert stages == []
    assert (process.returncode, out) == (1, "")
    assert errors == f"sanctuary: Another build is writing to {service}. Wait for it to end.\n"
    with locked(service):
        pass  # the lock is free again


def test_the_manifest_says_what_is_inside_and_where_it_came_from(built: Built) -> None:
    manifest = json.loads((built.folder / "manifest.json").read_text(encoding="utf-8"))
    nquads = (built.folder / NQUADS).read_bytes()
    assert manifest["sha256"] == hashlib.sha256(nquads).hexdigest()
    assert manifest["version"] == built.folder.name == f"{__version__}-{manifest['sha256'][:12]}"
    quads = parse(nquads, format=RdfFormat.N_QUADS)
    graphs = Counter(q.graph_name.value.removeprefix(ns.BASE) for q in quads if isinstance(q.graph_name, NamedNode))
    counts = manifest["counts"]
    assert counts["graphs"] == graphs
    assert counts["quads"] == graphs.total() == nquads.count(b"\n")
    assert counts["papers"] == len(list((shipped("data") / "records").glob("*.yaml")))
    files = [*shipped("ontology").glob("*.ttl"), *shipped("data").rglob("*.yaml"), *shipped("data").glob("*.tsv")]
    hashes = {f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert manifest["sources"] == hashes
    assert manifest["tools"]["pyoxigraph"] == version("pyoxigraph")
    assert manifest["tools"]["sanctuary-kg"] == __version__
    assert set(manifest["seconds"]) == set(STAGES) - {"publish"}, "it is written before it is published"
    assert all(seconds >= 0 for seconds in manifest["seconds"].values())
    assert manifest["verification"]["defects"] == 0


def test_the_counts_are_those_of_the_store(snapshot: Snapshot) -> None:
    counts = snapshot.manifest["counts"]
    assert number(snapshot, "GRAPH ?g { ?s ?p ?o }") == counts["quads"]
    cases = snapshot.query("SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c a sanct:Case }")
    assert isinstance(cases, QuerySolutions)
    assert int(next(cases)["n"].value) == counts["cases"]


def test_no_blank_node_is_in_the_store(snapshot: Snapshot) -> None:
    assert number(snapshot, "GRAPH ?g { ?s ?p ?o } FILTER(isBlank(?s) || isBlank(?o) || isBlank(?g))") == 0
    assert number(snapshot, "?s ?p ?o FILTER(isBlank(?s) || isBlank(?o))") == 0


def test_the_store_holds_the_canonical_file_and_its_union(snapshot: Snapshot) -> None:
    file = set(parse(path=snapshot.nquads, format=RdfFormat.N_QUADS))
    held = set(snapshot.store)
    assert {quad for quad in held if isinstance(quad.graph_name, NamedNode)} == file
    assert {quad.triple for quad in held if quad.graph_name == DefaultGraph()} == {quad.triple for quad in file}
    assert number(snapshot, "?s ?p ?o") == len({quad.triple for quad in file})


def test_a_triple_in_two_graphs_counts_once(tmp_path: Path) -> None:
    subject, predicate = NamedNode("https://example.org/s"), NamedNode("https://example.org/p")
    graphs = [NamedNode(f"https://example.org/graph/{name}") for name in "ab"]
    quads = [Quad(subject, predicate, NamedNode("https://example.org/o"), graph) for graph in graphs]
    store = write_store(tmp_path, canonical_nquads(quads), union_ntriples(quads))
    for pattern, expected in (("?s ?p ?o", "1"), ("GRAPH ?g { ?s ?p ?o }", "2")):
        solutions = run_query(store, f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
        assert isinstance(solutions, QuerySolutions)
        assert next(solutions)["n"].value == expected
