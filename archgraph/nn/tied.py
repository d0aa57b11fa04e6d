"""Layers whose weight another layer owns."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TiedLinear(nn.Module):
    """A linear map by a weight (width, n) that another layer owns: x (..., n) to (..., width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, weight: Tensor) -> Tensor:
        """Multiply by the weight and add the bias."""
        return F.linear(x, weight, self.bias)
