"""The work on one document: read it, extract, draft. The same wherever it runs, and as often as it runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from kg.config import shipped
from kg.draft.citations import Bibliography
from kg.draft.llm_client import Model
from kg.draft.record import MAX_CHARACTERS, Outcome, draft_record, outcome_of, read_patients
from kg.draft.record_yaml import record_yaml, reference_yaml
from kg.draft.summary import rows_summary, summary
from kg.draft.tables import may_have_cases
from kg.errors import SanctuaryError, SourceTextError
from kg.extract.names import NO_NAMES, Names
from kg.extract.reader import Reader
from kg.ingest import Document, read_bytes
from kg.ingest.formats import is_phenopackets
from kg.records.reader import read_bibliography
from kg.vocabulary import read_ontology, read_vocabulary

if TYPE_CHECKING:
    from kg.draft.llm import Refiner


class Form(StrEnum):
    """What is written for a document."""

    YAML = "yaml"
    JSONL = "jsonl"


@dataclass(frozen=True)
class Job:
    """What is the same for all documents of a run; ``seconds`` is what one document may take.

    ``names`` and ``model`` are what the user chose beside the rules. They travel with the work, so that a worker
    elsewhere needs neither the terminologies nor the options; the key of the model stays in the environment.
    """

    form: Form
    on: str
    seconds: float = 30.0
    names: Names = NO_NAMES
    model: Model | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """What else than the rules drafts depend on: drafts of one folder have it in common."""
        chosen = {"names": self.names.label, "llm": self.model.label if self.model else ""}
        return {key: value for key, value in chosen.items() if value}


@dataclass(frozen=True)
class Item:
    """A document to work on: its bytes, or the document itself where it was one article of many.

    ``name`` says where it came from, ``file`` is the last part of it; ``key`` is a hash of the content, ``weight`` how
    many bytes of the input it stands for.
    """

    name: str
    file: str
    key: str
    weight: int = 0
    data: bytes = b""
    document: Document | None = None


@dataclass(frozen=True)
class Result:
    """What became of a document, and what is to be written for it.

    ``reference`` is the bibliography's entry of the document itself; ``works`` are the slugs and entries of other works
    that it names, which other documents may name too.
    """

    name: str
    key: str
    outcome: Outcome
    reason: str = ""
    slug: str = ""
    record: str = ""
    reference: str = ""
    line: str = ""
    weight: int = 0
    works: tuple[tuple[str, str], ...] = ()


def failed(item: Item, reason: str) -> Result:
    """The result of a document that could not be worked on."""
    return plain_result(item.name, item.key, Outcome.FAILED, reason, item.weight)


def plain_result(name: str, key: str, outcome: Outcome, reason: str, weight: int = 0) -> Result:
    """A result without anything found."""
    reason = " ".join(reason.split())[:500]
    line = _line({"document": name, "sha256": key, "outcome": outcome.value, "reason": reason, "cases": []})
    return Result(name, key, outcome, reason, line=line, weight=weight)


@cache
def reader(names: Names = NO_NAMES) -> Reader:
    """The reader of this process, made once for a set of names."""
    return Reader(read_vocabulary(read_ontology(shipped("ontology"))), names)


def warm() -> None:
    """Read one sentence, so that the time of the first document does not go into making the rules."""
    for document in read_bytes(b"A 40-year-old man with AML in remission had a relapse in the testis.", "first.txt"):
        read_patients(document, reader())


@cache
def bibliography() -> Bibliography:
    """The works of the shipped bibliography, to be recognised in lists of references."""
    path = shipped("data") / "references.yaml"
    return Bibliography(read_bibliography(path, reader().vocabulary) if path.exists() else ())


@cache
def refiner(model: Model, names: Names) -> Refiner:
    """What asks a model in this process, made once."""
    from kg.draft.llm import Refiner

    return Refiner(model, reader(names))


def work(item: Item, job: Job) -> Result:
    """Read, extract and draft one document.

    A document that cannot be read is a result too; what a fault of this program raises is left to the caller.
    """
    try:
        if item.document is None and is_phenopackets(item.data):
            from kg.batch.phenopackets import work_phenopackets  # at its use: it brings Protocol Buffers

            return work_phenopackets(item, job)
        document = item.document or next(read_bytes(item.data, item.file))
        if len(document.text) > MAX_CHARACTERS:
            raise SourceTextError(
                f"the text has {len(document.text):,} characters, more than {MAX_CHARACTERS:,}. Give one report a file."
            )
        return _extracted(item, document, job)
    except SanctuaryError as error:
        return failed(item, str(error).removeprefix(f"{item.file}:"))


def _extracted(item: Item, document: Document, job: Job) -> Result:
    engine = reader(job.names) if job.names.label else reader()
    patients = read_patients(document, engine)
    outcome, reason = outcome_of(patients)
    refined = refiner(job.model, job.names).refine(document, patients) if job.model and not reason else None
    patients, reason = (refined.patients, refined.reason) if refined else (patients, reason)
    tabled = may_have_cases(document)
    if job.form is Form.JSONL:
        cases = summary(document, patients, engine.vocabulary)
        rows = rows_summary(document, engine, bibliography(), len(cases)) if tabled else ()
        outcome, reason = (Outcome.DRAFTED, "") if rows and outcome is not Outcome.DRAFTED else (outcome, reason)
        said = {"document": item.name, "sha256": item.key, **_source(document), "outcome": outcome.value}
        said |= {"reason": reason} if reason else {}
        said |= {"llm": refined.summary(document)} if refined else {}
        line = _line(said | {"cases": [*cases, *rows]})
        return Result(item.name, item.key, outcome, reason, line=line, weight=item.weight)
    draft = (
        draft_record(document, patients, engine, job.on, bibliography())
        if outcome is Outcome.DRAFTED or tabled
        else None
    )
    if draft is None:
        reason = reason or "What was found cannot be said in the record format."
        outcome = outcome if outcome is not Outcome.DRAFTED else Outcome.FAILED
        return plain_result(item.name, item.key, outcome, reason, item.weight)
    draft = refined.draft(draft, document) if refined else draft
    reason = reason if outcome is Outcome.DRAFTED else ""
    texts = record_yaml(draft), reference_yaml(draft.reference)
    works = tuple((work["reference"], reference_yaml(work)) for work in draft.works)
    return Result(
        item.name, item.key, Outcome.DRAFTED, reason, draft.slug, *texts, weight=item.weight, works=works
    )  # fmt: skip


def _source(document: Document) -> dict[str, Any]:
    """What a document states of its paper, as far as it does."""
    metadata = document.metadata
    said = {key: getattr(metadata, key) for key in ("title", "journal", "year", "doi", "pmid", "pmcid")}
    return {key: value for key, value in said.items() if value}


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"
