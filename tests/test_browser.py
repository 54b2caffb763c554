"""The start page as a browser shows it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build import Built
from tests.live_server import live

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def address(built: Built, snapshots: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("browser") / "server.log"
    with live(log, "--snapshots", str(snapshots), "--processes", "1") as server:
        yield f"http://127.0.0.1:{server.port}"


def _browse(tmp_path: Path, url: str, *more: str) -> str:
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *more, url]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_start_page_says_what_this_is(address: str, built: Built, tmp_path: Path) -> None:
    page = _browse(tmp_path, f"{address}/", "--dump-dom")
    assert "leukemia outside the marrow" in page
    assert built.manifest["version"] in page
    assert "<textarea" in page


def test_start_page_fits_a_phone(address: str, tmp_path: Path) -> None:
    shot = tmp_path / "phone.png"
    _browse(tmp_path, f"{address}/", f"--screenshot={shot}", "--window-size=420,900")
    assert shot.stat().st_size > 10_000


def test_an_answer_is_shown_as_a_table(address: str, tmp_path: Path) -> None:
    query = "PREFIX+sanct:+<https://w3id.org/sanctuary-kg/ontology/>+SELECT+?case+WHERE+{?case+a+sanct:PediatricCase}"
    page = _browse(tmp_path, f"{address}/sparql?query={query}", "--dump-dom")
    assert "<table" in page
    assert "hangai-2014-1" in page
