"""The report of a run: how many documents had which outcome, and each that failed with its reason, for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from kg.batch.work import Result
from kg.draft.record import Outcome
from kg.errors import ConfigError

MEANING = {
    Outcome.DRAFTED: "became a draft",
    Outcome.NO_LEUKEMIA: "tell of no patient with leukemia",
    Outcome.NO_PATIENT: "tell of no single patient",
    Outcome.COPY: "have the content of another document",
    Outcome.FAILED: "failed",
}


def write_report(path: Path, outcomes: Callable[[], Iterable[Result]]) -> None:
    """Write the report of a folder's documents, which are gone through twice and never held."""
    counts: Counter[Outcome] = Counter()
    reasons: Counter[str] = Counter()
    for result in outcomes():
        counts[result.outcome] += 1
        if result.outcome is Outcome.FAILED and (len(reasons) < 1000 or _kind(result.reason) in reasons):
            reasons[_kind(result.reason)] += 1
    if not path.parent.is_dir():
        raise ConfigError(f"There is no folder {path.parent}. Make it, or choose another --report.")
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", errors="replace") as out:
            out.write(f"{counts.total():,} documents\n")
            out.writelines(f"  {counts[one]:>9,} {meaning}\n" for one, meaning in MEANING.items() if counts[one])
            if reasons:
                out.write("\nWhy documents failed\n")
                out.writelines(f"  {count:>9,} {reason}\n" for reason, count in reasons.most_common(50))
                out.write("\nDocuments that failed\n")
                failed = (result for result in outcomes() if result.outcome is Outcome.FAILED)
                out.writelines(f"  {result.name}: {result.reason}\n" for result in failed)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _kind(reason: str) -> str:
    """A reason without its numbers, so that like ones count together."""
    return re.sub(r"\d[\d,.]*\d|\d", "…", reason)[:160]
