"""Results on standard output: a line a document, or the draft of one document."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, BinaryIO

from kg.batch.work import Item, Result
from kg.draft.record import Outcome
from kg.errors import ConfigError


class LineSink:
    """Writes the line of each document as it comes; keeps the outcomes on disk for the report."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._keys: set[bytes] = set()
        self._kept: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)

    def seen(self, item: Item | Result) -> Outcome | None:
        """``COPY`` if another document of the same content came before."""
        key = bytes.fromhex(item.key)[:16]
        if key in self._keys:
            return Outcome.COPY
        self._keys.add(key)
        return None

    def write(self, results: Sequence[Result]) -> Sequence[Result]:
        """Write the lines of documents."""
        for result in results:
            self._out.write(result.line.encode("utf-8", "replace"))
            self._keep(result)
        self._out.flush()
        return results

    def _keep(self, result: Result) -> None:
        said = [result.name, result.key, result.outcome.value, result.reason]
        self._kept.write(json.dumps(said).encode() + b"\n")

    def outcomes(self) -> Iterator[Result]:
        """Every document and its outcome."""
        self._kept.seek(0)
        for line in self._kept:
            name, key, outcome, reason = json.loads(line)
            yield Result(name, key, Outcome(outcome), reason)

    def close(self) -> None:
        """Let go of what was kept."""
        self._kept.close()


class OneSink(LineSink):
    """Writes the draft of the only document, with its entry for the bibliography as a comment."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__(out)
        self.results: list[Result] = []

    def seen(self, item: Item | Result) -> Outcome | None:
        """Refuses a second document.

        Raises:
            ConfigError: there is more than one.
        """
        if self._keys:
            raise ConfigError("There is more than one document. Name a folder with --out, or choose --format jsonl.")
        return super().seen(item)

    def write(self, results: Sequence[Result]) -> Sequence[Result]:
        """Write the draft."""
        for result in results:
            self.results.append(result)
            self._keep(result)
            if result.record:
                entries = result.reference + "".join(entry for _, entry in result.works)
                comments = "".join(f"#{line}\n" for line in entries.splitlines())
                comments = f"\n# For references.yaml:\n{comments}" if comments else ""
                self._out.write(f"{result.record}{comments}".encode("utf-8", "replace"))
        self._out.flush()
        return results
