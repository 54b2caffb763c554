"""Every error that Sanctuary KG raises on purpose.

The tree::

    SanctuaryError
    ├── ConfigError            a setting or a path that cannot be used
    ├── OntologyError          Turtle that does not parse, a term without a label
    ├── RecordError            a record that cannot be taken; holds one or more RecordProblem
    ├── SourceTextError        a paper's text that cannot be read
    │   └── NoLeukemiaError    a file of patients that can be read, and tells of none with leukemia
    ├── EndpointError          a language model's endpoint that gives no answer that can be used
    ├── BatchError             a run over many documents that cannot start or go on
    ├── MappingError           a row of the mapping set that cannot be used
    ├── ReleaseError           a release of a terminology that cannot be read, or what is kept of one
    ├── ReasoningError         the reasoner could not run
    │   └── InconsistencyError what the papers say contradicts the ontology
    ├── VerificationError      the graph breaks a shape or a verify query returns rows
    ├── SnapshotError          a snapshot that is missing, damaged or locked
    └── QueryError             SPARQL that does not parse or cannot be evaluated

Each reaches the user as its sentence, without a traceback. ``exit_code`` is what the command line ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SanctuaryError(Exception):
    """Base of all errors here; ``str(error)`` is a sentence for the user."""

    exit_code = 1


class ConfigError(SanctuaryError):
    """A setting, an option or a path cannot be used."""

    exit_code = 2


class OntologyError(SanctuaryError):
    """A Turtle file of the ontology does not parse, or a term in it is incomplete."""


class SourceTextError(SanctuaryError):
    """The text of a paper is missing, is not UTF-8 or is not the text that a record was written from."""


class NoLeukemiaError(SourceTextError):
    """A file of patients can be read, and tells of no patient with leukemia."""


class EndpointError(SanctuaryError):
    """The endpoint of a language model gives no answer, or none that can be used."""


class BatchError(SanctuaryError):
    """A run over many documents cannot start or go on; what is done stays done."""


class MappingError(SanctuaryError):
    """A row of the mapping set cannot be used."""


class ReleaseError(SanctuaryError):
    """A release of a terminology cannot be read, or what is kept of one is damaged."""


class ReasoningError(SanctuaryError):
    """The reasoner could not run to its end."""


class InconsistencyError(ReasoningError):
    """The statements contradict the ontology; the message lists a smallest set that does."""


class VerificationError(SanctuaryError):
    """The graph breaks a SHACL shape, or a verify query returns rows."""


class SnapshotError(SanctuaryError):
    """A snapshot is missing, damaged, or another build holds the lock."""


class QueryError(SanctuaryError):
    """A SPARQL query does not parse or cannot be evaluated."""


@dataclass(frozen=True)
class RecordProblem:
    """One thing that is wrong in one record file.

    ``path`` is the place inside the record, as in ``cases[3].findings[0].finding``; ``line`` and ``column``
    count from one and are ``None`` where the file has no such place.
    """

    file: str
    path: str
    problem: str
    remedy: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f":{self.line}"
            if self.column is not None:
                where += f":{self.column}"
        at = f" at {self.path}" if self.path else ""
        return f"{where}:{at} {self.problem} {self.remedy}".rstrip()


class RecordError(SanctuaryError):
    """One or more records cannot be taken. ``problems`` holds each with file, place and remedy."""

    exit_code = 3

    def __init__(self, problems: Sequence[RecordProblem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        if len(lines) > 1:
            lines.insert(0, f"{len(lines)} problems in the records; nothing was built.")
        super().__init__("\n".join(lines))
