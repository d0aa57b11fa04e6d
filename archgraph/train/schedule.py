"""The learning rate over a run: linear warm-up, then a cosine (Loshchilov and Hutter, 2017)."""

from __future__ import annotations

import math

from archgraph.train.config import TrainConfig


def progress(config: TrainConfig, *, step: int, seconds: float) -> float:
    """Return the fraction of the run that lies behind, in 0..1.

    Steps count where the run has a number of them: only then is it repeatable bit for bit.
    """
    if config.horizon is not None:
        return min(1.0, step / config.horizon)
    assert config.max_seconds is not None
    return min(1.0, seconds / config.max_seconds)


def rate(config: TrainConfig, *, step: int, seconds: float) -> float:
    """Return the learning rate of the step that comes after `step` steps and `seconds`."""
    # One step on, so that the first step already learns.
    ahead = progress(config, step=step + 1, seconds=seconds)
    if ahead < config.warmup:
        return config.lr * max(ahead, 1e-3) / config.warmup
    through = (ahead - config.warmup) / (1 - config.warmup)
    return config.lr * (config.lr_floor + (1 - config.lr_floor) * (1 + math.cos(math.pi * through)) / 2)
