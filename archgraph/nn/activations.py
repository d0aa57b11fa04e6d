"""Activations that torch has no function for."""

from __future__ import annotations

import torch
from torch import Tensor


def quick_gelu(x: Tensor) -> Tensor:
    """Compute x σ(1.702 x), of any shape: a near gelu (Hendrycks and Gimpel 2016)."""
    return x * torch.sigmoid(1.702 * x)
