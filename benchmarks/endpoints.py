"""This server, native Oxigraph and rdflib-endpoint side by side on one graph, over loopback.

Each answers the same requests, one server at a time, from the load generator wrk (Debian's package of that name). Needs
``pip install oxigraph rdflib-endpoint uvicorn`` beside this project.

    python benchmarks/endpoints.py --triples 1000000 --seconds 5
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

EX = "http://example.org/"
JSON = "application/sparql-results+json"
SMALL = f"SELECT ?p ?o WHERE {{ <{EX}case/%s> ?p ?o }}"
ROWS = f"SELECT ?s ?o WHERE {{ ?s <{EX}age> ?o }} LIMIT 20000"
ANALYTIC = (
    f"SELECT ?site (COUNT(*) AS ?n) (AVG(?age) AS ?mean) WHERE {{ ?s <{EX}site> ?site ; <{EX}age> ?age ; "
    f"<{EX}type> <{EX}type/3> }} GROUP BY ?site ORDER BY DESC(?n)"
)


@dataclass(frozen=True)
class Server:
    """How one server is started and asked."""

    name: str
    command: list[str]
    path: str
    port: int


@dataclass(frozen=True)
class Figure:
    """What wrk measured."""

    rate: float
    p50: str
    p99: str
    failed: int


def write_graph(path: Path, triples: int) -> int:
    """A made-up graph of cases with five properties each; gives the number of cases."""
    dice = random.Random(7)
    cases = triples // 5
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    with path.open("w") as out:
        for number in range(cases):
            case = f"<{EX}case/{number}>"
            out.write(f'{case} <{EX}label> "case {number}" .\n')
            out.write(f"{case} <{EX}type> <{EX}type/{dice.randrange(30)}> .\n")
            out.write(f"{case} <{EX}site> <{EX}site/{dice.randrange(80)}> .\n")
            out.write(f'{case} <{EX}age> "{dice.randrange(90)}"^^<{integer}> .\n')
            out.write(f"{case} <{EX}reportedIn> <{EX}paper/{dice.randrange(cases // 3 + 1)}> .\n")
    return cases


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def servers(graph: Path, folder: Path, wanted: list[str]) -> list[Server]:
    """The servers to compare, each on its own port."""
    found = []
    scripts = Path(sys.executable).parent
    if "sanctuary" in wanted:
        port = free_port()
        command = [sys.executable, "-m", "kg.cli", "serve", str(graph), "--port", str(port)]
        found.append(Server("sanctuary", command, "/sparql", port))
    if "oxigraph" in wanted:
        port, store = free_port(), folder / "oxigraph"
        oxigraph = shutil.which("oxigraph") or str(scripts / "oxigraph")
        subprocess.run([oxigraph, "load", "--location", store, "--file", graph], check=True, capture_output=True)
        command = [oxigraph, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
        found.append(Server("oxigraph", command, "/query", port))
    if "rdflib-endpoint" in wanted:
        port = free_port()
        command = [str(scripts / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(graph)]
        found.append(Server("rdflib-endpoint", command, "/", port))
    return found


def wait(server: Server, seconds: float) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            fetch(server, "ASK {}", 10)
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise SystemExit(f"{server.name} did not start within {seconds:g} s")


def fetch(server: Server, query: str, timeout: float) -> tuple[float, int]:
    """Seconds and bytes of one request."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{server.path}?query={quote(query)}")
    request.add_header("Accept", JSON)
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=timeout) as response:
        size = len(response.read())
    return time.monotonic() - began, size


def load(server: Server, folder: Path, query: str, vary: int, connections: int, seconds: int) -> Figure:
    """Ask over and over; ``%s`` in the query becomes a number below ``vary``, another each time."""
    script = folder / "load.lua"
    path = f"{server.path}?query={quote(query, safe='')}".replace("%25s", "%s")
    number = f"string.format('{path.replace('%', '%%').replace('%%s', '%d')}', math.random(0, {vary - 1}))"
    # Without a number every request is the same, and a cache may answer it.
    target = number if vary else f"'{path}'"
    script.write_text(
        f"math.randomseed(os.time())\nrequest = function() return wrk.format('GET', {target}, "
        f"{{['Accept']='{JSON}'}}) end\n"
    )
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "60s", "-s", str(script)]
    out = subprocess.run([*command, f"http://127.0.0.1:{server.port}"], check=True, capture_output=True, text=True)
    text = out.stdout

    def part(pattern: str, missing: str = "0") -> str:
        match = re.search(pattern, text)
        return match[1] if match else missing

    failed = int(part(r"Non-2xx or 3xx responses: (\d+)")) + int(part(r"timeout (\d+)"))
    return Figure(
        float(part(r"Requests/sec:\s+([\d.]+)")), part(r"\n\s+50%\s+(\S+)"), part(r"\n\s+99%\s+(\S+)"), failed
    )


def peak_memory_mb(session: int) -> float:
    """Highest resident memory of the processes of a session, added up."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    match = re.search(r"VmHWM:\s+(\d+) kB", (entry / "status").read_text())
                    total += int(match[1]) / 1024 if match else 0
            except OSError:
                continue
    return total


def _row(server: Server, name: str, figure: Figure) -> str:
    return f"| {server.name} | {name} | {figure.rate:,.1f}/s | {figure.p50} | {figure.p99} | {figure.failed} |"


def measure(server: Server, folder: Path, cases: int, seconds: int) -> list[str]:
    """Rows of the table for one server."""
    process = subprocess.Popen(
        server.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait(server, 600)
        rows = []
        cold, _ = fetch(server, ANALYTIC, 300)
        again = min(fetch(server, ANALYTIC, 300)[0] for _ in range(3))
        row_time, size = min(fetch(server, ROWS + " # " * number, 300) for number in range(1, 4))
        for name, query, vary in (("small, each another", SMALL, cases), ("small, the same", SMALL % 7, 0)):
            figure = load(server, folder, query, vary, 32, seconds)
            rows.append(_row(server, name, figure))
        large = f"20,000 rows ({size / 1e6:.1f} MB; alone {row_time * 1000:.0f} ms)"
        for name, query, vary in (
            (f"{large}, each another", ROWS + " OFFSET %s", 1000),
            (f"{large}, the same", ROWS, 0),
        ):
            figure = load(server, folder, query, vary, 2, seconds)
            rows.append(_row(server, name, figure))
        rows.append(f"| {server.name} | analytic, first / again | {cold * 1000:.0f} ms / {again * 1000:.1f} ms | | | |")
        rows.append(f"| {server.name} | peak memory, all processes | {peak_memory_mb(process.pid):,.0f} MB | | | |")
        return rows
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--servers", nargs="*", default=["sanctuary", "oxigraph", "rdflib-endpoint"])
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed; on Debian: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graph = folder / "graph.nt"
        cases = write_graph(graph, given.triples)
        print("| server | request | rate | p50 | p99 | failed |\n| --- | --- | --- | --- | --- | --- |")
        for server in servers(graph, folder, given.servers):
            for row in measure(server, folder, cases, given.seconds):
                print(row, flush=True)


if __name__ == "__main__":
    main()
