"""Targets with an axis beside that of the steps, whose size `dims` tells; and steps whose number `dims` tells."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from archgraph import compiler

HEAD = """
archgraph: 1
name: frames
dims: {F: 6}
variables:
  y: {kind: target, type: "real[T, F, 3]"}
  h: hidden
  y_tilde: prediction
nodes:
"""
TAIL = """
  decoder: {role: decoder, op: {linear: 3}}
  C: {role: cost, op: squared_error}
edges:
  - y, y_tilde -> C
  - {from: y, to: predictor, kind: [delay], axis: T}
"""
PLAIN = HEAD + "  predictor: {role: predictor, layers: [{linear: 8}, tanh]}" + TAIL
PLAIN += "  - predictor -> h -> decoder -> y_tilde\n"
CYCLE = HEAD + "  predictor: {role: predictor, layers: [concat, {linear: 3}, tanh]}" + TAIL
CYCLE += "  - predictor -> h -> decoder -> y_tilde\n  - {from: h, to: predictor, kind: [delay], axis: AXIS}\n"


def steps(model: Any, y: Tensor, compiled: Any) -> Tensor:
    """The predictions of a stream that reads y (B, T, F, n) position by position."""
    stream = model.stream(batch=len(y), capacity=y.shape[1], compiled=compiled)
    found = [stream.step(y[:, place - 1] if place else None) for place in range(y.shape[1])]
    return torch.stack(found, 1)


@pytest.mark.parametrize("text", [PLAIN, CYCLE.replace("AXIS", "T")])
@pytest.mark.parametrize("static", [False, True])
def test_an_axis_of_a_known_size_goes_along_with_each_step(text: str, static: bool) -> None:
    model: Any = compiler.compile(text, seed=0, dtype=torch.float64).eval()
    y = torch.randn(2, 5, 6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = steps(model, y, model.static_step if static else None)
    torch.testing.assert_close(found, model(y=y).y_tilde, rtol=0, atol=1e-12)


def test_reads_pieces_of_it_at_once() -> None:
    model: Any = compiler.compile(CYCLE.replace("AXIS", "T"), seed=0, dtype=torch.float64).eval()
    y = torch.randn(2, 5, 6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    stream = model.stream(batch=2, capacity=5)
    stream.read(y[:, :3])
    torch.testing.assert_close(stream.read(y[:, 3:4]), model(y=y).y_tilde[:, 4], rtol=0, atol=1e-12)


def test_refuses_what_has_another_size() -> None:
    stream = compiler.compile(PLAIN, seed=0).eval().stream(batch=2, capacity=5)  # type: ignore[operator]
    with pytest.raises(ValueError, match=r"y has shape \(2, 1, 5, 3\), and must have \(B, T, 6, 3\)"):
        stream.step(torch.zeros(2, 5, 3))


REFUSED = {
    "a size that nothing tells": (
        PLAIN.replace("dims: {F: 6}", ""),
        "'y' has 'F' beside 'T': a step has no size",
    ),
    "a cycle along it": (
        CYCLE.replace("AXIS", "F"),
        "the cycle predictor -> h -> predictor goes along 'F', and the steps along 'T'",
    ),
    "a delay along it": (
        PLAIN.replace("- predictor -> h", "- {from: predictor, to: h, kind: [delay], axis: F}\n  - h"),
        r"the delay of 'predictor' along 'F' \(line \d+\) is not along 'T', as the steps are",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_the_axis(name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        compiler.compile(text, seed=0).eval().stream(batch=2, capacity=5)  # type: ignore[operator]


NUMBERED = """
archgraph: 1
name: numbered
dims: {T: 10}
variables:
  y: {kind: target, type: "tokens(20)[T]", start: 1, pad: 0}
  y_tilde: prediction
nodes:
  enc: {role: encoder, op: {embedding: 8}}
  predictor: {role: predictor, op: {self_attention: {heads: 2, causal: true}}}
  decoder: {role: decoder, op: {linear: 20}}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""


def test_a_number_of_steps_that_is_fixed_is_their_limit() -> None:
    model: Any = compiler.compile(NUMBERED, seed=0).eval()
    y = torch.randint(2, 20, (2, 10), generator=torch.Generator().manual_seed(0))
    stream = model.stream(batch=2)
    found = [stream.step(y[:, place - 1] if place else None) for place in range(10)]
    torch.testing.assert_close(torch.stack(found, 1), model(y=y).y_tilde)
    assert model.generate(y=y[:, :4], max_length=6).shape == (2, 10)
    with pytest.raises(ValueError, match="y would reach 11 symbols, and the model has positions for 10"):
        model.generate(y=y[:, :4], max_length=7)
    with pytest.raises(ValueError, match="capacity is 11, and the model has positions for 10"):
        model.start(1, 11)
