"""Where wires leave and enter the shapes of a plan."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from archgraph.draw.layout.grid import CONTACT, Place, Plan
from archgraph.draw.sketch import Link, Sketch

_SIDES = ((1, 0), (0, 1), (-1, 0), (0, -1))
POINTING = {"right": (1, 0), "left": (-1, 0), "up": (0, 1), "down": (0, -1)}


class Port(NamedTuple):
    """A point on the edge of a shape, in u, and the direction that points away from the shape."""

    x: float
    y: float
    dx: int
    dy: int


def outlets(place: Place) -> tuple[Port, ...]:
    """Where a wire may leave: the round end of a module, any side of a circle or square, a switch's wiper."""
    if place.shape == "switch":
        return (Port(place.x, place.y, *POINTING[place.direction]),)
    if place.shape in ("circle", "rect"):
        return tuple(_side(place, side) for side in _SIDES)
    return (_side(place, POINTING[place.direction]),)


def inlets(place: Place, offset: float) -> tuple[Port, ...]:
    """Where a wire may arrive; `offset` is its distance in u from the middle of a flat side."""
    if place.shape == "switch":
        dx, dy = POINTING[place.direction]
        x, y = place.x - dx * CONTACT / 2, place.y - dy * CONTACT / 2
        return (Port(x + offset * abs(dy), y + offset * abs(dx), -dx, -dy),)
    if place.shape in ("circle", "rect"):
        return tuple(_side(place, side) for side in _SIDES)
    dx, dy = POINTING[place.direction]
    side = _side(place, (-dx, -dy))
    return (Port(side.x + offset * abs(dy), side.y + offset * abs(dx), -dx, -dy),)


def _side(place: Place, side: tuple[int, int]) -> Port:
    dx, dy = side
    return Port(place.x + dx * place.width / 2, place.y + dy * place.height / 2, dx, dy)


def offsets(sketch: Sketch, plan: Plan) -> dict[str, float]:
    """How far from the middle of a flat side each link arrives: spread so that wires do not cross."""
    result: dict[str, float] = {}
    arriving: dict[str, list[Link]] = defaultdict(list)
    for link in sketch.links:
        if link.name not in plan.silent:
            arriving[link.target].append(link)
    for name, links in arriving.items():
        place = plan.places[name]
        if place.shape == "switch":
            result.update((link.name, 0.5 - index) for index, link in enumerate(links))
            continue
        spread = entries(place, len(links))
        ordered = sorted(links, key=lambda link: _rank(link, place, plan))
        result.update((link.name, offset) for link, offset in zip(ordered, spread, strict=True))
    return result


def entries(place: Place, count: int) -> tuple[float, ...]:
    """Even offsets from the lowest up: ± u/2 for two on a dome, ± u/4 for two on a bullet's flat side."""
    if count < 2:
        return (0.0,) * count
    wide = place.shape == "dome" or (place.direction in ("up", "down") and place.width > 1.0)
    reach = (0.5 if count == 2 else 0.7) if wide else (0.25 if count == 2 else 0.35)
    return tuple(-reach + 2 * reach * index / (count - 1) for index in range(count))


def _rank(link: Link, place: Place, plan: Plan) -> tuple[float, float]:
    """Sources in their order along the flat side; of two in one column the higher takes the outer port."""
    source = plan.places[link.source]
    if place.direction in ("up", "down"):
        side = source.x - place.x
        return (
            round(side, 3) if abs(side) < 1.0 else side / abs(side) * 2.0,
            source.y if side > 0 else -source.y,
        )
    # Of two that come from underneath, the further one passes over the way of the nearer.
    return (source.y, -source.x if source.shape == "dome" else source.x)
