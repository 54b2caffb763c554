"""How many abstracts a second ``sanctuary extract`` takes: on one core, on all, and on a Dask cluster of this machine.

Abstracts are made up, 600 to 1,300 characters long, three in four of them of a patient with leukemia. Run it in a
checkout with the extra ``cluster``::

    python -m benchmarks.extraction --documents 5000

Each figure is from the first document to the last one on the disk, start of the processes included. The time of the
processors, for a document and by all processes of a run, says what other work on the machine cannot change; it is not
known for the workers of Dask.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.batch.crew import Crew
from kg.batch.folder import OutFolder
from kg.batch.inputs import Inputs
from kg.batch.run import Engine, run
from kg.batch.work import Form, Job

_WHO = ("man", "woman", "boy", "girl", "male", "female")
_WHAT = (
    "acute lymphoblastic leukemia", "acute myeloid leukemia", "T-cell ALL", "chronic myeloid leukemia", "AML (M5)",
    "diffuse large B-cell lymphoma",
)  # fmt: skip
_WHERE = ("sciatic nerve", "left testis", "right orbit", "skin", "breast", "lumbar spine", "ileum", "mediastinum")
_SIGNS = ("progressive weakness", "severe pain", "a palpable mass", "numbness", "fever", "headache", "blurred vision")
_TESTS = ("MRI", "PET-CT", "ultrasonography", "CT", "nerve conduction studies", "a biopsy")
_DRUGS = ("high-dose cytarabine", "methotrexate", "fludarabine and idarubicin", "local irradiation", "vincristine")
_FILL = (
    "Extramedullary relapse is rare and its diagnosis is often delayed.",
    "Clinicians should be aware of this presentation in patients with a history of leukemia.",
    "The literature is reviewed, and 23 earlier cases are discussed.",
    "The cerebrospinal fluid was free of blasts and cytology was negative.",
    "Immunohistochemistry was positive for CD34, CD117 and myeloperoxidase and negative for CD3.",
    "Laboratory tests showed a white blood cell count of 6,500/uL, hemoglobin 11.2 g/dL and an LDH of 640 U/L.",
)


def abstracts(count: int, seed: int = 7) -> Iterator[str]:
    """Made-up abstracts, no two of one wording."""
    dice = random.Random(seed)
    for number in range(count):
        what, where, sign = dice.choice(_WHAT), dice.choice(_WHERE), dice.choice(_SIGNS)
        years, months = dice.randint(2, 84), dice.randint(3, 140)
        sentences = [
            f"We report a {years}-year-old {dice.choice(_WHO)} with {what} in complete remission for "
            f"{months} months who presented with {sign} and {dice.choice(_SIGNS)} of the {where}.",
            f"{dice.choice(_TESTS).capitalize()} showed a lesion of the {where}. There was no {dice.choice(_SIGNS)}.",
            f"The bone marrow was {dice.choice(('normal', 'in remission', 'infiltrated by 40% blasts'))}.",
            f"A biopsy of the {where} showed infiltration by leukemic cells, and a relapse was diagnosed.",
            f"The patient was treated with {dice.choice(_DRUGS)} and "
            f"{dice.choice(('achieved a second complete remission', 'died of sepsis 4 months later'))}.",
            *dice.sample(_FILL, dice.randint(1, 5)),
            f"Report {number} of our registry.",
        ]
        yield " ".join(sentences) + "\n"


def write_abstracts(folder: Path, count: int) -> Path:
    """Write made-up abstracts into a folder, a thousand in each below it."""
    for number, text in enumerate(abstracts(count)):
        below = folder / f"{number // 1000:03d}"
        below.mkdir(parents=True, exist_ok=True)
        (below / f"report-{number:06d}.txt").write_text(text, encoding="utf-8")
    return folder


def measure(name: str, engine: Engine, reports: Path, out: Path, form: Form) -> None:
    """Run and say how long it took."""
    sink = OutFolder(out, form)
    started, busy = time.monotonic(), _busy()
    try:
        tally = run(Inputs([str(reports)]), engine, sink)
    finally:
        engine.close()
        sink.close()
    seconds = time.monotonic() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    outcomes = ", ".join(f"{count:,} {outcome.value}" for outcome, count in tally.outcomes.most_common())
    each = 1000 * (_busy() - busy) / max(1, tally.total)
    rate = f"{seconds:.1f} s | {tally.total / seconds:.0f}/s | {each:.1f} ms | {peak} MB"
    print(f"| {name} | {form.value} | {tally.total:,} | {rate} | {outcomes} |", flush=True)


def _busy() -> float:
    """Processor seconds of this process and of those that have ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> None:
    """Measure each way in turn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=5000)
    options.add_argument("--dask", action=argparse.BooleanOptionalAction, default=True)
    options.add_argument("--form", type=Form, default=Form.YAML)
    given = options.parse_args()
    job = Job(given.form, "2026-01-01")
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = write_abstracts(folder / "reports", given.documents)
        for size in sorted({1, cores}):
            measure(
                f"{size} process{'es' if size > 1 else ''}",
                Crew(job, size),
                reports,
                folder / f"out-{size}",
                given.form,
            )
        if given.dask:
            import distributed

            from kg.batch.cluster import Cluster

            local: Any = distributed.LocalCluster
            with local(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
                engine = Cluster(job, cluster.scheduler_address)
                measure("Dask, two workers", engine, reports, folder / "out-dask", given.form)


if __name__ == "__main__":
    main()
