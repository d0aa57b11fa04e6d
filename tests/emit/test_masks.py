"""Padding masks that are made of others: of strides, of patches and back, and of what stands in front."""

from __future__ import annotations

import pytest
import torch

import archgraph

SPEC = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]", pad: lengths}
  h: hidden
  C: hidden
nodes:
  n: {layers: [LAYERS, {self_attention: {heads: 2}}]}
  m: {op: {pooling: mean}}
edges:
  - x -> n -> h
  - h -> m -> C
"""
LAYERS = {
    "strides": "{conv1d: {channels: 4, kernel: 3, stride: 2, padding: causal}}",
    "patches": '{rearrange: {pattern: "(t p) d -> t (p d)", sizes: {p: 2}}}, {linear: 4}',
    "parts": '{rearrange: {pattern: "t (p d) -> (t p) d", sizes: {p: 2}}}, {linear: 4}',
    "in front": "{prepend: {segment: cls, count: 2}}",
}


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_what_stands_behind_the_lengths_changes_nothing(layers: str) -> None:
    model = archgraph.compile(SPEC.replace("LAYERS", layers), seed=0).double().eval()
    x = torch.randn(1, 8, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    cut = model(x=x[:, :4], lengths={"x": torch.tensor([4])})
    whole = model(x=x, lengths={"x": torch.tensor([4])})
    torch.testing.assert_close(whole.C, cut.C, rtol=0, atol=1e-12)
    assert not torch.allclose(model(x=x, lengths={"x": torch.tensor([8])}).C, whole.C)
