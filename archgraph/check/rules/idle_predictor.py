"""A predictor that is handed the answer: its target reaches it undelayed and uncorrupted."""

from __future__ import annotations

from archgraph.check.pairs import Pair, idle, pairs, upstream
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.graph.program import NodeFacts, Program

FAULT = Fault(
    "AG086",
    "an idle predictor",
    role=True,
    story="""
A predictor maps a representation that lacks something to one that has it: the next symbol, the corrupted part, the
answer to x. If the target itself reaches it, whole and undelayed, nothing is lacking: it need only pass on what it
is given, and training teaches it exactly that.

Delay the target on its way to the predictor, or corrupt it; or, if an autoencoder was meant, drop the predictor.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
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
""",
)


def find(program: Program, into: Collector) -> None:
    """Record predictors on the way to a prediction that is handed its target undelayed and uncorrupted."""
    for pair in pairs(program):
        if not any(idle(bound) and "predictor" in bound.crossed for bound in pair.bounds):
            continue
        before = upstream(program, pair.cost.name)
        for path, facts in program.nodes():
            if facts.node.role == "predictor" and path.split(".")[0] in before:
                _judge(pair, facts, into)


def _judge(pair: Pair, facts: NodeFacts, into: Collector) -> None:
    lags = [value.time[pair.own] for values in facts.given.values() for value in values if pair.own in value.time]
    if any(idle(bound) for lag in lags for bound in lag.bounds):
        into.add(
            FAULT,
            f"the predictor '{facts.node.name}' is idle: its target '{pair.own}' reaches it undelayed and uncorrupted",
            facts.node.span,
            hint=f"delay it: '{pair.own} -[delay]-> ...'; or corrupt it; or make this part of an encoder or decoder",
            notes=(Note("the prediction that it serves", pair.span),),
        )


RULE = Rule(FAULT, find)
