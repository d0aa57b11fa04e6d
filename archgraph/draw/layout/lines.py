"""A line on which a wire may run, and what each step between its spots costs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from archgraph.draw.paths import Point


@dataclass
class Line:
    """A line through sorted spots, level at the height `at` or upright at `at` across.

    `prices` are those of the steps between spots: their lengths and what is charged.
    """

    spots: list[float]
    at: float
    level: bool
    prices: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.prices = [high - low for low, high in pairwise(self.spots)]

    @property
    def ends(self) -> tuple[Point, Point]:
        """The first point and the last."""
        first, last = self.spots[0], self.spots[-1]
        return ((first, self.at), (last, self.at)) if self.level else ((self.at, first), (self.at, last))

    def charge(self, low: float, high: float, price: float) -> None:
        """Make each step dearer that has more than a point in common with a stretch of the line."""
        if not price:
            return
        for index in range(
            max(0, bisect_right(self.spots, low) - 1), min(len(self.prices), bisect_left(self.spots, high))
        ):
            self.prices[index] += price
