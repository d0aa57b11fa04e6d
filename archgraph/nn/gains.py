"""Learned factors: one for all numbers, or one for each feature."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Temperature(nn.Module):
    """Divide x, of any shape, by a learned temperature; what is learned is the logarithm of its inverse (1,)."""

    def __init__(self, initial: float = 1.0) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.full((1,), -math.log(initial)))

    def forward(self, x: Tensor) -> Tensor:
        """Multiply by the inverse temperature, which is never negative."""
        return x * self.log_scale.exp()


class LayerScale(nn.Module):
    """Multiply the features of x (..., width) by a learned gain each, small at first (Touvron et al. 2021)."""

    def __init__(self, width: int, initial: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), initial))

    def forward(self, x: Tensor) -> Tensor:
        """Multiply by the gains."""
        return x * self.weight
