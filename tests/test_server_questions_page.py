"""The pages of questions: what they show, that they escape it, and that they work without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg import namespaces as ns
from server import create_app
from tests.question_fixture import NASTY, publish_with_questions
from tests.test_server_pages import BROWSER, Page

AT = "/questions/cases-at-a-site"
NUMBERED = "/questions/numbered-things"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("snapshots")
    publish_with_questions(folder)
    return create_app(folder).test_client()


def shown(client: Any, path: str, status: int = 200, **parameters: Any) -> Page:
    response = client.get(path, query_string=parameters or None, headers={"Accept": BROWSER})
    assert (response.status_code, response.content_type) == (status, "text/html; charset=utf-8")
    assert "<script" not in response.text
    page = Page(response.text)
    assert not page.all("style")
    assert not [name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")]
    for tag, name in (("img", "src"), ("link", "href"), ("form", "action")):
        assert all(str(one[name]).startswith("/") for one in page.all(tag))
    return page


def hrefs(page: Page) -> list[str]:
    return [str(a["href"]) for a in page.all("a")]


def test_the_list_by_group_and_by_words(client: Any) -> None:
    page = shown(client, "/questions")
    assert "2 questions" in page.text
    assert page.text.index("Sites and extent") < page.text.index("Evidence")
    assert "reproduces a printed figure" in page.text
    assert {AT, NUMBERED, "/questions.json"} <= set(hrefs(page))
    assert page.all("form")[0]["action"] == "/questions"
    page = shown(client, "/questions", q="number")
    assert "1 of 2" in page.text
    assert AT not in hrefs(page)
    page = shown(client, "/questions", q=NASTY)
    assert "0 of 2" in page.text
    assert page.all("input")[0]["value"] == NASTY
    assert shown(client, "/").text.startswith("Sanctuary KG")
    assert "/questions" in hrefs(shown(client, "/"))


def test_a_question_with_its_answer(client: Any) -> None:
    page = shown(client, AT)
    for words in (
        "Which cases have leukemia at a site?",
        "The cases at the site (n) among all (N).",
        "Reproduces what a paper prints: one-2020/mean-age",
        "Site: anatomical site (default)",
        "Words of the label: any",
        "n of N",
        "3 of 4",
        "75%",
        "1 row, from 3 cases of 4 in which it was assessed.",
        "Papers behind it 1",
        "doi:10.1000/1",
        "How to cite",
    ):
        assert words in page.text
    links = hrefs(page)
    for href in (
        "/ontology/Nerve.html",
        "/case/one-2020-2.html",
        "/reference/one-2020.html",
        "/reference/one-2020/statistic/mean-age.html",
        *(f"{AT}.{suffix}" for suffix in ("json", "csv", "tsv", "bib", "ris", "csl.json", "rq")),
    ):
        assert href in links
    assert "nLabel" not in page.text
    assert "site Label" not in page.text


def test_the_form_holds_what_is_in_force(client: Any) -> None:
    page = shown(client, AT)
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["AnatomicalSite"]
    (most,) = (one for one in page.all("input") if one["name"] == "most")
    assert [most[name] for name in ("type", "value", "min", "max")] == ["number", "100", "0", "120"]
    page = shown(client, AT, site="nerve", most="20", case="one-2020-2", words="One", code="ex:Nerve")
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["Nerve", "one-2020-2"]
    values = {str(one["name"]): one["value"] for one in page.all("input")}
    assert values == {"most": "20", "words": "One", "code": "ex:Nerve"}
    # What the form sends is what the page was asked with.
    sent: dict[str, Any] = {"site": "Nerve", "case": "", **values}
    assert "2 of 4" in shown(client, AT, **sent).text


def test_short_addresses_say_the_same(client: Any) -> None:
    page = shown(client, AT, site=ns.term("Nerve"), most="100", words=" One ", code="http://example.org/site/Nerve")
    (csv,) = (href for href in hrefs(page) if ".csv" in href)
    assert csv == f"{AT}.csv?site=Nerve&words=One&code=EX:Nerve"
    assert "3,4" in client.get(csv).text


def test_everything_is_escaped(client: Any) -> None:
    page = shown(client, AT, site="Nerve", words="script")
    assert NASTY in page.text
    assert f"One 2020, patient 2 {NASTY}" in page.text, "a label in the form"
    page = shown(client, AT, words=NASTY)
    assert next(one["value"] for one in page.all("input") if one["name"] == "words") == NASTY
    for parameter in ("site", "most", "case", "code", NASTY, f"_{NASTY}"):
        page = shown(client, AT, 400, **{parameter: f"{NASTY}!"})
        assert "<script>" in page.text
    for path in (f"/questions/{NASTY.replace('/', '')}", f"{AT}.{NASTY.replace('/', '')}"):
        shown(client, path, 404)
    shown(client, AT, 404, _version="0-1")
    shown(client, AT, 400, _version=NASTY)


def test_a_wrong_parameter_is_told_beside_its_field(client: Any) -> None:
    page = shown(client, AT, 400, most="130", words="One")
    (most,) = (one for one in page.all("input") if one["name"] == "most")
    assert (most["value"], most["aria-invalid"], most["aria-describedby"]) == ("130", "true", "most-error")
    assert "“most” is a whole number from 0 to 120" in page.text
    assert next(one["value"] for one in page.all("input") if one["name"] == "words") == "One"
    page = shown(client, AT, 400, site="Nurve")
    assert "Did you mean Nerve?" in page.text
    assert "Nurve (unknown)" in page.text
    assert "has no parameter “colour”" in shown(client, AT, 400, colour="red").text
    assert "There is no “_colour”" in shown(client, NUMBERED, 400, _colour="red").text
    assert "How to cite" not in page.text


def test_an_empty_answer_says_how_to_ask_for_more(client: Any) -> None:
    page = shown(client, AT, most="5", words="One")
    assert "No rows" in page.text
    assert "Highest age: 100" in page.text
    assert {f"{AT}?words=One", f"{AT}?most=5"} <= set(hrefs(page))
    assert not page.all("img")


def test_pages_of_rows(client: Any) -> None:
    page = shown(client, NUMBERED, _size="100", _next="100")
    assert "Rows 101 to 200 of 250." in page.text
    links = [href for href in hrefs(page) if href.startswith(f"{NUMBERED}?")]
    assert f"{NUMBERED}?_size=100" in links
    assert f"{NUMBERED}?_size=100&_next=200" in links
    assert len(page.all("tr")) == 101
    response = client.get(NUMBERED, headers={"Accept": BROWSER})
    assert response.headers["Link"] == f'<{NUMBERED}?_next=100>; rel="next"'
    assert "There are no more rows" in shown(client, NUMBERED, _next="1000").text


def test_the_sparql_opens_in_the_form(client: Any) -> None:
    page = shown(client, AT, site="Nerve")
    (link,) = (href for href in hrefs(page) if href.startswith("/?query="))
    form = shown(client, link)
    assert f"COALESCE(<{ns.term('Nerve')}>" in form.text


def test_the_plot_has_words(client: Any) -> None:
    pytest.importorskip("vl_convert")
    (image,) = shown(client, AT).all("img")
    assert "table below" in str(image["alt"])
    assert client.get(str(image["src"])).mimetype == "image/svg+xml"


def test_without_what_draws_there_is_no_plot(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.questions.can_draw", lambda: False)
    page = shown(client, AT)
    assert not page.all("img")
    assert not [href for href in hrefs(page) if ".svg" in href]
