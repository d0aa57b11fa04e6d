"""Learned tokens in front of a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Prepend(nn.Module):
    """`count` learned tokens in front of x (B, T, width): (B, count + T, width)."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.tokens = nn.Parameter(torch.randn(count, width) * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """The same tokens for every sample."""
        return torch.cat((self.tokens.expand(x.shape[0], -1, -1), x), 1)
