"""The learning rate rises, then falls along a cosine."""

from __future__ import annotations

import pytest

from archgraph.train.config import TrainConfig
from archgraph.train.schedule import rate

STEPS = TrainConfig("data", "out", max_steps=100, lr=1.0, warmup=0.1, lr_floor=0.1)
SECONDS = TrainConfig("data", "out", max_seconds=50.0, lr=1.0, warmup=0.1, lr_floor=0.1)


def test_rises_to_its_peak_and_falls_to_its_floor() -> None:
    rates = [rate(STEPS, step=step, seconds=0.0) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == pytest.approx(1.0)
    assert rates[54] == pytest.approx(0.55)
    assert rates[99] == pytest.approx(0.1)
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)


def test_follows_the_clock_only_without_a_number_of_steps() -> None:
    assert rate(SECONDS, step=7, seconds=27.5) == pytest.approx(0.55)
    assert rate(SECONDS, step=900, seconds=27.5) == rate(SECONDS, step=7, seconds=27.5)
    assert rate(STEPS, step=54, seconds=1e6) == pytest.approx(0.55)


def test_is_never_zero_at_the_start() -> None:
    assert rate(SECONDS, step=0, seconds=0.0) > 0
