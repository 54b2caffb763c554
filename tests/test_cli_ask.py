"""``sanctuary ask`` as a person, a script and a shell meet it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from kg.cli.main import app
from kg.questions import read_choices, read_questions
from kg.questions.formats import delimited
from kg.snapshot import QUESTIONS, Snapshot, open_current
from tests.conftest import ROOT
from tests.expected_answers import asked, solutions
from tests.test_cli import environment, failed

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
YIELD = "modality-yield-when-marrow-is-normal"


@pytest.fixture(scope="module")
def run(snapshot: Snapshot) -> Run:
    """Run ``sanctuary ask`` on the session's snapshot."""

    def sanctuary(*arguments: str | Path, **more: str) -> Done:
        command = [sys.executable, "-m", "kg.cli", "ask", *map(str, arguments)]
        env = {**environment(snapshot.folder.parent), **more}
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return sanctuary


@pytest.fixture(scope="module")
def complete(snapshot: Snapshot) -> Callable[..., list[str]]:
    """What bash would be told after some words, of which the last is being typed."""

    def candidates(*words: str) -> list[str]:
        program = "import sys; sys.argv[0] = 'sanctuary'; from kg.cli import main; main()"
        env = {
            **environment(snapshot.folder.parent),
            "_SANCTUARY_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(("sanctuary", *words)),
            "COMP_CWORD": str(len(words)),
        }
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.stdout.split()

    return candidates


def test_alone_it_lists_the_questions(run: Run, snapshot: Snapshot) -> None:
    questions = read_questions(snapshot.folder / QUESTIONS)
    done = run()
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert rows[0] == ["group", "slug", "question"]
    assert rows[1:] == [[one.group, one.slug, one.summary] for one in questions]
    shown = run("--format", "table")
    assert all(one.slug in shown.stdout for one in questions)
    assert shown.stderr.startswith(f"{len(questions)} questions")


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t"), ("auto", ",")])
def test_an_answer_in_a_pipe(run: Run, snapshot: Snapshot, form: str, delimiter: str) -> None:
    question = next(one for one in read_questions(snapshot.folder / QUESTIONS) if one.slug == YIELD)
    answer = asked(snapshot, question, read_choices(lambda query: solutions(snapshot, query)))
    done = run(YIELD, "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == delimited(answer.columns, answer.rows, delimiter)
    rows = list(csv.DictReader(io.StringIO(done.stdout), delimiter=delimiter))
    assert rows[0]["modality"].startswith("https://w3id.org/sanctuary-kg/ontology/")


def test_a_table_has_labels_shares_and_short_names(run: Run) -> None:
    done = run(YIELD, "-p", "site=peripheral nerve", "-f", "table", COLUMNS="200")
    assert done.returncode == 0
    head, _, first, *_ = done.stdout.splitlines()
    assert head.split() == ["modality", "n", "N", "share", "cases"]
    assert first.startswith("electrodiagnostic study")
    assert first.split()[2:6] == ["7", "7", "100.0", "%"]
    assert " aregawi-2008-1, baek-2021-1, " in first
    assert "https://" not in done.stdout
    assert "7 cases" in done.stderr
    assert done.stderr.endswith("site: peripheral nerve\n")


def test_n_of_one_number_is_told_below_the_table(run: Run, snapshot: Snapshot) -> None:
    choices = read_choices(lambda query: solutions(snapshot, query))
    for question in read_questions(snapshot.folder / QUESTIONS):
        answer = asked(snapshot, question, choices)
        if answer.n and answer.total:
            assert f"{answer.n} of {answer.total} case" in run(question.slug, "-f", "table").stderr
            return
    pytest.skip("no question has the same N in all rows")


def test_json_and_the_query_itself(run: Run, snapshot: Snapshot) -> None:
    told = json.loads(run(YIELD, "-p", "site=SciaticNerve", "-f", "json").stdout)
    assert (told["question"], told["n"]) == (YIELD, 1)
    assert told["parameters"] == {"site": "https://w3id.org/sanctuary-kg/ontology/SciaticNerve"}
    assert told["next"] is None
    sparql = run(YIELD, "-p", "site=SciaticNerve", "-f", "sparql").stdout
    assert "<https://w3id.org/sanctuary-kg/ontology/SciaticNerve>" in sparql
    assert len(solutions(snapshot, sparql).rows) == len(told["rows"])


def test_the_papers_behind_an_answer(run: Run) -> None:
    assert "10.4097/kja.20128" in run(YIELD, "-f", "bib").stdout
    assert run(YIELD, "-f", "ris").stdout.startswith("TY  - ")
    items = json.loads(run(YIELD, "-f", "csl").stdout)
    assert "10.4097/kja.20128" in [item.get("DOI") for item in items]


def test_an_answer_without_rows(run: Run) -> None:
    done = run(YIELD, "-p", "site=OpticNerve", "-f", "table")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "0 rows; 0 cases; site: optic nerve\n"
    assert run(YIELD, "-p", "site=OpticNerve").stdout.count("\n") == 1
    for form in ("bib", "ris"):
        assert run(YIELD, "-p", "site=OpticNerve", "-f", form).stdout == ""
    assert json.loads(run(YIELD, "-p", "site=OpticNerve", "-f", "csl").stdout) == []


def test_about_a_question(run: Run) -> None:
    done = run(YIELD, "--about")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("What finds leukemia outside the marrow")
    assert "site: Site of the leukemia" in done.stdout
    assert "concept; default " in done.stdout
    assert " choices: " in done.stdout
    example = done.stdout.splitlines()[-1].split()
    assert example[:3] == ["sanctuary", "ask", YIELD]
    assert run(*example[2:]).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["modality-yield-when-marrow-normal"], f"Did you mean “{YIELD}”"),
        (["zyzzyva"], "“sanctuary ask” lists them."),
        ([YIELD, "-p", "site=Scatic"], "Did you mean SciaticNerve?"),
        ([YIELD, "-p", "sit=Nerve"], "Its parameters are: site."),
        ([YIELD, "-p", "Nerve"], "Write --param name=value"),
        ([YIELD, "-p", "site=Nerve", "-p", "site=Brain"], "more than once"),
        ([YIELD, "-p", "site=Scatic", "-f", "sparql"], "Did you mean SciaticNerve?"),
        (["--format", "json"], "Name the question"),
        (["--about"], "Name the question"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(run: Run, arguments: list[str], sentence: str) -> None:
    assert sentence in failed(run(*arguments), 2)


def test_a_folder_without_a_snapshot_or_questions(run: Run, snapshot: Snapshot, tmp_path: Path) -> None:
    assert "There is no snapshot in" in failed(run("--snapshots", tmp_path), 1)
    assert "There is no snapshot in" in failed(run(YIELD, "--snapshots", tmp_path), 1)
    old = tmp_path / "old"
    old.mkdir()
    for part in snapshot.folder.iterdir():
        if part.name != QUESTIONS:
            (old / part.name).symlink_to(part)
    (tmp_path / "current").symlink_to("old")
    assert open_current(tmp_path).version == snapshot.version
    assert "holds no questions" in failed(run("--snapshots", tmp_path), 1)
    assert "holds no questions" in failed(run(YIELD, "--snapshots", tmp_path), 1)


def test_the_shell_completes_names(complete: Callable[..., list[str]]) -> None:
    assert YIELD in complete("ask", "modality-")
    assert "--param" in complete("ask", YIELD, "--p")
    assert "site=SciaticNerve" in complete("ask", YIELD, "--param", "s")
    assert complete("ask", YIELD, "-p", "q") == []
    assert complete("ask", "zyzzyva", "-p", "") == []


def test_bash_completes_a_value_that_it_hands_over_in_pieces(complete: Callable[..., list[str]]) -> None:
    assert complete("ask", YIELD, "--param", "site", "=", "Sci") == ["SciaticNerve"]
    assert "SciaticNerve" in complete("ask", YIELD, "-p", "site", "=")
    assert complete("ask", YIELD, "-p", "site", "=", "Nowhere") == []


def test_other_shells_complete_a_value_in_one_piece(snapshot: Snapshot) -> None:
    program = "import sys; sys.argv[0] = 'sanctuary'; from kg.cli import main; main()"
    line = f"sanctuary ask {YIELD} --param site=Sci"
    for shell, more in (("zsh", {}), ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"})):
        env = {**environment(snapshot.folder.parent), "_SANCTUARY_COMPLETE": f"complete_{shell}"}
        env |= {"_TYPER_COMPLETE_ARGS": line, **more}
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
        assert "site=SciaticNerve" in done.stdout
        assert "sciatic nerve" in done.stdout


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    program = "import sys, kg.cli.main; print(sorted({'mcp', 'pyoxigraph', 'server', 'pybtex'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "mcp" not in done.stdout
    assert "server" not in done.stdout
    assert {"ask", "mcp"} <= set(getattr(typer.main.get_command(app), "commands", {}))
