"""A draft record, and the bibliography's entry of its paper, as YAML in the hand of ``data/records``.

Words that are safe stand plain, all others in double quotes; a list of words, an age, a site and a piece of evidence
stand on one line. So a text from outside can neither begin a line nor be read as another kind of value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from kg.draft.record import RecordDraft
from kg.ingest.drafts import Data

_HEAD = "# yaml-language-server: $schema=../record.schema.json\n"
_UNSIGNED = '  # Not signed. Once you have checked it against the paper, sign here: signed_by: "Your Name"\n'
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_RESERVED = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ON_ONE_LINE = frozenset({"age", "remission", "evidence", "sites"})


def record_yaml(draft: RecordDraft) -> str:
    """A draft as the text of a record file, with its notes as comments."""
    record = dict(draft.record)
    parts = [_HEAD, f"# Draft by {record['curation']['tool']}, to be checked against the paper.\n"]
    parts += [f"# Note: {_comment(note)}\n" for note in draft.notes]
    cases = record.pop("cases")
    for key, value in record.items():
        parts += [f"{line}\n" for line in _entry(key, value, "")]
        parts += [_UNSIGNED] * (key == "curation")
    parts += ["\ncases:\n"]
    for number, case in enumerate(cases):
        parts += ["\n"] * bool(number) + [f"{line}\n" for line in _items([case], "  ")]
    return "".join(parts)


def reference_yaml(reference: Data) -> str:
    """An entry of ``references.yaml``, to stand below ``references:``."""
    return "".join(f"{line}\n" for line in _items([reference], "  "))


def renamed(text: str, old: str, new: str) -> str:
    """The text of a draft or of a reference under another name."""
    text = re.sub(rf"^(record: |  - reference: ){re.escape(old)}$", rf"\g<1>{new}", text, flags=re.MULTILINE)
    # “vital-1993-b-1” is a case of another record, “vital-1993-patient-7” one of this.
    return re.sub(rf"^(  - case: ){re.escape(old)}(?=-(?![b-z]-\d+$))", rf"\g<1>{new}", text, flags=re.MULTILINE)


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    """The lines of one key and its value."""
    if isinstance(value, Mapping):
        if key in _ON_ONE_LINE:
            yield f"{indent}{key}: {_flow(value)}"
            return
        yield f"{indent}{key}:"
        for inner, part in value.items():
            yield from _entry(inner, part, indent + "  ")
    elif isinstance(value, (list, tuple)):
        if all(not isinstance(item, Mapping) for item in value):
            yield f"{indent}{key}: {_flow(value)}"
        elif key in _ON_ONE_LINE:
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {_flow(item)}" for item in value)
        else:
            yield f"{indent}{key}:"
            yield from _items(value, indent + "  ")
    else:
        yield f"{indent}{key}: {_scalar(value, key)}"


def _items(values: Iterable[Mapping[str, Any]], indent: str) -> Iterator[str]:
    """The lines of a list of mappings."""
    for value in values:
        lead = f"{indent}- "
        for key, part in value.items():
            for line in _entry(key, part, indent + "  "):
                yield lead + line[len(lead) :] if lead.strip() else line
                lead = " " * len(lead)


def _flow(value: Any, key: str = "") -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(part, name)}" for name, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    return _scalar(value, key)


def _scalar(value: Any, key: str = "") -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = str(value)
    # A hash is quoted even where it is a word, since one of figures alone would be a number.
    if _PLAIN.match(text) and text.lower() not in _RESERVED and key not in ("mention", "sentence", "sha256", "title"):
        return text
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else "\\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"


def _comment(text: str) -> str:
    """A text that stays in its comment."""
    return "".join(c if c.isprintable() and c not in "\ufeff" and not "\ud800" <= c <= "\udfff" else " " for c in text)
