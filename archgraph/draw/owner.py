"""To which part of a graph an item of its scene belongs, read from the item's id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from archgraph.draw.paths import Point, around
from archgraph.draw.scene import Group, Item, Line, Shape

# What ids hold besides the name of a part: see figure.py, heading.py, axes.py and inside/picture.py.
_PREFIX = re.compile(r"(legend|axes)--")
_FORK = re.compile(r"(-fork-\d+|-branch)$")
_SUFFIX = re.compile(r"(-fork-\d+|-branch|--plate|--op)$")
_NEAR = 0.5

# Whether a wire goes on level, to the right and down.
Turn = tuple[bool, bool, bool]


def owner(id: str, known: Collection[str]) -> str:
    """The part to which an id belongs, "" for none of those known."""
    name = _SUFFIX.sub("", _PREFIX.sub("", id))
    if name not in known:
        name = _SUFFIX.sub("", name.partition(".")[0])
    return name if name in known else ""


def lines(item: Item) -> tuple[Line, ...]:
    """The wires in a group, () for any other item."""
    return tuple(each for each in item.items if isinstance(each, Line)) if isinstance(item, Group) else ()


def is_fork(item: Item) -> bool:
    """Whether an item is the dot at which wires of one source part."""
    return isinstance(item, Shape) and _FORK.search(item.id) is not None


def onward(line: Line, dot: Item) -> Iterator[Turn]:
    """Where a wire goes on from a dot on it, level or upright and to which side; nothing if the dot is not on it."""
    centre = _centre(dot)
    for start, end in pairwise(line.points):
        left, top, right, bottom = around((start, end))
        on = left - _NEAR <= centre[0] <= right + _NEAR and top - _NEAR <= centre[1] <= bottom + _NEAR
        if on and abs(end[0] - centre[0]) + abs(end[1] - centre[1]) > _NEAR:
            yield left < right, start[0] < end[0], start[1] < end[1]
            return


def _centre(item: Item) -> Point:
    box = item.box if isinstance(item, Shape) else (0.0, 0.0, 0.0, 0.0)
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
