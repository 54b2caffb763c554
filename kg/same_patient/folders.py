"""Tellings from folders of records: curators' data, and drafts that nobody has signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import ConfigError, RecordError, RecordProblem
from kg.records.paper import Record
from kg.records.reader import read_bibliography, read_record
from kg.same_patient.telling import Kinds, Source, Telling, source_of, telling_of
from kg.same_patient.word import Words
from kg.same_patient.works import Works


@dataclass(frozen=True)
class Reading:
    """What folders hold: the tellings, the papers, the curators' words, what could not be read, and what was twice.

    ``again`` counts records of papers of which another record is taken: one paper has one.
    """

    tellings: tuple[Telling, ...]
    works: Works
    words: Words
    problems: tuple[RecordProblem, ...]
    again: int


def read_folders(folders: Iterable[Path], kinds: Kinds, progress: Callable[[int, int], None] | None = None) -> Reading:
    """Read folders that have ``records/*.yaml`` and ``references.yaml``, one record at a time.

    Signed or not, every record is read. One that cannot be taken is left out and told in ``problems``. Of two records
    of one paper the signed one is taken, else the one from the longer text.

    Args:
        folders: ``data`` or what ``sanctuary extract --out`` wrote; one that is named twice is read once.
        kinds: the vocabulary.
        progress: told how many files of how many are read.

    Raises:
        ConfigError: a folder holds no records.
    """
    found = sorted({folder.resolve(): folder for folder in folders}.values())
    files = [(folder, path) for folder in found for path in _records(folder)]
    reader = _Reader(kinds)
    for folder in found:
        reader.bibliography(folder)
    for done, (folder, path) in enumerate(files):
        reader.record(folder, path)
        if progress is not None:
            progress(done + 1, len(files))
    return reader.reading()


def _records(folder: Path) -> Sequence[Path]:
    paths = sorted(folder.glob("records/*.yaml"))
    if not paths:
        there = "is no folder" if not folder.is_dir() else "has no records/*.yaml"
        raise ConfigError(
            f"{folder} {there}. Name a folder like data/, or one that “sanctuary extract … --out FOLDER” wrote."
        )
    return paths


class _Reader:
    """Collects tellings; papers become known as one by what their records and bibliographies share."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._works = Works()
        self._tellings: list[Telling] = []
        self._said: list[tuple[str, int, str | None, str | None]] = []
        self._problems: list[RecordProblem] = []

    def bibliography(self, folder: Path) -> None:
        path = folder / "references.yaml"
        if not path.is_file():
            return
        try:
            for reference in read_bibliography(path, self._kinds.vocabulary):
                self._works.add(str(folder), reference)
        except RecordError as error:
            self._problems.extend(error.problems)

    def record(self, folder: Path, path: Path) -> None:
        try:
            record = read_record(path, self._kinds.vocabulary).record
        except RecordError as error:
            self._problems.extend(error.problems)
            return
        known = str(folder)
        paper = self._works.known(known, record.record)
        self._works.identify(paper, f"text:{record.document.sha256}")
        homes = [self._works.known(known, case.primary_reference or record.record) for case in record.cases]
        cites = frozenset(self._works.known(known, citation.reference) for citation in record.citations)
        retells = frozenset(home for home, case in zip(homes, record.cases, strict=True) if case.told == "review")
        source = source_of(record, str(path), paper, cites, retells)
        for case, home in zip(record.cases, homes, strict=True):
            self._tellings.append(telling_of(case, source, home, self._kinds))
        if source.signed:
            self._note_words(known, record)

    def _note_words(self, folder: str, record: Record) -> None:
        for case in record.cases:
            for maybe in case.possibly_same_patient:
                paper = self._works.known(folder, maybe.reference)
                self._said.append((case.case, paper, maybe.certainty, None))
            for no in case.not_same_patient:
                self._said.append((case.case, self._works.known(folder, no.reference), None, no.case))

    def reading(self) -> Reading:
        """Everything, with each paper under the number that it has in the end."""
        number = self._works.number
        sources: dict[str, Source] = {}
        for telling in self._tellings:
            old = telling.source
            if old.file not in sources:
                cites, retells = (frozenset(map(number, papers)) for papers in (old.cites, old.retells))
                sources[old.file] = replace(old, paper=number(old.paper), cites=cites, retells=retells)
        taken: dict[int, Source] = {}
        for source in sorted(sources.values(), key=lambda s: (not s.signed, -s.characters, s.record, s.file)):
            taken.setdefault(source.paper, source)
        files = {source.file for source in taken.values()}
        tellings = tuple(
            self._finished(telling, sources[telling.source.file])
            for telling in self._tellings
            if telling.source.file in files
        )
        words = Words()
        for case, paper, certainty, other in self._said:
            words.add(case, number(paper), certainty, other)
        return Reading(tellings, self._works, words, tuple(self._problems), len(sources) - len(files))

    def _finished(self, telling: Telling, source: Source) -> Telling:
        work = self._works.work(telling.home)
        home = self._works.number(telling.home)
        return replace(telling, source=source, home=home, year=work.year, authors=work.authors)
