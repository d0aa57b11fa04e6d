"""The outlines of the notation, each in a box of its own, in points.

Coordinates follow the measures taken from the lecture slides: see "Shapes" in the notation.
"""

from __future__ import annotations

from collections.abc import Callable

from archgraph.draw.paths import Box, Path, Point, polygon

UNIT = 60.0
STROKE = 2.58
WIRE = 1.5
HEAD = 10.5
NOTCH = 2.62
GAP = 1.7

_TURNS: dict[str, Callable[[float, float], Point]] = {
    "right": lambda x, y: (x, y),
    "left": lambda x, y: (1.0 - x, y),
    "down": lambda x, y: (y, x),
    "up": lambda x, y: (y, 1.0 - x),
}

# In a unit box, flowing right.
_BULLET: Path = (
    ("M", (0.0, 0.0)),
    ("L", (0.75, 0.0)),
    ("C", (0.917, 0.0, 1.0, 0.167, 1.0, 0.5)),
    ("C", (1.0, 0.833, 0.917, 1.0, 0.75, 1.0)),
    ("L", (0.0, 1.0)),
    ("Z", ()),
)

# In a unit box, flowing up.
_DOME: Path = (
    ("M", (0.0, 1.0)),
    ("C", (0.0, 1 / 3, 1 / 6, 0.0, 0.5, 0.0)),
    ("C", (5 / 6, 0.0, 1.0, 1 / 3, 1.0, 1.0)),
    ("Z", ()),
)

# Four cubics approximate a circle within 0.03 % of its radius.
_ARC = 0.5522847498


def bullet(box: Box, direction: str) -> Path:
    """A module: flat where data enters, round where it leaves; `direction` is right, left, up or down."""
    return _fitted(_BULLET, box, direction)


def dome(box: Box, direction: str = "up") -> Path:
    """A module that flows up into the variable above it, or down into the one below."""
    left, top, right, bottom = box
    return _fitted(_DOME, (left, bottom, right, top) if direction == "down" else box, "right")


def rectangle(box: Box) -> Path:
    """A rectangle."""
    left, top, right, bottom = box
    return polygon(((left, top), (right, top), (right, bottom), (left, bottom)))


def rounded(box: Box, radius: float) -> Path:
    """A rectangle with round corners of a radius in points."""
    left, top, right, bottom = box
    bend = radius * (1.0 - _ARC)
    return (
        ("M", (left + radius, top)),
        ("L", (right - radius, top)),
        ("C", (right - bend, top, right, top + bend, right, top + radius)),
        ("L", (right, bottom - radius)),
        ("C", (right, bottom - bend, right - bend, bottom, right - radius, bottom)),
        ("L", (left + radius, bottom)),
        ("C", (left + bend, bottom, left, bottom - bend, left, bottom - radius)),
        ("L", (left, top + radius)),
        ("C", (left, top + bend, left + bend, top, left + radius, top)),
        ("Z", ()),
    )


def radius(outline: Path, box: Box) -> float:
    """How round the corners of a rounded rectangle are, in points."""
    return outline[0][1][0] - box[0]


def circle(box: Box) -> Path:
    """The ellipse inscribed in a box."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    across, down = (right - left) / 2 * _ARC, (bottom - top) / 2 * _ARC
    return (
        ("M", (right, y)),
        ("C", (right, y + down, x + across, bottom, x, bottom)),
        ("C", (x - across, bottom, left, y + down, left, y)),
        ("C", (left, y - down, x - across, top, x, top)),
        ("C", (x + across, top, right, y - down, right, y)),
        ("Z", ()),
    )


def outline(kind: str, box: Box, direction: str = "right") -> Path:
    """The outline of a shape by its name."""
    if kind == "bullet":
        return bullet(box, direction)
    if kind == "dome":
        return dome(box, direction)
    return {"rect": rectangle, "circle": circle}[kind](box)


def arrow(tip: Point, direction: str, scale: float = 1.0) -> Path:
    """The notched head of an arrow whose tip is at a point."""
    back = {"right": (-1, 0), "left": (1, 0), "down": (0, -1), "up": (0, 1)}[direction]
    head, notch = HEAD * scale, NOTCH * scale

    def place(along: float, across: float) -> Point:
        return (tip[0] + back[0] * along + back[1] * across, tip[1] + back[1] * along + back[0] * across)

    return polygon((place(head, -head / 2), place(0.0, 0.0), place(head, head / 2), place(head - notch, 0.0)))


def _fitted(path: Path, box: Box, direction: str) -> Path:
    turn = _TURNS[direction]
    left, top, right, bottom = box

    def place(x: float, y: float) -> tuple[float, float]:
        across, down = turn(x, y)
        return left + across * (right - left), top + down * (bottom - top)

    return tuple(
        (letter, tuple(value for i in range(0, len(n), 2) for value in place(n[i], n[i + 1]))) for letter, n in path
    )
