"""A paper's text gives its sections, sentences and tables at stable places, and phrases are found as a person reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.errors import SourceTextError
from kg.ingest import Document, read_plain_text
from kg.ingest.document import fold, folded_pattern

PAPER = """\
Case Report

Leukemia of a nerve

Abstract. A man had pain. The remis-
sion was long; leukemia
returned.

Keywords: leukemia; nerve

Leukemia is rare [1]. It returns in 15% of patients. (Most are young.)

Case report

A man had a 9‑month fever.

He
was well.

Fig. 1. A nerve. The arrow shows the mass.

Table 1. Cases of the literature

Author\tAge/ Sex\tSite
Kim (2001)\t8/M\tSciatic nerve. Left leg
Lee (2002)\t\tTestis

M: male.

The pain was severe.

Discussion:

Leukemia hides.
"""


def paper(folder: Path, text: str = PAPER) -> Document:
    path = folder / "paper.txt"
    path.write_bytes(text.encode())
    return read_plain_text(path)


def outline(document: Document) -> list[str]:
    names = [section.name for section in document.sections]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def test_sections(tmp_path: Path) -> None:
    assert outline(paper(tmp_path)) == [
        "Front matter", "Abstract", "Introduction", "Case report", "Figure captions", "Table 1", "Table 1 notes",
        "Case report", "Discussion",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("Case Report", "Front matter"),
        ("The remis-", "Abstract"),
        ("Keywords", "Abstract"),
        ("Leukemia is rare", "Introduction"),
        ("9‑month", "Case report"),
        ("arrow", "Figure captions"),
        ("Cases of the literature", "Table 1"),
        ("8/M", "Table 1"),
        ("M: male", "Table 1 notes"),
        ("severe", "Case report"),
        ("Discussion:", "Discussion"),
        ("hides", "Discussion"),
    ],
)
def test_section_of_a_place(words: str, section: str, tmp_path: Path) -> None:
    assert paper(tmp_path).section_at(PAPER.index(words)) == section


def test_sections_cover_all_but_white_space_and_do_not_overlap(tmp_path: Path) -> None:
    document, place = paper(tmp_path), 0
    for section in document.sections:
        assert document.text[place : section.start].strip() == ""
        assert section.start < section.end
        place = section.end
    assert document.text[place:].strip() == ""
    assert document.section_at(len(PAPER)) is None


def test_a_column_that_runs_on_below_a_caption_is_not_caption(tmp_path: Path) -> None:
    text = "Abstract\n\nX.\n\nDiscussion\n\nThe relapse\n\nFigure 2. A bone.\n  was in the bone.\n"
    document = paper(tmp_path, text)
    assert document.section_at(text.index("A bone")) == "Figure captions"
    assert document.section_at(text.index("was in")) == "Discussion"


def test_table(tmp_path: Path) -> None:
    (table,) = paper(tmp_path).tables
    assert (table.number, table.columns) == (1, ("Author", "Age/ Sex", "Site"))
    cells = {(cell.row, cell.column): PAPER[cell.start : cell.end] for cell in table.cells}
    assert cells == {
        (1, "Author"): "Kim (2001)",
        (1, "Age/ Sex"): "8/M",
        (1, "Site"): "Sciatic nerve. Left leg",
        (2, "Author"): "Lee (2002)",
        (2, "Site"): "Testis",
    }
    cell = table.cell(2, "Site")
    assert cell is not None
    assert cell.row == 2
    assert table.cell(3, "Site") is None
    assert table.cell(1, "Outcome") is None


def test_a_row_with_more_cells_than_headings_is_an_error(tmp_path: Path) -> None:
    text = "Abstract\n\nX.\n\nTable 2. Cases\n\nAuthor\tAge\nKim\t8\nLee\t9\tTestis\n"
    with pytest.raises(SourceTextError, match=r"paper\.txt:9: row 2 of Table 2 has 3 cells .* 2 columns\. .+"):
        paper(tmp_path, text)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("remis-", "The remis-\nsion was long; leukemia\nreturned."),
        ("rare", "Leukemia is rare [1]."),
        ("young", "(Most are young.)"),
        ("15%", "It returns in 15% of patients."),
        ("was well", "He\nwas well."),
        ("8/M", "8/M"),
        ("nerve. Left", "Sciatic nerve. Left leg"),
        ("Left leg", "Sciatic nerve. Left leg"),
        ("Lee (2002)", "Lee (2002)"),
        ("M: male", "M: male."),
    ],
)
def test_sentence_of_a_place(words: str, sentence: str, tmp_path: Path) -> None:
    document = paper(tmp_path)
    start, end = document.sentence_at(PAPER.index(words))
    assert PAPER[start:end].strip() == sentence
    own = hashlib.sha256(fold(sentence).encode()).hexdigest()[:16]
    assert document.sentence_hash(PAPER.index(words)) == own


def test_sentence_hash_stays_where_lines_break_elsewhere(tmp_path: Path) -> None:
    before = paper(tmp_path).sentence_hash(PAPER.index("returned"))
    other = PAPER.replace("remis-\nsion was long; leukemia\n", "remission was\nlong;  leukemia ")
    assert paper(tmp_path, other).sentence_hash(other.index("returned")) == before


@pytest.mark.parametrize("position", [PAPER.index("\n\nLeukemia of") + 1, len(PAPER), -1])
def test_no_sentence_at_a_place(position: int, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=f"No sentence of paper.txt holds position {position}"):
        paper(tmp_path).sentence_at(position)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("remis-\nsion", "remission"),
        ("remis- \n  sion", "remission"),
        ("remis\u00ad\nsion", "remission"),
        ("remis\u00adsion", "remission"),
        ("a 9‑month\n fever ", "a 9-month fever"),
        ("MRI-\nguided", "MRI- guided"),
        ("grade 3-\n4", "grade 3- 4"),
        ("two\t\u00a0words\r\n", "two words"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("remission", "in remis-\nsion now", "remis-\nsion"),
        ("remission", "in remis\u00ad\nsion now", "remis\u00ad\nsion"),
        ("remission", "in remis-sion now", None),
        ("9-month fever", "a 9‑month\nfever", "9‑month\nfever"),
        ("well-known", "a well-\nknown drug", "well-\nknown"),
        ("isolated bone", "isolated\n  bone", "isolated\n  bone"),
        ("ALL", "SMALL ALLergy ALL.", "ALL"),
        ("ALL", "SMALL", None),
        ("all", "ALL", None),
        ("(1)", "children (1).", "(1)"),
        ("1", "in 2010 and 11", None),
        ("a.c", "abc a.c", "a.c"),
        ("2.61 mg/dl", "(2.61 mg/dl)", "2.61 mg/dl"),
    ],
)
def test_folded_pattern(phrase: str, text: str, found: str | None) -> None:
    match = folded_pattern(phrase).search(text)
    assert (match and match.group()) == found


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "cannot be read: No such file"),
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b"Andr\xe9", "byte 4 is not UTF-8"),
        (b"\xff\xfeA\x00", "byte 0 is not UTF-8"),
    ],
)
def test_unreadable_text(data: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "lee-2019.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceTextError) as caught:
        read_plain_text(path)
    shown = str(caught.value)
    assert shown.startswith(f"{path}: ")
    assert words in shown
    assert shown.rsplit(". ", 1)[-1].split()[0] in {"Check", "Give", "Save"}


@pytest.mark.parametrize(
    ("name", "sections", "places"),
    [
        (
            "baek-2021",
            ["Front matter", "Abstract", "Introduction", "Case Report", "Figure captions", "Case Report", "Discussion",
             "Figure captions", "Table 1", "Table 1 notes", "Discussion", "Conflict of Interest",
             "Author Contributions", "ORCID", "References"],
            {"Harris (1921)": (7136, "Table 1")},
        ),
        (
            "hangai-2014",
            ["Abstract", "Introduction", "Case report", "Discussion", "Figure captions", "Discussion"],
            {"during remission": (132, "Abstract"), "9‑month fever": (1894, "Case report")},
        ),
    ],
)  # fmt: skip
def test_the_papers(name: str, sections: list[str], places: dict[str, tuple[int, str]], sources: Path) -> None:
    document = read_plain_text(sources / f"{name}.txt")
    assert outline(document) == sections
    for words, (start, section) in places.items():
        assert document.text.index(words) == start
        assert document.section_at(start) == section


def test_table_1_of_baek_2021(sources: Path) -> None:
    (table,) = read_plain_text(sources / "baek-2021.txt").tables
    assert (table.number, len(table.columns), len(set(table.columns))) == (1, 10, 10)
    assert [(cell.row, cell.column) for cell in table.cells] == [(r, c) for r in range(1, 16) for c in table.columns]
    assert all(before.end < after.start for before, after in zip(table.cells, table.cells[1:], strict=False))
    assert not read_plain_text(sources / "hangai-2014.txt").tables
