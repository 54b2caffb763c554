"""Extraction on a real Dask cluster of two workers: one is killed in the middle, and nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.extraction import abstracts
from kg.batch.cluster import Cluster
from kg.batch.folder import DRAFTS, JOURNAL, OutFolder
from kg.batch.inputs import Inputs
from kg.batch.run import run
from kg.batch.work import Form, Job
from kg.draft.record import Outcome
from kg.errors import BatchError, ConfigError
from tests.conftest import ROOT

pytest.importorskip("distributed")

DOCUMENTS = 600
JOB = Job(Form.JSONL, "2026-11-20", 20.0)


class Site:
    """A scheduler and two workers, each a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "info"}
        self.scheduler = self._start(
            "scheduler", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
        )
        self.address = self._address()
        self.workers = [
            self._start(
                f"worker-{number}",
                "distributed.cli.dask_worker",
                self.address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
            )
            for number in range(2)
        ]

    def _start(self, name: str, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("wb") as log:
            line = [sys.executable, "-m", module, *arguments]
            return subprocess.Popen(line, cwd=self._folder, stdout=log, stderr=log, env=self._environment)

    def _address(self) -> str:
        for _ in range(300):
            if match := re.search(r"tcp://127\.0\.0\.1:\d+", (self._folder / "scheduler.log").read_text()):
                return match[0]
            time.sleep(0.1)
        raise AssertionError((self._folder / "scheduler.log").read_text())

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    site = Site(folder)
    yield site
    site.end()


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, text in enumerate(abstracts(DOCUMENTS)):
        (folder / f"r{number:04d}.txt").write_text(text)
    return folder


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def assert_each_once(out: Path) -> None:
    expected = [f"in/r{number:04d}.txt" for number in range(DOCUMENTS)]
    assert [one["document"] for one in lines(out / DRAFTS)] == expected
    assert [one["document"] for one in lines(out / JOURNAL)[1:]] == expected
    assert not [one for one in lines(out / DRAFTS) if one["outcome"] == "failed"]


def test_a_killed_worker_loses_nothing(site: Site, reports: Path, tmp_path: Path) -> None:
    engine = Cluster(JOB, site.address)
    while engine.size < 2:
        time.sleep(0.1)
    folder = OutFolder(tmp_path / "out", Form.JSONL)
    killed: list[int] = []

    def kill_in_the_middle(count: int, weight: int) -> None:
        if folder.done >= DOCUMENTS // 4 and not killed:
            victim = site.workers[0]
            os.kill(victim.pid, signal.SIGKILL)
            killed.append(victim.wait())

    tally = run(Inputs([str(reports)]), engine, folder, kill_in_the_middle)
    engine.close()
    folder.close()
    assert killed == [-signal.SIGKILL]
    assert site.workers[1].poll() is None
    assert tally.total == DOCUMENTS
    assert tally.outcomes[Outcome.FAILED] == 0
    assert_each_once(tmp_path / "out")


def test_a_killed_client_goes_on(site: Site, reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = [
        sys.executable,
        "-m",
        "kg.cli",
        "extract",
        str(reports),
        "--out",
        str(out),
        "-f",
        "jsonl",
        "--scheduler",
        site.address,
    ]
    process = subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE)
    for _ in range(600):
        if (out / JOURNAL).exists() and (out / JOURNAL).read_bytes().count(b"\n") > 50:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    before = len(lines(out / JOURNAL)) - 1
    assert 0 < before < DOCUMENTS
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{before} were done before" in done.stderr
    assert_each_once(out)


def test_an_address_without_a_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.batch.cluster._PATIENCE", 1)
    with pytest.raises(BatchError, match="No Dask scheduler answers at tcp://127"):
        Cluster(JOB, "tcp://127.0.0.1:9")
    with pytest.raises(ConfigError, match="is not the address of a scheduler"):
        Cluster(JOB, "nonsense://x")
