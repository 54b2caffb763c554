"""A folder of drafts that can be gone on with: what was written is known to the byte, also after a kill.

``outcomes.jsonl`` is the journal, one line a document: name, key, outcome, reason, the name of the draft, and how long
the other files then were. A line is written only after what it speaks of is on the disk. So whoever opens the folder
cuts the other files back to the last whole line, and each document is in the folder once or not at all. Beside it:

- ``records/<slug>.yaml`` and ``references.yaml`` for ``--format yaml``, the layout of ``data/``;
- ``drafts.jsonl`` for ``--format jsonl``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from kg import __version__
from kg.batch.work import Form, Item, Result, plain_result
from kg.batch.works import Works, numbered, renamed_works
from kg.draft.record import Outcome
from kg.draft.record_yaml import renamed
from kg.errors import BatchError, ConfigError

JOURNAL, DRAFTS, REFERENCES, RECORDS = "outcomes.jsonl", "drafts.jsonl", "references.yaml", "records"
_REFERENCES_HEAD = (
    b"# Drafted with the records; check each against the paper before it goes into the bibliography.\nreferences:\n"
)


class OutFolder:
    """Writes results into a folder, and knows which documents are in it already."""

    def __init__(self, folder: Path, form: Form, chosen: Mapping[str, str] = MappingProxyType({})) -> None:
        """Open a folder, mend what a kill has left, and lock it.

        ``chosen`` is what else the drafts of the folder depend on, as `kg.batch.work.Job.chosen` has it.

        Raises:
            ConfigError: the folder holds something else, or drafts in another format or made with other names or
                another model, or is in use.
        """
        self.folder, self._form, self._chosen = folder, form, chosen
        self._kept = REFERENCES if form is Form.YAML else DRAFTS
        self._names: dict[bytes, bytes] = {}
        self._slugs: set[str] = set()
        self._works = Works()
        self._last: dict[str, int] = {}
        self.done = 0
        begun = (folder / JOURNAL).exists()
        strange = [name for name in (DRAFTS, REFERENCES, RECORDS) if (folder / name).exists()]
        if strange and not begun:
            raise ConfigError(f"{folder} holds {strange[0]} that no run of “extract” wrote. Choose an empty folder.")
        folder.mkdir(parents=True, exist_ok=True)
        self._journal: BinaryIO = (folder / JOURNAL).open("ab+")
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._journal.close()
            raise BatchError(f"Another run writes into {folder}. Wait for it, or choose another --out.") from error
        length = self._take_up()
        self._drafts: BinaryIO = (folder / self._kept).open("ab")
        if self._drafts.tell() < length:
            raise BatchError(f"{folder / self._kept} is shorter than the journal says. Restore it, or begin anew.")
        self._drafts.truncate(length)
        self._drafts.seek(0, os.SEEK_END)
        if form is Form.YAML:
            (folder / RECORDS).mkdir(exist_ok=True)
            if length == 0:
                self._drafts.write(_REFERENCES_HEAD)

    def _take_up(self) -> int:
        """Read the journal up to its last whole line; how long the drafts were then."""
        self._journal.seek(0)
        length, end = 0, 0
        for number, line in enumerate(self._journal):
            if not line.endswith(b"\n"):
                break  # torn by a kill
            entry = _entry(line)
            if entry is None:
                where = f"{self.folder / JOURNAL}:{number + 1}"
                raise BatchError(f"{where}: the journal is damaged here. Restore it, or choose another --out.")
            if number == 0:
                self._check_head(entry)
            else:
                self._know(entry["key"], entry["document"], entry.get("draft", ""))
                self._works.know(entry.get("works", ()))
                length = entry["length"]
                self.done += 1
            end += len(line)
        self._journal.truncate(end)
        self._journal.seek(0, os.SEEK_END)
        if end == 0:
            head = {"extract": 1, "format": self._form.value, "tool": f"sanctuary-kg {__version__}", **self._chosen}
            self._journal.write(_line(head))
            self._sync(self._journal)
        return length

    def _check_head(self, entry: dict[str, Any]) -> None:
        if entry.get("format") != self._form.value:
            other = entry.get("format", "something else")
            raise ConfigError(f"{self.folder} was begun with --format {other}. Go on with it, or choose another --out.")
        for key, option in (("names", "--names"), ("llm", "--llm-model")):
            before, now = entry.get(key, ""), self._chosen.get(key, "")
            if before != now:
                begun = f"with {option} {before}" if before else f"without {option}"
                remedy = "Go on as before, or choose another --out."
                raise ConfigError(f"{self.folder} was begun {begun}; this run has {now or 'none'}. {remedy}")

    def _know(self, key: str, name: str, slug: str) -> None:
        self._names.setdefault(bytes.fromhex(key)[:16], _short(name))
        if slug:
            self._slugs.add(slug)

    def seen(self, item: Item | Result) -> Outcome | None:
        """``DRAFTED`` if this document was done before, ``COPY`` if another of the same content was; remembers it."""
        before = self._names.get(bytes.fromhex(item.key)[:16])
        if before is None:
            self._know(item.key, item.name, "")
            return None
        if before == _short(item.name):
            return Outcome.DRAFTED
        copy = _copy_key(item)
        if copy in self._names:
            return Outcome.DRAFTED
        self._names[copy] = _short(item.name)
        return Outcome.COPY

    def write(self, results: Sequence[Result]) -> list[Result]:
        """Write results, then that they are written; gives them back under the names they got."""
        named = []
        lines = []
        records = []
        for given in results:
            result, works = self._written(self._named(given))
            named.append(result)
            if result.record:
                records.append(self._record(result))
            lines.append(_line(_told(result) | works | {"length": self._drafts.tell()}))
        self._sync(self._drafts)
        for partial, path in records:
            partial.replace(path)
        self._journal.write(b"".join(lines))
        self._sync(self._journal)
        self.done += len(named)
        return named

    def _written(self, result: Result) -> tuple[Result, dict[str, Any]]:
        """Write a line, or the entries of works that are not there; gives what the journal says of them."""
        if self._form is Form.JSONL:
            self._drafts.write(result.line.encode("utf-8", "replace"))
            return result, {}
        names: dict[str, str] = {}
        for name, entry in result.works:
            others = {other for other, _ in result.works if other != name} | set(names.values())
            names[name] = self._works.name(name, entry, others)
        moved = {name: other for name, other in names.items() if name != other}
        result = replace(result, record=renamed_works(result.record, moved)) if moved else result
        own = ((result.slug, result.reference),) if result.reference else ()
        new = []
        for name, entry in (*own, *((names[name], renamed_works(entry, moved)) for name, entry in result.works)):
            if not self._works.has(name, entry):
                self._drafts.write(entry.encode("utf-8", "replace"))
                self._works.add(name, entry)
                new.append(name)
        return result, {"works": self._works.told(new)} if new else {}

    def _named(self, result: Result) -> Result:
        """The result under a name that no other draft has, nor another file of the folder."""
        if not result.record:
            return result
        # Counted on from the last of its kind: a hundred thousand files may all be called “report.txt”.
        number = self._last.get(result.slug, 1)
        while self._is_taken(slug := numbered(result.slug, number), result):
            number += 1
        self._last[result.slug] = number
        self._slugs.add(slug)
        if slug == result.slug:
            return result
        record, reference = (renamed(text, result.slug, slug) for text in (result.record, result.reference))
        return replace(result, slug=slug, record=record, reference=reference)

    def _is_taken(self, name: str, result: Result) -> bool:
        """Whether another draft has the name, or a file does that is no earlier try of this one."""
        if name in self._slugs or self._works.clashes(name, result.reference):
            return True
        try:
            there = (self.folder / RECORDS / f"{name}.yaml").read_text("utf-8", "replace")
        except FileNotFoundError:
            return False
        return f'sha256: "{_sha256(result)}"' not in there

    def _record(self, result: Result) -> tuple[Path, Path]:
        path = self.folder / RECORDS / f"{result.slug}.yaml"
        partial = path.with_name(f".{path.name}.partial")
        with partial.open("wb") as stream:
            stream.write(result.record.encode("utf-8", "replace"))
            stream.flush()
            os.fsync(stream.fileno())
        return partial, path

    @staticmethod
    def _sync(stream: BinaryIO) -> None:
        stream.flush()
        os.fsync(stream.fileno())

    def outcomes(self) -> Iterator[Result]:
        """Every document of the folder and its outcome, as the journal has them."""
        with (self.folder / JOURNAL).open("rb") as stream:
            for number, line in enumerate(stream):
                if number and (entry := _entry(line)) is not None:
                    outcome, reason = Outcome(entry["outcome"]), entry.get("reason", "")
                    yield Result(entry["document"], entry["key"], outcome, reason, entry.get("draft", ""))

    def close(self) -> None:
        """Close the files and give up the lock."""
        self._drafts.close()
        self._journal.close()


def copy_of(item: Item | Result) -> Result:
    """The result of a document whose content another one had before."""
    reason = "Another document of this run, or of an earlier one, has the same content."
    return plain_result(item.name, _copy_key(item).hex(), Outcome.COPY, reason, item.weight)


def _copy_key(item: Item | Result) -> bytes:
    return bytes(a ^ b for a, b in zip(bytes.fromhex(item.key)[:16], _short(item.name) * 2, strict=True))


def _short(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()


def _told(result: Result) -> dict[str, Any]:
    said = {"document": result.name, "key": result.key, "outcome": result.outcome.value}
    said |= {"reason": result.reason} if result.reason else {}
    return said | ({"draft": result.slug} if result.slug else {})


def _sha256(result: Result) -> str:
    """The hash that a draft holds of its text."""
    return result.record.split('sha256: "', 1)[-1][:64]


def _entry(line: bytes) -> dict[str, Any] | None:
    """A line of the journal; ``None`` if it is none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
