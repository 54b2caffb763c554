"""The wheel holds all that a build needs, and builds the same snapshot far from the checkout."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from kg import __version__
from kg.build import Built
from kg.snapshot import CURRENT
from tests.conftest import ROOT

SHIPPED = ("ontology", "queries", "data")


def run(*command: str | Path, where: Path, **variables: str) -> str:
    """Standard output of a command that must succeed, in an environment that knows nothing of the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SANCTUARY"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=where,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network."""
    out = tmp_path_factory.mktemp("wheel")
    for module in ("build", "hatchling"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed; the dev extra brings it")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, where=out)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files inside."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel, which borrows this one's third-party packages."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    programs = home / "bin"
    install = ("-m", "pip", "--python", programs / "python", "install", "--no-deps", "--no-index", "--quiet", wheel)
    run(sys.executable, *install, where=home)
    where_it_went = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(programs / "python", "-c", where_it_went, where=home).strip())
    # A folder that a .pth file adds is searched after site-packages, so the wheel's kg wins; the .pth files inside
    # that folder, by which an editable checkout would be found, are not read.
    borrowed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return programs


def test_every_file_that_a_build_reads_is_inside(names: set[str]) -> None:
    for folder in SHIPPED:
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        assert {f"kg/shipped/{path.relative_to(ROOT).as_posix()}" for path in files} <= names
    for file in ("data/record.schema.json", "data/references.yaml", "data/mappings.sssom.tsv", "ontology/shapes.ttl"):
        assert f"kg/shipped/{file}" in names


def test_every_module_template_and_style_is_inside(names: set[str]) -> None:
    for folder in ("kg", "server"):
        paths = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert {path.relative_to(ROOT).as_posix() for path in paths} <= names
    assert {"kg/py.typed", "server/py.typed", "kg/cli/__main__.py"} <= names


def test_nothing_else_is_inside(names: set[str]) -> None:
    information = f"sanctuary_kg-{__version__}.dist-info/"
    others = {name for name in names if not name.startswith(("kg/", "server/", information))}
    assert others == set()
    kinds = r"\.(py|typed|html|css|js|svg|png|ico|woff2?|txt|ttl|rq|csv|yaml|tsv|json|md)"
    odd = {
        name
        for name in names
        if not name.startswith(information) and not re.search(kinds + "$", name) and not name.endswith("/LICENSE")
    }
    assert odd == set()
    assert not {
        name for name in names if re.search(r"(^|/)(tests?|__pycache__|\.\w+|build|snapshots)/|\.pyc$|/\.", name)
    }


def test_what_it_says_of_itself(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        information = f"sanctuary_kg-{__version__}.dist-info/"
        metadata = archive.read(information + "METADATA").decode("utf-8")
        programs = archive.read(information + "entry_points.txt").decode("utf-8")
    assert f"Version: {__version__}\n" in metadata
    assert "Requires-Dist: pyoxigraph" in metadata
    assert "sanctuary = kg.cli:main" in programs


def test_the_installed_program_builds_the_same_snapshot_anywhere(installed: Path, built: Built, tmp_path: Path) -> None:
    for module in ("kg", "server.run"):
        code = f"import importlib.util as u; print(u.find_spec({module!r}).origin)"
        origin = Path(run(installed / "python", "-c", code, where=tmp_path).strip())
        assert origin.is_relative_to(installed.parent), "the checkout was imported instead of the wheel"
        assert not origin.is_relative_to(ROOT)
    assert run(installed / "sanctuary", "--version", where=tmp_path) == f"sanctuary-kg {__version__}\n"
    run(installed / "sanctuary", "build", where=tmp_path)
    snapshots = tmp_path / "build" / "snapshots"
    assert (snapshots / CURRENT).readlink().name == built.folder.name
    query = "SELECT (COUNT(DISTINCT ?case) AS ?cases) WHERE { ?case a sanct:Case }"
    answer = run(installed / "sanctuary", "query", query, where=tmp_path)
    assert answer.splitlines() == ["cases", str(built.manifest["counts"]["cases"])]
    manifest = json.loads(run(installed / "sanctuary", "info", "--json", where=tmp_path))
    assert manifest["sources"] == built.manifest["sources"]
    schema = run(installed / "sanctuary", "schema", where=tmp_path)
    assert schema == (ROOT / "data" / "record.schema.json").read_text(encoding="utf-8")
