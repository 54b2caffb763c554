"""A PDF's text layer gives the paper in reading order; what has none, or does not end, is refused."""

from __future__ import annotations

import zlib

import pytest

from tests.ingest_fixture import fault, outline, pdf, read_one, said

Drawn = tuple[float, float, float, bool, str]


def column(x: float, top: float, lines: list[str], size: float = 10) -> list[Drawn]:
    return [(x, top - 12 * n, size, False, line) for n, line in enumerate(lines)]


def paper() -> list[list[Drawn]]:
    left = [
        "Leukemia may return outside the marrow, in",
        "nerves as in bone. We tell of one such re-",
        "mission that ended.",
    ]
    case = [
        "A man of 70 years had pain in the left leg",
        "for two months. The marrow was clear and the",
        "sonogram showed a mass of",
    ]
    right = [
        "the sciatic nerve. It was biopsied at once and",
        "blasts were found in it, all CD34 positive.",
        "He was treated again and lived.",
    ]
    talk = [
        "Nerves hide leukemia from drugs, as others",
        "have said before us and will say again.",
        "One should look at them.",
    ]
    first = [
        (60, 790, 8, False, "Nerve Letters 2020;3:10"),
        (60, 750, 18, True, "A nerve that hid a relapse of leukemia"),
        (60, 720, 10, False, "Ann Doe, Bob Roe"),
        (60, 706, 8, False, "doi: 10.1000/n.7"),
        (60, 680, 10, True, "Abstract"),
        *column(60, 662, ["It is rare that leukemia returns in a nerve and nowhere else, but it happens, and one needs",
                          "an image of it. Here is one."]),
        (60, 630, 10, False, "Keywords: nerve; relapse"),
        (60, 600, 12, True, "1. Introduction"),
        *column(60, 580, left),
        (60, 530, 12, True, "2. Case report"),
        *column(60, 510, case),
        *column(320, 600, right),
        (320, 540, 8, False, "Fig. 1. The nerve. The arrow shows it."),
        (320, 510, 12, True, "3. Discussion"),
        *column(320, 490, talk),
        (290, 30, 8, False, "10"),
    ]  # fmt: skip
    second = [
        (60, 790, 8, False, "Nerve Letters 2020;3:11"),
        (60, 700, 12, True, "References"),
        *column(
            60,
            680,
            ["1. Harris W. A case of leukemic polyneuritis.", "Lancet 1921. doi: 10.1000/h", "2. Mau C. Nerves. 2019."],
        ),
        (290, 30, 8, False, "11"),
    ]
    third: list[Drawn] = [
        (60, 790, 8, False, "Nerve Letters 2020;3:12"),
        (60, 700, 10, False, "3. Lee A. Bones of few. 2018."),
        (290, 30, 8, False, "12"),
    ]
    return [first, second, third]


def test_two_columns() -> None:
    document = read_one(pdf(paper()))
    assert outline(document) == [
        "Title", "Front matter", "Abstract", "Keywords", "Introduction", "Case report", "Figure captions", "Discussion",
        "References",
    ]  # fmt: skip
    assert "one such re-\nmission that ended." in said(document, "Introduction")
    assert "a mass of\nthe sciatic nerve." in said(document, "Case report")
    assert said(document, "Discussion").endswith("One should look at them.")
    assert "Nerve Letters" not in document.text
    assert document.metadata.title == "A nerve that hid a relapse of leukemia"
    assert document.metadata.doi == "10.1000/n.7"
    assert [(r.number, r.doi) for r in document.references] == [(1, "10.1000/h"), (2, None), (3, None)]


def test_a_table_stays_text_in_its_own_section() -> None:
    page = [
        *column(60, 700, ["Discussion", "", "Nerves are listed in the table below, as far as we found them anywhere."]),
        (60, 640, 8, True, "Table 1. Cases"),
        *[(x, 620 - 14 * n, 8, False, f"w{x}{n}") for n in range(4) for x in (60, 160, 260)],
        *column(60, 500, ["The nerves of all patients were seen, and none of them was well after that."]),
    ]
    document = read_one(pdf([page]))
    assert outline(document) == ["Discussion", "Table 1", "Discussion"]
    assert not document.tables


def test_a_scan_and_a_damaged_file() -> None:
    assert "no text layer" in fault(pdf([[]]))
    assert "Run OCR" in fault(pdf([[(60, 700, 10, False, "p. 7")]]))
    whole = pdf(paper())
    for cut in (20, 200, len(whole) // 2):
        fault(whole[:cut])


def test_an_encrypted_file() -> None:
    keys = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <" + "ab" * 32 + "> /U <" + "cd" * 32 + "> >> "
        "/ID [<00><00>]"
    )
    assert "encrypted" in fault(pdf(paper(), trailer=keys))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.ingest.pdf.MAX_STREAM", 100_000)
    assert "unpacks to more than 100,000 bytes" in fault(pdf([[]], compress=lambda _: zlib.compress(b" " * 5_000_000)))


def test_the_clock_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.ingest.pdf.MAX_SECONDS", 0.0)
    assert "takes longer than" in fault(pdf(paper()))


def test_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.ingest.pdf.MAX_PAGES", 2)
    assert "more than 2 pages" in fault(pdf(paper()))


def test_references_that_run_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.ingest.pdf.MAX_SECONDS", 0.5)
    font = b"3 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    data = pdf(paper())
    assert font in data
    circle = b"3 0 obj\n3 0 R"
    assert "takes longer than" in fault(data.replace(font, circle + b" " * (len(font) - len(circle))))


def test_words_off_the_page_are_left_out() -> None:
    page = [*column(60, 700, ["A man had pain in the left leg for two months."]), (9e8, 9e8, 10, False, "Far away")]
    assert read_one(pdf([page])).text == "A man had pain in the left leg for two months."


def test_pages_that_are_their_own_parents() -> None:
    data = pdf(paper()).replace(b"/Kids [5 0 R 7 0 R 9 0 R]", b"/Kids [5 0 R 2 0 R 9 0 R]")
    assert "relapse" in read_one(data).text
