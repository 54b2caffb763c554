"""The same patient in two papers: candidates with reasons, for a curator to judge. Nothing is merged here."""

from __future__ import annotations

from kg.same_patient.folders import Reading, read_folders
from kg.same_patient.pairs import Found, Pair, find_pairs
from kg.same_patient.reason import Contradiction, Reason
from kg.same_patient.telling import Kinds, Telling
from kg.same_patient.word import Word, Words

__all__ = [
    "Contradiction",
    "Found",
    "Kinds",
    "Pair",
    "Reading",
    "Reason",
    "Telling",
    "Word",
    "Words",
    "find_pairs",
    "read_folders",
]
