"""gzip for answers that are worth it, whole or as they stream."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator

from flask import Response
from werkzeug.http import parse_accept_header

WORTH_IT = 1024
LEVEL = 3
_PACKED = ("image/png", "application/gzip")


def compress(response: Response, accept_encoding: str) -> Response:
    """The response, in gzip if the client takes it (RFC 9110, section 12.5.3) and it is not tiny."""
    if response.status_code in (204, 206, 304) or response.mimetype in _PACKED or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or parse_accept_header(accept_encoding).quality("gzip") <= 0:
        return response
    if "gzip" not in accept_encoding and "*" not in accept_encoding:
        return response
    if response.is_streamed:
        response.response = _packed(response.response)
        response.headers.pop("Content-Length", None)
    else:
        body = response.get_data()
        if len(body) < WORTH_IT:
            return response
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(chunks: Iterable[bytes | str]) -> Iterator[bytes]:
    """Each stretch packed and passed on at once. What breaks off lacks the checksum at its end."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    try:
        for chunk in chunks:
            data = chunk.encode() if isinstance(chunk, str) else chunk
            yield packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    yield packer.flush(zlib.Z_FINISH)
