"""Wires among containers and what is inside them: straight up inside a stack, by the router everywhere else.

A wire enters a container at its wall, straight before the block that it reads: there is its gate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from archgraph.draw.inside.laid import Laid
from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.ports import Port, inlets, outlets
from archgraph.draw.layout.route import Route, connect
from archgraph.draw.layout.traffic import WIRE, Ends, Traffic
from archgraph.draw.paths import Box, Point
from archgraph.draw.sketch import Link

_INSIDE = ("box", "sum")
DATA = ("in", "branch")
# How far from its middle wires reach a block from below: at the right stands the name of the container.
_LEFT, _RIGHT = -1.4, 0.45


@dataclass(frozen=True)
class Ground:
    """Everything in place.

    `parents` names for each block the frames around it, the inmost first; `fed` are the blocks with a wire into
    their port for data, so that wires into other ports of theirs are a matter of the side. `names` tells where the
    names of frames stand.
    """

    laid: Laid
    parents: Mapping[str, tuple[str, ...]]
    fed: frozenset[str]
    names: Mapping[str, Box] = field(default_factory=dict)

    @property
    def places(self) -> Mapping[str, Place]:
        """The places by part or block."""
        return self.laid.places

    def entrance(self, name: str) -> float:
        """Where a wire from below reaches a block: at the lowest branch dot on its way in, else at its edge."""
        spot = self.places[name]
        around = (name, *self.parents[name])
        dots = [self.laid.dots[each] for each in around if each in self.laid.dots]
        return min([spot.bottom] + [y for x, y in dots if abs(x - spot.x) < 1e-6])


@dataclass(frozen=True)
class End:
    """An end of a wire: the port at the gate, whose wall it is, and the straight way between gate and block."""

    port: Port
    wall: str
    tail: tuple[Point, ...] = ()


@dataclass
class _Wiring:
    ground: Ground
    links: tuple[Link, ...]
    bearable: float
    found: dict[str, Route] = field(default_factory=dict)
    blocked: int = 0

    def __post_init__(self) -> None:
        holds: dict[str, set[str]] = defaultdict(set)
        for name, frames in self.ground.parents.items():
            for frame in frames:
                holds[frame].add(name)
        self.traffic = Traffic(dict(self.ground.places), holds, names=self.ground.names)
        self.sides = sides(self.ground, self.links)
        self.shifts = shifts(self.ground, self.links, self.sides)

    def lay(self, link: Link, points: tuple[Point, ...], *, alone: bool = False) -> None:
        """Lay a wire and let later ones know of it; one that is alone shares no stretch with others of its source."""
        self.found[link.name] = Route(link, points)
        self.traffic.add(link.source, points, alone=alone)

    def skips(self) -> None:
        """Residual wires, from their branch dots, and the wires inside an attention."""
        for link in self.links:
            if self.skipping(link):
                self.lay(link, self.ground.laid.lanes[link.target], alone=True)
            elif (link.target, link.port) in self.ground.laid.fixed:
                self.lay(link, self.ground.laid.fixed[link.target, link.port])

    def skipping(self, link: Link) -> bool:
        """Whether a link is a residual wire."""
        return link.target in self.ground.laid.lanes and link.port == "in"

    def straight(self) -> None:
        """Wires from a block to the one right above it."""
        for link in self.links:
            one, other = self.ground.places[link.source], self.ground.places[link.target]
            if link.name in self.found or other.shape not in _INSIDE or one.shape not in _INSIDE:
                continue
            x = one.x + 0.0
            level = abs(other.x + self.shifts[link.name] - x) < 1e-6 and self.below(link)
            if level and other.bottom > one.top and self.clear((x, one.top, x, other.bottom), link):
                self.lay(link, ((x, one.top), (x, other.bottom)))

    def below(self, link: Link) -> bool:
        """Whether a link comes in from underneath."""
        return not (self.sides.get(link.name) or sideways(link, self.ground))

    def clear(self, box: Box, link: Link) -> bool:
        """Whether a straight way meets no block but the ends of its link, and no frame but those around them."""
        own = {link.source, link.target, *self.ground.parents[link.source], *self.ground.parents[link.target]}
        return not any(
            name not in own
            and spot.left - 0.1 < box[2]
            and spot.right + 0.1 > box[0]
            and spot.bottom < box[3]
            and spot.top > box[1]
            for name, spot in self.ground.places.items()
        )

    def routed(self) -> None:
        """All others, those with the shorter way first, as long as no more are blocked than is bearable."""
        waiting = [link for link in self.links if link.name not in self.found]
        for link in sorted(waiting, key=self.distance):
            starts, ends = self.leaving(link), self.arriving(link)
            pairs = [(start, end) for start in starts for end in ends]
            ports = [(start.port, end.port) for start, end in pairs]
            joined = Ends(starts[0].wall, ends[0].wall, link.source, link.target)
            points = connect(joined, ports, traffic=self.traffic)
            self.blocked += self.traffic.cost(joined, points) >= WIRE
            if self.blocked > self.bearable:
                return
            start = next(each for each in starts if _same(each.port, points[0]))
            end = next(each for each in ends if _same(each.port, points[-1]))
            self.lay(link, tidy((*start.tail, *points, *end.tail)))

    def distance(self, link: Link) -> tuple[bool, float]:
        """What a link is laid by: data before context, near before far."""
        one, other = self.ground.places[link.source], self.ground.places[link.target]
        return not link.context, abs(one.x - other.x) + abs(one.y - other.y)

    def leaving(self, link: Link) -> list[End]:
        """Where a wire may start: the top of a block, or the wall above it."""
        spot = self.ground.places[link.source]
        if spot.shape not in _INSIDE and not self.ground.parents[link.source]:
            return [End(port, link.source) for port in self.outlets(link)]
        for name in self.walls(link.source, link.target):
            top = self.ground.places[name].top
            if self.clear((spot.x, spot.top, spot.x, top), link):
                return [End(Port(spot.x, top, 0, 1), name, ((spot.x, spot.top),))]
        return [End(Port(spot.x, spot.top, 0, 1), link.source)]

    def outlets(self, link: Link) -> tuple[Port, ...]:
        """Where a wire may leave a part that is no module: what feeds a square from aslant below leaves upward.

        So two under one square reach it from both sides alike.
        """
        spot, other = self.ground.places[link.source], self.ground.places[link.target]
        aslant = other.bottom > spot.top and abs(other.x - spot.x) > other.width / 2
        squared = spot.shape == "circle" and other.shape == "rect"
        if squared and aslant and self.clear((spot.x, spot.top, spot.x, other.y), link):
            return (Port(spot.x, spot.top, 0, 1),)
        return outlets(spot)

    def arriving(self, link: Link) -> list[End]:
        """Where a wire may end: at the gate before its block, or at the block."""
        spot, shift = self.ground.places[link.target], self.shifts[link.name]
        tail = self.ground.laid.tails.get((link.target, link.port))
        if tail:
            return [self.led(link, tail)]
        if spot.shape not in _INSIDE:
            return [End(port, link.target) for port in inlets(spot, shift)]
        if self.below(link):
            return [self.under(link, spot.x + shift)]
        return [self.beside(link, spot.y + shift, self.sides.get(link.name, -1))]

    def beside(self, link: Link, y: float, side: int) -> End:
        """The end of a wire that enters a block from the left, -1, or the right, 1."""
        spot = self.ground.places[link.target]
        edge = spot.x + side * spot.width / 2
        for name in self.walls(link.target, link.source):
            frame = self.ground.places[name]
            wall = frame.x + side * frame.width / 2
            if self.clear((min(wall, edge), y, max(wall, edge), y), link):
                return End(Port(wall, y, side, 0), name, ((edge, y),))
        return End(Port(edge, y, side, 0), link.target)

    def led(self, link: Link, tail: tuple[Point, ...]) -> End:
        """The end of a wire that comes from the left and goes on by a tail."""
        x, y = tail[0]
        for name in self.walls(link.target, link.source):
            left = self.ground.places[name].left
            if self.clear((left, y, x, y), link):
                return End(Port(left, y, -1, 0), name, tail)
        return End(Port(x, y, -1, 0), link.target, tail)

    def under(self, link: Link, x: float) -> End:
        """The end of a wire that enters a block from below."""
        low, tail = self.ground.entrance(link.target), ((x, self.ground.places[link.target].bottom),)
        for name in self.walls(link.target, link.source):
            bottom = self.ground.places[name].bottom
            if bottom < low and self.clear((x, bottom, x, low), link):
                return End(Port(x, bottom, 0, -1), name, tail)
        return End(Port(x, low, 0, -1), link.target, tail)

    def walls(self, name: str, other: str) -> list[str]:
        """The frames around a block that are not around the other one, the outermost first."""
        shared = {other, *self.ground.parents[other]}
        return [frame for frame in reversed(self.ground.parents[name]) if frame not in shared]


def sideways(link: Link, ground: Ground) -> bool:
    """Whether a wire enters a block from the left: context, state, and all that is no data of the chain."""
    return ground.places[link.target].shape in _INSIDE and link.port not in DATA and link.target in ground.fed


def sides(ground: Ground, links: Iterable[Link]) -> dict[str, int]:
    """Where wires enter a sum: -1 from the left, 0 from below, 1 from the right, as their sources stand.

    What is no context enters a box from the right, too, where its source stands at the right in the same body.
    """
    arriving: dict[str, list[Link]] = defaultdict(list)
    led = {**ground.laid.fixed, **ground.laid.tails}
    found: dict[str, int] = {}
    for link in links:
        if (link.target, link.port) in led:
            continue
        if ground.places[link.target].shape == "sum":
            arriving[link.target].append(link)
        elif sideways(link, ground) and not link.context and _at_right(link, ground):
            found[link.name] = 1
    for name, several in arriving.items():
        spot = ground.places[name]
        if name in ground.laid.lanes or len(several) < 2:
            continue
        off = {link.name: ground.places[link.source].x - spot.x for link in several}
        under = min(several, key=lambda link: (round(abs(off[link.name]), 4), -ground.places[link.source].y)).name
        found.update((each, 1 if x > off[under] else -1) for each, x in off.items())
        # Of two that stand left and right of the sum, none comes from below.
        alone = len(several) == 2 and abs(off[under]) > 1e-4
        found[under] = -sum(side for each, side in found.items() if each in off and each != under) if alone else 0
    return found


def _at_right(link: Link, ground: Ground) -> bool:
    """Whether the source of a link stands in the body of its target, and its axis right of that."""
    one, other = ground.places[link.source], ground.places[link.target]
    return ground.parents[link.source] == ground.parents[link.target] and one.x > other.right


def shifts(ground: Ground, links: Iterable[Link], around: Mapping[str, int]) -> dict[str, float]:
    """How far from the middle of its side each wire arrives, in the order of the sources along the side."""
    walls: dict[tuple[str, bool], list[Link]] = defaultdict(list)
    result: dict[str, float] = {}
    for link in links:
        result[link.name] = 0.0
        set_already = (link.target, link.port) in {**ground.laid.fixed, **ground.laid.tails}
        if not (set_already or (link.target in ground.laid.lanes and link.port == "in")):
            walls[link.target, sideways(link, ground)].append(link)
    for (name, left), arriving in walls.items():
        spot = ground.places[name]
        if spot.shape == "switch":
            result.update((link.name, 0.5 - index) for index, link in enumerate(arriving))
            continue
        if left or spot.shape not in _INSIDE:
            ordered = sorted(arriving, key=lambda link: ground.places[link.source].y)
            result.update(zip((link.name for link in ordered), _even(len(ordered), 0.25), strict=True))
        else:
            result.update(_under(ground, spot, arriving))
    entering: dict[tuple[str, int], list[str]] = defaultdict(list)
    for link in links:
        if link.name in around:
            entering[link.target, around[link.name]].append(link.name)
    for names in entering.values():
        result.update(zip(names, _even(len(names), 0.1), strict=True))
    return result


def _even(count: int, reach: float) -> list[float]:
    """Even distances from the middle, the lowest first."""
    return [reach * (2 * index / (count - 1) - 1) if count > 1 else 0.0 for index in range(count)]


def _under(ground: Ground, spot: Place, arriving: list[Link]) -> dict[str, float]:
    """Wires into the lower side of a block: one from right below stays straight, the others keep their side."""
    if len(arriving) == 1:
        return {arriving[0].name: 0.0}
    ordered = sorted(arriving, key=lambda link: _turn(ground, link))
    exact = [ground.places[link.source].x - spot.x for link in ordered]
    under = all(ground.places[link.source].top < spot.bottom for link in ordered)
    if under and max(map(abs, exact)) < 0.51 and all(b - a > 0.5 for a, b in pairwise(exact)):
        return dict(zip((link.name for link in ordered), exact, strict=True))
    middle = [index for index, shift in enumerate(exact) if abs(shift) < 1e-6]
    after = len(ordered) - 1 - middle[0] if len(middle) == 1 else len(ordered)
    if after <= 1:
        spots = [_LEFT * (middle[0] - index) / max(middle[0], 2) for index in range(middle[0] + 1)] + [_RIGHT] * after
    elif len(ordered) < 4:
        spots = _even(len(ordered), 0.35 if len(ordered) == 2 else _RIGHT)
    else:
        step = min(_RIGHT, (_RIGHT - _LEFT) / (len(ordered) - 1))
        spots = [_RIGHT - step * index for index in reversed(range(len(ordered)))]
    return dict(zip((link.name for link in ordered), spots, strict=True))


def _turn(ground: Ground, link: Link) -> tuple[int, float]:
    """The order of wires along a lower side: as their sources stand, but of those beside it the far one passes under.

    What stands beside comes down a gutter, so the wire of the nearest turns up first.
    """
    shared = {link.target, *ground.parents[link.target]}
    around = [name for name in (link.source, *ground.parents[link.source]) if name not in shared]
    spot, wall = ground.places[link.target], ground.places[around[-1]]
    if wall.top < spot.bottom or (wall.left < spot.right and wall.right > spot.left):
        return 0, ground.places[link.source].x
    return (1 if wall.x > spot.x else -1), -ground.places[link.source].x


def _same(port: Port, point: Point) -> bool:
    return abs(port.x - point[0]) + abs(port.y - point[1]) < 1e-3


def tidy(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Only the points at which a way turns, to the router's four decimals."""
    kept: list[Point] = []
    for x, y in points:
        spot = (round(x, 4), round(y, 4))
        if kept and kept[-1] == spot:
            continue
        if len(kept) > 1 and any(kept[-2][axis] == kept[-1][axis] == spot[axis] for axis in (0, 1)):
            kept.pop()
        kept.append(spot)
    return tuple(kept)


@dataclass(frozen=True)
class Ways:
    """A route for every link, in their order, and how many of them found no way of their own."""

    routes: tuple[Route, ...]
    blocked: int


def ways(ground: Ground, links: tuple[Link, ...], *, bearable: float = inf) -> Ways | None:
    """The ways of all links, or None where more than is bearable find none of their own."""
    wiring = _Wiring(ground, links, bearable)
    wiring.skips()
    wiring.straight()
    wiring.routed()
    if wiring.blocked > bearable:
        return None
    return Ways(tuple(wiring.found[link.name] for link in links), wiring.blocked)
