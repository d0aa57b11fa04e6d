"""A cost that reaches no weight and no latent."""

from __future__ import annotations

from archgraph.check.pairs import upstream
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.graph.program import LeafFacts, NodeFacts, Program

FAULT = Fault(
    "AG049",
    "a cost that teaches nothing",
    story="""
An energy is there to be lowered: by changing weights in training, or a latent in inference. A cost that compares
things which depend on neither a weight nor a latent is a constant. The same holds where every way to a weight passes
an edge that stops the gradient.

Put something with weights on the way, remove a `stop`, or remove the cost.
""",
    bad="""
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "real[4]"}
  y_tilde: prediction
nodes:
  predictor: {role: predictor, layers: [tanh]}
  C: {role: cost, op: squared_error}
edges:
  - x -> predictor -> y_tilde
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "real[4]"}
  y_tilde: prediction
nodes:
  predictor: {role: predictor, layers: [{linear: 4}, tanh]}
  C: {role: cost, op: squared_error}
edges:
  - x -> predictor -> y_tilde
  - y, y_tilde -> C
""",
)


def find(program: Program, into: Collector) -> None:
    """Record costs and regularisers whose energy nothing learned or inferred can change."""
    facts = program.net.nodes
    for node in program.objectives:
        before = upstream(program, node.name, stopped=False)
        known = all(name in facts for name in before if name in program.graph.nodes)
        if known and node.role != "loss" and not _moves(program, before):
            into.add(
                FAULT,
                f"the {node.role} '{node.name}' reaches no weight and no latent: nothing could lower it",
                node.span,
                hint="put something with weights on the way to it, or remove it",
            )


def _moves(program: Program, members: frozenset[str]) -> bool:
    variables, nodes = program.graph.variables, program.net.nodes
    if any(name in members and v.kind in ("latent", "parameter") for name, v in variables.items()):
        return True
    return any(name in members and _learns(facts) for name, facts in nodes.items())


def _learns(facts: NodeFacts) -> bool:
    for body in facts.copies:
        if isinstance(body, LeafFacts):
            if body.parameters():
                return True
        elif any(_learns(inner) for inner in body.nodes.values()):
            return True
    return False


RULE = Rule(FAULT, find)
