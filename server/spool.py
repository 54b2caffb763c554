"""Results between a worker that is fast and a client that may be slow."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator

from server import frames

IN_MEMORY = 2 * 1_048_576
AT_ONCE = 262_144


class NoAnswerError(Exception):
    """There is no answer, or no more of it.

    ``kind`` is one of ``busy``, ``deadline``, ``memory``, ``size``, ``gone``, ``lost`` or what the worker named.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Spool:
    """The body of one answer: read from the worker as fast as it comes, given to the client as fast as it takes.

    The first stretch is passed on directly. An answer that is longer goes through a file, in memory while it is small,
    filled by a thread of its own; so a slow client holds a file and not a worker.

    Args:
        read: gives the next frame, or raises `NoAnswerError`.
        limit: most bytes that a body may have.
        ended: called once, with what ended the body, or ``None`` when it is whole.
    """

    def __init__(
        self,
        read: Callable[[], tuple[bytes, bytes]],
        limit: int,
        ended: Callable[[NoAnswerError | None], None],
    ) -> None:
        self._read, self._limit, self._ended = read, limit, ended
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when drained
        self._written = 0
        self._whole = False
        self._abandoned = False
        self._error: NoAnswerError | None = None
        self._changed = threading.Condition()
        self._pumping = False

    def __iter__(self) -> Iterator[bytes]:
        direct = 0
        while direct < AT_ONCE:
            chunk = self._next(direct)
            if chunk is None:
                return
            direct += len(chunk)
            yield chunk
        self._pumping = True
        threading.Thread(target=self._pump, args=(direct,), name="spool", daemon=True).start()
        yield from self._drain()

    def abandon(self) -> None:
        """The client takes no more; the worker is ended if it is still at it."""
        with self._changed:
            self._abandoned = True
            pumping = self._pumping
            self._changed.notify()
        if not pumping and not self._whole and self._error is None:
            self._error = NoAnswerError("gone", "The client left.")
            self._ended(self._error)

    def _next(self, so_far: int) -> bytes | None:
        """The next stretch, or ``None`` at the end."""
        try:
            kind, body = self._read()
        except NoAnswerError as error:
            self._error = error
            raise
        if kind == frames.END:
            self._whole = True
            self._ended(None)
            return None
        if kind == frames.ERROR:
            self._ended(None)
            self._error = NoAnswerError("evaluation", "The evaluation failed after the answer had begun.")
            raise self._error
        if so_far + len(body) > self._limit:
            self._error = NoAnswerError("size", f"The result is larger than {self._limit // 1_048_576} MB.")
            self._ended(self._error)
            raise self._error
        return body

    def _pump(self, so_far: int) -> None:
        try:
            while not self._abandoned:
                chunk = self._next(so_far)
                if chunk is None:
                    break
                so_far += len(chunk)
                with self._changed:
                    self._file.seek(self._written)
                    self._file.write(chunk)
                    self._written += len(chunk)
                    self._changed.notify()
            else:
                self._ended(NoAnswerError("gone", "The client left."))
        except NoAnswerError as error:
            self._error = error
        except OSError as error:
            self._error = NoAnswerError("size", f"There is no room for the result here: {error.strerror}.")
            self._ended(self._error)
        with self._changed:
            self._changed.notify()

    def _drain(self) -> Iterator[bytes]:
        sent = 0
        while True:
            with self._changed:
                while self._written == sent and not self._whole and self._error is None:
                    self._changed.wait()
                if self._written == sent:
                    self._file.close()
                    if self._error is not None:
                        raise self._error
                    return
                self._file.seek(sent)
                chunk = self._file.read(AT_ONCE)
            sent += len(chunk)
            yield chunk
