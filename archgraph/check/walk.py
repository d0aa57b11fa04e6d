"""The walk through the graph: shapes, masks and time of every tensor, each operation in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from archgraph.check import faults
from archgraph.check.order import arrange, shortest_cycle
from archgraph.check.transfer import Revealed, crossing, delayed, step, through_leaf
from archgraph.core.diagnostic import Collector, Note
from archgraph.core.dims import Dim
from archgraph.core.lags import Bound, Lags, meet
from archgraph.core.source import Span
from archgraph.graph.masks import Delayed
from archgraph.graph.module import Body, End, Leaf, Net, Node, Variable, Wire
from archgraph.graph.operation import Mismatch
from archgraph.graph.program import BodyFacts, Group, LeafFacts, NetFacts, NodeFacts, Value, Values
from archgraph.graph.types import TensorType

UNKNOWN = "?"


class Broken(Exception):
    """A part whose types are not known, because a fault was recorded in it or before it."""


@dataclass
class Walker:
    """Walks bodies from their inputs to their outputs. `quiet` tries without recording faults."""

    into: Collector
    symbols: frozenset[str]
    revealed: Revealed
    variables: Mapping[str, Variable] = field(default_factory=dict)
    quiet: bool = False

    def node(self, node: Node, given: Values, path: str) -> NodeFacts:
        """The facts of a node; raises Broken."""
        if node.repeat is None:
            facts = self.body(node.body, given, path, node)
            return NodeFacts(node, (facts,), given, _results(facts))
        return self._repeat(node, given, path)

    def _repeat(self, node: Node, given: Values, path: str) -> NodeFacts:
        copies: list[BodyFacts] = []
        current = dict(given)
        for index, body in enumerate(node.bodies):
            last = copies[-1] if copies else None
            if last is not None and body is node.bodies[index - 1] and _same(_given(last), current):
                facts: BodyFacts = last
            else:
                facts = self.body(body, current, f"{path}.{index}", node)
            copies.append(facts)
            out = _results(facts).get("out")
            if out is not None:
                current["in"] = (out,)
        results = self._joined(node, copies, given)
        if node.shared and copies:
            self._same_shapes(node, copies)
        return NodeFacts(node, tuple(copies), given, results)

    def _joined(self, node: Node, copies: list[BodyFacts], given: Values) -> Mapping[str, Value]:
        """The outputs of a repeat: the last copy's, and for exposed ones their sum or stack over the copies."""
        if not copies:
            return {"out": given["in"][0]} if given.get("in") else {}
        return _results(copies[-1])

    def _same_shapes(self, node: Node, copies: list[BodyFacts]) -> None:
        first = [value.type for values in _given(copies[0]).values() for value in values]
        for copy in copies[1:]:
            if [value.type for values in _given(copy).values() for value in values] != first:
                self._fault(
                    faults.REPEAT,
                    "the copies share their weights, and get different shapes",
                    node.span,
                    hint="let the body give the shape that it takes",
                )
                raise Broken

    def body(self, body: Body, given: Values, path: str, node: Node) -> BodyFacts:
        """The facts of a body; raises Broken."""
        if isinstance(body, Leaf):
            return self.leaf(body, given, path)
        if node.role in ("predictor", "corruption"):
            given = {
                port: tuple(replace(v, time=crossing(v.time, node.role)) for v in values) for port, values in given.items()
            }
        return self.net(body, given, path)

    def leaf(self, leaf: Leaf, given: Values, path: str) -> LeafFacts:
        """One operation: its types, masks and time; raises Broken where they do not fit."""
        for port in leaf.op.ports_in():
            if port.required and not given.get(port.name):
                raise Broken
        types = {port: tuple(value.type for value in values) for port, values in given.items()}
        try:
            results = leaf.op.shape(types)
        except Mismatch as mismatch:
            self._mismatch(leaf, mismatch, given)
            raise Broken from None
        masks = leaf.op.mask({port: tuple(v.masks for v in values) for port, values in given.items()}, types)
        times = through_leaf(leaf, given, self.revealed, f"{path} ({leaf.op.name})")
        values = {}
        for port, found in results.items():
            known = masks.get(port, ())
            padded = (*((None,) * (len(found.axes) - len(known))), *known[max(0, len(known) - len(found.axes)) :])
            values[port] = Value(found, padded, times.get(port, {}))
        return LeafFacts(leaf, given, values)

    def _mismatch(self, leaf: Leaf, mismatch: Mismatch, given: Values) -> None:
        fault = faults.MISMATCHES.get(mismatch.code, faults.SHAPE)
        self._fault(fault, mismatch.message, leaf.span, hint=mismatch.hint, notes=self._origins(given))

    def _origins(self, given: Values) -> tuple[Note, ...]:
        """Where the types that meet come from: the observed variables behind them that state one."""
        names = dict.fromkeys(name for values in given.values() for value in values for name in value.time)
        found = [self.variables[name] for name in names if name in self.variables]
        return tuple(Note(f"'{v.name}' is {v.type}", v.span) for v in found if v.type is not None)[:3]

    def _fault(self, fault: object, message: str, span: Span, **more: object) -> None:
        if not self.quiet:
            self.into.add(fault, message, span, **more)  # type: ignore[arg-type]

    def net(self, net: Net, given: Values, path: str) -> NetFacts:
        """The facts of a body of nodes; raises Broken if an output cannot be known."""
        order = arrange(list(net.nodes), net.wires)
        walk = NetWalk(self, net, f"{path}." if path else "", {End("", port): values for port, values in given.items()})
        for group in order:
            walk.group(group)
        results = {}
        for wire in net.wires:
            if not wire.target.owner:
                values = walk.read(wire)
                if values:
                    results[wire.target.port] = values[0]
        missing = [port.name for port in net.outputs if port.name == "out" and "out" not in results]
        if missing:
            raise Broken
        return NetFacts(net, given, walk.facts, order, results, {str_end(e): v[0] for e, v in walk.values.items() if v})


@dataclass
class NetWalk:
    """The walk through one body: values by the end that gives them."""

    walker: Walker
    net: Net
    prefix: str
    values: dict[End, tuple[Value, ...]]
    facts: dict[str, NodeFacts] = field(default_factory=dict)
    looped: frozenset[str] = frozenset()

    def group(self, group: Group) -> None:
        """Compute one member, or all members of a cycle."""
        if not group.scan:
            self.member(group.members[0])
            return
        if not group.members:
            self._no_order()
            return
        Loop(self, group).run()

    def _no_order(self) -> None:
        cycle = shortest_cycle(list(self.net.nodes) or [], [w for w in self.net.wires if not w.delay])
        names = [wire.source.owner for wire in cycle]
        shown = " -> ".join([*names, names[0]]) if names else ""
        self.walker._fault(
            faults.CYCLE,
            f"these need each other in the same step: {shown}",
            cycle[0].span if cycle else self.net.span,
            hint="put a delay on one of these edges: -[delay]->",
        )

    def member(self, name: str) -> None:
        """Compute one node from what the wires bring."""
        node = self.net.nodes[name]
        given = self.given(name)
        for port in node.body.inputs:
            if port.required and not given.get(port.name):
                return
        try:
            facts = self.walker.node(node, given, f"{self.prefix}{name}")
        except Broken:
            return
        self.facts[name] = facts
        for port, value in facts.results.items():
            self.values[End(name, port)] = (value,)

    def given(self, name: str) -> dict[str, tuple[Value, ...]]:
        """What every input port of a member receives, in the order of the file."""
        found: dict[str, tuple[Value, ...]] = {}
        for wire in self.net.wires:
            if wire.target.owner == name:
                values = self.read(wire)
                if values:
                    found[wire.target.port] = found.get(wire.target.port, ()) + values
        return found

    def read(self, wire: Wire) -> tuple[Value, ...]:
        """What a wire brings: the value at its source, delayed if it says so."""
        values = self.values.get(wire.source, ())
        return tuple(found for value in values if (found := self.bring(wire, value)))

    def bring(self, wire: Wire, value: Value) -> Value | None:
        """The value at the far end of a wire."""
        if wire.initial:
            return None
        if not wire.delay:
            return value
        axis = self.axis(wire, value.type)
        if axis is None:
            return None
        masks = tuple(
            Delayed(mask, wire.delay) if mask is not None and index == axis else mask for index, mask in enumerate(value.masks)
        )
        time = delayed(value.time, axis, wire.delay, wire.span, mark=wire.source.owner not in self.looped)
        for first in self.net.wires:
            if first.initial and first.target.owner == wire.source.owner:
                time = meet([time, *[self.start(found.time) for found in self.values.get(first.source, ())]])
        return Value(value.type, masks, time)

    def start(self, time: Mapping[str, Lags]) -> dict[str, Lags]:
        """What the value before the first step depends on, as every later position sees it."""
        return {name: lags for name, lags in time.items() if lags.axis is None}

    def axis(self, wire: Wire, type_: TensorType) -> int | None:
        """The axis that a delay acts on: the only free one, or the one it names; None after a fault."""
        free = [i for i, axis in enumerate(type_.axes) if axis.names - self.walker.symbols and UNKNOWN not in axis.names]
        if wire.axis:
            named = [i for i in free if str(type_.axes[i]) == wire.axis]
            if named:
                return named[0]
        elif len(free) == 1:
            return free[0]
        what = f"has no free axis '{wire.axis}'" if wire.axis else ("has no free axis" if not free else "has several free axes")
        self.walker._fault(
            faults.DELAY_AXIS,
            f"the delay acts on '{wire.source}', which is {type_} and {what}",
            wire.span,
            hint="name an axis of time in the type, as in \"real[T, 32]\"" if not free else "name it: {from: .., to: .., kind: [delay], axis: T}",
        )
        return None


@dataclass
class Loop:
    """The members of a cycle: types by trial, then time until nothing new is learned."""

    walk: NetWalk
    group: Group

    def run(self) -> None:
        """Find the types of what is fed back, check that the cycle needs no future, and compute the members."""
        back = self._back()
        seeds = self._types(back)
        if seeds is None:
            return
        self.walk.looped = self.walk.looped | set(self.group.members)
        if self._needs_future(back, seeds):
            return
        self._settle(back, seeds)

    def _back(self) -> list[Wire]:
        """The delayed wires among the members: what a step takes from the steps before."""
        members = set(self.group.members)
        wires = self.walk.net.wires
        return [w for w in wires if w.delay and w.source.owner in members and w.target.owner in members]

    def _types(self, back: list[Wire]) -> dict[End, Value] | None:
        """The type of every tensor that is fed back: as stated, or found by trying."""
        seeds: dict[End, Value] = {}
        for wire in back:
            seeds[wire.source] = Value(self._stated(wire) or self._guess(wire))
        walker, self.walk.walker = self.walk.walker, replace(self.walk.walker, quiet=True)
        for _ in range(3):
            found = self._once(seeds)
            seeds = {end: Value(found[end].type) if end in found else value for end, value in seeds.items()}
        self.walk.walker = walker
        unknown = [end for end, value in seeds.items() if any(UNKNOWN in axis.names for axis in value.type.axes)]
        if not unknown:
            return seeds
        wire = next(w for w in back if w.source == unknown[0])
        if self._explained(seeds):
            return None
        self.walk.walker._fault(
            faults.UNKNOWN_TYPE,
            f"the type of '{wire.source}' on this cycle cannot be inferred",
            wire.span,
            hint="state it on a variable of the cycle: {kind: hidden, type: \"real[T, width]\"}",
        )
        return None

    def _explained(self, seeds: dict[End, Value]) -> bool:
        """Whether walking the members aloud records a fault that says more."""
        before = len(self.walk.walker.into.items)
        self._once(seeds)
        return len(self.walk.walker.into.items) > before

    def _stated(self, wire: Wire) -> TensorType | None:
        variable = self.walk.walker.variables.get(wire.source.owner)
        return variable.type if variable else None

    def _guess(self, wire: Wire) -> TensorType:
        """A sequence along the axis of whatever flows into the cycle, its width unknown."""
        for member in self.group.members:
            for values in self.walk.given(member).values():
                for value in values:
                    free = [a for a in value.type.axes if a.names - self.walk.walker.symbols]
                    if len(free) == 1:
                        return TensorType("real", (free[0], Dim.name(UNKNOWN)))
        return TensorType("real", (Dim.name(wire.axis or "T"), Dim.name(UNKNOWN)))

    def _once(self, seeds: Mapping[End, Value]) -> dict[End, Value]:
        """Compute the members once with the given values fed back; what they then give."""
        for end, value in seeds.items():
            self.walk.values[end] = (value,)
        for member in self.group.members:
            self.walk.member(member)
        return {end: self.walk.values[end][0] for end in seeds if end in self.walk.values}

    def _needs_future(self, back: list[Wire], seeds: Mapping[End, Value]) -> bool:
        """Whether some operation on the cycle looks ahead or changes the rate: found by a mark on what is fed back."""
        marked: dict[End, Value] = {}
        for index, (end, value) in enumerate(seeds.items()):
            axis = self._time_axis(value.type)
            marked[end] = Value(value.type, value.masks, {f"{UNKNOWN}{index}": Lags(axis, (step(Bound(), f"{end}", None),))})
        walker, self.walk.walker = self.walk.walker, replace(self.walk.walker, quiet=True)
        found = self._once(marked)
        self.walk.walker = walker
        for end, value in found.items():
            bounds = [b for name, lags in value.time.items() if name.startswith(UNKNOWN) for b in lags.bounds]
            bad = [b for b in bounds if b.offset is None or b.rate != 1 or b.offset > -1]
            if bad and value is not marked.get(end):
                self._future(back, bad[0])
                return True
        return False

    def _time_axis(self, type_: TensorType) -> int | None:
        free = [i for i, axis in enumerate(type_.axes) if axis.names - self.walk.walker.symbols and UNKNOWN not in axis.names]
        return free[0] if free else None

    def _future(self, back: list[Wire], bound: Bound) -> None:
        cycle = shortest_cycle(list(self.group.members), self.walk.net.wires)
        names = [wire.source.owner for wire in cycle]
        self.walk.walker._fault(
            faults.LATER,
            f"the cycle {' -> '.join([*names, names[0]])} needs its own future: something on it does not keep time step by step",
            back[0].span,
            hint="only operations that read nothing later may stand on a cycle: causal: true, or outside the cycle",
            trail=tuple(s.text for s in bound.path.chain()) if bound.path else (),
        )

    def _settle(self, back: list[Wire], seeds: Mapping[End, Value]) -> None:
        """Walk until the dependences no longer grow; what is fed back adds only what is older or crossed more."""
        current = {end: Value(value.type) for end, value in seeds.items()}
        for _ in range(6):
            found = self._once(current)
            if any(end not in found for end in current):
                return
            grown = {
                end: Value(found[end].type, found[end].masks, meet((current[end].time, found[end].time))) for end in current
            }
            if all(_same_value(grown[end], current[end]) for end in current):
                return
            current = grown


def _same_value(a: Value, b: Value) -> bool:
    return a.static == b.static and {n: set(lag.bounds) for n, lag in a.time.items()} == {
        n: set(lag.bounds) for n, lag in b.time.items()
    }


def str_end(end: End) -> str:
    """An end as a key: the owner and the port."""
    return f"{end.owner}.{end.port}"


def _results(facts: BodyFacts) -> Mapping[str, Value]:
    return facts.results


def _given(facts: BodyFacts) -> Values:
    return facts.given


def _same(a: Values, b: Values) -> bool:
    return a.keys() == b.keys() and all(
        len(a[port]) == len(b[port]) and all(_same_value(x, y) for x, y in zip(a[port], b[port], strict=True)) for port in a
    )


def free_axes(types: Iterable[tuple[str, TensorType]], symbols: frozenset[str]) -> dict[str, set[str]]:
    """Free axes by name, each with the variables that bind it."""
    found: dict[str, set[str]] = {}
    for name, type_ in types:
        for axis in type_.axes:
            for free in sorted(axis.names - symbols):
                found.setdefault(free, set()).add(name)
    return found
