"""Padding changes nothing at real positions, and makes no NaN, forward or backward."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor, nn

import archgraph
from archgraph.compiler import program
from tests.emit.samples import STORY, values

TOKENS = [
    "transformer",
    "transformer_interleaved",
    "language_model",
    "conditional_predictive",
    "rnn_seq2seq",
    "bag_of_words",
    "sequence_autoencoder",
    "pronunciation",
]


def padded(given: dict[str, Tensor], name: str, more: int, pad: int = 0) -> dict[str, Tensor]:
    """The values with `more` padding behind one of them."""
    x = given[name]
    return {**given, name: torch.cat((x, x.new_full((x.shape[0], more), pad)), 1)}


def same_where_real(a: object, b: object) -> None:
    """Raise unless the tensors of two outputs agree as far as the shorter goes."""
    for x, y in zip(a, b, strict=True):  # type: ignore[call-overload]
        if isinstance(x, Tensor) and isinstance(y, Tensor):
            y = y[tuple(slice(0, size) for size in x.shape)]
            torch.testing.assert_close(x, y, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", TOKENS)
def test_padding_further_changes_no_output_at_real_positions(name: str) -> None:
    path = STORY / f"{name}.yaml"
    model = archgraph.compile(path, variant="tiny", seed=0).eval()
    known = program(path, variant="tiny").graph.variables
    given = values(program(path, variant="tiny"))
    for key in given:
        if known[key].pad is not None:
            given[key][0, -2:] = 0
    before = model(**given)
    for key in given:
        if known[key].pad is not None:
            after = model(**padded(given, key, 3))
            same_where_real(before, after)
            torch.testing.assert_close(before.loss, after.loss, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["transformer", "conditional_predictive", "rnn_seq2seq", "bag_of_words"])
def test_rows_of_padding_alone_make_no_nan(name: str) -> None:
    path = STORY / f"{name}.yaml"
    model = archgraph.compile(path, variant="tiny", seed=0)
    given = values(program(path, variant="tiny"))
    given["x"][1] = 0
    out = model(**given)
    assert out.loss.isfinite() and out.y_tilde.isfinite().all()
    out.loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


LAYERS = [
    "{linear: 4}",
    "self_attention",
    "{self_attention: {heads: 2, causal: true}}",
    "{conv1d: {channels: 4, kernel: 3}}",
    "{conv1d: {channels: 4, kernel: 3, dilation: 2}}",
    "{conv1d: {channels: 4, kernel: 2, padding: causal}}",
    "{conv1d: {channels: 4, kernel: 3, stride: 2}}",
    "{conv1d: {channels: 4, kernel: 2, padding: valid}}",
    "{conv1d: {channels: 4, kernel: 3, padding: causal, stride: 2}}",
    "{gru: 4}",
    "{gru: {width: 4, bidirectional: true}}",
    "{lstm: {width: 4, bidirectional: true}}",
    "{rnn: 4}",
    "layer_norm",
    "batch_norm",
    "{residual: [layer_norm, self_attention]}",
]
ENDS = ["{pooling: mean}", "{pooling: sum}", "{pooling: max}", "{pooling: first}", "{pooling: last}"]
LENGTHS = """archgraph: 1
name: lengths
variables:
  x: {{kind: input, type: "real[T, 4]", pad: lengths}}
  y: {{kind: target, type: "real[2]"}}
  h: hidden
  y_tilde: prediction
nodes:
  encoder: {{role: encoder, layers: [{first}, {second}]}}
  decoder: {{role: decoder, layers: [{end}, {{linear: 2}}]}}
  C: {{role: cost, op: squared_error}}
edges:
  - x -> encoder -> h -> decoder -> y_tilde
  - y, y_tilde -> C
"""
GRID = [(a, b, end) for (a, b), end in zip(itertools.product(LAYERS, LAYERS), itertools.cycle(ENDS))]


def built(first: str, second: str, end: str) -> tuple[nn.Module, dict[str, Tensor]]:
    text = LENGTHS.format(first=first, second=second, end=end)
    return archgraph.compile(text, seed=0), values(text, T=9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_what_stands_behind_the_lengths_is_never_read(dtype: torch.dtype) -> None:
    lengths = torch.tensor([9, 5, 3])
    for first, second, end in GRID[:: 3 if dtype == torch.float64 else 11]:
        model, given = built(first, second, end)
        model.to(dtype)
        given = {key: x.to(dtype) for key, x in given.items()}
        for training in (True, False):
            model.train(training)
            found = []
            for fill in (0.0, 1e3, float("nan")):
                x = given["x"].clone()
                for row, length in enumerate(lengths.tolist()):
                    x[row, length:] = fill
                model.zero_grad()
                out = model(x=x, y=given["y"], lengths={"x": lengths})
                out.loss.backward()
                grads = [p.grad.clone() for p in model.parameters() if p.grad is not None]
                assert all(g.isfinite().all() for g in grads), (first, second, end)
                found.append([out.y_tilde.detach(), *grads])
            for other in found[1:]:
                assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True)), (first, second, end)


def test_a_row_gives_what_it_gives_alone_cut_to_its_length() -> None:
    lengths = torch.tensor([9, 6, 4])
    for first, second, end in GRID[::2]:
        if "batch_norm" in (first, second):
            continue
        model, given = built(first, second, end)
        model.double().eval()
        whole = model(x=given["x"].double(), lengths={"x": lengths}).y_tilde
        for row, length in enumerate(lengths.tolist()):
            alone = model(x=given["x"][row : row + 1, :length].double()).y_tilde
            torch.testing.assert_close(whole[row : row + 1], alone, rtol=1e-9, atol=1e-9, msg=f"{first} {second} {end}")


STOPPED = """archgraph: 1
name: stopped
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 2, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""


def test_where_stop_pads_the_first_of_them_is_real() -> None:
    model = archgraph.compile(STOPPED, seed=0)
    short, long = torch.tensor([[5, 4, 2]]), torch.tensor([[5, 4, 2, 2, 2]])
    a, b = model(y=short), model(y=long)
    torch.testing.assert_close(a.C, b.C)
    torch.testing.assert_close(a.loss, b.loss)
    torch.testing.assert_close(a.loss, a.C.sum() / 3)


def test_the_pad_symbol_inside_a_sequence_is_data() -> None:
    model = archgraph.compile(STOPPED.replace("pad: 2", "pad: 0"), seed=0)
    y = torch.tensor([[5, 0, 4, 2, 0]])
    torch.testing.assert_close(model(y=y).loss, model(y=y).C.sum() / 4)
