"""A mixture of experts is the sum that its definition says, however it is computed."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from archgraph.nn.experts import MixtureOfExperts, measure_balance


def plain(layer: MixtureOfExperts, x: Tensor) -> Tensor:
    """One position at a time, by the definition."""
    found = []
    for position in x.flatten(0, -2):
        chances = (layer.router @ position).softmax(-1)
        weights, chosen = chances.topk(layer.top)
        weights = weights / weights.sum() if layer.normalise else weights
        parts = [
            weight * (layer.outer[e] @ (F.silu(layer.gate[e] @ position) * (layer.inner[e] @ position)))
            for weight, e in zip(weights, chosen.tolist(), strict=True)
        ]
        found.append(torch.stack(parts).sum(0))
    return torch.stack(found).view(x.shape)


def test_is_the_sum_of_the_chosen_experts() -> None:
    for normalise in (True, False):
        torch.manual_seed(0)
        layer = MixtureOfExperts(6, 10, 5, top=2, normalise=normalise).double()
        x = torch.randn(3, 7, 6, dtype=torch.float64)
        torch.testing.assert_close(layer(x)[0], plain(layer, x), rtol=0, atol=1e-12)


def test_compiled_in_one_graph_gives_the_same() -> None:
    torch.manual_seed(0)
    layer, x = MixtureOfExperts(6, 10, 5).double(), torch.randn(3, 7, 6, dtype=torch.float64)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    for found, expected in zip(compiled(x), layer(x), strict=True):
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


def test_every_expert_that_was_chosen_and_the_router_learn() -> None:
    torch.manual_seed(0)
    layer, x = MixtureOfExperts(6, 10, 4), torch.randn(3, 7, 6)
    layer(x)[0].square().sum().backward()
    assert all(p.grad is not None and (p.grad.flatten(1) != 0).any(1).all() for p in layer.parameters())


def test_the_balance_is_one_when_even_and_the_number_of_experts_when_one_does_all() -> None:
    even = torch.full((1, 4, 4), 0.25)
    chosen = torch.eye(4, dtype=torch.bool).unsqueeze(0)
    assert measure_balance(even, chosen).tolist() == [[1.0]]
    alone = torch.zeros(1, 4, 4)
    alone[..., 2] = 1
    assert measure_balance(alone, alone > 0).tolist() == [[4.0]]


def test_the_balance_counts_real_positions_only() -> None:
    torch.manual_seed(0)
    chances = torch.randn(2, 6, 4).softmax(-1)
    chosen = chances > 0.25
    real = torch.arange(6).expand(2, 6) < torch.tensor([[6], [3]])
    cut = measure_balance(chances[1:, :3], chosen[1:, :3])
    torch.testing.assert_close(measure_balance(chances, chosen, real)[1:], cut)
