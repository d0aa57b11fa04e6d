"""Norms by a function: the result of the layer without the price of calling a module, which small models feel.

One that torch does not have is a module.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def normalise(x: Tensor, norm: Any) -> Tensor:
    """What the layer norm (nn.LayerNorm) gives for x (..., width)."""
    return torch.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def normalise_rms(x: Tensor, norm: Any) -> Tensor:
    """What the RMS norm (nn.RMSNorm) gives for x (..., width)."""
    return torch.rms_norm(x, norm.normalized_shape, norm.weight, norm.eps)


class OffsetRMSNorm(nn.Module):
    """Divide x (..., width) by its root mean square, and multiply by 1 + weight (Gemma, 2024)."""

    def __init__(self, width: int, *, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise by a gain that decays to one, not to zero."""
        return torch.rms_norm(x, self.weight.shape, 1 + self.weight, self.eps)
