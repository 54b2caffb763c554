"""A reader on the shipped vocabulary, and what the extractors of person and course find in a text."""

from __future__ import annotations

import hashlib
from functools import cache

from kg.config import shipped
from kg.extract.course import course
from kg.extract.demographics import age, sex
from kg.extract.leukemia import leukemia
from kg.extract.reader import Reader
from kg.extract.reading import Found, Reading
from kg.ingest import Document, Section
from kg.vocabulary import read_ontology, read_vocabulary


@cache
def reader() -> Reader:
    return Reader(read_vocabulary(read_ontology(shipped("ontology"))))


def document(text: str, *sections: Section) -> Document:
    whole = (Section("Abstract", 0, len(text)),)
    return Document("invented", text, hashlib.sha256(text.encode()).hexdigest(), sections or whole, ())


def read(text: str) -> list[Reading]:
    return reader().read(document(text))


def found(reading: Reading) -> dict[str, Found]:
    """The first value of each field."""
    values: dict[str, Found] = {}
    for extract in (age, sex, leukemia, course):
        for one in extract(reading):
            values.setdefault(one.field, one)
    return values


def values(text: str) -> dict[str, str]:
    """What is found of the only patient of a text."""
    readings = read(text)
    assert len(readings) == 1, [len(readings), text]
    return {field: one.value for field, one in found(readings[0]).items()}
