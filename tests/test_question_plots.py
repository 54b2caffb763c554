"""Plots of answers: what is drawn, that no text of an answer becomes code, and that the picture is always the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.errors import ConfigError
from kg.questions import Answer, Question
from kg.questions.answer import Value
from kg.questions.plot import svg, vega_lite
from kg.questions.plot_text import clean, wrapped
from tests.conftest import ROOT

BARS = {"kind": "bars", "label": "modalityLabel"}
SWIMMER = {"kind": "swimmer", "label": "caseLabel", "from": "start", "to": "end"}
HEATMAP = {"kind": "heatmap", "x": "site", "y": "type", "value": "n"}
NASTY = (
    "'</svg><script>alert(1)</script>",
    "datum.x",
    "</text>&amp;<b>",
    '" onload="alert(1)',
    "Billström – “µ” 白血病",
    "{{7*7}} ${x} \\u0041 ' + datum.n + '",
    "javascript:alert(1)",
)
SVG = "{http://www.w3.org/2000/svg}"


def answered(
    plot: dict[str, str] | None, columns: str, rows: Sequence[Sequence[Value]], *, truncated: bool = False, **said: Any
) -> Answer:
    summary = said.get("summary", "What finds leukemia outside the marrow?")
    question = Question("q", summary, "Why.", ("gaps",), (), plot, (), "", Path("queries/competency/q.rq"))
    return Answer(question, {}, "", tuple(columns.split()), tuple(map(tuple, rows)), truncated)


def spec_of(answer: Answer) -> dict[str, Any]:
    spec = vega_lite(answer)
    assert spec is not None
    return spec


def values(answer: Answer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec_of(answer)["data"]["values"]
    return found


YIELD = answered(BARS, "modalityLabel n N", [("MRI", 7, 7), ("CSF examination", 3, 15), ("Radiography", 0, 2)])
COURSES = answered(
    {**SWIMMER, "series": "state", "unit": "months since diagnosis"},
    "caseLabel start end state",
    [
        ("Baek 2021, case 1", 0, 24, "remission"),
        ("Baek 2021, case 1", 24, None, "relapse"),
        ("Hangai 2014, case 1", None, Decimal("66.5"), "remission"),
        ("Wang 2015, case 1", 10, 10, "relapse"),
        ("Vital 1993, case 1", None, None, "relapse"),
    ],
)
GAPS = answered(
    HEATMAP, "site type n", [("bone", "ALL", 5), ("nerve", "ALL", 0), ("bone", "AML", 2), ("brain", "AML", 1)]
)
ALL = (YIELD, COURSES, GAPS)


def test_bars_reach_to_n_before_pale_ones_to_the_total() -> None:
    assert [(one["label"], one["n"], one["N"], one["text"]) for one in values(YIELD)] == [
        ("MRI", 7, 7, "7 of 7"),
        ("CSF examination", 3, 15, "3 of 15"),
        ("Radiography", 0, 2, "0 of 2"),
    ]
    fields = [layer["encoding"]["x"]["field"] for layer in spec_of(YIELD)["layer"]]
    assert fields == ["N", "n", "end"]
    assert texts(svg(spec_of(YIELD))) >= {"MRI", "7 of 7", "3 of 15", "0 of 2", "cases"}


def test_bars_of_another_column_have_no_total() -> None:
    answer = answered({**BARS, "value": "papers"}, "modalityLabel papers N", [("MRI", 4, 9)])
    assert values(answer) == [{"label": "MRI", "n": 4, "N": None, "end": 4, "text": "4"}]
    assert "subtitle" not in spec_of(answer)["title"]


def test_equal_names_keep_bars_of_their_own() -> None:
    answer = answered(BARS, "modalityLabel n N", [("MRI", 1, 2), ("MRI", 2, 2)])
    assert [one["label"] for one in values(answer)] == ["MRI", "MRI (2)"]


@pytest.mark.parametrize("longest", [1, 2, 7, 15, 16, 40, 99, 1234, 10**9])
def test_the_axis_of_counts_has_whole_numbers(longest: int) -> None:
    spec = spec_of(answered(BARS, "modalityLabel n N", [("MRI", 0, longest)]))
    ticks = spec["layer"][0]["encoding"]["x"]["axis"]["values"]
    assert ticks[0] == 0
    assert longest / 2 <= ticks[-1] <= longest
    assert 2 <= len(ticks) <= 9


def test_an_open_interval_has_an_arrow_beyond_what_is_known() -> None:
    shown = values(COURSES)
    assert [(one["from"], one["to"], one["open"]) for one in shown] == [
        (0, 24, ""),
        (24, pytest.approx(66.5 * 1.08), "to"),
        (0, 66.5, "from"),
        (10, 10, ""),
    ]
    assert [one["text"] for one in shown] == ["", "", "until 66.5", "10"]
    assert "no time: 1" in spec_of(COURSES)["title"]["subtitle"][0]


def test_dates_stand_on_an_axis_of_years() -> None:
    answer = answered(SWIMMER, "caseLabel start end", [("a", "2017-07", "2018-01-01"), ("b", "2014", None)])
    assert [(one["from"], one["text"]) for one in values(answer)] == [
        (2017.5, "2017-07 – 2018-01-01"),
        (2014, "from 2014"),
    ]


def test_a_heat_map_has_classes_that_can_be_read() -> None:
    assert [(one["x"], one["label"], one["text"], one["class"]) for one in values(GAPS)] == [
        ("bone", "ALL", "5", "5"),
        ("nerve", "ALL", "0", "0"),
        ("bone", "AML", "2", "1–2"),
        ("brain", "AML", "1", "1–2"),
    ]
    colour = spec_of(GAPS)["layer"][0]["encoding"]["color"]["scale"]
    assert colour["domain"] == ["0", "1–2", "3–4", "5"]
    assert "White" in spec_of(GAPS)["title"]["subtitle"][0]
    assert texts(svg(spec_of(GAPS))) >= {"site", "type", "cases", "bone", "AML", "1–2"}


@pytest.mark.parametrize(
    ("numbers", "classes"),
    [
        ((0, 0), ["0"]),
        ((1, 0), ["0", "1"]),
        ((4, 2), ["0", "1", "2", "3", "4"]),
        ((37, 1), ["0", "1–10", "11–20", "21–30", "31–37"]),
        ((Decimal("0.5"), 0), ["0", "to 0.25", "to 0.5", "to 0.75", "to 1"]),
        ((Decimal("33.5"), 0), ["0", "to 10", "to 20", "to 30", "to 40"]),
    ],
)
def test_classes_of_numbers(numbers: tuple[Value, Value], classes: list[str]) -> None:
    answer = answered(HEATMAP, "site type n", [("a", "b", numbers[0]), ("c", "b", numbers[1])])
    assert spec_of(answer)["layer"][0]["encoding"]["color"]["scale"]["domain"] == classes
    assert {one["class"] for one in values(answer)} <= set(classes)


@pytest.mark.parametrize(
    "answer",
    [
        answered(None, "modalityLabel n", [("MRI", 1)]),
        answered(BARS, "modalityLabel n N", []),
        answered(BARS, "modalityLabel n N", [("MRI", None, 2)]),
        answered(SWIMMER, "caseLabel start end", [("a", None, None)]),
        answered(HEATMAP, "site type n", []),
    ],
)
def test_nothing_to_draw(answer: Answer) -> None:
    assert vega_lite(answer) is None


@pytest.mark.parametrize(
    ("plot", "columns", "missing"),
    [
        (BARS, "modality n", "modalityLabel as “label”"),
        (BARS, "modalityLabel count", "n as “value”"),
        ({"kind": "swimmer", "label": "caseLabel"}, "caseLabel start", "nothing as “from”"),
        (HEATMAP, "site n", "type as “y”"),
    ],
)
def test_a_column_that_is_missing_is_named_with_the_file(plot: dict[str, str], columns: str, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"q.rq: its plot has {missing}"):
        vega_lite(answered(plot, columns, []))


def test_what_is_too_much_is_cut_and_said_so() -> None:
    many = [(f"modality {i}", i, 200) for i in range(123)]
    answer = answered(BARS, "modalityLabel n N", many)
    assert len(values(answer)) == 40
    assert "The first 40 of 123 bars." in spec_of(answer)["title"]["subtitle"][0]
    more = answered(BARS, "modalityLabel n N", many, truncated=True)
    assert "The first 40 of more than 123 bars." in spec_of(more)["title"]["subtitle"][0]
    assert spec_of(answer)["description"].endswith("and 28 more.")
    lines = answered(SWIMMER, "caseLabel start end", [(f"case {i % 50}", i, i + 1) for i in range(1000)])
    assert len(values(lines)) == 400
    assert "The first 40 of 50 lines. The first 400 of 800 intervals." in spec_of(lines)["title"]["subtitle"][0]
    cells = answered(HEATMAP, "site type n", [(f"s{i % 34}", f"t{i // 34}", 1) for i in range(34 * 50)])
    assert len(values(cells)) == 30 * 40
    assert "The first 40 of 50 lines. The first 30 of 34 columns." in spec_of(cells)["title"]["subtitle"][0]


def test_colours_are_enough_for_many_series() -> None:
    rows = [("a", i, i + 1, f"phase {i}") for i in range(9)]
    shown = values(answered({**SWIMMER, "series": "state"}, "caseLabel start end state", rows))
    assert [one["series"] for one in shown] == [f"phase {i}" for i in range(6)] + ["others"] * 3


def test_the_description_says_what_is_seen() -> None:
    said = spec_of(YIELD)["description"]
    assert said.startswith("What finds leukemia outside the marrow? Bar chart.")
    assert said.endswith("MRI: 7 of 7; CSF examination: 3 of 15; Radiography: 0 of 2.")
    root = ElementTree.fromstring(svg(spec_of(YIELD)))
    assert root.get("role") == "img"
    assert root.get("aria-label") == said


SUMMARY = " ".join(NASTY)
ROWS = [(text, i, i + 2, text) for i, text in enumerate(NASTY)]
NASTY_ANSWERS = (
    answered(BARS, "modalityLabel n N other", ROWS, summary=SUMMARY),
    answered({**SWIMMER, "series": "state"}, "caseLabel start end state", ROWS, summary=SUMMARY),
    answered(HEATMAP, "site type n", [(x, y, 1) for x in NASTY for y in NASTY], summary=SUMMARY),
)


def expressions(spec: Any, name: str = "") -> Iterator[str]:
    """Everything in a specification that Vega takes for an expression."""
    if isinstance(spec, dict):
        for key, inside in spec.items():
            yield from () if key == "data" else expressions(inside, key)
    elif isinstance(spec, list):
        for inside in spec:
            yield from expressions(inside, name)
    elif name in ("labelExpr", "test", "filter", "expr", "signal", "calculate", "update", "init"):
        yield str(spec)


@pytest.mark.parametrize(("nasty", "plain"), list(zip(NASTY_ANSWERS, ALL, strict=True)))
def test_no_text_of_an_answer_is_part_of_an_expression(nasty: Answer, plain: Answer) -> None:
    spec = spec_of(nasty)
    assert set(expressions(spec)) == set(expressions(spec_of(plain))) != set()
    elsewhere = json.dumps({key: spec[key] for key in spec if key not in ("data", "title", "description")})
    assert not [text for text in NASTY if json.dumps(text)[1:-1] in elsewhere]
    assert '"url"' not in json.dumps(spec)


@pytest.mark.parametrize("answer", [*ALL, *NASTY_ANSWERS])
def test_a_picture_has_neither_scripts_nor_addresses(answer: Answer) -> None:
    root = ElementTree.fromstring(svg(spec_of(answer)))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "g", "path", "rect", "line", "text", "tspan"}
    for element in root.iter():
        for name, value in element.items():
            assert not name.startswith("on")
            assert "href" not in name
            assert name != "style"
            assert "url(" not in value or name == "aria-label"


@pytest.mark.parametrize("answer", NASTY_ANSWERS, ids=("bars", "swimmer", "heatmap"))
def test_nasty_names_stand_in_the_picture_as_they_are(answer: Answer) -> None:
    shown = texts(svg(spec_of(answer)))
    assert shown >= {text for text in NASTY if len(text) <= 44}


def texts(picture: str) -> set[str]:
    """The texts of a picture, and those in several lines as one."""
    return {
        " ".join(part.strip() for part in element.itertext())
        for element in ElementTree.fromstring(picture).iter(SVG + "text")
    }


def test_characters_that_nobody_sees_are_dropped() -> None:
    answer = answered(BARS, "modalityLabel n N", [("a\x00\x08\u202eb\ud800\nc", 1, 1)])
    assert values(answer)[0]["label"] == "ab c"
    assert ElementTree.fromstring(svg(spec_of(answer))) is not None
    assert clean("\x00") == ""
    assert wrapped("", 10, 1) == ["—"]


def test_iris_lists_and_gaps_have_names() -> None:
    rows: list[tuple[Value, int, int]] = [
        ("https://w3id.org/sanctuary-kg/ontology/MRI", 1, 1),
        (("https://x.org/a#b", "c"), 1, 1),
        (None, 1, 1),
        (True, 1, 1),
    ]
    assert [one["label"] for one in values(answered(BARS, "modalityLabel n N", rows))] == ["MRI", "b, c", "—", "yes"]


def test_the_same_specification_gives_the_same_bytes_in_every_process() -> None:
    spec = spec_of(COURSES)
    here = svg(spec)
    assert svg(spec_of(GAPS)) != here == svg(spec)
    code = "import json, sys; from kg.questions.plot import svg; sys.stdout.write(svg(json.load(sys.stdin)))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        input=json.dumps(spec),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == here


def test_threads_draw_at_once() -> None:
    specs = [spec_of(answer) for answer in (*ALL, *NASTY_ANSWERS)] * 4
    alone = [svg(spec) for spec in specs]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(svg, specs)) == alone


def test_nothing_is_fetched(tmp_path: Path) -> None:
    def reading(address: str) -> dict[str, Any]:
        text = {"field": "a", "type": "nominal"}
        return {"data": {"url": address, "format": {"type": "csv"}}, "mark": "text", "encoding": {"text": text}}

    for address in ("https://vega.github.io/vega-datasets/data/cars.json", "http://127.0.0.1:9/x.csv", "/etc/hostname"):
        with pytest.raises(ValueError, match="not allowed"):
            svg(reading(address))
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nSECRET\n", encoding="utf-8")
    assert "SECRET" not in svg(reading(secret.as_uri()))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(ConfigError, match=r"pip install 'sanctuary-kg\[plots\]'"):
        svg(spec_of(YIELD))
