"""Breaks a connection off, so that the other side sees that an answer did not end."""

from __future__ import annotations

import os
import socket
import stat
import struct
from pathlib import Path

_LINGER_NOT = struct.pack("ii", 1, 0)


def reset_connection(client: str) -> bool:
    """Reset this process's TCP connection to a client, given as ``address:port``; says whether there was one.

    The server that holds the connection offers no way to do so: it ends every answer in good order (RFC 9112, section
    8, wants a message that is cut off to be recognised as incomplete). The connection is found among the sockets of
    this process by the address at its other end.
    """
    host, _, port = client.rpartition(":")
    peer = (host.strip("[]"), int(port))
    for entry in Path("/proc/self/fd").iterdir():
        try:
            descriptor = int(entry.name)
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.socket(fileno=os.dup(descriptor)) as connection:
                if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.getpeername()[:2] == peer:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                    connection.shutdown(socket.SHUT_RDWR)
                    return True
        except OSError:
            # Closed meanwhile, or listening: not the one.
            continue
    return False
