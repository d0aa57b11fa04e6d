"""What a model gives where some targets are not."""

from __future__ import annotations

import torch

import archgraph

SPEC = """\
archgraph: 1
name: two_targets
variables:
  x: {kind: input, type: "real[8]"}
  a: {kind: target, type: "real[3]"}
  b: {kind: target, type: "class(5)[]"}
  h: hidden
  a_tilde: prediction
  b_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 16}, tanh]}
  first: {role: decoder, layers: [{linear: 3}]}
  second: {role: decoder, layers: [{linear: 5}]}
  A: {role: cost, op: squared_error, weight: 0.5}
  B: {role: cost, op: cross_entropy}
  R: {role: regulariser, op: l2, weight: 0.01}
edges:
  - x -> encoder -> h
  - h -> first -> a_tilde
  - h -> second -> b_tilde
  - a, a_tilde -> A
  - b, b_tilde -> B
  - h -> R
"""
BODY = """\
archgraph: 1
name: energy_of_pairs
variables:
  x: {kind: input, type: "real[8]"}
  y: {kind: target, type: "real[3]"}
nodes:
  E: {role: cost, layers: [concat, {linear: 16}, tanh, {linear: WIDTH}]}
edges:
  - x, y -> E
"""


def test_each_cost_is_computed_from_its_own_target() -> None:
    model = archgraph.compile(SPEC, seed=0)
    x, a, b = torch.randn(4, 8), torch.randn(4, 3), torch.randint(0, 5, (4,))
    whole = model(x, a, b)
    one, none = model(x, a=a), model(x)
    assert torch.equal(one.A, whole.A) and one.B is None and one.loss is None
    assert torch.equal(model(x, b=b).B, whole.B)
    assert torch.equal(none.R, whole.R) and torch.equal(none.a_tilde, whole.a_tilde) and none.A is None
    assert torch.allclose(whole.energy, 0.5 * whole.A + whole.B + 0.01 * whole.R)
    assert torch.allclose(whole.loss, whole.energy.mean())
    assert torch.equal(model.energy(x, a, b), whole.energy)


def test_a_cost_may_have_a_body_that_ends_in_width_one() -> None:
    model = archgraph.compile(BODY.replace("WIDTH", "1"), seed=0)
    x, y = torch.randn(4, 8), torch.randn(4, 3)
    found = model(x, y)
    assert found.E.shape == (4,)
    assert torch.allclose(found.loss, found.E.mean())


def test_a_cost_of_another_width_is_refused() -> None:
    report = archgraph.check(BODY.replace("WIDTH", "2"))
    assert not report
    assert [item.code for item in report] == ["AG070"]
    assert len(report) == 1


def test_what_takes_its_length_from_a_target_waits_for_it() -> None:
    text = """\
archgraph: 1
name: spread
variables:
  x: {kind: input, type: "real[8]"}
  y: {kind: target, type: "real[T, 3]"}
  h: hidden
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 16}]}
  spread: {layers: [{expand: T}]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
  R: {role: regulariser, op: l2}
  L: {role: loss, layers: [add], weight: 0.5}
edges:
  - x -> encoder -> h -> spread -> decoder -> y_tilde
  - y, y_tilde -> C
  - h -> R
  - C, R -> L
"""
    model = archgraph.compile(text, seed=0)
    x, y = torch.randn(4, 8), torch.randn(4, 6, 3)
    alone, whole = model(x), model(x, y)
    assert alone.y_tilde is None and torch.equal(alone.h, whole.h)
    assert whole.y_tilde.shape == (4, 6, 3)
    # a loss that combines energies has divisor 1, and is no part of the energy
    assert torch.allclose(whole.L, whole.C + whole.R)
    assert torch.allclose(whole.energy, whole.C + whole.R)
    assert torch.allclose(whole.loss, whole.C.sum() / 24 + whole.R.sum() / 4 + 0.5 * whole.L.sum())
