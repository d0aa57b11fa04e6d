"""Things put in front of a sequence and taken again: what is computed, with padding, from where in time."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

import archgraph
from tests.emit.samples import values

VIT = """archgraph: 1
name: vit
params: {size: 8, patch: 4, width: 16, heads: 2, layers: 2, classes: 3}
variables:
  x: {kind: input, type: "real[3, size, size]"}
  y: {kind: target, type: "class(classes)[]"}
  positions: {kind: parameter, type: "real[cls | 4, width]"}
  h: {kind: hidden, type: "real[cls | 4, width]"}
  y_tilde: prediction
nodes:
  patches:
    role: encoder
    layers: [{conv2d: {channels: width, kernel: patch, stride: patch, padding: valid}}, "rearrange: c h w -> (h w) c"]
  front: {layers: [{prepend: cls}]}
  encoder:
    role: encoder
    layers:
      - add
      - repeat: layers
        layers:
          - residual: [layer_norm, {self_attention: {heads: heads}}]
          - residual: [layer_norm, {feed_forward: {hidden: 2 * width}}]
  predictor: {role: predictor, layers: [{take: cls}, layer_norm, {linear: classes}]}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> patches -> front -> encoder -> h -> predictor -> y_tilde
  - positions -> encoder
  - y, y_tilde -> C
""".replace('"rearrange: c h w -> (h w) c"', "{rearrange: c h w -> (h w) c}")


def spec(layers: str, *, pad: str = ", pad: lengths", more: str = "", edges: str = "") -> str:
    """Layers over x: real[T, 8]."""
    return (
        f'archgraph: 1\nvariables:\n  x: {{kind: input, type: "real[T, 8]"{pad}}}\n  h: hidden\n{more}'
        f"nodes:\n  f: {{layers: [{layers}]}}\nedges:\n  - x -> f -> h\n{edges}"
    )


def test_a_vision_transformer_is_a_classifier_that_reads_its_class_token() -> None:
    report = archgraph.check(VIT)
    assert report.ok, report.diagnostics
    assert report.classification == "classifier"
    model = archgraph.compile(VIT, seed=0).eval()
    assert model.state_dict()["front.prepend.tokens"].shape == (1, 16)
    given = values(VIT)
    out = model(**given)
    x = model.front(model.patches(given["x"]))
    assert torch.equal(x[:, 0], model.front.prepend.tokens.expand(len(x), -1))
    h = model.encoder(x, model.positions.expand(len(x), -1, -1))
    torch.testing.assert_close(out.y_tilde, model.predictor.linear(model.predictor.layer_norm(h[:, 0])))


def test_a_vision_transformer_learns_its_tokens() -> None:
    model = archgraph.compile(VIT, seed=0)
    model(**values(VIT)).loss.backward()
    for name in ("front.prepend.tokens", "positions"):
        grad = model.get_parameter(name).grad
        assert grad is not None and grad.abs().max() > 0


@pytest.mark.parametrize("attention", ["self_attention", "{self_attention: {causal: true}}"])
@pytest.mark.parametrize("taken", ["cls", "r", "T", "rest"])
def test_padding_behind_what_was_put_in_front_changes_nothing(attention: str, taken: str) -> None:
    text = spec(f"{{prepend: cls}}, {{prepend: {{segment: r, count: 3}}}}, {attention}, layer_norm, {{take: {taken}}}")
    model = archgraph.compile(text, seed=0).eval()
    x = torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(0))
    short = model(x=x[1:, :4], lengths={"x": torch.tensor([4])}).h
    other = x.clone()
    other[1, 4:] = 5.0
    for given in (x, other):
        whole = model(x=given, lengths={"x": torch.tensor([6, 4])}).h
        kept = whole[1:, : short.shape[1]] if taken in ("T", "rest", "r") else whole[1:]
        torch.testing.assert_close(kept, short)


def test_a_group_that_gets_the_mask_of_all_finds_that_of_the_rest() -> None:
    text = spec(
        "{prepend: cls}, {prepend: {segment: r, count: 3}}, "
        "{repeat: 2, layers: [{residual: [layer_norm, tanh]}]}, {repeat: 1, layers: [{take: rest}, self_attention]}"
    )
    model = archgraph.compile(text, seed=0).eval()
    x = torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(0))
    whole = model(x=x, lengths={"x": torch.tensor([6, 4])}).h
    torch.testing.assert_close(whole[1:, :4], model(x=x[1:, :4], lengths={"x": torch.tensor([4])}).h)


QUERIES = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]", pad: lengths}
  y: {kind: target, type: "real[5, 8]"}
  queries: {kind: parameter, type: "real[5, 8]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 8}]}
  predictor: {role: predictor, layers: [{repeat: 2, layers: [{residual: [{cross_attention: {heads: 2}}]}]}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> encoder -[context]-> predictor
  - queries -> predictor -> y_tilde
  - y, y_tilde -> C
"""


def test_learned_queries_call_a_context() -> None:
    model = archgraph.compile(QUERIES, seed=0)
    x = torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(0))
    out = model(x=x, y=torch.zeros(2, 5, 8), lengths={"x": torch.tensor([6, 4])})
    torch.testing.assert_close(out.y_tilde[1:], model(x=x[1:, :4]).y_tilde)
    out.loss.backward()
    assert model.queries.grad.abs().max() > 0
    assert archgraph.check(QUERIES).classification == "regressor"


def test_what_things_were_put_in_front_of_may_have_any_length() -> None:
    cut = "{conv1d: {channels: 8, kernel: 2, padding: valid, stride: 2}}"
    found = [
        archgraph.compile(spec(layers, pad=""), seed=0) for layers in (cut, f"{cut}, {{prepend: cls}}, {{take: rest}}")
    ]
    x = torch.randn(2, 7, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(*(model(x=x).h for model in found))


MEMORY = '  m: {kind: input, type: "real[S, 8]"}\n'


def memory(layers: str, pad: str = ", pad: lengths") -> tuple[torch.nn.Module, Tensor, Tensor]:
    text = spec(f"{{prepend: memory}}, {layers}", more=MEMORY, edges="  - m -> f.prepend.front\n", pad=pad)
    x, m = (torch.randn(2, size, 8, generator=torch.Generator().manual_seed(size)) for size in (6, 5))
    return archgraph.compile(text, seed=0).eval(), x, m


def test_a_sequence_put_in_front_is_taken_again() -> None:
    model, x, m = memory("{take: memory}")
    assert torch.equal(model(x=x, m=m).h, m)
    model, x, m = memory("tanh, {prepend: cls}, {take: T}")
    assert torch.equal(model(x=x, m=m).h, x.tanh())


def test_a_sequence_put_in_front_is_read_and_padding_behind_it_is_not() -> None:
    model, x, m = memory("{prepend: cls}, self_attention, {take: rest}")
    found = model(x=x, m=m, lengths={"x": torch.tensor([6, 4])}).h
    alone = model(x=x[1:, :4], m=m[1:], lengths={"x": torch.tensor([4])}).h
    torch.testing.assert_close(found[1:, :4], alone)
    assert not torch.allclose(found, model(x=x, m=m + 1, lengths={"x": torch.tensor([6, 4])}).h)


def test_a_vector_put_in_front_is_one_position() -> None:
    text = spec("{prepend: summary}, {take: summary}", more='  m: {kind: input, type: "real[8]"}\n', pad="").replace(
        "  - x -> f", "  - m -> f.prepend.front\n  - x -> f"
    )
    m = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(archgraph.compile(text)(x=torch.zeros(2, 3, 8), m=m).h, m)


def test_a_picture_tells_the_segments_of_an_axis(tmp_path: Path) -> None:
    archgraph.render(VIT, tmp_path / "a.svg", shapes=True)
    assert "axes of h: (cls | 4) × 16" in (tmp_path / "a.svg").read_text(encoding="utf-8")
