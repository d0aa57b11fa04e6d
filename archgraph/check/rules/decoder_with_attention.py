"""A decoder that contains cross-attention."""

from __future__ import annotations

from archgraph.check.places import holds, places
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.graph.program import Program

FAULT = Fault(
    "AG081",
    "a decoder that contains cross-attention",
    role=True,
    story="""
What the literature calls the decoder of a transformer does three things in turn: its self-attention encodes the
target so far, its cross-attention predicts by asking the encoded input, and its feed-forward layers decode. Drawn
as one box, all of that is hidden under a word that means the last of the three.

Split it: an encoder for the target so far, a predictor with the cross-attention, and a decoder without.
""",
    bad="""
archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  enc: {role: encoder, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [cross_attention, {linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> encoder -[context]-> decoder
  - y -[delay]-> enc -> decoder -> y_tilde
  - y, y_tilde -> C
""",
    good="""
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
""",
)


def find(program: Program, into: Collector) -> None:
    """Record every decoder with a cross-attention in it, at the cross-attention."""
    for _, node in places(program.graph):
        leaf = holds(node, "cross_attention") if node.role == "decoder" else None
        if leaf:
            into.add(
                FAULT,
                f"the decoder '{node.name}' contains cross-attention: this encodes, predicts and decodes",
                leaf.span,
                hint="split it: an encoder, a predictor that holds the cross-attention, and a decoder",
                notes=(Note(f"'{node.name}' is a decoder", node.span),),
            )


RULE = Rule(FAULT, find)
