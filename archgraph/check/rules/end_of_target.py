"""Predictions that see where their target ends."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.check.pairs import Pair, open_to, pairs, upstream
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.graph.module import Leaf
from archgraph.graph.program import LeafFacts, Program

_BAD = """
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{conv1d: {channels: 4, kernel: 3}}]}
  predictor: {role: predictor, layers: [{linear: 4}, tanh]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay 2]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""

FAULT = Fault(
    "AG095",
    "the end of the target is seen",
    story="""
What looks ahead behind a delay of as much sees no symbol too early. But at the last positions it looks past the end,
where a convolution reads zeros and an attention in a window finds nothing, and so these predictions know that the
target ends there. In training that helps, above all with the symbol that stops; in use nobody knows it: step by step
the model predicts as for a sequence that goes on.

Read backwards in place of ahead: with `padding: causal` and a delay that is shorter by as much, a convolution reads the
same positions, and has no end to see; an attention takes `causal: true`. Where an input has the same positions, as in
`x: real[T, 3]`, the end is known, and nothing is said.
""",
    bad=_BAD,
    good=_BAD.replace("kernel: 3}", "kernel: 3, padding: causal}").replace("delay 2", "delay"),
    warning=True,
)


def find(program: Program, into: Collector) -> None:
    """Record the operations by which a prediction that keeps time sees where its own target ends."""
    told: set[object] = set()
    for pair in pairs(program):
        if not pair.predicts or any(map(open_to, pair.bounds)):
            continue
        for leaf, ahead in _ends(program, pair):
            if leaf.span not in told:
                told.add(leaf.span)
                how = "padding: causal" if hasattr(leaf.op, "padding") else "causal: true"
                into.add(
                    FAULT,
                    f"'{leaf.op.name}' looks past the end of '{pair.own}', and tells '{pair.name}' where that is",
                    leaf.span,
                    hint=f"write '{how}' there; the delay in front may then be {ahead} less",
                    notes=(Note(f"'{pair.name}' sees it", pair.span),),
                )


def _ends(program: Program, pair: Pair) -> Iterator[tuple[Leaf, int]]:
    """What looks past the end of a target on the way to its prediction, and how far ahead."""
    variables = program.graph.variables
    axes = {
        name
        for name, binders in program.axes.items()
        if pair.own in binders
        and name not in program.graph.sizes
        and all(variables[b].kind == "target" for b in binders)
    }
    members = upstream(program, pair.wire.source.owner)
    for path, facts in program.leaves():
        if path.partition(".")[0] in members:
            ahead = _looks_past(facts, axes)
            if ahead:
                yield facts.leaf, ahead


def _looks_past(facts: LeafFacts, axes: set[str]) -> int:
    """How far an operation looks past the end of one of the axes; 0 for not at all."""
    flows = facts.leaf.op.flow({port: tuple(value.type for value in values) for port, values in facts.given.items()})
    return max(
        (
            transfer.ahead
            for (port, _), flow in flows.items()
            for value in facts.given.get(port, ())
            for axis, (transfer, _) in zip(value.type.axes, flow.axes, strict=True)
            if transfer.ends and not axes.isdisjoint(axis.names)
        ),
        default=0,
    )


RULE = Rule(FAULT, find)
