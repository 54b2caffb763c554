"""PubMed XML and MEDLINE text give one document for each article, and a bad article costs nobody but itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SourceTextError
from kg.ingest import Metadata, read_bytes, read_document, read_documents
from tests.ingest_fixture import MASS, fault, holds_together, outline, read_one, said

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n<PubmedArticleSet>\n'
)
END = "</PubmedArticleSet>\n"


def article(pmid: int | str, abstract: str = f"<AbstractText>{MASS}</AbstractText>") -> str:
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<Article PubModel="Print"><Journal>
<JournalIssue><PubDate><MedlineDate>1998 Nov-Dec</MedlineDate></PubDate></JournalIssue>
<Title>Nerve letters</Title><ISOAbbreviation>Nerve Lett</ISOAbbreviation></Journal>
<ArticleTitle>A relapse in a <i>nerve</i>.</ArticleTitle><ELocationID EIdType="doi">10.1000/e</ELocationID>
<Abstract>{abstract}</Abstract>
<AuthorList><Author><LastName>Doe</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials></Author>
<Author><CollectiveName>Nerve Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D002363">Case Reports</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName>Recurrence</DescriptorName></MeshHeading></MeshHeadingList>
<KeywordList><Keyword>nerve</Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId><ArticleId IdType="doi">10.1000/n</ArticleId>
<ArticleId IdType="pmc">PMC5</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>Harris W. Lancet 1921.</Citation><ArticleIdList>
<ArticleId IdType="pubmed">9</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>
"""


LABELLED = (
    '<AbstractText Label="BACKGROUND">It is rare.</AbstractText>'
    f'<AbstractText Label="PATIENT CONCERNS">{MASS}</AbstractText>'
    '<AbstractText Label="UNLABELLED">Once.</AbstractText>'
)

NBIB = f"""
PMID- 41
OWN - NLM
DP  - 2020 Jan
TI  - A relapse in a
      nerve.
LID - 10.1000/n [doi]
AB  - BACKGROUND: It is rare. PATIENT CONCERNS: {MASS}
      It was Stage II: advanced.
FAU - Doe, Ann B
AU  - Doe AB
LA  - eng
PT  - Case Reports
JT  - Nerve letters
MH  - *Recurrence
MH  - Recurrence/drug therapy
OT  - nerve
PMC - PMC5

PMID- 42
TI  - Another.
"""


def test_articles_one_after_the_other() -> None:
    documents = list(read_bytes((HEAD + article(1) + article(2, LABELLED) + article(2) + END).encode(), "set.xml"))
    assert [document.name for document in documents] == ["set.xml#1", "set.xml#2", "set.xml#2~2"]
    first, second, _ = documents
    for document in documents:
        holds_together(document)
    assert first.text == f"A relapse in a nerve.\n\n{MASS}"
    assert [(s.name, s.role) for s in first.sections] == [("Title", "Title"), ("Abstract", "Abstract")]
    assert [(s.name, s.headings[1:], s.role) for s in second.sections[1:]] == [
        ("Abstract", ("BACKGROUND",), "Introduction"),
        ("Abstract", ("PATIENT CONCERNS",), "Case report"),
        ("Abstract", (), "Abstract"),
    ]
    assert said(second, "Abstract").startswith("BACKGROUND: It is rare.\n\nPATIENT CONCERNS: A mass")


def test_metadata() -> None:
    document = read_one(HEAD + article(7) + END)
    assert document.metadata == Metadata(
        title="A relapse in a nerve.",
        authors=("Ann B Doe", "Nerve Group"),
        journal="Nerve letters",
        year=1998,
        doi="10.1000/n",
        pmid="7",
        pmcid="PMC5",
        language="eng",
        article_types=("Case Reports",),
        keywords=("nerve",),
        mesh=("Recurrence",),
    )
    (reference,) = document.references
    assert (reference.number, reference.text, reference.pmid, reference.start) == (
        1,
        "Harris W. Lancet 1921.",
        "9",
        None,
    )


def test_one_bad_article_costs_only_itself() -> None:
    bad = article(2).replace("</Abstract>", "")
    empty = article(3, "").replace("A relapse in a <i>nerve</i>.", "")
    bomb = article(4).replace(MASS, "&bomb;")
    unclosed = article(5)[:300] + "\n"
    errors: list[SourceTextError] = []
    data = HEAD.replace("]>", "") + article(1) + bad + empty + bomb + unclosed + article(6) + END
    documents = list(read_bytes(data.encode(), "set.xml", errors.append))
    assert [document.name for document in documents] == ["set.xml#1", "set.xml#6"]
    lines = [1 + data[: data.index(f">{pmid}</PMID>")].count("\n") for pmid in (2, 3, 4, 5)]
    assert [str(error).split(" ")[0] for error in errors] == [f"set.xml:{line}:" for line in lines]
    shown = [str(error) for error in errors]
    assert "not well-formed" in shown[0]
    assert "article 3: the article has neither a title nor an abstract" in shown[1]
    assert "bomb" in shown[2]
    assert "not closed before the next" in shown[3]


def test_without_a_callback_the_first_bad_article_ends_the_reading() -> None:
    reading = read_bytes((HEAD + article(1) + "<PubmedArticle></PubmedArticle>" + article(2) + END).encode(), "set.xml")
    assert next(reading).metadata.pmid == "1"
    with pytest.raises(SourceTextError, match=r"^set\.xml:\d+: the article has no MedlineCitation"):
        next(reading)


@pytest.mark.parametrize(("cut", "names"), [(-len(END), ["#1", "#2"]), (-len(END) - 40, ["#1"]), (len(HEAD) + 20, [])])
def test_a_set_that_breaks_off(cut: int, names: list[str]) -> None:
    data = (HEAD + article(1) + article(2) + END)[:cut].encode()
    errors: list[SourceTextError] = []
    assert [d.name for d in read_bytes(data, "s", errors.append)] == [f"s{name}" for name in names]
    assert "breaks off" in str(errors[0])
    assert str(errors[0]).endswith("Fetch it again.")


def test_an_empty_set_is_said() -> None:
    assert "holds no article" in fault(HEAD + END)


def test_an_article_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.ingest.article_set.MAX_ARTICLE", 3_000_000)
    filler = "<PubmedArticle>" + "x" * 5_000_000 + "\n"
    errors: list[SourceTextError] = []
    data = (HEAD + article(1) + filler + article(2) + END).encode()
    assert [d.name for d in read_bytes(data, "s", errors.append)] == ["s#1", "s#2"]
    assert "larger than 3,000,000 bytes" in str(errors[0])


def test_articles_that_lie_over_the_ends_of_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (HEAD + "".join(article(n) for n in range(1, 6)) + END).encode()
    whole = list(read_bytes(data, "s"))
    for size in (257, 1000, 1777):
        monkeypatch.setattr("kg.ingest.article_set._CHUNK", size)
        assert list(read_bytes(data, "s")) == whole


def test_medline() -> None:
    documents = list(read_bytes(NBIB.encode(), "found.nbib"))
    assert [document.name for document in documents] == ["found.nbib#41", "found.nbib#42"]
    first, second = documents
    holds_together(first)
    assert first.metadata == Metadata(
        title="A relapse in a nerve.",
        authors=("Ann B Doe",),
        journal="Nerve letters",
        year=2020,
        doi="10.1000/n",
        pmid="41",
        pmcid="PMC5",
        language="eng",
        article_types=("Case Reports",),
        keywords=("nerve",),
        mesh=("Recurrence",),
    )
    assert [s.role for s in first.sections] == ["Title", "Introduction", "Case report"]
    assert said(first, "Abstract").endswith("It was Stage II: advanced.")
    assert outline(second) == ["Title"]
    assert next(read_bytes(NBIB.replace("\n", "\r\n").encode("utf-8-sig"), "found.nbib")).text == first.text


def test_medline_gives_the_text_that_xml_gives() -> None:
    (xml,) = read_bytes((HEAD + article(41, LABELLED.partition('<AbstractText Label="UNL')[0]) + END).encode(), "a")
    medline = next(read_bytes(NBIB.replace("      It was Stage II: advanced.\n", "").encode(), "b"))
    assert medline.text == xml.text


def test_a_bad_medline_article_costs_only_itself() -> None:
    data = NBIB.encode() + b"\nPMID- 43\nTI  - Andr\xe9.\n\nPMID- 44\nOWN - NLM\n\nPMID- 45\nTI  - Last.\n"
    errors: list[SourceTextError] = []
    assert [d.name for d in read_bytes(data, "f", errors.append)] == ["f#41", "f#42", "f#45"]
    assert "is not UTF-8" in str(errors[0])
    assert "44: the article has neither" in str(errors[1])


def test_the_paper_that_a_path_names(tmp_path: Path) -> None:
    path = tmp_path / "set.xml"
    path.write_text(HEAD + "<PubmedArticle/>" + article(1) + article(2) + END, encoding="utf-8")
    assert read_document(tmp_path / "set.xml#2").metadata.pmid == "2"
    with pytest.raises(SourceTextError, match="no article 3 can be read"):
        read_document(tmp_path / "set.xml#3")
    path.write_text(HEAD + article(1) + article(2) + END, encoding="utf-8")
    with pytest.raises(SourceTextError, match="several articles"):
        read_document(path)
    assert len(list(read_documents(path))) == 2
