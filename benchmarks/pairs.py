"""Interleaved pairs: two things timed in turn in one process, so that what slows the machine slows both."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

RESAMPLES = 1000


@dataclass(frozen=True)
class Ratio:
    """How long one thing takes, over another: the ratio of the medians, and where 95 % of resamples put it."""

    value: float
    low: float
    high: float
    pairs: int
    seconds: float  # the median of what is divided by

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def interleave(works: Sequence[Callable[[], float | None]], pairs: int) -> list[list[float]]:
    """Seconds of each work in each round; a work may time itself.

    The order is drawn anew in each round, by a seed: a fixed one would let the same work warm the caches for another.
    """
    found: list[list[float]] = [[] for _ in works]
    draw = random.Random(0)
    order = list(range(len(works)))
    for work in works:
        work()
    gc.collect()
    gc.disable()  # a collection would fall on whichever work happens to run
    try:
        for _ in range(pairs):
            for index in order:
                start = perf_counter()
                own = works[index]()
                found[index].append(perf_counter() - start if own is None else own)
            draw.shuffle(order)
    finally:
        gc.enable()
    return found


def ratio(times: Sequence[float], others: Sequence[float]) -> Ratio:
    """The ratio of medians with bounds by resampling pairs (a seeded bootstrap, 95 %)."""
    draw, count = random.Random(0), len(times)
    found = []
    for _ in range(RESAMPLES):
        chosen = draw.choices(range(count), k=count)
        found.append(median(times[i] for i in chosen) / median(others[i] for i in chosen))
    found.sort()
    low, high = found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES)]
    return Ratio(median(times) / median(others), low, high, count, median(others))
