"""A worker whose documents can misbehave: a word in the text makes it hang, die or meet a fault. Run as a module."""

from __future__ import annotations

import os
import signal
import time

from kg.batch import work as working
from kg.batch import worker
from kg.batch.work import Item, Job, Result

_work = working.work


def misbehaving(item: Item, job: Job) -> Result:
    if b"HANG" in item.data:
        time.sleep(60)
    if b"DEAF" in item.data:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        time.sleep(60)
    if b"CRASH" in item.data:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"FAULT" in item.data:
        raise KeyError("nothing here")
    if b"SLOW" in item.data:
        time.sleep(0.2)
    print("noise that a library makes")
    return _work(item, job)


if __name__ == "__main__":
    worker.work = misbehaving  # type: ignore[attr-defined]
    worker.main()
