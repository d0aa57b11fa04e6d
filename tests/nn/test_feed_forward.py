from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn.feed_forward import FeedForward, GatedFeedForward


@pytest.mark.parametrize("activation", ["relu_", "relu", "gelu", "silu", "softplus"])
def test_feed_forward_is_two_linear_maps_around_the_activation(activation: str) -> None:
    layer, x = FeedForward(4, 7, activation=activation), torch.randn(2, 3, 4)
    hidden = getattr(F, activation)(layer.inner(x))
    torch.testing.assert_close(layer(x), layer.outer(hidden))


def test_relu_writes_into_what_it_is_given_and_copies_no_gradient() -> None:
    layer, x = FeedForward(4, 7), torch.randn(2, 3, 4)
    waiting, seen = [layer(x).grad_fn], set()
    while waiting:
        step = waiting.pop()
        if step is not None:
            seen.add(step.name())
            waiting += [before for before, _ in step.next_functions]
    assert "ReluBackward0" in seen
    assert "CopySlices" not in seen


def test_gate_multiplies_the_inner_features() -> None:
    layer, x = GatedFeedForward(4, 7, activation="sigmoid"), torch.randn(2, 3, 4)
    torch.testing.assert_close(layer(x), layer.outer(torch.sigmoid(layer.gate(x)) * layer.inner(x)))


@pytest.mark.parametrize(
    ("options", "function"),
    [
        ({"activation": "", "tanh": True}, partial(F.gelu, approximate="tanh")),
        ({"activation": "", "quick": True}, lambda x: x * torch.sigmoid(1.702 * x)),
        ({"activation": "relu", "squared": True}, lambda x: F.relu(x) ** 2),
    ],
)
def test_forms_that_torch_has_no_function_for(options: dict[str, Any], function: Callable[[Tensor], Tensor]) -> None:
    plain, gated, x = FeedForward(4, 7, **options), GatedFeedForward(4, 7, **options), torch.randn(2, 3, 4)
    torch.testing.assert_close(plain(x), plain.outer(function(plain.inner(x))))
    torch.testing.assert_close(gated(x), gated.outer(function(gated.gate(x)) * gated.inner(x)))


@pytest.mark.parametrize("kind", [FeedForward, GatedFeedForward])
def test_without_bias_zero_stays_zero(kind: type[FeedForward] | type[GatedFeedForward]) -> None:
    layer = kind(4, 7, bias=False)
    assert all(name.endswith("weight") for name, _ in layer.named_parameters())
    assert layer(torch.zeros(1, 4)).abs().sum() == 0


def test_survives_pickle_and_compiles_in_one_graph() -> None:
    model: nn.Module = nn.Sequential(FeedForward(4, 7, activation="gelu"), GatedFeedForward(4, 7))
    x = torch.randn(2, 3, 4)
    copy = pickle.loads(pickle.dumps(model))
    assert torch.equal(copy(x), model(x))
    torch.testing.assert_close(torch.compile(model, fullgraph=True, backend="eager")(x), model(x))


@pytest.mark.parametrize("kind", [FeedForward, GatedFeedForward])
def test_dropout_acts_before_the_last_map_and_in_training_alone(kind: type[FeedForward]) -> None:
    layer, x = kind(2000, 2000, dropout=0.25), torch.randn(1, 2000)
    layer.outer = torch.nn.Identity()  # type: ignore[assignment]
    layer.outer.weight, layer.outer.bias = torch.eye(2000), None
    whole = layer.eval()(x)
    dropped = layer.train()(x)
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], whole[kept] / 0.75)
    assert abs((kept | (whole == 0)).double().mean() - (1 - 0.25 * (whole != 0).double().mean())) < 0.05
