"""Lines on pages in the order in which a person reads them: one column after the other, below what spans them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Line:
    """A line of text with its place on the page in points, from the lower left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool


@dataclass(frozen=True)
class Block:
    """Lines that stand close together."""

    lines: tuple[Line, ...]

    @cached_property
    def x0(self) -> float:
        """The left edge."""
        return min(line.x0 for line in self.lines)

    @cached_property
    def x1(self) -> float:
        """The right edge."""
        return max(line.x1 for line in self.lines)

    @cached_property
    def y1(self) -> float:
        """The upper edge."""
        return max(line.y1 for line in self.lines)

    @cached_property
    def text(self) -> str:
        """The lines as they are printed, hyphens at their ends included."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def size(self) -> float:
        """The size of most of its characters."""
        sizes = Counter[float]()
        for line in self.lines:
            sizes[line.size] += len(line.text)
        return sizes.most_common(1)[0][0]

    @property
    def bold(self) -> bool:
        """Whether every line is bold."""
        return all(line.bold for line in self.lines)


@dataclass(frozen=True)
class Page:
    """A page and the blocks on it, in no order."""

    width: float
    height: float
    blocks: tuple[Block, ...]


_FEWEST_LINES = 4


def in_reading_order(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page: from the top down, and where columns stand side by side one column after the other.

    What reaches over the gutter, such as a title or a wide table, parts the columns above it from those below.
    """
    gutter = _gutter(blocks)
    if gutter is None:
        return sorted(blocks, key=lambda block: (-block.y1, block.x0))
    ordered: list[Block] = []
    band: list[Block] = []
    for block in sorted(blocks, key=lambda block: (-block.y1, block.x0)):
        if block.x0 < gutter < block.x1:
            ordered += _by_column(band, gutter)
            band = []
            ordered.append(block)
        else:
            band.append(block)
    return ordered + _by_column(band, gutter)


def _by_column(band: list[Block], gutter: float) -> list[Block]:
    left = [block for block in band if block.x1 <= gutter]
    right = [block for block in band if block.x1 > gutter]
    return in_reading_order(left) + in_reading_order(right) if left and right else left + right


def _gutter(blocks: Sequence[Block]) -> float | None:
    """An upright strip that few lines cross and that has several lines side by side on its left and its right."""
    lines = [line for block in blocks for line in block.lines]
    if len(lines) < 2 * _FEWEST_LINES:
        return None
    low, high = min(line.x0 for line in lines), max(line.x1 for line in lines)
    best: tuple[int, float] | None = None
    # A gutter begins where lines of the right column do.
    for edge, count in Counter(round(line.x0) for line in lines).items():
        place = edge - 2.0
        if count < _FEWEST_LINES or not low + 0.2 * (high - low) < place < high - 0.2 * (high - low):
            continue
        crossing = sum(line.x0 < place < line.x1 for line in lines)
        left = [line for line in lines if line.x1 <= place]
        right = [line for line in lines if line.x0 >= place]
        if min(len(left), len(right)) < _FEWEST_LINES or crossing * 3 > len(lines):
            continue
        beside = sum(any(abs(other.y0 - line.y0) < line.size * 0.8 for other in left) for line in right)
        wide = [line for line in (*left, *right) if line.x1 - line.x0 > 0.2 * (high - low)]
        if beside * 3 > len(right) and len(wide) * 2 > len(left) + len(right) and (best is None or crossing < best[0]):
            best = crossing, place
    return best[1] if best else None


def without_furniture(pages: Sequence[Page]) -> list[list[Block]]:
    """The blocks of each page in reading order, without page numbers and the lines that return on every other page."""
    seen = Counter[str]()
    for page in pages:
        seen.update({_stamp(line) for block in page.blocks for line in block.lines if _at_edge(line, page)})
    often = max(3, len(pages) // 3)
    kept: list[list[Block]] = []
    for page in pages:
        blocks: list[Block] = []
        for block in page.blocks:
            lines = tuple(
                line
                for line in block.lines
                if not (_at_edge(line, page) and (seen[_stamp(line)] >= often or line.text.strip("-–| ").isdigit()))
            )
            if lines:
                blocks.append(Block(lines))
        kept.append(in_reading_order(blocks))
    return kept


def _at_edge(line: Line, page: Page) -> bool:
    return line.y0 > page.height * 0.9 or line.y1 < page.height * 0.1


def _stamp(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)
