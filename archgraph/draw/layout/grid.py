"""Places on the u grid: x to the right and y upward, in units of u, as the notation counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archgraph.draw.letters.typeface import MissingCharacterError, usual_width
from archgraph.draw.paths import Point
from archgraph.draw.sketch import Part

WORDS_SIZE = 26.0
DOME_WIDTH = 2.26
CONTACT = 0.26
_SHORT = 41.0


class Place(NamedTuple):
    """Where a part stands: its centre and size in u, its shape, and where it points."""

    x: float
    y: float
    width: float = 1.0
    height: float = 1.0
    shape: str = "circle"
    direction: str = "right"

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y - self.height / 2

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height / 2


class Plan(NamedTuple):
    """Places by part. `silent` are the links that touching shapes show without a wire.

    `layered` says that data flows in layers, and that no row has a fixed place on the page; `flow` is where to. `ways`
    are the corners of links that are laid already, and `shifts` how far from the middle of its side each link arrives.
    """

    places: dict[str, Place]
    silent: frozenset[str] = frozenset()
    layered: bool = False
    flow: str = "right"
    ways: Mapping[str, tuple[Point, ...]] = {}
    shifts: Mapping[str, float] = {}

    def moved(self, places: dict[str, Place], flow: str = "right") -> Plan:
        """The plan with its parts elsewhere, so that all wires must find new ways."""
        return self._replace(places=places, flow=flow, ways={}, shifts={})


def length(part: Part) -> float:
    """How long a module is along its flow, in u: 1 for a delay or a few letters, 2 for others."""
    if part.sort in ("variable", "objective", "delay", "start") or part.tex:
        return 1.0
    try:
        return 1.0 if usual_width(part.words, WORDS_SIZE) <= _SHORT else 2.0
    except MissingCharacterError:
        return 2.0


def place(part: Part, x: float, y: float, direction: str = "right") -> Place:
    """The shape of a part at a centre: circles, squares, and bullets pointing the way the data flows."""
    if part.sort in ("variable", "start"):
        return Place(x, y)
    if part.sort == "switch":
        wide, high = (1.0 + CONTACT, CONTACT) if direction in ("up", "down") else (CONTACT, 1.0 + CONTACT)
        return Place(x, y, wide, high, "switch", direction)
    if part.sort == "objective":
        return Place(x, y, shape="rect")
    along = length(part)
    if direction in ("up", "down"):
        return Place(x, y, 2.0 if along > 1 else 1.0, 1.0, "bullet", direction)
    return Place(x, y, along, 1.0, "bullet", direction)


def dome(x: float, y: float, direction: str = "up") -> Place:
    """A module that stands under a variable and flows up, or over one and flows down."""
    return Place(x, y, DOME_WIDTH, 1.0, "dome", direction)


def apart(one: Place, other: Place, gap: float = 0.0) -> bool:
    """Whether two places keep a gap between their boxes."""
    return (
        one.right + gap <= other.left + 1e-9
        or other.right + gap <= one.left + 1e-9
        or one.top + gap <= other.bottom + 1e-9
        or other.top + gap <= one.bottom + 1e-9
    )
