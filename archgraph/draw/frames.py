"""The frames of a build: one picture laid out once, shown bit by bit, so that nothing moves from frame to frame."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archgraph.draw.paths import Point, around
from archgraph.draw.scene import Group, Item, Line, Scene, Shape

# What ids hold besides the name of a part: see figure.py, heading.py and inside/picture.py.
_PREFIX = re.compile(r"(legend|axes)--")
_SUFFIX = re.compile(r"(-fork-\d+|-branch|--plate|--op)$")
_NEAR = 0.5


def frames(scene: Scene, steps: Sequence[Sequence[str]]) -> tuple[Scene, ...]:
    """The scene after each step, then once more for each callout.

    Args:
        scene: the whole picture.
        steps: the parts that each step adds, in order; what belongs to none is in every frame.
    """
    names = frozenset(name for step in steps for name in step)
    callouts = [item.id for item in scene.items if isinstance(item, Group) and item.kind == "callout"]
    adding = [*steps, *((id,) for id in callouts)]
    known = names | frozenset(callouts)
    shown: set[str] = set()
    found = []
    for number, step in enumerate(adding, 1):
        shown.update(step)
        items = tuple(_visible(scene, known, frozenset(shown)))
        said = f"Frame {number} of {len(adding)} adds {', '.join(_said(scene, step))}. {scene.description}"
        found.append(replace(scene, items=items, description=said))
    return tuple(found)


def _said(scene: Scene, step: Sequence[str]) -> list[str]:
    names = {item.id: item.name for item in scene.items if isinstance(item, Group)}
    return [names.get(name, name) for name in step]


def _visible(scene: Scene, known: frozenset[str], shown: frozenset[str]) -> Iterator[Item]:
    """The items of a scene whose parts are shown."""
    frame = _Frame(known, shown)
    wires = [item for item in scene.items if isinstance(item, Group) and item.kind == "wire" and frame.holds(item)]
    lines = [line for group in wires for line in group.items if isinstance(line, Line)]
    for item in scene.items:
        if not frame.holds(item):
            continue
        if isinstance(item, Shape) and "-fork-" in item.id and not _parting(item, lines):
            continue
        if item.id.startswith("axes--") and item.id[6:] not in {frame.owner(line.source) for line in lines}:
            continue
        yield item


@dataclass(frozen=True)
class _Frame:
    """The names of all parts, and of those that one frame shows."""

    known: frozenset[str]
    shown: frozenset[str]

    def holds(self, item: Item) -> bool:
        """Whether an item is shown: a wire when both of its ends are."""
        lines = [each for each in item.items if isinstance(each, Line)] if isinstance(item, Group) else []
        ids = [id for line in lines for id in (line.source, line.target)] or [item.id]
        return all(name not in self.known or name in self.shown for name in map(self.owner, ids))

    def owner(self, id: str) -> str:
        """The part to which an id belongs, the id itself for none."""
        name = _SUFFIX.sub("", _PREFIX.sub("", id))
        return name if name in self.known else _SUFFIX.sub("", name.partition(".")[0])


def _parting(dot: Shape, lines: Sequence[Line]) -> bool:
    """Whether wires part at a branch dot."""
    centre = ((dot.box[0] + dot.box[2]) / 2, (dot.box[1] + dot.box[3]) / 2)
    return len({turn for line in lines for turn in _onward(line, centre)}) > 1


def _onward(line: Line, point: Point) -> Iterator[tuple[bool, bool, bool]]:
    """Where a wire goes on from a point of it: level or upright, and to which side."""
    for start, end in pairwise(line.points):
        left, top, right, bottom = around((start, end))
        on = left - _NEAR <= point[0] <= right + _NEAR and top - _NEAR <= point[1] <= bottom + _NEAR
        if on and abs(end[0] - point[0]) + abs(end[1] - point[1]) > _NEAR:
            yield left < right, start[0] < end[0], start[1] < end[1]
            return
