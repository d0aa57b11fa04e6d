"""Layers that flow another way than right: the same columns and rows, turned on the grid."""

from __future__ import annotations

from dataclasses import replace

from archgraph.draw.errors import PictureError
from archgraph.draw.layout.grid import Place, Plan, dome, length, place
from archgraph.draw.sketch import Part, Sketch

# Modules that flow up stand side by side with the long side level: what was two u apart needs three.
_APART = 1.5
_LAYER = 2.0


def turned(plan: Plan, sketch: Sketch, direction: str) -> Plan:
    """A plan whose data flows in a direction: right, left, up or down.

    Raises:
        PictureError: the plan is the family's, which has a way of its own.
    """
    if direction in ("", "right") and (plan.layered or not direction):
        return plan
    if not plan.layered:
        if direction == "right":
            return plan
        message = "encoder, predictor and decoder keep the plan of their family, so that its pictures can be compared"
        raise PictureError(f"{message}: its top row flows right, not {direction}")
    if direction == "left":
        whole = plan.moved({name: _mirrored(spot) for name, spot in plan.places.items()}, direction)
        ways = {name: tuple((-x, y) for x, y in way) for name, way in plan.ways.items()}
        return replace(whole, ways=ways, shifts=plan.shifts)
    levels = {x: _LAYER * index for index, x in enumerate(sorted({round(p.x, 3) for p in plan.places.values()}))}
    sign = 1.0 if direction == "up" else -1.0
    places = {
        name: _upright(sketch.parts[name], spot, sign * levels[round(spot.x, 3)], direction)
        for name, spot in plan.places.items()
    }
    return plan.moved(places, direction)


def _mirrored(spot: Place) -> Place:
    return replace(spot, x=-spot.x, direction={"right": "left", "left": "right"}.get(spot.direction, spot.direction))


def _upright(part: Part, spot: Place, level: float, direction: str) -> Place:
    """A part at a level of the flow; rows that ran down from the top run from the left."""
    if part.sort == "module" and length(part) > 1:
        return dome(-spot.y * _APART, level, direction)
    return place(part, -spot.y * _APART, level, direction)
