"""Small signs beside the parts of a finished picture, where it leaves room."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

from archgraph.draw import shapes
from archgraph.draw.letters import lettering
from archgraph.draw.paths import Box, Point, around, bounds
from archgraph.draw.scene import Group, Item, Line, Shape, Style
from archgraph.draw.theme import Theme

_RADIUS, _SMALL = 9.5, 7.0
_SIZE = 20.0
_STROKE = 1.2
_GAP = 5.0
_IN = 9.0
# How far apart spots are that are tried where the usual ones are taken.
_STEP = 5.0


def badge(item: Group, sign: str, others: tuple[Item, ...], *, page: tuple[float, float], theme: Theme) -> Group:
    """A sign in a small circle where what an item shows, or its plate, has a free corner, or beside a wire.

    Where no spot is free it is smaller, and else it stands on as little as can be.
    """
    framed = next((each for each in others if each.id == f"{item.id}--plate"), item)
    taken = [box for each in others for box in _boxes(each)]
    (x, y), radius = _spot(framed, taken, page)
    id, size = f"badge--{item.id}", _SIZE * radius / _RADIUS
    box = _around((x, y), radius)
    ring = Shape(
        f"{id}/shape", "circle", box, Style(theme.text, _STROKE, theme.background, name="badge"), shapes.circle(box)
    )
    said = lettering.words(f"{id}/words", sign, (0.0, 0.0), size=size, colour=theme.text)
    middle = ((said.box[0] + said.box[2]) / 2, (said.box[1] + said.box[3]) / 2)
    words = lettering.words(f"{id}/words", sign, (x - middle[0], y - middle[1]), size=size, colour=theme.text)
    return Group(id, sign, "badge", (ring, words))


def _spot(item: Item, taken: list[Box], page: tuple[float, float]) -> tuple[Point, float]:
    """The first spot on which nothing stands and the radius of the sign there, or the spot on which least stands."""
    tried: list[tuple[Point, float]] = []
    for radius in (_RADIUS, _SMALL):
        wire = item if isinstance(item, Group) and item.kind == "wire" else None
        for spot in _along(wire, radius) if wire else _beside(_extent(item), radius):
            if not _met(_around(spot, radius), taken, page):
                return spot, radius
            tried.append((spot, radius))
    return min(tried, key=lambda each: _met(_around(*each), taken, page))


def _beside(box: Box, radius: float) -> Iterator[Point]:
    """Over and under the corners of a box, then beside them, at the middles of its sides' halves, all around it."""
    out = radius + _GAP
    for inner in (_IN, (box[2] - box[0]) / 4):
        for y in (box[1] - out, box[3] + out):
            yield box[2] - inner, y
            yield box[0] + inner, y
        for x in (box[2] + out, box[0] - out):
            yield x, box[1] + _IN
            yield x, box[3] - _IN
    for further in (-_GAP + 1.0, 0.0, _GAP, 2 * _GAP):
        yield from _rim(
            (box[0] - out - further, box[1] - out - further, box[2] + out + further, box[3] + out + further)
        )


def _rim(box: Box) -> Iterator[Point]:
    """Points all along the sides of a box, from its right to its left and from its top down."""
    across, down = (max(1, round((end - start) / _STEP)) for start, end in ((box[0], box[2]), (box[1], box[3])))
    for step in range(across + 1):
        x = box[2] - (box[2] - box[0]) * step / across
        yield from ((x, box[1]), (x, box[3]))
    for step in range(1, down):
        y = box[1] + (box[3] - box[1]) * step / down
        yield from ((box[2], y), (box[0], y))


def _along(item: Group, radius: float) -> Iterator[Point]:
    """Beside the middles of the stretches of a wire, the longest first, then beside other points of them."""
    stretches = [pair for line in item.items if isinstance(line, Line) for pair in pairwise(line.points)]
    stretches.sort(key=lambda pair: -abs(pair[0][0] - pair[1][0]) - abs(pair[0][1] - pair[1][1]))
    for gap, part in product((_GAP, 2.0, 2 * _GAP, 4 * _GAP), (0.5, 0.35, 0.65, 0.25, 0.75, 0.15, 0.85, 0.05, 0.95)):
        for one, other in stretches:
            x, y = one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part
            for out in (-radius - gap, radius + gap):
                yield (x, y + out) if one[1] == other[1] else (x + out, y)


def _met(box: Box, taken: list[Box], page: tuple[float, float]) -> int:
    """On how much a box would stand; the edge of the page counts more than all there is."""
    inside = box[0] > _GAP and box[1] > _GAP and box[2] < page[0] - _GAP and box[3] < page[1] - _GAP
    met = (box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken)
    return sum(met) + (0 if inside else len(taken) + 1)


def _around(spot: Point, reach: float) -> Box:
    return spot[0] - reach, spot[1] - reach, spot[0] + reach, spot[1] + reach


def _extent(item: Item) -> Box:
    return around(corner for box in _boxes(item) for corner in (box[:2], box[2:]))


def _boxes(item: Item) -> Iterator[Box]:
    """The boxes of all ink of an item, a little widened for wires."""
    if isinstance(item, Group):
        for each in item.items:
            yield from _boxes(each)
    elif isinstance(item, Line):
        for pair in pairwise(item.points):
            left, top, right, bottom = around(pair)
            yield left - 1.0, top - 1.0, right + 1.0, bottom + 1.0
        if item.head:
            yield bounds(item.head)
    else:
        yield item.box
