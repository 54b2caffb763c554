"""Words of cells that are nobody's label, and what they mean in a column: “+”, “O”, “blast forms”, “died of sepsis”."""

from __future__ import annotations

import re

DASHES = ("-", "–", "—")
SILENT = ("NR", "N.R.", "ND", "N.D.", "NS", "unknown", *DASHES, "…", "?")
"""What a cell may say where nothing is reported; a mapping names those that its table uses."""

YES = r"\+|yes|y|o|✓|✔|present|positive|pos"
NO = r"[-–]|no|n|x|✗|✕|absent|none|negative|neg"
_NOT = r"(?!.*(?:\b(?:no|not|without|normal|negative)\b|→|->))"
_FREE = r"normal|negative|free|not involved|uninvolved|no (?:blasts?|involvement|relapse)|remission|clear|unremarkable"
_INVOLVED = rf"involved|positive|relapsed?|(?:leuka?emic )?(?:cells|infiltrat\w+)|{_NOT}.*\bblasts?\b.*"
_CHANGE = r"(?:elevated|increased|raised|high|low|decreased) (?:csf )?[a-z]+(?: count)?"
_CHANGED = rf"{_CHANGE}(?:(?: and|,|, and) (?:{_CHANGE}|[a-z]+(?: count)?))*|abnormal"
_SEEN = rf"{_NOT}.*\b(?:mass|swelling|enhanc\w+|uptake|infiltrat\w+|lesions?|thicken\w+)\b.*"
_MEANINGS = {
    "episode.onset": ((YES, "InRemission"), (NO, "NotInRemission")),
    "episode.marrow": ((f"{_FREE}|{NO}", "NotInvolved"), (f"{_INVOLVED}|{YES}", "Involved")),
    "episode.csf": (
        (f"{_FREE}|{NO}", "NotInvolved"),
        (f"{_INVOLVED}|{YES}", "Involved"),
        (_CHANGED, "Indeterminate"),
    ),
    "investigation": ((f"{NO}|{_FREE}", "Normal"), (f"{_CHANGED}|{_INVOLVED}|{_SEEN}|{YES}", "Abnormal")),
    "finding": ((NO, "Absent"), (YES, "Present")),
    "patient.sex": ((r"m|males?", "Male"), (r"f|females?", "Female")),
    "outcome.vital_status": (
        (r"(?:died|dead|deceased|death|expired)\b.*|.*\b(?:died|death)", "Dead"),
        (r"(?:alive|living|survived|surviving)\b.*|.*\b(?:alive|survived)", "Alive"),
    ),
}
_PATTERNS = {field: tuple((re.compile(words), concept) for words, concept in rows) for field, rows in _MEANINGS.items()}

_AGE, _SEX = r"\d{1,3}(?:\.\d+)?", r"[MFmf]|[Mm]ale|[Ff]emale|[Mm]an|[Ww]oman|[Bb]oy|[Gg]irl"
_OLD, _AND = r"\s*(?:y(?:ears?|rs?|o)?\.?(?:[ -]old)?)?", r"\s*[/,;-]?\s*"
AGE_AND_SEX = (
    (r"(\d+)\s*/\s*[MF]", r"\d+\s*/\s*([MF])"),
    (r"[MF]\s*/\s*(\d+)", r"([MF])\s*/\s*\d+"),
    (rf"({_AGE}){_OLD}{_AND}(?:{_SEX})", rf"{_AGE}{_OLD}{_AND}({_SEX})"),
    (rf"(?:{_SEX}){_AND}({_AGE}){_OLD}", rf"({_SEX}){_AND}{_AGE}{_OLD}"),
)
"""Patterns of the age and of the sex in a cell that has both, the plainest first."""


def meaning(field: str, cell: str) -> str | None:
    """The concept that a cell's words plainly mean in a column of a field.

    >>> meaning("episode.csf", "Atypical and blast forms"), meaning("episode.marrow", "Normal → relapse")
    ('Involved', None)
    """
    words = cell.casefold()
    return next((concept for pattern, concept in _PATTERNS.get(field, ()) if pattern.fullmatch(words)), None)


def is_yes(cell: str) -> bool:
    """Whether a cell says yes."""
    return re.fullmatch(YES, cell.casefold()) is not None


def is_yes_or_no(cell: str) -> bool:
    """Whether a cell says yes or no."""
    return re.fullmatch(f"{YES}|{NO}", cell.casefold()) is not None
