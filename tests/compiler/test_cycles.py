"""Cycles, computed step by step."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

import archgraph

SPEC = """\
archgraph: 1
name: recurrent
variables:
  x: {kind: input, type: "real[T, 5]"}
  y: {kind: target, type: "real[T, 3]"}
  h: hidden
  y_tilde: prediction
nodes:
  predictor: {role: predictor, layers: [concat, {linear: 16}, LAYER]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> predictor -> h -> decoder -> y_tilde
  - h -[DELAY]-> predictor
  - y, y_tilde -> C
"""
LAYERS = (
    "tanh",
    "{self_attention: {heads: 2, causal: true}}",
    "{conv1d: {channels: 16, kernel: 3, padding: causal}}",
    "{gru: 16}",
)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("steps", [1, 2])
def test_a_scan_solves_the_equations_of_the_whole_sequence(layer: str, steps: int) -> None:
    text = SPEC.replace("LAYER", layer).replace("DELAY", f"delay {steps}")
    model = archgraph.compile(text, seed=0).double()
    x, y = torch.randn(2, 6, 5).double(), torch.randn(2, 6, 3).double()
    found = model(x, y)
    h = torch.zeros(2, 6, 16).double()
    for _ in range(6):  # each pass settles one more step
        h = model.predictor(x, F.pad(h, (0, 0, steps, 0))[:, :-steps])
    assert torch.allclose(found.h, h, atol=1e-12)
    found.loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


def test_a_cycle_through_full_attention_is_refused() -> None:
    report = archgraph.check(SPEC.replace("LAYER", "{self_attention: {heads: 2}}").replace("DELAY", "delay"))
    assert [item.code for item in report] == ["AG091"]
