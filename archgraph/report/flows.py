"""The tensors of a program, operation by operation: which are the same, which move with the target, and by how much.

A walk in the order of the graph, each copy of a repeat by itself. It knows as much of the streaming form as its costs
need: what moves with the target stands at the position that is predicted, behind it, as at the symbol just read, or
ahead of it, where something looks ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archgraph.core.dims import Dim
from archgraph.graph.advance import OUT, Advance, looks_ahead, segmented
from archgraph.graph.fronts import takes
from archgraph.graph.memory import weigh
from archgraph.graph.module import End, Wire
from archgraph.graph.program import BodyFacts, Group, LeafFacts, NetFacts, NodeFacts, Program
from archgraph.graph.types import TensorType

NONE = Dim.number(0)


@dataclass(frozen=True, eq=False)
class Tensor:
    """One tensor; `moves` with the target, and then stands `behind` the position that is predicted.

    `front` is how many positions are in front of those of the target.
    """

    type: TensorType
    moves: bool = False
    behind: int = 0
    front: Dim = NONE

    @property
    def ahead(self) -> Dim:
        """How many positions more than steps a stream has of it, none if they are fewer."""
        size = self.front - self.behind
        return NONE if size.constant is not None and size.constant < 0 else size


Tensors = dict[str, tuple[Tensor, ...]]
Ends = dict[End, tuple[Tensor, ...]]


@dataclass(frozen=True)
class Visit:
    """One operation with the tensors that it reads and makes, by port."""

    facts: LeafFacts
    given: Tensors
    made: dict[str, Tensor]


@dataclass
class Walk:
    """Goes through a program; with a `target`, as the stream of it does, by those nodes that are `needed`."""

    program: Program
    target: str = ""
    prediction: str = ""
    needed: frozenset[str] | None = None
    visits: list[Visit] = field(default_factory=list)
    queues: Dim = field(default_factory=lambda: Dim.number(0))  # bytes that delays hold back in a stream, per sample

    def __post_init__(self) -> None:
        self.advance = Advance(self.program, self.prediction)
        if self.prediction:
            self.advance.solve()

    def run(self) -> Walk:
        """Visit every operation."""
        values: Ends = {}
        for group in self.program.net.order:
            if self.needed is None or not self.needed.isdisjoint(group.members):
                self.group(self.program.net, group, values, "")
        return self

    def group(self, facts: NetFacts, group: Group, values: Ends, path: str) -> None:
        """The members of a group, in their order; on a cycle what is delayed comes from the position before."""
        members = frozenset(group.members) if group.scan else frozenset[str]()
        for name in group.members:
            here = f"{path}.{name}".lstrip(".")
            given = self.given(facts, End(name, here), values, members)
            if name in facts.nodes:
                for port, tensor in self.node(facts.nodes[name], given, here).items():
                    values[End(name, port)] = (tensor,)
            elif name in self.program.variables:
                values[End(name, "out")] = given.get("in") or (self.observed(name),)
        self.held(facts, members)

    def held(self, facts: NetFacts, members: frozenset[str]) -> None:
        """What a cycle keeps from position to position."""
        ends = {(wire.source, wire.delay) for wire in _around(facts, members) if wire.delay}
        for end, delay in ends:
            known = facts.values[f"{end.owner}.{end.port}"].type
            self.queues = self.queues + _positions(known, delay)

    def observed(self, name: str) -> Tensor:
        """A variable that nothing computes."""
        moves = name == self.target
        return Tensor(self.program.variables[name].type, moves, int(moves))

    def given(self, facts: NetFacts, member: End, values: Ends, members: frozenset[str]) -> Tensors:
        """What arrives at the ports of a member, by its name and its path."""
        node = facts.nodes.get(member.owner)
        apart = not member.owner or (node is not None and any(isinstance(body, NetFacts) for body in node.copies))
        wires = [
            (wire, tensor)
            for wire in facts.net.into(member.owner)
            if not wire.initial
            for tensor in values.get(wire.source) or self.past(facts, wire, members)
        ]
        found: Tensors = {}
        for wire, tensor in wires:
            port = wire.target.port if apart else ""
            floor = self.advance.floor(member.port, port)
            meeting = [(w, each) for w, each in wires if each.moves and port in ("", w.target.port)]
            behind = max([floor, *(each.behind - w.delay for w, each in meeting)])
            inside = wire.source.owner in members
            brought = tensor if inside else self.bring(wire, tensor, behind)
            found[wire.target.port] = (*found.get(wire.target.port, ()), brought)
        return found

    def past(self, facts: NetFacts, wire: Wire, members: frozenset[str]) -> tuple[Tensor, ...]:
        """On a cycle, the source of a delay that is not computed yet; it moves as the cycle does."""
        if wire.source.owner not in members:
            return ()
        known = facts.values[f"{wire.source.owner}.{wire.source.port}"].type
        return (Tensor(known, bool(self.target)),)

    def bring(self, wire: Wire, tensor: Tensor, behind: int) -> Tensor:
        """What a wire makes of a tensor."""
        if not tensor.moves:
            return Tensor(tensor.type) if wire.delay else tensor
        steps = wire.delay
        if tensor.behind and steps and behind <= 0 and wire.source.owner == self.target:
            tensor, steps = Tensor(tensor.type, True), steps - 1  # the first symbol is what stands before the sequence
        if not steps and tensor.behind == behind:
            return tensor
        self.queues = self.queues + _positions(tensor.type, steps)
        return Tensor(tensor.type, True, behind, tensor.front)

    def node(self, facts: NodeFacts, given: Tensors, path: str) -> dict[str, Tensor]:
        """A node; the copies of a repeat one after the other."""
        if facts.node.repeat is None:
            return self.body(facts.copies[0], given, path)
        for index, copy in enumerate(facts.copies):
            given = {**given, "in": (self.body(copy, given, f"{path}.{index}")["out"],)}
        return {"out": given["in"][0]}

    def body(self, body: BodyFacts, given: Tensors, path: str) -> dict[str, Tensor]:
        """One operation, or the nodes of a body in order."""
        if isinstance(body, LeafFacts):
            return self.leaf(body, given)
        values = {End("", port): found for port, found in given.items()}
        for group in body.order:
            self.group(body, group, values, path)
        found = self.given(body, End("", f"{path}{OUT}"), values, frozenset())
        return {port: tensors[0] for port, tensors in found.items()}

    def leaf(self, body: LeafFacts, given: Tensors) -> dict[str, Tensor]:
        """One operation."""
        moving = [tensor for found in given.values() for tensor in found if tensor.moves]
        moves = (bool(moving) and not takes(body)) or self.makes(body)
        behind = max((tensor.behind for tensor in moving), default=0) + (looks_ahead(body) if moving else 0)
        made = {port: Tensor(value.type, moves, behind, self.front(value.type)) for port, value in body.results.items()}
        if moving and moves and segmented(body) and not given.get("front"):
            added = made["out"].front - moving[0].front
            self.queues = self.queues + _positions(moving[0].type, max(added.constant or 0, 0))
        self.visits.append(Visit(body, given, made))
        return made

    def front(self, given: TensorType) -> Dim:
        """How many positions a type has in front of those of the target."""
        if not self.target or not given.axes:
            return NONE
        axis = self.program.variables[self.target].type.axes[0]
        return given.axes[0] - axis if given.axes[0].parts[-1].size == axis else NONE

    def makes(self, body: LeafFacts) -> bool:
        """Whether an operation makes the target's positions, which no input binds: then it makes them step by step."""
        if not self.target:
            return False
        axis, variables = self.program.variables[self.target].type.axes[0], self.program.graph.variables.values()
        bound = any(axis in each.type.axes for each in variables if each.kind == "input" and each.type is not None)
        had = any(axis in value.type.axes for found in body.given.values() for value in found)
        return not had and not bound and any(axis in value.type.axes for value in body.results.values())


def _around(facts: NetFacts, members: frozenset[str]) -> Iterator[Wire]:
    return (wire for name in members for wire in facts.net.into(name) if wire.source.owner in members)


def _positions(given: TensorType, steps: int) -> Dim:
    """The bytes of so many positions of a sequence."""
    one = TensorType(given.element, given.axes[1:], given.classes)
    return weigh(one) * steps
