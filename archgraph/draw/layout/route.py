"""Orthogonal wires between the ports of a plan: no wire through a shape, none on top of another, few corners.

Each wire first tries the plain ways (straight, one corner, two corners); where all of these are blocked or
cross another wire, a search over the free channels decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import NamedTuple

from archgraph.draw.layout.grid import Place, Plan
from archgraph.draw.layout.ports import POINTING, Port, inlets, offsets, outlets
from archgraph.draw.layout.traffic import CLEARANCE, Ends, Traffic, length
from archgraph.draw.paths import Point, around
from archgraph.draw.sketch import Link, Sketch

_STEP = 0.25
_CLEAN = 4.0
# Where shapes stand so close that wires cannot keep their usual distance: half the width of an arrow head.
_CLOSE = 0.1
# A head, and the gap before what it points at.
_SHORTEST = 0.21
# From where to where over a repeated module its count stands.
_COUNT = (0.05, 0.4)


class Route(NamedTuple):
    """The corners of one wire in u, from the edge of its source to the edge of its target."""

    link: Link
    points: tuple[Point, ...]


def route(sketch: Sketch, plan: Plan) -> tuple[Route, ...]:
    """A wire for every link that is not silent, in the order of the sketch."""
    found = _routed(sketch, plan, CLEARANCE)
    # The wires that a plan brings along have their way.
    sought = [way for way in found if way.link.name not in plan.ways]
    return _routed(sketch, plan, _CLOSE) if sought and stuck(plan, sought) else found


def stuck(plan: Plan, routes: Iterable[Route]) -> Link | None:
    """The first wire that runs through a shape, for want of another way, or has no room for its head."""
    traffic = Traffic(plan.places, clearance=0.0)
    for way in routes:
        ends = (way.link.source, way.link.target)
        if sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(way.points)) < _SHORTEST:
            return way.link
        for segment in pairwise(way.points):
            near = traffic.shapes.near(around(segment))
            if any(traffic.blocked(segment, name, name in ends) for name in near):
                return way.link
    return None


def _routed(sketch: Sketch, plan: Plan, clearance: float) -> tuple[Route, ...]:
    shifts = {**offsets(sketch, plan), **plan.shifts}
    traffic = Traffic({**plan.places, **counts(sketch, plan)}, clearance=clearance)
    links = [link for link in sketch.links if link.name not in plan.silent]
    found = {link.name: Route(link, plan.ways[link.name]) for link in links if link.name in plan.ways}
    waiting = [link for link in links if link.name not in found]
    for way in found.values() if waiting else ():
        traffic.add(way.link.source, way.points)
    for link in sorted(waiting, key=lambda link: _urgency(link, plan)):
        points = _best(link, plan, shifts.get(link.name, 0.0), traffic)
        traffic.add(link.source, points)
        found[link.name] = Route(link, points)
    return tuple(found[link.name] for link in links)


def counts(sketch: Sketch, plan: Plan) -> dict[str, Place]:
    """Where the count of each repeated module stands: over it, in its plate."""
    low, high = _COUNT
    spots = {part.name: plan.places[part.name] for part in sketch.parts.values() if part.count is not None}
    return {
        f"{name}--plate": Place(spot.x, spot.top + (low + high) / 2, spot.width, high - low)
        for name, spot in spots.items()
    }


def _urgency(link: Link, plan: Plan) -> tuple[bool, float]:
    """Wires that can be straight go first, then the short ones."""
    one, other = plan.places[link.source], plan.places[link.target]
    bent = abs(one.x - other.x) > 0.6 and abs(one.y - other.y) > 0.6
    return bent, abs(one.x - other.x) + abs(one.y - other.y)


def _best(link: Link, plan: Plan, shift: float, traffic: Traffic) -> tuple[Point, ...]:
    source, target = plan.places[link.source], plan.places[link.target]
    leaving = outlets(source)
    if plan.layered and _ahead(source, target, plan.flow):
        leaving = tuple(port for port in leaving if (port.dx, port.dy) == POINTING[plan.flow]) or leaving
    ports = [(start, end) for start in leaving for end in inlets(target, shift)]
    return connect(Ends(link.source, link.target, link.source, link.target), ports, traffic=traffic)


def _ahead(source: Place, target: Place, flow: str) -> bool:
    """Whether a target lies wholly beyond its source, as data flows; never where it has no one way to flow."""
    if not flow:
        return False
    if flow in ("right", "left"):
        return source.right < target.left if flow == "right" else target.right < source.left
    return source.top < target.bottom if flow == "up" else target.top < source.bottom


def connect(ends: Ends, ports: list[tuple[Port, Port]], *, traffic: Traffic) -> tuple[Point, ...]:
    """The best way from one of the first ports to one of the second, between two shapes of the traffic."""
    from archgraph.draw.layout.search import search

    best = _straightforward(ends, ports, traffic)
    if best is not None and best[0] < _CLEAN + length(best[2]):
        return best[2]
    known = inf if best is None else best[0]
    searched = search(ends, ports, traffic=traffic, known=known)
    # Between shapes that touch, a way is a point.
    if searched is not None and len(searched) > 1:
        price = traffic.cost(ends, searched) + _cramped(searched)
        if best is None or price < best[0]:
            return searched
    return best[2] if best else _direct(*ports[0])


def _straightforward(
    ends: Ends, ports: list[tuple[Port, Port]], traffic: Traffic
) -> tuple[float, int, tuple[Point, ...]] | None:
    """The cheapest of the plain ways, the first of equals: its price, its place among them, and the way."""
    best: tuple[float, int, tuple[Point, ...]] | None = None
    plain = enumerate(way for start, end in ports for way in _plain(start, end))
    for least, index, way in sorted((length(way) + _cramped(way), index, way) for index, way in plain):
        # A way costs its length at the least.
        if best is not None and least > best[0]:
            break
        found = (traffic.cost(ends, way) + _cramped(way), index, way)
        best = found if best is None else min(best, found)
    return best


def _cramped(points: tuple[Point, ...]) -> float:
    """The price of a last stretch too short for an arrow head with some wire before it."""
    (x0, y0), (x1, y1) = points[-2:]
    return 1.0 if len(points) > 2 and abs(x0 - x1) + abs(y0 - y1) < 0.45 else 0.0


def _direct(start: Port, end: Port) -> tuple[Point, ...]:
    """What is left when shapes stand wall to wall: one corner between the ports."""
    return ((start.x, start.y), (end.x, start.y), (end.x, end.y))


def _plain(start: Port, end: Port) -> Iterator[tuple[Point, ...]]:
    """Ways with at most two corners that leave along the one port and arrive against the other."""
    if start.dx and end.dx:
        yield from _through(start, end, flip=False)
    elif start.dy and end.dy:
        yield from _through(start, end, flip=True)
    else:
        corner = (end.x, start.y) if start.dx else (start.x, end.y)
        if _leaves(start, corner) and _leaves(end, corner):
            yield ((start.x, start.y), corner, (end.x, end.y))


def _leaves(port: Port, point: Point) -> bool:
    """Whether a point lies ahead of a port."""
    return (point[0] - port.x) * port.dx + (point[1] - port.y) * port.dy > 0.1


def _through(start: Port, end: Port, *, flip: bool) -> Iterator[tuple[Point, ...]]:
    """Straight, or over a channel across; `flip` when both ports are vertical."""
    first, last = (start.x, start.y), (end.x, end.y)
    aligned = abs(first[0] - last[0]) < 1e-6 if flip else abs(first[1] - last[1]) < 1e-6
    if aligned and _leaves(start, last) and _leaves(end, first):
        yield (first, last)
        return
    low, high = sorted((first[1], last[1]) if flip else (first[0], last[0]))
    steps = int((high - low + 3.0) / _STEP) + 1
    for channel in ((low + high) / 2, *(low - 1.5 + _STEP * step for step in range(steps))):
        one = (first[0], channel) if flip else (channel, first[1])
        other = (last[0], channel) if flip else (channel, last[1])
        if _leaves(start, one) and _leaves(end, other):
            yield (first, one, other, last)
