"""The work on a file of phenopackets: they are cases already, and become a draft without any reading of prose."""

from __future__ import annotations

from functools import cache

from kg.batch.drafted import drafted_result
from kg.batch.work import Item, Job, Result, plain_result, reader
from kg.config import shipped
from kg.draft.record import AGENT, TOOL, Outcome, file_name
from kg.errors import NoLeukemiaError
from kg.ingest.phenopacket import draft_phenopackets
from kg.ingest.phenopacket_terms import Terms
from kg.link.sssom import read_mappings
from kg.records.paper import Reference
from kg.records.reader import read_bibliography


def work_phenopackets(item: Item, job: Job) -> Result:
    """Draft the cases of a file of phenopackets.

    Raises:
        SourceTextError: the file cannot be read.
        RecordError: what it says is not a record.
    """
    vocabulary = reader().vocabulary
    curation = {"method": "Extracted", "agent": AGENT, "date": job.on, "tool": TOOL}
    name = file_name(item.file)
    try:
        draft = draft_phenopackets(item.data, name, _terms(), vocabulary, curation, _bibliography())
    except NoLeukemiaError as error:
        reason = str(error).removeprefix(f"{name}:").strip()
        return plain_result(item.name, item.key, Outcome.NO_LEUKEMIA, reason[:1].upper() + reason[1:], item.weight)
    return drafted_result(item, draft, job.form, vocabulary)


@cache
def _terms() -> Terms:
    return Terms(read_mappings(shipped("data") / "mappings.sssom.tsv").mappings, reader().vocabulary)


@cache
def _bibliography() -> tuple[Reference, ...]:
    return tuple(read_bibliography(shipped("data") / "references.yaml", reader().vocabulary))
