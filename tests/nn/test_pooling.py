from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from archgraph.nn import pooling
from archgraph.nn.padding import real_lengths

Pool = Callable[..., Tensor]
POOLS: list[tuple[Pool, Pool]] = [
    (pooling.pool_sum, lambda x: x.sum(0)),
    (pooling.pool_mean, lambda x: x.mean(0)),
    (pooling.pool_max, lambda x: x.max(0).values),
    (pooling.pool_first, lambda x: x[0]),
    (pooling.pool_last, lambda x: x[-1]),
]


@pytest.mark.parametrize(("pool", "reference"), POOLS)
def test_pools_real_positions_and_gives_zeros_where_none_is(pool: Pool, reference: Pool) -> None:
    x, real = torch.randn(3, 5, 4), real_lengths(torch.tensor([5, 2, 0]), 5)
    x[~real] = torch.nan
    expected = torch.stack((reference(x[0]), reference(x[1, :2]), torch.zeros(4)))
    torch.testing.assert_close(pool(x, real), expected)


@pytest.mark.parametrize(("pool", "reference"), POOLS)
def test_pools_everything_without_a_mask(pool: Pool, reference: Pool) -> None:
    x = torch.randn(3, 5, 4)
    torch.testing.assert_close(pool(x), torch.stack([reference(sample) for sample in x]))


@pytest.mark.parametrize(("pool", "reference"), POOLS)
def test_padding_gets_no_gradient(pool: Pool, reference: Pool) -> None:
    x, real = torch.randn(3, 5, 4, requires_grad=True), real_lengths(torch.tensor([5, 2, 0]), 5)
    torch.autograd.backward(pool(x, real).square().sum())
    assert x.grad is not None
    assert x.grad[~real].abs().max() == 0
    assert x.grad[real].isfinite().all()
    assert x.grad[real].abs().max() > 0


def test_compiles_in_one_graph_and_exports_with_dynamic_axes() -> None:
    class All(nn.Module):
        def forward(self, x: Tensor, real: Tensor) -> Tensor:
            return torch.stack([pool(x, real) for pool, _ in POOLS] + [pool(x) for pool, _ in POOLS])

    x, real = torch.randn(3, 5, 4), real_lengths(torch.tensor([5, 2, 0]), 5)
    torch.testing.assert_close(torch.compile(All(), fullgraph=True, backend="eager")(x, real), All()(x, real))
    axes = {0: torch.export.Dim("B"), 1: torch.export.Dim("T")}
    exported = torch.export.export(All(), (x, real), dynamic_shapes=(axes, axes)).module()
    x, real = torch.randn(2, 9, 4), real_lengths(torch.tensor([9, 1]), 9)
    torch.testing.assert_close(exported(x, real), All()(x, real))
