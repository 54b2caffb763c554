"""Drafts refined by a language model, if the user has chosen one: what the rules overlooked, at words of the text.

The rules come first. What a model adds is marked as its own and less sure; where it contests what a rule found, the
rule's value stands and the other is told to the curator. A document that the model could not be asked about keeps the
draft of the rules, and says so.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.draft.llm_client import Client, Model
from kg.draft.llm_schema import fields_of, question, schema
from kg.draft.llm_values import accepted, told_apart
from kg.draft.record import TOOL, Patient, RecordDraft
from kg.draft.summary import SINGLE
from kg.errors import EndpointError
from kg.extract.reader import Reader
from kg.extract.reading import Found, Reading
from kg.extract.rulefiles import rules
from kg.ingest import Document
from kg.ingest.document import fold

_TROUBLE = 3
_REST = 60.0
"""After so many documents in a row without an answer, the endpoint is left alone for so many seconds."""

_SHOWN = 20


@dataclass(frozen=True)
class Refined:
    """Patients with what a model added, and what is to be told of it.

    ``failure`` says why the model could not be asked about all of them; ``dropped`` counts what was not accepted.
    """

    patients: tuple[Patient, ...]
    model: Model
    added: tuple[Found, ...] = ()
    contested: tuple[tuple[Found, Found], ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)
    cut: bool = False
    failure: str = ""

    @property
    def reason(self) -> str:
        """Why the draft is that of the rules alone, or in part; empty if it is not."""
        return f"Drafted by the rules alone: {self.failure}." if self.failure else ""

    def draft(self, draft: RecordDraft, document: Document) -> RecordDraft:
        """A draft with notes on what the model did, and its name among the tools."""
        notes = [*draft.notes, *self._notes(document)]
        if self.added:
            tool = f"{TOOL} with {self.model.label}"[:120]
            curation = {**draft.record["curation"], "tool": tool}
            return replace(draft, record={**draft.record, "curation": curation}, notes=tuple(notes))
        return replace(draft, notes=tuple(notes))

    def summary(self, document: Document) -> dict[str, Any]:
        """The same for the flat form."""
        said: dict[str, Any] = {"model": self.model.label, "added": len(self.added), "dropped": dict(self.dropped)}
        said["contested"] = [
            {"field": one.field, "value": one.value, "mention": _words(document, one), "kept": other.value}
            | {key: value for key, value in one.detail.items() if key != "by"}
            for one, other in self.contested
        ]
        return said

    def _notes(self, document: Document) -> list[str]:
        if self.failure:
            return [f"{self.reason} The model was {self.model.label}."]
        notes = []
        if self.cut:
            notes.append(f"the text was too long for {self.model.label}; its end was not sent.")
        for one in self.added[:_SHOWN]:
            said = f"{one.field} {one.value} at “{_words(document, one)}”"
            notes.append(f"{said} is {self.model.label}'s, not a rule's: check it with care.")
        if len(self.added) > _SHOWN:
            more, sure = len(self.added) - _SHOWN, rules("llm")["confidence"]
            notes.append(f"{more} more values are {self.model.label}'s; they have confidence {sure} at most.")
        for one, other in self.contested[:_SHOWN]:
            says = f"{self.model.label} has {_said(one)} at “{_words(document, one)}”"
            notes.append(f"{says}, the rules have {_said(other)}, which stands.")
        return notes


class Refiner:
    """Asks one model about documents; made once in a process."""

    def __init__(self, model: Model, reader: Reader) -> None:
        """Take a model; nothing is sent yet.

        Raises:
            ConfigError: the model cannot be asked from this process.
        """
        self.model = model
        self._reader = reader
        self._fields = fields_of(reader.vocabulary)
        self._question = question(self._fields)
        self._schema = schema(self._fields)
        self._client = Client(model)
        self._failed, self._rests_until = 0, 0.0

    def refine(self, document: Document, patients: Sequence[Patient]) -> Refined:
        """The patients of a document with what the model finds of those with leukemia."""
        result = Refined(tuple(patients), self.model)
        if time.monotonic() < self._rests_until:
            return replace(result, failure="the endpoint of the model gave no answer several times in a row")
        try:
            result = self._refined(document, result)
        except EndpointError as error:
            self._failed += 1
            if self._failed >= _TROUBLE:
                self._failed, self._rests_until = 0, time.monotonic() + _REST
            return replace(result, failure=str(error))
        self._failed = 0
        return result

    def _refined(self, document: Document, result: Refined) -> Refined:
        deadline = time.monotonic() + self.model.seconds
        patients: list[Patient] = []
        added: list[Found] = []
        contested: list[tuple[Found, Found]] = []
        dropped: Counter[str] = Counter()
        cut = False
        for patient, reading in zip(result.patients, self._reader.read(document), strict=True):
            if not patient.leukemic:
                patients.append(patient)
                continue
            text, whole = _text(reading)
            cut = cut or not whole
            answer = self._client.ask(self._request(text), deadline)
            found = accepted(answer, reading, self._fields, self.model.name)
            dropped += found.dropped
            known = [one.value for one in (*patient.found, *found.found)]
            above = {value: frozenset(self._reader.vocabulary.ancestors(value)) | {value} for value in known}
            new, against = told_apart(found.found, patient.found, SINGLE, above)
            patients.append(Patient((*patient.found, *new)))
            added += new
            contested += against
        return replace(
            result,
            patients=tuple(patients),
            added=tuple(added),
            contested=tuple(contested),
            dropped=dropped,
            cut=cut,
        )

    def _request(self, text: str) -> dict[str, Any]:
        return {
            "messages": [{"role": "system", "content": self._question}, {"role": "user", "content": text}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "case_report", "strict": True, "schema": self._schema},
            },
        }


def _text(reading: Reading) -> tuple[str, bool]:
    """The sentences that tell of one patient, and whether they are all; only what fits is sent."""
    most = rules("llm")["most_text"]
    parts: list[str] = []
    size = 0
    for sentence in reading.sentences:
        part = reading.stretch(sentence.start, sentence.end)
        size += len(part) + 1
        if size > most:
            return "\n".join(parts) or part[:most], False
        parts.append(part)
    return "\n".join(parts), True


def _words(document: Document, one: Found) -> str:
    return fold(document.text[one.start : one.end])[:120]


def _said(one: Found) -> str:
    """A value with what is said of it: “finding Fever (Absent)”."""
    told = ", ".join(value for key, value in one.detail.items() if key in ("status", "result", "expression"))
    return f"{one.field} {one.value}" + (f" ({told})" if told else "")
