"""A decoder that receives a delayed target or a context edge directly."""

from __future__ import annotations

from archgraph.check.places import Place, holds, origins, places
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.graph.module import Node, Wire
from archgraph.graph.program import Program

FAULT = Fault(
    "AG080",
    "a decoder that is fed what it should not see",
    role=True,
    story="""
A decoder maps a representation to the space of the target; it knows nothing else. One that is given the delayed
target, or the context, does more: it encodes what it is given, and it predicts with it. Then nobody can say which
part of the model predicts, and that is what the drawing is for.

Feed the delayed target to an encoder, the context to a predictor, and let the decoder read the predictor's result.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  enc: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [add, {linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y -[delay]-> decoder
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  enc: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
)


def find(program: Program, into: Collector) -> None:
    """Record edges that bring a decoder a delayed target, or a context that no cross-attention in it accounts for."""
    for place, node in places(program.graph):
        if node.role != "decoder":
            continue
        for wire in place.net.wires:
            if wire.target.owner == node.name:
                _judge(place, node, wire, into)


def _judge(place: Place, node: Node, wire: Wire, into: Collector) -> None:
    delayed = [name for name in _delayed_targets(place, wire)]
    if delayed:
        into.add(
            FAULT,
            f"the decoder '{node.name}' is given the target '{delayed[0]}', delayed",
            wire.span,
            hint=f"feed it to an encoder, and let a predictor stand between that and '{node.name}'",
        )
    elif wire.context and not holds(node, "cross_attention"):
        into.add(
            FAULT,
            f"the decoder '{node.name}' is given a context",
            wire.span,
            hint="feed the context to a predictor, and let the decoder read what that gives",
        )


def _delayed_targets(place: Place, wire: Wire) -> list[str]:
    variables = place.graph.variables
    found = [o.end.owner for o in origins(place, wire) if o.delay and o.net == 0 and o.end.owner in variables]
    return [name for name in found if variables[name].kind == "target"]


RULE = Rule(FAULT, find)
