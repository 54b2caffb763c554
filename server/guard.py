"""What a stranger's query may not do, found before the engine sees it.

The engine would answer ``SERVICE`` with requests of its own from inside our network, and it cannot be told not to.
So the query is read here with the engine's own tokens, and where it could be read in two ways, in both. No deadline
is enforced yet: a query that is allowed may still run for long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.namespaces import PREFIXES

MAX_CHARACTERS = 100_000
MAX_DEPTH = 100

UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_PROLOGUE = {"PREFIX", "BASE", "VERSION"}
_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"}

# Terminals of SPARQL 1.1, section 19.8. Possessive quantifiers keep the time linear, whatever the query.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_NAME = _BASE + "0-9_\u00b7\u0300-\u036f\u203f\u2040"
_CHARS = _NAME + r"\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"[{_BASE}][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+"
# The engine takes one dotted part in a local name, where the standard has many: what follows must be read as code.
_LOCAL = rf"(?:[{_BASE}_:0-9]|{_PLX})(?:[{_CHARS}:]|{_PLX})*+(?:\.++(?:[{_CHARS}:]|{_PLX})++)?+"
_PNAME = rf"(?:{_PREFIX})?+:(?:{_LOCAL})?+"
_VARIABLE = rf"[?$][{_BASE}_0-9][{_NAME}]*+"
_BLANK = rf"_:[{_BASE}_0-9][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+"
_IRI = r'<[^\x00-\x20<>"{}|^`\\]*+>'
_ESCAPE = r"""\\[tbnrf"'\\]"""
_STRINGS = (
    rf"'''(?:'{{0,2}}+(?:[^'\\]|{_ESCAPE}))*+'''",
    rf'"""(?:"{{0,2}}+(?:[^"\\]|{_ESCAPE}))*+"""',
    rf"'(?:[^'\\\n\r]|{_ESCAPE})*+'",
    rf'"(?:[^"\\\n\r]|{_ESCAPE})*+"',
)
_SPACE = r"(?:[ \t\r\n]++|#[^\r\n]*+)"

_TOKEN = re.compile(
    rf"(?P<space>{_SPACE}++)|(?P<string>{'|'.join(_STRINGS)})|(?P<iri>{_IRI})|(?P<variable>{_VARIABLE})"
    rf"|(?P<blank>{_BLANK})|(?P<name>{_PNAME})|(?P<word>{_PREFIX})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<other>.)",
    re.DOTALL,
)
_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_SERVICE_CALL = re.compile(
    rf"service{_SPACE}*+(?:silent{_SPACE}*+)?+(?:{_VARIABLE}|<[^>]*+>|{_PNAME}){_SPACE}*+\{{", re.IGNORECASE | re.ASCII
)
_SERVICE_ON_IRI = re.compile(
    rf"(?P<word>service){_SPACE}*+(?:silent{_SPACE}*+)?+<(?P<iri>[^>]*+)>{_SPACE}*+\{{", re.IGNORECASE | re.ASCII
)
_CODEPOINT = re.compile(r"(?<!\\)((?:\\\\)*+)\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_CODEPOINT_LEFT = re.compile(r"(?<!\\)(?:\\\\)*+\\[uU]")


class RefusedError(Exception):
    """A query that is not handed to the engine; ``str(error)`` says why, in a sentence for its author."""


@dataclass(frozen=True)
class Guarded:
    """A query that may be evaluated.

    ``text`` has its codepoint escapes resolved; it, and not what was sent, goes to the engine. ``keyword`` is the
    first one after the prologue in capitals, or empty. ``from_default`` and ``from_named`` are the graphs of the
    ``FROM`` and ``FROM NAMED`` clauses. ``volatile`` is set where the answer may differ from one evaluation to the
    next.
    """

    text: str
    keyword: str
    from_default: tuple[str, ...]
    from_named: tuple[str, ...]
    volatile: bool


def guard(query: str, endpoints: frozenset[str] = frozenset()) -> Guarded:
    """Check a query before it is evaluated.

    Args:
        query: as it was sent.
        endpoints: IRIs that ``SERVICE`` may call, written out in full in the query.

    Raises:
        RefusedError: it calls another endpoint, is too long or too deeply nested, or has a broken codepoint escape.
    """
    if len(query) > MAX_CHARACTERS:
        raise RefusedError(f"The query has {len(query):,} characters; {MAX_CHARACTERS:,} are allowed.")
    text = resolve_codepoints(query)
    tokens = _read(text, endpoints)
    words = [token.upper() for kind, token in tokens if kind == "word"]
    first = next((word for word in words if word not in _PROLOGUE), "")
    # The engine takes “CONSTRUCTWHERE {” as well.
    keyword = next((form for form in FORMS if first.startswith(form)), first)
    return Guarded(text, keyword, *_dataset(tokens), not _VOLATILE.isdisjoint(words))


def _dataset(tokens: list[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """IRIs of the ``FROM`` and of the ``FROM NAMED`` clauses (section 13.2)."""
    base, prefixes = "", dict(PREFIXES)
    default: list[str] = []
    named: list[str] = []
    for index, (kind, token) in enumerate(tokens):
        if kind != "word":
            continue
        word, after = token.upper(), tokens[index + 1 : index + 3]
        if word == "BASE" and after:
            base = urljoin(base, after[0][1][1:-1])
        elif word == "PREFIX" and len(after) == 2:
            prefixes[after[0][1][:-1]] = urljoin(base, after[1][1][1:-1])
        elif word == "FROM" and after:
            is_named = after[0][1].upper() == "NAMED"
            target = after[-1] if is_named else after[0]
            (named if is_named else default).append(_resolve(target, base, prefixes))
    return tuple(default), tuple(named)


def _resolve(token: tuple[str, str], base: str, prefixes: dict[str, str]) -> str:
    kind, text = token
    if kind == "iri":
        return urljoin(base, text[1:-1]) if base else text[1:-1]
    prefix, _, local = text.partition(":")
    return prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)


def resolve_codepoints(query: str) -> str:
    r"""Put characters in the place of ``\uXXXX`` and ``\UXXXXXXXX`` (SPARQL 1.1, section 19.2).

    A doubled backslash is one that a string escapes itself, and does not begin an escape.

    Raises:
        RefusedError: an escape names no character, or is incomplete.

    >>> resolve_codepoints(r"\u0053ELECT '\\u0053'")
    "SELECT '\\\\u0053'"
    """

    def character(match: re.Match[str]) -> str:
        code = int(match[2] or match[3], 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise RefusedError(f"The codepoint escape {match[0].lstrip()} names no character.")
        return match[1] + chr(code)

    text = _CODEPOINT.sub(character, query)
    if _CODEPOINT_LEFT.search(text):
        raise RefusedError("The query has a codepoint escape that is incomplete or that another one makes.")
    return text


def _read(text: str, endpoints: frozenset[str]) -> list[tuple[str, str]]:
    """Kind and text of the words, names and IRIs of a query as it is most likely meant.

    Every other way to read it is checked as well.
    """
    tokens: list[tuple[str, str]] = []
    seen = bytearray(len(text) + 1)
    readings = [(0, 0)]
    primary = True
    while readings:
        position, depth = readings.pop()
        while position < len(text) and not seen[position]:
            seen[position] = 1
            token = _TOKEN.match(text, position)
            assert token is not None
            kind, start, position = token.lastgroup, position, token.end()
            if primary and kind in ("word", "name", "iri"):
                tokens.append((kind, token[0]))
            if kind == "word":
                found = _SERVICE.search(text, start, position)
                if not (found and endpoints and _calls_one_of(text, start, position, endpoints)):
                    _refuse_service(found)
            elif kind == "name":
                # The engine may split a name where it does not fit: “SERVICE:s {” can call the service “:s”.
                _refuse_service(_call_within(text, start, position))
            elif kind == "iri" and _may_be_comparison(token[0]):
                readings.append((start + 1, depth))
            elif kind == "open":
                depth += 1
                if depth > MAX_DEPTH:
                    raise RefusedError(f"The query nests brackets more than {MAX_DEPTH} deep.")
            elif kind == "close":
                depth -= 1
        primary = False
    return tokens


def _may_be_comparison(iri: str) -> bool:
    """Whether ``<…>`` could also be “less than”, with a string or a comment after it that hides what follows.

    After a scheme and ``//`` it could not: no expression has two slashes in a row.
    """
    return ("'" in iri or "#" in iri) and re.match(r"<[A-Za-z][A-Za-z0-9+.-]*+://", iri) is None


def _calls_one_of(text: str, start: int, end: int, endpoints: frozenset[str]) -> bool:
    """Whether the word is SERVICE and calls an endpoint that is allowed."""
    call = _SERVICE_ON_IRI.match(text, start)
    return call is not None and call.end("word") == end and call["iri"] in endpoints


def _call_within(text: str, start: int, end: int) -> re.Match[str] | None:
    for number, word in enumerate(_SERVICE.finditer(text, start, end)):
        call = _SERVICE_CALL.match(text, word.start())
        # Nobody writes a name with so many; trying each would take time that grows with the square.
        if call is not None or number > 10:
            return word
    return None


def _refuse_service(found: re.Match[str] | None) -> None:
    if found is not None:
        raise RefusedError(
            "SERVICE is not allowed here: this endpoint does not query others. Query them from your side."
        )
