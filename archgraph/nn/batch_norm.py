"""Batch normalisation over the batch and all positions that are real (Ioffe and Szegedy 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BatchNorm(nn.Module):
    """Normalise each feature of x (B, ..., features); `real` (B, ...) tells the positions that count."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, features: int, *, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Use the statistics of this batch in training, the running ones in eval."""
        mean, var = self.measure(x, real) if self.training else (self.running_mean, self.running_var)
        return (x - mean) * torch.rsqrt(var + self.eps) * self.weight + self.bias

    def measure(self, x: Tensor, real: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and variance (features,) of the real positions; the running ones move towards them."""
        if real is None:
            real = torch.ones(x.shape[:-1], dtype=torch.bool, device=x.device)
        count, axes, padded = real.sum(), tuple(range(x.dim() - 1)), ~real.unsqueeze(-1)
        mean = x.masked_fill(padded, 0).sum(axes) / count.clamp(min=1)
        squares = (x - mean).masked_fill(padded, 0).square().sum(axes)
        rate = self.momentum * (count > 0)
        with torch.no_grad():
            self.running_mean += rate * (mean - self.running_mean)
            self.running_var += rate * (squares / (count - 1).clamp(min=1) - self.running_var)
        return mean, squares / count.clamp(min=1)
