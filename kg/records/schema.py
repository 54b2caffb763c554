"""The published JSON Schema of a record, made from the typed models and the vocabulary."""

from __future__ import annotations

import json
from typing import Any

from kg.records.fields import SCHEMES_KEY
from kg.records.paper import Record
from kg.vocabulary import Vocabulary

SCHEMA_ID = "https://w3id.org/sanctuary-kg/record.schema.json"


def record_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a record file.

    A field that takes a concept lists the names it takes, each with its label and definition, so that an editor
    can complete and explain them.
    """
    schema = Record.model_json_schema()
    definitions = schema["$defs"]
    _name_concepts(schema, definitions, vocabulary)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def record_schema_text(vocabulary: Vocabulary) -> str:
    """The schema as JSON, the same bytes for the same vocabulary."""
    return json.dumps(record_schema(vocabulary), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _name_concepts(part: Any, definitions: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Replace each mark that a concept field left by a reference to the list of names it takes."""
    if isinstance(part, list):
        for item in part:
            _name_concepts(item, definitions, vocabulary)
    elif isinstance(part, dict):
        schemes = part.pop(SCHEMES_KEY, None)
        if schemes is not None:
            name = "Or".join(schemes)
            part.pop("type", None)
            part["$ref"] = f"#/$defs/{name}"
            definitions.setdefault(name, _names(schemes, vocabulary))
        for key in list(part):
            _name_concepts(part[key], definitions, vocabulary)


def _names(schemes: list[str], vocabulary: Vocabulary) -> dict[str, Any]:
    concepts = [concept for concept in vocabulary.in_scheme(*schemes) if concept.name not in schemes]
    return {
        "anyOf": [
            {"const": concept.name, "title": concept.label, "description": concept.definition} for concept in concepts
        ]
    }
