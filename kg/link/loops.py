"""Loops through matches: mappings and hierarchies that together put a thing below itself.

What is at the same height or below what makes a graph:

- one of our concepts is below each of its parents, and a code below its parents in a release, if one is kept;
- ``skos:exactMatch`` puts both ends at the same height;
- ``skos:broadMatch`` puts our concept below the code, ``skos:narrowMatch`` the code below our concept;
- ``skos:closeMatch`` says nothing of height.

A way that leads from a thing back to itself and goes up on it is a contradiction, as in: A is below B, B is exactly X,
X is below Y, Y is exactly A.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Step(NamedTuple):
    """From a thing to one at the same height or above. ``line`` is the row that says so, 0 if a hierarchy does."""

    lower: str
    upper: str
    strict: bool
    line: int
    words: str


def find_loops(steps: Iterable[Step]) -> list[tuple[Step, ...]]:
    """The shortest loop through each row that is on one, without those whose rows include all rows of a shorter one."""
    ahead: dict[str, list[Step]] = {}
    for step in steps:
        ahead.setdefault(step.lower, []).append(step)
    for found in ahead.values():
        found.sort()
    home = _components(ahead)
    rows = sorted(step for found in ahead.values() for step in found if step.line)
    loops = [_shortest(ahead, home, row) for row in rows if home.get(row.lower) == home.get(row.upper, -1)]
    told: list[frozenset[int]] = []
    kept: list[tuple[Step, ...]] = []
    for loop in sorted((loop for loop in loops if loop), key=len):
        lines = frozenset(step.line for step in loop if step.line)
        if not any(before <= lines for before in told):
            told.append(lines)
            kept.append(loop)
    return kept


def _shortest(ahead: Mapping[str, Sequence[Step]], home: Mapping[str, int], first: Step) -> tuple[Step, ...]:
    """The fewest steps over a step and back to where it began, one of them upward; none if there is no such way."""
    start, end = (first.upper, first.strict), (first.lower, True)
    came: dict[tuple[str, bool], tuple[tuple[str, bool], Step] | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for step in ahead.get(here[0], ()):
            there = (step.upper, here[1] or step.strict)
            if there not in came and home.get(step.upper) == home[first.lower]:
                came[there] = here, step
                waiting.append(there)
    if end not in came:
        return ()
    way: list[Step] = []
    back = came[end]
    while back is not None:
        way.append(back[1])
        back = came[back[0]]
    return (first, *way[::-1])


def _components(ahead: Mapping[str, Sequence[Step]]) -> dict[str, int]:
    """The strongly connected component of each thing (Tarjan's algorithm, with its own stack)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    home: dict[str, int] = {}
    open_ones: list[str] = []
    for root in sorted(ahead):
        if root in number:
            continue
        calls: list[tuple[str, Iterator[Step]]] = []
        _enter(root, number, low, open_ones, calls, ahead)
        while calls:
            here, rest = calls[-1]
            step = next(rest, None)
            if step is None:
                calls.pop()
                if calls:
                    low[calls[-1][0]] = min(low[calls[-1][0]], low[here])
                if low[here] == number[here]:
                    while True:
                        member = open_ones.pop()
                        home[member] = number[here]
                        if member == here:
                            break
            elif step.upper not in number:
                _enter(step.upper, number, low, open_ones, calls, ahead)
            elif step.upper not in home:
                low[here] = min(low[here], number[step.upper])
    return home


def _enter(
    node: str,
    number: dict[str, int],
    low: dict[str, int],
    open_ones: list[str],
    calls: list[tuple[str, Iterator[Step]]],
    ahead: Mapping[str, Sequence[Step]],
) -> None:
    number[node] = low[node] = len(number)
    open_ones.append(node)
    calls.append((node, iter(ahead.get(node, ()))))
