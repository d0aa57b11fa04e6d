"""Equations that go on in a second free place of the page, where none has room for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from archgraph.draw.equations.pieces import Equation
from archgraph.draw.equations.typeset import Block, arranged
from archgraph.draw.paths import Box

# How wide a place must be in em, and how many equations each holds at the least.
_NARROW = 12.0
_FEWEST = 3

Flow = tuple[tuple[Block, Box], ...]


class Flowing:
    """Equations in two of the free rectangles of a page, the left one first, then the upper one."""

    def __init__(self, listed: Sequence[Equation], free: Sequence[Box], leading: float) -> None:
        """Take equations, free rectangles in points from the largest down, and how far lines are apart in em."""
        self.listed, self.free, self.leading = tuple(listed), free, leading
        self._set: dict[tuple[int, int, float], Block] = {}

    def at(self, size: float, air: float) -> Flow | None:
        """The blocks in their rectangles at a size in points, so far apart from each other; None without room."""
        return next(self._found(size, air), None)

    def _found(self, size: float, air: float) -> Iterator[Flow]:
        roomy = [room for room in self.free if room[2] - room[0] >= _NARROW * size]
        for pair in combinations(roomy, 2):
            found = self._filled(sorted(pair), size) if self._might(pair, size) else None
            if found and _apart(found, size, air):
                yield found

    def _might(self, rooms: Sequence[Box], size: float) -> bool:
        """Whether there are lines enough for all equations, were none broken."""
        return sum(int((room[3] - room[1]) / size / self.leading) + 1 for room in rooms) >= len(self.listed)

    def _filled(self, rooms: Sequence[Box], size: float) -> Flow | None:
        """The first rectangle with as many equations as it takes, and the second with the others."""
        first, second = rooms
        middle, end = self._end(0, first, size), len(self.listed)
        if not _FEWEST <= middle <= end - _FEWEST or self._end(middle, second, size) < end:
            return None
        ranges = ((0, middle, first), (middle, end, second))
        return tuple((self._block(low, high, _wide(room, size)), room) for low, high, room in ranges)

    def _end(self, begin: int, room: Box, size: float) -> int:
        """Up to which equation a rectangle has room, given the first."""
        low, high = begin, len(self.listed)
        while low < high:
            middle = (low + high + 1) // 2
            block = self._block(begin, middle, _wide(room, size))
            fits = block.width <= _wide(room, size) and block.height * size <= room[3] - room[1]
            low, high = (middle, high) if fits else (low, middle - 1)
        return low

    def _block(self, begin: int, end: int, room: float) -> Block:
        key = begin, end, room
        if key not in self._set:
            self._set[key] = arranged(self.listed[begin:end], room, self.leading)
        return self._set[key]


def _wide(room: Box, size: float) -> float:
    """The width of a rectangle in em."""
    return (room[2] - room[0]) / size


def _apart(flow: Flow, size: float, air: float) -> bool:
    """Whether no block meets another, rectangles being as wide and high as what stands in them."""
    boxes = [(room[0], room[1], room[0] + block.width * size, room[1] + block.height * size) for block, room in flow]
    return all(
        one[2] + air <= other[0] or one[3] + air <= other[1] or other[3] + air <= one[1]
        for one, other in combinations(boxes, 2)
    )
