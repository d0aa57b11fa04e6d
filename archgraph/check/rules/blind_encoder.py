"""An encoder of nothing observed."""

from __future__ import annotations

from archgraph.check.pairs import upstream
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.graph.program import NodeFacts, Program

FAULT = Fault(
    "AG087",
    "an encoder of nothing observed",
    role=True,
    story="""
An encoder maps an observation to a representation. What is fed with a latent that nothing infers, or with learned
numbers alone, observes nothing: it decodes, or it predicts.

Give it another role, or draw the edge from an input or a target that it was meant to encode.
""",
    bad="""
archgraph: 1
variables:
  z: {kind: latent, type: "real[4]"}
  y: {kind: target, type: "real[8]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 8}]}
  C: {role: cost, op: squared_error}
edges:
  - z -> encoder -> y_tilde
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  z: {kind: latent, type: "real[4]"}
  y: {kind: target, type: "real[8]"}
  y_tilde: prediction
nodes:
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: squared_error}
edges:
  - z -> decoder -> y_tilde
  - y, y_tilde -> C
""",
)


def find(program: Program, into: Collector) -> None:
    """Record encoders that no observed variable reaches."""
    for path, facts in program.nodes():
        if facts.node.role == "encoder" and not _observes(program, path, facts):
            into.add(
                FAULT,
                f"the encoder '{facts.node.name}' is given nothing observed",
                facts.node.span,
                hint="feed it an input or a target, or give it another role",
            )


def _observes(program: Program, path: str, facts: NodeFacts) -> bool:
    if any(value.time for values in facts.given.values() for value in values):
        return True
    before = upstream(program, path.split(".")[0])
    return any(name in before and variable.observed for name, variable in program.graph.variables.items())


RULE = Rule(FAULT, find)
