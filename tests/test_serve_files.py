"""RDF files served as they are: what is loaded, what is refused, and that nothing is left behind."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions

from kg.errors import ConfigError
from kg.load import AT_ONCE, FORMATS, GRAPH, graph_names, loaded
from kg.snapshot import CURRENT, Snapshot, open_current
from tests.conftest import ROOT
from tests.live_server import free_port, live, path_of

FILES = {
    ".ttl": '<http://e/s> <http://e/p> "o" .',
    ".nt": '<http://e/s> <http://e/p> "o" .',
    ".nq": '<http://e/s> <http://e/p> "o" <http://e/g> .',
    ".trig": '<http://e/g> { <http://e/s> <http://e/p> "o" }',
    ".jsonld": '{"@id": "http://e/s", "http://e/p": "o"}',
    ".json": '{"@id": "http://e/g", "@graph": [{"@id": "http://e/s", "http://e/p": "o"}]}',
    ".n3": '<http://e/s> <http://e/p> "o" .',
}
RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/s"><e:p>o</e:p></rdf:Description></rdf:RDF>'
)
FILES |= dict.fromkeys((".rdf", ".owl", ".xml"), RDF_XML)
QUADS = {".nq", ".trig", ".json"}


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)


def left(tmp_path: Path) -> list[str]:
    """Snapshots in the temporary folder, and whatever else is in it but the counts of a server."""
    names = [path.name for path in (tmp_path / "temporary").iterdir()]
    return [name for name in names if not name.startswith("sanctuary-counts-")]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def rows(snapshot: Snapshot, query: str) -> list[list[str]]:
    found = snapshot.query(query)
    assert isinstance(found, QuerySolutions)
    return sorted(["" if term is None else str(term) for term in row] for row in found)


def number(snapshot: Snapshot, pattern: str) -> int:
    return int(rows(snapshot, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0][0].split('"')[1])


def test_every_extension_is_tried() -> None:
    assert set(FILES) == set(FORMATS)


@pytest.mark.parametrize("packed", ["", ".gz", ".GZ"])
@pytest.mark.parametrize("extension", FORMATS)
def test_each_syntax(tmp_path: Path, extension: str, packed: str) -> None:
    path = tmp_path / f"my file{extension}{packed}"
    path.write_bytes(gzip.compress(FILES[extension].encode()) if packed else FILES[extension].encode())
    with loaded([path]) as snapshots:
        snapshot = open_current(snapshots)
        graph = "http://e/g" if extension in QUADS else f"{GRAPH}my%20file{extension}{packed}"
        everything = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"
        assert rows(snapshot, everything) == [[f"<{graph}>", "<http://e/s>", "<http://e/p>", '"o"']]
        assert rows(snapshot, "SELECT ?s ?p ?o { ?s ?p ?o }") == [["<http://e/s>", "<http://e/p>", '"o"']]
        assert snapshot.manifest["counts"] == {"quads": 1, "files": 1}
        assert str(tmp_path) not in json.dumps(snapshot.manifest)


def test_the_default_graph_is_the_union_with_each_triple_once(tmp_path: Path) -> None:
    same = "<http://e/s> <http://e/p> _:x . _:x <http://e/p> <http://e/o> . <http://e/a> <http://e/b> <#c> ."
    files = [
        write(tmp_path / "a.ttl", same),
        write(tmp_path / "b.ttl", same),
        write(tmp_path / "c.trig", "<http://e/a> <http://e/b> 1 . <http://e/g> { <http://e/a> <http://e/b> 1 }"),
        write(tmp_path / "d.nq", "_:n <http://e/q> _:x _:graph .\n_:x <http://e/q> _:n _:graph .\n"),
    ]
    with loaded(files) as snapshots:
        snapshot = open_current(snapshots)
        assert number(snapshot, "?s <http://e/b> 1") == 1
        assert number(snapshot, "GRAPH ?g { ?s <http://e/b> 1 }") == 2
        assert number(snapshot, "?s <http://e/p> ?x . ?x <http://e/p> ?o") == 2, "a blank node is of its file alone"
        assert number(snapshot, "?n <http://e/q> ?x . ?x <http://e/q> ?n") == 2
        # A blank node is the same one in its graph and in the union.
        assert number(snapshot, "?s <http://e/p> ?x . GRAPH ?g { ?s <http://e/p> ?x }") == 2 + 2
        objects = rows(snapshot, "SELECT ?o { ?s <http://e/b> ?o FILTER(isIRI(?o)) }")
        assert objects == [[f"<{GRAPH}{name}#c>"] for name in ("a.ttl", "b.ttl")]
        assert number(snapshot, "?s ?p ?o") == 3 + 3 + 1 + 2
        assert snapshot.manifest["counts"] == {"quads": 10, "files": 4}


def test_more_than_is_held_in_memory_at_once(tmp_path: Path) -> None:
    many = AT_ONCE // 2 + 1000
    lines = (f'<http://e/{n % 1000}> <http://e/p> "{n % (many - 7)}" .\n' for n in range(many))
    path = write(tmp_path / "many.nt.gz", "".join(lines))
    told: list[tuple[str, int, int]] = []
    with loaded([path], lambda *step: told.append(step)) as snapshots:
        distinct = len({(n % 1000, n % (many - 7)) for n in range(many)})
        assert number(open_current(snapshots), "?s ?p ?o") == distinct
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1] == ("many.nt.gz", path.stat().st_size, path.stat().st_size)


def test_graphs_are_named_after_files() -> None:
    here = ROOT / "ontology" / "core.ttl"
    assert graph_names([here, here, ROOT / "ontology" / ".." / "ontology" / "core.ttl"]).keys() == {here}


def test_files_of_one_name_have_graphs_of_their_own(tmp_path: Path) -> None:
    files = [write(tmp_path / folder / "x.nt", f'<http://e/{folder}> <http://e/p> "" .') for folder in "abc"]
    assert [one.value for one in graph_names(files).values()] == [f"{GRAPH}x.nt{n}" for n in ("", "~2", "~3")]


def test_the_version_follows_from_the_content(tmp_path: Path) -> None:
    def version(text: str, name: str = "a.nt") -> str:
        with loaded([write(tmp_path / name, text)]) as snapshots:
            assert (snapshots / CURRENT).readlink().name == open_current(snapshots).version
            return open_current(snapshots).version

    one = '<http://e/s> <http://e/p> "1" .\n'
    assert version(one) == version(one)
    assert len({version(one), version(one.replace("1", "2")), version(one, "b.nt")}) == 3
    assert left(tmp_path) == []


def broken_gzip(text: str) -> bytes:
    """gzip whose content is changed so that it still unpacks, to text that does not parse."""
    whole = bytearray(gzip.compress(text.encode(), 0))
    whole[whole.index(b"<http://e/p>")] = ord("?")
    return bytes(whole)


GOOD = '<http://e/s> <http://e/p> "o" .\n'
REFUSED = [
    ("a.ttl", b"<http://e/s> <http://e/p> 1 .\n<http://e/s> e:p 1 .\n", "a.ttl:2:14: it does not parse: "),
    ("a.nt.gz", gzip.compress(GOOD.encode() + b"<http://e/s> 5"), "a.nt.gz:2:14: it does not parse: "),
    ("a.ttl", b'<http://e/s> <http://e/p> "\xff" .', "a.ttl:1:"),
    ("a.rdf", b"<a>\n</b>", "a.rdf"),
    ("a.jsonld", b'{"@id":\n 5 5}', "a.jsonld:2:"),
    ("a.jsonld", b'{"@context": "https://schema.org/"}', "a.jsonld: it does not parse: No LoadDocumentCallback"),
    ("a.n3", b"{ <http://e/s> <http://e/p> 1 } <http://e/implies> <http://e/o> .", "it holds a formula of N3"),
    ("a.ttl.gz", gzip.compress(GOOD.encode() * 9000)[:-12], "a.ttl.gz is damaged: it is not whole gzip ("),
    ("a.ttl.gz", b"not gzip at all", "a.ttl.gz is damaged: it is not whole gzip ("),
    ("a.ttl.gz", broken_gzip(GOOD), "a.ttl.gz is damaged: it is not whole gzip (CRC check failed"),
    ("a.csv", b"a,b", "a.csv has no known extension. Known are .ttl, .nt,"),
    ("a.ttl.bz2", bz2.compress(GOOD.encode()), "a.ttl.bz2 has no known extension."),
    ("a.gz", gzip.compress(GOOD.encode()), "a.gz has no known extension."),
    ("ttl", GOOD.encode(), "ttl has no known extension."),
]


@pytest.mark.parametrize(("name", "content", "expected"), REFUSED, ids=lambda one: str(one)[:24])
def test_a_file_that_cannot_be_taken(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    good = write(tmp_path / "good.ttl", GOOD)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught, loaded([good, tmp_path / name]):
        pytest.fail("it was loaded")
    sentence = str(caught.value)
    assert expected in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert left(tmp_path) == []


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path, expected in ((tmp_path / "nowhere.ttl", "There is no file "), (tmp_path, "is not a file.")):
        with pytest.raises(ConfigError, match=expected), loaded([path]):
            pytest.fail("it was loaded")


def test_a_disk_that_is_full_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.load._quads", full)
    sentence = r"a\.ttl cannot be loaded: No space left on device\."
    with pytest.raises(ConfigError, match=sentence), loaded([write(tmp_path / "a.ttl", GOOD)]):
        pytest.fail("it was loaded")


def sanctuary(*arguments: str | Path, program: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(["-c", program] if program else ["-m", "kg.cli"]), *map(str, arguments)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)


def one_sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith("sanctuary: ")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_the_command_refuses_in_one_sentence(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good.ttl", GOOD), write(tmp_path / "bad.ttl", GOOD + "<")
    port = str(free_port())
    assert "bad.ttl:2:" in one_sentence(sanctuary("serve", "--port", port, bad), 2)
    assert "There is no file" in one_sentence(sanctuary("serve", "--port", port, tmp_path / "nowhere.ttl"), 2)
    assert "no known extension" in one_sentence(sanctuary("serve", "--port", port, ROOT / "README.md"), 2)
    assert "There is no snapshot in" in one_sentence(sanctuary("serve", "--port", port, "--snapshots", tmp_path), 1)
    log = tmp_path / "missing" / "log"
    assert "missing/log cannot be used" in one_sentence(sanctuary("serve", good, "--access-log", log), 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = sanctuary("serve", "--port", str(taken.getsockname()[1]), good)
        assert "cannot be listened on: Address already in use. Choose another --port." in one_sentence(done, 2)
    assert left(tmp_path) == []


def test_a_damaged_snapshot_is_refused_in_one_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "snapshots" / "0"
    (damaged / "store").mkdir(parents=True)
    (damaged.parent / CURRENT).symlink_to("0")
    serve = ("serve", "--port", str(free_port()), "--snapshots", damaged.parent)
    assert "is damaged" in one_sentence(sanctuary(*serve), 1)
    (damaged / "manifest.json").write_text('{"version": "0"}', encoding="utf-8")
    assert "is damaged" in one_sentence(sanctuary(*serve), 1)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_files_are_served_until_the_server_is_stopped(tmp_path: Path, stop: signal.Signals) -> None:
    files = [write(tmp_path / "a.ttl", GOOD), write(tmp_path / "b.nq.gz", FILES[".nq"])]
    log = tmp_path / "server.log"
    with live(log, *map(str, files), "--processes", "1", "--timeout", "5") as server:
        assert len(left(tmp_path)) == 1
        reply = server.ask("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
        found = list(csv.reader(io.StringIO(reply.body.decode())))
        assert found == [["g", "o"], ["http://e/g", "o"], [f"{GRAPH}a.ttl", "o"]]
        assert b"files-" in server.get("/", {}).body
        assert b"at most 5." in server.get(path_of("ASK {}", timeout="x"), {}).body, "settings are in force"
        server.process.send_signal(stop)
        assert server.process.wait(60) == 0
    assert left(tmp_path) == []
    assert "Traceback" not in log.read_text()


SLOW = """
import sys, time
import kg.load
from pathlib import Path

real = kg.load._quads

def slow(*arguments):
    for quad in real(*arguments):
        Path(sys.argv[-1]).with_suffix(".begun").touch()
        time.sleep(0.01)
        yield quad

kg.load._quads = slow
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent in the background may have had it ignored
from kg.cli import main
main()
"""


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen")


@pytest.mark.parametrize(
    ("stop", "code", "said"),
    [(signal.SIGINT, 130, "sanctuary: interrupted; nothing was changed.\n"), (signal.SIGTERM, 143, "")],
)
def test_stopped_while_it_loads(tmp_path: Path, stop: signal.Signals, code: int, said: str) -> None:
    path = write(tmp_path / "a.nt", "".join(f'<http://e/s> <http://e/p> "{n}" .\n' for n in range(100_000)))
    command = [sys.executable, "-c", SLOW, "serve", "--port", str(free_port()), str(path)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(path.with_suffix(".begun").exists)
        assert len(left(tmp_path)) == 1
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", said)
    assert left(tmp_path) == []
