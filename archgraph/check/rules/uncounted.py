"""Energies that nobody counts: without a role that says so, or inside a body that is no objective."""

from __future__ import annotations

from archgraph.check.places import Place, places
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.core.examples import AUTOENCODER, swap
from archgraph.graph.module import OBJECTIVES, Leaf, Node
from archgraph.graph.program import Program

FAULT = Fault(
    "AG079",
    "an energy that is not counted",
    story="""
The energies of a model are those of its nodes of role cost, regulariser and loss, at the top of the spec: there each
has its weight, and a name in the output. An operation that gives an energy and stands elsewhere, without such a role or
inside a group, would be computed and never lowered.

Give the node its role. From inside a group, bring the tensor out by a port, and let the objective stand on that.
""",
    bad=swap(AUTOENCODER, ("C: {role: cost, op: squared_error}", "C: {op: squared_error}")),
    good=AUTOENCODER,
)


def find(program: Program, into: Collector) -> None:
    """Record operations that give energies, and nodes with the role of an objective, where neither counts."""
    for place, node in places(program.graph):
        gives = isinstance(node.body, Leaf) and node.body.op.objective
        if place.around is None and gives and node.role not in OBJECTIVES:
            role = "cost" if any(port.name == "target" for port in node.body.inputs) else "regulariser"
            what = f"'{node.name}' gives an energy, and has {f'the role {node.role}' if node.role else 'no role'}"
            into.add(FAULT, what, node.span, hint=f"write 'role: {role}'")
        elif place.around is not None and (gives or node.role in OBJECTIVES) and _around(place).role not in OBJECTIVES:
            what = f"'{node.name}' gives an energy inside '{_around(place).name}', where it is not counted"
            into.add(FAULT, what, node.span, hint="bring the tensor out by a port, and put the objective at the top")


def _around(place: Place) -> Node:
    """The node of the top body that a place lies in."""
    name = place.holder
    while place.around is not None and place.around.around is not None:
        place = place.around
        name = place.holder
    return place.graph.nodes[name]


RULE = Rule(FAULT, find)
