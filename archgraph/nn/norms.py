"""Norms by a function: the result of the layer without the price of calling a module, which small models feel."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F


def normalise(x: Tensor, norm: Any) -> Tensor:
    """What the layer norm (nn.LayerNorm) gives for x (..., width)."""
    return F.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def normalise_rms(x: Tensor, norm: Any) -> Tensor:
    """What the RMS norm (nn.RMSNorm) gives for x (..., width)."""
    return F.rms_norm(x, norm.normalized_shape, norm.weight, norm.eps)
