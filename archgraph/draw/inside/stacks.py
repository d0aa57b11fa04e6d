"""Places inside a module: layers stacked upward about an axis, the parts of a net in rows, frames around them.

Everything is in u, the axis at x = 0 and the lowest edge at y = 0 until the module is set on the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from archgraph.draw.inside.attention import Opening, Ways
from archgraph.draw.inside.blocks import Block, Skip
from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.layers import columns
from archgraph.draw.letters.typeface import width
from archgraph.draw.paths import Box, Point, around
from archgraph.draw.shapes import UNIT
from archgraph.draw.sketch import Link, Part, Sketch

# The notation's 198 × 45 pt boxes and 21.4 pt sums, in u.
BOX = (3.3, 0.75)
SUM = 21.4 / 60.0
DELAY = 0.8
_GAP = 0.3
_BRANCH = 0.35
_LANE = 0.3
_ROW = 0.8
# So many wires find their ways between two rows without more room.
_FEW = 4
_COLUMN = 0.7
# left, bottom, right, top: the caption stands at the bottom of a container, the count at the top of a plate.
_PADS = {"container": (0.22, 0.45, 0.22, 0.25), "plate": (0.16, 0.2, 0.16, 0.36)}
CAPTION = 0.38
# In points: the size of a name, and what it leaves free for wires at the axis and at the rounded corner.
NAME = 18.0
_CLEAR = 36.0
INDENT = 12.0
# Containers with names up to the length of "Predictor" are equally wide.
_SIDE = 2.12
# On a small page a name keeps 9 pt, and needs more of its container.
_SLACK = 1.12


@dataclass(frozen=True)
class Laid:
    """Blocks in place: `dots` by the block over a branch dot, `lanes` by the block that a skip enters.

    Inside an attention, `fixed` are the ways of wires by target and port, `tails` their last stretches where they come
    from outside, and `labels` symbols with the wires' points that they stand beside.
    """

    places: dict[str, Place] = field(default_factory=dict)
    dots: dict[str, Point] = field(default_factory=dict)
    lanes: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    fixed: Ways = field(default_factory=dict)
    tails: Ways = field(default_factory=dict)
    labels: dict[str, tuple[str, Point]] = field(default_factory=dict)

    def moved(self, dx: float, dy: float) -> Laid:
        """All of it shifted."""

        def shift(point: Point) -> Point:
            return point[0] + dx, point[1] + dy

        places = {name: replace(place, x=place.x + dx, y=place.y + dy) for name, place in self.places.items()}
        dots = {name: shift(point) for name, point in self.dots.items()}
        lanes = {name: tuple(map(shift, points)) for name, points in self.lanes.items()}
        fixed = {pin: tuple(map(shift, points)) for pin, points in self.fixed.items()}
        tails = {pin: tuple(map(shift, points)) for pin, points in self.tails.items()}
        labels = {name: (tex, shift(point)) for name, (tex, point) in self.labels.items()}
        left, bottom, right, top = self.box
        box = (left + dx, bottom + dy, right + dx, top + dy)
        return Laid(places, dots, lanes, box, fixed, tails, labels)

    def joined(self, other: Laid) -> Laid:
        """This and another one, the box still to be told."""
        return Laid(
            {**self.places, **other.places},
            {**self.dots, **other.dots},
            {**self.lanes, **other.lanes},
            fixed={**self.fixed, **other.fixed},
            tails={**self.tails, **other.tails},
            labels={**self.labels, **other.labels},
        )


def laid(block: Block, links: tuple[Link, ...]) -> Laid:
    """A block and all inside it."""
    if block.kind == "box":
        return _single(block.id, Place(0.0, BOX[1] / 2, *BOX, shape="box", direction="up"))
    if block.kind == "sum":
        return _single(block.id, Place(0.0, SUM / 2, SUM, SUM, shape="sum", direction="up"))
    if block.kind == "delay":
        return _single(block.id, Place(0.0, DELAY / 2, DELAY, DELAY, shape="bullet", direction="up"))
    if block.opening is not None:
        return _framed(block, _opened(block.opening))
    inner = _net(block, links) if block.kind == "net" else _stack(block, links)
    return _framed(block, inner) if block.frame else inner


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


def _stack(block: Block, links: tuple[Link, ...]) -> Laid:
    """Children from the bottom up, with room for a branch dot under each block that a skip passes."""
    whole = Laid()
    starts = {skip.first for skip in block.skips}
    height = 0.0
    boxes: dict[str, Box] = {}
    for index, child in enumerate(block.children):
        height += (_GAP if index else 0.0) + (_BRANCH if child.id in starts else 0.0)
        part = laid(child, links)
        part = part.moved(0.0, height - part.box[1])
        if child.id in starts:
            part.dots[child.id] = (0.0, part.box[1] - _BRANCH)
        boxes[child.id] = part.box
        height = part.box[3]
        whole = whole.joined(part)
    for skip in block.skips:
        whole = _passing(whole, skip, block, boxes)
    return _closed(whole, boxes)


def _closed(whole: Laid, boxes: dict[str, Box]) -> Laid:
    """The box around children, dots and lanes."""
    corners = [corner for box in boxes.values() for corner in (box[:2], box[2:])]
    corners += [point for points in whole.lanes.values() for point in points]
    corners += whole.dots.values()
    return replace(whole, box=around(corners))


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


def _net(block: Block, links: tuple[Link, ...]) -> Laid:
    """Children in rows, each above all that feeds it; a row is centred on the axis."""
    owner = {inner.id: child.id for child in block.children for inner in child.walk()}
    inner = [
        Link(link.name, owner[link.source], owner[link.target])
        for link in links
        if link.source in owner and link.target in owner and owner[link.source] != owner[link.target]
    ]
    parts = {child.id: Part(child.id, "module", child.what, child.title) for child in block.children}
    sizes = {child.id: laid(child, links) for child in block.children}
    read = [link for link in links if link.target in owner and owner.get(link.source) != owner[link.target]]
    reading = Counter(owner[link.target] for link in read)
    return rows(columns(Sketch(parts, tuple(inner))), sizes.__getitem__, reading)


def rows(names: list[list[str]], size: Callable[[str], Laid], reading: Mapping[str, int] | None = None) -> Laid:
    """Rows from the bottom up, their children side by side on a common lower edge.

    `reading` says how many wires come to a child: under a row that many come to, there is more room.
    """
    whole = Laid()
    boxes: dict[str, Box] = {}
    height = 0.0
    for index, row in enumerate(names):
        parts = {name: size(name) for name in row}
        height += _LANE * max(0, sum((reading or {}).get(name, 0) for name in row) - _FEW) if index else 0.0
        span = sum(part.box[2] - part.box[0] for part in parts.values()) + _COLUMN * (len(row) - 1)
        # A child alone in its row keeps its axis on the axis of the net, so that wires run straight.
        edge = next(iter(parts.values())).box[0] if len(row) == 1 else -span / 2
        for name, part in parts.items():
            placed = part.moved(edge - part.box[0], height - part.box[1])
            edge = placed.box[2] + _COLUMN
            boxes[name] = placed.box
            whole = whole.joined(placed)
        height = max(boxes[name][3] for name in row) + _ROW
    return _closed(whole, boxes)
