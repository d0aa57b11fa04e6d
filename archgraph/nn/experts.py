"""A mixture of experts: for each position a router picks a few feed-forward layers of many."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MixtureOfExperts(nn.Module):
    """Gated feed-forward layers, `top` of `experts` at each position: x (B, ..., width) to itself.

    The weights of the experts stand in one tensor each, (experts, rows, columns), rows and columns as in nn.Linear.
    """

    def __init__(self, width: int, hidden: int, experts: int, *, top: int = 2, normalise: bool = True) -> None:
        super().__init__()
        self.top, self.normalise = top, normalise
        self.router = nn.Parameter(torch.randn(experts, width) / math.sqrt(width))
        self.gate = nn.Parameter(torch.randn(experts, hidden, width) / math.sqrt(width))
        self.inner = nn.Parameter(torch.randn(experts, hidden, width) / math.sqrt(width))
        self.outer = nn.Parameter(torch.randn(experts, width, hidden) / math.sqrt(hidden))

    def forward(self, x: Tensor, real: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The sum of the chosen experts, each by its weight; and how unevenly they are used, (B, 1)."""
        chances = F.linear(x, self.router).softmax(-1)
        weights, chosen = chances.topk(self.top, -1)
        if self.normalise:
            weights = weights / weights.sum(-1, keepdim=True)
        shares = torch.zeros_like(chances).scatter(-1, chosen, weights)
        picked = torch.zeros_like(chances, dtype=torch.bool).scatter(-1, chosen, True)
        y = self.mix(x.flatten(0, -2), shares.flatten(0, -2), picked.flatten(0, -2)).view(x.shape)
        return y, measure_balance(chances, picked, real)

    def mix(self, x: Tensor, shares: Tensor, picked: Tensor) -> Tensor:
        """The experts of x (N, width) by their shares (N, experts), each on the positions that `picked` it."""
        y = torch.zeros_like(x)
        for index in range(shares.shape[1]):
            share = shares[:, index]
            if torch.compiler.is_compiling():
                # How many positions chose an expert is known to no graph: there all go through it, by a share of zero.
                y = y + self.expert(x, index) * share.unsqueeze(-1)
                continue
            places = picked[:, index].nonzero().squeeze(-1)
            y = y.index_add(0, places, self.expert(x[places], index) * share[places].unsqueeze(-1))
        return y

    def expert(self, x: Tensor, index: int) -> Tensor:
        """One expert on x (N, width)."""
        hidden = F.silu(F.linear(x, self.gate[index])) * F.linear(x, self.inner[index])
        return F.linear(hidden, self.outer[index])


def measure_balance(chances: Tensor, chosen: Tensor, real: Tensor | None = None) -> Tensor:
    """Load-balancing energy (B, 1) of router and choice (B, T, experts), where `real` (B, T): 1 when even.

    experts · Σ_e f_e P_e, with f_e the part of the choices that fell on expert e and P_e the mean of its chances.
    """
    count = chances.shape[1] if real is None else real.sum(1, keepdim=True).clamp(min=1)
    if real is not None:
        chances, chosen = (part.masked_fill(~real.unsqueeze(-1), 0) for part in (chances, chosen))
    used = chosen.sum(1) / chosen.sum((1, 2)).clamp(min=1).unsqueeze(-1)
    return chances.shape[-1] * (used * chances.sum(1) / count).sum(-1, keepdim=True)
