"""What looks ahead behind a delay goes step by step too: tensors are known as far ahead as their readers need."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor

import archgraph
from archgraph.core.diagnostic import SpecError
from archgraph.nn.generation import Causal

B, T, MORE = 3, 9, 12
SIZES = ((0, *[1] * (T - 1)), (T - 1,), (1, 3, 4), (0, 5, 2))

AHEAD = """
archgraph: 1
name: ahead
variables:
  y: {kind: target, type: "real[T, 3]"}
  y_tilde: prediction
nodes:
  enc: {role: encoder, layers: [{linear: 4}, {gru: 4}]}
  predictor: {role: predictor, layers: [LAYERS]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay 6]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""
BOTH_WAYS = "{conv1d: {channels: 4, kernel: 5}}"
LAYERS = {
    "convolution": BOTH_WAYS,
    "residual": f"{{residual: [layer_norm, {BOTH_WAYS}]}}, {{self_attention: {{heads: 2, causal: true}}}}",
    "window": "{self_attention: {heads: 2, window: 4}}, tanh",
    "distances": "{self_attention: {heads: 2, window: 3, positions: alibi}}, {gru: 4}",
    "copies": f"{{repeat: 2, layers: [{{residual: [{BOTH_WAYS}, gelu]}}]}}",
    "places": "{conv1d: {channels: 4, kernel: 3}}, positions, {self_attention: {heads: 2, window: 2}}, {lstm: 4}",
}
LATER = AHEAD.replace("delay 6]-> enc -> predictor", "delay]-> enc -> other\n  - other -[delay 3]-> predictor").replace(
    "  predictor:", "  other: {layers: [{conv1d: {channels: 4, kernel: 7}}]}\n  predictor:"
)
UNREAD = LATER.replace("y -[delay]-> enc", "y -> enc").replace("delay 3", "delay 4")
ALONG = (
    AHEAD.replace("  y:", '  x: {kind: input, type: "real[T, 3]", PAD}\n  y:')
    .replace("layers: [{linear: 4}, {gru: 4}]", "layers: [concat, {linear: 4}, {lstm: 4}]")
    .replace("  - y, ", "  - x -> enc\n  - y, ")
)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def model_of(spec: str) -> Causal:
    model = archgraph.compile(spec, seed=0).eval().double()
    assert isinstance(model, Causal), getattr(model, "reason", "")
    return model


def sequence(length: int) -> Tensor:
    return torch.randn(B, length, 3, dtype=torch.float64)


def compare(model: Causal, y: Tensor, whole: Tensor, **given: Any) -> None:
    """What a stream predicts at each place that it stops at, and the whole there."""
    with torch.no_grad():
        for sizes in SIZES:
            stream = model.stream(batch=B, capacity=T, **given)
            for start, stop in itertools.pairwise((0, *itertools.accumulate(sizes))):
                torch.testing.assert_close(stream.read(y[:, start:stop]), whole[:, stop], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_steps_equal_a_whole_that_goes_on(name: str) -> None:
    model, y = model_of(AHEAD.replace("LAYERS", LAYERS[name])), sequence(T + MORE)
    compare(model, y, model(y=y).y_tilde)


@pytest.mark.parametrize("spec", [LATER, UNREAD], ids=["delayed", "unread"])
def test_what_looks_ahead_may_be_delayed_behind(spec: str) -> None:
    model, y = model_of(spec.replace("LAYERS", "{gru: 4}")), sequence(T + MORE)
    compare(model, y, model(y=y).y_tilde)


@pytest.mark.parametrize("layers", ["convolution", "window", "copies"])
def test_where_an_input_tells_the_end_steps_equal_the_whole_up_to_it(layers: str) -> None:
    model, x, y = model_of(ALONG.replace(", PAD", "").replace("LAYERS", LAYERS[layers])), sequence(T), sequence(T)
    compare(model, y, model(x=x, y=y).y_tilde, x=x)


def test_the_padding_of_an_input_is_not_looked_at() -> None:
    model = model_of(ALONG.replace("PAD", "pad: lengths").replace("LAYERS", f"{BOTH_WAYS}, {LAYERS['window']}"))
    x, y, lengths = sequence(T), sequence(T), torch.tensor([T, 4, 7])
    whole = model(x=x, y=y, lengths={"x": lengths}).y_tilde
    compare(model, y, whole, x=x, lengths={"x": lengths})
    torch.testing.assert_close(whole[1:2, :4], model(x=x[1:2, :4], y=y[1:2, :4]).y_tilde, rtol=0, atol=1e-12)


def test_what_looks_ahead_of_the_symbol_that_is_predicted_is_refused_by_its_path() -> None:
    spec = AHEAD.replace("delay 6", "delay 2").replace("LAYERS", BOTH_WAYS)
    with pytest.raises(SpecError, match=r"conv1d\)  sees up to t\n"):
        archgraph.compile(spec)
