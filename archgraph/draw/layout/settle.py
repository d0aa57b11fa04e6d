"""Spots for what the main lines of a plan leave over: regularisers, further costs, stray inputs."""

from __future__ import annotations

from archgraph.draw.layout.grid import Place, apart, length, place
from archgraph.draw.sketch import Link, Part, Sketch

# Where to look first, in u from the neighbour: an objective stands beside what it acts on.
_OBJECTIVE = ((-2, 0), (0, -2), (2, 0), (0, 2), (-2, -2), (2, -2), (-2, 2), (2, 2), (-4, 0), (0, -4))
_COMPARISON = (
    (0, 2),
    (2, 0),
    (0, -2),
    (-2, 0),
    (2, 2),
    (-2, 2),
    (2, -2),
    (-2, -2),
    (4, 0),
    (0, 4),
    (0, -4),
    (-4, 0),
)
_SOURCE = ((-2.5, 0), (0, -2), (-2.5, -2), (0, 2), (-2.5, 2), (2.5, 0), (2.5, -2), (-5, 0), (0, -4), (-5, -2))
_RESULT = ((2.5, 0), (0, 2), (2.5, -2), (0, -2), (2.5, 2), (-2.5, 0), (-2.5, -2), (5, 0), (0, -4), (-2.5, 2))


def settle(sketch: Sketch, places: dict[str, Place]) -> None:
    """Give a place to each part without one that has placed neighbours, as near as the grid allows."""
    waiting = [name for name in sketch.parts if name not in places]
    while waiting:
        ready = [name for name in waiting if _neighbours(sketch, name, places)]
        if not ready:
            return
        found = _spot(sketch, ready[0], places)
        if found is None:
            return
        places[ready[0]] = found
        waiting.remove(ready[0])


def _neighbours(sketch: Sketch, name: str, places: dict[str, Place]) -> list[str]:
    return [near for near in (*sketch.sources(name), *sketch.targets(name)) if near in places]


def _spot(sketch: Sketch, name: str, places: dict[str, Place]) -> Place | None:
    part = sketch.parts[name]
    near = [places[neighbour] for neighbour in _neighbours(sketch, name, places)]
    x, y = _base(near)
    for dx, dy in _offsets(sketch, part, places):
        reach = dx + (0.5 if dx > 0 else -0.5 if dx < 0 else 0.0) * (length(part) - 1) / 2
        candidate = place(part, x + reach, y + dy, "left" if dx < 0 and part.sort == "delay" else "right")
        if _free(part, candidate, sketch, places) and all(_clear(candidate, one, places) for one in near):
            return candidate
    return None


def _base(near: list[Place]) -> tuple[float, float]:
    """Where to look from: between neighbours that stand together, else from the one placed last."""
    x = sum(spot.x for spot in near) / len(near)
    y = sum(spot.y for spot in near) / len(near)
    together = max(abs(spot.x - x) + abs(spot.y - y) for spot in near) <= 1.0
    return (x, y) if together else (near[-1].x, near[-1].y)


def _offsets(sketch: Sketch, part: Part, places: dict[str, Place]) -> tuple[tuple[float, float], ...]:
    if part.sort == "objective":
        paired = any(name in pair for pair in sketch.pairs for name in sketch.sources(part.name))
        if paired:
            return _OBJECTIVE[1:]
        return _OBJECTIVE if len(sketch.sources(part.name)) == 1 else _COMPARISON
    return _RESULT if any(name in places for name in sketch.sources(part.name)) else _SOURCE


def _free(part: Part, candidate: Place, sketch: Sketch, places: dict[str, Place]) -> bool:
    """Whether a spot keeps half a u to all others; squares of two objectives may touch."""
    for name, other in places.items():
        gap = 0.0 if part.sort == sketch.parts[name].sort == "objective" else 0.5
        if not apart(candidate, other, gap):
            return False
    return all(
        _aside(candidate, places[link.source], places[link.target]) for link in sketch.links if _set(link, places)
    )


def _set(link: Link, places: dict[str, Place]) -> bool:
    return link.source in places and link.target in places


def _aside(candidate: Place, one: Place, other: Place) -> bool:
    """Whether a spot leaves free the straight way between two places in one row or column."""
    if abs(one.x - other.x) > 1e-6 and abs(one.y - other.y) > 1e-6:
        return True
    across, up = abs(one.x - other.x), abs(one.y - other.y)
    return apart(candidate, Place((one.x + other.x) / 2, (one.y + other.y) / 2, across + 0.1, up + 0.1))


def _clear(one: Place, other: Place, places: dict[str, Place]) -> bool:
    """Whether the straight way between two places in one row or column meets no third."""
    if one.x != other.x and one.y != other.y:
        return True
    low, high = (min(one.x, other.x), max(one.x, other.x)), (min(one.y, other.y), max(one.y, other.y))
    corridor = Place((low[0] + low[1]) / 2, (high[0] + high[1]) / 2, low[1] - low[0] + 0.1, high[1] - high[0] + 0.1)
    return all(spot in (one, other) or apart(corridor, spot) for spot in places.values())
