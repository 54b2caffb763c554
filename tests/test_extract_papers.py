"""Whole papers: tables of cases, lists of references and tables that are neither, as a draft has them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.batch.folder import OutFolder
from kg.batch.work import Form, Item, Job, Result, work
from kg.batch.works import identity, renamed_works
from kg.build import build
from kg.config import shipped
from kg.draft.citations import Bibliography, citations_of
from kg.draft.printed_reference import printed_facts
from kg.draft.record import Outcome, RecordDraft, draft_record, read_patients
from kg.draft.record_yaml import record_yaml, reference_yaml
from kg.evidence import State, check_record, source_document
from kg.ingest import Document, read_bytes
from kg.records import Record
from kg.records.paper import Reference
from kg.vocabulary import Vocabulary
from tests.extract_fixture import reader

HEADINGS = ("Ref.", "Age (years)", "Sex", "Leukemia", "Site of relapse", "Bone marrow", "Outcome")
ROWS = (
    ("[1]", "31", "F", "ALL", "Left breast", "Normal", "Alive"),
    ("[2]", "17", "F", "AML", "Breast and ovary", "Normal → relapse", "Died"),
    ("[2]", "40", "F", "AML", "Both breasts", "NR", "Died of sepsis"),
    ("[3]", "19", "F", "T-ALL", "Right breast", "Normal", "Alive"),
    ("Present case", "23", "F", "ALL", "Left breast", "Normal", "Alive"),
)
STORY = (
    "A 23-year-old woman with acute lymphoblastic leukemia in complete remission for 14 months presented with a "
    "painless lump of the left breast. Biopsy showed infiltration by lymphoblasts. She received chemotherapy."
)
LIST = (
    '<ref><label>1</label><element-citation><person-group person-group-type="author"><name><surname>Alfa</surname>'
    "<given-names>A B</given-names></name></person-group><article-title>Breast relapse of leukemia</article-title>"
    "<source>Blood Made Up</source><year>2001</year><volume>7</volume><fpage>11</fpage>"
    '<pub-id pub-id-type="pmid">11111111</pub-id></element-citation></ref>'
    "<ref><label>2</label><mixed-citation>Beta C, Gamma D. Leukemia of the breast: two cases. Leuk Made Up. "
    "2004;8(2):21-25. doi:10.1000/lmu.21</mixed-citation></ref>"
    "<ref><label>3</label><mixed-citation>Delta E, et al. T-cell leukemia in the breast. Ann Made Up. 2010;3:4-9."
    "</mixed-citation></ref>"
    "<ref><label>4</label><mixed-citation>World Group. A book about leukemia. City: Press.</mixed-citation></ref>"
)


def table(number: int, *rows: tuple[str, ...]) -> str:
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return (
        f"<table-wrap><label>Table {number}</label><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        "</table-wrap>"
    )


def paper(*tables: str, story: str = STORY, cited: str = LIST, name: str = "paper.xml") -> Document:
    text = (
        '<article article-type="case-report"><front><article-meta><title-group><article-title>A relapse of leukemia in '
        'the breast</article-title></title-group><contrib-group><contrib contrib-type="author"><name><surname>Nemo'
        "</surname><given-names>Ida</given-names></name></contrib></contrib-group><pub-date><year>2020</year></pub-date>"
        f"</article-meta></front><body><sec><title>Introduction</title><p>It is rare [1], [2,3].</p></sec>"
        f"<sec><title>Case report</title><p>{story}</p></sec><sec><title>Discussion</title><p>Others are known [1-4]."
        f"</p></sec>{''.join(tables)}</body><back><ref-list>{cited}</ref-list></back></article>"
    )
    return next(read_bytes(text.encode(), name))


def drafted(document: Document, *known: Reference) -> RecordDraft:
    draft = draft_record(document, read_patients(document, reader()), reader(), "2026-11-20", Bibliography(known))
    assert draft is not None
    return draft


def test_a_table_of_cases_becomes_cases(vocabulary: Vocabulary) -> None:
    draft = drafted(paper(table(1, HEADINGS, *ROWS)))
    own, *rows = draft.record["cases"]
    assert [case["case"] for case in rows] == ["alfa-2001-1", "beta-2004-1", "beta-2004-2", "delta-2010-1"]
    assert {case["told"] for case in rows} == {"review"}
    assert [case["primary_reference"] for case in rows] == ["alfa-2001", "beta-2004", "beta-2004", "delta-2010"]
    assert rows[0]["patient"]["evidence"][1]["cell"] == {"row": 1, "column": "Age (years)"}
    assert rows[0]["episodes"][0]["sites"] == [{"site": "Breast", "laterality": "LeftSide"}]
    first, later = rows[1]["episodes"]
    assert (first["marrow"], later["marrow"], later["after"]) == ("NotInvolved", "Involved", first["id"])
    assert later["certainty"] == "Probable"
    # The row of the present case goes into the case that the text tells, and no word of the others does.
    assert (own["case"], own["told"]) == ("nemo-2020-1", "primary")
    assert own["diagnoses"][0]["leukemia"] == "AcuteLymphoblasticLeukemia"
    assert own["episodes"][0]["marrow"] == "NotInvolved"
    assert own["episodes"][0]["sites"] == [{"site": "Breast", "laterality": "LeftSide"}]
    assert any("cell" in proof for proof in own["patient"]["evidence"])
    assert own["outcomes"][0]["vital_status"] == "Alive"
    Record.model_validate(draft.record, context={"vocabulary": vocabulary})


OTHER_TABLES = (
    # trials
    (("Study", "Median age (range)", "Male sex, n (%)", "Leukemia", "Site"),
     ("Alfa 2001", "35 (18-60)", "20 (50)", "AML", "CNS"), ("Beta 2004", "41 (20-65)", "33 (61)", "ALL", "CNS")),
    # groups
    (("Author", "Age", "Sex", "No. of cases", "Diagnosis", "Site"),
     ("Gamma 1999", "5-15", "M/F", "12", "ALL", "Testis"), ("Delta 2003", "2-9", "M", "7", "ALL", "Testis")),
    (("Author", "Age", "Sex", "Diagnosis", "Site"),
     ("Gamma 1999", "5-15", "M", "ALL", "Testis"), ("Delta 2003", "mean 9", "M", "ALL", "Testis")),
    # values of the laboratory
    (("Test", "Day 1", "Day 7", "Reference range"),
     ("Hemoglobin", "9.1", "10.2", "12-16"), ("LDH", "900", "300", "250")),
    # characteristics of a cohort
    (("Characteristic", "All patients", "Relapse", "No relapse"),
     ("Age, years", "34", "31", "36"), ("Male", "12", "7", "5")),
    # patients with lymphoma
    (("Author", "Age", "Sex", "Diagnosis", "Site"),
     ("Alfa 2001", "35", "M", "DLBCL", "Testis"), ("Beta 2004", "41", "F", "Hodgkin lymphoma", "Breast")),
    # one row alone
    (("Author", "Age", "Sex", "Diagnosis", "Site"), ("Alfa 2001", "35", "M", "ALL", "Testis")),
    # patients without a paper
    (("Patient", "Age", "Sex", "Diagnosis", "Site"),
     ("1", "35", "M", "ALL", "Testis"), ("2", "41", "F", "AML", "Breast")),
)  # fmt: skip


@pytest.mark.parametrize("rows", OTHER_TABLES)
def test_other_tables_give_no_case(rows: tuple[tuple[str, ...], ...]) -> None:
    draft = drafted(paper(table(1, *rows)))
    assert [case["case"] for case in draft.record["cases"]] == ["nemo-2020-1"]
    assert draft.record["cases"][0]["patient"]["age"] == {"years": 23}


@pytest.mark.parametrize("form", ["html", "text"])
def test_the_same_in_other_formats(form: str) -> None:
    if form == "html":
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
        head = "".join(f"<th>{cell}</th>" for cell in HEADINGS)
        text = (
            f"<html><body><h1>A relapse</h1><h2>Case report</h2><p>{STORY}</p><h2>Discussion</h2><p>Others.</p>"
            f"<table><caption>Table 1. Cases</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            "<h2>References</h2><ol><li>Alfa AB. Breast relapse of leukemia. Blood Made Up 2001;7:11-13.</li></ol>"
            "</body></html>"
        )
    else:
        rows = "\n".join("\t".join(row) for row in (HEADINGS, *ROWS))
        text = f"Case Report\n\n{STORY}\n\nDiscussion\n\nOthers [1].\n\nTable 1. Cases\n\n{rows}\n\nReferences\n\n"
        text += "1. Alfa AB. Breast relapse of leukemia. Blood Made Up 2001;7:11-13.\n"
    document = next(read_bytes(text.encode(), f"a.{'html' if form == 'html' else 'txt'}"))
    if not document.tables:
        pytest.skip("the reader of this format found no table")
    draft = drafted(document)
    assert len(draft.record["cases"]) == 5
    assert sum(case["told"] == "primary" for case in draft.record["cases"]) == 1


def test_where_in_doubt_a_note_says_how() -> None:
    draft = drafted(paper(table(1, *OTHER_TABLES[1])))
    (note,) = [one for one in draft.notes if "Table 1" in one]
    assert "sanctuary table paper.xml --table 1" in note
    assert "numbers of patients" in note


def test_a_review_without_a_patient_of_its_own_is_drafted_by_its_table() -> None:
    document = paper(table(1, HEADINGS, *ROWS[:4]), story="Relapse in the breast has been reviewed.")
    data = Item("paper.xml", "paper.xml", "0" * 64, document=document)
    result = work(data, Job(Form.YAML, "2026-11-20"))
    assert result.outcome.value == "drafted"
    assert result.record.count("told: review") == 4
    line = json.loads(work(data, Job(Form.JSONL, "2026-11-20")).line)
    assert [(case["row"], case["reference"]) for case in line["cases"]][:2] == [(1, "alfa-2001"), (2, "beta-2004")]
    assert line["cases"][0]["told"] == "review"


def test_citations_have_their_places() -> None:
    draft = drafted(paper())
    citations = draft.record["citations"]
    assert [one["number"] for one in citations] == [1, 2, 3, 4]
    assert [one["reference"] for one in citations] == ["alfa-2001", "beta-2004", "delta-2010", "nemo-2020-ref4"]
    assert [proof["mention"] for proof in citations[1]["evidence"]] == ["[2,3]", "[1-4]", "Beta C"]
    works = {one["reference"]: one for one in draft.works}
    assert works["alfa-2001"]["pmid"] == "11111111"
    assert works["beta-2004"]["doi"] == "10.1000/lmu.21"
    assert works["nemo-2020-ref4"]["identified"] is False


def test_known_works_keep_their_names() -> None:
    known = Reference(reference="the-known-one", title="T-cell leukemia in the breast", year=2010)
    other = Reference(reference="beta-2004", title="Something else", year=2004)
    draft = drafted(paper(table(1, HEADINGS, *ROWS)), known, other)
    assert [one["reference"] for one in draft.record["citations"]][1:3] == ["beta-2004-b", "the-known-one"]
    assert {case["case"] for case in draft.record["cases"]} >= {"beta-2004-b-1", "the-known-one-1"}
    assert "the-known-one" not in {one["reference"] for one in draft.works}


def test_a_list_that_was_not_seen_is_cited_by_number() -> None:
    told = " ".join(f"Thing {number} is known ({number})." for number in range(1, 7))
    document = next(read_bytes(f"Case report\n\n{STORY}\n\nDiscussion\n\n{told}\n".encode(), "a.txt"))
    found = citations_of(document, "a", Bibliography(()))
    assert [one["reference"] for one in found.citations] == [f"a-ref{number}" for number in range(1, 7)]
    few = next(read_bytes(f"Case report\n\n{STORY} It was seen (1) twice (2).\n".encode(), "a.txt"))
    assert not citations_of(few, "a", Bibliography(())).citations


@pytest.mark.parametrize(
    ("text", "authors", "title", "year"),
    [
        ("Alfa A, Beta BC Jr, et al. A title. A subtitle. J Made Up 2001; 7: 1-9.", 2, "A title. A subtitle", 2001),
        ("Alfa A, Beta BC (2007) One long title of it. Leukemia 21(2):340–350.", 2, "One long title of it", 2007),
        ("A. Alfa, B. Lo Beta, and C. Gamma, “One long title,” J X, vol. 3, pp. 1–9, 2010.", 3, "One long title", 2010),
        ("Alfa, A. B., & Beta, C. (2016). One long title. Journal of X, 26(3), e1711.", 2, "One long title", 2016),
        ("Alfa A, Beta B. One long title. J. Clin. Oncol. 2007;12:33–35.", 2, "One long title", 2007),
    ],
)  # fmt: skip
def test_entries_are_taken_apart(text: str, authors: int, title: str, year: int) -> None:
    facts = printed_facts(text)
    assert facts is not None
    assert (len(facts["authors"]), facts["title"], facts["year"]) == (authors, title, year)


@pytest.mark.parametrize("text", ["World Group. A book. Geneva 2010.", "", "12", "Alfa A. 2001.", "x" * 5000])
def test_what_is_unclear_is_not_taken_apart(text: str) -> None:
    assert printed_facts(text) is None


def test_every_place_of_a_whole_paper_is_found_again(vocabulary: Vocabulary, tmp_path: Path) -> None:
    rows = "\n".join("\t".join(row) for row in (HEADINGS, *ROWS))
    text = f"Case Report\n\n{STORY}\n\nDiscussion\n\nOthers [1].\n\nTable 1. Cases\n\n{rows}\n\nReferences\n\n"
    text += "1. Alfa AB. Breast relapse of leukemia. Blood Made Up 2001;7:11-13.\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    draft = drafted(next(read_bytes(text.encode(), "a.txt")))
    record = Record.model_validate(draft.record, context={"vocabulary": vocabulary})
    checked = check_record(record, source_document(record, tmp_path))
    assert len(checked) > 40
    assert {one.state for one in checked} == {State.EXACT}


def test_a_signed_draft_of_a_paper_is_built(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(shipped("data"), data)
    draft = drafted(paper(table(1, HEADINGS, *ROWS)))
    text = record_yaml(draft).replace("\n  tool:", '\n  signed_by: "A Curator"\n  tool:')
    (data / "records" / "nemo-2020.yaml").write_text(text, encoding="utf-8")
    with (data / "references.yaml").open("a", encoding="utf-8") as references:
        references.write("".join(map(reference_yaml, (draft.reference, *draft.works))))
    built = build(shipped("ontology"), data, shipped("queries"), tmp_path / "snapshots")
    assert built.manifest["counts"]["papers"] == 3


def entry(slug: str, title: str, year: int = 2015) -> str:
    return reference_yaml({"reference": slug, "title": title, "authors": [{"name": "Wang A"}], "year": year})


def result(name: str, slug: str, *works: tuple[str, str]) -> Result:
    cited = "".join(f"  - number: {i}\n    reference: {work}\n" for i, (work, _) in enumerate(works, 1))
    record = f'record: {slug}\n  sha256: "{name:0<64}"\ncitations:\n{cited}cases:\n  - case: {works[0][0]}-1\n'
    own = reference_yaml({"reference": slug, "identified": False})
    return Result(name, f"{name:0<64}", Outcome.DRAFTED, "", slug, record, own, works=works)


def test_works_of_one_name_are_told_apart_in_a_folder(tmp_path: Path) -> None:
    folder = OutFolder(tmp_path, Form.YAML)
    folder.write([result("a1", "one", ("wang-2015", entry("wang-2015", "On nerves")))])
    folder.close()
    folder = OutFolder(tmp_path, Form.YAML)  # taken up again
    other = ("wang-2015", entry("wang-2015", "On bones"))
    second = ("wang-2015-b", entry("wang-2015-b", "On skin"))
    folder.write([result("a2", "two", other, second), result("a3", "three", ("wang-2015", entry("x", "On nerves.")))])
    folder.close()
    references = (tmp_path / "references.yaml").read_text("utf-8")
    assert references.count("On nerves") == 1
    assert [line.split()[-1] for line in references.splitlines() if "- reference: wang" in line] == [
        "wang-2015", "wang-2015-c", "wang-2015-b",
    ]  # fmt: skip
    record = (tmp_path / "records" / "two.yaml").read_text("utf-8")
    assert "reference: wang-2015-c\n" in record
    assert "reference: wang-2015-b\n" in record
    assert "case: wang-2015-c-1" in record
    assert "reference: wang-2015\n" in (tmp_path / "records" / "three.yaml").read_text("utf-8")


def test_identity_and_renaming_of_works() -> None:
    assert identity(entry("a", "On Nerves.")) == identity(entry("b", "On nerves"))
    assert identity(entry("a", "On nerves", 2014)) != identity(entry("a", "On nerves"))
    assert not identity(reference_yaml({"reference": "a", "identified": False}))
    moved = {"a-1": "a-1-b", "a-1-b": "a-1-c"}
    assert renamed_works("    reference: a-1\n    reference: a-1-b\n", moved) == (
        "    reference: a-1-b\n    reference: a-1-c\n"
    )


def test_a_work_that_is_listed_twice_is_one() -> None:
    twice = (
        LIST + "<ref><label>5</label><mixed-citation>Beta C, Gamma D. Leukemia of the breast: two cases. Leuk Made Up. "
    )
    draft = drafted(paper(cited=f"{twice}2004;8(2):21-25.</mixed-citation></ref>"))
    assert [one["number"] for one in draft.record["citations"]] == [1, 2, 3, 4, 5]
    assert draft.record["citations"][4]["reference"] == "beta-2004"
    assert [one["reference"] for one in draft.works].count("beta-2004") == 1


def test_citations_are_counted_without_a_gap() -> None:
    gap = LIST.replace("<label>4</label>", "<label>7</label>")
    draft = drafted(paper(cited=gap))
    assert [one["number"] for one in draft.record["citations"]] == [1, 2, 3, 4]
    assert any("7 is 4" in note for note in draft.notes)
