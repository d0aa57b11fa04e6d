"""A plan cut into square cells, so that what is near is found without looking at everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Generic, TypeVar

from archgraph.draw.paths import Box

_SIZE = 2.0

Item = TypeVar("Item")


class Cells(Generic[Item]):
    """Items by the cells that their boxes touch."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Item]] = defaultdict(list)

    def add(self, box: Box, item: Item) -> None:
        """Keep an item under each cell of its box."""
        for cell in _covered(box):
            self._cells[cell].append(item)

    def near(self, box: Box) -> list[Item]:
        """The items that share a cell with a box, each once, in the order in which they came."""
        found = [item for cell in _covered(box) for item in self._cells.get(cell, ())]
        return list(dict.fromkeys(found))


def touched(low: float, high: float) -> tuple[float, float]:
    """From where on, and before where, the cells lie that a stretch touches."""
    return low // _SIZE * _SIZE, (high // _SIZE + 1) * _SIZE


def _covered(box: Box) -> Iterator[tuple[int, int]]:
    left, bottom, right, top = (int(value // _SIZE) for value in box)
    return ((column, row) for column in range(left, right + 1) for row in range(bottom, top + 1))
