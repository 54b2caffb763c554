"""Each mention gets its place in the paper, keeps it, and is told as moved or missing where the paper changes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.cli.evidence import app
from kg.errors import RecordError, SourceTextError
from kg.evidence import Checked, State, anchor, check_record, source_document, summary
from kg.graph import Inputs
from kg.ingest import read_plain_text
from kg.ingest.document import fold
from kg.records import read_record
from kg.records.walk import walk_evidence
from kg.vocabulary import Vocabulary

PAPER = """\
Abstract. A man had pain. The remis-
sion was long.

Introduction

Leukemia is rare (1). Leukemia hides (2).

Case report

Pain was in the leg. The pain was severe. It is well-
known. A 9‑month fever followed.

Table 1. Cases

Author\tSite
Kim\tTestis
Lee\tTestis
"""
RECORD = """\
# Written by hand.
record: lee-2019
document:
  file: lee-2019.txt
  sha256: "{sha256}"
  characters: {characters}
curation: {{method: Curated, agent: "Zoë 😀", date: "2020-06-15"}}   # odd   spacing
citations:
  - number: 1
    reference: lee-2019
    evidence:
      # The first place.
      - {{mention: severe}}   # kept
      - {evidence}
"""


class Desk:
    """A record and its paper in a folder, as a curator has them."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self.folder, self.vocabulary = folder, vocabulary
        self.path, self.paper = folder / "lee-2019.yaml", folder / "lee-2019.txt"

    def write(self, evidence: str, paper: str = PAPER, line_end: str = "\n") -> str:
        self.paper.write_bytes(paper.encode())
        sha256 = hashlib.sha256(paper.encode()).hexdigest()
        text = RECORD.format(sha256=sha256, characters=len(paper), evidence=evidence).replace("\n", line_end)
        self.path.write_bytes(text.encode())
        return text

    def anchor(self) -> str:
        text = self.path.read_bytes().decode()
        anchored = anchor(read_record(self.path, self.vocabulary), read_plain_text(self.paper), text)
        self.path.write_bytes(anchored.encode())
        return anchored

    def check(self) -> list[Checked]:
        """All mentions but the first, which every record here has."""
        return check_record(read_record(self.path, self.vocabulary).record, read_plain_text(self.paper))[1:]


@pytest.fixture
def desk(tmp_path: Path, vocabulary: Vocabulary) -> Desk:
    return Desk(tmp_path, vocabulary)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("evidence", "found", "section"),
    [
        ("{mention: hides}", "hides", "Introduction"),
        ("{mention: 'remission'}  # a cut word", "remis-\nsion", "Abstract"),
        ("{mention: 9-month fever}", "9‑month fever", "Case report"),
        ("{mention: 9‑month fever}", "9‑month fever", "Case report"),
        ("{mention: well-known}", "well-\nknown", "Case report"),
        ("{mention: Leukemia, near: hides}", "Leukemia", "Introduction"),
        ("{mention: pain, section: Abstract}", "pain", "Abstract"),
        ("{mention: fever, near: 9‑month}", "fever", "Case report"),
        ("{mention: pain, near: severe}", "pain", "Case report"),
        ("{mention: Testis, cell: {row: 2, column: Site}}", "Testis", "Table 1"),
        ("{mention: hides , }", "hides", "Introduction"),
        ("{mention: hides,\n         near: (2)}", "hides", "Introduction"),
    ],
)
def test_anchor(evidence: str, found: str, section: str, line_end: str, desk: Desk) -> None:
    before = desk.write(evidence, line_end=line_end)
    after = desk.anchor()
    (_, (_, placed)) = walk_evidence(read_record(desk.path, desk.vocabulary).record)
    assert placed.start is not None
    assert PAPER[placed.start : placed.end] == found
    assert read_plain_text(desk.paper).section_at(placed.start) == section
    assert [item.state for item in desk.check()] == [State.EXACT]
    assert desk.anchor() == after
    # Less what was put in, the file is as it was.
    added = r"(section: '[^']*', )?start: \d+, end: \d+, sentence: '[0-9a-f]{16}'"
    without_first = re.sub(f", {added}", "", after, count=1)
    assert re.sub(added if ", }" in evidence else f", {added}", "", without_first) == before


def test_the_row_of_a_cell_decides(desk: Desk) -> None:
    places = []
    for row in (1, 2):
        desk.write(f"{{mention: Testis, cell: {{row: {row}, column: Site}}}}")
        desk.anchor()
        (item,) = desk.check()
        places.append(item.evidence.start)
    assert places == [PAPER.index("Testis"), PAPER.rindex("Testis")]


@pytest.mark.parametrize(
    ("evidence", "problem", "remedy"),
    [
        ("{mention: Leukemia}", "“Leukemia” stands here 2 times: “Leukemia is rare", "Lengthen the mention or add"),
        ("{mention: Leukemia, near: testis}", "“Leukemia” is not in the text", "Copy the words as printed"),
        ("{mention: neuropathy}", "“neuropathy” is not in the text of lee-2019.txt", "Copy the words as printed"),
        ("{mention: leukemia}", "“leukemia” is not in the text", "Copy the words as printed"),
        ("{mention: ain was}", "“ain was” is not in the text", "Copy the words as printed"),
        ("{mention: hides, section: Abstract}", "is not in section “Abstract”", "correct the scope"),
        ("{mention: Kim, cell: {row: 2, column: Author}}", "“Kim” is not in its cell", "correct the scope"),
        ("{mention: Kim, cell: {row: 9, column: Author}}", "“Kim” is not in its cell", "correct the scope"),
        ("{mention: Kim, cell: {table: 2, row: 1, column: Author}}", "“Kim” is not in its cell", "correct the scope"),
        ("mention: hides", "not in flow style", "Write it on one line in braces"),
        ("{mention: hides, start: null}", "“start” is there without a value", "Remove it"),
        ("{mention: hides, section: null}", "“section” is there without a value", "Remove it"),
        ("{mention: hides, end: 9}", "has only part of a place", "Remove start, end and sentence"),
        ("{mention: hides, start: 9, end: 10}", "has only part of a place", "Remove start, end and sentence"),
    ],
)
def test_what_cannot_be_anchored(evidence: str, problem: str, remedy: str, desk: Desk) -> None:
    before = desk.write(evidence)
    line = before.count("\n", 0, before.index(evidence)) + 1
    with pytest.raises(RecordError) as caught:
        desk.anchor()
    shown = str(caught.value)
    assert len(caught.value.problems) == 1, shown
    assert shown.startswith(f"{desk.path}:{line}:9: at citations[0].evidence[1] ")
    assert problem in shown
    assert remedy in shown
    assert desk.path.read_bytes().decode() == before


@pytest.mark.parametrize(
    ("evidence", "old", "new", "state"),
    [
        ("{mention: hides}", "", "", State.EXACT),
        ("{mention: hides}", "A man", "An old man", State.MOVED),
        ("{mention: hides}", "Leukemia hides", "Leukemia\nhides", State.EXACT),
        ("{mention: hides}", "hides", "stays", State.MISSING),
        ("{mention: hides}", "hides (2)", "hides (3)", State.MISSING),
        ("{mention: remission}", "remis-\nsion", "remission", State.MOVED),
        ("{mention: Testis, cell: {row: 2, column: Site}}", "Kim\tTestis", "Kim\tTestis, left", State.MOVED),
        ("{mention: Testis, cell: {row: 2, column: Site}}", "Lee\tTestis", "Lee\tBone", State.MISSING),
        ("{mention: Testis, cell: {row: 2, column: Site}}", "Kim\t", "Park\t", State.MOVED),
        ("{mention: Testis, cell: {row: 1, column: Site}}", "Lee\tTestis", "Lee\tBone", State.EXACT),
    ],
)
def test_check(evidence: str, old: str, new: str, state: State, desk: Desk) -> None:
    desk.write(evidence)
    desk.anchor()
    changed = PAPER.replace(old, new, 1)
    desk.paper.write_bytes(changed.encode())
    (item,) = desk.check()
    assert item.state is state
    assert summary([item]) == {each: int(each is state) for each in State}
    if state is State.MOVED:
        assert item.found is not None
        place = changed[item.found : item.found + len(item.evidence.mention)]
        assert fold(place) == item.evidence.mention
    else:
        assert item.found is None


@pytest.mark.parametrize(
    ("evidence", "wrong"),
    [
        ("{mention: Kim, cell: {row: 1, column: Author}}", "row: 2"),
        ("{mention: Kim, cell: {row: 1, column: Author}}", "column: Site"),
        ("{mention: hides, section: Introduction}", "section: Abstract"),
    ],
)
def test_a_place_outside_its_cell_or_section_is_not_exact(evidence: str, wrong: str, desk: Desk) -> None:
    desk.write(evidence)
    key = wrong.split(":")[0]
    desk.path.write_bytes(re.sub(rf"{key}: \w+", wrong, desk.anchor()).encode())
    (item,) = desk.check()
    assert item.state is State.MISSING


def test_the_text_must_be_the_one_that_the_record_names(desk: Desk) -> None:
    desk.write("{mention: hides}")
    record = read_record(desk.path, desk.vocabulary).record
    assert source_document(record, desk.folder).text == PAPER
    desk.paper.write_bytes(PAPER.encode() + b"\n")
    with pytest.raises(SourceTextError, match=r"lee-2019\.txt is not the text .* Find the right file"):
        source_document(record, desk.folder)
    desk.paper.unlink()
    with pytest.raises(SourceTextError, match="cannot be read"):
        source_document(record, desk.folder)


def test_the_command_anchors_in_place_and_writes_nothing_on_an_error(desk: Desk) -> None:
    options = ["anchor", str(desk.path), "--sources", str(desk.folder)]
    before = desk.write("{mention: hides}", line_end="\r\n")
    first = CliRunner().invoke(app, options)
    after = desk.path.read_bytes()
    assert (first.exit_code, "anchored" in first.output) == (0, True)
    assert len(after) > len(before.encode())
    assert after.count(b"\r\n") == after.count(b"\n") == before.count("\n")
    assert "every mention had its place" in CliRunner().invoke(app, options).output
    assert desk.path.read_bytes() == after
    before = desk.write("{mention: Leukemia}")
    assert isinstance(CliRunner().invoke(app, options).exception, RecordError)
    assert desk.path.read_bytes().decode() == before
    assert sorted(path.name for path in desk.folder.iterdir()) == ["lee-2019.txt", "lee-2019.yaml"]


def test_every_mention_of_the_shipped_records_is_at_its_place(inputs: Inputs, sources: Path) -> None:
    for record in inputs.curated.records:
        document = source_document(record, sources)
        assert record.document.characters == len(document.text)
        checked = check_record(record, document)
        assert [item for item in checked if item.state is not State.EXACT] == []
        assert len(checked) > 100


def test_every_cell_of_table_1_is_evidence(inputs: Inputs, sources: Path) -> None:
    (record,) = [record for record in inputs.curated.records if record.record == "baek-2021"]
    (table,) = source_document(record, sources).tables
    used = set()
    for path, evidence in walk_evidence(record):
        if evidence.cell is not None:
            cell = table.cell(evidence.cell.row, evidence.cell.column)
            assert cell is not None, path
            assert evidence.start is not None
            assert evidence.end is not None
            assert cell.start <= evidence.start < evidence.end <= cell.end, path
            used.add(cell)
    assert len(table.cells) == 150
    assert [cell for cell in table.cells if cell not in used] == []
