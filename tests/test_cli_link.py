"""``sanctuary link`` and ``sanctuary cases`` as one meets them; what is broken leaves nothing half-loaded."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from kg.cli.main import app
from kg.config import shipped
from kg.link.kept import read_kept
from kg.snapshot import Snapshot
from tests.conftest import ROOT
from tests.terminology_fixture import (
    BONE_PAIN,
    BONE_PAIN_THERE,
    MYELOID,
    obo_file,
    our_codes,
    sanctuary,
    snomed_folder,
    snomed_rows,
    snomed_zip,
)
from tests.test_link_rf2 import pack, write

pytest.importorskip("bioregistry")
pytest.importorskip("fastobo")

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder for kept releases that is not there yet."""
    return tmp_path / "kept"


@pytest.fixture
def run(tmp_path: Path, kept: Path) -> Run:
    return lambda *arguments, **more: sanctuary(*arguments, snapshots=tmp_path / "s", terminologies=kept, **more)


@pytest.fixture(scope="module")
def cases(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run ``sanctuary cases`` on the session's snapshot, which has no release beside it."""
    none = tmp_path_factory.mktemp("none")
    return lambda *arguments, **more: sanctuary(
        "cases", *arguments, snapshots=snapshot.folder.parent, terminologies=none, **more
    )


def failed(done: Done, code: int) -> str:
    """The one sentence that a failed command says."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith("sanctuary: ")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


class TestLinking:
    @pytest.mark.parametrize("make", [snomed_folder, snomed_zip], ids=["folder", "zip"])
    def test_a_release_is_read_told_of_and_kept(
        self, run: Run, kept: Path, tmp_path: Path, make: Callable[[Path], Path]
    ) -> None:
        done = run("link", "snomed", make(tmp_path))
        assert done.returncode == 0, done.stderr
        rows = list(csv.reader(io.StringIO(done.stdout), delimiter="\t"))
        assert rows[0] == ["code", "state", "label there", "our label", "use instead"]
        assert [row[:4] for row in rows[1:]] == [
            [f"SNOMEDCT:{BONE_PAIN}", "other label", BONE_PAIN_THERE, "Bone pain (finding)"]
        ]
        codes = len(our_codes())
        sums = f"{codes - 1} in use, 1 in use under another label."
        assert done.stderr.splitlines()[0] == f"SNOMED CT 20260901, {codes} mapped codes: {sums}"
        assert "Run “sanctuary build”" in done.stderr
        (one,) = read_kept(kept)
        assert one.release.labels["http://snomed.info/id/" + MYELOID] == "Made-up myeloid"

    def test_all_codes(self, run: Run, tmp_path: Path) -> None:
        done = run("link", "snomed", snomed_folder(tmp_path), "--all")
        assert len(done.stdout.splitlines()) == len(our_codes()) + 1

    def test_an_ontology(self, run: Run, kept: Path, tmp_path: Path) -> None:
        done = run("link", "obo", obo_file(tmp_path, "HP"))
        assert done.returncode == 0, done.stderr
        assert "HP:0012531\tunknown\t\tPain\t\n" in done.stdout
        assert done.stderr.startswith("Human Phenotype Ontology 2026-09-01, ")
        assert [one.release.slug for one in read_kept(kept)] == ["hp"]

    def test_it_is_kept_though_nobody_reads_on(self, run: Run, kept: Path, tmp_path: Path) -> None:
        program = "import sys; sys.stdout.close = lambda: None\nimport os; os.close(1)\nfrom kg.cli import main; main()"
        run("link", "obo", obo_file(tmp_path, "HP"), program=program)
        assert [one.release.slug for one in read_kept(kept)] == ["hp"]

    def test_listed_and_forgotten(self, run: Run, kept: Path, tmp_path: Path) -> None:
        assert "No release is kept in" in run("link", "list").stderr
        run("link", "obo", obo_file(tmp_path, "MONDO"))
        rows = [line.split("\t") for line in run("link", "list").stdout.splitlines()]
        assert rows[0] == ["slug", "name", "version", "mapped codes", "graph"]
        assert rows[1][:3] == ["mondo", "Mondo", "2026-09-01"]
        assert "names those it keeps" in failed(run("link", "forget", "hp"), 2)
        done = run("link", "forget", "mondo")
        assert (done.returncode, done.stdout) == (0, "")
        assert (read_kept(kept), list(kept.iterdir())) == ([], [])


class TestNothingHalfLoaded:
    """Whatever is wrong with a release, the one that was kept before stays, byte by byte."""

    @pytest.fixture
    def before(self, run: Run, kept: Path, tmp_path: Path) -> dict[str, bytes]:
        assert run("link", "snomed", snomed_folder(tmp_path / "good")).returncode == 0
        return {path.name: path.read_bytes() for path in kept.iterdir()}

    def broken(self, name: str, folder: Path) -> Path:
        rows = snomed_rows()
        whole = pack(write(folder / "whole", rows), folder / "whole.zip")
        if name == "a truncated zip":
            (folder / "cut.zip").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
            return folder / "cut.zip"
        if name == "a missing file":
            del rows["association"]
        elif name == "a cycle":
            first = rows["relationship"][0]
            rows["relationship"].append(("9000128", *first[1:4], first[5], first[4], *first[6:]))
        elif name == "a row cut off":
            rows["description"][-1] = rows["description"][-1][:3]
        elif name == "a Delta":
            return write(folder / "delta", rows, "Delta")
        return write(folder / "broken", rows)

    @pytest.mark.parametrize("name", ["a truncated zip", "a missing file", "a cycle", "a row cut off", "a Delta"])
    def test_a_broken_release(self, run: Run, kept: Path, tmp_path: Path, before: dict[str, bytes], name: str) -> None:
        sentence = failed(run("link", "snomed", self.broken(name, tmp_path)), 1)
        assert "Traceback" not in sentence
        assert {path.name: path.read_bytes() for path in kept.iterdir()} == before

    @pytest.mark.parametrize("content", ["", "format-version: 1.2\n[Term]\nid: HP", "{", "nothing of the kind"])
    def test_a_broken_ontology(self, run: Run, kept: Path, tmp_path: Path, content: str) -> None:
        path = tmp_path / "broken.obo"
        path.write_text(content, encoding="utf-8")
        failed(run("link", "obo", path), 1)
        assert not kept.exists()

    def test_a_path_that_is_not_there(self, run: Run, kept: Path, tmp_path: Path) -> None:
        failed(run("link", "snomed", tmp_path / "none.zip"), 1)
        failed(run("link", "obo", tmp_path / "none.obo"), 1)
        assert not kept.exists()

    def test_control_c(self, run: Run, kept: Path, tmp_path: Path, before: dict[str, bytes]) -> None:
        done = run("link", "snomed", snomed_zip(tmp_path), program=INTERRUPTED)
        assert (done.returncode, done.stdout) == (130, "")
        assert done.stderr == "sanctuary: interrupted; nothing was changed.\n"
        assert {path.name: path.read_bytes() for path in kept.iterdir()} == before

    def test_control_c_while_it_is_written(self, run: Run, kept: Path, tmp_path: Path) -> None:
        done = run("link", "snomed", snomed_zip(tmp_path), program=INTERRUPTED_WRITING)
        assert done.returncode == 0, done.stderr
        assert [one.release.slug for one in read_kept(kept)] == ["snomedct"]
        assert sorted(path.name for path in kept.iterdir()) == ["snomedct.json", "snomedct.nq"]


INTERRUPTED = """
import contextlib, os, signal
import kg.cli.link as link

@contextlib.contextmanager
def bar(name):
    yield lambda done, total: os.kill(os.getpid(), signal.SIGINT) if done > total / 2 else None

signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent in the background may have had it ignored
link.byte_bar = bar
from kg.cli import main
main()
"""
INTERRUPTED_WRITING = """
import os, signal
import kg.cli.link as link

real = link.keep

def keep(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    return real(*arguments)

signal.signal(signal.SIGINT, signal.default_int_handler)
link.keep = keep
from kg.cli import main
main()
"""


class TestCheck:
    def test_our_own_set_has_nothing_to_mend(self, run: Run) -> None:
        done = run("link", "check")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(" mappings: nothing to mend.\n")

    def test_each_finding_names_the_line_the_row_the_reason_and_the_remedy(self, run: Run, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        text = (shipped("data") / "mappings.sssom.tsv").read_text(encoding="utf-8")
        (data / "mappings.sssom.tsv").write_text(text.replace("SNOMEDCT:91861009\t", "SNOMEDCT:91861008\t"), "utf-8")
        line = next(n for n, row in enumerate(text.splitlines(), 1) if "SNOMEDCT:91861009\t" in row)
        done = run("link", "check", "--data", data)
        assert done.returncode == 1
        (finding,) = done.stdout.splitlines()
        assert finding.startswith(f"{data}/mappings.sssom.tsv:{line}: identifier: sanct:AcuteMyeloidLeukemia ")
        assert "its check digit (Verhoeff) should be 9. Copy the identifier again" in finding
        assert done.stderr.endswith(" mappings: 1 to mend.\n")

    def test_a_kept_release_is_asked_too(self, run: Run, tmp_path: Path) -> None:
        run("link", "snomed", snomed_folder(tmp_path))
        done = run("link", "check")
        assert done.returncode == 1
        assert f"SNOMED CT 20260901 calls the code “{BONE_PAIN_THERE}”" in done.stdout
        assert ", beside SNOMED CT 20260901: 1 to mend." in done.stderr

    @pytest.mark.parametrize(("module", "arguments"), [("bioregistry", ["check"]), ("fastobo", ["obo", "hp.obo"])])
    def test_without_the_extra(self, run: Run, tmp_path: Path, module: str, arguments: list[str]) -> None:
        path = [obo_file(tmp_path, "HP") if one == "hp.obo" else one for one in arguments]
        program = f"import sys; sys.modules[{module!r}] = None\nfrom kg.cli import main; main()"
        assert "pip install 'sanctuary-kg[link]'" in failed(run("link", *path, program=program), 1)


class TestCases:
    AML = "SNOMEDCT:91861009"

    def test_in_every_format(self, cases: Run) -> None:
        rows = list(csv.DictReader(io.StringIO(cases("--code", self.AML, "--format", "csv").stdout)))
        assert len(rows) == 11
        assert cases("--code", self.AML).stdout == cases("--code", self.AML, "-f", "csv").stdout, "a pipe gets CSV"
        assert {row["role"] for row in rows} == {"leukemia type"}
        assert {row["match"] for row in rows} == {"same"}
        tabbed = cases("--code", self.AML, "-f", "tsv").stdout.splitlines()
        assert {len(line.split("\t")) for line in tabbed} == {len(rows[0])}
        told = json.loads(cases("--code", self.AML, "-f", "json").stdout)
        assert [row["case"] for row in told["rows"]] == [row["case"] for row in rows]
        assert (told["n"], told["N"], told["release"], told["onlyClose"]) == (11, 16, None, [])
        table = cases("--code", self.AML, "-f", "table", COLUMNS="200").stdout
        assert "below acute myeloid leukemia, same as SNOMEDCT:91861009" in table

    def test_it_says_what_it_did_not_have(self, cases: Run) -> None:
        first, second = cases("--code", self.AML).stderr.splitlines()
        assert first == "11 of 16 cases are under SNOMEDCT:91861009 “Acute myeloid leukemia, disease (disorder)”."
        assert second.startswith("No release of SNOMEDCT is loaded; codes above those mapped are not known.")
        assert "sanctuary link snomed RELEASE" in second
        assert "sanctuary link obo FILE" in cases("--code", "HP:0002653").stderr
        assert "sanctuary link" not in cases("--code", "ICD10CM:C92.0").stderr, "nothing here reads ICD-10-CM"
        assert len(cases("--code", self.AML, "--no-descendants").stderr.splitlines()) == 1

    def test_close_codes_are_counted_and_shown_on_demand(self, cases: Run) -> None:
        done = cases("--code", "SNOMEDCT:17788007")
        assert len(done.stdout.splitlines()) == 1
        assert "11 cases have only what is close to it, or wider; --close lists them." in done.stderr
        rows = list(csv.DictReader(io.StringIO(cases("--code", "SNOMEDCT:17788007", "--close").stdout)))
        assert [row["match"] for row in rows] == ["close"] * 11

    def test_a_code_that_is_not_mapped(self, cases: Run) -> None:
        done = cases("--code", f"SNOMEDCT:{MYELOID}")
        assert done.returncode == 0
        assert f"No concept here is mapped to SNOMEDCT:{MYELOID}." in done.stderr

    def test_a_code_whose_concept_no_case_has(self, cases: Run, snapshot: Snapshot) -> None:
        query = """SELECT ?code ?label {
          ?concept skos:inScheme sanct:Findings ; skos:exactMatch ?code ; skos:prefLabel ?label .
          FILTER(STRSTARTS(STR(?code), "http://purl.obolibrary.org/obo/HP_"))
          FILTER NOT EXISTS { ?used skos:broader* ?concept . ?finding sanct:findingType ?used } } ORDER BY ?code"""
        code, label = (getattr(term, "value", "") for term in snapshot.table(query).rows[0])
        done = cases("--code", code)
        assert len(done.stdout.splitlines()) == 1
        assert f"Mapped to it are: {label}. No case has them in a way that counts." in done.stderr

    def test_what_is_no_code(self, cases: Run) -> None:
        assert "The prefixes are: ATC, CHEBI," in failed(cases("--code", "ICD9:204"), 2)
        assert "should be 9" in failed(cases("--code", "SNOMEDCT:91861008"), 2)


@pytest.mark.parametrize("command", ["snomed", "obo", "check", "list", "forget"])
def test_help(run: Run, command: str) -> None:
    done = run("link", command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"sanctuary link {command}" in " ".join(done.stdout.replace("│", " ").split())
    assert command in getattr(getattr(typer.main.get_command(app), "commands", {})["link"], "commands", {})


def test_the_documents_tell_of_the_path() -> None:
    from tests.test_terminologies import PATH

    assert PATH in " ".join((ROOT / "data" / "README.md").read_text(encoding="utf-8").split())
