"""A cycle as a scan: its members step by step, what is delayed taken from the steps before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from archgraph.core.dims import Dim
from archgraph.emit.code import Spot
from archgraph.emit.layout import assignment
from archgraph.emit.scope import INDENT, Scope
from archgraph.graph.module import End, Wire
from archgraph.graph.program import BodyFacts, Group, NetFacts, NodeFacts
from archgraph.graph.types import TensorType

Locals = dict[End, tuple[str, ...]]


class Steps(Protocol):
    """Who writes the statements of one step."""

    @property
    def scope(self) -> Scope:
        """The scope that is written into."""

    def node(self, facts: NodeFacts, given: dict[str, tuple[str, ...]], values: Locals, spot: Spot) -> None:
        """Write one node."""

    def bring(self, wire: Wire, value: str, facts: NetFacts, values: Locals) -> str:
        """What a wire makes of a value."""


@dataclass
class Scan:
    """Writes one loop over time."""

    outer: Steps
    facts: NetFacts
    group: Group
    values: Locals
    spot: Spot
    lists: dict[End, str] = field(default_factory=dict)
    local: Locals = field(default_factory=dict)

    def write(self) -> None:
        """The start values, the loop, and the sequences that it makes."""
        scope = self.outer.scope
        for end in self._kept():
            self.lists[end] = scope.names.new(f"{_word(end)}s")
            scope.write(f"{self.lists[end]} = {self._before(end)}")
        body = self._body()
        scope.write(f"for t in range({self._length()}):")
        scope.lines += body or [INDENT * (scope.depth + 1) + "pass"]
        for end, name in self.lists.items():
            skipped = self._steps(end)
            variable = "" if end.owner in self.facts.nodes else scope.computed.get(end.owner, "")
            whole = variable or scope.names.new(_word(end))
            scope.write(f"{whole} = torch.cat({name}{f'[{skipped}:]' if skipped else ''}, {self._dim(end)})")
            self.values[end] = (whole,)

    def _body(self) -> list[str]:
        """The lines of one step; what they need that is the same in each is written before them."""
        scope, ahead = self.outer.scope, dict[tuple[str, str], str]()
        lines, scope.lines = scope.lines, []
        around, scope.before = scope.before, ahead
        scope.depth += 1
        for member in self.group.members:
            self.member(member)
        scope.depth -= 1
        body, scope.lines, scope.before = scope.lines, lines, around
        for (call, given), name in ahead.items():
            self._ahead(call, given, name)
        return body

    def _ahead(self, call: str, given: str, name: str) -> None:
        """A call before the loop."""
        scope = self.outer.scope
        module, _, method = call.rpartition(".")
        if '"]' in module:  # of what a dictionary holds, torch tells no types
            held = scope.names.new("held")
            scope.lines += assignment(f"{held}: Any", module, scope.depth)
            call = f"{held}.{method}"
        scope.lines += assignment(name, f"{call}({given})", scope.depth)

    def member(self, name: str) -> None:
        """One member in one step; a variable passes on what it is given."""
        past = self._remembers(name)
        given = self._given(name, past=past)
        scope = self.outer.scope
        node = self.facts.nodes.get(name)
        if node is None:
            self.local[End(name, "out")] = given["in"]
        else:
            flow = scope.names.new(f"{name}_t")
            spot = self.spot.inside(self.facts, name, flow)
            self.outer.node(node, given, self.local, spot)
            for port in spot.outputs if past else ():
                end = End(name, port)
                self.local[end] = (f"{self.local[end][0]}{self._part(end, '-1:')}",)
        for end, kept in self.lists.items():
            if end.owner == name and end in self.local:
                scope.write(f"{kept}.append({self.local[end][0]})")

    def _remembers(self, name: str) -> bool:
        """Whether a member keeps a memory along time: it is then run on all steps so far, of which the last counts.

        That costs a pass over the past in each step, and gives gradients, which caches written in place would not.
        """
        facts = self.facts.nodes.get(name)
        return facts is not None and any(_memory(body) for body in facts.copies)

    def _given(self, name: str, *, past: bool) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for wire in self.facts.net.wires:
            if wire.target.owner == name and not wire.initial:
                found[wire.target.port] = (*found.get(wire.target.port, ()), *self._bring(wire, past=past))
        return {port: values for port, values in found.items() if values}

    def _bring(self, wire: Wire, *, past: bool) -> tuple[str, ...]:
        """What a wire brings in one step; with `past`, what it brought in all steps so far."""
        inside = wire.source.owner in self.group.members
        values: tuple[str, ...]
        if inside and past:
            values = (self._so_far(wire),)
        elif inside and wire.delay:
            values = (f"{self.lists[wire.source]}[{_plus(self._steps(wire.source) - wire.delay)}]",)
        elif inside:
            values = self.local[wire.source]
        else:
            values = tuple(self._entering(wire, value, past=past) for value in self.values.get(wire.source, ()))
        return tuple(f"{value}.detach()" if wire.stop else value for value in values)

    def _entering(self, wire: Wire, value: str, *, past: bool) -> str:
        """What a wire from outside brings: its part of this step, or all of it."""
        plain = Wire(wire.source, wire.target, wire.span, wire.delay, wire.axis)
        whole = self.outer.bring(plain, value, self.facts, self.values)
        if self._whole(wire):
            return whole
        return f"{whole}{self._part(wire.source, ': t + 1' if past else 't : t + 1')}"

    def _so_far(self, wire: Wire) -> str:
        """All steps of a member so far, as a reader that is `delay` steps behind sees them."""
        first = self._steps(wire.source) - wire.delay
        name = self.lists[wire.source]
        kept = f"{name}[{first or ''}:{'' if not wire.delay else f' {_plus(first + 1)}'}]"
        return f"torch.cat({kept}, {self._dim(wire.source)})"

    def _whole(self, wire: Wire) -> bool:
        """Whether a member reads all of a tensor from outside in each step."""
        return (wire.target.owner, wire.target.port) in self.group.whole

    def _kept(self) -> list[End]:
        """The ends whose every step is kept: fed back, or read outside the loop."""
        found: dict[End, None] = {}
        for wire in self.facts.net.wires:
            if wire.source.owner not in self.group.members:
                continue
            if wire.delay or wire.target.owner not in self.group.members or self._remembers(wire.target.owner):
                found[wire.source] = None
        for member in self.group.members:
            if member not in self.facts.nodes:
                found.setdefault(End(member, "out"), None)
        return list(found)

    def _steps(self, end: End) -> int:
        """How many values stand before the first step of an end."""
        inside = [w for w in self.facts.net.wires if w.source == end and w.target.owner in self.group.members]
        return max((wire.delay for wire in inside), default=0)

    def _before(self, end: End) -> str:
        steps = self._steps(end)
        if not steps:
            return "[]"
        first = next((w for w in self.facts.net.wires if w.initial and w.target.owner == end.owner), None)
        start = f"{self._initial(first)}.unsqueeze({self._dim(end)})" if first else self._zeros(end)
        return f"[{start}]" + (f" * {steps}" if steps > 1 else "")

    def _initial(self, first: Wire) -> str:
        return f"{self.values[first.source][0]}{'.detach()' * first.stop}"

    def _zeros(self, end: End) -> str:
        sizes = ", ".join("1" if axis == self.group.axis else self._size(axis) for axis in self._type(end).axes)
        source = self._reference(real=True)
        if source:
            return f"{source}.new_zeros({source}.shape[0], {sizes})"
        source = self._reference(real=False)
        weight = f"next(self.parameters(), torch.empty(0, device={source}.device))"  # for the dtype
        return f"{weight}.new_zeros({source}.shape[0], {sizes})"

    def _type(self, end: End) -> TensorType:
        return self.facts.values[f"{end.owner}.{end.port}"].type

    def _reference(self, *, real: bool) -> str:
        """A tensor from outside that goes through the loop step by step."""
        names = (name for name, known in self._outside() if not real or known.element == "real")
        return next(names, "")

    def _outside(self) -> Iterator[tuple[str, TensorType]]:
        """The tensors from outside that go through the loop step by step."""
        for wire in self.facts.net.wires:
            known = self.facts.values.get(f"{wire.source.owner}.{wire.source.port}")
            outside = wire.source.owner not in self.group.members and wire.target.owner in self.group.members
            if known and outside and wire.source in self.values and not wire.initial and not self._whole(wire):
                yield self.values[wire.source][0], known.type

    def _length(self) -> str:
        assert self.group.axis is not None, "a cycle goes along an axis"
        return self._size(self.group.axis)

    def _size(self, axis: Dim) -> str:
        """How long an axis is: what from outside has it tells, if it is no number."""
        for name, known in self._outside() if axis.constant is None else ():
            if axis in known.axes:
                return f"{name}.shape[{known.axes.index(axis) + 1}]"
        return str(axis)

    def _dim(self, end: End) -> int:
        """The dimension of a tensor along which the cycle goes."""
        known = self.facts.values.get(f"{end.owner}.{end.port}")
        axes = known.type.axes if known else ()
        return axes.index(self.group.axis) + 1 if self.group.axis in axes else 1

    def _part(self, end: End, steps: str) -> str:
        """The subscript that takes steps of a tensor."""
        return f"[{':, ' * self._dim(end)}{steps}]"


def _word(end: End) -> str:
    return end.owner if end.port == "out" else f"{end.owner}_{end.port.replace('.', '_')}"


def _plus(steps: int) -> str:
    return f"t + {steps}" if steps else "t"


def _memory(body: BodyFacts) -> bool:
    if isinstance(body, NetFacts):
        return any(_memory(inner) for node in body.nodes.values() for inner in node.copies)
    types = {port: tuple(value.type for value in values) for port, values in body.given.items()}
    return body.leaf.op.remembers(types)
