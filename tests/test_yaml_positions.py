"""YAML comes in as plain values with the place of each, and what could surprise a curator is refused."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from kg.errors import RecordError, RecordProblem
from kg.records import yaml_positions
from kg.records.yaml_positions import Path, read_yaml

SAMPLE = """\
# A comment.
record: lee-2019
cases:
  - case: lee-2019-1
    age: {years: 8}
    sites: [Ilium, Tibia]
  - case: "lee-2019-2"
"""


def refused(text: str) -> RecordProblem:
    with pytest.raises(RecordError) as caught:
        read_yaml(text, "lee-2019.yaml")
    (problem,) = caught.value.problems
    assert str(problem).startswith("lee-2019.yaml:")
    assert problem.remedy
    return problem


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("8", 8),
        ("-3", -3),
        ("2.61", Decimal("2.61")),
        ("1.50", Decimal("1.50")),
        ("1e5", "1e5"),
        ("0x10", "0x10"),
        ("nan", "nan"),
        ("12345678901234567890", "12345678901234567890"),
        ("2017-07-01", "2017-07-01"),
        ("2017-07", "2017-07"),
        ("12:30", "12:30"),
        ("true", True),
        ("false", False),
        ("no", "no"),
        ("Yes", "Yes"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'8'", "8"),
        ('"true"', "true"),
        ("''", ""),
        ("|\n  two\n  lines", "two\nlines\n"),
        ("naïve – ‘word’", "naïve – ‘word’"),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_value(written: str, value: object) -> None:
    read = read_yaml(f"key: {written}\n", "f.yaml").value
    assert read == {"key": value}
    assert type(read["key"]) is type(value)


@pytest.mark.parametrize("written", ["007", "01", "00000012", "٤٢", "１２.５"])
def test_what_would_lose_its_zeros_or_its_digits_stays_text(written: str) -> None:
    assert read_yaml(f"issue: {written}\n", "f.yaml").value == {"issue": written}


def test_one_decimal_is_exact() -> None:
    assert str(read_yaml("value: 0.10", "f.yaml").value["value"]) == "0.10"


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("record",), 2, 9),
        (("cases", 0), 4, 5),
        (("cases", 0, "case"), 4, 11),
        (("cases", 0, "age"), 5, 10),
        (("cases", 0, "age", "years"), 5, 18),
        (("cases", 0, "sites", 1), 6, 20),
        (("cases", 1, "case"), 7, 11),
        (("cases", 1, "absent"), 7, 5),
        (("cases", 9, "case"), 4, 3),
        (("absent",), 2, 1),
    ],
)
def test_mark_of_a_place_or_of_its_nearest_parent(path: Path, line: int, column: int) -> None:
    mark = read_yaml(SAMPLE, "f.yaml").mark(path)
    assert mark is not None
    assert (mark.line, mark.column) == (line, column)


@pytest.mark.parametrize("before", ["", "# é – 😀\n", "# one\r\n# two\r\n"], ids=["plain", "wide", "crlf"])
def test_the_end_of_braces_is_where_text_can_be_put_in(before: str) -> None:
    text = before + "places:\n  - {mention: 'é😀', cell: {row: 1}}\nlast: 1\n"
    mark = read_yaml(text, "f.yaml").marks["places", 0]
    assert text[: mark.end_index].endswith("cell: {row: 1}}")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_nothing_is_none(text: str) -> None:
    read = read_yaml(text, "f.yaml")
    assert read.value is None
    assert read.mark(("record",)) == read.marks.get(())


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", 3, 1, "“a” stands here twice", id="duplicate key"),
        pytest.param("x:\n  - {a: 1, 'a': 2}\n", 2, 12, "“a” stands here twice", id="duplicate key in braces"),
        pytest.param("a: 1\nb: *a\n", 2, 4, "Aliases are not taken", id="alias"),
        pytest.param("a: &here 1\n", 1, 4, "Anchors and tags", id="anchor"),
        pytest.param("a: &here [1]\n", 1, 4, "Anchors and tags", id="anchor of a list"),
        pytest.param("&key a: 1\n", 1, 1, "Anchors and tags", id="anchor of a key"),
        pytest.param("a: !set {b: 1}\n", 1, 4, "Anchors and tags", id="tag of a mapping"),
        pytest.param("a: !!python/name:os.system x\n", 1, 4, "Anchors and tags", id="tag of a word"),
        pytest.param("a: !!int '5'\n", 1, 4, "Anchors and tags", id="tag of a number"),
        pytest.param("a: 1\n---\nb: 2\n", 2, 1, "second document", id="second document"),
        pytest.param("? [a]\n: 1\n", 1, 3, "A key must be a word", id="list as key"),
        pytest.param("a: [1\nb: 2\n", 2, 2, "not YAML", id="bracket left open"),
        pytest.param("a: 1\nb: 'x\n", 3, 1, "not YAML", id="quote left open"),
        pytest.param("a: 1\n\tb: 2\n", 2, 1, "not YAML", id="tab"),
        pytest.param("a: b: c\n", 1, 5, "not YAML", id="two colons"),
        pytest.param("a:\n  - 1\n b: 2\n", 3, 2, "not YAML", id="indent"),
        pytest.param("%YAML 3.0\n---\na: 1\n", 1, 1, "not YAML", id="other version"),
        pytest.param("\ufeffa: 1\n", 1, 1, "byte order mark", id="byte order mark"),
    ],
)
def test_refused(text: str, line: int, column: int, words: str) -> None:
    problem = refused(text)
    assert words in problem.problem
    assert (problem.line, problem.column) == (line, column)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\ufffe"], ids=ascii)
def test_control_characters_are_refused(character: str) -> None:
    problem = refused(f"é: 1\nb: é{character}y\n")
    assert "a character that YAML does not allow" in problem.problem
    assert (problem.line, problem.column) == (2, 5)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{a: ", "? "])
def test_ten_thousand_levels_end_in_an_error(opening: str) -> None:
    problem = refused(opening * 10_000)
    assert "Nested deeper than 40" in problem.problem or "A key must be a word" in problem.problem
    assert problem.line == 1


def test_forty_levels_are_taken() -> None:
    assert read_yaml("[" * 40 + "]" * 40, "f.yaml").value is not None
    assert "Nested deeper" in refused("[" * 41 + "]" * 41).problem


def test_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_positions, "MAX_CHARACTERS", 1000)
    assert read_yaml("a: " + "x" * 997, "f.yaml").value == {"a": "x" * 997}
    assert "longer than 1,000 characters" in refused("a: " + "x" * 998).problem


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    begin = time.monotonic()
    problem = refused("\n".join(lines))
    assert time.monotonic() - begin < 1
    assert (problem.line, problem.column) == (1, 4)
