"""Scores on a scale that a report prints as a fraction: pain 7/10 on a numerical rating scale, power of grade 3/5."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.extract.nearby import of_leukemia
from kg.extract.reading import Found, Reading

_FRACTION = re.compile(r"(?<![\d/.] )(?<![\d.])(\d{1,2}(?:\.\d)?)(?: ?\+)? (?:/|out of|of) (10|5)(?! ?[/\d])")
_PAIN = re.compile(r"\b(?:numeric(?:al)? rating|nrs|pain (?:score|intensity|scale))\b")
_POWER = re.compile(
    r"\b(?:power|strength|weakness|mrc|medical research council|muscle test\w*|motor (?:grade|score))\b"
)
_SCALES = (("NumericRatingScale", "10", "Pain", _PAIN), ("ManualMuscleTesting", "5", "MuscleWeakness", _POWER))
"""The modality, the end of its scale, the finding that it grades, and the words that name it."""


def scores(reading: Reading) -> Iterator[Found]:
    """The scores of pain and of power, as measurements of their finding."""
    if not of_leukemia(reading):
        return
    for sentence in reading.sentences:
        text = sentence.flat.text
        if " 10" not in text and " 5" not in text:
            continue
        for match in _FRACTION.finditer(text):
            for modality, most, finding, named in _SCALES:
                if match[2] != most or float(match[1]) > float(most) or named.search(text) is None:
                    continue
                detail = {"type": modality, "modality": modality, "printed": f"{match[1]}/{most}", "unit": "{score}"}
                place = sentence.flat.place(*match.span())
                more = {"scale_maximum": most, "of": finding}
                yield Found("measurement", match[1], *place, confidence=0.8, detail=detail | more)
