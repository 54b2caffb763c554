"""The published JSON Schema is up to date, is valid, takes the shipped records and refuses broken ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from kg.config import shipped
from kg.records import fields
from kg.records.fields import SCHEMES_KEY, ConceptOf
from kg.records.schema import SCHEMA_ID, record_schema, record_schema_text
from kg.records.yaml_positions import read_yaml
from kg.vocabulary import Vocabulary

SCHEMA_FILE = shipped("data") / "record.schema.json"
RECORDS = sorted((shipped("data") / "records").glob("*.yaml"))
CONCEPT_FIELDS = {
    name: mark for name, kind in vars(fields).items() for mark in get_args(kind)[1:] if isinstance(mark, ConceptOf)
}


def plain(value: Any) -> Any:
    """The record as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def record(path: Path) -> Any:
    return plain(read_yaml(path.read_text(encoding="utf-8"), str(path)).value)


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def test_the_shipped_schema_is_up_to_date(vocabulary: Vocabulary) -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == record_schema_text(vocabulary)


def test_it_is_json_schema_2020_12(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == SCHEMA_ID
    assert SCHEMES_KEY not in SCHEMA_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_it_takes_the_shipped_records(path: Path, schema: Any) -> None:
    assert [f"{e.json_path}: {e.message}" for e in Draft202012Validator(schema).iter_errors(record(path))] == []


def _set(*path: str | int, value: Any) -> Callable[[Any], None]:
    def change(part: Any) -> None:
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(_set("cases", 0, "diagnoses", 0, "leukemia", value="Gout"), "leukemia", id="unknown concept"),
        pytest.param(_set("cases", 0, "diagnoses", 0, "leukemia", value="SciaticNerve"), "leukemia", id="other scheme"),
        pytest.param(_set("cases", 0, "told", value="rumour"), "told", id="unknown word"),
        pytest.param(_set("cases", 0, "colour", value="red"), "cases[0]", id="unknown key"),
        pytest.param(lambda part: part.pop("curation"), "$", id="missing key"),
        pytest.param(_set("cases", 0, "patient", "evidence", value=[]), "evidence", id="no evidence"),
        pytest.param(_set("cases", 0, "case", value="Not A Slug"), "case", id="not a slug"),
        pytest.param(_set("cases", 0, "patient", "age", value={"years": 126}), "age", id="too old"),
        pytest.param(_set("citations", 0, "number", value=0), "number", id="number below one"),
        pytest.param(_set("document", "sha256", value="abc"), "sha256", id="not a hash"),
    ],
)
def test_it_refuses_a_broken_record(change: Callable[[Any], None], path: str, schema: Any) -> None:
    broken = copy.deepcopy(record(RECORDS[0]))
    change(broken)
    (error,) = Draft202012Validator(schema).iter_errors(broken)
    assert path in error.json_path


@pytest.mark.parametrize("name", sorted(CONCEPT_FIELDS))
def test_it_lists_the_names_that_the_reader_takes(name: str, schema: Any, vocabulary: Vocabulary) -> None:
    schemes = CONCEPT_FIELDS[name].schemes
    listed = schema["$defs"].get("Or".join(schemes))
    assert listed is not None, "no field of a record uses this type"
    names = {entry["const"] for entry in listed["anyOf"]}
    assert names == {concept.name for concept in vocabulary.in_scheme(*schemes)} - set(schemes)
    assert all(entry["title"] and entry["description"] for entry in listed["anyOf"])
    assert names


def test_the_same_vocabulary_gives_the_same_schema(vocabulary: Vocabulary) -> None:
    assert record_schema(vocabulary) == record_schema(Vocabulary(dict(reversed(vocabulary.concepts.items()))))
