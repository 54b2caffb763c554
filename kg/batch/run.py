"""A run: documents in, results written in the order of the documents, a bounded number on the way."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from kg.batch.folder import copy_of
from kg.batch.work import Item, Result
from kg.draft.record import Outcome

CHUNK = 16
CHUNK_BYTES = 1_000_000
ON_THE_WAY = 4
"""Chunks on the way for each that is worked on: enough that nobody waits, also behind a slow document."""

BYTES_ON_THE_WAY = 200_000_000
COMMIT = 256
COMMIT_SECONDS = 2.0


class Engine(Protocol):
    """What works on chunks: a crew of processes or a cluster."""

    @property
    def size(self) -> int:
        """How many chunks are worked on at once."""

    def submit(self, items: Sequence[Item]) -> Future[list[Result]]:
        """Have a chunk worked on."""

    def close(self) -> None:
        """End the work; what is on the way is given up."""


class Sink(Protocol):
    """What results are written to."""

    def seen(self, item: Item | Result) -> Outcome | None:
        """``DRAFTED`` if this document was done, ``COPY`` if another of the same content was."""

    def write(self, results: Sequence[Result]) -> Sequence[Result]:
        """Write results for good."""


@dataclass
class Tally:
    """How many documents had which outcome in this run; ``before`` were done in an earlier one."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    before: int = 0
    seconds: float = 0.0

    @property
    def total(self) -> int:
        """Documents of this run."""
        return self.outcomes.total()

    @property
    def failed(self) -> int:
        """Documents of this run that could not be read or worked on."""
        return self.outcomes[Outcome.FAILED]


@dataclass
class _Chunk:
    """What is written together: items that are worked on, and results that were known at once."""

    parts: list[Item | Result] = field(default_factory=list)
    size: int = 0
    future: Future[list[Result]] | None = None

    @property
    def items(self) -> list[Item]:
        return [part for part in self.parts if isinstance(part, Item)]

    def results(self) -> Iterator[Result]:
        worked = iter(self.future.result() if self.future else ())
        for part in self.parts:
            yield next(worked) if isinstance(part, Item) else part


Told = Callable[[int, int], None]
"""Told of how many documents, and how many bytes of the input, are done since the last time."""


def run(
    documents: Iterable[Item | Result], engine: Engine, sink: Sink, on_done: Told = lambda count, size: None
) -> Tally:
    """Work on documents, and write what becomes of them in their order.

    An interruption may come at any time: what the sink has written then stays, and the rest can be done later.
    """
    tally, writer = Tally(), _Writer(sink, on_done)
    started = time.monotonic()
    on_the_way: deque[_Chunk] = deque()
    try:
        for chunk in _chunks(documents, sink, tally, on_done):
            while on_the_way and (
                len(on_the_way) >= ON_THE_WAY * engine.size
                or sum(one.size for one in on_the_way) + chunk.size > BYTES_ON_THE_WAY
            ):
                writer.take(on_the_way.popleft().results(), tally)
            if items := chunk.items:
                chunk.future = engine.submit(items)
            on_the_way.append(chunk)
        while on_the_way:
            writer.take(on_the_way.popleft().results(), tally)
    finally:
        # Also on the way out: what has come back is worth keeping.
        writer.commit()
        tally.seconds = time.monotonic() - started
    return tally


class _Writer:
    """Writes results together, since each writing waits for the disk."""

    def __init__(self, sink: Sink, on_done: Told) -> None:
        self._sink, self._on_done = sink, on_done
        self._waiting: list[Result] = []
        self._last = time.monotonic()

    def take(self, results: Iterable[Result], tally: Tally) -> None:
        for result in results:
            self._waiting.append(result)
            tally.outcomes[result.outcome] += 1
        if len(self._waiting) >= COMMIT or time.monotonic() - self._last > COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._sink.write(waiting)
            self._on_done(len(waiting), sum(result.weight for result in waiting))
        self._last = time.monotonic()


def _chunks(documents: Iterable[Item | Result], sink: Sink, tally: Tally, on_done: Told) -> Iterator[_Chunk]:
    """Documents that are not done yet, some together."""
    chunk = _Chunk()
    for document in documents:
        seen = sink.seen(document)
        if seen is Outcome.DRAFTED:
            tally.before += 1
            on_done(0, document.weight)
            continue
        part = copy_of(document) if seen is Outcome.COPY else document
        size = _size(part)
        if chunk.parts and (len(chunk.parts) >= CHUNK or chunk.size + size > CHUNK_BYTES):
            yield chunk
            chunk = _Chunk()
        chunk.parts.append(part)
        chunk.size += size
    if chunk.parts:
        yield chunk


def _size(part: Item | Result) -> int:
    if isinstance(part, Result):
        return 500
    return len(part.data) + (4 * len(part.document.text) if part.document else 0)
