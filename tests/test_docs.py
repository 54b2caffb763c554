"""What the documents say is true."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions

from kg import __version__
from kg.build import Built
from kg.cli.main import app
from kg.snapshot import Snapshot

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("data/*.md"))


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", _read("README.md"), re.DOTALL)
    assert found is not None, f"README.md has no {language} block"
    return found[1]


def test_the_question_in_the_readme_has_the_answer_it_prints(snapshot: Snapshot) -> None:
    answer = snapshot.query(_block("sparql"))
    assert isinstance(answer, QuerySolutions)
    data = answer.serialize(format=QueryResultsFormat.CSV)
    assert data is not None
    assert list(csv.reader(io.StringIO(data.decode()))) == list(csv.reader(io.StringIO(_block("csv"))))


def test_the_figures_in_the_readme_are_those_of_the_graph(built: Built) -> None:
    counts = built.manifest["counts"]
    text = _read("README.md")
    assert f"{counts['cases']} cases" in text
    assert f"{counts['references']} references, ten of them unidentified" in text
    assert counts["unidentified_references"] == 10


def test_each_command_in_the_documents_exists() -> None:
    known = {
        command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    }
    known |= {group.name for group in app.registered_groups if group.name}
    named = set(re.findall(r"sanctuary ([a-z]+(?:-[a-z]+)*)\b", "\n".join(_read(d.name) for d in ROOT.glob("*.md"))))
    assert named - {"site", "sites"} <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_one_version_everywhere() -> None:
    assert f"version: {__version__}\n" in _read("CITATION.cff")
    assert f"## [{__version__}]" in _read("CHANGELOG.md")
    core = _read("ontology/core.ttl")
    assert f'owl:versionInfo "{__version__}"' in core
    assert f"<https://w3id.org/sanctuary-kg/ontology/{__version__}>" in core


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    pattern = r"/(work|farm|root|home/[a-z]+)/|/tmp/[a-z]"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/test_docs.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
