"""Positions picked out and put back: a masked autoencoder, and its parts."""

from __future__ import annotations

import torch

import archgraph
from tests.emit.samples import values

MAE = """archgraph: 1
name: mae
params: {patches: 16, keep: 4, width: 8, decoder: 6}
variables:
  y: {kind: target, type: "real[patches, 12]"}
  y_tilde: prediction
nodes:
  embed: {role: encoder, layers: [{linear: width}, {positions: {kind: learned, length: patches}}]}
  masking: {role: corruption, op: {token_subset: keep}}
  encoder:
    role: encoder
    layers: [{prepend: cls}, {residual: [layer_norm, {self_attention: {heads: 2}}]}, {linear: decoder}]
  visible: {layers: [{take: rest}]}
  predictor: {role: predictor, layers: [scatter, {positions: {kind: learned, length: patches}}, self_attention]}
  decoder: {role: decoder, layers: [{linear: 12}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> embed -> masking -> encoder -> visible -> predictor -> decoder -> y_tilde
  - masking.index -> predictor.scatter.index
  - masking.mask -> C.where
  - y, y_tilde -> C
"""


def test_a_masked_autoencoder_predicts_what_was_left_out() -> None:
    report = archgraph.check(MAE)
    assert report.ok, report.diagnostics
    assert report.classification == "denoising autoencoder"
    model = archgraph.compile(MAE, seed=0)
    given = values(MAE)
    out = model(**given, generator=torch.Generator().manual_seed(0))
    assert out.y_tilde.shape == given["y"].shape
    out.loss.backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for n, p in model.named_parameters() if "k.bias" not in n)


def test_its_energy_counts_what_was_left_out_alone() -> None:
    model = archgraph.compile(MAE, seed=0).double()
    y = values(MAE)["y"].double()
    found = model(y=y, generator=torch.Generator().manual_seed(1))
    each = (found.y_tilde - y).square().sum(-1)
    kept = torch.randn(y.shape[:2], generator=torch.Generator().manual_seed(1)).argsort(1)[:, :4]
    hidden = torch.ones(y.shape[:2], dtype=torch.bool).scatter(1, kept, False)
    assert hidden.sum(1).tolist() == [12] * len(y)
    torch.testing.assert_close(found.C, (each * hidden).sum(1))


def test_without_corruption_the_first_positions_are_kept() -> None:
    model = archgraph.compile(MAE, seed=0).double().eval()
    y = values(MAE)["y"].double()
    found = model(y=y, corrupt=False)
    hidden = torch.arange(16) >= 4
    torch.testing.assert_close(found.C, ((found.y_tilde - y).square().sum(-1) * hidden).sum(1))
    assert torch.equal(found.y_tilde, model(y=y, corrupt=False).y_tilde)


PICK = """archgraph: 1
variables:
  x: {kind: input, type: "real[6, 4]"}
  i: {kind: input, type: "tokens(6)[K]"}
  h: hidden
  back: hidden
nodes:
  pick: {op: gather}
  put: {op: scatter}
edges:
  - x -> pick -> h -> put -> back
  - i -> pick.index
  - i -> put.index
  - x -> put.into
"""


def test_what_is_picked_out_and_put_back_is_what_it_was() -> None:
    model = archgraph.compile(PICK)
    x, i = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0)), torch.tensor([[4, 0, 2], [1, 2, 5]])
    out = model(x=x, i=i)
    assert torch.equal(out.h, torch.stack([x[0, [4, 0, 2]], x[1, [1, 2, 5]]]))
    assert torch.equal(out.back, x)


def test_a_learned_token_stands_where_nothing_was_put() -> None:
    text = PICK.replace("  - x -> put.into\n", "")
    model = archgraph.compile(text, seed=0)
    x, i = torch.randn(1, 6, 4, generator=torch.Generator().manual_seed(0)), torch.tensor([[4, 0, 2]])
    back = model(x=x, i=i).back[0]
    assert torch.equal(back[[4, 0, 2]], x[0, [4, 0, 2]])
    assert torch.equal(back[[1, 3, 5]], model.put.token.expand(3, -1))
