from __future__ import annotations

import pytest
import torch

from archgraph.nn.padding import delay_from, given_lengths, real_lengths, real_positions, real_through_stop


def test_only_the_suffix_of_pads_is_padding() -> None:
    x = torch.tensor([[1, 0, 2, 0, 0], [0, 0, 0, 0, 0], [1, 2, 3, 4, 5], [0, 3, 0, 0, 0]])
    expected = [[1, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 0, 0]]
    assert real_positions(x, 0).int().tolist() == expected


def test_first_trailing_pad_is_real_when_it_is_also_the_stop() -> None:
    x = torch.tensor([[1, 2, 0, 0], [1, 2, 3, 0], [1, 2, 3, 4], [0, 0, 0, 0]])
    expected = [[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 0, 0]]
    assert real_through_stop(x, 0).int().tolist() == expected


def test_lengths_become_a_mask() -> None:
    assert real_lengths(torch.tensor([0, 2, 3]), 3).int().tolist() == [[0, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_no_positions_make_an_empty_mask() -> None:
    assert real_through_stop(torch.zeros(2, 0, dtype=torch.long), 0).shape == (2, 0)
    assert real_lengths(torch.tensor([0, 0]), 0).shape == (2, 0)


def test_without_lengths_all_positions_are_real() -> None:
    assert given_lengths(torch.zeros(2, 3, 4), None).all()
    assert given_lengths(torch.zeros(2, 3, 4), torch.tensor([1, 3])).int().tolist() == [[1, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_delay_from_repeats_the_initial_value(steps: int) -> None:
    x, initial = torch.randn(2, 3, 4), torch.randn(2, 4)
    out = delay_from(x, initial, steps=steps)
    for t in range(3):
        assert torch.equal(out[:, t], initial if t < steps else x[:, t - steps])
