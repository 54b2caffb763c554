"""A journal's web page gives the article and nothing of what the page puts around it."""

from __future__ import annotations

import pytest

from kg.ingest import Metadata
from tests.ingest_fixture import MASS, fault, outline, read_one, said

PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Site</title>
<meta name="citation_title" content="A nerve that hid a relapse"><meta name="citation_author" content="Doe, Ann">
<meta name="citation_journal_title" content="Nerve letters"><meta name="citation_publication_date" content="2020/03/01">
<meta name="citation_doi" content="10.1000/n"><meta name="citation_pmid" content="7">
<meta name="citation_keywords" content="nerve; relapse">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"><script>var x = "<p>no</p>";</script></head>
<body><nav>Home</nav><div class="cookie-banner">We use cookies</div><article class="teaser"><p>Other paper</p></article>
<main><article><header><h1>A nerve that hid a relapse</h1><p>Ann Doe</p></header>
<section><h2>Abstract</h2><h3>Background</h3><p>It is rare.</p><h3>Case</h3><p>{MASS}</p></section>
<section><h2>1. Introduction</h2>
<p>Leukemia hides<sup><a href="#r1">1</a></sup>, 5 &times; 10<sup>9</sup>/L.</p></section>
<section><h2>2. Case report</h2><p>He was 8.<br>Then 9.</p>Loose words.<p hidden>Hidden.</p>
<figure><img src="a.png" alt="x"><figcaption>Figure 1. The nerve.</figcaption></figure>
<table><caption>Table 1. Cases</caption><tr><th>Author</th><th>Age</th></tr><tr><td>Kim</td><td>8</td></tr></table>
<table role="presentation"><tr><td><p>A box of words.</p></td></tr></table>
<ul><li>Pain<ul><li>left leg</li></ul></li></ul><h3>Treatment</h3><p>Cytarabine.</p></section>
<aside>Subscribe</aside><section><h2>Discussion</h2><p>Look at nerves in those who were once ill with it, always.</p>
</section><section><h2>References</h2><ol><li>Harris W. Lancet 1921. <a href="https://doi.org/10.1000/h">link</a></li>
<li>2. Mau C. CNN 2019. <a href="https://pubmed.ncbi.nlm.nih.gov/77/">PubMed</a></li></ol></section>
</article></main><footer>Imprint</footer></body></html>"""


def test_sections() -> None:
    document = read_one(PAGE)
    assert outline(document) == [
        "Title", "Front matter", "Abstract", "Introduction", "Case report", "Figure captions", "Table 1",
        "Case report", "Discussion", "References",
    ]  # fmt: skip
    assert said(document, "Introduction").endswith("Leukemia hides[1], 5 × 10⁹/L.")
    assert said(document, "Case report").startswith("2. Case report\n\nHe was 8. Then 9.\n\nLoose words.")
    assert "A box of words.\n\nPain\n\nleft leg" in said(document, "Case report")
    assert [s.role for s in document.sections if s.name == "Abstract"] == ["Abstract", "Introduction", "Case report"]
    for left_out in ("Home", "cookies", "Other paper", "Hidden", "Subscribe", "Imprint", "no</p>"):
        assert left_out not in document.text


def test_tables_references_and_metadata() -> None:
    document = read_one(PAGE)
    (table,) = document.tables
    assert (table.number, table.columns, len(table.cells)) == (1, ("Author", "Age"), 2)
    assert [(r.number, r.doi, r.pmid) for r in document.references] == [(1, "10.1000/h", None), (2, None, "77")]
    assert document.metadata == Metadata(
        title="A nerve that hid a relapse",
        authors=("Ann Doe",),
        journal="Nerve letters",
        year=2020,
        doi="10.1000/n",
        pmid="7",
        license="https://creativecommons.org/licenses/by/4.0/",
        language="en",
        keywords=("nerve", "relapse"),
    )


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8-sig", ""), ("utf-16", ""), ("cp1252", "iso-8859-1"), ("cp1252", "windows-1252")],
)
def test_a_page_is_in_the_encoding_that_it_states(encoding: str, declared: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    assert read_one(f"<html><head>{meta}</head><body><p>André “fell” ill.</p></body></html>".encode(encoding)).text == (
        "André “fell” ill."
    )


def test_hostile_pages() -> None:
    assert "utf-8" in fault(b"<html><body><p>Andr\xe9</p></body></html>")
    assert "klingon" in fault(b'<html><head><meta charset="klingon"></head><body>x</body></html>')
    assert "nested too deeply" in fault("<html><body>" + "<div>" * 100_000 + "x")
    assert read_one("<html><body><p>A\x00B &bogus; <b>open <p>well").text == "AB &bogus; open\n\nwell"
    assert read_one("<html><body>" + "<p>x" * 20_000).text.count("x") == 20_000
