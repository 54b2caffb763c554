"""A worker whose front is killed outright ends by itself, in the middle of whatever it evaluates."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from kg.snapshot import STORE, Snapshot
from tests.conftest import ROOT

FRONT = """
import sys, threading
from pathlib import Path
from server.pool import Job, Limits, Pool

pool = Pool(Path(sys.argv[1]), Limits(seconds=300, workers=1))
job = Job("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", solutions=("text/csv",))
threading.Thread(target=pool.run, args=(job, 300, lambda: False), daemon=True).start()
while not pool._busy:
    pass
print(next(iter(pool._busy)).process.pid, flush=True)
threading.Event().wait()
"""


def test_it_ends_with_its_front(snapshot: Snapshot) -> None:
    command = [sys.executable, "-c", FRONT, str(snapshot.folder / STORE)]
    front = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        assert front.stdout is not None
        worker = Path("/proc") / front.stdout.readline().decode().strip()
        assert worker.exists()
        front.send_signal(signal.SIGKILL)
        front.wait()
        deadline = time.monotonic() + 20
        while worker.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not worker.exists()
    finally:
        front.kill()
