"""Files of references become references with the facts of their entries; a bad entry is told and loses no other."""

from __future__ import annotations

import json

import pytest

from kg.errors import SourceTextError
from kg.ingest.drafts import reference_slug, slug, unused
from kg.ingest.reference_bibtex import latex_words
from kg.ingest.reference_facts import Person, shown
from kg.ingest.reference_files import ReadReferences, read_references
from kg.records.paper import Reference

BIBTEX = r"""
@string{jn = {J Nerve}}
@article{first,
  title = {Leukemia of a {Nerve} \& {\"O}dema},
  author = {Billstr{\"o}m, R. and van der Berg, Jan and Weisman, Jr, Robert and {The Nerve Group} and others},
  journal = jn, year = 1992, volume = 12, number = {3}, pages = {193--194},
  doi = {https://doi.org/10.1002/(SICI)1097\_4}, pmid = {12345}, pmcid = {77},
  issn = {2005-6419 (Print) 2005-7563 (Electronic)}
}
@misc{second, title = {Another}, author = {Billstr{\"o}m, R.}, date = {1992-05}, eprint = {999}, eprinttype = {pubmed}}
"""
RIS = """\
TY  - JOUR
AU  - Baek, Soon Ju
AU  - Weisman, R., Jr
AU  - Children's Nerve Group
TI  - A nerve
T2  - Journal of Nerves
J2  - J Nerve
PY  - 2021/03//
VL  - 7
IS  - 2
SP  - 65
EP  - 69
DO  - 10.1000/baek
DB  - PubMed
AN  - 333
C2  - PMC55
ER  -

TY  - JOUR
TI  - Elsewhere
AU  - Kim, A
PY  - 2001
DB  - Embase
AN  - 444
ER  -
"""
CSL = [
    {
        "id": "x",
        "type": "article-journal",
        "title": "A <i>nerve</i>",
        "author": [{"family": "Asseldonk", "given": "J. T.", "non-dropping-particle": "van"}, {"literal": "A Group"}],
        "container-title": "Journal of Nerves",
        "container-title-short": "J Nerve",
        "issued": {"date-parts": [[2019, 3]]},
        "page": "1–9",
        "DOI": "10.1000/asseldonk",
        "PMID": 22,
        "number": "e12",
        "license": "http://creativecommons.org/licenses/by/4.0/",
    },
    {"id": "y", "type": "document", "title": ["Crossref's way"], "issued": {"raw": "in 2004"}},
]


def read(text: str, name: str = "list.bib") -> ReadReferences:
    return read_references(text.encode(), name)


def by_slug(found: ReadReferences) -> dict[str, Reference]:
    return {reference.reference: reference for reference in found.references}


def test_bibtex() -> None:
    found = read(BIBTEX)
    first, second = by_slug(found)["billstrom-1992"], by_slug(found)["billstrom-1992-b"]
    assert first.model_dump(exclude_defaults=True) == {
        "reference": "billstrom-1992",
        "title": "Leukemia of a Nerve & Ödema",
        "authors": (
            {"name": "Billström R"},
            {"name": "Jan van der Berg"},
            {"name": "Robert Weisman Jr"},
            {"name": "The Nerve Group"},
        ),
        "et_al": True,
        "journal": {"title": "J Nerve", "issn_print": "2005-6419", "issn_electronic": "2005-7563"},
        "year": 1992,
        "volume": "12",
        "issue": "3",
        "pages": "193-194",
        "doi": "10.1002/(SICI)1097_4",
        "pmid": "12345",
        "pmcid": "PMC77",
        "checked": ("list.bib",),
    }
    assert (second.year, second.pmid, second.doi, second.et_al) == (1992, "999", None, False)
    assert found.notes == ()


def test_ris() -> None:
    found = read(RIS, "list.ris")
    baek, kim = found.references
    assert [author.name for author in baek.authors] == ["Soon Ju Baek", "Weisman R Jr", "Children's Nerve Group"]
    assert baek.journal is not None
    facts = (baek.reference, baek.journal.title, baek.year, baek.pages, baek.doi, baek.pmid, baek.pmcid)
    assert facts == ("baek-2021", "J Nerve", 2021, "65-69", "10.1000/baek", "333", "PMC55")
    assert (kim.reference, kim.pmid) == ("kim-2001", None)
    assert [note.place for note in found.notes] == ["line 19"]
    assert "accession number" in found.notes[0].text


def test_csl_json() -> None:
    found = read(json.dumps(CSL), "list.json")
    first, second = found.references
    assert [author.name for author in first.authors] == ["van Asseldonk JT", "A Group"]
    facts = (first.reference, first.title, first.year, first.pages, first.pmid, first.article_number, first.licence)
    address = "http://creativecommons.org/licenses/by/4.0/"
    assert facts == ("van-asseldonk-2019", "A nerve", 2019, "1-9", "22", "e12", address)
    assert (second.reference, second.title, second.year) == ("crossrefs-way", "Crossref's way", 2004)


@pytest.mark.parametrize("text", [json.dumps({"items": CSL}), json.dumps(CSL[0])])
def test_csl_json_in_other_wrappings(text: str) -> None:
    assert read(text).references[0].doi == "10.1000/asseldonk"


def test_slugs_avoid_those_of_the_bibliography() -> None:
    found = read_references(BIBTEX.encode(), "list.bib", {"billstrom-1992", "billstrom-1992-b"})
    assert [reference.reference for reference in found.references] == ["billstrom-1992-c", "billstrom-1992-d"]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_and_windows_line_ends(before: bytes) -> None:
    assert len(read_references(before + RIS.replace("\n", "\r\n").encode(), "list.ris").references) == 2
    assert len(read_references(RIS.encode("utf-16"), "list.ris").references) == 2


def test_an_open_brace_loses_one_entry() -> None:
    found = read(
        "@article{a, title = {open, year = 1\n@article{b, title = {B}}\n@string{j={J}}\n@misc{c, title={C}, journal=j}"
    )
    assert [reference.title for reference in found.references] == ["B", "C"]
    (problem,) = found.problems
    assert problem.place == "line 1"
    assert problem.text.endswith("Correct the entry.")


def test_an_unknown_macro_loses_one_field() -> None:
    found = read("@misc{c, title={C}, journal=foo}")
    assert found.references[0].title == "C"
    assert "@string" in found.problems[0].text


def test_a_key_twice() -> None:
    found = read("@misc{c, title={C}}\n\n@misc{c, title={D}}")
    assert [reference.title for reference in found.references] == ["C"]
    assert (found.problems[0].place, "repeated" in found.problems[0].text) == ("line 3", True)


def test_a_work_twice_is_taken_once() -> None:
    found = read("@misc{a, title={A}, doi={10.1000/X}}\n@misc{b, title={B}, doi={10.1000/x}}\n@misc{c, title={C}}")
    assert [reference.title for reference in found.references] == ["A", "C"]
    assert "entry a a second time" in found.problems[0].text


def test_an_entry_of_ris_that_is_cut_off_is_told() -> None:
    found = read("TY  - JOUR\nTI  - A\nER  - \nTY  - JOUR\nTI  - B\nAU  - Kim, A", "list.ris")
    assert [reference.title for reference in found.references] == ["A", "B"]
    assert [problem.place for problem in found.problems] == ["line 4"]


def test_an_item_that_is_none_loses_no_other() -> None:
    found = read(json.dumps([1, CSL[0], {"id": "z"}]))
    assert len(found.references) == 1
    assert [problem.place for problem in found.problems] == ["item 1", "item 3"]


@pytest.mark.parametrize(
    ("field", "value"), [("doi", "nonsense"), ("pmid", "12a"), ("pmcid", "PMCx"), ("year", "n.d."), ("year", "1066")]
)
def test_a_fact_that_is_none_is_told_and_left_out(field: str, value: str) -> None:
    found = read(f"@misc{{a, title = {{A}}, {field} = {{{value}}}}}")
    assert getattr(found.references[0], field) is None
    assert found.references[0].title == "A"
    assert [problem.place for problem in found.problems] == ["entry a"]


def test_an_issn_of_unknown_kind_is_left_out() -> None:
    found = read("@article{a, title={A}, journal={J}, issn={1234-5678}}")
    assert found.references[0].journal is not None
    assert found.references[0].journal.issn_print is None
    assert "1234-5678" in found.notes[0].text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"hello", "neither BibTeX, RIS nor CSL-JSON"),
        (b"[1, 2]", "holds no items"),
        (b'[{"title": "A"', ":1:15: this is not JSON"),
        (b"[" * 100_000, "not JSON|too deep"),
        (b"@misc{a, title={Andr\xe9}}", "byte 20 is not UTF-8"),
        (b"@misc{a, title={x\x00}}", "NUL"),
        (b"@misc{a, note={x}}", "neither a title nor an author"),
        (b"@article{a, title = {open", "line 1: this is not BibTeX"),
    ],
)
def test_what_cannot_be_read(data: bytes, words: str) -> None:
    with pytest.raises(SourceTextError, match=words) as caught:
        read_references(data, "list.bib")
    assert str(caught.value).startswith("list.bib:")
    assert str(caught.value).rstrip().endswith(".")


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"{\textbackslash}a \{b\} {\textbraceleft}c{\textbraceright}", "\\a {b} {c}"),
        (r"100\% \emph{in} \textbf{vitro} --- x", "100% in vitro — x"),
        (r"CD4$^{+}$ and H$_2$O", "CD4+ and H2O"),
        ("a { b", "a b"),
        (r"Dvo\v{r}\'ak \o{} \ss", "Dvořák ø ß"),
    ],
)
def test_latex(latex: str, words: str) -> None:
    assert latex_words(latex) == words


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Person("Baek", "Soon Ju"), "Soon Ju Baek"),
        (Person("Hangai", "M"), "Hangai M"),
        (Person("Hangai", "M.-P."), "Hangai MP"),
        (Person("Li", "Bo"), "Bo Li"),
        (Person("Asseldonk", "HJT", "van"), "van Asseldonk HJT"),
        (Person("Plato"), "Plato"),
        (Person(literal="A  Group"), "A Group"),
    ],
)
def test_names(person: Person, name: str) -> None:
    assert shown(person) == name


def test_slugs() -> None:
    assert slug("Łukasz Ørsted-Müller") == "lukasz-orsted-muller"
    assert reference_slug("李", 2020, "pmid-7") == "pmid-7"
    assert reference_slug("李", 2020) == "work-2020"
    assert unused("a", {"a", *(f"a-{chr(n)}" for n in range(98, 123))}) == "a-27"
    assert len(reference_slug("x" * 300, 2020)) <= 78
