"""Parallel lines on which a wire may run, and what each step between their spots costs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass
class Lines:
    """Lines through the same sorted spots, level at the heights `at`, or upright there across.

    `charges` are, by line, the steps that cost more than their lengths: the first, one past the last, and how much.
    """

    spots: list[float]
    at: list[float]
    level: bool
    lengths: list[float] = field(init=False)
    charges: list[list[tuple[int, int, float]]] = field(init=False)

    def __post_init__(self) -> None:
        self.lengths = [high - low for low, high in pairwise(self.spots)]
        self.charges = [[] for _ in self.at]

    def between(self, low: float, high: float) -> range:
        """The lines that run between two others, not on them."""
        return range(bisect_right(self.at, low), bisect_left(self.at, high))

    def within(self, low: float, high: float) -> range:
        """The lines from one on and before another."""
        return range(bisect_left(self.at, low), bisect_left(self.at, high))

    def beside(self, at: float, reach: float) -> list[int]:
        """The lines less than a reach away from another."""
        # The sum may be rounded to the reach where the difference is less, so one line more is looked at.
        first, last = bisect_left(self.at, at - reach), bisect_right(self.at, at + reach)
        return [index for index in range(first, last) if abs(at - self.at[index]) < reach]

    def charge(self, lines: Iterable[int], low: float, high: float, price: float) -> None:
        """Make each step of some lines dearer that has more than a point in common with a stretch."""
        first = max(0, bisect_right(self.spots, low) - 1)
        last = min(len(self.lengths), bisect_left(self.spots, high))
        if first < last:
            charge = (first, last, price)
            for index in lines:
                self.charges[index].append(charge)

    def prices(self, index: int) -> list[float]:
        """What each step of a line costs."""
        prices = self.lengths.copy()
        for first, last, price in self.charges[index]:
            for step in range(first, last):
                prices[step] += price
        return prices
