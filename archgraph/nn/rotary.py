"""Rotary positions (Su et al. 2021): queries and keys turned by their place, so that scores tell distances."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Rotary(nn.Module):
    """Turn the first `width` features of each head, in pairs, by angles that grow with the place.

    Pairs are features i and i + width / 2, or, where `turns`, features 2 i and 2 i + 1. `linear` slows all angles down
    so many times (Chen et al. 2023). With `trained`, those alone are slowed down `factor` times that turn fewer than
    `low` times in so many positions, and none that turn more than `high` times (Llama 3.1).
    """

    def __init__(
        self,
        width: int,
        *,
        theta: float = 10000.0,
        turns: bool = False,
        linear: float = 0.0,
        factor: float = 1.0,
        trained: int = 0,
        low: float = 1.0,
        high: float = 4.0,
    ) -> None:
        super().__init__()
        self.width, self.theta, self.turns = width, theta, turns
        self.linear, self.factor, self.trained, self.low, self.high = linear, factor, trained, low, high

    def forward(self, q: Tensor, k: Tensor, first: int | Tensor = 0) -> tuple[Tensor, Tensor]:
        """Turn queries and keys (B, heads, T, D), whose first position stands at place `first`."""
        angles = self.angles(q, first)
        cos, sin = angles.cos().to(q.dtype), angles.sin().to(q.dtype)
        return self.turn(q, cos, sin), self.turn(k, cos, sin)

    def turn(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Turn x (B, heads, T, D) by angles with these cosines and sines (T, width / 2)."""
        turning = x.narrow(-1, 0, self.width)
        if self.turns:
            a, b = turning.view(*x.shape[:3], -1, 2).unbind(-1)
            turned = torch.stack((a * cos - b * sin, b * cos + a * sin), -1).flatten(-2)
        else:
            a, b = turning.chunk(2, -1)
            turned = torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
        if self.width == x.shape[-1]:
            return turned
        return torch.cat((turned, x.narrow(-1, self.width, x.shape[-1] - self.width)), -1)

    def angles(self, x: Tensor, first: int | Tensor) -> Tensor:
        """Angles (T, width / 2) in float32, or float64 for x in float64: half precision would confuse far places."""
        dtype = torch.promote_types(x.dtype, torch.float32)
        rates = self.theta ** -(torch.arange(0, self.width, 2, dtype=dtype, device=x.device) / self.width)
        if self.trained:
            turns = rates * (self.trained / (2 * math.pi))
            kept = ((turns - self.low) / (self.high - self.low)).clamp(0, 1)
            rates = rates * ((1 - kept) / self.factor + kept)
        if self.linear:
            rates = rates / self.linear
        places = (first + torch.arange(x.shape[2], device=x.device)).to(dtype)
        return places.unsqueeze(1) * rates
