"""What is too tall for a slide stands in columns: it is cut where few wires pass, and goes on beside itself.

Each column flows up; the wires that pass a cut leave over one column and come down a gutter to the foot of the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, chain
from math import inf
from typing import Generic, TypeVar

from archgraph.draw.inside.laid import Laid
from archgraph.draw.paths import Box, around

# Between two columns, and under the second of them, with room for one wire; for each further one this much more.
_GUTTER = 1.0
_FOOT = 0.5
_HEAD = 0.35
_WIRE = 0.35
_HALVINGS = 20
# How high the lowest column is at the least, as a part of the highest.
_LEAST = 0.33

Item = TypeVar("Item")


class Folding(Generic[Item]):
    """Units from the bottom up, in columns where that is higher than a limit; each way to cut them is laid out once."""

    def __init__(
        self,
        units: Sequence[Sequence[Item]],
        pile: Callable[[list[Item]], Laid],
        gap: float,
        wires: Callable[[list[int]], list[int]],
    ) -> None:
        """Start with nothing laid out.

        Args:
            units: things that stay in one column.
            pile: lays things in one column.
            gap: between two units, in u.
            wires: how many wires pass each cut, given how many things are under it.
        """
        self.units, self.pile, self.gap, self.wires = units, pile, gap, wires
        self._found: dict[tuple[int, ...], Laid] = {}

    def within(self, limit: float) -> Laid:
        """Columns no higher than a limit if that can be; where two limits lead to the same, the same object."""
        counts = tuple(split(self.heights, limit, self.gap)) if limit < inf else (len(self.units),)
        if counts not in self._found:
            self._found[counts] = self._columns(counts)
        return self._found[counts]

    @cached_property
    def heights(self) -> list[float]:
        """How high each unit is."""
        boxes = [self.pile(list(unit)).box for unit in self.units]
        return [box[3] - box[1] for box in boxes]

    def _columns(self, counts: tuple[int, ...]) -> Laid:
        """Columns of so many units each."""
        columns = [list(chain(*each)) for each in taken(self.units, counts)]
        ends = list(accumulate(map(len, columns)))
        return beside([self.pile(each) for each in columns], self.wires(ends[:-1]))


def split(heights: Sequence[float], limit: float, gap: float) -> list[int]:
    """How many pieces each column holds, so that none is higher than a limit if that can be, and all are about alike.

    Args:
        heights: of the pieces from the bottom up, in u.
        limit: how high a column may be, in u.
        gap: between two pieces, in u.

    >>> split([1.0, 1.0, 1.0, 1.0, 2.0], 4.0, 0.0)
    [3, 2]
    """
    found = _filled(heights, limit, gap)
    if len(found) > 1:
        low, high = 0.0, limit
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if len(_filled(heights, middle, gap)) <= len(found) else (middle, high)
        found = _filled(heights, high, gap)
    return found if _even(heights, found, gap) else [len(heights)]


def _even(heights: Sequence[float], counts: Sequence[int], gap: float) -> bool:
    """Whether no column is much lower than another: a thing alone beside a tall column is better off in it."""
    sums = [sum(each) + gap * (len(each) - 1) for each in taken(heights, counts)]
    return min(sums, default=0.0) >= _LEAST * max(sums, default=0.0)


def _filled(heights: Sequence[float], limit: float, gap: float) -> list[int]:
    """Columns filled one after the other."""
    found: list[int] = []
    height = 0.0
    for each in heights:
        if found and height + gap + each <= limit:
            found[-1] += 1
            height += gap + each
        else:
            found.append(1)
            height = each
    return found


def beside(columns: Sequence[Laid], wires: Sequence[int]) -> Laid:
    """Columns side by side, the axis that of the first.

    Args:
        columns: what stands in each.
        wires: how many pass from each to the next.
    """
    parts, boxes = [columns[0]], [columns[0].box]
    bottom = columns[0].box[1]
    for column, count in zip(columns[1:], wires, strict=True):
        more = _WIRE * max(0, count - 1)
        across = boxes[-1][2] + _GUTTER + more - column.box[0]
        placed = column.moved(across, bottom + _FOOT + more - column.box[1])
        left, low, right, top = boxes[-1]
        boxes[-1] = (left, low, right, top + _HEAD + more)
        boxes.append(placed.box)
        parts.append(placed)
    whole = parts[0].joined(*parts[1:])
    return replace(
        whole,
        box=around(corner for box in boxes for corner in (box[:2], box[2:])),
        out=parts[-1].out,
        cuts=whole.cuts + len(columns) - 1,
    )


def taken(units: Sequence[Item], counts: Sequence[int]) -> list[Sequence[Item]]:
    """The units of each column, given how many it holds."""
    ends = list(accumulate(counts))
    return [units[end - count : end] for end, count in zip(ends, counts, strict=True)]


def closed(whole: Laid, boxes: dict[str, Box]) -> Laid:
    """The box around children, dots and lanes."""
    corners = [corner for box in boxes.values() for corner in (box[:2], box[2:])]
    corners += [point for points in whole.lanes.values() for point in points]
    corners += whole.dots.values()
    return replace(whole, box=around(corners))
