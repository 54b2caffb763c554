"""The questions of a snapshot and what their parameters may be in it, read once for each snapshot that answers."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar, cast

from flask import current_app

from kg.errors import ConfigError
from kg.questions import GROUPS, Choices, Question, near_questions, read_choices, read_questions
from kg.snapshot import QUESTIONS
from server import ask
from server.current import MOST_KEPT, Serving, current_snapshot
from server.errors import ProblemError

EXTENSION = "sanctuary_questions"

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Catalogue:
    """The questions of one snapshot, by group and name."""

    questions: tuple[Question, ...]

    def question(self, slug: str) -> Question:
        """The question of that name.

        Raises:
            ProblemError: 404, there is none; the message names those that are near.
        """
        for question in self.questions:
            if question.slug == slug:
                return question
        near = near_questions(slug, [question.slug for question in self.questions])
        meant = f" Did you mean {' or '.join(f'“{one}”' for one in near)}?" if near else ""
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"There is no question “{slug[:80]}”.{meant} /questions lists all of them."
        )

    def having(self, words: str) -> tuple[Question, ...]:
        """The questions in which each of the words stands, in any case."""
        wanted = words.casefold().split()
        return tuple(one for one in self.questions if all(word in _text(one) for word in wanted))

    def groups(self, questions: tuple[Question, ...]) -> list[tuple[str, list[Question]]]:
        """Questions by group, in the order of the groups; those without a question are left out."""
        found = [(group, [one for one in questions if one.group == group]) for group in GROUPS]
        return [(group, several) for group, several in found if several]


class Catalogues:
    """The catalogues and choices of the snapshots that answer, by version; old ones leave. Safe for threads."""

    def __init__(self) -> None:
        self._catalogues: OrderedDict[str, Catalogue] = OrderedDict()
        self._choices: OrderedDict[str, Choices] = OrderedDict()
        self._lock = threading.Lock()

    def catalogue(self, serving: Serving) -> Catalogue:
        """The questions of a snapshot.

        Raises:
            ProblemError: they cannot be read.
        """
        found = self._get(self._catalogues, serving.version)
        if found is None:
            found = _read(serving)
            self._put(self._catalogues, serving.version, found)
        return found

    def choices(self, serving: Serving) -> Choices:
        """What parameters may be in a snapshot, which has to be that of this request.

        Raises:
            ProblemError: the workers have no answer.
        """
        found = self._get(self._choices, serving.version)
        if found is None:
            # Read without the lock: two that come at once both read, and neither waits for a busy worker in vain.
            found = read_choices(ask.table)
            self._put(self._choices, serving.version, found)
        return found

    def _get(self, kept: OrderedDict[str, T], version: str) -> T | None:
        with self._lock:
            if version in kept:
                kept.move_to_end(version)
            return kept.get(version)

    def _put(self, kept: OrderedDict[str, T], version: str, found: T) -> None:
        with self._lock:
            kept[version] = found
            # The one in service, those that are kept open, and the one that has just been replaced.
            while len(kept) > MOST_KEPT + 2:
                kept.popitem(last=False)


def catalogue() -> Catalogue:
    """The questions of the snapshot of this request."""
    return _catalogues().catalogue(current_snapshot())


def choices() -> Choices:
    """What parameters may be in the snapshot of this request."""
    return _catalogues().choices(current_snapshot())


def _catalogues() -> Catalogues:
    return cast(Catalogues, current_app.extensions[EXTENSION])


def _read(serving: Serving) -> Catalogue:
    folder = serving.folder / QUESTIONS
    if not folder.is_dir():
        return Catalogue(())
    try:
        return Catalogue(read_questions(folder))
    except ConfigError as error:
        # A header may have been in order for the program that built an old snapshot. The message names a path.
        _log.error("The questions of snapshot %s cannot be read: %s", serving.version, error)
        detail = f"This program cannot read the questions of snapshot {serving.version}."
        raise ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail) from error


def _text(question: Question) -> str:
    return " ".join((question.slug, question.summary, question.description, *question.tags)).casefold()
