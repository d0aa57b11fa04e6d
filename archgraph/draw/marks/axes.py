"""The axes of tensors, written beside the wires that carry them, where the finished picture leaves room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from archgraph.draw.letters import lettering, typeface
from archgraph.draw.paths import Box, Point, around, bounds
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Words
from archgraph.draw.theme import Theme

_SIZES = (13.0, 11.0, 9.0)
_MOST = 0.7
_GAP = 4.0
_AIR = 2.0
_FALL = 0.25
_FRAMES = ("container", "plate", "callout")


def labelled(scene: Scene, axes: Mapping[str, str], theme: Theme) -> Scene:
    """The scene with the axes of each source, once, beside the first of its wires that has room for them.

    Args:
        scene: a finished picture.
        axes: what to write by the name of the variable or node that gives the tensor, such as "T, width".
        theme: the colours.
    """
    with typeface.lettered(next((item.font for item in scene.walk() if isinstance(item, Words)), "")):
        # One size for all: the largest at which most have room of those that have room at all.
        done = [_labelled(scene, axes, theme, size) for size in _SIZES]
    written = [len(each.items) - len(scene.items) for each in done]
    return next(each for each, many in zip(done, written, strict=True) if many >= _MOST * max(written))


def _labelled(scene: Scene, axes: Mapping[str, str], theme: Theme, size: float) -> Scene:
    taken = list(_obstacles(scene.items))
    found: dict[str, Group] = {}
    for line in (item for item in scene.walk() if isinstance(item, Line)):
        source = line.source.removesuffix("--op")
        text = axes.get(source, "")
        spot = _spot(line, (typeface.width(text, size), size), scene, taken) if text and source not in found else None
        if spot is None:
            continue
        start = (spot[0], spot[3] - _FALL * size)
        id = f"axes--{source}"
        words = lettering.words(f"{id}/words", text, start, size=size, colour=theme.text)
        found[source] = Group(id, f"axes of {source}: {text}", "axes", (words,))
        taken.append(spot)
    return scene._replace(items=(*scene.items, *found.values()))


def _spot(line: Line, extent: Point, scene: Scene, taken: list[Box]) -> Box | None:
    """The box of a text, so wide and high, beside the longest stretch of a wire that has room."""
    across, down = extent
    page = (_GAP, _GAP, scene.width - _GAP, scene.height - _GAP)
    for one, other in sorted(pairwise(line.points), key=_length, reverse=True):
        for x, y in _beside(one, other, across, down):
            box = (x, y, x + across, y + down)
            inside = box[0] > page[0] and box[1] > page[1] and box[2] < page[2] and box[3] < page[3]
            if inside and not any(_meet(box, other_box) for other_box in taken):
                return box
    return None


def _beside(one: Point, other: Point, across: float, down: float) -> Iterator[Point]:
    """Left upper corners of a text over and under a level stretch, or right and left of an upright one."""
    for part in (0.5, 0.6, 0.35, 0.65, 0.2, 0.8):
        x, y = one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part
        if one[1] == other[1]:
            yield x - across / 2, y - _GAP - down
            yield x - across / 2, y + _GAP
        else:
            yield x + _GAP, y - down / 2
            yield x - _GAP - across, y - down / 2


def _length(stretch: tuple[Point, Point]) -> float:
    return abs(stretch[0][0] - stretch[1][0]) + abs(stretch[0][1] - stretch[1][1])


def _obstacles(items: tuple[Item, ...]) -> Iterator[Box]:
    """The boxes of all ink; of a frame its four walls, for what is inside it has room."""
    for item in items:
        if isinstance(item, Group):
            shapes = [each for each in item.items if isinstance(each, Shape)]
            if item.kind in _FRAMES:
                yield from (wall for shape in shapes for wall in _walls(shape.box))
            rest = [each for each in item.items if item.kind not in _FRAMES or not isinstance(each, Shape)]
            yield from _obstacles(tuple(rest))
        elif isinstance(item, Line):
            yield from (around(stretch) for stretch in pairwise(item.points))
            if item.head:
                yield bounds(item.head)
        else:
            yield item.box


def _walls(box: Box) -> tuple[Box, ...]:
    left, top, right, bottom = box
    return (
        (left, top, left, bottom),
        (right, top, right, bottom),
        (left, top, right, top),
        (left, bottom, right, bottom),
    )


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] + _AIR and other[0] < one[2] + _AIR
    return across and one[1] < other[3] + _AIR and other[1] < one[3] + _AIR
