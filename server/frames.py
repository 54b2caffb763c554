"""How the front and a worker talk: frames over a socket, each a kind, a length and a body."""

from __future__ import annotations

import socket
import struct

HEAD = b"H"
"""JSON: what the answer is; the first frame of an answer that succeeds."""
DATA = b"D"
"""A stretch of the answer."""
END = b"E"
"""The answer is whole."""
ERROR = b"X"
"""JSON: why there is no answer, or no more of it."""
JOB = b"J"
"""JSON: a query, from the front to the worker."""

_HEADER = struct.Struct("!cI")


def send(connection: socket.socket, kind: bytes, body: bytes) -> None:
    """Send one frame.

    Raises:
        OSError: the other side is gone.
    """
    connection.sendall(packed(kind, body))


def packed(kind: bytes, body: bytes) -> bytes:
    """The bytes of one frame."""
    return _HEADER.pack(kind, len(body)) + body


class Reader:
    """Reads frames; a timeout of the socket leaves what has come so far in place for the next call."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def read(self) -> tuple[bytes, bytes]:
        """The next frame.

        Raises:
            EOFError: the other side closed.
            TimeoutError: nothing came in time.
            OSError: the connection broke.
        """
        header = self._take(_HEADER.size)
        kind, length = _HEADER.unpack(header)
        try:
            return kind, self._take(length)
        except TimeoutError:
            self._buffer[:0] = header
            raise

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            chunk = self._connection.recv(262144)
            if not chunk:
                raise EOFError
            self._buffer += chunk
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken
