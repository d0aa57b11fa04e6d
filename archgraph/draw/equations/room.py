"""Free rectangles of a finished page: where something else may still stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

from archgraph.draw.paths import Box

# Rectangles are found on a grid of this many points.
_CELL = 6.0


def rooms(taken: Iterable[Box], page: Box, air: float) -> tuple[Box, ...]:
    """The largest free rectangles of a page, none inside another, from the largest down.

    Args:
        taken: the boxes of what stands on it.
        page: what may be used of it.
        air: how far to keep from what is taken.
    """
    left, top = ceil(page[0] / _CELL), ceil(page[1] / _CELL)
    right, bottom = int(page[2] // _CELL), int(page[3] // _CELL)
    grid = [[True] * right for _ in range(bottom)]
    for box in taken:
        across = range(max(0, int((box[0] - air) // _CELL)), min(right, ceil((box[2] + air) / _CELL)))
        for row in grid[max(0, int((box[1] - air) // _CELL)) : max(0, ceil((box[3] + air) / _CELL))]:
            for column in across:
                row[column] = False
    found = set(_largest(grid, left, top))
    listed = sorted(found, key=lambda each: (-(each[2] - each[0]) * (each[3] - each[1]), each))
    return tuple((a * _CELL, b * _CELL, c * _CELL, d * _CELL) for a, b, c, d in listed)


def _largest(grid: list[list[bool]], left: int, top: int) -> Iterator[tuple[int, int, int, int]]:
    """The free rectangles of cells that cannot grow to the left, to the right or up, by their lowest rows."""
    heights = [0] * (len(grid[0]) if grid else 0)
    for bottom in range(top, len(grid)):
        heights = [height + 1 if free else 0 for height, free in zip(heights, grid[bottom], strict=True)]
        below = grid[bottom + 1] if bottom + 1 < len(grid) else None
        rising: list[tuple[int, int]] = []
        for column in range(left, len(heights) + 1):
            height, start = (heights[column] if column < len(heights) else 0), column
            while rising and rising[-1][1] >= height:
                start, high = rising.pop()
                # What can grow down is found again, larger, in the next row.
                if high > height and (below is None or not all(below[start:column])):
                    yield start, bottom + 1 - high, column, bottom + 1
            rising.append((start, height))
