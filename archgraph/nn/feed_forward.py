"""Feed-forward layers, the same at each position.

The activation is the function of that name in torch.nn.functional, or, where that is "", one of the near gelus: by
`tanh`, or `quick` (Hendrycks and Gimpel 2016). What comes of it may be `squared`, as after a relu (So et al. 2021).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn.affine import affine


class FeedForward(nn.Module):
    """Two linear maps with an activation between them: x (..., width) to (..., width)."""

    def __init__(
        self,
        width: int,
        hidden: int,
        *,
        activation: str = "relu",
        tanh: bool = False,
        quick: bool = False,
        squared: bool = False,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.activation, self.tanh, self.quick, self.squared = activation, tanh, quick, squared
        self.dropout = dropout
        self.inner = nn.Linear(width, hidden, bias=bias)
        self.outer = nn.Linear(hidden, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, activate, narrow."""
        x = affine(x, self.inner)
        if self.activation:
            x = getattr(F, self.activation)(x)
        if self.tanh:
            x = F.gelu(x, approximate="tanh")
        if self.quick:
            x = x * torch.sigmoid(1.702 * x)
        if self.squared:
            x = x.square()
        if self.dropout:
            x = F.dropout(x, self.dropout, self.training)
        return affine(x, self.outer)


class GatedFeedForward(nn.Module):
    """A feed-forward layer with an activated gate (Shazeer 2020): x (..., width) to (..., width)."""

    def __init__(
        self,
        width: int,
        hidden: int,
        *,
        activation: str = "silu",
        tanh: bool = False,
        quick: bool = False,
        squared: bool = False,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.activation, self.tanh, self.quick, self.squared = activation, tanh, quick, squared
        self.dropout = dropout
        self.gate = nn.Linear(width, hidden, bias=bias)
        self.inner = nn.Linear(width, hidden, bias=bias)
        self.outer = nn.Linear(hidden, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, multiply by the gate, narrow."""
        gate = affine(x, self.gate)
        if self.activation:
            gate = getattr(F, self.activation)(gate)
        if self.tanh:
            gate = F.gelu(gate, approximate="tanh")
        if self.quick:
            gate = gate * torch.sigmoid(1.702 * gate)
        if self.squared:
            gate = gate.square()
        x = gate * affine(x, self.inner)
        if self.dropout:
            x = F.dropout(x, self.dropout, self.training)
        return affine(x, self.outer)
