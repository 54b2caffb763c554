"""Ranges of pages."""

from __future__ import annotations

import re


def first_and_last(pages: str) -> tuple[str, str]:
    """The first and the last page of a range as printed; the last in full, and empty if there is no range.

    >>> first_and_last("1342-51"), first_and_last("S163–S5"), first_and_last("e12")
    (('1342', '1351'), ('S163', 'S165'), ('e12', ''))
    """
    match = re.fullmatch(r"([A-Za-z]*)(\d+)\s*[-–—]+\s*([A-Za-z]*)(\d+)", pages.strip())
    if match is None:
        return pages.strip(), ""
    prefix, first, other, last = match.groups()
    if len(last) < len(first) and other in ("", prefix):
        return prefix + first, prefix + first[: len(first) - len(last)] + last
    return prefix + first, (other or prefix) + last
