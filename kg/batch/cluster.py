"""The same work on a Dask cluster: chunks go out, results come back, and only this side writes.

A chunk that a lost worker had is given to another; it may then be worked on twice, and its results are taken once. In
each Dask worker the work is done in a process of its own, so that a document that hangs or crashes cannot take the
Dask worker with it.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from itertools import count
from typing import Any

from kg.batch.crew import Worker
from kg.batch.work import Item, Job, Result, failed
from kg.errors import BatchError, ConfigError

_RETRIES = 3
_PATIENCE = 60

_own = threading.local()


class Cluster:
    """A connection to a Dask scheduler."""

    def __init__(self, job: Job, address: str) -> None:
        """Connect, and wait for a worker.

        Raises:
            ConfigError: the package is not installed, or the address is none.
            BatchError: nobody answers there, or no worker comes.
        """
        try:
            from distributed import Client
        except ImportError as error:
            raise ConfigError("--scheduler needs Dask. Install it: pip install 'sanctuary-kg[cluster]'.") from error
        self._job = job
        self._numbers = count()
        try:
            client: Any = Client
            self._client: Any = client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise BatchError(f"No Dask scheduler answers at {address}. Start one, or correct --scheduler.") from error
        except ValueError as error:
            raise ConfigError(f"“{address}” is not the address of a scheduler, as tcp://host:8786 is.") from error
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            self.close()
            raise BatchError(f"The scheduler at {address} has no worker. Start one: dask worker {address}.") from error
        self._waiting: set[Any] = set()

    @property
    def size(self) -> int:
        """How many chunks the cluster works on at once, as it is now."""
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def submit(self, items: Sequence[Item]) -> Future[list[Result]]:
        """Have a chunk worked on."""
        done: Future[list[Result]] = Future()
        key = f"sanctuary-extract-{id(self):x}-{next(self._numbers)}"
        remote = self._client.submit(extract_chunk, self._job, list(items), key=key, pure=False, retries=_RETRIES)
        self._waiting.add(remote)
        remote.add_done_callback(lambda one: self._take(one, items, done))
        return done

    def _take(self, remote: Any, items: Sequence[Item], done: Future[list[Result]]) -> None:
        """Hand over the results of a chunk, or say of its documents that they were lost."""
        try:
            if remote.status == "finished":
                done.set_result(remote.result(timeout=_PATIENCE))
            elif remote.status == "error":
                self._refused(remote.exception(timeout=_PATIENCE), items, done)
            else:
                done.set_exception(BatchError("The scheduler gave the work up. Run it again to go on."))
        except (OSError, TimeoutError) as error:
            done.set_exception(BatchError(f"The connection to the scheduler was lost: {error}. Run it again to go on."))
        finally:
            self._waiting.discard(remote)

    @staticmethod
    def _refused(error: BaseException, items: Sequence[Item], done: Future[list[Result]]) -> None:
        """A chunk that several workers died of is lost; anything else is wrong with the cluster, not with the chunk."""
        if type(error).__name__ == "KilledWorker":
            done.set_result([failed(item, "Each Dask worker that had it was lost.") for item in items])
        else:
            said = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            remedy = "Have this version of sanctuary-kg on its workers, and run it again."
            done.set_exception(BatchError(f"The cluster cannot do the work: {said}. {remedy}"))

    def close(self) -> None:
        """Leave the cluster; what was not done is cancelled there."""
        for remote in tuple(getattr(self, "_waiting", ())):
            remote.cancel()
        self._client.close(timeout=5)


def extract_chunk(job: Job, items: Sequence[Item]) -> list[Result]:
    """Runs in a Dask worker: the results of a chunk, worked on by a process that this thread keeps."""
    worker: Worker | None = getattr(_own, "worker", None)
    if worker is None or worker.job != job:
        if worker is not None:
            worker.stop()
            worker.close()
        worker = _own.worker = Worker(job)
        atexit.register(worker.stop)
    return worker.run(items)
