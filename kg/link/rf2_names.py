"""The names that a SNOMED CT release has for some concepts, and which of them a language prefers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

_FULLY_SPECIFIED = b"900000000000003001"
_SYNONYM = b"900000000000013009"
_PREFERRED = b"900000000000548007"
_DIALECTS = {"en": (b"900000000000509007", b"900000000000508004")}
"""Language reference sets in the order of trust where a language has several: US before GB English."""

Row = list[bytes]


@dataclass(frozen=True)
class Names:
    """The preferred term of a concept, its fully specified name, and all its terms in use, sorted."""

    label: str = ""
    full_name: str = ""
    all: tuple[str, ...] = ()


def read_names(rows: Callable[[str], Iterator[Row]], codes: set[bytes], language: str) -> dict[bytes, Names]:
    """The names of some concepts; ``rows`` gives the rows of a kind of file.

    The label is the synonym that a language reference set prefers in the language asked for; without one, the fully
    specified name without its tag; without that either, any term in use.
    """
    newest: dict[bytes, Row] = {}
    for row in rows("description"):
        if row[4] in codes and ((held := newest.get(row[0])) is None or row[1] > held[1]):
            newest[row[0]] = row
    active = {identifier: row for identifier, row in newest.items() if row[2] == b"1"}
    rank = _ranks(rows("language"), set(active), language)
    of_concept: dict[bytes, list[Row]] = {}
    for identifier in sorted(active):
        of_concept.setdefault(active[identifier][4], []).append(active[identifier])
    return {code: _names(found, rank, language.encode()) for code, found in of_concept.items()}


def _ranks(rows: Iterable[Row], descriptions: set[bytes], language: str) -> dict[bytes, tuple[int, bytes]]:
    """For each description that a language reference set prefers, how far that set is to be trusted: lowest first."""
    trusted = _DIALECTS.get(language, ())
    newest: dict[bytes, Row] = {}
    for row in rows:
        if row[5] in descriptions and ((held := newest.get(row[0])) is None or row[1] > held[1]):
            newest[row[0]] = row
    ranks: dict[bytes, tuple[int, bytes]] = {}
    for row in newest.values():
        if row[2] == b"1" and row[6].rstrip(b"\r") == _PREFERRED:
            rank = trusted.index(row[4]) if row[4] in trusted else len(trusted), row[4]
            ranks[row[5]] = min(rank, ranks.get(row[5], rank))
    return ranks


def _names(rows: list[Row], rank: Mapping[bytes, tuple[int, bytes]], language: bytes) -> Names:
    """The names of one concept from its descriptions in use."""
    last = (1 << 30, b"")
    # Preferred first; among equals the order of the identifiers, so that the same release gives the same name.
    ordered = sorted(rows, key=lambda row: (row[5] != language, rank.get(row[0], last)))
    full = next((row[7].decode() for row in ordered if row[6] == _FULLY_SPECIFIED), "")
    chosen = [row for row in ordered if row[6] == _SYNONYM and row[5] == language and row[0] in rank]
    label = chosen[0][7].decode() if chosen else untagged(full) or ordered[0][7].decode()
    bare = {untagged(full)} - {""}
    return Names(label, full, tuple(sorted({row[7].decode() for row in rows} | bare)))


def untagged(full_name: str) -> str:
    """A fully specified name without the tag in brackets at its end.

    >>> untagged("Acute myeloid leukemia (disorder)"), untagged("Leukemia")
    ('Acute myeloid leukemia', 'Leukemia')
    """
    head, bracket, tail = full_name.rpartition(" (")
    return head if bracket and tail.endswith(")") else full_name
