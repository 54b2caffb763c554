"""A JATS article gives its sections under clear names, its tables as grids, its references and its metadata."""

from __future__ import annotations

import random

import pytest

from kg.ingest import Metadata
from kg.ingest.grid import PrintedCell, PrintedTable, column_names, heading_rows, lay_out
from tests.ingest_fixture import MASS, fault, outline, read_one, said

ARTICLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.2 20190208//EN"
 "JATS-archivearticle1.dtd">
<article article-type="case-report" xml:lang="en" xmlns:xlink="http://www.w3.org/1999/xlink">
<front><journal-meta><journal-title-group><journal-title>Nerve &amp; Blood</journal-title></journal-title-group>
</journal-meta><article-meta>
<article-id pub-id-type="pmc">777</article-id><article-id pub-id-type="pmid">42</article-id>
<article-id pub-id-type="doi">10.1000/nb.7</article-id>
<article-categories><subj-group subj-group-type="heading"><subject>Case Report</subject></subj-group>
</article-categories>
<title-group><article-title>A nerve that hid a relapse<xref ref-type="fn">*</xref></article-title>
<subtitle>one man</subtitle></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Ann</given-names></name>
</contrib>
<contrib contrib-type="editor"><name><surname>Roe</surname><given-names>E</given-names></name></contrib>
<contrib contrib-type="author"><collab>Nerve Group</collab></contrib></contrib-group>
<pub-date pub-type="epub"><year>2019</year></pub-date><pub-date pub-type="ppub"><year>2020</year></pub-date>
<pub-date pub-type="pmc-release"><year>2021</year></pub-date>
<volume>3</volume><issue>2</issue><fpage>10</fpage><lpage>12</lpage>
<permissions><license xlink:href="http://creativecommons.org/licenses/by/4.0/"><license-p>Free.</license-p></license>
</permissions>
<abstract><sec><title>Background</title><p>It is rare.</p></sec><sec><title>Patient concerns:</title><p>{MASS}</p></sec>
</abstract><abstract abstract-type="graphical"><p>A picture.</p></abstract>
<trans-abstract xml:lang="de"><p>Selten.</p></trans-abstract>
<kwd-group><kwd>relapse</kwd><kwd>nerve</kwd></kwd-group></article-meta></front>
<body>
<p>Leukemia hides<sup><xref ref-type="bibr" rid="r1">1</xref>,<xref ref-type="bibr" rid="r2">2</xref></sup>.</p>
<sec><title>2. Case presentation</title>
<p>Leukocytes were 4.5&#160;× 10<sup>9</sup>/L, blasts CD34<sup>+</sup>.
<fig id="f1"><label>Figure 1.</label><caption><title>MRI.</title><p>The arrow shows the nerve.</p></caption></fig>
Then <italic>the</italic> pain came.</p>
<sec><title>2.1 Second relapse</title>
<list><list-item><p>Testis.</p></list-item><list-item><p>Bone.</p></list-item></list>
</sec></sec>
<sec><title>Discussion</title><p>Others wrote of it&nbsp;too.</p>
<table-wrap><label>Table 1</label><caption><p>Cases</p></caption><table><thead>
<tr><th rowspan="2">Author</th><th colspan="2">Patient</th></tr><tr><th>Age<sup>a</sup></th><th>Sex</th></tr></thead>
<tbody><tr><td colspan="3"><bold>In remission</bold></td></tr>
<tr><td rowspan="2">Kim</td><td>8</td><td>M</td></tr><tr><td>9</td><td>F</td></tr>
<tr><td>Lee</td><td colspan="2">N/A</td></tr></tbody></table>
<table-wrap-foot><p>M: male.</p></table-wrap-foot></table-wrap>
<table-wrap><label>Table S1</label><table><tr><td>Drug</td><td>Dose</td></tr><tr><td>Ara-C</td><td>2 g</td></tr></table>
</table-wrap>
<sec><title>Case reports of others</title><p>Two more.</p></sec></sec>
<sec><title>Conclusions</title><p>Look at nerves.</p></sec>
</body>
<back><ack><title>Acknowledgements</title><p>To all.</p></ack>
<ref-list><title>References</title>
<ref id="r1"><label>1.</label><mixed-citation>Harris W. A case. <source>Lancet</source> 1921;197:122.
<pub-id pub-id-type="doi">10.1000/x</pub-id><pub-id pub-id-type="pmid">11</pub-id></mixed-citation></ref>
<ref id="r2"><label>2.</label><element-citation><person-group person-group-type="author"><name><surname>Mau</surname>
<given-names>C</given-names></name><name><surname>Rizk</surname><given-names>E</given-names></name></person-group>
<article-title>Nerves</article-title><source>CNN</source><year>2019</year><volume>184</volume><fpage>1</fpage>
<pub-id pub-id-type="pmid">12</pub-id></element-citation></ref></ref-list></back>
<sub-article><body><p>A review of this paper.</p></body></sub-article>
</article>
"""


def test_sections() -> None:
    document = read_one(ARTICLE)
    assert outline(document) == [
        "Title", "Front matter", "Abstract", "Keywords", "Introduction", "Case report", "Figure captions",
        "Case report", "Discussion", "Table 1", "Table 1 notes", "Table S1", "Discussion", "Conclusion",
        "Acknowledgments", "References",
    ]  # fmt: skip
    roles = [(s.headings, s.role) for s in document.sections if s.name == "Abstract"]
    assert roles == [(("Abstract", "Background"), "Introduction"), (("Abstract", "Patient concerns"), "Case report")]
    assert said(document, "Introduction") == "Leukemia hides[1,2]."
    assert "4.5 × 10⁹/L, blasts CD34+. Then the pain came." in said(document, "Case report")
    assert "Others wrote of it too." in said(document, "Discussion")
    assert said(document, "Figure captions") == "Figure 1. MRI. The arrow shows the nerve."
    assert ("Case presentation", "Second relapse") in [s.headings for s in document.sections]
    for left_out in ("A picture", "Selten", "A review of this"):
        assert left_out not in document.text


def test_metadata() -> None:
    assert read_one(ARTICLE).metadata == Metadata(
        title="A nerve that hid a relapse: one man",
        authors=("Ann Doe", "Nerve Group"),
        journal="Nerve & Blood",
        year=2020,
        doi="10.1000/nb.7",
        pmid="42",
        pmcid="PMC777",
        license="http://creativecommons.org/licenses/by/4.0/",
        language="en",
        article_types=("case-report", "Case Report"),
        keywords=("relapse", "nerve"),
    )
    assert said(read_one(ARTICLE), "Front matter") == "Ann Doe, Nerve Group\n\nNerve & Blood 2020 3(2):10-12"


def test_references() -> None:
    first, second = read_one(ARTICLE).references
    assert (first.number, first.text, first.doi, first.pmid) == (
        1, "Harris W. A case. Lancet 1921;197:122.", "10.1000/x", "11",
    )  # fmt: skip
    assert (second.number, second.text, second.doi, second.pmid) == (
        2, "Mau C, Rizk E. Nerves. CNN. 2019 184:1.", None, "12",
    )  # fmt: skip


def test_tables() -> None:
    document = read_one(ARTICLE)
    one, other = document.tables
    assert (one.number, one.columns) == (1, ("Author", "Patient / Age[a]", "Patient / Sex"))
    cells = {(c.row, c.column): document.text[c.start : c.end] for c in one.cells}
    assert cells == {
        (1, "Author"): "In remission",
        (2, "Author"): "Kim",
        (2, "Patient / Age[a]"): "8",
        (2, "Patient / Sex"): "M",
        (3, "Author"): "Kim",
        (3, "Patient / Age[a]"): "9",
        (3, "Patient / Sex"): "F",
        (4, "Author"): "Lee",
        (4, "Patient / Age[a]"): "N/A",
        (4, "Patient / Sex"): "N/A",
    }
    assert one.cell(2, "Author") != one.cell(3, "Author")
    assert (other.number, other.columns, len(other.cells)) == (2, ("Drug", "Dose"), 2)


def test_any_table_of_spans_has_its_words_at_its_places() -> None:
    numbers = random.Random(7)
    for _ in range(150):
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td rowspan="{numbers.randint(0, 4)}" colspan="{numbers.randint(0, 4)}">w{numbers.random()}</td>'
                for _ in range(numbers.randint(0, 5))
            )
            + "</tr>"
            for _ in range(numbers.randint(1, 7))
        )
        wrap = f"<table-wrap><label>Table 4</label><table>{rows}</table></table-wrap>"
        document = read_one(f"<article><body><p>{MASS}</p>{wrap}<p>End.</p></body></article>")
        assert all(table.number == 4 for table in document.tables)


def test_a_grid() -> None:
    kim, age, sex = PrintedCell("Kim", rows=2), PrintedCell("8"), PrintedCell("M", columns=0)
    grid = lay_out(PrintedTable([[kim, age], [sex, sex]]))
    assert [[slot.cell.text if slot else None for slot in row] for row in grid] == [
        ["Kim", "8", None],
        ["Kim", "M", "M"],
    ]
    assert column_names([[None, None, None]], 3) == ("Column 1", "Column 2", "Column 3")
    heading = PrintedCell("x", heading=True)
    assert heading_rows(PrintedTable([[heading], [heading], [age]])) == 2
    assert heading_rows(PrintedTable([[age], [age]])) == 1


def test_a_set_of_articles_goes_on_after_a_bad_one() -> None:
    from kg.errors import SourceTextError
    from kg.ingest import read_bytes

    one = ARTICLE[ARTICLE.index("<article ") :].replace("&nbsp;", " ")
    two = one.replace(">777<", ">778<")
    data = f"<pmc-articleset>\n{one}\n<article><body><p>cut</body></article>\n{two}</pmc-articleset>".encode()
    errors: list[SourceTextError] = []
    found = list(read_bytes(data, "set.xml", errors.append))
    assert [document.name for document in found] == ["set.xml#PMC777", "set.xml#PMC778"]
    assert len({document.sha256 for document in found}) == 1
    (error,) = errors
    assert str(error).startswith(f"set.xml:{2 + one.count(chr(10)) + 1}: line ")


@pytest.mark.parametrize(
    ("subset", "body", "words"),
    [
        ('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', "<p>&b;</p>", "defines the entity “a”"),
        ('<!ENTITY f SYSTEM "file:///etc/hostname">', "<p>&f;</p>", "defines the entity “f”"),
        ('<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;', "<p>x</p>", "defines the entity “p”"),
        ("", "<p>&nobody;</p>", "the entity “nobody” is not defined"),
        ("", "<p>cut", "not well-formed"),
        ("", "<p>&#0;</p>", "not well-formed"),
        ("", "<sec>" * 400 + "</sec>" * 400, "Excessive depth"),
        ("", "", "no words"),
        (
            "",
            "<table-wrap><table>" + '<tr><td rowspan="9999" colspan="9999">x</td></tr>' * 600 + "</table></table-wrap>",
            "more than 200,000 places",
        ),
    ],
)
def test_hostile_xml(subset: str, body: str, words: str) -> None:
    data = f'<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd" [{subset}]><article><body>{body}</body></article>'
    assert words in fault(data, "bad.nxml")


def test_a_bomb_of_entities_is_refused_soon() -> None:
    bomb = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    for use in ("<article><body><p>&e11;</p></body></article>", '<article id="&e11;"><body/></article>'):
        fault(f"<!DOCTYPE article [{bomb}]>{use}")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "windows-1252")],
)
def test_xml_is_in_the_encoding_that_it_declares(encoding: str, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><article><body><p>André “fell” ill.</p></body></article>'
    assert read_one(text.encode(encoding)).text == "André “fell” ill."
    article = text[text.index("<article>") :]
    sets = f'<?xml version="1.0" encoding="{declared}"?>\n<pmc-articleset>{article}</pmc-articleset>'
    assert read_one(sets.encode(encoding)).text == "André “fell” ill."


def test_xml_that_is_not_in_its_encoding() -> None:
    assert "not well-formed" in fault(b"<article><body><p>Andr\xe9</p></body></article>")
    assert "klingon" in fault(b'<?xml version="1.0" encoding="klingon"?><article><body/></article>').lower()
    assert "“hex”" in fault(b'<?xml version="1.0" encoding="hex"?><pmc-articleset></pmc-articleset>')
