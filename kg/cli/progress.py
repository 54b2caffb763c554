"""Progress on a terminal, silence in a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def stage_bar(stages: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """A bar over named stages, on standard error; call what it gives with the name of each stage as it begins."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(stages[0], total=len(stages))

        def begin(stage: str) -> None:
            progress.update(task, description=stage, completed=stages.index(stage))

        yield begin


@contextmanager
def byte_bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over the bytes of a file, on standard error; call what it gives with how many are done, of how many."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def document_bar(total: Callable[[], int]) -> Iterator[Callable[[int, int], None]]:
    """A bar over many documents, on standard error, with their number, rate and the time left.

    Call what it gives with how many documents and how many bytes of input are done since the last time; the time left
    goes by the bytes of ``total``, which is asked only if there is somebody to see it.
    """
    console = Console(stderr=True)
    shown = TextColumn("{task.fields[count]:,} documents, {task.fields[rate]:.0f}/s")
    columns = (BarColumn(), shown, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        size = total() if console.is_terminal else 0
        task = progress.add_task("", total=size or None, count=0, rate=0.0)
        done, started = 0, time.monotonic()

        def add(count: int, weight: int) -> None:
            nonlocal done
            done += count
            rate = done / max(0.001, time.monotonic() - started)
            progress.update(task, advance=weight, count=done, rate=rate)

        yield add


@contextmanager
def count_bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over things that are counted, on standard error; call what it gives with how many are done, of how many."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
