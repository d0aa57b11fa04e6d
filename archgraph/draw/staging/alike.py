"""The wires of an unrolled graph: found for two steps, and the same in every later one."""

from __future__ import annotations

from archgraph.draw.layout.grid import Plan
from archgraph.draw.layout.route import Route, route
from archgraph.draw.paths import Point
from archgraph.draw.sketch import Link, Sketch
from archgraph.draw.staging.unroll import Unrolled

_FIRST = 2


def alike(copies: Unrolled, plan: Plan) -> Plan:
    """The plan with the ways of all wires that a later step has as the second does; others are still to be found."""
    if len(copies.steps) <= _FIRST:
        return plan
    first = _beginning(copies)
    names = {link.name for link in first.links}
    places = {name: plan.places[name] for name in first.parts}
    shifts = {name: shift for name, shift in plan.shifts.items() if name in names}
    routes = route(first, plan._replace(places=places, shifts=shifts))
    ways = {way.link.name: way.points for way in routes}
    known = {way.link.name: way for way in routes}
    for link in copies.sketch.links:
        name, _, step = link.name.rpartition("--")
        model = known.get(f"{name}--{_FIRST}")
        if link.name not in ways and model is not None and step.isdigit():
            points = _moved(link, model, plan)
            ways |= {link.name: points} if points else {}
    return plan._replace(ways=ways)


def _beginning(copies: Unrolled) -> Sketch:
    """The sketch of the first two steps."""
    later = {name for names in copies.steps[_FIRST:] for name in names}
    late = {name for name in copies.delays if int(name.rpartition("--")[2]) >= _FIRST}
    parts = {name: part for name, part in copies.sketch.parts.items() if name not in later | late}
    links = tuple(link for link in copies.sketch.links if {link.source, link.target} <= parts.keys())
    return Sketch(parts, links)


def _moved(link: Link, model: Route, plan: Plan) -> tuple[Point, ...]:
    """The way of a wire as that of another one, () where the two do not lie alike."""
    pairs = ((link.source, model.link.source), (link.target, model.link.target))
    moves = [
        (plan.places[one].x - plan.places[other].x, plan.places[one].y - plan.places[other].y) for one, other in pairs
    ]
    (across, up), (too, high) = moves
    if max(abs(across - too), abs(up), abs(high)) > 1e-6:
        return ()
    return tuple((x + across, y) for x, y in model.points)
