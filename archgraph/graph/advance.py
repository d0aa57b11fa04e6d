"""How far ahead of the place that is predicted a stream must know each tensor, for what looks ahead behind a delay.

What looks ahead by `a` reads what must be known `a` positions earlier than its result; what goes into a delay of `k`
may be known `k` positions later than what comes out. So the places are solved backwards, from the prediction.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.graph.module import End
from archgraph.graph.program import BodyFacts, LeafFacts, NetFacts, NodeFacts, Program

OUT = ">"  # behind the path of a body: its outputs
Needs = dict[str, int]  # by port: how many positions behind the predicted one, at most; negative is ahead of it


@dataclass
class Advance:
    """The latest places at which the ports of every node may be known; the paths count the copies of a repeat."""

    program: Program
    prediction: str
    needs: dict[str, Needs] = field(default_factory=dict)

    def solve(self) -> Advance:
        """Find them all."""
        self._net(self.program.net, "", {}, {End(self.prediction, "out"): 0})
        return self

    def floor(self, path: str, port: str = "") -> int:
        """Where a port of a node, or the first of all, must stand at the latest, if ahead of the predicted position."""
        found = self.needs.get(path, {})
        return min(0, found.get(port, 0) if port else min(found.values(), default=0))

    def _net(self, facts: NetFacts, path: str, wanted: Needs, ends: dict[End, int]) -> Needs:
        """What a body needs at its inputs, by what is wanted of its outputs and of single ends inside."""
        self._keep(f"{path}{OUT}", wanted)
        for wire in facts.net.into(""):
            if wire.target.port in wanted:
                _lower(ends, wire.source, wanted[wire.target.port] + wire.delay)
        for group in reversed(facts.order):
            wants = {end: need for end, need in ends.items() if end.owner in group.members}
            for name in group.members if wants else ():
                here = f"{path}.{name}".lstrip(".")
                needs = self._member(facts, name, here, _wanted(name, wants, together=group.scan))
                self._keep(here, needs)
                lowest = min(needs.values())
                for wire in facts.net.into(name):
                    if wire.source.owner not in group.members or not group.scan:
                        _lower(ends, wire.source, needs.get(wire.target.port, lowest) + wire.delay)
        return {end.port: need for end, need in ends.items() if not end.owner}

    def _member(self, facts: NetFacts, name: str, path: str, wanted: Needs) -> Needs:
        """What a node needs, or a variable, which passes on what it is given."""
        if name not in facts.nodes or not wanted:
            return {"in": min(wanted.values(), default=0)}
        node = facts.nodes[name]
        again = node.node.repeat is not None
        needs = self._copies(node, path, wanted) if again else self._body(node.copies[0], path, wanted)
        if node.node.share:
            # the weights of another, under whose path it is written
            self._body(node.copies[0], f"{path.rpartition('.')[0]}.{node.node.share}".lstrip("."), wanted)
        return needs or {"in": min(wanted.values())}

    def _copies(self, facts: NodeFacts, path: str, wanted: Needs) -> Needs:
        """What copies need, the last first: each gives the one behind it what that needs."""
        found: Needs = {}
        for index in reversed(range(len(facts.copies))):
            needs = self._body(facts.copies[index], f"{path}.{index}", wanted)
            wanted = {**wanted, "out": needs.get("in", wanted.get("out", 0))}
            for port, need in needs.items():
                found[port] = min(need, found.get(port, need))
        return {**found, "in": wanted.get("out", 0)}

    def _body(self, body: BodyFacts, path: str, wanted: Needs) -> Needs:
        needs = self._net(body, path, wanted, {}) if isinstance(body, NetFacts) else _leaf(body, wanted)
        self._keep(path, needs)
        return needs

    def _keep(self, path: str, needs: Needs) -> None:
        """What is written in several places must be known for the first."""
        known = self.needs.setdefault(path, {})
        for port, need in needs.items():
            known[port] = min(need, known.get(port, need))


def looks_ahead(body: LeafFacts) -> int:
    """How many positions an operation looks ahead along its first axis, at an unchanged rate."""
    types = {port: tuple(value.type for value in values) for port, values in body.given.items()}
    along = [flow.axes[0][0] for flow in body.leaf.op.flow(types).values() if flow.axes]
    return max((each.ahead for each in along if (each.kind, each.rate) == ("window", 1)), default=0)


def segmented(body: LeafFacts) -> bool:
    """Whether an operation puts something in front of an axis, or takes a part of what has something in front."""
    types = {port: tuple(value.type for value in found) for port, found in body.given.items()}
    return any(flow.axes[0][0].kind in ("placed", "taken") for flow in body.leaf.op.flow(types).values() if flow.axes)


def _leaf(body: LeafFacts, wanted: Needs) -> Needs:
    """All that an operation is given meets at one place."""
    need = min(wanted.values(), default=0) - looks_ahead(body)
    return dict.fromkeys((port for port, values in body.given.items() if values), need)


def _wanted(name: str, wants: dict[End, int], *, together: bool) -> Needs:
    """What is wanted of a member; those of a cycle stand at one place."""
    if together:
        return {"out": min(wants.values())}
    return {end.port: need for end, need in wants.items() if end.owner == name}


def _lower(ends: dict[End, int], end: End, need: int) -> None:
    ends[end] = min(need, ends.get(end, need))
