"""Padding masks and delays along time. Masks are bool (B, T), True where a position is real."""

from __future__ import annotations

import torch
from torch import Tensor


def real_positions(x: Tensor, pad: int, stop: bool = False) -> Tensor:
    """Mask (B, T) of tokens x (B, T) before the suffix of `pad`; with `stop` the suffix's first is real."""
    real = (x != pad).long().flip(1).cumsum(1).flip(1) > 0
    return real | delay(real, fill=True) if stop else real


def real_lengths(lengths: Tensor, size: int) -> Tensor:
    """Mask (B, size) of the first `lengths` (B,) positions."""
    return torch.arange(size, device=lengths.device) < lengths.unsqueeze(1)


def delay(x: Tensor, steps: int = 1, *, fill: float = 0) -> Tensor:
    """Delay x (B, T, ...) along its second axis; the first `steps` entries are `fill`."""
    first = x.new_full((x.shape[0], steps, *x.shape[2:]), fill)
    return torch.cat((first, x), 1)[:, : x.shape[1]]


def delay_from(x: Tensor, initial: Tensor, *, steps: int = 1) -> Tensor:
    """Delay x (B, T, ...) along its second axis; the first `steps` entries are `initial` (B, ...)."""
    first = initial.unsqueeze(1).repeat_interleave(steps, 1)
    return torch.cat((first, x), 1)[:, : x.shape[1]]
