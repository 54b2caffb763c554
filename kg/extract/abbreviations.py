"""Abbreviations as the paper itself defines them: “granulocytic sarcoma (GS)”, “BM (bone marrow)”.

The long form is found as Schwartz and Hearst (2003) do it: each sign of the short form, from the last to the first,
stands in the words before the parenthesis, the first one at the beginning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_PARENTHESIS = re.compile(r"\(\s*([^()]{2,60}?)\s*(?:[;,:][^()]*)?\)")
_SHORT = re.compile(r"(?=.*[A-Z])[A-Za-z0-9][A-Za-z0-9+/‐‑–-]{1,9}")


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Short and long forms that a text defines.

    >>> list(definitions("a granulocytic sarcoma (GS) and BM (bone marrow) relapse"))
    [('GS', 'granulocytic sarcoma'), ('BM', 'bone marrow')]
    """
    for found in _PARENTHESIS.finditer(text):
        inside = found[1]
        before = text[max(0, found.start() - 200) : found.start()].rstrip()
        if _SHORT.fullmatch(inside):
            long = _long_form(inside, before)
            if long:
                yield inside, long
        else:
            last = before.split()[-1:] or [""]
            short = last[0].strip(",;")
            if _SHORT.fullmatch(short) and (long := _long_form(short, inside)) and len(long) >= len(inside) - 2:
                yield short, long


def _long_form(short: str, before: str) -> str | None:
    signs = [sign.lower() for sign in short if sign.isalnum()]
    if len(signs) > 1 and short.endswith("s") and short[:-1].isupper():
        signs.pop()
    words = before.split()
    before = " ".join(words[-min(len(signs) + 5, len(signs) * 2) :])
    at = len(before)
    for number in range(len(signs) - 1, -1, -1):
        at -= 1
        while at >= 0 and not (
            before[at].lower() == signs[number] and (number or at == 0 or not before[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
    long = before[at:]
    return long if len(long) > len(short) and not re.search(r"[.;()]", long) else None


def alike(long: str, names: Iterable[str]) -> bool:
    """Whether a long form has a word in common with any of the names, however it ends.

    >>> alike("computerized tomographic scan", ["computed tomography"])
    True
    >>> alike("multiple sclerosis", ["myeloid sarcoma"])
    False
    """
    heads = {word[:4] for word in re.findall(r"[a-z]{4,}", long.lower())}
    return any(word[:4] in heads for name in names for word in re.findall(r"[a-z]{4,}", name.lower()))
