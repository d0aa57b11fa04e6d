"""Matrices that a file holds the other way round, turned a few rows at a time.

torch's own copy of a transposed matrix goes number by number; its shuffle of channels, which moves them likewise, takes
as many at once as the processor can. On pieces that fit the nearer caches, reading and turning GPT-2's matrices takes
three quarters of what it takes to read each whole and copy it.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

NUMBERS = 1 << 18  # of a piece
FEWEST = 32  # rows of a piece: what is written has as many numbers behind each other


def rows_at_once(columns: int) -> int:
    """How many rows of a matrix of so many columns to turn together."""
    return max(FEWEST, NUMBERS // max(columns, 1))


def turn(piece: Tensor, into: Tensor) -> None:
    """Write rows (n, columns) of a matrix as columns: into memory (columns, n), of any strides."""
    channels = piece.to(into.dtype).reshape(1, 1, 1, -1).permute(0, 3, 1, 2)
    into.copy_(F.channel_shuffle(channels, len(piece)).view(into.shape))
