"""The command line as a person or a script meets it: a process, its two streams and its exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pyoxigraph import RdfFormat, parse

from kg import __version__
from kg.cli.main import app
from kg.config import shipped
from kg.snapshot import CURRENT, Snapshot, open_current
from tests.conftest import ROOT

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
CASES = "SELECT ?case WHERE { ?case a sanct:Case } ORDER BY ?case"


def environment(snapshots: Path) -> Mapping[str, str]:
    plain = {"PYTHONPATH": str(ROOT), "SANCTUARY_SNAPSHOTS": str(snapshots), "COLUMNS": "120", "NO_COLOR": "1"}
    return {**os.environ, **plain, "SANCTUARY_TERMINOLOGIES": str(snapshots / "no-terminologies")}


@pytest.fixture(scope="module")
def run(snapshot: Snapshot) -> Run:
    """Run ``sanctuary`` on the session's snapshot."""

    def sanctuary(*arguments: str | Path, stdin: str = "", program: str = "", cwd: Path = ROOT, **more: str) -> Done:
        command = [sys.executable, *(["-c", program] if program else ["-m", "kg.cli"]), *map(str, arguments)]
        env, pipe = {**environment(snapshot.folder.parent), **more}, subprocess.PIPE
        return subprocess.run(command, input=stdin, cwd=cwd, env=env, stdout=pipe, stderr=pipe, text=True, check=False)

    return sanctuary


def failed(done: Done, code: int) -> str:
    """The sentence that a failed command says, and nothing else."""
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("sanctuary: ")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def commands(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, found in the program itself."""
    yield path
    for name, command in getattr(node, "commands", {}).items():
        yield from commands(command, (*path, name))


COMMANDS = list(commands(typer.main.get_command(app)))
GROUPS = {(), ("evidence",), ("link",)}


def test_the_commands_are_found() -> None:
    assert {(), ("build",), ("query",), ("serve",), ("evidence", "check")} <= set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_it_does_and_shows_an_example(run: Run, path: tuple[str, ...]) -> None:
    done = run(*path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout
    if path not in GROUPS:
        assert "Example" in done.stdout
        assert " ".join(("sanctuary", *path)) in " ".join(done.stdout.replace("│", " ").split())


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_select_as_rows(run: Run, snapshot: Snapshot, form: str, delimiter: str) -> None:
    done = run("query", CASES, "--format", form)
    rows = list(csv.reader(io.StringIO(done.stdout), delimiter=delimiter))
    assert (done.returncode, done.stderr) == (0, "")
    assert [cell.lstrip("?") for cell in rows[0]] == ["case"]
    assert len(rows) - 1 == snapshot.manifest["counts"]["cases"]
    assert any("https://w3id.org/sanctuary-kg/case/baek-2021-1" in row[0] for row in rows)


def test_select_as_json_xml_and_table(run: Run, snapshot: Snapshot) -> None:
    cases = snapshot.manifest["counts"]["cases"]
    bindings = json.loads(run("query", CASES, "-f", "json").stdout)["results"]["bindings"]
    assert len(bindings) == cases
    tree = ET.fromstring(run("query", CASES, "-f", "xml").stdout)
    assert len(tree.findall(".//{*}result")) == cases
    table = run("query", CASES, "-f", "table")
    assert len(table.stdout.splitlines()) == cases + 2
    assert "skg:case/baek-2021-1" in table.stdout
    assert table.stderr == f"{cases} rows\n"
    assert run("query", CASES).stdout == run("query", CASES, "-f", "csv").stdout, "a pipe gets CSV"


def test_ask(run: Run) -> None:
    ask = "ASK { ?case a sanct:Case }"
    assert run("query", ask).stdout == "yes\n"
    assert run("query", "ASK { ?case a sanct:Nothing }", "-f", "table").stdout == "no\n"
    assert json.loads(run("query", ask, "-f", "json").stdout)["boolean"] is True
    assert ET.fromstring(run("query", ask, "-f", "xml").stdout).findtext(".//{*}boolean") == "true"
    for form in ("csv", "tsv"):
        assert "An ASK answer cannot be written as" in failed(run("query", ask, "-f", form), 1)


def test_construct(run: Run, snapshot: Snapshot) -> None:
    construct = "CONSTRUCT { ?case a sanct:Case } WHERE { ?case a sanct:Case }"
    for form, rdf in (("auto", RdfFormat.TURTLE), ("turtle", RdfFormat.TURTLE), ("ntriples", RdfFormat.N_TRIPLES)):
        quads = list(parse(run("query", construct, "-f", form).stdout, format=rdf))
        assert len(quads) == snapshot.manifest["counts"]["cases"]
    for form in ("csv", "tsv", "json", "xml"):
        assert "Use turtle or ntriples." in failed(run("query", construct, "-f", form), 1)
    assert "is not a graph" in failed(run("query", CASES, "-f", "turtle"), 1)


def test_a_query_from_an_argument_a_file_and_standard_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cases.rq").write_text(CASES, encoding="utf-8")
    given = run("query", CASES).stdout
    assert given.count("\n") > 1
    assert run("query", "cases.rq", cwd=tmp_path).stdout == given
    assert run("query", "-", stdin=CASES).stdout == given


def test_what_goes_wrong_is_one_sentence_and_an_exit_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bytes.rq").write_bytes(b"\xff\xfe{")
    assert "does not parse at line 1, column" in failed(run("query", "SELECT * WHERE { ?s ?p }"), 1)
    assert "neither SPARQL nor a file" in failed(run("query", "nowhere.rq"), 1)
    assert "cannot be read" in failed(run("query", tmp_path / "bytes.rq"), 1)
    assert "There is no snapshot in" in failed(run("info", SANCTUARY_SNAPSHOTS=str(tmp_path)), 1)
    assert "There is no snapshot in" in failed(run("export", "--snapshots", tmp_path), 1)
    assert "There is no graph “nowhere”. The graphs are:" in failed(run("export", "--graph", "nowhere"), 2)
    assert "There is no record in" in failed(run("check", "--data", tmp_path), 2)
    failed(run("export", "-o", tmp_path / "missing" / "out.nq"), 2)


def test_a_query_that_fails_while_it_is_answered(run: Run) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for form in ("csv", "table"):
        query = f"SELECT * WHERE {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
        done = run("query", query, "-f", form)
        assert done.returncode == 1
        assert done.stderr.startswith("sanctuary: The query cannot be evaluated")
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk(snapshot: Snapshot) -> None:
    for arguments in (["export"], ["query", CASES], ["info"]):
        with Path("/dev/full").open("w") as full:
            command, env = [sys.executable, "-m", "kg.cli", *arguments], environment(snapshot.folder.parent)
            done = subprocess.run(command, env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr == "sanctuary: The output cannot be written: No space left on device.\n"


@pytest.mark.parametrize(
    "arguments", [["query"], ["nonsense"], ["query", CASES, "--format", "pdf"], ["export", "--format", "pdf"]]
)
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_that_cannot_be_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "bad.yaml").write_text("record: Bad Name\n", encoding="utf-8")
    (tmp_path / "references.yaml").write_bytes((shipped("data") / "references.yaml").read_bytes())
    for command in ("check", "build"):
        done = run(command, "--data", tmp_path, SANCTUARY_SNAPSHOTS=str(tmp_path / "snapshots"))
        assert (done.returncode, done.stdout) == (3, "")
        assert "bad.yaml:1" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "snapshots" / CURRENT).exists()


@pytest.mark.parametrize(
    "arguments",
    [["export"], ["export", "-f", "turtle"], ["schema"], ["info", "--json"], ["statistics"], ["query", CASES]],
    ids=" ".join,
)
def test_a_reader_that_has_seen_enough(snapshot: Snapshot, arguments: list[str]) -> None:
    command, env = [sys.executable, "-m", "kg.cli", *arguments], environment(snapshot.folder.parent)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


INTERRUPTED = """
import os, signal, sys
import kg.build

real, stage = kg.build.build, sys.argv.pop()

def run(*folders_and_callback, **more):
    *folders, tell = folders_and_callback
    def on_stage(name):
        tell(name)
        if name == stage:
            os.kill(os.getpid(), signal.SIGINT)
    return real(*folders, on_stage, **more)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent in the background may have had it ignored
kg.build.build = run
from kg.cli import main
main()
"""


@pytest.mark.parametrize("stage", ["read", "reason", "write"])
def test_control_c_during_a_build(run: Run, snapshot: Snapshot, stage: str) -> None:
    done = run("build", stage, program=INTERRUPTED)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "sanctuary: interrupted; nothing was changed.\n", "no progress bar in a pipe, no traceback"
    assert open_current(snapshot.folder.parent).version == snapshot.version


def test_info_and_version(run: Run, snapshot: Snapshot) -> None:
    assert run("--version").stdout == f"sanctuary-kg {__version__}\n"
    assert json.loads(run("info", "--json").stdout) == snapshot.manifest
    text = run("info").stdout
    assert snapshot.version in text
    assert f"{snapshot.manifest['counts']['quads']:,}" in text


def test_statistics_in_a_pipe_are_tab_separated(run: Run, snapshot: Snapshot) -> None:
    done = run("statistics")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0] == ["paper", "measure", "stated", "counted", "comparison"]
    assert {len(row) for row in rows} == {5}
    question = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a sanct:ReportedStatistic }"
    assert str(len(rows) - 1) == run("query", question).stdout.splitlines()[1]
    assert {row[4] for row in rows[1:]} <= {"agrees", "nothing to count"}


def test_the_shipped_records_and_their_schema(run: Run) -> None:
    done = run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("nothing to mend.\n")
    assert run("schema").stdout == (shipped("data") / "record.schema.json").read_text(encoding="utf-8")


def test_export_to_a_file_happens_whole_or_not_at_all(run: Run, snapshot: Snapshot, tmp_path: Path) -> None:
    target = tmp_path / "sanctuary.nq"
    target.write_text("the old one", encoding="utf-8")
    assert failed(run("export", "--graph", "nowhere", "-o", target), 2)
    assert target.read_text(encoding="utf-8") == "the old one"
    done = run("export", "-o", target)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert target.read_bytes() == snapshot.nquads.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from kg.cli import main
main()
"""


def test_an_export_that_breaks_off_leaves_the_old_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "sanctuary.nq"
    target.write_text("the old one", encoding="utf-8")
    assert "cannot be written" in failed(run("export", "-o", target, program=LIMITED), 1)
    assert target.read_text(encoding="utf-8") == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_evidence_check(run: Run, sources: Path) -> None:
    done = run("evidence", "check", "--sources", sources)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("(100 % exact)") == len(list((shipped("data") / "records").glob("*.yaml")))


def test_evidence_check_without_the_papers(run: Run, tmp_path: Path) -> None:
    assert "--sources" in failed(run("evidence", "check", cwd=tmp_path), 2)
    assert "--sources" in failed(run("evidence", "check", "--sources", tmp_path / "nowhere"), 2)
    done = run("evidence", "check", "--sources", tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
