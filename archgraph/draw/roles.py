"""The roles of a graph as they are to be drawn: parts, places, wires and callouts, before they go on a page."""

from __future__ import annotations

from typing import NamedTuple

from archgraph.draw.errors import PictureError
from archgraph.draw.figure import extents
from archgraph.draw.layout.grid import Plan
from archgraph.draw.layout.pins import pinned
from archgraph.draw.layout.plan import plan
from archgraph.draw.layout.route import Route, route, stuck
from archgraph.draw.look import Look
from archgraph.draw.marks.callouts import Mark, marks
from archgraph.draw.sketch import Sketch, sketch
from archgraph.draw.staging.story import Steps, story
from archgraph.draw.staging.unroll import Unrolled, stepwise, unrolled
from archgraph.draw.staging.use import generating
from archgraph.graph.module import Graph

# What is unrolled is large: its words are 26 points high, and 9 are legible.
_SMALLEST = 35


class Roles(NamedTuple):
    """Parts and links, where they stand, the ways of the wires, and what is called out.

    `smallest`: the least percentage of the notation's size at which all of it reads.
    """

    sketch: Sketch
    plan: Plan
    routes: tuple[Route, ...]
    marks: tuple[Mark, ...] = ()
    smallest: int = 40


def shown(graph: Graph, look: Look) -> Sketch:
    """The parts and links that a look shows of a graph."""
    parts = _used(graph, look)
    return _copies(graph, parts, look).sketch if look.unroll else parts


def steps(graph: Graph, look: Look) -> Steps:
    """What each step of a build adds: unrolled, a step in time."""
    parts = _used(graph, look)
    if not look.unroll:
        return story(parts, graph.staging.builds)
    found = _copies(graph, parts, look)
    begun = {0: [*found.shared, *found.starts]}
    for name in found.delays:
        begun.setdefault(int(name.rpartition("--")[2]), []).append(name)
    return tuple((*begun.get(index, []), *names) for index, names in enumerate(found.steps))


def _used(graph: Graph, look: Look) -> Sketch:
    parts = sketch(graph)
    return generating(parts) if look.use == "generate" else parts


def _copies(graph: Graph, parts: Sketch, look: Look) -> Unrolled:
    return unrolled(parts, stepwise(graph, parts), look.unroll)


def roles(graph: Graph, look: Look) -> Roles:
    """The roles of a graph in their places."""
    if look.unroll:
        from archgraph.draw.staging.alike import alike  # few pictures are unrolled
        from archgraph.draw.staging.spread import spread

        copies = _copies(graph, _used(graph, look), look)
        places = alike(copies, spread(copies))
        routes = route(copies.sketch, places)
        callouts = [each._replace(around=copies.named(each.around)) for each in graph.staging.callouts]
        found = marks(callouts, copies.sketch, places, extents(places, routes), parted=True)
        return Roles(copies.sketch, places, routes, found, _SMALLEST)
    whole = sketch(graph)
    places = pinned(plan(whole, look.direction), whole, graph.staging.pins)
    parts = shown(graph, look)
    # In use, what is left stands where it stands in training: the two pictures can be laid over each other.
    places = _only(places, parts)
    routes = route(parts, places)
    if graph.staging.pins and (link := stuck(places, routes)):
        raise PictureError(f"the pins leave no way for the wire from '{link.source}' to '{link.target}'")
    called = marks(graph.staging.callouts, parts, places, extents(places, routes))
    return Roles(parts, places, routes, called)


def _only(places: Plan, parts: Sketch) -> Plan:
    """The places of the parts that there are."""
    names = frozenset(link.name for link in parts.links)
    return places._replace(
        places={name: spot for name, spot in places.places.items() if name in parts.parts},
        silent=places.silent & names,
    )
