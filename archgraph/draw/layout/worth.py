"""What the wires of a plan are worth: how long and bent they are, and what must not be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise, product

from archgraph.draw.layout.grid import Plan
from archgraph.draw.layout.route import Route, counts, stuck
from archgraph.draw.layout.traffic import CROSSING, WIRE, Segment, length
from archgraph.draw.paths import Box, around
from archgraph.draw.sketch import Sketch

# More corners than this lead a wire about.
_CORNERS = 3
# Wires that run nearer to each other than this, in u, are seen as one.
_ONE = 0.06


def roundabout(routes: Sequence[Route]) -> bool:
    """Whether a wire is led about things instead of to where it goes."""
    return any(len(way.points) - 2 > _CORNERS for way in routes)


def price(sketch: Sketch, plan: Plan, routes: Sequence[Route]) -> float:
    """The length of all wires in u with prices for corners and crossings; a fault costs more than any way.

    Faults are a wire through a shape, through the count of a repeat or without room for its head, and one on another.
    """
    spots = [(each.left, each.bottom, each.right, each.top) for each in counts(sketch, plan).values()]
    total = WIRE if stuck(plan, routes) else 0.0
    for way in routes:
        total += length(way.points)
        total += WIRE * sum(_meet(around(each), spot) for each in pairwise(way.points) for spot in spots)
    for one, other in combinations(routes, 2):
        if one.link.source != other.link.source:
            total += sum(_meeting(*each) for each in product(pairwise(one.points), pairwise(other.points)))
    return total


def _meeting(one: Segment, other: Segment) -> float:
    """The price of two stretches of different sources that meet."""
    (left, bottom, right, top), level = around(one), one[0][1] == one[1][1]
    if level != (other[0][1] == other[1][1]):
        return CROSSING if _meet(around(one), around(other)) else 0.0
    across, up = (0.0, _ONE) if level else (_ONE, 0.0)
    return WIRE if _meet((left - across, bottom - up, right + across, top + up), around(other)) else 0.0


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
