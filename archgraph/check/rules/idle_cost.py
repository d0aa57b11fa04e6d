"""A cost that reaches no weight and no latent."""

from __future__ import annotations

from archgraph.check.pairs import upstream
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.graph.module import End, Wire
from archgraph.graph.program import BodyFacts, LeafFacts, NetFacts, NodeFacts, Program

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
        known = all(name in facts for name in upstream(program, node.name) if name in program.graph.nodes)
        if known and node.role != "loss" and not _moves(program, node.name):
            into.add(
                FAULT,
                f"the {node.role} '{node.name}' reaches no weight and no latent: nothing could lower it",
                node.span,
                hint="put something with weights on the way to it, or remove it",
            )


def _moves(program: Program, objective: str) -> bool:
    ports = _through(program.net.nodes[objective], "out")  # a body of its own may learn
    into = program.graph.into(objective)
    reached = None if ports is None else _reach(program.net, tuple(wire for wire in into if wire.target.port in ports))
    variables = program.graph.variables
    return reached is None or any(variables[name].kind in ("latent", "parameter") for name in reached)


def _reach(net: NetFacts, wires: tuple[Wire, ...]) -> frozenset[str] | None:
    """The variables and input ports that gradients reach against the wires of a body; None once they meet a weight."""
    found: set[str] = set()
    seen: set[End] = set()
    front = list(wires)
    while front:
        wire = front.pop()
        if wire.stop or wire.source in seen:
            continue
        seen.add(wire.source)
        facts = net.nodes.get(wire.source.owner)
        if facts is None:
            found.add(wire.source.owner or wire.source.port)
        ports = _through(facts, wire.source.port) if facts else None
        if facts and ports is None:
            return None
        into = net.net.into(wire.source.owner) if wire.source.owner else ()
        front += [w for w in into if ports is None or w.target.port in ports]
    return frozenset(found)


def _through(facts: NodeFacts, port: str) -> frozenset[str] | None:
    """The input ports of a node that gradients reach from one of its outputs; None once they meet a weight."""
    found: set[str] = set()
    for body in reversed(facts.copies):
        reached = _inside(body, port)
        if reached is None:
            return None
        found |= reached
        if "in" not in reached:  # the copies before this one are cut off
            return frozenset(found)
        found.discard("in")
        port = "out"
    return frozenset(found | {"in"})


def _inside(body: BodyFacts, port: str) -> frozenset[str] | None:
    if isinstance(body, LeafFacts):
        return None if body.parameters() else frozenset(body.given)
    return _reach(body, tuple(wire for wire in body.net.into("") if wire.target.port == port))


RULE = Rule(FAULT, find)
