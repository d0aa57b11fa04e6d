"""Interleaved pairs: things timed in turn in one process, so that what slows the machine slows all of them."""

from __future__ import annotations

import gc
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

RESAMPLES = 1000
SELDOM = 4  # what is only shown beside the others runs in every so manieth round
FEWEST = 5  # rounds that any budget allows
Told = Callable[[int, float], None]


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


def interleave(
    works: Sequence[Callable[[], float | None]],
    pairs: int,
    *,
    seconds: float = math.inf,
    seldom: frozenset[int] = frozenset(),
    told: Told | None = None,
) -> list[list[float]]:
    """Seconds of each work in each round, in so many rounds or until so many seconds are spent; a work may time itself.

    The works whose places are in `seldom` run in every fourth round alone, and have fewer times. The order is drawn
    anew in each round, by a seed: a fixed one would let the same work warm the caches for another. `told` hears of
    each round that is done, and of the seconds spent.
    """
    found: list[list[float]] = [[] for _ in works]
    draw, order = random.Random(0), list(range(len(works)))
    for work in works:
        work()
    gc.collect()
    gc.disable()  # a collection would fall on whichever work happens to run
    begin = perf_counter()
    try:
        for number in range(pairs):
            for index in order:
                if index not in seldom or number % SELDOM == 0:
                    found[index].append(_timed(works[index]))
            draw.shuffle(order)
            spent = perf_counter() - begin
            if told is not None:
                told(number + 1, spent)
            if spent > seconds and number + 1 >= FEWEST:
                break
    finally:
        gc.enable()
    return found


def _timed(work: Callable[[], float | None]) -> float:
    start = perf_counter()
    own = work()
    return perf_counter() - start if own is None else own


def ratio(times: Sequence[float], others: Sequence[float]) -> Ratio:
    """The ratio of medians with bounds by resampling the rounds that both ran in."""
    if len(times) > len(others):
        times = times[::SELDOM]
    if len(others) > len(times):
        others = others[::SELDOM]
    value, low, high = resampled((times, others), lambda one, other: one / other)
    return Ratio(value, low, high, len(times), median(others))


def resampled(series: Sequence[Sequence[float]], value: Callable[..., float]) -> tuple[float, float, float]:
    """What `value` makes of the medians of series of as many rounds, with bounds by a seeded bootstrap, 95 %."""
    draw, count = random.Random(0), len(series[0])
    found = []
    for _ in range(RESAMPLES):
        chosen = draw.choices(range(count), k=count)
        found.append(value(*(median(each[i] for i in chosen) for each in series)))
    found.sort()
    return (
        value(*(median(each) for each in series)),
        found[int(0.025 * RESAMPLES)],
        found[int(0.975 * RESAMPLES)],
    )
