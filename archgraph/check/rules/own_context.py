"""Cross-attention whose context is its own stream."""

from __future__ import annotations

from archgraph.check.places import Origin, Place, holds, origins, places
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.graph.module import Net, Node
from archgraph.graph.program import Program

FAULT = Fault(
    "AG083",
    "cross-attention to its own stream",
    role=True,
    story="""
Self-attention has one source: a sequence thinks about itself. Cross-attention has two: the queries come from the
stream, the keys and values from someone else, the context. Where stream and context are the same tensor there is
nobody else to ask; that is self-attention under another name.

Write self_attention, or draw the context edge from what was meant to be asked.
""",
    bad="""
archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: target, type: "class(3)[]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [cross_attention, {pooling: mean}]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> encoder -> predictor -> decoder -> y_tilde
  - encoder -[context]-> predictor
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: target, type: "class(3)[]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [self_attention, {pooling: mean}]}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
)


def find(program: Program, into: Collector) -> None:
    """Record context edges that bring a node with cross-attention the tensor that it already has."""
    for place, node in places(program.graph):
        grouped = isinstance(node.body, Net) and node.body.style == "nodes"
        if not grouped and place.net.style == "nodes" and holds(node, "cross_attention"):
            _judge(place, node, into)


def _judge(place: Place, node: Node, into: Collector) -> None:
    stream = {_where(o) for wire in place.into(node.name, "in") for o in origins(place, wire)}
    for wire in place.into(node.name, "context"):
        if {_where(o) for o in origins(place, wire)} & stream:
            into.add(
                FAULT,
                f"the context of '{node.name}' is its own stream",
                wire.span,
                hint="write self_attention, or draw the context from elsewhere",
            )


def _where(origin: Origin) -> tuple[int, str, int]:
    return origin.net, f"{origin.end.owner}.{origin.end.port}", origin.delay


RULE = Rule(FAULT, find)
