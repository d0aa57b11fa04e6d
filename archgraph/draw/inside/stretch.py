"""The slide of roles pulled apart, so that opened modules have room where its author pinned them.

What stood in one row or column still does, and what stood left of or over something still does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from archgraph.draw.inside.laid import Laid
from archgraph.draw.layout.grid import Place

_GAP = 0.9
# Above and under a module is room for wires that turn.
_RISE = 1.1
_NEAR = 0.2


def stretched(places: Mapping[str, Place], sizes: Mapping[str, Laid]) -> dict[str, Laid]:
    """Every part in its place.

    Args:
        places: where the parts stand on the slide of roles, clear of each other.
        sizes: what is drawn of each of them, about an axis at x = 0.
    """
    pairs = list(combinations(places, 2))
    # Modules are high and slides are wide: what is apart both ways is pulled apart sideways.
    level = [pair for pair in pairs if _apart(places, pair, "left", "right")]
    sideways = set(level)
    upright = [pair for pair in pairs if pair not in sideways]
    middles = {name: (each.box[1] + each.box[3]) / 2 for name, each in sizes.items()}
    x = _spots(
        {name: spot.x for name, spot in places.items()},
        {name: (-each.box[0], each.box[2]) for name, each in sizes.items()},
        level,
        _GAP,
    )
    y = _spots(
        {name: spot.y for name, spot in places.items()},
        {name: (middles[name] - each.box[1], each.box[3] - middles[name]) for name, each in sizes.items()},
        upright,
        _RISE,
    )
    return {name: sizes[name].moved(x[name], y[name] - middles[name]) for name in places}


def _apart(places: Mapping[str, Place], pair: tuple[str, str], low: str, high: str) -> bool:
    """Whether two places keep apart along an axis."""
    one, other = places[pair[0]], places[pair[1]]
    return bool(getattr(one, high) <= getattr(other, low) + _NEAR or getattr(other, high) <= getattr(one, low) + _NEAR)


def _spots(
    at: Mapping[str, float], reach: Mapping[str, tuple[float, float]], pairs: Iterable[tuple[str, str]], gap: float
) -> dict[str, float]:
    """Coordinates in the order in which things stand, as far apart as what reaches towards each other needs."""
    lines = sorted({round(spot, 3) for spot in at.values()})
    index = {name: lines.index(round(spot, 3)) for name, spot in at.items()}
    needs: dict[int, list[tuple[int, float]]] = {number: [] for number in range(len(lines))}
    for pair in pairs:
        one, other = sorted(pair, key=at.__getitem__)
        needs[index[other]].append((index[one], reach[one][1] + gap + reach[other][0]))
    found: list[float] = []
    for number, line in enumerate(lines):
        least = found[-1] + min(line - lines[number - 1], gap) if found else 0.0
        found.append(max([least, *(found[before] + need for before, need in needs[number] if before < number)]))
    return {name: found[number] for name, number in index.items()}
