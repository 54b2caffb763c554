"""Where a value is written, as evidence of the record format: a mention of at most eight words that is found again."""

from __future__ import annotations

import re

from kg.ingest import Document
from kg.ingest.document import fold, folded_pattern
from kg.ingest.drafts import Data
from kg.records.fields import MENTION_WORDS

_LONGEST = 120


def evidence_of(document: Document, start: int, end: int) -> Data | None:
    """The evidence for a stretch of a document; ``None`` if ``sanctuary evidence check`` would not find it there.

    The stretch is widened to whole words, and cut where it is too long for a mention.
    """
    start, end = _whole_words(document.text, start, end)
    start, end = _cut(document.text, start, end)
    section = document.section_at(start)
    if start == end or section is None:
        return None
    mention = fold(document.text[start:end])
    # Words that folding leaves as they are stand where they were taken from.
    if mention != document.text[start:end]:
        found = folded_pattern(mention).match(document.text, start) if mention else None
        if found is None or found.end() != end:
            return None
    try:
        sentence = document.sentence_hash(start)
    except LookupError:
        return None
    return {"mention": mention, "section": section, "start": start, "end": end, "sentence": sentence}


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    start, end = max(0, start), min(len(text), end)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        while start > 0 and _word(text[start]) and _word(text[start - 1]):
            start -= 1
        while end < len(text) and _word(text[end - 1]) and _word(text[end]):
            end += 1
    return start, end


def _word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _cut(text: str, start: int, end: int) -> tuple[int, int]:
    """As many of the first words as a mention may have; words count as they are after folding."""
    stops = [start + match.end() for match in re.finditer(r"\S+", text[start:end])]
    while stops:
        mention = fold(text[start : stops[-1]])
        if len(mention) <= _LONGEST and len(mention.split()) <= MENTION_WORDS:
            return start, stops[-1]
        # What is far too long is cut at once, and the rest word by word.
        stops = stops[: min(len(stops) - 1, 2 * MENTION_WORDS)]
    return start, start
