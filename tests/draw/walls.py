"""The audit of frames: what is inside a container or plate is wholly inside, and wires pass walls only to get there."""

from __future__ import annotations

from itertools import combinations, pairwise

from tests.draw.audit import Box, Picture, Wire, read

_SOLID = ("variable", "node", "delay", "switch")
_FRAMES = ("container", "plate")
_NEAR = 1.5


def walls(svg: bytes) -> list[str]:
    """Everything wrong with the frames of a picture, one line each."""
    picture = read(svg)
    frames = [(thing.id, thing.outlines[0].box) for thing in picture.things if thing.kind in _FRAMES]
    found = [f"{a} straddles {b}" for (a, one), (b, other) in combinations(frames, 2) if not _settled(one, other)]
    for name, box in frames:
        found += _straddling(picture, name, box)
        found += [fault for wire in picture.wires for fault in _walled(picture, wire, name, box)]
    return found


def _straddling(picture: Picture, name: str, box: Box) -> list[str]:
    solid = [(thing.id, thing.outlines[0].box) for thing in picture.things if thing.kind in _SOLID]
    found = [f"{id} straddles {name}" for id, mark in solid if not _settled(mark, box)]
    own = [(thing.id, thing.outlines[0].box) for thing in picture.things if thing.kind in (*_SOLID, *_FRAMES)]
    found += [f"{id} is outside of {name}" for id, mark in own if _inner(id, name) and not _within(mark, box)]
    texts = [(thing.id, text.box) for thing in picture.things for text in thing.texts]
    found += [f"text leaves {name}" for id, text in texts if id == name and not _within(text, box)]
    return found + [f"text of {id} crosses {name}" for id, text in texts if not _settled(text, box)]


def _inner(id: str, name: str) -> bool:
    """Whether an id is that of something inside a frame: its path goes on from there."""
    return id.startswith((f"{name}.", f"{name}--"))


def _walled(picture: Picture, wire: Wire, name: str, box: Box) -> list[str]:
    """A wire that enters a frame without an end inside, or runs along its wall."""
    boxes = {thing.id: thing.outlines[0].box for thing in picture.things if thing.outlines}
    inside = any(_within(boxes[end], box) for end in (wire.source, wire.target))
    found = []
    for (x0, y0), (x1, y1) in pairwise(wire.points):
        stretch = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        if not inside and _touch(stretch, box):
            found.append(f"{wire.id} enters {name}")
        sides = (
            (box[0], box[1], box[0], box[3]),
            (box[2], box[1], box[2], box[3]),
            (box[0], box[1], box[2], box[1]),
            (box[0], box[3], box[2], box[3]),
        )
        found += [f"{wire.id} runs along a wall of {name}" for side in sides if _along(stretch, side)]
    return found


def _along(one: Box, side: Box) -> bool:
    for axis in (0, 1):
        flat = max(abs(one[axis] - side[axis]), abs(one[axis + 2] - side[axis + 2])) < _NEAR
        shared = min(one[3 - axis], side[3 - axis]) - max(one[1 - axis], side[1 - axis])
        if flat and shared > 2.0:
            return True
    return False


def _within(one: Box, other: Box) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _settled(one: Box, other: Box) -> bool:
    """Whether two boxes are apart or one is inside the other."""
    return not _touch(one, other) or _within(one, other) or _within(other, one)
