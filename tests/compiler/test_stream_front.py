"""What stands in front of a target's positions is read with the first step, and goes along step by step."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

import archgraph
from archgraph.nn.generation import Causal

B, T, S = 3, 9, 4
SIZES = ((0, *[1] * (T - 1)), (T - 1,), (1, 3, 4), (0, 5, 2))

TOKENS = """
archgraph: 1
name: tokens
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  predictor:
    role: predictor
    layers:
      - embedding: {width: 4, positions: sinusoidal}
      - prepend: {segment: memory, count: 2}
      - positions: {kind: learned, length: 64}
      - repeat: 2
        layers:
          - residual: [layer_norm, {self_attention: {heads: 2, causal: true, positions: rotary}}]
          - residual: [{conv1d: {channels: 4, kernel: 3, padding: causal}}, tanh]
          - gru: 4
      - prepend: cls
      - lstm: 4
      - take: T
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""

FED = """
archgraph: 1
name: fed
variables:
  x: {kind: input, type: "tokens(7)[S]"}
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  source: {role: encoder, layers: [{embedding: 4}, {self_attention: {heads: 2}}]}
  enc: {role: encoder, layers: [{embedding: 4}]}
  predictor:
    role: predictor
    layers:
      - prepend: source
      - self_attention: {heads: 2, causal: true, window: 5}
      - conv1d: {channels: 4, kernel: 3}
      - take: rest
  other: {layers: [{gru: 4}]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay 2]-> enc -> predictor -> other -> decoder -> y_tilde
  - x -> source -> predictor.prepend.front
  - y, y_tilde -> C
"""
SPECS = {
    "axis": FED,
    "vector": FED.replace("{self_attention: {heads: 2}}]", "{gru: 4}, {pooling: last}]"),
    "delayed inside": FED.replace("-[delay 2]-> enc -> predictor", "-> enc -[delay 2]-> predictor"),
    "delayed behind": FED.replace("-[delay 2]-> enc -> predictor -> other", "-> enc -> predictor -[delay 2]-> other"),
    "delayed behind more than stands in front": FED.replace("kernel: 3}", "kernel: 15}")
    .replace("-[delay 2]-> enc -> predictor -> other", "-> enc -> predictor -[delay 8]-> other")
    .replace("{self_attention: {heads: 2}}]", "{gru: 4}, {pooling: last}]"),
}

ALONE = """
archgraph: 1
name: alone
variables:
  y: {kind: target, type: "tokens(9)[T]", start: 1}
  y_tilde: prediction
nodes:
  enc: {role: encoder, layers: [{embedding: 4}, {prepend: cls}, {gru: 4}]}
  part: {layers: [{take: cls}, {expand: T}]}
  rest: {layers: [{take: rest}]}
  predictor: {role: predictor, layers: [add, {linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> enc -> part, rest
  - part, rest -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""


def model_of(spec: str) -> Causal:
    model = archgraph.compile(spec, seed=0).eval()
    assert isinstance(model, Causal), getattr(model, "reason", "")
    return model


def compare(spec: str, **given: Any) -> None:
    model = model_of(spec).double()
    torch.manual_seed(0)
    y = torch.randint(3, 9, (B, 3 * T))
    with torch.no_grad():
        whole = model(**given, y=y).y_tilde
        for sizes in SIZES:
            stream = model.stream(batch=B, capacity=T, **given)
            for start, stop in itertools.pairwise((0, *itertools.accumulate(sizes))):
                torch.testing.assert_close(stream.read(y[:, start:stop]), whole[:, stop], rtol=0, atol=1e-12)


def test_learned_tokens_in_front_go_along() -> None:
    compare(TOKENS)


@pytest.mark.parametrize("name", SPECS)
def test_what_is_fed_in_front_goes_along(name: str) -> None:
    compare(SPECS[name], x=torch.arange(B * S).view(B, S) % 7)


def test_rows_are_selected_with_what_stands_in_front() -> None:
    model = model_of(FED)
    x = torch.arange(2 * S).view(2, S) % 7
    both, swapped = model.generate(x=x, max_length=5), model.generate(x=x.flip(0), max_length=5)
    assert torch.equal(both.flip(0), swapped)
    assert model.generate(x=x, max_length=5, beams=2).shape[0] == 2


def test_tables_of_positions_have_room_for_what_stands_in_front() -> None:
    model = model_of(TOKENS)
    assert model.target.longest == 62
    with pytest.raises(ValueError, match="capacity is 63, and the model has positions for 62"):
        model.stream(capacity=63)
    stream = model.stream(capacity=62)
    assert stream.read(torch.full((1, 61), 3)).shape == (1, 9)
