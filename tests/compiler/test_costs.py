"""Energies, losses and what they are divided by."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import archgraph
from tests.emit.samples import values

SEQUENCE = """archgraph: 1
name: costs
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}
  h: hidden
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> encoder -> predictor -> h -> decoder -> y_tilde
  - y, y_tilde -> C
"""
PLAIN = """archgraph: 1
name: plain
variables:
  y: {kind: target, type: "real[T, 3]"}
  h: hidden
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> h -> decoder -> y_tilde
  - y, y_tilde -> C
"""
PADDED = torch.tensor([[4, 5, 2, 0, 0], [3, 3, 3, 3, 2], [6, 2, 0, 0, 0]])


def close(a: Tensor, b: Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_the_loss_is_the_energy_by_real_positions() -> None:
    out = archgraph.compile(SEQUENCE, seed=0)(y=PADDED)
    rows = F.cross_entropy(out.y_tilde.movedim(-1, 1), PADDED, reduction="none")
    real = PADDED != 0
    close(out.C, (rows * real).sum(1))
    close(out.energy, out.C)
    close(out.loss, (rows * real).sum() / 10)
    close(out.losses["C"], out.loss)


def test_nothing_real_gives_zero_and_gradients_without_nan() -> None:
    model = archgraph.compile(SEQUENCE, seed=0)
    out = model(y=torch.zeros(2, 4, dtype=torch.long))
    assert out.loss.item() == 0 and out.C.tolist() == [0, 0]
    out.loss.backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


def test_an_empty_batch_gives_zero() -> None:
    assert archgraph.compile(SEQUENCE, seed=0)(y=torch.zeros(0, 4, dtype=torch.long)).loss.item() == 0
    assert archgraph.compile(PLAIN, seed=0)(y=torch.zeros(0, 4, 3)).loss.item() == 0


def test_without_padding_every_position_counts_and_features_are_summed() -> None:
    given = values(PLAIN)
    out = archgraph.compile(PLAIN, seed=0)(**given)
    close(out.C, (out.y_tilde - given["y"]).square().sum((1, 2)))
    close(out.loss, out.C.sum() / (3 * 6))


def test_weights_scale_energy_and_loss_but_not_the_named_energy() -> None:
    text = PLAIN.replace("op: squared_error", "op: squared_error, weight: 0.25")
    plain, weighted = archgraph.compile(PLAIN, seed=0), archgraph.compile(text, seed=0)
    given = values(PLAIN)
    a, b = plain(**given), weighted(**given)
    assert torch.equal(a.C, b.C)
    close(b.energy, 0.25 * a.energy)
    close(b.loss, 0.25 * a.loss)
    close(b.losses["C"], 0.25 * a.losses["C"])


def test_a_weight_is_written_exactly() -> None:
    text = PLAIN.replace("op: squared_error", "op: squared_error, weight: 0.1234567890123")
    assert "0.1234567890123 * " in archgraph.emit(text)


def test_energies_of_costs_and_regularisers_add_up() -> None:
    text = PLAIN.replace("edges:", "  R: {role: regulariser, op: l2, weight: 0.5}\nedges:\n  - h -> R")
    given = values(text)
    out = archgraph.compile(text, seed=0)(**given)
    close(out.R, out.h.square().sum((1, 2)))
    close(out.energy, out.C + 0.5 * out.R)
    close(out.loss, out.losses["C"] + out.losses["R"])
    close(out.losses["R"], 0.5 * out.R.sum() / 18)


def test_several_costs_and_targets_have_divisors_of_their_own() -> None:
    text = """archgraph: 1
name: two
variables:
  x: {kind: input, type: "tokens(9)[S]", pad: 0}
  label: {kind: target, type: "class(5)[]"}
  y: {kind: target, type: "real[S, 2]"}
  label_tilde: prediction
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  head: {role: decoder, layers: [pooling, {linear: 5}]}
  tail: {role: decoder, layers: [{linear: 2}]}
  C: {role: cost, op: cross_entropy}
  D: {role: cost, op: squared_error}
edges:
  - x -> encoder -> head -> label_tilde
  - encoder -> tail -> y_tilde
  - label, label_tilde -> C
  - y, y_tilde -> D
"""
    given = values(text)
    given["x"][0, 3:] = 0
    model = archgraph.compile(text, seed=0)
    out = model(**given)
    close(out.C, F.cross_entropy(out.label_tilde, given["label"], reduction="none"))
    real = given["x"] != 0
    close(out.D, ((out.y_tilde - given["y"]).square().sum(-1) * real).sum(1))
    close(out.loss, out.C.mean() + out.D.sum() / real.sum())
    close(model.energy(**given), out.C + out.D)
    part = model(x=given["x"], label=given["label"])
    close(part.C, out.C)
    assert part.D is None and part.y_tilde is not None


def test_where_counts_the_chosen_positions_alone() -> None:
    text = """archgraph: 1
name: masked
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 0}
  y_hat: contrastive
  y_tilde: prediction
nodes:
  noise: {role: corruption, layers: [{token_masking: {rate: 0.5, symbol: 3}}]}
  encoder: {role: encoder, layers: [{embedding: 4}, self_attention]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> noise -> y_hat -> encoder -> decoder -> y_tilde
  - noise.token_masking.mask -> C.where
  - y, y_tilde -> C
"""
    model, y = archgraph.compile(text, seed=0), values(text)["y"]
    y[0, 3:] = 0
    out = model(y=y, generator=torch.Generator().manual_seed(3))
    drawn = (out.y_hat == 3) & (y != 0) & (y != 3)
    assert drawn.any() and not drawn.all()
    rows = F.cross_entropy(out.y_tilde.movedim(-1, 1), y, reduction="none")
    hit = out.y_hat == 3
    assert not hit[0, 3:].any()
    # A symbol 3 of the text may be drawn too: then nothing shows it, so such texts are left out.
    y[y == 3] = 4
    out = model(y=y, generator=torch.Generator().manual_seed(3))
    hit = out.y_hat == 3
    rows = F.cross_entropy(out.y_tilde.movedim(-1, 1), y, reduction="none")
    close(out.C, (rows * hit).sum(1))
    close(out.loss, (rows * hit).sum() / hit.sum())


def test_corrupt_false_bypasses_and_a_generator_decides_the_noise() -> None:
    text = PLAIN.replace("edges:", "  noise: {role: corruption, op: {gaussian_noise: {std: 1.0}}}\nedges:").replace(
        "y -> encoder", "y -> noise -> encoder"
    )
    for model in (archgraph.compile(text, seed=0), archgraph.compile(text, seed=0).eval()):
        given = values(text)
        clean = archgraph.compile(PLAIN, seed=0)(**given)
        assert torch.equal(model(**given, corrupt=False).y_tilde, clean.y_tilde)
        first, again, other = (model(**given, generator=torch.Generator().manual_seed(s)).h for s in (1, 1, 2))
        assert torch.equal(first, again) and not torch.equal(first, other) and not torch.equal(first, clean.h)


def test_a_cost_with_a_body_ends_in_width_one() -> None:
    text = PLAIN.replace("op: squared_error", "layers: [concat, {linear: 1}]")
    given = values(text)
    model = archgraph.compile(text, seed=0)
    out = model(**given)
    rows = model.C.linear(torch.cat([given["y"], out.y_tilde], -1)).squeeze(-1)
    close(out.C, rows.sum(1))
    close(out.loss, out.C.sum() / 18)
    wrong = PLAIN.replace("op: squared_error", "layers: [concat, {linear: 2}]")
    assert not archgraph.check(wrong).ok


ROWS = [
    ("squared_error", lambda p, t: (p - t).square().sum(-1)),
    ("cosine", lambda p, t: 1 - F.cosine_similarity(p, t, dim=-1)),
    ("binary_cross_entropy", lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction="none").sum(-1)),
]


@pytest.mark.parametrize(("op", "energy"), ROWS, ids=[row[0] for row in ROWS])
def test_each_cost_is_its_formula(op: str, energy: object) -> None:
    text = PLAIN.replace("squared_error", op)
    given = {"y": values(text)["y"].sigmoid()}
    out = archgraph.compile(text, seed=0)(**given)
    assert callable(energy)
    close(out.C, energy(out.y_tilde, given["y"]).sum(1))


def test_a_loss_may_be_a_hinge_of_energies() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "real[4]"}
  y_tilde: prediction
  y_hat: contrastive
nodes:
  right: {role: predictor, op: {linear: 4}}
  wrong: {role: predictor, op: {linear: 4}}
  C: {role: cost, op: squared_error, weight: 0}
  K: {role: cost, op: squared_error, weight: 0}
  H: {role: loss, layers: [add, relu]}
edges:
  - x -> right -> y_tilde
  - x -> wrong -> y_hat
  - y, y_tilde -> C
  - y, y_hat -> K
  - C, K -> H
"""
    out = archgraph.compile(text, seed=0)(x=torch.randn(3, 4), y=torch.randn(3, 4))
    torch.testing.assert_close(out.loss, torch.relu(out.C + out.K).sum())
