"""Feed-forward layers, the same at each position."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class FeedForward(nn.Module):
    """Two linear maps with an activation between them: x (..., width) to (..., width)."""

    def __init__(self, width: int, hidden: int, *, activation: str = "relu", bias: bool = True) -> None:
        super().__init__()
        self.activation = activation
        self.inner = nn.Linear(width, hidden, bias=bias)
        self.outer = nn.Linear(hidden, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, activate by the function of that name in torch.nn.functional, narrow."""
        x = getattr(F, self.activation)(F.linear(x, self.inner.weight, self.inner.bias))
        return F.linear(x, self.outer.weight, self.outer.bias)


class GatedFeedForward(nn.Module):
    """A feed-forward layer with an activated gate (Shazeer 2020): x (..., width) to (..., width)."""

    def __init__(self, width: int, hidden: int, *, activation: str = "silu", bias: bool = True) -> None:
        super().__init__()
        self.activation = activation
        self.gate = nn.Linear(width, hidden, bias=bias)
        self.inner = nn.Linear(width, hidden, bias=bias)
        self.outer = nn.Linear(hidden, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, multiply by the gate, narrow."""
        gate = getattr(F, self.activation)(F.linear(x, self.gate.weight, self.gate.bias))
        x = gate * F.linear(x, self.inner.weight, self.inner.bias)
        return F.linear(x, self.outer.weight, self.outer.bias)
