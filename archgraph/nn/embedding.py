"""Embeddings of tokens, without positions, with the sinusoidal table, or with learned positions."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from archgraph.nn.places import place_rows


class Embedding(nn.Module):
    """Embed tokens: x (B, T) or (B,) to (B, T, width) or (B, width), times sqrt(width) if `scale`."""

    def __init__(self, symbols: int, width: int, *, scale: bool = False) -> None:
        super().__init__()
        self.scale = math.sqrt(width) if scale else 1.0
        # Tied to an output layer, such weights start with logits of unit variance; scaled, so do features.
        self.tokens = nn.Parameter(torch.randn(symbols, width) / math.sqrt(width))

    def forward(self, x: Tensor) -> Tensor:
        """Look up the vector of each token."""
        return torch.embedding(self.tokens, x) * self.scale


class SinusoidalEmbedding(nn.Module):
    """Embed tokens and add sines and cosines (Vaswani et al. 2017, 3.5): x (B, T) to (B, T, width)."""

    table: Tensor

    def __init__(self, symbols: int, width: int, *, scale: bool = False, length: int = 4096) -> None:
        super().__init__()
        self.scale = math.sqrt(width) if scale else 1.0
        self.tokens = nn.Parameter(torch.randn(symbols, width) / math.sqrt(width))
        angles = torch.arange(length).unsqueeze(1) / 10000 ** (torch.arange(0, width, 2) / width)
        table = torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[:, :width]
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: Tensor, first: int | Tensor = 0) -> Tensor:
        """Look up each token and add its position, counted from `first`."""
        return torch.embedding(self.tokens, x) * self.scale + place_rows(self.table, first, x.shape[1])


class LearnedPositionEmbedding(nn.Module):
    """Embed tokens and add a learned vector per position: x (B, T) to (B, T, width), T at most `length`."""

    def __init__(self, symbols: int, width: int, *, length: int, scale: bool = False) -> None:
        super().__init__()
        self.scale = math.sqrt(width) if scale else 1.0
        self.tokens = nn.Parameter(torch.randn(symbols, width) / math.sqrt(width))
        # As large as the tokens' features, so that neither drowns the other.
        self.positions = nn.Parameter(torch.randn(length, width) * self.scale / math.sqrt(width))

    def forward(self, x: Tensor, first: int | Tensor = 0) -> Tensor:
        """Look up each token and add its position, counted from `first`."""
        return torch.embedding(self.tokens, x) * self.scale + place_rows(self.positions, first, x.shape[1])
