"""Parts that the author pinned to places of the grid, and the others about them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from archgraph.draw.errors import PictureError
from archgraph.draw.layout.grid import Place, Plan, apart
from archgraph.draw.sketch import Sketch

Pins = Mapping[str, tuple[float, float]]
_AIR = 0.5
_STEP = 0.5
_FURTHEST = 40


def pinned(plan: Plan, sketch: Sketch, pins: Pins) -> Plan:
    """A plan with the pinned parts where the author wants them; others keep their places where those are free.

    Raises:
        PictureError: two pinned parts overlap.
    """
    pins = {name: spot for name, spot in pins.items() if name in plan.places}
    if not pins:
        return plan
    places = {name: plan.places[name]._replace(x=x, y=y) for name, (x, y) in pins.items()}
    _apart(places, pins)
    for name, beside in _touching(plan, sketch).items():
        if beside in pins and name not in pins:
            old, new = plan.places[beside], places[beside]
            spot = plan.places[name]
            moved = spot._replace(x=spot.x + new.x - old.x, y=spot.y + new.y - old.y)
            if _free(moved, places, 0.0):
                places[name] = moved
    # Who may stay does, before others look for what is left.
    others = [name for name in plan.places if name not in places]
    stay = [name for name in others if _free(plan.places[name], places, 0.0)]
    places |= {name: plan.places[name] for name in stay}
    for name in others:
        if name not in places:
            places[name] = _nearest(plan.places[name], places)
    found = plan.moved({name: places[name] for name in plan.places}, plan.flow)
    return found._replace(silent=_silent(plan, sketch, places))


def _apart(places: Mapping[str, Place], pins: Pins) -> None:
    for one, other in combinations(places, 2):
        if not apart(places[one], places[other]):
            said = (f"'{name}' at [{pins[name][0]:g}, {pins[name][1]:g}]" for name in (one, other))
            raise PictureError(f"these are pinned on top of each other: {' and '.join(said)}")


def _touching(plan: Plan, sketch: Sketch) -> dict[str, str]:
    """Each delay with the module that it touches."""
    found = {}
    for link in sketch.links:
        if link.name in plan.silent:
            for one, other in ((link.source, link.target), (link.target, link.source)):
                if sketch.parts[one].sort == "delay":
                    found[one] = other
    return found


def _free(spot: Place, places: Mapping[str, Place], gap: float) -> bool:
    return all(apart(spot, other, gap) for other in places.values())


def _nearest(spot: Place, places: Mapping[str, Place]) -> Place:
    """The free place next to a place that is taken."""
    reach = range(-_FURTHEST, _FURTHEST + 1)
    steps = sorted(((across, up) for across in reach for up in reach), key=lambda s: (s[0] ** 2 + s[1] ** 2, s))
    for across, up in steps:
        candidate = spot._replace(x=spot.x + across * _STEP, y=spot.y + up * _STEP)
        if _free(candidate, places, _AIR):
            return candidate
    return spot


def _silent(plan: Plan, sketch: Sketch, places: Mapping[str, Place]) -> frozenset[str]:
    """The links between shapes that still touch."""

    def together(source: str, target: str) -> bool:
        gap = (abs(places[source].x - places[target].x), abs(places[source].y - places[target].y))
        before = (
            abs(plan.places[source].x - plan.places[target].x),
            abs(plan.places[source].y - plan.places[target].y),
        )
        return max(abs(one - other) for one, other in zip(gap, before, strict=True)) < 1e-6

    return frozenset(
        link.name for link in sketch.links if link.name in plan.silent and together(link.source, link.target)
    )
