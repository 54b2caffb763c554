"""The graph as the tools of assistants ask it: the snapshot in service, its questions, and the worker processes.

Whatever is asked, of ours or of a stranger, is evaluated in a worker, so that nothing can hold up the server; all
queries of one call share one deadline.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from kg.errors import QueryError, SnapshotError
from kg.questions import Answer as Answered
from kg.questions import Choices, Question, Table, ask_question, read_choices, read_questions
from kg.questions.table import table_of
from kg.snapshot import QUESTIONS
from server.current import CurrentSnapshot, Serving
from server.negotiate import PAGE
from server.pool import Job, Limits
from server.spool import NoAnswerError

_JSON = "application/sparql-results+json"
_READING_SECONDS = 60.0
"""What may be needed to read the questions and choices of a new snapshot; it is not counted against a call."""
_CLOSING_SECONDS = 2.0
_ENOUGH = 0.25
"""The share of its time that a call must have left for another try."""


@dataclass(frozen=True)
class Known:
    """What is read once from a snapshot: the questions and the values of their parameters."""

    questions: tuple[Question, ...]
    choices: Choices

    def question(self, slug: str) -> Question | None:
        """The question of that name."""
        return next((question for question in self.questions if question.slug == slug), None)


class Graph:
    """The snapshot in service; a new one is taken up as soon as it is there.

    Args:
        snapshots: folder of the snapshots.
        limits: what a call may take; ``seconds`` is the deadline of all its queries together.

    Raises:
        SnapshotError: there is no snapshot, or it is damaged.
    """

    def __init__(self, snapshots: Path, limits: Limits) -> None:
        self._current = CurrentSnapshot(snapshots, limits)
        self._limits = limits
        self._lock = threading.Lock()
        self._known: tuple[str, Known] | None = None
        self._ended = threading.Event()

    def asking(self, gone: Callable[[], bool]) -> Asking:
        """The snapshot of one call, and its deadline from now on; ``gone`` says whether the client has left."""
        return Asking(self, self._current.get(), lambda: self._ended.is_set() or gone(), self._limits.seconds)

    def serving(self) -> Serving:
        """The snapshot in service now."""
        return self._current.get()

    def known(self, asking: Asking) -> Known:
        """What is read once from the snapshot of a call."""
        with self._lock:
            if self._known is None or self._known[0] != asking.version:
                if not (asking.folder / QUESTIONS).is_dir():
                    raise SnapshotError("The snapshot in service holds no questions. Run “sanctuary build”.")
                reading = asking.with_more_time(_READING_SECONDS)
                known = Known(read_questions(asking.folder / QUESTIONS), read_choices(reading.table))
                self._known = asking.version, known
                asking.start_again()
            return self._known[1]

    def close(self) -> None:
        """End the workers, also those that are at a query."""
        self._ended.set()
        pool = self._current.get().pool
        self._current.close()
        end = time.monotonic() + _CLOSING_SECONDS
        while pool.counts()["busy"] and time.monotonic() < end:
            time.sleep(0.02)


class Asking:
    """One call: the same snapshot and one deadline for all that it asks."""

    def __init__(self, graph: Graph, serving: Serving, gone: Callable[[], bool], seconds: float) -> None:
        self._graph, self._serving, self._gone, self._seconds = graph, serving, gone, seconds
        self._deadline = time.monotonic() + seconds

    @property
    def version(self) -> str:
        """Name of the snapshot."""
        return self._serving.version

    @property
    def folder(self) -> Path:
        """Folder of the snapshot."""
        return self._serving.folder

    @property
    def known(self) -> Known:
        """The questions and choices of the snapshot."""
        return self._graph.known(self)

    @property
    def has_time(self) -> bool:
        """Whether another query is worth a try."""
        return self._deadline - time.monotonic() > _ENOUGH * self._seconds

    def with_more_time(self, seconds: float) -> Asking:
        """The same snapshot with another deadline, from now on."""
        return Asking(self._graph, self._serving, self._gone, seconds)

    def start_again(self) -> None:
        """Count the time from now on."""
        self._deadline = time.monotonic() + self._seconds

    def table(self, sparql: str) -> Table:
        """The rows of a SELECT of ours as RDF terms.

        Raises:
            QueryError: there is no answer, or not in time.
        """
        solutions = parse_query_results(self._body(Job(sparql, solutions=(_JSON,))), format=QueryResultsFormat.JSON)
        assert isinstance(solutions, QuerySolutions)
        return table_of(solutions)

    def first(self, sparql: str, rows: int) -> dict[str, Any]:
        """The first rows of any query as `server.worker` gives them for a page.

        Raises:
            QueryError: it does not parse, is refused, or has no answer in time.
        """
        told = json.loads(self._body(Job(sparql, solutions=(PAGE.syntax,), graphs=(PAGE.syntax,), limit=rows)))
        assert isinstance(told, dict)
        return told

    def ask(self, question: Question, given: dict[str, str]) -> Answered:
        """The answer to a question.

        Raises:
            ParameterError: a parameter cannot be taken.
            QueryError: there is no answer in time.
        """
        return ask_question(question, given, self.known.choices, self.table)

    def _body(self, job: Job) -> bytes:
        try:
            return self._run(self._serving, job)
        except NoAnswerError as error:
            if error.kind != "closed":
                raise self._told(error) from error
        try:
            return self._run(self._graph.serving(), job)
        except NoAnswerError as error:
            raise self._told(error) from error

    def _run(self, serving: Serving, job: Job) -> bytes:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise NoAnswerError("deadline", "")
        return b"".join(serving.pool.run(job, left, self._gone).chunks)

    def _told(self, error: NoAnswerError) -> QueryError:
        if error.kind == "deadline":
            return QueryError(
                f"The query ran longer than {self._seconds:g} seconds and was ended. Ask for less: a narrower pattern, "
                "fewer paths with * or +, no product of unrelated patterns."
            )
        return QueryError(error.detail)
