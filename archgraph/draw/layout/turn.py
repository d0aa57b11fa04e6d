"""Layers that flow another way than right: the same columns and rows, turned on the grid with their wires."""

from __future__ import annotations

from collections.abc import Callable

from archgraph.draw.layout.grid import Place, Plan, dome, length, place
from archgraph.draw.layout.layers import layered
from archgraph.draw.paths import Point
from archgraph.draw.sketch import Part, Sketch

# Where a point of layers that flow right lies, in layers that flow another way.
_TURNS: dict[str, Callable[[float, float], Point]] = {
    "right": lambda x, y: (x, y),
    "left": lambda x, y: (-x, y),
    "up": lambda x, y: (-y, x),
    "down": lambda x, y: (-y, -x),
}

# A dome with room for more wires is wider than this.
_DOME = 2.5


def flowing(sketch: Sketch, direction: str) -> Plan:
    """The layered plan of a sketch whose data flows in a direction: right, left, up or down."""
    upright = direction in ("up", "down")
    plan = layered(sketch, upright=upright)
    if direction == "right":
        return plan
    turn = _TURNS[direction]
    places = {name: _turned(sketch.parts[name], spot, direction) for name, spot in plan.places.items()}
    ways = {name: tuple(turn(x, y) for x, y in way) for name, way in plan.ways.items()}
    # What ran down along a side from the top runs from the left.
    shifts = {name: -shift if upright else shift for name, shift in plan.shifts.items()}
    return plan.moved(places, direction)._replace(ways=ways, shifts=shifts)


def _turned(part: Part, spot: Place, direction: str) -> Place:
    x, y = _TURNS[direction](spot.x, spot.y)
    if direction == "left":
        return place(part, x, y, "left")._replace(height=spot.height)
    if part.sort == "module" and length(part) > 1:
        standing = dome(x, y, direction)
        return standing._replace(width=spot.height if spot.height > _DOME else standing.width)
    standing = place(part, x, y, direction)
    return standing._replace(width=max(standing.width, spot.height))
