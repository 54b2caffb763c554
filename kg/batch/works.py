"""The entries of a folder's bibliography: each work once, and no two works under one name.

A name such as “wang-2015” says surname and year, and many works have the same. Two entries are of one work if title and
year are equal, or, where a list could not be read, all their words. Another work gets a letter behind its name, in
the record too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

_SAYS = re.compile(r"^    (title|year|note): (.*)$", re.MULTILINE)


def numbered(name: str, number: int) -> str:
    """A name for the first, second … draft of one name, as `kg.ingest.drafts.unused` has them.

    >>> numbered("vital-1993", 1), numbered("vital-1993", 2), numbered("vital-1993", 27)
    ('vital-1993', 'vital-1993-b', 'vital-1993-27')
    """
    return name if number == 1 else f"{name}-{chr(96 + number) if number <= 26 else number}"


def identity(entry: str) -> str:
    """What tells the work of an entry from others of the same name; empty where the entry says nothing of it.

    >>> identity('  - reference: a\\n    title: "On Leukemia."\\n    year: 1921\\n') == identity(
    ...     '  - reference: b\\n    title: "On leukemia"\\n    year: 1921\\n    volume: "7"\\n')
    True
    """
    said = dict(_SAYS.findall(entry))
    if "title" not in said and not said.get("note", "").startswith('"Number '):
        return ""
    words = said["title"] + said.get("year", "") if "title" in said else said["note"]
    return blake2b(re.sub(r"[\W_]+", "", words.casefold()).encode(), digest_size=8).hexdigest()


def renamed_works(text: str, names: Mapping[str, str]) -> str:
    """A record or an entry that names works by other names; cases that are named after a work follow it."""
    if not names:
        return text
    old = "|".join(map(re.escape, names))
    lines = re.compile(rf"^(\s+(?:- )?(?:primary_)?reference: )({old})$|^(  - case: )({old})(?=-\d+$)", re.MULTILINE)
    return lines.sub(lambda line: f"{line[1] or line[3]}{names[line[2] or line[4]]}", text)


class Works:
    """The names that are taken, each with the identity of its work."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def know(self, told: Mapping[str, str] | Iterable[str]) -> None:
        """Take up what a journal says was written: names, with identities if it has them."""
        self._known.update(told if isinstance(told, Mapping) else dict.fromkeys(told, ""))

    def has(self, name: str, entry: str) -> bool:
        """Whether the work of an entry is there under this name."""
        return self._known.get(name) == identity(entry)

    def clashes(self, name: str, entry: str) -> bool:
        """Whether the name is that of another work."""
        return name in self._known and self._known[name] != identity(entry)

    def name(self, name: str, entry: str, others: Collection[str]) -> str:
        """The name for a work: the given one, or with a letter behind it, which none of the others has."""
        found, number = name, 1
        while self.clashes(found, entry) or found in others:
            number += 1
            found = numbered(name, number)
        return found

    def add(self, name: str, entry: str) -> None:
        """Note an entry as written."""
        self._known[name] = identity(entry)

    def told(self, names: Iterable[str]) -> dict[str, str]:
        """What a journal is to say of entries."""
        return {name: self._known[name] for name in names}
