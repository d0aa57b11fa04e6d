"""A layered plan for graphs outside the family: data flows right, one column a step, on the same grid.

Sugiyama, Tagawa and Toda (1981): a wire that passes columns holds a lane in each of them, parts and lanes are ordered
so that few wires cross, and between two columns wires change rows in a channel. All wires of one source are one net.
"""

from __future__ import annotations

from collections import defaultdict

from archgraph.draw.layout.channels import Net, Way, channel
from archgraph.draw.layout.grid import Place, Plan, length, place
from archgraph.draw.layout.lanes import Lanes
from archgraph.draw.layout.order import ordered
from archgraph.draw.layout.ranks import forward, ranks
from archgraph.draw.layout.rows import height, rows, spread
from archgraph.draw.paths import Point
from archgraph.draw.sketch import Link, Part, Sketch

# A channel: how far tracks are from columns, nearer where there are many columns, and from each other.
_MARGIN = 0.5
_NEAR = 0.35
_MANY = 8
_TRACK = 0.25
# Between wires that reach a circle: what a union of two graphs makes in two ways.
_NARROW = 0.25
# The room of a dome across the flow, on the grid.
_DOME = 2.5


def layered(sketch: Sketch, *, upright: bool = False) -> Plan:
    """Columns by the longest way from a source, rows by the middle of the neighbours, and the ways of all wires.

    `upright` says that the plan is to be turned by a right angle, so that modules stand across the flow.
    """
    lanes = _lanes(sketch)
    inputs = _inputs(sketch)
    heights = {name: _height(sketch.parts[name], len(inputs[name]), upright) for name in sketch.parts}
    return _Layers(sketch, lanes, rows(lanes, heights), heights).plan(inputs, upright=upright)


def _height(part: Part, inputs: int, upright: bool) -> float:
    """How much room a part takes across the flow."""
    return max(_DOME if upright and part.sort == "module" and length(part) > 1 else 0.0, height(part, inputs))


def columns(sketch: Sketch) -> list[list[str]]:
    """The parts by the longest way from a source, those of one step in an order of few crossings."""
    return [[name for name in column if name in sketch.parts] for column in _lanes(sketch).columns]


def _lanes(sketch: Sketch) -> Lanes:
    ahead = forward(sketch)
    return ordered(Lanes.of(ranks(sketch, ahead), ahead))


def _inputs(sketch: Sketch) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    for link in sketch.links:
        found[link.target].append(link)
    return found


class _Layers:
    """One layered plan: where the rows are is known, where the columns are follows from the channels between them."""

    def __init__(self, sketch: Sketch, lanes: Lanes, level: dict[str, float], heights: dict[str, float]) -> None:
        self.sketch, self.lanes, self.level, self.heights = sketch, lanes, level, heights
        # Wires against the flow find their ways later, and need the room.
        onward = all(lanes.holder(link.source, link.target) for link in sketch.links)
        self.margin = _NEAR if onward and len(lanes.columns) > _MANY else _MARGIN
        self.shifts: dict[str, float] = {}
        self.arriving: dict[str, list[Link]] = defaultdict(list)
        self.places: dict[str, Place] = {}
        self.turns: dict[tuple[str, float], Way] = {}

    def plan(self, inputs: dict[str, list[Link]], *, upright: bool) -> Plan:
        """Places for all parts, and ways for all wires that run with the flow."""
        for name, links in inputs.items():
            self.arrive(self.sketch.parts[name], links)
        edge = 0.0
        for column in self.lanes.columns:
            edge = self.bridge(column, self.stand(column, edge, upright))
        places = {name: self.places[name] for name in self.sketch.parts}
        ways = {link.name: self.way(link) for links in self.arriving.values() for link in links}
        return Plan(places, layered=True, ways=ways, shifts=self.shifts)

    def arrive(self, part: Part, links: list[Link]) -> None:
        """Spread the wires into a part along its left side, in the order in which they come."""
        holders = {link.name: self.lanes.holder(link.source, part.name) for link in links}
        ordered = sorted(links, key=lambda link: self.level[holders[link.name] or link.source])
        if part.sort == "switch":
            ordered = list(reversed(links))
        self.shifts.update(zip((link.name for link in ordered), _spread(part, len(links)), strict=True))
        for link in links:
            if holders[link.name]:
                self.arriving[holders[link.name]].append(link)

    def row(self, link: Link) -> float:
        """The row at which a wire arrives."""
        return self.level[link.target] + self.shifts[link.name]

    def stand(self, column: list[str], edge: float, upright: bool) -> float:
        """Stand the parts of a column in their rows; returns its right edge."""
        parts = [self.sketch.parts[name] for name in column if name in self.sketch.parts]
        wide = max((1.0 if upright else length(part) for part in parts), default=0.0)
        for part in parts:
            spot = place(part, edge + wide / 2, self.level[part.name])
            spot = spot._replace(width=min(spot.width, 1.0)) if upright else spot
            self.places[part.name] = spot._replace(height=max(spot.height, self.heights[part.name]))
        return edge + wide

    def bridge(self, column: list[str], edge: float) -> float:
        """Let the wires out of a column change their rows; returns where the next column begins."""
        nets = [Net(name, self.level[name], self.ends(name)) for name in column if self.lanes.ahead[name]]
        found, tracks = channel(nets)
        for key, way in found.items():
            self.turns[key] = tuple((edge + self.margin + _TRACK * track, row) for track, row in way)
        return edge + 2 * self.margin + _TRACK * max(0, tracks - 1)

    def ends(self, name: str) -> tuple[float, ...]:
        """The rows at which a net enters the next column."""
        lanes = [self.level[each] for each in self.lanes.ahead[name] if self.lanes.lane(each)]
        links = self.arriving.get(name, ())
        return tuple(dict.fromkeys([*lanes, *map(self.row, links)]))

    def way(self, link: Link) -> tuple[Point, ...]:
        """The corners of a wire, from the edge of its source to the edge of its target."""
        one, other = self.places[link.source], self.places[link.target]
        points: list[Point] = [(one.x if one.shape == "switch" else one.right, one.y)]
        chain = self.lanes.chain(link.source, link.target)
        stops = [*(self.level[lane] for lane in chain[1:]), self.row(link)]
        for lane, stop in zip(chain, stops, strict=True):
            for x, y in self.turns[lane, stop]:
                # What goes on in its row passes the track on which others of its source turn.
                if y != points[-1][1]:
                    points += [(x, points[-1][1]), (x, y)]
        return (*points, (other.left, self.row(link)))


def _spread(part: Part, count: int) -> tuple[float, ...]:
    """Where wires reach a part: the contacts of a switch, near the middle of a circle, along a flat side."""
    step = 1.0 if part.sort == "switch" else _NARROW if part.sort in ("variable", "start") else 0.0
    return tuple(step * (index - (count - 1) / 2) for index in range(count)) if step else spread(count)
