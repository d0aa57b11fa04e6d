"""Tokens that are delayed, and have no symbol for the place before the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.graph.module import Variable, Wire
from archgraph.graph.program import NetFacts, Program, Value

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
    """Record variables of tokens without a start symbol at the first edge that delays them, corrupted or not."""
    told: set[str] = set()
    for net in _nets(program.net):
        for wire in net.net.wires:
            value = net.values.get(f"{wire.source.owner}.{wire.source.port}") if wire.delay else None
            if value is None or value.type.element != "tokens" or value.start is not None:
                continue
            begun = net is program.net and any(each.initial for each in program.graph.into(wire.source.owner))
            for variable in () if begun else _behind(program, wire, value):
                if variable.name not in told:
                    told.add(variable.name)
                    _record(variable, wire, into)


def _nets(facts: NetFacts) -> Iterator[NetFacts]:
    yield facts
    for node in facts.nodes.values():
        for body in {id(body): body for body in node.copies}.values():  # equal copies are one object
            if isinstance(body, NetFacts):
                yield from _nets(body)


def _behind(program: Program, wire: Wire, value: Value) -> Iterable[Variable]:
    """The variable of tokens that is delayed: where the wire begins, or what its tensor was made of."""
    names = [name for name in (wire.source.owner, *value.time) if name in program.graph.variables]
    found = (program.graph.variables[name] for name in names)
    return [variable for variable in found if variable.type is not None and variable.type.element == "tokens"][:1]


def _record(variable: Variable, wire: Wire, into: Collector) -> None:
    into.add(
        FAULT,
        f"'{variable.name}' holds tokens and is delayed, and has no start symbol to begin with",
        variable.span,
        hint=f"give it one that the data never uses: '{variable.name}: {{..., start: 1}}'",
        notes=(Note("delayed here", wire.span),),
    )


RULE = Rule(FAULT, find)
