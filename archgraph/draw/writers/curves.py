"""Paths for formats that know cubic curves only."""

from __future__ import annotations

from archgraph.draw.paths import Path, Point, Segment


def cubics(path: Path) -> Path:
    """The same outline with every quadratic curve written as the cubic one that it is."""
    found: list[Segment] = []
    pen: Point = (0.0, 0.0)
    for letter, numbers in path:
        found.append(("C", _raised(pen, numbers)) if letter == "Q" else (letter, numbers))
        if numbers:
            pen = (numbers[-2], numbers[-1])
    return tuple(found)


def _raised(pen: Point, numbers: tuple[float, ...]) -> tuple[float, ...]:
    """The cubic form of a quadratic curve: both controls lie two thirds of the way to the one of the quadratic."""
    x, y, end_x, end_y = numbers
    return (
        *(pen[0] + 2 / 3 * (x - pen[0]), pen[1] + 2 / 3 * (y - pen[1])),
        *(end_x + 2 / 3 * (x - end_x), end_y + 2 / 3 * (y - end_y)),
        *(end_x, end_y),
    )
