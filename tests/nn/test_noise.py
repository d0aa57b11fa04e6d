from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from archgraph.nn.noise import drop_tokens, gaussian_noise, mask_tokens
from archgraph.nn.padding import real_lengths

REAL = real_lengths(torch.tensor([4000, 1000]), 4000)


def test_noise_has_the_standard_deviation_and_spares_padding() -> None:
    x = torch.randn(2, 4000, 3)
    noise = gaussian_noise(x, 0.5, real=REAL) - x
    assert noise[~REAL].abs().max() == 0
    assert noise[REAL].std().item() == pytest.approx(0.5, rel=0.03)
    assert noise[REAL].mean().item() == pytest.approx(0, abs=0.02)


def test_masked_tokens_are_those_told_and_no_padding() -> None:
    x = torch.randint(1, 9, (2, 4000))
    corrupted, where = mask_tokens(x, 0.3, symbol=9, real=REAL)
    assert torch.equal(corrupted == 9, where)
    assert torch.equal(corrupted[~where], x[~where])
    assert not where[~REAL].any()
    assert where[REAL].double().mean().item() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("shape", [(2, 4000), (2, 4000, 3)])
def test_dropped_positions_read_as_the_fill_whole(shape: tuple[int, ...]) -> None:
    x = torch.rand(shape) + 1
    corrupted, where = drop_tokens(x, 0.3, fill=0, real=REAL)
    assert where.shape == (2, 4000)
    assert corrupted[where].abs().max() == 0
    assert torch.equal(corrupted[~where], x[~where])
    assert not where[~REAL].any()
    assert where[REAL].double().mean().item() == pytest.approx(0.3, abs=0.03)


def test_rates_zero_and_one_are_none_and_all() -> None:
    x = torch.randint(1, 9, (2, 50))
    assert torch.equal(mask_tokens(x, 0.0, symbol=9)[0], x)
    assert (mask_tokens(x, 1.0, symbol=9)[0] == 9).all()


@pytest.mark.parametrize("corrupt", [gaussian_noise, drop_tokens])
def test_a_generator_makes_it_repeatable(corrupt: Callable[..., Any]) -> None:
    x = torch.randn(2, 50, 3)
    draws = [corrupt(x, 0.5, generator=torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    first, again, other = (draw[0] for draw in draws)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_compiles_in_one_graph() -> None:
    compiled = torch.compile(mask_tokens, fullgraph=True, backend="eager")
    x = torch.randint(1, 9, (2, 50))
    corrupted, where = compiled(x, 0.5, symbol=9)
    assert torch.equal(corrupted == 9, where)
