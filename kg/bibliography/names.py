"""Names of authors as the graph has them, in parts.

Reference lists print “van Asseldonk JT”, title pages “Soon Ju Baek”. Which of the two a name is shows by its last word:
up to three capitals are initials.
"""

from __future__ import annotations

import re

_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "2nd", "3rd"})
_INITIALS = re.compile(r"(?:[^\W\d_a-zà-öø-ÿ]\.?-?){1,3}")
_GROUP = re.compile(
    r"(?i)\b(?:group|committee|consortium|society|association|network|investigators|collaborators|organi[sz]ation|"
    r"collaboration|institute|team)\b"
)


def name_parts(name: str) -> dict[str, str]:
    """A name as a name variable of CSL-JSON (CSL 1.0.2, “Names”); a group or a single word is left whole.

    >>> name_parts("van Asseldonk JT")
    {'family': 'Asseldonk', 'given': 'J. T.', 'non-dropping-particle': 'van'}
    >>> name_parts("Soon Ju Baek")
    {'family': 'Baek', 'given': 'Soon Ju'}
    >>> name_parts("Weisman R Jr")
    {'family': 'Weisman', 'given': 'R.', 'suffix': 'Jr'}
    >>> name_parts("Children's Oncology Group")
    {'literal': "Children's Oncology Group"}
    """
    words = name.split()
    if len(words) < 2 or _GROUP.search(name):
        return {"literal": " ".join(words)}
    suffix = words.pop() if len(words) > 2 and words[-1] in _SUFFIXES else ""
    if _INITIALS.fullmatch(words[-1]):
        family, given = words[:-1], _spaced(words[-1])
    else:
        # Particles before the last word belong to the family name: “Jan van der Berg”.
        start = len(words) - 1
        while start > 1 and words[start - 1].islower():
            start -= 1
        family, given = words[start:], " ".join(words[:start])
    particles = 0
    while particles < len(family) - 1 and family[particles].islower():
        particles += 1
    parts = {
        "family": " ".join(family[particles:]),
        "given": given,
        "non-dropping-particle": " ".join(family[:particles]),
        "suffix": suffix,
    }
    return {part: text for part, text in parts.items() if text}


def _spaced(initials: str) -> str:
    """Initials with points and spaces, so that no program takes “JT” for one name: “J. T.”, “J.-P.”."""
    letters = re.findall(r"(-?)([^\W\d_])", initials)
    return "".join(f"{hyphen}{letter}." if hyphen else f" {letter}." for hyphen, letter in letters).strip()
