"""Extraction over many documents: bounded, in order, resumable after any end, and unmoved by hostile input."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.extraction import abstracts
from kg.batch import archives, crew
from kg.batch.archives import Member, archive_of, members, shown
from kg.batch.crew import Crew
from kg.batch.folder import DRAFTS, JOURNAL, REFERENCES, OutFolder
from kg.batch.inputs import Inputs
from kg.batch.report import write_report
from kg.batch.run import run
from kg.batch.work import Form, Item, Job, Result, failed, plain_result, work
from kg.draft.record import Outcome
from kg.errors import BatchError, ConfigError, SourceTextError
from kg.ingest.source import MAX_BYTES
from kg.records import read_record
from kg.records.yaml_positions import read_yaml
from kg.vocabulary import Vocabulary
from tests.conftest import ROOT

LEUKEMIC = (
    "A {}-year-old man with acute myeloid leukemia in complete remission presented with a mass of the left orbit. "
    "Biopsy showed a relapse. The bone marrow was normal.\n"
)
JOB = Job(Form.JSONL, "2026-11-20", 5.0)


def key(number: int) -> str:
    """A hash that no other number has."""
    return f"{number:032x}" * 2


def reports(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"r{number:04d}.txt").write_text(LEUKEMIC.format(20 + number % 60) + f"No. {number}.\n")
    return folder


def names(inputs: Inputs) -> list[str]:
    return [one.name for one in inputs]


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def documents_in(out: Path) -> list[object]:
    return [one["document"] for one in lines(out / JOURNAL)[1:]]


# Documents in


def test_a_folder_is_read_in_one_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden.txt", "sub/c.txt", ".git/d.txt", "sub/out/records/e.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(f"Text {name}.\n")
    inputs = Inputs([str(tmp_path / "in")], tmp_path / "in" / "sub" / "out")
    assert names(inputs) == ["in/a.txt", "in/b.txt", "in/sub/c.txt"]
    assert inputs.weight() == sum((tmp_path / "in" / one).stat().st_size for one in ("a.txt", "b.txt", "sub/c.txt"))


def zipped(path: Path, **texts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return path


def tarred(path: Path, mode: str, **texts: bytes) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, text in texts.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    return path


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_archives_are_told_by_what_they_hold(name: str, tmp_path: Path) -> None:
    texts = {"one.txt": b"Text one.", "sub/two.txt": b"Text two.", ".DS_Store": b"x"}
    path = tmp_path / "archive"
    if name.endswith("zip"):
        zipped(path, **texts)
    else:
        tarred(path, f"w:{name[6:]}", **texts)
    found = list(Inputs([str(path)]))
    assert [one.name for one in found] == ["archive!one.txt", "archive!sub/two.txt"]
    assert all(isinstance(one, Item) and one.data.startswith(b"Text") for one in found)
    assert [one.file for one in found if isinstance(one, Item)] == ["one.txt", "two.txt"]


def test_hostile_names_are_shown_and_never_used(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", **{"../../evil.txt": b"Evil.", "/etc/passwd": b"Root.", "a\x1b[2J.txt": b"Clear."}
    )
    before = sorted(tmp_path.rglob("*"))
    assert [one.name for one in Inputs([str(path)])] == [
        "a.zip!../../evil.txt",
        "a.zip!/etc/passwd",
        "a.zip!a\ufffd[2J.txt",
    ]
    assert sorted(tmp_path.rglob("*")) == before
    assert shown(os.fsdecode(b"caf\xe9.txt")) == "caf\ufffd.txt"


def reasons(path: Path) -> list[str]:
    return [one.reason for one in Inputs([str(path)]) if isinstance(one, Result)]


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", **{"good.txt": b"Text.", "bomb.txt": b"\0" * 20_000_000, "more.txt": b"More."})
    assert reasons(path) == ["it unpacks to more than 200 times its size, as no text does."]
    assert len(list(Inputs([str(path)]))) == 3


def test_tar_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 2_000_000)
    path = tarred(tmp_path / "a.tgz", "w:gz", **{"big.txt": os.urandom(3_000_000), "good.txt": b"Text."})
    assert reasons(path) == ["it has more than 2,000,000 bytes. Unpack it, and give one paper in a file."]
    # A header that goes on for as long as the archive likes.
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 10**9
    endless = tmp_path / "endless.tar.gz"
    with gzip.open(endless, "wb") as stream:
        stream.write(info.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(40):
            stream.write(b"9" * 1_000_000)
    assert "a header does not end" in reasons(endless)[0]


def test_damaged_and_foreign_archives_are_told(tmp_path: Path) -> None:
    good = zipped(tmp_path / "good.zip", **{"one.txt": os.urandom(5000)}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(good[:3000])
    torn = tarred(tmp_path / "good.tgz", "w:gz", **{"one.txt": os.urandom(90_000), "two.txt": b"x"}).read_bytes()
    (tmp_path / "cut.tgz").write_bytes(torn[:60_000])
    zipped(tmp_path / "word.docx", **{"[Content_Types].xml": b"<x/>"})
    (tmp_path / "bad.gz").write_bytes(b"\x1f\x8b garbage")
    assert "the archive is damaged" in reasons(tmp_path / "cut.zip")[0]
    assert "the archive is damaged" in reasons(tmp_path / "cut.tgz")[0]
    assert "word processor" in reasons(tmp_path / "word.docx")[0]
    (packed,) = Inputs([str(tmp_path / "bad.gz")])
    assert isinstance(packed, Item)
    assert "packed with gzip" in work(packed, JOB).reason


def test_an_encrypted_or_damaged_member_fails_alone(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", **{"one.txt": b"Text one, long enough to be found again.", "two.txt": b"Text two."}
    )
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02")) + 8] |= 1
    path.write_bytes(data)
    assert [bool(one.problem) for one in members(path, "zip")] == [True, False]
    zipped(path, **{"one.txt": os.urandom(500), "two.txt": b"Text two."})
    data = bytearray(path.read_bytes())
    data[100] ^= 255
    path.write_bytes(data)
    assert [bool(one.problem) for one in members(path, "zip")] == [True, False]


def test_a_packed_file_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt.gz"
    path.write_bytes(gzip.compress(b"Text."))
    assert archive_of(path) == "packed"
    assert list(members(path, "packed")) == [Member("paper.txt", b"Text.", path.stat().st_size)]


MEDLINE = (
    "PMID- {0}\nTI  - A case no. {0}\nAB  - A 30-year-old man with acute myeloid leukemia relapsed in the skin.\n\n"
)


@pytest.mark.parametrize("packed", [False, True])
def test_the_articles_of_a_set_are_documents(packed: bool, tmp_path: Path) -> None:
    text = "".join(MEDLINE.format(number) for number in (11, 12, 13)).encode()
    path = tmp_path / "set.nbib"
    path.write_bytes(text)
    if packed:
        path = zipped(tmp_path / "a.zip", **{"set.nbib": text})
    found = list(Inputs([str(path)]))
    assert [one.name.rpartition("#")[2] for one in found] == ["11", "12", "13"]
    assert len({one.key for one in found}) == 3
    assert {work(one, JOB).outcome for one in found if isinstance(one, Item)} == {Outcome.DRAFTED}


def test_what_cannot_be_read_is_a_result(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty.txt").write_text(" ")
    assert [one.reason for one in Inputs([str(tmp_path / "gone.txt")]) if isinstance(one, Result)]
    assert "not a file" in reasons(tmp_path / "pipe")[0]
    (empty,) = Inputs([str(tmp_path / "empty.txt")])
    assert isinstance(empty, Item)
    assert work(empty, JOB) == failed(empty, "the file is empty. Give the text of the paper.")


def test_a_document_of_fifty_megabytes_is_refused_quickly() -> None:
    item = Item("big.txt", "big.txt", "00" * 32, data=b"word " * (MAX_BYTES // 5))
    started = time.monotonic()
    assert "more than 2,000,000" in work(item, JOB).reason
    assert time.monotonic() - started < 10


# Results out


def result(number: int, outcome: Outcome = Outcome.DRAFTED) -> Result:
    return plain_result(f"in/r{number}.txt", key(number), outcome, "because")


def test_a_folder_knows_what_is_in_it(tmp_path: Path) -> None:
    folder = OutFolder(tmp_path, Form.JSONL)
    assert folder.seen(result(1)) is None
    folder.write([result(1), result(2, Outcome.FAILED)])
    folder.close()
    again = OutFolder(tmp_path, Form.JSONL)
    assert again.seen(result(1)) is Outcome.DRAFTED
    assert again.seen(result(3)) is None
    assert [one.outcome for one in again.outcomes()] == [Outcome.DRAFTED, Outcome.FAILED]
    write_report(tmp_path / "report.txt", again.outcomes)
    assert "in/r2.txt: because" in (tmp_path / "report.txt").read_text()
    again.close()


def test_a_torn_end_is_mended(tmp_path: Path) -> None:
    folder = OutFolder(tmp_path, Form.JSONL)
    folder.write([result(1), result(2)])
    folder.close()
    whole = (tmp_path / DRAFTS).read_bytes()
    journal = (tmp_path / JOURNAL).read_bytes()
    for cut in range(1, len(journal.splitlines()[-1]) + 1):
        (tmp_path / JOURNAL).write_bytes(journal[:-cut])
        (tmp_path / DRAFTS).write_bytes(whole + b'{"document":"torn')
        folder = OutFolder(tmp_path, Form.JSONL)
        assert folder.seen(result(1)) is Outcome.DRAFTED
        assert folder.seen(result(2)) is None
        folder.write([result(2)])
        folder.close()
        assert (tmp_path / DRAFTS).read_bytes() == whole
        assert (tmp_path / JOURNAL).read_bytes() == journal


def test_a_copy_is_told_once(tmp_path: Path) -> None:
    text = reports(tmp_path / "in", 1) / "r0000.txt"
    (tmp_path / "in" / "s.txt").write_bytes(text.read_bytes())
    for _ in range(2):
        folder = OutFolder(tmp_path / "out", Form.JSONL)
        engine = Crew(JOB, 1)
        run(Inputs([str(tmp_path / "in")]), engine, folder)
        engine.close()
        folder.close()
    told = [(one["document"], one["outcome"]) for one in lines(tmp_path / "out" / DRAFTS)]
    assert told == [("in/r0000.txt", "drafted"), ("in/s.txt", "copy")]


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / REFERENCES).write_text("references: []\n")
    with pytest.raises(ConfigError, match="Choose an empty folder"):
        OutFolder(tmp_path, Form.YAML)
    assert (tmp_path / REFERENCES).read_text() == "references: []\n"


def test_a_folder_has_one_format_and_one_writer(tmp_path: Path) -> None:
    folder = OutFolder(tmp_path, Form.JSONL)
    with pytest.raises(BatchError, match="Another run writes"):
        OutFolder(tmp_path, Form.JSONL)
    folder.close()
    with pytest.raises(ConfigError, match="begun with --format jsonl"):
        OutFolder(tmp_path, Form.YAML)


def test_a_damaged_journal_is_not_cut(tmp_path: Path) -> None:
    folder = OutFolder(tmp_path, Form.JSONL)
    folder.write([result(1), result(2)])
    folder.close()
    damaged = (tmp_path / JOURNAL).read_bytes().replace(b'{"document":"in/r1', b'"document":"in/r1')
    (tmp_path / JOURNAL).write_bytes(damaged)
    with pytest.raises(BatchError, match=r"outcomes\.jsonl:2: the journal is damaged"):
        OutFolder(tmp_path, Form.JSONL)
    assert (tmp_path / JOURNAL).read_bytes() == damaged


# Processes


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, "-m", "tests.batch_worker_fixture"])
    monkeypatch.setattr(crew, "_GRACE", 1.0)
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("misbehaving")
def test_a_document_that_hangs_or_crashes_fails_alone(tmp_path: Path) -> None:
    job = Job(Form.JSONL, "2026-11-20", 1.0)
    words = ["", "HANG", "", "DEAF", "CRASH", "", "FAULT", ""]
    items = [
        Item(f"{number}.txt", f"{number}.txt", key(number), data=(LEUKEMIC.format(40) + word).encode())
        for number, word in enumerate(words)
    ]
    engine = Crew(job, 1)
    results = engine.submit(items).result(60)
    engine.close()
    assert [one.name for one in results] == [one.name for one in items]
    assert [one.outcome for one in results if not one.reason] == [Outcome.DRAFTED] * 4
    told = {one.name[0]: one.reason for one in results if one.reason}
    assert told["1"].startswith("It took longer than 1 s. Give it alone")
    assert told["3"] == "It took longer than 1 s and did not stop."
    assert told["4"] == "The process that read it ended by SIGSEGV."
    assert told["6"].startswith("A fault of this program: KeyError in batch_worker_fixture.py:")


def test_a_worker_that_cannot_start_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, "-c", "raise SystemExit('no such thing')"])
    engine = Crew(JOB, 1)
    with pytest.raises(BatchError, match=r"cannot start: .* no such thing"):
        engine.submit([Item("a", "a", "00" * 32, data=b"x")]).result(30)
    engine.close()


def test_documents_are_written_in_their_order_whoever_did_them(tmp_path: Path) -> None:
    reports(tmp_path / "in", 60)
    written = []
    for size in (1, 3):
        folder = OutFolder(tmp_path / f"out{size}", Form.YAML)
        engine = Crew(Job(Form.YAML, "2026-11-20"), size)
        tally = run(Inputs([str(tmp_path / "in")]), engine, folder)
        engine.close()
        folder.close()
        assert tally.outcomes == {Outcome.DRAFTED: 60}
        files = sorted(path for path in (tmp_path / f"out{size}").rglob("*") if path.is_file())
        written.append({path.relative_to(tmp_path / f"out{size}"): path.read_bytes() for path in files})
    assert written[0] == written[1]
    assert len(list((tmp_path / "out1" / "records").iterdir())) == 60


def test_like_names_are_told_apart_and_files_of_others_stay(tmp_path: Path) -> None:
    def drafted(number: int) -> Result:
        text = f'record: report\ndocument:\n  sha256: "{key(number)}"\n'
        return Result(f"{number}", key(number), Outcome.DRAFTED, "", "report", text, "  - reference: report\n")

    folder = OutFolder(tmp_path, Form.YAML)
    (tmp_path / "records" / "report-b.yaml").write_text("by hand")
    started = time.monotonic()
    folder.write([drafted(number) for number in range(3000)])
    folder.close()
    assert time.monotonic() - started < 60
    assert (tmp_path / "records" / "report-b.yaml").read_text() == "by hand"
    assert (tmp_path / "records" / "report-c.yaml").read_text().startswith("record: report-c\n")
    assert len(list((tmp_path / "records").iterdir())) == 3001
    again = OutFolder(tmp_path, Form.YAML)
    again.write([drafted(3000)])
    again.close()
    assert len(list((tmp_path / "records").iterdir())) == 3002


def test_few_documents_are_on_the_way(tmp_path: Path) -> None:
    """However many documents there are, only some have been read ahead of what is written."""
    ahead = []
    folder = OutFolder(tmp_path, Form.JSONL)

    def many() -> Iterator[Item]:
        for number in range(3000):
            ahead.append(number - folder.done)
            yield Item(f"{number}", f"{number}.txt", key(number), data=b"A text about nothing, no. %d." % number)

    engine = Crew(JOB, 1)
    run(many(), engine, folder)
    engine.close()
    folder.close()
    assert max(ahead) < 600
    assert len(lines(tmp_path / DRAFTS)) == 3000


# The command


def command(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "kg.cli", "extract", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_drafts_of_a_folder(tmp_path: Path, vocabulary: Vocabulary) -> None:
    reports(tmp_path / "in", 3)
    (tmp_path / "in" / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "in" / "none.txt").write_text("Leukemia is a disease.\n")
    Path(os.fsdecode(bytes(tmp_path / "in") + b"/caf\xe9 (1).txt")).write_text(LEUKEMIC.format(90))
    done = command(tmp_path / "in", "--out", tmp_path / "out", "--report", tmp_path / "report.txt")
    assert done.returncode == 1, done.stderr
    assert "6 documents" in done.stderr
    assert "4 drafted" in done.stderr
    records = sorted((tmp_path / "out" / "records").iterdir())
    assert [read_record(path, vocabulary).record.curation.signed_by for path in records] == [None] * 4
    strange = (tmp_path / "out" / "records" / "caf-1.yaml").read_text()
    assert "# Note: the text was read from “caf� (1).txt”; keep it as caf-1-.txt" in strange
    references = read_yaml((tmp_path / "out" / REFERENCES).read_text(), REFERENCES).value["references"]
    assert [one["reference"] for one in references] == [path.stem for path in records]
    assert "bad.pdf: " in (tmp_path / "report.txt").read_text()
    again = command(tmp_path / "in", "--out", tmp_path / "out")
    assert again.returncode == 0
    assert "0 documents" in again.stderr
    assert "6 were done before" in again.stderr


def test_one_document_goes_to_standard_output(tmp_path: Path) -> None:
    reports(tmp_path, 2)
    done = command(tmp_path / "r0000.txt")
    assert done.returncode == 0, done.stderr
    value = read_yaml(done.stdout, "draft.yaml").value
    assert value["record"] == "r0000"
    assert "# For references.yaml:\n#  - reference: r0000\n" in done.stdout
    two = command(tmp_path / "r0000.txt", tmp_path / "r0001.txt")
    assert two.returncode == 2
    assert "more than one document" in two.stderr
    lines_ = command(tmp_path / "r0000.txt", "-", "--format", "jsonl", input="Leukemia is a disease.\n")
    said = [json.loads(line) for line in lines_.stdout.splitlines()]
    assert [one["outcome"] for one in said] == ["drafted", "no patient"]
    assert said[0]["cases"][0]["values"][0].keys() >= {"field", "value", "mention", "start", "end", "confidence"}


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def long_run(tmp_path: Path, form: str) -> subprocess.Popen[bytes]:
    """A run that was begun and has written something, with much left to do."""
    for number, text in enumerate(abstracts(700)):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{number:04d}.txt").write_text(text)
    line = [sys.executable, "-m", "kg.cli", "extract", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "-f", form]
    # Whoever runs the tests in the background may have had SIGINT ignored, and a child inherits that.
    process = subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, preexec_fn=_heed_ctrl_c)
    journal = tmp_path / "out" / JOURNAL
    for _ in range(600):
        if journal.exists() and journal.read_bytes().count(b"\n") > 60:
            break
        time.sleep(0.05)
    return process


def assert_whole(tmp_path: Path, form: str) -> None:
    """Each document is there once."""
    assert len(documents_in(tmp_path / "out")) == len(set(documents_in(tmp_path / "out"))) == 700
    if form == "jsonl":
        assert [one["document"] for one in lines(tmp_path / "out" / DRAFTS)] == documents_in(tmp_path / "out")
        return
    drafts = {one["draft"] for one in lines(tmp_path / "out" / JOURNAL)[1:] if "draft" in one}
    assert {path.stem for path in (tmp_path / "out" / "records").iterdir()} == drafts
    references = read_yaml((tmp_path / "out" / REFERENCES).read_text(), REFERENCES).value["references"] or []
    assert len(references) == len(drafts) == len({one["reference"] for one in references})


@pytest.mark.parametrize("form", ["jsonl", "yaml"])
def test_a_killed_run_goes_on_without_loss_or_double(form: str, tmp_path: Path) -> None:
    process = long_run(tmp_path, form)
    process.kill()
    process.wait()
    before = len(documents_in(tmp_path / "out"))
    assert 0 < before < 700
    with (tmp_path / "out" / JOURNAL).open("ab") as journal:
        journal.write(b'{"document":"torn by the kill')
    done = command(tmp_path / "in", "--out", tmp_path / "out", "-f", form)
    assert done.returncode == 0, done.stderr
    assert f"{before} were done before" in done.stderr
    assert_whole(tmp_path, form)


def test_ctrl_c_leaves_all_whole(tmp_path: Path) -> None:
    process = long_run(tmp_path, "jsonl")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"interrupted" in told
    assert b"the same command goes on" in told
    assert command(tmp_path / "in", "--out", tmp_path / "out", "-f", "jsonl").returncode == 0
    assert_whole(tmp_path, "jsonl")


def test_a_damaged_archive_error_names_no_path_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SourceTextError, match="damaged"):
        list(members(zipped(tmp_path / "a.zip", **{"a": b"a"}), "tar"))
