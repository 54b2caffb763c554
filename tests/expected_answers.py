"""The answers that the questions must give on the shipped data, and how they are held against what they do give.

``make questions`` shows the differences; ``make questions WRITE=yes`` writes the answers down. What is written has to
be read against the papers before it is committed: a file here says what they say, not what the program did.
"""

from __future__ import annotations

import difflib
import sys

from pyoxigraph import QuerySolutions

from kg.config import shipped, snapshots_folder
from kg.namespaces import PREFIXES, shrink
from kg.questions import Answer, Choices, Question, Table, ask_question, read_choices, read_questions
from kg.questions.formats import delimited
from kg.questions.table import table_of
from kg.snapshot import Snapshot, open_current

FOLDER = shipped("queries") / "competency"
EXPECTED = FOLDER / "expected"


def asked(snapshot: Snapshot, question: Question, choices: Choices) -> Answer:
    """The answer to a question with its defaults."""
    return ask_question(question, {}, choices, lambda query: solutions(snapshot, query))


def solutions(snapshot: Snapshot, query: str) -> Table:
    """The rows of a SELECT on a snapshot."""
    found = snapshot.query(query)
    assert isinstance(found, QuerySolutions)
    return table_of(found)


def written(answer: Answer) -> str:
    """An answer as its expected file has it: CSV with CURIEs."""
    return delimited(answer.columns, answer.rows, name=short)


def short(text: str) -> str:
    """An IRI as a CURIE of the project, anything else as it is."""
    return shrink(text) if text.startswith(tuple(PREFIXES.values())) and not shrink(text).startswith("<") else text


def main(write: bool) -> int:
    """Show what differs; gives the number of questions that do."""
    snapshot = open_current(snapshots_folder())
    choices = read_choices(lambda query: solutions(snapshot, query))
    questions = read_questions(FOLDER)
    differing = 0
    for question in questions:
        path = EXPECTED / f"{question.slug}.csv"
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        after = written(asked(snapshot, question, choices))
        if before != after:
            differing += 1
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), f"expected/{path.name}", "answered now", lineterm="", n=1
            )
            sys.stdout.write("\n".join(lines) + "\n")
            if write:
                path.write_text(after, encoding="utf-8")
    for path in EXPECTED.glob("*.csv"):
        if path.stem not in {question.slug for question in questions}:
            differing += 1
            sys.stdout.write(f"expected/{path.name} belongs to no question\n")
    sys.stdout.write(f"{len(questions)} questions, {differing} differ{' and were written' if write else ''}\n")
    return differing


if __name__ == "__main__":
    sys.exit(1 if main("--write" in sys.argv) and "--write" not in sys.argv else 0)
