"""Wires as the bent connectors of an office program: a box, a turn, flips and the place of the middle stretch.

The preset shapes `bentConnector2` and `bentConnector3` (ECMA-376, presetShapeDefinitions) run from the upper left to
the lower right corner of their box and start level; everything else is that, flipped and then turned. There are
presets with more bends, but LibreOffice lays those out anew, through whatever is in the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from archgraph.draw.paths import Box, Point, around

_WHOLE = 100_000
_SAME = 1e-6


@dataclass(frozen=True)
class Elbow:
    """A preset connector; `turned` by 90° clockwise, flips first; `bend` is where it turns, 0 to 100,000."""

    preset: str
    box: Box
    turned: bool = False
    flip_across: bool = False
    flip_down: bool = False
    bend: int | None = None


def elbow(points: tuple[Point, ...]) -> Elbow | None:
    """The connector through the ends and the turns of a wire, None where no preset does."""
    if len(points) == 2:
        return _placed("straightConnector1", points, False)
    if len(points) > 4 or not _alternates(points):
        return None
    turned = _level(points[1], points[2])
    local = tuple(_turned_back(point, _middle(points[0], points[-1])) for point in points) if turned else points
    if len(points) == 3:
        return _placed("bentConnector2", local, turned)
    start, end = local[0][0], local[-1][0]
    if not min(start, end) < local[1][0] < max(start, end):
        return None
    return _placed("bentConnector3", local, turned, round((local[1][0] - start) / (end - start) * _WHOLE))


def _placed(preset: str, local: tuple[Point, ...], turned: bool, bend: int | None = None) -> Elbow:
    (x, y), (end_x, end_y) = local[0], local[-1]
    return Elbow(preset, around((local[0], local[-1])), turned, x > end_x, y > end_y, bend)


def corners(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The ends of a wire and the points at which it turns."""
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        turn = (point[0] - before[0]) * (after[1] - point[1]) - (point[1] - before[1]) * (after[0] - point[0])
        if abs(turn) > _SAME:
            kept.append(point)
    return (*kept, points[-1])


def _alternates(points: tuple[Point, ...]) -> bool:
    """Whether stretches are level and upright in turn."""
    levels = [_level(one, other) for one, other in pairwise(points)]
    upright = [abs(one[0] - other[0]) < _SAME for one, other in pairwise(points)]
    return all(a != b for a, b in zip(levels, upright, strict=True)) and all(a != b for a, b in pairwise(levels))


def _level(one: Point, other: Point) -> bool:
    return abs(one[1] - other[1]) < _SAME


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _turned_back(point: Point, middle: Point) -> Point:
    """Where a point was before a turn of 90° clockwise about the middle."""
    return middle[0] + (point[1] - middle[1]), middle[1] - (point[0] - middle[0])
