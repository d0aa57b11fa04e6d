"""Probabilities where a cost takes logits."""

from __future__ import annotations

from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.core.examples import AUTOENCODER, swap
from archgraph.graph.module import Leaf, Net, Wire
from archgraph.graph.program import Program

_GOOD = swap(AUTOENCODER, ("squared_error", "binary_cross_entropy"))

FAULT = Fault(
    "AG094",
    "probabilities where a cost takes logits",
    story="""
The cross-entropies take logits, any numbers, and turn them into probabilities themselves, which is exact where
probabilities are close to 0 or 1. Where a softmax or a sigmoid stands at the end of the decoder it is applied twice:
the model still learns, but slowly, since even a prediction that is wholly right keeps a high energy.

Leave it out. Where you need probabilities, take the softmax of the prediction in use.
""",
    bad=swap(_GOOD, ("[{linear: 8}]", "[{linear: 8}, sigmoid]")),
    good=_GOOD,
    warning=True,
)


def find(program: Program, into: Collector) -> None:
    """Record the operations that give probabilities to a cost that takes logits."""
    net = program.graph.net
    for node in net.nodes.values():
        if not (isinstance(node.body, Leaf) and node.body.op.numbers == "logits"):
            continue
        for wire in net.into(node.name):
            leaf = _maker(net, wire) if wire.target.port == "prediction" else None
            if leaf is not None and leaf.op.numbers == "probabilities":
                into.add(
                    FAULT,
                    f"'{leaf.op.name}' gives probabilities, and '{node.body.op.name}' takes logits",
                    leaf.span,
                    hint=f"remove it: '{node.body.op.name}' does the same by itself",
                    notes=(Note(f"'{node.name}' reads them", node.span),),
                )


def _maker(net: Net, wire: Wire) -> Leaf | None:
    """The operation at which a wire begins, seen through variables and bodies; None where several or none give it."""
    node = net.nodes.get(wire.source.owner)
    if node is None:
        before = [each for each in net.into(wire.source.owner) if not each.initial] if wire.source.owner else []
        return _maker(net, before[0]) if len(before) == 1 else None
    if isinstance(node.body, Leaf):
        return node.body
    ends = [each for each in node.body.into("") if each.target.port == wire.source.port]
    return _maker(node.body, ends[0]) if len(ends) == 1 else None


RULE = Rule(FAULT, find)
