"""The papers behind an answer as CSL-JSON, BibTeX and RIS, each read back by the libraries that read such files."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import latexcodec  # noqa: F401
import pytest
import rispy
from pybtex.database import Entry, parse_string
from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.bibliography import bibtex, csl_items, references_behind, ris
from kg.bibliography.names import name_parts
from kg.bibliography.pages import first_and_last
from kg.namespaces import BASE, PREFIXES
from kg.questions import Answer, Asker, Question, Table
from kg.questions.answer import Value
from kg.questions.table import table_of
from kg.records.paper import Bibliography
from kg.snapshot import Snapshot, run_query
from kg.triples.bibliography import bibliography_quads

# What these items use of the schema of CSL-JSON 1.0 (github.com/citation-style-language/schema, MIT licence).
TEXT = {"type": "string"}
NAME = {
    "type": "object",
    "properties": dict.fromkeys(("family", "given", "non-dropping-particle", "suffix", "literal"), TEXT),
    "additionalProperties": False,
}
PARTS = {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1, "maxItems": 3}
DATE = {
    "type": "object",
    "properties": {"date-parts": {"type": "array", "items": PARTS, "minItems": 1, "maxItems": 2}},
    "additionalProperties": False,
}
PLAIN = (
    *("title", "container-title", "container-title-short", "volume", "issue", "page", "number"),
    *("DOI", "PMID", "PMCID", "ISSN", "URL", "note"),
)
CSL = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": {"type": ["string", "number"]},
            "type": {"enum": ["article-journal", "document"]},
            "author": {"type": "array", "items": NAME},
            "issued": DATE,
            "custom": {"type": "object"},
            **dict.fromkeys(PLAIN, TEXT),
        },
        "required": ["type", "id"],
        "additionalProperties": False,
    },
}
SICI = "10.1002/(SICI)1097-4598(199705)20:5_A-B;2-7"
NASTY = r"""A {weird} & 100% "title_} with $x^2$ ~ #1 \alpha <b>µ</b> Billström—ER  - end"""


def asker(store: Store) -> Asker:
    def ask(query: str) -> Table:
        found = run_query(store, query)
        assert isinstance(found, QuerySolutions)
        return table_of(found)

    return ask


@pytest.fixture(scope="module")
def nasty() -> Asker:
    """A bibliography whose works are hard to write down."""
    store = Store()
    works = [
        {
            "reference": "nasty-1997",
            "title": NASTY,
            "authors": [{"name": name} for name in ("Billström R", "van Asseldonk JT", "Weisman R Jr", "O'Neil-Díaz M")]
            + [{"name": "Smith, Jones and Co Study Group"}],
            "journal": {"title": "J & K", "issn_electronic": "2005-7563"},
            "year": 1997,
            "volume": "20",
            "issue": "Suppl 1",
            "pages": "S163-5",
            "doi": SICI,
            "pmid": "17875532",
            "pmcid": "PMC12",
            "presented_at": "A meeting, Daejeon",
            "note": "One.",
        },
        {"reference": "bare-2000"},
        {"reference": "known-by-author", "identified": False, "authors": [{"name": "Gates"}], "note": "Number 3."},
        {"reference": "number-2017", "title": "T", "journal": {"title": "Cureus"}, "article_number": "e1529"},
    ]
    store.extend(bibliography_quads(Bibliography.model_validate({"references": works})))
    merged = Store()
    for quad in store:
        merged.add(quad)
        merged.add(type(quad)(quad.subject, quad.predicate, quad.object))
    return asker(merged)


def iris(*slugs: str) -> list[str]:
    return [f"{BASE}reference/{slug}" for slug in slugs]


@pytest.fixture(scope="module")
def items(nasty: Asker) -> list[dict[str, Any]]:
    return csl_items(iris("nasty-1997", "bare-2000", "known-by-author", "number-2017"), nasty)


def test_items_are_valid_csl_json(items: list[dict[str, Any]]) -> None:
    jsonschema.validate(items, CSL)
    assert [item["id"] for item in items] == ["nasty-1997", "bare-2000", "known-by-author", "number-2017"]


def test_an_item_has_what_the_graph_has(items: list[dict[str, Any]]) -> None:
    assert items[0] == {
        "id": "nasty-1997",
        "type": "article-journal",
        "title": " ".join(NASTY.split()),
        "author": [
            {"family": "Billström", "given": "R."},
            {"family": "Asseldonk", "given": "J. T.", "non-dropping-particle": "van"},
            {"family": "Weisman", "given": "R.", "suffix": "Jr"},
            {"family": "O'Neil-Díaz", "given": "M."},
            {"literal": "Smith, Jones and Co Study Group"},
        ],
        "container-title": "J & K",
        "container-title-short": "J & K",
        "issued": {"date-parts": [[1997]]},
        "volume": "20",
        "issue": "Suppl 1",
        "page": "S163-5",
        "DOI": SICI,
        "PMID": "17875532",
        "PMCID": "PMC12",
        "ISSN": "2005-7563",
        "URL": "https://doi.org/10.1002/(SICI)1097-4598(199705)20:5_A-B%3B2-7",
        "note": "One. Presented at A meeting, Daejeon.",
    }
    assert items[3] == {
        "id": "number-2017",
        "type": "article-journal",
        "title": "T",
        "container-title": "Cureus",
        "container-title-short": "Cureus",
        "number": "e1529",
    }


def test_what_is_not_known_is_not_made_up(items: list[dict[str, Any]]) -> None:
    assert items[1] == {"id": "bare-2000", "type": "document", "title": "[unidentified reference bare-2000]"}
    assert items[2] == {
        "id": "known-by-author",
        "type": "document",
        "title": "[unidentified reference known-by-author]",
        "author": [{"literal": "Gates"}],
        "note": f"This work is not identified; it is called {BASE}reference/known-by-author here. Number 3.",
    }


def test_what_is_no_reference_gives_nothing(nasty: Asker) -> None:
    asked = [f"{BASE}case/x", f"{BASE}reference/> }} DROP ALL #", *iris("bare-2000", "bare-2000")]
    assert [item["id"] for item in csl_items(asked, nasty)] == ["bare-2000"]
    assert csl_items([], nasty) == []


def entries(text: str) -> Mapping[str, Entry]:
    found: Mapping[str, Entry] = parse_string(text, "bibtex").entries
    return found


def unlatex(text: str) -> str:
    """What LaTeX prints."""
    assert "$" not in text
    macros = {"braceleft": "{", "braceright": "}", "dollar": "$", "asciicircum": "^", "asciitilde": "~"}
    signs = list((macros | {"backslash": "\\"}).items())
    # Characters of private use stand for the signs while the rest is decoded.
    for at, (macro, _) in enumerate(signs):
        text = text.replace(rf"{{\text{macro}}}", chr(0xE000 + at))
    decoded: str = codecs.decode(text, "ulatex")  # type: ignore[call-overload]
    text = decoded.replace("{", "").replace("}", "")
    for at, (_, sign) in enumerate(signs):
        text = text.replace(chr(0xE000 + at), sign)
    return text


def test_bibtex_reads_back(items: list[dict[str, Any]]) -> None:
    found = entries(bibtex(items))
    assert list(found) == ["nasty-1997", "bare-2000", "known-by-author", "number-2017"]
    assert [entry.type for entry in found.values()] == ["article", "misc", "misc", "article"]
    fields = dict(found["nasty-1997"].fields)
    assert unlatex(fields.pop("title")) == items[0]["title"]
    assert fields == {
        "year": "1997",
        "journal": r"J \& K",
        "volume": "20",
        "number": "Suppl 1",
        "issn": "2005-7563",
        "pmid": "17875532",
        "pmcid": "PMC12",
        "note": "One. Presented at A meeting, Daejeon.",
        "pages": "S163--S165",
        "doi": SICI,
        "url": items[0]["URL"],
    }
    people = [
        (" ".join(p.first_names + p.middle_names), p.prelast_names, p.last_names, p.lineage_names)
        for p in found["nasty-1997"].persons["author"]
    ]
    assert people == [
        ("R.", [], ["Billström"], []),
        ("J. T.", ["van"], ["Asseldonk"], []),
        ("R.", [], ["Weisman"], ["Jr"]),
        ("M.", [], ["O'Neil-Díaz"], []),
        ("", [], ["{Smith, Jones and Co Study Group}"], []),
    ]
    assert found["number-2017"].fields["eid"] == "e1529"


def test_ris_reads_back(items: list[dict[str, Any]]) -> None:
    text = ris(items)
    assert text.startswith("TY  - JOUR\n")
    found = rispy.loads(text)
    assert found[0] == {
        "type_of_reference": "JOUR",
        "id": "nasty-1997",
        "title": items[0]["title"],
        "secondary_title": "J & K",
        "alternate_title1": "J & K",
        "volume": "20",
        "number": "Suppl 1",
        "issn": "2005-7563",
        "doi": SICI,
        "accession_number": "17875532",
        "name_of_database": "PubMed",
        "custom2": "PMC12",
        "authors": [
            "Billström, R.",
            "van Asseldonk, J. T.",
            "Weisman, R., Jr",
            "O'Neil-Díaz, M.",
            "Smith, Jones and Co Study Group",
        ],
        "year": "1997",
        "start_page": "S163",
        "end_page": "S165",
        "urls": [items[0]["URL"]],
        "notes": ["One. Presented at A meeting, Daejeon."],
    }
    assert [one["type_of_reference"] for one in found] == ["JOUR", "GEN", "GEN", "JOUR"]
    assert found[3]["custom7"] == "e1529"


@pytest.mark.parametrize("title", ["{", "}", "}{", '"', "\\", "%", "a\nER  - \nTY  - BOOK", "@article{x,", "$", "--"])
def test_no_title_breaks_a_file(title: str) -> None:
    pair = [{"id": "a", "type": "article-journal", "title": title}, {"id": "b", "type": "document", "title": "B"}]
    read = entries(bibtex(pair))
    assert list(read) == ["a", "b"]
    assert "".join(unlatex(read["a"].fields["title"]).replace("–", "--").split()) == "".join(title.split())
    assert [one["title"] for one in rispy.loads(ris(pair))] == [" ".join(title.split()), "B"]


def test_parts_of_a_date_and_a_list_of_authors_that_is_cut_off() -> None:
    item = {
        "id": "a b/é",
        "type": "article-journal",
        "title": "T",
        "author": [{"family": "Brown and White", "given": "A, B"}],
        "issued": {"date-parts": [[2013, 7, 9]]},
        "DOI": "10.1000/{",
        "custom": {"more-authors": True},
    }
    (key, entry), *_ = entries(bibtex([item])).items()
    assert key == "a-b/-"
    assert (entry.fields["year"], entry.fields["month"], entry.fields["doi"]) == ("2013", "7", "10.1000/%7B")
    assert [str(person) for person in entry.persons["author"]] == ["{Brown and White}, {A, B}", "others"]
    (record,) = rispy.loads(ris([item]))
    assert (record["date"], record["authors"]) == ("2013/07/09/", ["Brown and White, A B"])


def test_no_items_give_an_empty_file() -> None:
    assert (bibtex([]), ris([])) == ("", "")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ghali MGZ", ("Ghali", "M. G. Z.")),
        ("Hangai M", ("Hangai", "M.")),
        ("Jean-Pierre Dupont", ("Dupont", "Jean-Pierre")),
        ("Dupont J-P", ("Dupont", "J.-P.")),
        ("Dupont J.P.", ("Dupont", "J. P.")),
        ("García Márquez G", ("García Márquez", "G.")),
        ("Ørsted Å", ("Ørsted", "Å.")),
        ("Li Xu", ("Xu", "Li")),
    ],
)
def test_names_come_apart(name: str, parts: tuple[str, str]) -> None:
    assert name_parts(name) == dict(zip(("family", "given"), parts, strict=True))


def test_particles_belong_to_the_family_name() -> None:
    parts = name_parts("Jan van der Berg")
    assert parts == {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"}


@pytest.mark.parametrize(
    ("pages", "both"),
    [
        ("65-69", ("65", "69")),
        ("1196-200", ("1196", "1200")),
        ("163-5", ("163", "165")),
        ("998-1003", ("998", "1003")),
        ("e1-e9", ("e1", "e9")),
        ("12", ("12", "")),
        ("12, 15-17", ("12, 15-17", "")),
    ],
)
def test_pages_in_full(pages: str, both: tuple[str, str]) -> None:
    assert first_and_last(pages) == both


# The shipped papers


def answered(*rows: tuple[Value, ...]) -> Answer:
    question = Question("q", "Who?", "Why.", ("literature",), (), None, (), "", Path("q.rq"))
    columns = tuple(f"column{n}" for n in range(max(map(len, rows), default=0)))
    return Answer(question, {}, "", columns, rows, False)


@pytest.fixture(scope="module")
def ask(snapshot: Snapshot) -> Asker:
    return asker(snapshot.store)


def every(ask: Asker, kind: str) -> list[str]:
    query = f"SELECT DISTINCT ?one {{ ?one a sanct:{kind} }} ORDER BY ?one"
    return [one.value for (one,) in ask(query).rows if isinstance(one, NamedNode)]


def test_papers_behind_cases_statements_and_evidence(ask: Asker) -> None:
    baek, hangai, voin = iris("baek-2021", "hangai-2014", "voin-2017")
    told = BASE + "case/voin-2017-1"
    assert references_behind(answered((told, 3)), ask) == [baek, voin]
    assert references_behind(answered((1, (BASE + "case/hangai-2014-1", told))), ask) == [baek, hangai, voin]
    assert references_behind(answered((voin, "x"), (None, True)), ask) == [voin]
    for query in ("?one prov:wasDerivedFrom ?paper", "?one a sanct:Evidence ; sanct:inReference ?paper"):
        found = ask(f"SELECT ?one ?paper {{ {query} }} ORDER BY ?paper ?one LIMIT 1").rows[0]
        one, paper = (term.value for term in found if isinstance(term, NamedNode))
        assert references_behind(answered((one,)), ask) == [paper]


def test_what_has_no_paper_behind_it(ask: Asker) -> None:
    strange = (PREFIXES["sanct"] + "MRI", BASE + "case/none", BASE + 'x> } . <y"', "text")
    assert references_behind(answered(strange), ask) == []
    assert references_behind(answered(), ask) == []


def test_thousands_of_iris_are_asked_for_in_batches(ask: Asker) -> None:
    sizes: list[int] = []

    def counting(query: str) -> Table:
        sizes.append(len(query))
        return ask(query)

    unknown = tuple(f"{BASE}case/unknown-{n}" for n in range(5000))
    found = references_behind(answered((unknown, tuple(every(ask, "Case")))), counting)
    papers = {row[0] for row in ask("SELECT ?p { ?c sanct:reportedIn|sanct:summarisedIn ?p }").rows}
    assert found == sorted(paper.value for paper in papers if isinstance(paper, NamedNode))
    assert len(sizes) > 50
    assert max(sizes) < 30_000


def test_every_shipped_reference_goes_through_every_format(ask: Asker) -> None:
    references = every(ask, "Reference")
    items = csl_items(references, ask)
    jsonschema.validate(items, CSL)
    assert [f"{BASE}reference/{item['id']}" for item in items] == references
    assert {item["id"] for item in items if "not identified" in item.get("note", "")} == {
        one.rpartition("/")[2] for one in every(ask, "UnidentifiedReference")
    }
    read = entries(bibtex(items))
    assert list(read) == [item["id"] for item in items]
    records = rispy.loads(ris(items))
    for item, entry, record in zip(items, read.values(), records, strict=True):
        assert unlatex(entry.fields["title"]).replace("–", "--") == record["title"] == item["title"]
        goes_on = [str(person) for person in entry.persons.get("author", [])][-1:] == ["others"]
        assert goes_on == ("more-authors" in item.get("custom", {}))
        names = len(entry.persons.get("author", [])) - goes_on
        assert names == len(record.get("authors", [])) == len(item.get("author", []))
        assert entry.fields.get("doi") == record.get("doi") == item.get("DOI")


def test_billstrom_keeps_his_letters(ask: Asker) -> None:
    items = csl_items(iris("billstrom-1992"), ask)
    assert items[0]["author"][0] == {"family": "Billström", "given": "R."}
    assert "Billström, R. and Lundquist, A." in bibtex(items)
    assert "AU  - Billström, R.\n" in ris(items)
