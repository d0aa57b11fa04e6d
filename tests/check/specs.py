"""Specs that the tests of the rules vary."""

from __future__ import annotations

from archgraph.compiler import check

LANGUAGE = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""

CONDITIONAL = """archgraph: 1
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


def varied(spec: str, *changes: tuple[str, str]) -> str:
    """The spec with each (old, new) put in place; each old text stands in it once."""
    for old, new in changes:
        assert spec.count(old) == 1, old
        spec = spec.replace(old, new)
    return spec


def language(*changes: tuple[str, str]) -> str:
    """The small language model, varied."""
    return varied(LANGUAGE, *changes)


def layers(*, encoder: str = "{linear: 4}", predictor: str = "{linear: 4}", decoder: str = "{linear: 4}") -> str:
    """The small language model with other layers."""
    parts = (("encoder", encoder), ("predictor", predictor), ("decoder", decoder))
    return language(*[(f"role: {n}, layers: [{{linear: 4}}]", f"role: {n}, layers: [{v}]") for n, v in parts])


def codes(spec: str) -> list[str]:
    """The codes of the diagnostics of a spec, in the order of their places."""
    return [item.code for item in check(spec).diagnostics]
