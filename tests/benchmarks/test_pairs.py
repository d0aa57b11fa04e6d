from __future__ import annotations

import pytest

from benchmarks.pairs import FEWEST, interleave, ratio, resampled


def test_no_round_begins_after_the_budget() -> None:
    heard: list[int] = []
    (times,) = interleave([lambda: 1.0], 1000, seconds=0.0, told=lambda done, _: heard.append(done))
    assert len(times) == FEWEST
    assert heard == list(range(1, FEWEST + 1))


def test_what_is_seldom_runs_in_every_fourth_round_and_is_compared_with_those() -> None:
    counts = [0, 0]

    def work(index: int) -> float:
        counts[index] += 1
        return float(counts[0]) * (1 + index)  # the round, but for the first call, which warms up

    often, seldom = interleave([lambda: work(0), lambda: work(1)], 9, seldom=frozenset({1}))
    assert (len(often), len(seldom)) == (9, 3)
    found = ratio(seldom, often)
    assert found.pairs == 3
    assert found.seconds == often[4]
    assert ratio(often, seldom).value == pytest.approx(1 / found.value)


def test_bounds_hold_the_value_and_widen_with_noise() -> None:
    still, noisy = [2.0] * 20, [1.0, 3.0] * 10
    assert resampled((still, [1.0] * 20), lambda one, other: one - other) == (1.0, 1.0, 1.0)
    value, low, high = resampled((noisy, still), lambda one, other: one / other)
    assert low < value < high
