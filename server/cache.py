"""Answers that were given before, kept while they fit."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

LARGEST_SHARE = 8
"""No answer takes more than one part in so many of the cache."""
_OVERHEAD = 600


@dataclass(frozen=True)
class Kept:
    """A whole response: status line, headers and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Cache:
    """Responses by key, the least recently used leaving first. Safe for threads.

    Args:
        limit: most bytes it holds, bodies and keys.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    @property
    def largest(self) -> int:
        """Most bytes that one body may have to be kept."""
        return self._limit // LARGEST_SHARE

    def get(self, key: str) -> Kept | None:
        """The response under a key, or ``None``."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                self.misses += 1
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return kept

    def put(self, key: str, kept: Kept) -> None:
        """Keep a response, unless it is too large."""
        size = self._weight(key, kept)
        if size > self.largest:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._size -= self._weight(key, before)
            self._kept[key] = kept
            self._size += size
            while self._size > self._limit:
                oldest, gone = self._kept.popitem(last=False)
                self._size -= self._weight(oldest, gone)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    @property
    def size(self) -> int:
        """Bytes held now."""
        return self._size

    @staticmethod
    def _weight(key: str, kept: Kept) -> int:
        return len(kept.body) + 2 * len(key) + _OVERHEAD


def normalise(query: str) -> str:
    """A query with its white space single, so that equal texts have one answer.

    Only where nothing can hold white space that counts: a query with a quote or a “#” is left as it is.

    >>> normalise("SELECT  ?a\\n{ ?a ?b ?c }"), normalise(" ASK { ?a ?b 'x  y' } ")
    ('SELECT ?a { ?a ?b ?c }', "ASK { ?a ?b 'x  y' }")
    """
    return query.strip() if any(mark in query for mark in "'\"#") else " ".join(query.split())
