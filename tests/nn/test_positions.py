"""Positions are those of the paper, on a line and over a grid."""

from __future__ import annotations

import math

import pytest
import torch

from archgraph.nn.positions import PositionTable, PositionWaves


def wave(place: int, feature: int, width: int, theta: float = 10000.0) -> float:
    """Vaswani et al. 2017, section 3.5, written out."""
    angle = place / theta ** (feature // 2 * 2 / width)
    return math.sin(angle) if feature % 2 == 0 else math.cos(angle)


def test_waves_are_those_of_the_paper_from_the_offset_on() -> None:
    table = PositionWaves(6, 20, offset=3, theta=50.0)(torch.zeros(1, 4, 6))[0]
    expected = [[wave(3 + t, i, 6, 50.0) for i in range(6)] for t in range(4)]
    torch.testing.assert_close(table, torch.tensor(expected, dtype=table.dtype), rtol=0, atol=1e-6)


def test_halves_hold_the_same_numbers_in_another_order() -> None:
    turns, halves = (PositionWaves(8, 5, halves=halves)(torch.zeros(1, 5, 8)) for halves in (False, True))
    assert torch.equal(halves, torch.cat((turns[..., ::2], turns[..., 1::2]), -1))


def test_a_grid_tells_column_and_row() -> None:
    table = PositionWaves(8, 12, columns=4)(torch.zeros(1, 12, 8))[0].view(3, 4, 8)
    line = PositionWaves(4, 4)(torch.zeros(1, 4, 4))[0]
    assert torch.equal(table[..., :4], line.expand(3, 4, 4))
    assert torch.equal(table[..., 4:], line[:3].unsqueeze(1).expand(3, 4, 4))


def test_scaled_places_end_at_one_turn_whatever_the_size_of_the_grid() -> None:
    table = PositionWaves(8, 12, columns=4, scaled=True)(torch.zeros(1, 12, 8))[0].view(3, 4, 8)
    assert torch.equal(table[2, :, 4:], table[2, :1, 4:].expand(4, 4))
    for half in (table[0, 3, :4], table[2, 0, 4:]):  # the last column, the last row
        torch.testing.assert_close(half[:2], torch.tensor([0.0, 1.0]), rtol=0, atol=1e-5)
        torch.testing.assert_close(half[2], torch.tensor(math.sin(2 * math.pi / 100)), rtol=0, atol=1e-5)
    torch.testing.assert_close(table[0, 1, :2], torch.tensor([0.0, -1.0]), rtol=0, atol=1e-5)  # half a turn


def test_the_row_may_come_first() -> None:
    one, other = (PositionWaves(8, 6, columns=3, rows_first=first)(torch.zeros(1, 6, 8)) for first in (False, True))
    assert torch.equal(other, torch.cat((one[..., 4:], one[..., :4]), -1))


def test_a_learned_table_is_read_from_the_offset_on_and_has_an_end() -> None:
    layer, x = PositionTable(3, 7, offset=2), torch.randn(2, 5, 3)
    assert torch.equal(layer(x), x + layer.table[2:])
    with pytest.raises(ValueError, match="8 positions, but the table has 7"):
        layer(torch.zeros(1, 6, 3))
