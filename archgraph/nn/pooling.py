"""Pooling over time, x (B, T, D) to (B, D), of the positions that are real; zeros where none is."""

from __future__ import annotations

import torch
from torch import Tensor


def pool_sum(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Sum x (B, T, D) over time, where `real` (B, T) if given."""
    return x.sum(1) if real is None else x.masked_fill(~real.unsqueeze(-1), 0).sum(1)


def pool_mean(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Average x (B, T, D) over time, where `real` (B, T) if given."""
    if real is None:
        return x.mean(1)
    return x.masked_fill(~real.unsqueeze(-1), 0).sum(1) / real.sum(1, keepdim=True).clamp(min=1)


def pool_max(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Greatest of x (B, T, D) over time, feature by feature, where `real` (B, T) if given."""
    if real is None:
        return x.amax(1)
    greatest = x.masked_fill(~real.unsqueeze(-1), -torch.inf).amax(1)
    return greatest.masked_fill(~real.any(1, keepdim=True), 0)


def pool_first(x: Tensor, real: Tensor | None = None) -> Tensor:
    """First position of x (B, T, D), if it is `real` (B, T)."""
    return x[:, 0] if real is None else x[:, 0].masked_fill(~real[:, :1], 0)


def pool_last(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Last position of x (B, T, D) that is `real` (B, T)."""
    if real is None:
        return x[:, -1]
    last = (real.sum(1) - 1).clamp(min=0)
    return x[torch.arange(x.shape[0], device=x.device), last].masked_fill(~real[:, :1], 0)
