"""What attention adds to its scores by distance: a slope for each head, or a learned number for each bucket."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def distances(size: tuple[int, int], device: torch.device, first: Tensor | None = None) -> Tensor:
    """Place of the key less place of the query, of `size` (queries, keys): from `first` () on, else the last ask."""
    queries, keys = size
    asking = torch.arange(queries, device=device) + (keys - queries if first is None else first)
    return torch.arange(keys, device=device) - asking.unsqueeze(1)


def slopes(heads: int) -> list[float]:
    """One slope a head, a geometric series from 2^(-8 / heads) (Press et al. 2022); between two powers of two mixed."""
    power = 2 ** math.floor(math.log2(heads))
    found = [2 ** (-8 * (head + 1) / power) for head in range(power)]
    return found + [2 ** (-4 * (2 * head + 1) / power) for head in range(heads - power)]


class Alibi(nn.Module):
    """Scores fall in proportion to the distance (Press et al. 2022), by a slope for each head."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.slopes = slopes(heads)

    def forward(self, size: tuple[int, int], like: Tensor, first: Tensor | None = None) -> Tensor:
        """What is added to scores of `size` (queries, keys): (1, heads, queries, keys)."""
        far = distances(size, like.device, first).abs().to(like.dtype)
        return -far * torch.tensor(self.slopes, dtype=like.dtype, device=like.device).view(1, -1, 1, 1)


def bucket_distances(far: Tensor, buckets: int, reach: int, *, causal: bool = False) -> Tensor:
    """Buckets of distances: one each when near, then logarithmic up to `reach` (Raffel et al. 2020).

    Where not causal, half of the buckets are for what lies ahead.
    """
    ahead = torch.zeros_like(far)
    if causal:
        far = (-far).clamp(min=0)
    else:
        buckets = buckets // 2
        ahead, far = (far > 0) * buckets, far.abs()
    near = buckets // 2
    wide = (far.clamp(min=1).float() / near).log() / math.log(reach / near) * (buckets - near)
    return ahead + torch.where(far < near, far, (near + wide.long()).clamp(max=buckets - 1))


def relative_scores(
    table: Tensor, size: tuple[int, int], first: Tensor | None = None, *, reach: int, causal: bool = False
) -> Tensor:
    """What a table (buckets, heads) adds to scores of `size` (queries, keys): (1, heads, queries, keys)."""
    found = bucket_distances(distances(size, table.device, first), table.shape[0], reach, causal=causal)
    return table[found].permute(2, 0, 1).unsqueeze(0)
