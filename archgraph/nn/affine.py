"""Linear maps applied as functions."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


def affine(x: Tensor, linear: nn.Linear) -> Tensor:
    """What the linear map gives for x (..., n): (..., m). Its hooks are not called."""
    return F.linear(x, linear.weight, linear.bias)
