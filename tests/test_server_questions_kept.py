"""Addresses that stay, snapshots that leave service in the middle of a question, and the process that draws."""

from __future__ import annotations

import json
import shutil
import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from kg.build import Built
from kg.errors import ConfigError
from kg.snapshot import MANIFEST
from server import ask, create_app, question_drawing
from server.ask import ClosedError
from server.current import EXTENSION, MOST_KEPT, CurrentSnapshot
from server.errors import ProblemError
from server.pool import Limits
from server.question_drawing import Drawer
from tests.question_fixture import publish_with_questions, put_in_service
from tests.test_server_pages import BROWSER

AT = "/questions/cases-at-a-site.json"
PAGE = "/questions/cases-at-a-site"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder: Path = tmp_path_factory.mktemp("snapshots")
    made = [publish_with_questions(folder, cases, but=["numbered-things"] if cases == 1 else []) for cases in (1, 2, 3)]
    return folder, made


def test_a_permalink_answers_from_its_snapshot(versions: tuple[Path, list[str]]) -> None:
    folder, made = versions
    client: Any = create_app(folder).test_client()
    assert client.get(AT).json["n"] == 3
    for cases, version in enumerate(made, 1):
        response = client.get(AT, query_string={"_version": version})
        assert (response.json["n"], response.json["version"]) == (cases, version)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.json["permalink"].endswith(f"{PAGE}?_version={version}")
        again = client.get(response.json["permalink"], headers={"Accept": "application/json"})
        assert again.json["n"] == cases
        assert client.get(f"{PAGE}.csv?_version={version}").text.splitlines()[1].split(",")[-4] == str(cases)
    assert [q["slug"] for q in client.get(f"/questions.json?_version={made[0]}").json["questions"]] == [
        "cases-at-a-site"
    ]
    assert client.get(f"/questions/numbered-things?_version={made[0]}").status_code == 404
    assert client.get(AT).json["version"] == made[2]


def test_an_older_answer_says_so(versions: tuple[Path, list[str]]) -> None:
    folder, made = versions
    client: Any = create_app(folder).test_client()
    old = client.get(PAGE, query_string={"_version": made[0], "most": "50"}, headers={"Accept": BROWSER})
    assert f"older snapshot {made[0]}" in old.text
    assert f'href="{PAGE}?most=50"' in old.text
    assert f'name="_version" value="{made[0]}"' in old.text
    assert old.headers["Cache-Control"] == "public, max-age=60"
    new = client.get(PAGE, query_string={"_version": made[2]}, headers={"Accept": BROWSER})
    assert "older snapshot" not in new.text


def test_few_older_snapshots_are_open_at_once(versions: tuple[Path, list[str]]) -> None:
    folder, made = versions
    more = publish_with_questions(folder, 4)
    client: Any = create_app(folder, Limits(workers=2)).test_client()
    holder: CurrentSnapshot = client.application.extensions[EXTENSION]
    opened = [holder.kept(version) for version in made]
    assert [one.version for one in opened if one] == made
    assert [one.pool.counts()["idle"] for one in opened if one] == [0, 2, 2]
    assert len(holder._kept) == MOST_KEPT
    for _ in range(2):
        for cases, version in enumerate([*made, more], 1):
            assert client.get(AT, query_string={"_version": version, "most": 99}).json["n"] == cases
    put_in_service(folder, made[2])
    deadline = time.monotonic() + 30
    while holder.get().version != made[2] or made[2] in holder._kept:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    holder.close()


def test_what_is_not_kept_is_said(versions: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, made = versions
    away = tmp_path / "away"
    renamed = folder / "0.1.0-renamed"
    shutil.copytree(folder / made[0], renamed)
    link = folder / "0.1.0-linked"
    link.symlink_to(made[0])
    client: Any = create_app(folder).test_client()
    assert client.get(AT, query_string={"_version": made[0]}).status_code == 200
    (folder / made[0]).rename(away)
    for version in (made[0], "0.1.0-000000000000", renamed.name, link.name, "current", "tmp"):
        response = client.get(AT, query_string={"_version": version})
        assert response.status_code == 404
        assert f"{version} is not kept here" in response.text
        assert made[2] in response.text
        assert response.headers["Cache-Control"] == "no-store"
    away.rename(folder / made[0])
    shutil.rmtree(renamed)
    link.unlink()


@pytest.mark.parametrize("version", ["..", "../x", "a/b", "/etc", "a\\b", ".partial-1", "a%00", "x" * 90, "é"])
def test_a_version_is_a_plain_name(versions: tuple[Path, list[str]], version: str) -> None:
    folder, _ = versions
    client: Any = create_app(folder).test_client()
    assert client.get(AT, query_string={"_version": version}).status_code == 400
    holder: CurrentSnapshot = client.application.extensions[EXTENSION]
    assert holder.kept(version) is None


def test_a_damaged_older_snapshot_harms_nobody(versions: tuple[Path, list[str]]) -> None:
    folder, made = versions
    broken = folder / "0.1.0-broken"
    broken.mkdir()
    (broken / MANIFEST).write_text(json.dumps({"version": broken.name}))
    client: Any = create_app(folder).test_client()
    response = client.get(AT, query_string={"_version": broken.name})
    assert response.status_code == 500
    assert str(folder) not in response.text
    assert client.get(AT, query_string={"_version": made[1]}).json["n"] == 2
    shutil.rmtree(broken)


def test_a_question_begins_again_when_its_snapshot_goes(
    versions: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = versions
    client: Any = create_app(folder).test_client()
    table, calls = ask.table, []

    def closed_at_first(query: str) -> object:
        calls.append(query)
        if len(calls) == 3:
            raise ClosedError(HTTPStatus.SERVICE_UNAVAILABLE, "This snapshot has just gone out of service.")
        return table(query)

    monkeypatch.setattr(ask, "table", closed_at_first)
    assert client.get(AT).json["version"] == made[2]
    assert len(calls) > 3


def test_questions_that_cannot_be_read_are_told_without_a_path(tmp_path: Path) -> None:
    version = publish_with_questions(tmp_path, 1)
    (tmp_path / version / "questions" / "cases-at-a-site.rq").write_text("#+ summary: x?\nASK {}\n")
    client: Any = create_app(tmp_path).test_client()
    response = client.get("/questions.json")
    assert response.status_code == 500
    assert "cannot read the questions" in response.text
    assert str(tmp_path) not in response.text


ECHO = """
import json, sys
for number, line in enumerate(sys.stdin):
    print(json.dumps({"svg": line[:-1] + str(number)}), flush=True)
"""


def _drawer(program: str) -> Drawer:
    return Drawer((sys.executable, "-c", program))


def test_one_process_draws_many_plots() -> None:
    drawer = _drawer(ECHO)
    assert drawer.draw({"a": "ü\n"}) == '{"a": "\\u00fc\\n"}0'
    assert drawer.draw({}) == "{}1"


def test_what_cannot_be_drawn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    drawer = _drawer("import sys; sys.stdin.readline(); sys.exit(3)")
    for _ in range(2):
        with pytest.raises(ProblemError, match="cannot be drawn"):
            drawer.draw({})
    with pytest.raises(ConfigError, match="install"):
        _drawer('import sys; sys.stdin.readline(); print(\'{"missing": "install it"}\')').draw({})
    monkeypatch.setattr(question_drawing, "SECONDS", 0.2)
    with pytest.raises(ProblemError, match="cannot be drawn"):
        _drawer("import time; time.sleep(60)").draw({})


def test_the_process_that_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vl_convert")
    drawer = Drawer()
    with pytest.raises(ProblemError):
        drawer.draw({"mark": "no such mark", "data": 1})
    spec = {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    assert drawer.draw(spec).startswith("<svg ")


def test_every_shipped_question_answers(built: Built, snapshots: Path) -> None:
    client: Any = create_app(snapshots).test_client()
    listed = client.get("/questions.json").json["questions"]
    assert listed
    for question in listed:
        path = f"/questions/{question['slug']}"
        for suffix in ("", ".json", ".csv", ".tsv", ".rq", ".csl.json", ".bib", ".ris"):
            response = client.get(path + suffix, headers={} if suffix else {"Accept": BROWSER})
            assert response.status_code == 200, (path + suffix, response.text)
        assert client.get(f"{path}.json").json["rows"], f"{path} has no rows"
