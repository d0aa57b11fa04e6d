"""Feed-forward layers, the same at each position.

The activation is the function of that name in torch.nn.functional, or, where that is "", one of the near gelus: by
`tanh`, or `quick` (Hendrycks and Gimpel 2016). What comes of it may be `squared`, as after a relu (So et al. 2021).

The first map is of rows (N, width): of (B, T, width) it would give a view, into which `relu_` cannot write in training
without a copy of the gradients. Written into, the widest tensor of a layer stands in memory once.
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
        activation: str = "relu_",
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
        rows = affine(x.flatten(0, -2), self.inner)
        if self.activation:
            rows = getattr(F, self.activation)(rows)
        if self.tanh:
            rows = F.gelu(rows, approximate="tanh")
        if self.quick:
            rows = rows * torch.sigmoid(1.702 * rows)
        if self.squared:
            rows = rows.square()
        if self.dropout:
            rows = F.dropout(rows, self.dropout, self.training)
        return affine(rows, self.outer).view_as(x)


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
