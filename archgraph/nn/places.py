"""Positions of a sequence picked out by their numbers, and put back."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def place_rows(table: Tensor, first: int | Tensor, steps: int) -> Tensor:
    """The rows of a table (length, n) from place `first` on, so many: (steps, n); raises ValueError past the last."""
    if isinstance(first, Tensor):
        return table[first + torch.arange(steps, device=table.device)]
    if first + steps > len(table):
        raise ValueError(f"{first + steps} positions, but the table has {len(table)}")
    return table[first : first + steps]


def gather_positions(x: Tensor, index: Tensor) -> Tensor:
    """The positions index (B, K) of x (B, T, D): (B, K, D)."""
    return x.gather(1, index.unsqueeze(-1).expand(-1, -1, x.shape[2]))


def scatter_positions(x: Tensor, index: Tensor, into: Tensor) -> Tensor:
    """The sequence into (B, T, D) with x (B, K, D) at the positions index (B, K), no two of them the same."""
    return into.scatter(1, index.unsqueeze(-1).expand(-1, -1, x.shape[2]), x)


class Scatter(nn.Module):
    """x (B, K, width) at its positions of a sequence of one learned token (He et al. 2022): (B, T, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(width) * 0.02)

    def forward(self, x: Tensor, index: Tensor, length: int) -> Tensor:
        """Put x at the positions index (B, K) of `length`."""
        return scatter_positions(x, index, self.token.expand(x.shape[0], length, -1))


def random_subset(
    x: Tensor, keep: int, corrupt: bool, *, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """`keep` positions of x (B, T, D), drawn without looking, in their order; without `corrupt` the first ones.

    Also their places (B, keep), and a mask (B, T) of what is left out.
    """
    draws = torch.empty(x.shape[:2], device=x.device).normal_(generator=generator)
    places = torch.arange(x.shape[1], device=x.device).expand(x.shape[:2])
    index = (draws.argsort(1) if corrupt else places)[:, :keep].sort(1).values
    return gather_positions(x, index), index, torch.ones_like(draws, dtype=torch.bool).scatter(1, index, False)
