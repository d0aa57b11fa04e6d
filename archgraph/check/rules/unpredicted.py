"""A delayed target none of whose paths to its prediction crosses a predictor."""

from __future__ import annotations

from archgraph.check.pairs import Pair, pairs
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.core.source import Span
from archgraph.graph.program import Program

FAULT = Fault(
    "AG085",
    "a delayed target without a predictor",
    role=True,
    story="""
An autoencoder encodes its target and decodes it again: it needs no predictor. Delay the target by one step, and the
decoder is asked for a symbol that the code does not hold. Somebody must predict it, and the drawing must say who.

Put a node of role predictor between the encoder of the delayed target and the decoder.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
)
SAME_CAUSE = ("AG080", "AG081")  # a decoder that predicts: splitting it gives the predictor that is missing here


def find(program: Program, into: Collector) -> None:
    """Record targets that reach their prediction delayed, and never through a predictor."""
    if any(item.code in SAME_CAUSE for item in into.items):
        return
    for pair in pairs(program):
        delayed = any("delay" in bound.crossed for bound in pair.bounds)
        if delayed and not any("predictor" in bound.crossed for bound in pair.bounds):
            into.add(
                FAULT,
                f"'{pair.own}' is delayed, and nothing predicts: no path to '{pair.name}' crosses a predictor",
                _delay(pair),
                hint="put a node of role predictor on the way, or remove the delay",
                notes=(Note("its prediction", pair.span),),
            )


def _delay(pair: Pair) -> Span:
    """Where the target is delayed."""
    steps = (step for bound in pair.bounds for step in (bound.path.chain() if bound.path else ()))
    return next((step.span for step in steps if step.span and step.text.startswith("delayed")), pair.span)


RULE = Rule(FAULT, find)
