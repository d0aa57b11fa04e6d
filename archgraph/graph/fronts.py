"""Whose share of what stands in front of a target's positions `start` must compute: all that a `take` of it is made of.

What stands in front is read with the first step, and is gone from the later ones; taken by itself it is no part of any
step. So the operations between what put it there and what takes it are written for it alone as well, in `start`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.graph.program import BodyFacts, LeafFacts, NetFacts, NodeFacts, Program

Ports = frozenset[str]
NOTHING: Ports = frozenset()


@dataclass
class Fronts:
    """Finds the paths of such operations; they count the copies of a repeat."""

    program: Program
    paths: set[str] = field(default_factory=set)

    def solve(self) -> frozenset[str]:
        """The paths of all of them."""
        self._net(self.program.net, "", NOTHING)
        return frozenset(self.paths)

    def _net(self, facts: NetFacts, path: str, wanted: Ports) -> Ports:
        """What a body needs at its inputs, by what is wanted of its outputs."""
        ends = {wire.source for wire in facts.net.into("") if wire.target.port in wanted}
        for name in reversed([name for group in facts.order for name in group.members]):
            wants = frozenset(end.port for end in ends if end.owner == name)
            needs = self._member(facts, name, f"{path}.{name}".lstrip("."), wants)
            ends |= {wire.source for wire in facts.net.into(name) if wire.target.port in needs}
        return frozenset(end.port for end in ends if not end.owner)

    def _member(self, facts: NetFacts, name: str, path: str, wants: Ports) -> Ports:
        """What a node needs, or a variable, which passes on what it is given."""
        if name not in facts.nodes:
            return frozenset({"in"}) if wants else NOTHING
        node = facts.nodes[name]
        needs = self._copies(node, path, wants)
        if node.node.share:  # it is written under the path of the other, whose weights it has
            self._copies(node, f"{path.rpartition('.')[0]}.{node.node.share}".lstrip("."), wants)
        return needs

    def _copies(self, facts: NodeFacts, path: str, wants: Ports) -> Ports:
        """What the copies of a node need, or its one body: each gives the one behind it what that needs."""
        if facts.node.repeat is None:
            return self._body(facts.copies[0], path, wants)
        found = NOTHING
        for index in reversed(range(len(facts.copies))):
            needs = self._body(facts.copies[index], f"{path}.{index}", wants)
            wants = (wants - {"out"}) | ({"out"} if "in" in needs else NOTHING)
            found |= needs - {"in"}
        return found | (frozenset({"in"}) if "out" in wants else NOTHING)

    def _body(self, body: BodyFacts, path: str, wants: Ports) -> Ports:
        if isinstance(body, NetFacts):
            return self._net(body, path, wants)
        if takes(body) is not None:
            return frozenset({"in"}) if takes(body) else NOTHING
        if wants:
            self.paths.add(path)
        return frozenset(body.given) if wants else NOTHING


def takes(body: LeafFacts) -> int | None:
    """Which segment an operation takes, counted from the last; None where it takes none."""
    types = {port: tuple(value.type for value in values) for port, values in body.given.items()}
    found = (flow.axes[0][0] for flow in body.leaf.op.flow(types).values() if flow.axes)
    return next((transfer.places[0] for transfer in found if transfer.kind == "taken"), None)
