"""The result of a source that is a draft already when it is read: phenopackets, and tables of cases."""

from __future__ import annotations

import json

from kg.batch.work import Form, Item, Result
from kg.draft.record import Outcome, RecordDraft
from kg.draft.record_yaml import record_yaml, reference_yaml
from kg.draft.summary import case_summary
from kg.ingest.drafts import Data, Draft
from kg.records.paper import Reference
from kg.vocabulary import Vocabulary

_NOTES = 100


def drafted_result(item: Item, draft: Draft, form: Form, vocabulary: Vocabulary) -> Result:
    """The result of a draft: its record and the entries for the bibliography, or its line."""
    slug = draft.record.record
    notes = tuple(map(str, draft.notes))
    if form is Form.JSONL:
        cases = [
            case_summary(number, case, draft.document, vocabulary) for number, case in enumerate(draft.data["cases"], 1)
        ]
        said = {"document": item.name, "sha256": item.key, "outcome": Outcome.DRAFTED.value, "cases": cases}
        line = json.dumps(said | {"notes": list(notes[:_NOTES])}, ensure_ascii=False, separators=(",", ":")) + "\n"
        return Result(item.name, item.key, Outcome.DRAFTED, line=line, weight=item.weight)
    record = record_yaml(RecordDraft(draft.data, {}, notes))
    entries = {one.reference: reference_yaml(entry_of(one)) for one in draft.references}
    own = entries.pop(slug, "")
    works = tuple(entries.items())
    return Result(item.name, item.key, Outcome.DRAFTED, "", slug, record, own, weight=item.weight, works=works)


def entry_of(reference: Reference) -> Data:
    """A reference as plain values, without what it does not state."""
    return reference.model_dump(exclude_defaults=True)
