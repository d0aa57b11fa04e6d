"""Outlines as plain data: a path is a tuple of segments, a letter of SVG's path language and its coordinates.

Only absolute M, L, Q, C and Z occur, so that a writer of any format can walk a path without parsing.
"""

from __future__ import annotations

from collections.abc import Iterable

Point = tuple[float, float]
Segment = tuple[str, tuple[float, ...]]
Path = tuple[Segment, ...]
Box = tuple[float, float, float, float]


def moved(path: Path, dx: float, dy: float, *, scale: float = 1.0) -> Path:
    """The path scaled about the origin, then shifted by (dx, dy)."""
    return tuple([(letter, _shifted(numbers, dx, dy, scale=scale)) for letter, numbers in path])


def _shifted(numbers: tuple[float, ...], dx: float, dy: float, *, scale: float) -> tuple[float, ...]:
    # Letters have hundreds of these, so they are written out.
    if len(numbers) == 2:
        return (numbers[0] * scale + dx, numbers[1] * scale + dy)
    if len(numbers) == 4:
        x, y, u, v = numbers
        return (x * scale + dx, y * scale + dy, u * scale + dx, v * scale + dy)
    return tuple([number * scale + (dy if index % 2 else dx) for index, number in enumerate(numbers)])


def bounds(path: Path) -> Box:
    """The box (left, top, right, bottom) around all points; control points make it an upper bound."""
    numbers = [number for _, several in path for number in several]
    if not numbers:
        return (0.0, 0.0, 0.0, 0.0)
    across, down = numbers[::2], numbers[1::2]
    return (min(across), min(down), max(across), max(down))


def around(corners: Iterable[Point]) -> Box:
    """The box (left, top, right, bottom) around some points; all zeros for none."""
    listed = tuple(corners)
    if not listed:
        return (0.0, 0.0, 0.0, 0.0)
    across = [x for x, _ in listed]
    down = [y for _, y in listed]
    return (min(across), min(down), max(across), max(down))


def polygon(corners: Iterable[Point], *, closed: bool = True) -> Path:
    """Straight lines through the corners."""
    listed = tuple(corners)
    start: Path = (("M", listed[0]),)
    lines: Path = tuple(("L", corner) for corner in listed[1:])
    end: Path = (("Z", ()),) if closed else ()
    return start + lines + end
