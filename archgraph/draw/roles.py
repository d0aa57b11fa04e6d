"""The roles of a graph as they are to be drawn: parts, places, wires and callouts, before they go on a page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archgraph.draw.callouts import Mark, marks
from archgraph.draw.errors import PictureError
from archgraph.draw.figure import extents
from archgraph.draw.grid import Plan
from archgraph.draw.look import Look
from archgraph.draw.pins import pinned
from archgraph.draw.plan import plan
from archgraph.draw.route import Route, route, stuck
from archgraph.draw.sketch import Sketch, sketch
from archgraph.draw.turn import turned
from archgraph.draw.use import generating
from archgraph.graph.module import Graph


@dataclass(frozen=True)
class Roles:
    """Parts and links, where they stand, the ways of the wires, and what is called out."""

    sketch: Sketch
    plan: Plan
    routes: tuple[Route, ...]
    marks: tuple[Mark, ...] = ()


def shown(graph: Graph, look: Look) -> Sketch:
    """The parts and links that a look shows of a graph."""
    parts = sketch(graph)
    return generating(parts) if look.use == "generate" else parts


def roles(graph: Graph, look: Look) -> Roles:
    """The roles of a graph in their places."""
    whole = sketch(graph)
    places = pinned(turned(plan(whole), whole, look.direction), whole, graph.staging.pins)
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
    return replace(
        places,
        places={name: spot for name, spot in places.places.items() if name in parts.parts},
        silent=places.silent & names,
    )
