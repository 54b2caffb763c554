"""A process that works on documents: chunks of items come in by standard input, results go out one by one.

Run by `kg.batch.crew` as ``python -m kg.batch.worker``; it ends when its input ends, so it never outlives who started
it by more than one document.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from types import FrameType
from typing import IO, Any, BinaryIO

from kg.batch.work import Item, Job, Result, failed, warm, work

MEMORY = 4 << 30
"""Address space that a worker may have: one document must not take the machine."""

_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class TooSlow(BaseException):
    """The time for one document is over; not an Exception, so that no reader takes it for a fault of its file."""


def main() -> None:
    """Work on what comes in until no more comes."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))
    signal.signal(signal.SIGALRM, _alarm)
    logging.disable(logging.CRITICAL)
    incoming = sys.stdin.buffer
    # What a library prints must not get between the results.
    with os.fdopen(os.dup(1), "wb") as outgoing:
        os.dup2(2, 1)
        warm()
        send(outgoing, "ready")
        while (chunk := receive(incoming)) is not None:
            job, items = chunk
            for item in items:
                send(outgoing, timed(item, job))


def timed(item: Item, job: Job) -> Result:
    """The result of one document, also if it takes too long or meets a fault of this program."""
    try:
        signal.setitimer(signal.ITIMER_REAL, job.seconds)
        try:
            return work(item, job)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TooSlow:
        return failed(item, f"It took longer than {job.seconds:g} s. Give it alone with a larger --time-limit.")
    except _FAULTS as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119 (not a file to open)
        return failed(item, f"A fault of this program: {type(error).__name__} in {where}: {str(error)[:120]}")


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message: its length in eight bytes, then its bytes."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack("<Q", len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message; ``None`` at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (length,) = struct.unpack("<Q", head)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None


if __name__ == "__main__":
    main()
