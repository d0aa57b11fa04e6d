"""Positions added to features: a learned vector for each, or sines and cosines, along a line or over a grid."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from archgraph.nn.places import place_rows


def wave_table(
    length: int, width: int, *, theta: float = 10000.0, halves: bool = False, scaled: bool = False
) -> Tensor:
    """Sines and cosines (length, width) of falling frequencies (Vaswani et al. 2017, 3.5), in turn or in halves.

    If scaled, places are counted from 1, and the last is at 2 pi (Carion et al. 2020, whose code has the 1e-6).
    """
    # In float32 the angles of far places would be wrong in the fourth digit.
    places, features = (torch.arange(0, n, step, dtype=torch.float64) for n, step in ((length, 1), (width, 2)))
    if scaled:
        places = (places + 1) / (length + 1e-6) * (2 * math.pi)
    angles = places.unsqueeze(1) / theta ** (features / width)
    waves = (angles.sin(), angles.cos())
    table = torch.cat(waves, 1) if halves else torch.stack(waves, -1).flatten(1)
    return table[:, :width].to(torch.get_default_dtype())


class AddedPositions(nn.Module):
    """Add the row of each position to x (B, T, width); the first position reads row `offset`."""

    table: Tensor

    def __init__(self, *, offset: int = 0) -> None:
        super().__init__()
        self.offset = offset

    def forward(self, x: Tensor, first: int | Tensor = 0) -> Tensor:
        """Add the rows from position `first` on; raises ValueError past the last row."""
        return x + place_rows(self.table, self.offset + first, x.shape[1])


class PositionTable(AddedPositions):
    """A learned vector per position, `length` of them."""

    def __init__(self, width: int, length: int, *, offset: int = 0) -> None:
        super().__init__(offset=offset)
        self.table = nn.Parameter(torch.randn(length, width) * 0.02)


class PositionWaves(AddedPositions):
    """Sines and cosines of the position; with `columns`, of its column in one half and of its row in the other."""

    def __init__(
        self,
        width: int,
        length: int,
        *,
        offset: int = 0,
        theta: float = 10000.0,
        halves: bool = False,
        columns: int = 0,
        rows_first: bool = False,
        scaled: bool = False,
    ) -> None:
        super().__init__(offset=offset)
        if columns:
            place, sizes = torch.arange(length), (columns, -(-length // columns))
            across, down = (wave_table(n, width // 2, theta=theta, halves=halves, scaled=scaled) for n in sizes)
            of_column, of_row = across[place % columns], down[place // columns]
            table = torch.cat((of_row, of_column) if rows_first else (of_column, of_row), 1)
        else:
            table = wave_table(length, width, theta=theta, halves=halves)
        self.register_buffer("table", table, persistent=False)
