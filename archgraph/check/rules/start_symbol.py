"""Tokens that are delayed, and have no symbol for the place before the first."""

from __future__ import annotations

from archgraph.check.places import origins, places
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.graph.module import Variable, Wire
from archgraph.graph.program import Program

FAULT = Fault(
    "AG092",
    "delayed tokens without a start symbol",
    story="""
Delayed by one step, a sequence has a new first place, and something must stand there. Numbers begin with zeros.
Symbols have no zero: what stands there must be a symbol that says "the beginning", else the first prediction would
be made from a real symbol that nobody wrote.

Give the variable a start symbol: `start: 1`, say, where the data never uses 1. `y` itself must not hold it.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]", start: 1}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
)


def find(program: Program, into: Collector) -> None:
    """Record variables of tokens without a start symbol at the first edge that delays them."""
    graph = program.graph
    told: set[str] = set()
    for place, node in places(graph):
        for wire in place.net.into(node.name):
            for origin in origins(place, wire):
                variable = graph.variables.get(origin.end.owner) if origin.net == 0 else None
                if variable and origin.wire and variable.name not in told and _lacks(program, variable):
                    told.add(variable.name)
                    _record(variable, origin.wire, into)


def _lacks(program: Program, variable: Variable) -> bool:
    tokens = variable.type is not None and variable.type.element == "tokens"
    begun = any(wire.initial for wire in program.graph.into(variable.name))
    return tokens and variable.start is None and not begun


def _record(variable: Variable, wire: Wire, into: Collector) -> None:
    into.add(
        FAULT,
        f"'{variable.name}' holds tokens and is delayed, and has no start symbol to begin with",
        variable.span,
        hint=f"give it one that the data never uses: '{variable.name}: {{..., start: 1}}'",
        notes=(Note("delayed here", wire.span),),
    )


RULE = Rule(FAULT, find)
