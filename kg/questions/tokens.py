"""The tokens of a query among which a parameter's variable is found: never in a string, an IRI or a comment."""

from __future__ import annotations

import re
from collections.abc import Callable

# SPARQL 1.1, sections 19.4 and 19.8: what may hide a question mark, and then variables. The longest string form first.
_TOKEN = re.compile(
    r"""
      \#[^\n\r]*
    | <[^<>"{}|^`\\\x00-\x20]*>
    | \"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\"
    | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
    | "(?:[^"\\\n\r]|\\.)*"
    | '(?:[^'\\\n\r]|\\.)*'
    | [?$](?P<variable>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)


def variables(sparql: str) -> list[str]:
    """The names of the variables of a query in their order, as often as they stand there.

    >>> variables("SELECT ?a { ?a <http://x/?b> '?c' } # ?d")
    ['a', 'a']
    """
    return [match["variable"] for match in _TOKEN.finditer(sparql) if match["variable"]]


def without_texts(sparql: str) -> str:
    """A query with a space for each string, IRI and comment, and one for all white space that is together.

    >>> without_texts("SELECT ?a { ?a  <http://x/?b> '?c' } # ?d")
    'SELECT ?a { ?a } '
    """
    return re.sub(r"\s+", " ", _TOKEN.sub(lambda match: match[0] if match["variable"] else " ", sparql))


def replace_variables(sparql: str, replacement: Callable[[str], str | None]) -> str:
    """A query in which variables give way to what ``replacement`` has for them; those with ``None`` stay.

    >>> replace_variables("SELECT ?a { ?a ?p '?p' }", {"p": "<http://x/p>"}.get)
    "SELECT ?a { ?a <http://x/p> '?p' }"
    """

    def one(match: re.Match[str]) -> str:
        new = replacement(match["variable"]) if match["variable"] else None
        return match[0] if new is None else new

    return _TOKEN.sub(one, sparql)
