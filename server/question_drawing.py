"""Plots are drawn in a process of their own, one at a time.

The library that draws starts a JavaScript engine, which takes a second, and holds the interpreter's lock while it is at
work: in the front it would hold up every other request. Started as ``python -m server.question_drawing``, the process
reads a specification a line and writes a picture a line, both as JSON, until its input ends.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
from http import HTTPStatus
from importlib.util import find_spec
from typing import Any, TextIO

from kg.errors import ConfigError
from server.errors import ProblemError

SECONDS = 20.0
"""A plot that takes longer is given up; the first has the engine's start before it."""

_log = logging.getLogger(__name__)


def can_draw() -> bool:
    """Whether the library that draws is installed."""
    return find_spec("vl_convert") is not None


class Drawer:
    """The process that draws, started when the first plot is asked for. Safe for threads."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-P", "-m", "server.question_drawing")) -> None:
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def draw(self, spec: dict[str, Any]) -> str:
        """The picture of a specification as SVG.

        Raises:
            ConfigError: nothing is installed here that draws.
            ProblemError: others wait for their plots, or this one cannot be drawn.
        """
        if not self._lock.acquire(timeout=SECONDS):
            detail = "Too many plots are being drawn. Ask for this one again in a moment."
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "1"})
        try:
            told = self._told(json.dumps(spec))
        finally:
            self._lock.release()
        if "missing" in told:
            raise ConfigError(told["missing"])
        if "svg" not in told:
            _log.error("A plot was not drawn: %s", told["failed"])
            raise ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "This plot cannot be drawn; see the table.")
        return told["svg"]

    def _told(self, line: str) -> dict[str, str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError as error:
            answer = json.dumps({"failed": str(error)})
        finally:
            watch.cancel()
        if not answer:
            process.wait()
            return {"failed": f"the process that draws ended with {process.returncode}"}
        told: dict[str, str] = json.loads(answer)
        return told


def main(lines: TextIO, out: TextIO) -> None:
    """Draw until the input ends."""
    from kg.questions.plot import svg

    # Ctrl-C is for the front, whose end closes the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in lines:
        try:
            told = {"svg": svg(json.loads(line))}
        except ConfigError as error:
            told = {"missing": str(error)}
        except (ValueError, RuntimeError) as error:
            told = {"failed": str(error)}
        out.write(json.dumps(told) + "\n")
        out.flush()


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
