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


GRID = """\
archgraph: 1
name: grid
variables:
  x: {kind: input, type: "real[H, W, 4]"}
  y: {kind: target, type: "real[H, W, 3]"}
  h: {kind: hidden, type: "real[H, W, 8]"}
  y_tilde: prediction
nodes:
  cell: {role: encoder, layers: [concat, {linear: 8}, tanh]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> cell -> h -> decoder -> y_tilde
  - {from: h, to: cell, kind: [delay], axis: AXIS}
  - y, y_tilde -> C
"""


@pytest.mark.parametrize(("axis", "dim"), [("H", 1), ("W", 2)])
def test_a_cycle_on_a_grid_goes_along_the_axis_of_its_delay(axis: str, dim: int) -> None:
    model, x = archgraph.compile(GRID.replace("AXIS", axis), seed=0), torch.randn(2, 3, 5, 4)
    state, states = torch.zeros(2, 15 // x.shape[dim], 8), []
    for step in x.unbind(dim):
        state = torch.tanh(model.cell.linear(torch.cat((step, state), -1)))
        states.append(state)
    torch.testing.assert_close(model(x=x).h, torch.stack(states, dim))


def test_a_cycle_goes_along_an_axis_behind_channels() -> None:
    spec = GRID.replace("AXIS", "W").replace("[concat, {linear: 8}, tanh]", "[add, tanh]")
    for size in (4, 3, 8):
        spec = spec.replace(f"real[H, W, {size}]", "real[8, H, W]")
    model = archgraph.compile(spec.replace("{linear: 3}", "{conv2d: {channels: 8, kernel: 1}}"), seed=0)
    x, state, states = torch.randn(2, 8, 3, 5), torch.zeros(2, 8, 3), []
    for step in x.unbind(3):
        state = torch.tanh(step + state)
        states.append(state)
    torch.testing.assert_close(model(x=x).h, torch.stack(states, 3))


def test_a_value_before_the_first_step_stands_along_the_axis_of_the_cycle() -> None:
    spec = GRID.replace("AXIS", "W").replace("variables:\n", 'variables:\n  s: {kind: input, type: "real[H, 8]"}\n')
    model = archgraph.compile(spec.replace("edges:\n", "edges:\n  - s -[initial]-> h\n"), seed=0)
    x, s = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 8)
    first = torch.tanh(model.cell.linear(torch.cat((x[:, :, 0], s), -1)))
    torch.testing.assert_close(model(x=x, s=s).h[:, :, 0], first)


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_each_step_reads_all_of_a_context_whose_length_is_a_number(score: str) -> None:
    spec = SPEC.replace("LAYER", f"{{linear: 6}}, {{cross_attention: {{score: {score}}}}}").replace("DELAY", "delay")
    spec = spec.replace("variables:\n", 'variables:\n  c: {kind: input, type: "real[ROWS, 6]"}\n')
    spec = spec.replace("  - h -", "  - c -[context]-> predictor\n  - h -")
    fixed, free = (archgraph.compile(spec.replace("ROWS", rows), seed=0).eval() for rows in ("4", "S"))
    given = {"c": torch.randn(2, 4, 6), "x": torch.randn(2, 7, 5), "y": torch.randn(2, 7, 3)}
    torch.testing.assert_close(fixed(**given).h, free(**given).h, rtol=0, atol=0)
