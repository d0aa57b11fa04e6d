"""Places inside a module: layers stacked upward about an axis, the parts of a net in rows, frames around them.

Everything is in u, the axis at x = 0 and the lowest edge at y = 0 until the module is set on the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from operator import is_
from typing import TypeVar

from archgraph.draw.inside.attention import Opening
from archgraph.draw.inside.blocks import Block, Skip
from archgraph.draw.inside.courses import Wiring, rows
from archgraph.draw.inside.folds import Folding, closed
from archgraph.draw.inside.laid import Laid
from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.layers import columns
from archgraph.draw.letters.typeface import width
from archgraph.draw.paths import Box, around
from archgraph.draw.shapes import UNIT
from archgraph.draw.sketch import Link, Part, Sketch

# The notation's 198 × 45 pt boxes and 21.4 pt sums, in u.
BOX = (3.3, 0.75)
SUM = 21.4 / 60.0
DELAY = 0.8
_GAP = 0.3
_BRANCH = 0.35
_LANE = 0.3
# left, bottom, right, top: the caption stands at the bottom of a container, the count at the top of a plate.
_PADS = {"container": (0.22, 0.5, 0.22, 0.25), "plate": (0.16, 0.2, 0.16, 0.36)}
CAPTION = 0.4
# In points: the size of a name, and what it leaves free for wires at the axis and at the rounded corner.
NAME = 18.0
_CLEAR = 36.0
INDENT = 12.0
# Containers with names up to the length of "Predictor" are equally wide.
_SIDE = 2.12
# On a small page a name keeps 9 pt, and needs more of its container.
_SLACK = 1.12

Value = TypeVar("Value")


class Body:
    """A block and all inside it, laid out for one limit after the other; what is as before is the same object."""

    def __init__(self, block: Block, links: tuple[Link, ...]) -> None:
        """Start with nothing laid out that a limit could change, given the wires among all blocks."""
        self.block, self.links, self.whole = block, links, _uncut(block)
        self.children = {} if self.whole else {child.id: Body(child, links) for child in block.children}
        self._foldings: list[tuple[tuple[Laid, ...], Folding[Block] | Folding[list[str]]]] = []
        self._framed: list[tuple[tuple[Laid, ...], Laid]] = []

    def within(self, limit: float = inf) -> Laid:
        """What is higher than a limit stands in columns, as far as it can be cut."""
        if self.whole is not None:
            return self.whole
        parts = {name: child.within(limit) for name, child in self.children.items()}
        inner = _recalled(self._foldings, tuple(parts.values()), lambda: self._folding(parts)).within(limit)
        return _recalled(self._framed, (inner,), lambda: _framed(self.block, inner)) if self.block.frame else inner

    def _folding(self, parts: Mapping[str, Laid]) -> Folding[Block] | Folding[list[str]]:
        """What is inside, to be cut into columns."""
        return (
            _net(self.block, self.links, parts) if self.block.kind == "net" else _stack(self.block, self.links, parts)
        )


def _uncut(block: Block) -> Laid | None:
    """A block that no limit cuts, in place."""
    if block.kind == "box":
        return _single(block.id, Place(0.0, BOX[1] / 2, *BOX, shape="box", direction="up"))
    if block.kind == "sum":
        return _single(block.id, Place(0.0, SUM / 2, SUM, SUM, shape="sum", direction="up"))
    if block.kind == "delay":
        return _single(block.id, Place(0.0, DELAY / 2, DELAY, DELAY, shape="bullet", direction="up"))
    return _framed(block, _opened(block.opening)) if block.opening is not None else None


def _recalled(known: list[tuple[tuple[Laid, ...], Value]], parts: tuple[Laid, ...], make: Callable[[], Value]) -> Value:
    """What was made of the same parts, or what is made of them now."""
    for before, value in known:
        if all(map(is_, before, parts)):
            return value
    known.append((parts, make()))
    return known[-1][1]


def _single(name: str, place: Place) -> Laid:
    return Laid({name: place}, box=(place.left, place.bottom, place.right, place.top))


def _framed(block: Block, inner: Laid) -> Laid:
    """A frame around what is inside; the lowest edge of the frame becomes 0."""
    left, bottom, right, top = _PADS[block.frame]
    if block.frame == "plate" and block.words:
        bottom = _PADS["container"][1]
    if block.frame == "container" and block.count is not None:
        top = _PADS["plate"][3]
    inner = inner.moved(0.0, bottom - inner.box[1])
    least = 0.0 if block.opening else named(block)
    # As far to the left as to the right: what is inside a container stands in its middle.
    widest = -_SIDE if block.frame == "container" and least else 0.0
    box = (min(inner.box[0] - left, widest), 0.0, max(inner.box[2] + right, least), inner.box[3] + top)
    frame = Place((box[0] + box[2]) / 2, box[3] / 2, box[2] - box[0], box[3], block.frame, "up")
    return replace(inner, places={block.id: frame, **inner.places}, box=box)


def _opened(opening: Opening) -> Laid:
    """What is inside an attention, where its opening says."""
    shapes = {"map": "box", "box": "box", "product": "sum", "sum": "sum"}
    cells = {cell.id: Place(cell.x, cell.y, cell.width, cell.height, shapes[cell.kind], "up") for cell in opening.cells}
    labels = {id: (tex, point) for id, tex, point in opening.labels}
    corners = [corner for place in cells.values() for corner in ((place.left, place.bottom), (place.right, place.top))]
    ways = [point for points in (*opening.fixed.values(), *opening.tails.values()) for point in points]
    box = around([*corners, *ways, *opening.dots.values(), (0.0, 0.0)])
    return Laid(cells, opening.dots, {}, box, opening.fixed, opening.tails, labels)


def named(block: Block) -> float:
    """How far right of the axis a frame must reach for its name, beside the wires that come in at the axis."""
    if not block.words:
        return 0.0
    least = _SIDE if block.frame == "container" else 0.0
    return max(least, (_CLEAR + INDENT + _SLACK * width(block.words, NAME)) / UNIT)


def _stack(block: Block, links: tuple[Link, ...], parts: Mapping[str, Laid]) -> Folding[Block]:
    """Children from the bottom up, those that a skip holds together in one column."""
    units = _units(block, _looking(block, links))
    return Folding(units, lambda each: _pile(each, block, parts), _GAP, lambda ends: [1] * len(ends))


def _looking(block: Block, links: tuple[Link, ...]) -> int:
    """The last child with an opened attention that reads something outside: wires come to those from the left."""
    own = {inner.id for inner in block.walk()}
    read = {link.target for link in links if link.target in own and link.source not in own}
    opened = [[each for inner in child.walk() if inner.opening for each in inner.walk()] for child in block.children]
    return max((number for number, cells in enumerate(opened) if any(cell.id in read for cell in cells)), default=0)


def _units(block: Block, last: int) -> list[tuple[Block, ...]]:
    """The children that may stand in different columns, by what skips hold together; all up to a last one in one."""
    index = {child.id: number for number, child in enumerate(block.children)}
    held = {number for skip in block.skips for number in range(index[skip.first], index[skip.last])}
    held |= set(range(last))
    units: list[tuple[Block, ...]] = []
    for number, child in enumerate(block.children):
        units[-1:] = [(*units[-1], child)] if number - 1 in held else [*units[-1:], (child,)]
    return units


def _pile(children: Sequence[Block], block: Block, parts: Mapping[str, Laid]) -> Laid:
    """Children of a stack in one column, with room for a branch dot under each block that a skip passes."""
    names = {child.id for child in children}
    skips = [skip for skip in block.skips if skip.first in names]
    starts = {skip.first for skip in skips}
    height = axis = 0.0
    boxes: dict[str, Box] = {}
    placed: list[Laid] = []
    for index, child in enumerate(children):
        height += (_GAP if index else 0.0) + (_BRANCH if child.id in starts else 0.0)
        part = parts[child.id]
        part = part.moved(axis, height - part.box[1])
        if child.id in starts:
            part.dots[child.id] = (axis, part.box[1] - _BRANCH)
        boxes[child.id] = part.box
        height = part.box[3]
        axis = part.out
        placed.append(part)
    whole = replace(Laid().joined(*placed), out=axis)
    for skip in skips:
        whole = _passing(whole, skip, block, boxes)
    return closed(whole, boxes)


def _passing(whole: Laid, skip: Skip, block: Block, boxes: dict[str, Box]) -> Laid:
    """The lane of a skip: left of all that it passes, lanes of inner skips included."""
    names = [child.id for child in block.children]
    passed = names[names.index(skip.first) : names.index(skip.last) + 1]
    low, end = whole.dots[skip.first], whole.places[skip.last]
    taken = [boxes[name][0] for name in passed]
    inside = (points for points in whole.lanes.values() if low[1] <= points[0][1] <= end.y)
    taken += [point[0] for points in inside for point in points]
    lane = min(taken) - _LANE
    points = (low, (lane, low[1]), (lane, end.y), (end.left, end.y))
    return replace(whole, lanes={**whole.lanes, skip.last: points})


def _net(block: Block, links: tuple[Link, ...], bodies: Mapping[str, Laid]) -> Folding[list[str]]:
    """Children in rows, each above all that feeds it; a row is centred on the axis."""
    owner = {inner.id: child.id for child in block.children for inner in child.walk()}
    inner = [
        Link(link.name, owner[link.source], owner[link.target], context=link.context)
        for link in links
        if link.source in owner and link.target in owner and owner[link.source] != owner[link.target]
    ]
    parts = {child.id: Part(child.id, "module", child.what, child.title) for child in block.children}
    read = [link for link in links if link.target in owner and owner.get(link.source) != owner[link.target]]
    reading = Counter(owner[link.target] for link in read)
    sketch = Sketch(parts, tuple(inner))
    return rows(columns(sketch), bodies.__getitem__, Wiring(sketch.links, reading))
