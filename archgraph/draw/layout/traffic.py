"""What stands in the way of a wire: shapes, and the wires that are already there."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Set
from typing import NamedTuple

from archgraph.draw.layout.cells import Cells, touched
from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.lines import Lines
from archgraph.draw.paths import Box, Point, around

Segment = tuple[Point, Point]
CLEARANCE = 0.2
_CORNER = 0.75
CROSSING = 5.0
# A wire may lie on another only where there is no other way, and never run through a shape.
WIRE = 1000.0
SHAPE = 1_000_000.0
_SHARED_PORT = 6.0
_TOGETHER = 0.5
_TWIN = 2.0
_ROOM = 0.6
# How far a wire keeps from the walls of frames that it passes.
_WALL = 0.15
_OUTSIDE = 10.0
# What it costs to run through the name of such a frame.
_NAME = 40.0
# A wire comes straight at a side of its own shape at least this far from the corners.
_INWARD = 0.02


def length(points: tuple[Point, ...]) -> float:
    """The length of an orthogonal way with the price of its corners, in u."""
    ways = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(points))
    return ways + _CORNER * (len(points) - 2)


def segments(points: tuple[Point, ...]) -> tuple[Segment, ...]:
    """The straight stretches of a way."""
    return tuple(itertools.pairwise(points))


class Ends(NamedTuple):
    """The shapes that a wire joins, whose it is, and who reads it: those of one owner may share a stretch and a port.

    A wire between the walls of containers has these for its shapes, and the blocks inside for its owner and reader.
    """

    source: str
    target: str
    owner: str
    reader: str


class Traffic:
    """Shapes and wires on the plan, and what a further wire would cost among them."""

    def __init__(
        self,
        places: dict[str, Place],
        holds: Mapping[str, Set[str]] | None = None,
        *,
        names: Mapping[str, Box] | None = None,
        clearance: float = CLEARANCE,
    ) -> None:
        """Start with shapes and no wires.

        Args:
            places: the shapes.
            holds: what stands inside a shape that wires may enter.
            names: where the name of such a shape stands in it.
            clearance: how far, in u, wires keep from shapes that they do not join.
        """
        self.clearance = clearance
        self.places = places
        self.holds = holds or {}
        self.names = names or {}
        self.shapes: Cells[str] = Cells()
        self.wires: Cells[tuple[str, Segment, bool]] = Cells()
        self.ends: dict[Point, list[tuple[str, bool]]] = defaultdict(list)
        for name, place in places.items():
            box = (place.left, place.bottom, place.right, place.top)
            self.shapes.add(_widened(box), name)

    def add(self, owner: str, points: tuple[Point, ...], *, alone: bool = False) -> None:
        """Lay a wire; one that is alone lets no other lie on it, not even of its owner."""
        for segment in segments(points):
            self.wires.add(_widened(around(segment)), (owner, segment, alone))
        self.ends[points[0]].append((owner, True))
        self.ends[points[-1]].append((owner, False))

    def cost(self, ends: Ends, points: tuple[Point, ...]) -> float:
        """Length and corners in u, with prices for crossings, shared ports and blocked ways."""
        price = length(points)
        for segment in segments(points):
            near = self.shapes.near(around(segment))
            solid = [name for name in near if not self.around(name, ends)]
            price += SHAPE * sum(self.blocked(segment, name, name in ends) for name in solid)
            price += sum(self.walls(segment, name, ends) for name in near if name not in solid)
            price += self.crossings(segment, ends.owner)
        return price + self.ports(ends.owner, points)

    def around(self, name: str, ends: Ends) -> bool:
        """Whether a shape is a frame around one of the ends."""
        inside = self.holds.get(name, ())
        return ends.source in inside or ends.target in inside

    def blocked(self, segment: Segment, name: str, own: bool) -> bool:
        """Whether a stretch runs through a shape, or too near to one that is not its own end."""
        place = self.places[name]
        (x0, y0), (x1, y1) = segment
        # The wiper of a switch starts between its contacts and leaves as data flows.
        if own and place.shape == "switch" and _wiped(place, y0 if y0 == y1 else x0, level=y0 == y1):
            return False
        # At its own shape a wire may come straight at a side, but not run along one.
        level = y0 == y1
        low, at, high = (place.bottom, y0, place.top) if level else (place.left, x0, place.right)
        inward = own and low + _INWARD < at < high - _INWARD
        gap = -0.01 if inward else self.clearance - 1e-6
        return (
            max(x0, x1) > place.left - gap
            and min(x0, x1) < place.right + gap
            and max(y0, y1) > place.bottom - gap
            and min(y0, y1) < place.top + gap
        )

    def beside(self, segment: Segment, name: str) -> bool:
        """Whether a stretch runs along a wall of a frame that it may pass."""
        place = self.places[name]
        across, up = (place.left, place.right), (place.bottom, place.top)
        (x0, y0), (x1, y1) = segment
        (low, high), (under, over), at = (across, up, y0) if y0 == y1 else (up, across, x0)
        first, last = sorted((x0, x1) if y0 == y1 else (y0, y1))
        return min(abs(under - at), abs(over - at)) < _WALL and last > low + 1e-9 and first < high - 1e-9

    def walls(self, segment: Segment, name: str, ends: Ends) -> float:
        """The price of running along a wall of a frame or through its name, or of leaving one around both ends."""
        if self.beside(segment, name):
            return WIRE
        left, bottom, right, top = around(segment)
        box = self.names.get(name)
        if box and left < box[2] and right > box[0] and bottom < box[3] and top > box[1]:
            return _NAME
        place, inside = self.places[name], self.holds.get(name, ())
        outside = not all(place.left <= x <= place.right and place.bottom <= y <= place.top for x, y in segment)
        return _OUTSIDE if outside and all(end in inside for end in ends[:2]) else 0.0

    def crossings(self, segment: Segment, owner: str) -> float:
        """The price of meeting wires of other owners: a crossing costs, lying on one another is blocked."""
        near = self.wires.near(around(segment))
        found = 0.0
        for whose, other, alone in near:
            if whose == owner and not alone:
                found += _beside(segment, other)
                continue
            price = _meeting(segment, other)
            found += price if whose != owner or price >= WIRE else 0.0
        return found

    def charged(self, ends: Ends, lines: Lines) -> Lines:
        """Lines with what their steps cost, but for ports: the same as `cost` of each, at once for all."""
        whole = ((lines.spots[0], lines.at[0]), (lines.spots[-1], lines.at[-1]))
        area = around(whole if lines.level else (corner[::-1] for corner in whole))
        for name in self.shapes.near(area):
            if not self.around(name, ends):
                self._bar(lines, name, name in ends)
            else:
                self._wall(lines, name, ends)
        for whose, segment, alone in self.wires.near(area):
            if whose != ends.owner:
                _meet(lines, segment)
            else:
                _join(lines, segment, alone=alone)
        return lines

    def _bar(self, lines: Lines, name: str, own: bool) -> None:
        """Let a shape bar the steps of lines that run through it, or too near."""
        place = self.places[name]
        (low, high), (under, over) = _sides(place, level=lines.level)
        gap = self.clearance - 1e-6
        near = lines.between(under - gap, over + gap)
        if not own:
            lines.charge(near, low - gap, high + gap, SHAPE)
            return
        wiped = place.shape == "switch"
        barred = [index for index in near if not (wiped and _wiped(place, lines.at[index], level=lines.level))]
        inward = lines.between(under + _INWARD, over - _INWARD)
        lines.charge([index for index in barred if index not in inward], low - gap, high + gap, SHAPE)
        lines.charge([index for index in barred if index in inward], low + 0.01, high - 0.01, SHAPE)

    def _wall(self, lines: Lines, name: str, ends: Ends) -> None:
        """Charge steps of lines along a wall of a frame or through its name, or outside of one around both ends."""
        place, inside = self.places[name], self.holds.get(name, ())
        if name in self.names:
            left, bottom, right, top = self.names[name]
            (start, stop), (lower, upper) = (
                ((left, right), (bottom, top)) if lines.level else ((bottom, top), (left, right))
            )
            lines.charge(lines.between(lower, upper), start, stop, _NAME)
        (low, high), (under, over) = _sides(place, level=lines.level)
        along = {*lines.beside(under, _WALL), *lines.beside(over, _WALL)}
        lines.charge(along, low + 1e-9, high - 1e-9, WIRE)
        if all(end in inside for end in ends[:2]):
            first, last = lines.spots[0] - 1.0, lines.spots[-1] + 1.0
            near = lines.within(*touched(under - CLEARANCE, over + CLEARANCE))
            passing = [index for index in near if index not in along]
            within = [index for index in passing if under <= lines.at[index] <= over]
            lines.charge(within, first, low - 1e-9, _OUTSIDE)
            lines.charge(within, high + 1e-9, last, _OUTSIDE)
            lines.charge((index for index in passing if index not in within), first, last, _OUTSIDE)

    def ports(self, owner: str, points: tuple[Point, ...]) -> float:
        """The price of ending where another wire ends; wires of one owner may leave together."""
        return self.port(owner, points[0], leaving=True) + self.port(owner, points[-1], leaving=False)

    def port(self, owner: str, end: Point, *, leaving: bool) -> float:
        """The price of one end."""
        return sum(
            _TOGETHER if leaving and left and whose == owner else _SHARED_PORT for whose, left in self.ends.get(end, ())
        )


def _wiped(switch: Place, at: float, *, level: bool) -> bool:
    """Whether a stretch runs between the contacts of a switch, as its data flows."""
    # Lines are rounded, places are not.
    return level == (switch.direction in ("right", "left")) and abs(at - (switch.y if level else switch.x)) < 1e-3


def _widened(box: Box) -> Box:
    return (box[0] - CLEARANCE, box[1] - CLEARANCE, box[2] + CLEARANCE, box[3] + CLEARANCE)


def _meeting(one: Segment, other: Segment) -> float:
    """The price of two stretches meeting, 0 where they keep apart."""
    upright, standing = one[0][0] == one[1][0], other[0][0] == other[1][0]
    if upright == standing:
        axis = 0 if upright else 1
        near = abs(one[0][axis] - other[0][axis]) < CLEARANCE - 1e-6
        return WIRE if near and _overlap(one, other, 1 - axis) else 0.0
    slack = CLEARANCE / 2
    return CROSSING if _overlap(one, other, 0, slack) and _overlap(one, other, 1, slack) else 0.0


def _beside(one: Segment, other: Segment) -> float:
    """The price of two stretches of one owner running side by side instead of as one."""
    upright, standing = one[0][0] == one[1][0], other[0][0] == other[1][0]
    if upright != standing:
        return 0.0
    axis = 0 if upright else 1
    apart = abs(one[0][axis] - other[0][axis])
    return _TWIN if 1e-6 < apart < _ROOM and _overlap(one, other, 1 - axis) else 0.0


def _sides(place: Place, *, level: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a shape begins and ends along lines, and across them."""
    across, up = (place.left, place.right), (place.bottom, place.top)
    return (across, up) if level else (up, across)


def _meet(lines: Lines, segment: Segment) -> None:
    """Charge the steps of lines that meet a stretch of another owner's wire."""
    along, over = _spans(segment, level=lines.level)
    if _parallel(segment, level=lines.level):
        lines.charge(lines.beside(over[0], CLEARANCE - 1e-6), along[0] + 1e-9, along[1] - 1e-9, WIRE)
    else:
        slack = CLEARANCE / 2
        lines.charge(lines.between(over[0] - slack, over[1] + slack), along[0] - slack, along[0] + slack, CROSSING)


def _join(lines: Lines, segment: Segment, *, alone: bool) -> None:
    """Charge the steps of lines along a stretch of a wire of the same owner, but for those that lie on it."""
    if not _parallel(segment, level=lines.level):
        return
    along, over = _spans(segment, level=lines.level)
    near = lines.beside(over[0], CLEARANCE - 1e-6 if alone else _ROOM)
    if not alone:
        seen = lines.within(*touched(over[0] - CLEARANCE, over[1] + CLEARANCE))
        near = [index for index in near if index in seen and abs(over[0] - lines.at[index]) > 1e-6]
    lines.charge(near, along[0] + 1e-9, along[1] - 1e-9, WIRE if alone else _TWIN)


def _parallel(segment: Segment, *, level: bool) -> bool:
    """Whether a stretch of a wire runs along lines."""
    return (segment[0][0] != segment[1][0]) == level


def _spans(segment: Segment, *, level: bool) -> tuple[list[float], list[float]]:
    """Where a stretch of a wire begins and ends along lines, and across them."""
    (x0, y0), (x1, y1) = segment
    across, up = sorted((x0, x1)), sorted((y0, y1))
    return (across, up) if level else (up, across)


def _overlap(one: Segment, other: Segment, axis: int, slack: float = 0.0) -> bool:
    low, high = sorted((one[0][axis], one[1][axis]))
    bottom, top = sorted((other[0][axis], other[1][axis]))
    return high + slack > bottom + 1e-9 and top + slack > low + 1e-9
