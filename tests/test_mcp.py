"""The server for assistants, driven with the client of its own package: in memory, over streams and over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp.types import TextContent, TextResourceContents

from kg.errors import ConfigError
from kg.questions import read_choices, read_questions
from kg.snapshot import QUESTIONS, Snapshot
from server.mcp_graph import Graph
from server.mcp_server import LIMITS, assistant_server, serve_http
from tests.conftest import ROOT
from tests.expected_answers import asked, solutions

YIELD = "modality-yield-when-marrow-is-normal"
TOOLS = {"search_questions", "ask_question", "describe_classes", "query", "look_up_concept"}
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SECONDS = 2.0


@pytest.fixture(scope="module")
def graph(snapshot: Snapshot) -> Iterator[Graph]:
    with opened(snapshot, seconds=30.0) as ample:
        yield ample


@contextmanager
def opened(snapshot: Snapshot, **limits: float) -> Iterator[Graph]:
    graph = Graph(snapshot.folder.parent, dataclasses.replace(LIMITS, **limits))  # type: ignore[arg-type]
    try:
        yield graph
    finally:
        graph.close()


@dataclass(frozen=True)
class Called:
    """What a tool gave: its structured answer, or the sentence of its error."""

    told: dict[str, Any]
    error: str


def call(graph: Graph, tool: str, **arguments: Any) -> Called:
    async def run() -> Called:
        async with Client(assistant_server(graph)) as client:
            return await called(client, tool, arguments)

    return asyncio.run(run())


async def called(client: Client, tool: str, arguments: dict[str, Any]) -> Called:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result.content[0], TextContent)
    text = result.content[0].text
    if result.is_error:
        assert "Traceback" not in text
        return Called({}, text.removeprefix(f"Error executing tool {tool}: "))
    assert json.loads(text) == result.structured_content
    return Called(dict(result.structured_content or {}), "")


def test_the_tools_say_what_they_do_and_that_they_change_nothing(graph: Graph) -> None:
    async def run() -> None:
        async with Client(assistant_server(graph)) as client:
            tools = (await client.list_tools()).tools
            assert {tool.name for tool in tools} == TOOLS
            for tool in tools:
                hints = tool.annotations
                assert hints is not None
                assert (hints.read_only_hint, hints.destructive_hint) == (True, False)
                assert (hints.idempotent_hint, hints.open_world_hint) == (True, False)
                assert tool.title
                assert tool.description
                assert tool.output_schema is not None
                for name, schema in tool.input_schema["properties"].items():
                    assert schema["type"] in ("string", "object"), name
                    assert schema["description"], name
            instructions = client.instructions or ""
            for words in ("not frequencies", "not", "medical advice", "Three states"):
                assert words in instructions.replace("\n", " ")

    asyncio.run(run())


def test_all_questions_are_listed_and_found_by_words(graph: Graph, snapshot: Snapshot) -> None:
    questions = read_questions(snapshot.folder / QUESTIONS)
    every = call(graph, "search_questions").told
    assert [one["slug"] for one in every["questions"]] == [question.slug for question in questions]
    assert every["count"] == len(questions)
    found = call(graph, "search_questions", words="what finds leukemia although the marrow is normal").told
    assert YIELD in [one["slug"] for one in found["questions"][:3]]
    first = next(one for one in found["questions"] if one["slug"] == YIELD)
    assert first["parameters"][0]["name"] == "site"
    assert first["parameters"][0]["default"] == "ExtramedullarySite"
    assert first["parameters"][0]["examples"]
    nothing = call(graph, "search_questions", words="zyzzyva").told
    assert nothing["questions"] == []
    assert "without words" in nothing["advice"]


def test_every_question_is_answered_as_on_the_snapshot(graph: Graph, snapshot: Snapshot) -> None:
    choices = read_choices(lambda query: solutions(snapshot, query))
    questions = read_questions(snapshot.folder / QUESTIONS)
    assert questions
    for question in questions:
        answer = asked(snapshot, question, choices)
        done = call(graph, "ask_question", slug=question.slug)
        assert not done.error, question.slug
        told = done.told
        assert (told["n"], told["N"], told["row_count"]) == (answer.n, answer.total, len(answer.rows)), question.slug
        assert told["cases"] == list(answer.cases)
        assert told["more"] == (len(answer.rows) > 50)
        assert len(told["rows"]) == min(50, len(answer.rows))


def test_an_answer_has_what_is_behind_it(graph: Graph, snapshot: Snapshot) -> None:
    told = call(graph, "ask_question", slug=YIELD, parameters={"site": "peripheral nerve"}).told
    assert told["parameters"] == [
        {"name": "site", "value": "https://w3id.org/sanctuary-kg/ontology/PeripheralNerve", "label": "peripheral nerve"}
    ]
    row = told["rows"][0]
    assert row["modalityLabel"] == "electrodiagnostic study"
    assert (row["n"], row["N"], row["share"]) == (7, 7, 1)
    assert "baek-2021-1" in row["cases"]
    assert "https://w3id.org/sanctuary-kg/case/baek-2021-1" in told["cases"]
    assert "10.4097/kja.20128" in [paper["doi"] for paper in told["papers"]]
    assert told["snapshot"] == snapshot.version
    assert snapshot.version in told["permalink"]
    assert "PeripheralNerve" in told["permalink"]
    assert "<https://w3id.org/sanctuary-kg/ontology/PeripheralNerve>" in told["sparql"]
    assert call(graph, "query", sparql=told["sparql"]).told["row_count"] == told["row_count"]
    assert told["advice"] == []
    assert "not how often" in told["how_to_read"]


def test_an_empty_answer_says_how_to_loosen_the_question(graph: Graph) -> None:
    told = call(graph, "ask_question", slug=YIELD, parameters={"site": "OpticNerve"}).told
    assert told["rows"] == []
    broader, without = told["advice"]
    proposed = re.match(
        r"With site=(\w+) \(.*\), which is broader, the answer has (\d+) rows from (\d+) cases", broader
    )
    assert proposed is not None
    tried = call(graph, "ask_question", slug=YIELD, parameters={"site": proposed[1]}).told
    assert (tried["row_count"], tried["n"]) == (int(proposed[2]), int(proposed[3]))
    assert without.startswith("Without site, the answer has ")


@pytest.mark.parametrize(
    ("slug", "parameters", "sentence"),
    [
        (YIELD, {"site": "Scatic"}, "Did you mean SciaticNerve?"),
        (YIELD, {"sit": "Nerve"}, "Its parameters are: site."),
        (YIELD, {"site": "Nerve> } } #"}, "is not one of the values"),
        (YIELD, {"site": 7}, "is not one of the values"),
        (YIELD, {"site": "a\x00b"}, "holds a character that no text has"),
        ("what-finds-leukemia-when-the-marrow-is-normal", {}, f"Did you mean {YIELD}"),
        ("../../manifest.json", {}, "There is no question"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(
    graph: Graph, slug: str, parameters: Mapping[str, Any], sentence: str
) -> None:
    assert sentence in call(graph, "ask_question", slug=slug, parameters=parameters).error


def test_arguments_of_the_wrong_type_are_an_error_of_the_tool(graph: Graph) -> None:
    assert "parameters" in call(graph, "ask_question", slug=YIELD, parameters=["site"]).error
    assert "sparql" in call(graph, "query").error


def test_the_classes_and_one_of_them(graph: Graph, snapshot: Snapshot) -> None:
    every = {one["name"]: one for one in call(graph, "describe_classes").told["classes"]}
    assert every["sanct:Case"]["members"] == snapshot.manifest["counts"]["cases"]
    assert every["sanct:Episode"]["definition"]
    assert "sanct:BonePain" not in every, "concepts are looked up"
    told = call(graph, "describe_classes", name="episode").told
    properties = {one["name"]: one for one in told["properties"]}
    status = properties["sanct:marrowStatus"]
    assert status["used"] == every["sanct:Episode"]["members"]
    assert "exactly 1" in status["constraints"]
    assert "one of sanct:Involved, sanct:NotInvolved, sanct:Indeterminate, sanct:NotReported" in status["constraints"]
    assert "at least 1" in properties["sanct:evidence"]["constraints"], "what its superclass demands"
    assert properties["sanct:ofDiagnosis"]["values"] == ["sanct:Diagnosis"]
    assert "sanct:Statement" in told["superclasses"]
    assert call(graph, "describe_classes", name="sanct:MarrowNegativeEpisode").told["classes"][0]["members"] == 8
    assert "Did you mean sanct:Episode" in call(graph, "describe_classes", name="Epsode").error


def test_a_query(graph: Graph, snapshot: Snapshot) -> None:
    told = call(graph, "query", sparql="SELECT ?s ?n { ?s a sanct:Evidence ; oa:start ?n } ORDER BY ?s").told
    assert (told["columns"], told["row_count"], told["more"]) == (["s", "n"], 50, True)
    assert isinstance(told["rows"][0]["n"], int)
    assert told["snapshot"] == snapshot.version
    assert call(graph, "query", sparql="ASK { ?case a sanct:Case }").told["truth"] is True
    triples = call(graph, "query", sparql="CONSTRUCT WHERE { ?case a sanct:Case }").told
    assert triples["columns"] == ["subject", "predicate", "object"]
    assert triples["row_count"] == snapshot.manifest["counts"]["cases"]
    values = call(
        graph, "query", sparql='SELECT * { BIND(1.5 AS ?a) BIND(true AS ?b) BIND("x"@en AS ?c) OPTIONAL { ?d a ?b } }'
    )
    assert values.told["rows"] == [{"a": 1.5, "b": True, "c": "x", "d": None}]


@pytest.mark.parametrize(
    ("sparql", "sentence"),
    [
        ("SELECT * { ", "does not parse"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE is not allowed"),
        ("DELETE WHERE { ?s ?p ?o }", "read-only"),
        ("LOAD <file:///etc/passwd>", "read-only"),
        ("", "no such word in it"),
    ],
)
def test_a_query_that_is_refused(graph: Graph, sparql: str, sentence: str) -> None:
    assert sentence in call(graph, "query", sparql=sparql).error


def test_a_runaway_is_ended_and_holds_nobody_up(snapshot: Snapshot) -> None:
    async def run(graph: Graph) -> tuple[float, list[Called], float]:
        start = time.monotonic()
        async with Client(assistant_server(graph)) as client:
            runaways = [asyncio.create_task(called(client, "query", {"sparql": RUNAWAY})) for _ in range(2)]
            await asyncio.sleep(0.5)
            await called(client, "query", {"sparql": "ASK {}"})
            beside = time.monotonic() - start
            return beside, await asyncio.gather(*runaways), time.monotonic() - start

    with opened(snapshot, seconds=SECONDS) as hasty:
        beside, done, took = asyncio.run(run(hasty))
    assert all("longer than 2 seconds and was ended" in one.error for one in done)
    assert beside < SECONDS
    assert took < SECONDS + 2


def test_a_query_that_takes_too_much_memory_is_ended(snapshot: Snapshot) -> None:
    every = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    with opened(snapshot, seconds=30.0, memory_mb=200) as little:
        assert "more than 200 MB and was ended" in call(little, "query", sparql=every).error


def test_a_call_that_is_called_off_ends_its_worker(graph: Graph) -> None:
    async def run() -> None:
        async with Client(assistant_server(graph)) as client:
            with pytest.raises((TimeoutError, MCPError)):
                await client.call_tool("query", {"sparql": RUNAWAY}, read_timeout_seconds=0.5)
            deadline = time.monotonic() + 5
            while graph.serving().pool.counts()["busy"] and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            assert graph.serving().pool.counts()["busy"] == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("bone pain", "BonePain"),
        ("ostealgia", "BonePain"),
        ("BonePain", "BonePain"),
        ("HP:0002653", "BonePain"),
        ("hp:0002653", "BonePain"),
        ("http://purl.obolibrary.org/obo/HP_0002653", "BonePain"),
        ("SNOMEDCT:93143009", "Leukemia"),
        ("sanct:SciaticNerve", "SciaticNerve"),
        ("sciatik nerve", "SciaticNerve"),
    ],
)
def test_a_concept_is_found(graph: Graph, name: str, found: str) -> None:
    assert call(graph, "look_up_concept", name=name).told["concepts"][0]["name"] == found


def test_a_concept_with_what_is_around_it(graph: Graph) -> None:
    told = call(graph, "look_up_concept", name="sciatic nerve").told["concepts"][0]
    assert told["label"] == "sciatic nerve"
    assert told["vocabulary"] == "anatomical sites"
    assert "ischiadic nerve" in told["synonyms"]
    assert {"code": "UBERON:0001322", "iri": "http://purl.obolibrary.org/obo/UBERON_0001322", "match": "exact"} in told[
        "mappings"
    ]
    assert {"name": "PeripheralNerve", "label": "peripheral nerve"} in told["broader"]
    assert "FibularNerve" in [one["name"] for one in told["narrower"]]
    assert told["case_names"] == ["baek-2021-1"]
    study = call(graph, "look_up_concept", name="Electrodiagnosis").told["concepts"][0]
    assert study["by_state"] == {"abnormal": 10, "not reported": 5}
    assert study["cases"] == len(study["case_names"]) == 15


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SNOMEDCT:1", "No concept here is mapped to SNOMEDCT:1."),
        ("NOWHERE:1", "The prefixes are:"),
        ("zyzzyva", "There is no concept “zyzzyva” here."),
        ("http://x/> } #", "There is no concept"),
        ("", "There is no concept"),
    ],
)
def test_a_concept_that_is_not_there(graph: Graph, name: str, sentence: str) -> None:
    told = call(graph, "look_up_concept", name=name).told
    assert told["concepts"] == []
    assert sentence in told["advice"]


def test_questions_are_resources(graph: Graph, snapshot: Snapshot) -> None:
    async def read(client: Client, uri: str) -> str:
        content = (await client.read_resource(uri)).contents[0]
        assert isinstance(content, TextResourceContents)
        return content.text

    async def run() -> None:
        async with Client(assistant_server(graph)) as client:
            listed = json.loads(await read(client, "sanctuary://questions"))
            assert YIELD in [one["slug"] for one in listed["questions"]]
            text = await read(client, f"sanctuary://questions/{YIELD}")
            assert text == (snapshot.folder / QUESTIONS / f"{YIELD}.rq").read_text(encoding="utf-8")
            with pytest.raises(MCPError, match="There is no question"):
                await client.read_resource("sanctuary://questions/nowhere")

    asyncio.run(run())


def environment(snapshot: Snapshot) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "SANCTUARY_SNAPSHOTS": str(snapshot.folder.parent)}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_standard_streams(snapshot: Snapshot, mode: str) -> None:
    async def run() -> None:
        command = StdioServerParameters(command=sys.executable, args=["-m", "kg.cli", "mcp"], env=environment(snapshot))
        async with Client(command, mode=mode) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            done = await called(client, "ask_question", {"slug": YIELD})
            assert done.told["n"] == 8
            assert "Did you mean" in (await called(client, "ask_question", {"slug": YIELD[:-7]})).error

    asyncio.run(run())


@contextmanager
def started(snapshot: Snapshot, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "kg.cli", "mcp", *arguments]
    pipe, env = subprocess.PIPE, {**os.environ, **environment(snapshot)}
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        process.wait()


def workers(session: int) -> set[int]:
    """The worker processes of a server that leads its session."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if b"server.worker" in (entry / "cmdline").read_bytes() and os.getsid(int(entry.name)) == session:
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def say(process: subprocess.Popen[bytes], **message: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    process.stdin.flush()


@pytest.mark.parametrize("ending", ["Ctrl-C", "SIGTERM", "closed input"])
def test_it_ends_with_its_workers_in_the_middle_of_a_query(snapshot: Snapshot, ending: str) -> None:
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    with started(snapshot) as process:
        say(process, id=1, method="initialize", params=client)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "sanctuary-kg"
        say(process, method="notifications/initialized")
        say(process, id=2, method="tools/call", params={"name": "query", "arguments": {"sparql": RUNAWAY}})
        time.sleep(1)
        assert workers(process.pid)
        if ending == "closed input":
            assert process.stdin is not None
            process.stdin.close()
        else:
            process.send_signal(signal.SIGINT if ending == "Ctrl-C" else signal.SIGTERM)
        assert process.wait(8) == 0
        # A spare that was just starting ends as soon as it has started.
        gone_by = time.monotonic() + 10
        while workers(process.pid) and time.monotonic() < gone_by:
            time.sleep(0.02)
        assert workers(process.pid) == set()
        assert process.stderr is not None
        said = process.stderr.read()
        assert said == b"" or b"Connection reset by peer" in said, "a spare that was just starting may say so"
        for line in process.stdout.read().splitlines():
            assert json.loads(line)["jsonrpc"] == "2.0", "standard output belongs to the protocol"


@contextmanager
def over_http(snapshot: Snapshot, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with started(snapshot, "--http", "--port", "0", *arguments) as process:
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        found = re.match(r"Serving (http://127\.0\.0\.1:\d+/mcp) – Ctrl-C ends it\.\n", line)
        assert found is not None, line
        yield found[1], process


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http(snapshot: Snapshot, mode: str) -> None:
    async def run(url: str) -> None:
        async with Client(url, mode=mode) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            assert (await called(client, "ask_question", {"slug": YIELD})).told["n"] == 8
            start = time.monotonic()
            assert "longer than 1.5 seconds" in (await called(client, "query", {"sparql": RUNAWAY})).error
            assert time.monotonic() - start < 4

    with over_http(snapshot, "--timeout", "1.5") as (url, process):
        asyncio.run(run(url))
        process.send_signal(signal.SIGINT)
        assert process.wait(8) == 0
        assert workers(process.pid) == set()
        assert process.stdout is not None
        assert process.stdout.read() == b""


def test_a_stranger_s_page_cannot_reach_it(snapshot: Snapshot) -> None:
    with over_http(snapshot, "--allow-host", "kg.example.org") as (url, process):
        host, port = "127.0.0.1", urlsplit(url).port

        def status(**headers: str) -> int:
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}})
            plain = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            connection = http.client.HTTPConnection(host, port, timeout=10)
            connection.request("POST", "/mcp", body, {**plain, **headers})
            return connection.getresponse().status

        assert status() == 200
        assert status(Host="kg.example.org") == 200
        assert status(Host="evil.example.org") == 421
        assert status(Origin="https://evil.example.org") == 403
        assert status(Origin=f"http://{host}:{port}") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0


def test_it_listens_beyond_this_machine_only_under_a_name(snapshot: Snapshot) -> None:
    with pytest.raises(ConfigError, match="--allow-host"):
        serve_http(snapshot.folder.parent, "0.0.0.0", 0)


def test_what_keeps_it_from_starting_is_one_sentence(snapshot: Snapshot, tmp_path: Path) -> None:
    for arguments, sentence in (
        (["--snapshots", str(tmp_path)], "There is no snapshot in"),
        (["--http", "--port", "0", "--host", "192.0.2.1"], "cannot be listened on"),
    ):
        command, env = [sys.executable, "-m", "kg.cli", "mcp", *arguments], {**os.environ, **environment(snapshot)}
        done = subprocess.run(command, env=env, input=b"", capture_output=True, check=False)
        assert done.returncode in (1, 2)
        assert done.stdout == b""
        assert done.stderr.decode().startswith("sanctuary: ")
        assert sentence in done.stderr.decode()
        assert done.stderr.count(b"\n") == 1
