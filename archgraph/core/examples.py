"""Small whole specs that the pages of `explain` vary: a fault's bad example is one of them with one thing changed."""

from __future__ import annotations

AUTOENCODER = """
archgraph: 1
variables:
  y: {kind: target, type: "real[8]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""

LANGUAGE_MODEL = """
archgraph: 1
params: {width: 8, heads: 2}
variables:
  y: {kind: target, type: "tokens(50)[T]", start: 1}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: width}]}
  predictor: {role: predictor, layers: [{self_attention: {heads: heads, causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 50}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""

CONDITIONAL = """
archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  enc: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [cross_attention]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> encoder -[context]-> predictor
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""

RECURRENT = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: {kind: hidden, type: "real[T, 4]"}
nodes:
  cell: {layers: [add, {linear: 4}, tanh]}
edges:
  - x -> cell -> h
  - h -[delay]-> cell
"""


def swap(spec: str, *changes: tuple[str, str]) -> str:
    """A spec with each (old, new) put in place; raises ValueError unless every old text stands in it exactly once."""
    for old, new in changes:
        if spec.count(old) != 1:
            raise ValueError(f"{old!r} does not stand once in the example")
        spec = spec.replace(old, new)
    return spec
