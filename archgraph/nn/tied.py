"""Layers whose weight another layer owns."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn.places import place_rows


class TiedLinear(nn.Module):
    """A linear map by a weight (width, n) that another layer owns: x (..., n) to (..., width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, weight: Tensor) -> Tensor:
        """Multiply by the weight and add the bias."""
        return F.linear(x, weight, self.bias)


class SinusoidalPositions(nn.Module):
    """Add sines and cosines (Vaswani et al. 2017, 3.5) to x (B, T, width), embedded by another layer's table."""

    table: Tensor

    def __init__(self, width: int, *, length: int = 4096) -> None:
        super().__init__()
        angles = torch.arange(length).unsqueeze(1) / 10000 ** (torch.arange(0, width, 2) / width)
        table = torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[:, :width]
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: Tensor, first: int | Tensor = 0) -> Tensor:
        """Add the place of each position, counted from `first`."""
        return x + place_rows(self.table, first, x.shape[1])


class LearnedPositions(nn.Module):
    """Add a learned vector per position to x (B, T, width), embedded by another layer's table."""

    def __init__(self, width: int, *, length: int) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.randn(length, width) / width**0.5)

    def forward(self, x: Tensor, first: int | Tensor = 0) -> Tensor:
        """Add the vector of each position, counted from `first`."""
        return x + place_rows(self.positions, first, x.shape[1])
