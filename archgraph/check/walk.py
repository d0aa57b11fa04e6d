"""The walk through the graph: shapes, masks and time of every tensor, each operation in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archgraph.check import faults
from archgraph.check.lengths import fixed
from archgraph.check.loop import Loop, same_value
from archgraph.check.order import arrange, shortest_cycle
from archgraph.check.transfer import Revealed, crossing, delayed, through_leaf
from archgraph.core.diagnostic import Collector, Note
from archgraph.core.dims import Dim
from archgraph.core.lags import Bound, Lags, meet
from archgraph.core.source import Span
from archgraph.graph.masks import Mask
from archgraph.graph.module import Body, End, Leaf, Net, Node, Variable, Wire
from archgraph.graph.operation import Mismatch, Types
from archgraph.graph.program import BodyFacts, Group, LeafFacts, NetFacts, NodeFacts, Value, Values
from archgraph.graph.types import UNKNOWN, TensorType


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
    axes: frozenset[str] = frozenset()  # free axes that observed variables bind
    sizes: Mapping[str, int] = field(default_factory=dict)  # of the axes that the spec fixes

    def quietly(self) -> Walker:
        """The same walker, recording nothing: for trying."""
        return replace(self, quiet=True)

    def node(self, node: Node, given: Values, path: str) -> NodeFacts:
        """The facts of a node; raises Broken."""
        if node.repeat is None:
            facts = self.body(node.body, given, path, node)
            return NodeFacts(node, (facts,), given, _results(facts))
        return self._repeat(node, given, path)

    def _repeat(self, node: Node, given: Values, path: str) -> NodeFacts:
        if not any(port.name == "in" for port in node.body.inputs):
            message = f"'{node.name}' is repeated, and has no 'in' to take what the copy before it gives"
            self.fault(faults.REPEAT, message, node.span, hint="repeat what takes one tensor and gives one")
            raise Broken
        copies: list[BodyFacts] = []
        current = dict(given)
        bodies = node.bodies
        for index, body in enumerate(bodies):
            last = copies[-1] if copies else None
            if last is not None and body is bodies[index - 1] and _same(_given(last), current):
                copies += [last] * (len(bodies) - index)  # one body for all: nothing changes from here on
                break
            facts = self.body(body, dict(current), f"{path}.{index}", node)
            copies.append(facts)
            out = _results(facts).get("out")
            if out is None:
                message = f"'{node.name}' is repeated, and gives no 'out' for the next copy to take"
                self.fault(faults.REPEAT, message, node.span, hint="let the body end in one output")
                raise Broken
            current["in"] = (out,)
        if not copies:
            return NodeFacts(node, (), given, {"out": given["in"][0]} if given.get("in") else {})
        if node.shared:
            self._same_shapes(node, copies)
        return NodeFacts(node, tuple(copies), given, {**_results(copies[-1]), **self._together(node, copies)})

    def _together(self, node: Node, copies: list[BodyFacts]) -> dict[str, Value]:
        """What the copies give together: sums, or stacks along a new first axis."""
        found: dict[str, Value] = {}
        for port in node.outputs:
            # A copy whose own repeats run no time has nothing to give there.
            values = [_results(copy)[port.name] for copy in copies if port.copies and port.name in _results(copy)]
            if len({value.type for value in values}) > 1:
                message = f"the copies of '{node.name}' give '{port.name}' in different shapes, which cannot be joined"
                self.fault(faults.REPEAT, message, node.span, hint="let every copy give the same shape")
                raise Broken
            if values:
                whole = values[-1]._replace(time=meet(value.time for value in values))
                found[port.name] = whole if port.copies == "sum" else _stacked(whole, len(values))
        return found

    def _same_shapes(self, node: Node, copies: list[BodyFacts]) -> None:
        first = [value.type for values in _given(copies[0]).values() for value in values]
        for copy in copies[1:]:
            if [value.type for values in _given(copy).values() for value in values] != first:
                self.fault(
                    faults.REPEAT,
                    "the copies share their weights, and get different shapes",
                    node.span,
                    hint="let the body give the shape that it takes",
                )
                raise Broken

    def body(self, body: Body, given: Values, path: str, node: Node) -> BodyFacts:
        """The facts of a body; raises Broken."""
        if node.role in ("predictor", "corruption"):
            given = {
                port: tuple(v._replace(time=crossing(v.time, node.role)) for v in values)
                for port, values in given.items()
            }
        return self.leaf(body, given, path) if isinstance(body, Leaf) else self.net(body, given, path)

    def leaf(self, leaf: Leaf, given: Values, path: str) -> LeafFacts:
        """One operation: its types, masks and time; raises Broken where they do not fit."""
        for port in leaf.op.ports_in():
            if not port.many and len(given.get(port.name, ())) > 1:
                self._several(leaf, port.name, len(given[port.name]))
        given = _likely(leaf, given)
        types = _typed(given)
        try:
            results = fixed(leaf.op.name, leaf.op.shape(types), self.sizes)
            masks = leaf.op.mask({port: tuple(_masks(v) for v in values) for port, values in given.items()}, types)
        except Mismatch as mismatch:
            self._mismatch(leaf, mismatch, given)
            raise Broken from None
        self._bound(leaf, types, results)
        times = through_leaf(leaf, given, results, self.revealed, f"{path} ({leaf.op.name})")
        values = {}
        for output, found in results.items():
            known = masks.get(output, ())
            padded = (
                *((None,) * (len(found.axes) - len(known))),
                *known[max(0, len(known) - len(found.axes)) :],
            )
            values[output] = Value(found, padded, times.get(output, {}), _start(found, given))
        return LeafFacts(leaf, given, values)

    def _mismatch(self, leaf: Leaf, mismatch: Mismatch, given: Values) -> None:
        fault = faults.MISMATCHES.get(mismatch.code, faults.SHAPE)
        hint = mismatch.hint or faults.mend(mismatch.message)
        self.fault(fault, mismatch.message, leaf.place(mismatch.field), hint=hint, notes=self._origins(given))

    def _several(self, leaf: Leaf, port: str, count: int) -> None:
        """Raise Broken where a port of one tensor gets more; edges of the body itself were reported already."""
        if not self.into.failed:
            message = f"'{leaf.op.name}' takes one tensor at '{port}', and gets {count}"
            self.fault(faults.SHAPE, message, leaf.span, hint="put a concat or an add in front")
        raise Broken

    def _bound(self, leaf: Leaf, types: Types, results: Mapping[str, TensorType]) -> None:
        """Raise Broken where an operation makes an axis whose length nothing tells."""
        given = {name for found in types.values() for type_ in found for axis in type_.axes for name in axis.names}
        made = [name for type_ in results.values() for axis in type_.axes for name in sorted(axis.names - given)]
        learned = {name for each in leaf.op.parameters(types) for axis in each.shape for name in axis.names}
        for name in sorted(learned - self.symbols - {UNKNOWN}):
            hint = f"state a number or a param in place of '{name}', or rearrange so that features stand last"
            self.fault(
                faults.SHAPE, f"weights of '{leaf.op.name}' cannot count along the axis '{name}'", leaf.span, hint=hint
            )
            raise Broken
        for name in made:
            if name not in self.axes and name not in self.symbols and name != UNKNOWN:
                known = f"there are: {', '.join(sorted(self.axes))}" if self.axes else "no variable has a free axis"
                self.fault(faults.SHAPE, f"no observed variable has the axis '{name}'", leaf.span, hint=known)
                raise Broken

    def _origins(self, given: Values) -> tuple[Note, ...]:
        """Where the types that meet come from: the observed variables behind them that state one."""
        names = dict.fromkeys(name for values in given.values() for value in values for name in value.time)
        found = [self.variables[name] for name in names if name in self.variables]
        return tuple(Note(f"'{v.name}' is {v.type}", v.span) for v in found if v.type is not None)[:3]

    def fault(self, fault: object, message: str, span: Span, **more: object) -> None:
        """Record a fault, unless this walk only tries."""
        if not self.quiet:
            self.into.add(fault, message, span, **more)  # type: ignore[arg-type]

    def net(self, net: Net, given: Values, path: str) -> NetFacts:
        """The facts of a body of nodes; raises Broken if an output cannot be known."""
        order = arrange(list(net.nodes), net.wires)
        walk = NetWalk(self, net, f"{path}." if path else "", {End("", port): values for port, values in given.items()})
        order = tuple(walk.group(group) for group in order)
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
    probed: frozenset[str] = frozenset()

    def group(self, group: Group) -> Group:
        """Compute one member, or all members of a cycle; the group, with what the cycle reads whole."""
        if not group.scan:
            self.member(group.members[0])
            return group
        if not group.members:
            self._no_order()
            return group
        return Loop(self, group).run()

    def _no_order(self) -> None:
        cycle = shortest_cycle(list(self.net.nodes) or [], [w for w in self.net.wires if not w.delay])
        names = [wire.source.owner for wire in cycle]
        shown = " -> ".join([*names, names[0]]) if names else ""
        self.walker.fault(
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
        for output, value in facts.results.items():
            self.values[End(name, output)] = (value,)

    def given(self, name: str) -> dict[str, tuple[Value, ...]]:
        """What every input port of a member receives, in the order of the file."""
        found: dict[str, list[Value]] = {}
        for wire in self.net.into(name):
            values = self.read(wire)
            if values:
                found.setdefault(wire.target.port, []).extend(values)
        return {port: tuple(values) for port, values in found.items()}

    def read(self, wire: Wire) -> tuple[Value, ...]:
        """What a wire brings: the value at its source, delayed if it says so."""
        self._given(wire)
        values = tuple(found for value in self.values.get(wire.source, ()) if (found := self.bring(wire, value)))
        if wire.target.owner in self.probed and wire.source.owner not in self.probed:
            return tuple(self.marked(wire, value) for value in values)
        return values

    def _given(self, wire: Wire) -> None:
        """Record an edge out of a port that gives nothing as its node is used: the cell of a whole layer, no copies."""
        facts = self.facts.get(wire.source.owner)
        if facts is None or wire.source.port in facts.results or not wire.target.owner:
            return  # what a row only exposes is told where it is read
        message = f"'{wire.source.owner}' gives nothing at '{wire.source.port}' as it is used here"
        hint = "feed the state of what stands there, or repeat it at least once"
        self.walker.fault(faults.UNKNOWN_TYPE, message, wire.span, hint=hint)

    def marked(self, wire: Wire, value: Value) -> Value:
        """A value from outside a cycle, marked to see whether a step reads all of it."""
        axis = next((i for i, a in enumerate(value.type.axes) if a.names - self.walker.symbols), None)
        if axis is None:
            return value
        return value._replace(
            time={**value.time, f"{UNKNOWN}{wire.target.owner}.{wire.target.port}": Lags(axis, (Bound(),))},
        )

    def bring(self, wire: Wire, value: Value) -> Value | None:
        """The value at the far end of a wire."""
        if wire.initial:
            return None
        if not wire.delay:
            return value
        axis = self.axis(wire, value.type)
        if axis is None:
            return None
        time = delayed(value.time, axis, wire.delay, wire.span, mark=wire.source.owner not in self.looped)
        for first in self.net.into(wire.source.owner):
            if first.initial:
                time = meet([time, *[self.start(found.time, axis) for found in self.values.get(first.source, ())]])
        # The mask stays in place: were it moved too, the last symbol would count with padding and be cut off without.
        return value._replace(time=time)

    def start(self, time: Mapping[str, Lags], axis: int) -> dict[str, Lags]:
        """What the value before the first step depends on, as later positions along a new axis see it."""
        return {
            name: lags if lags.axis is None or lags.axis < axis else lags._replace(axis=lags.axis + 1)
            for name, lags in time.items()
        }

    def axis(self, wire: Wire, type_: TensorType) -> int | None:
        """The axis that a delay acts on: the only free one, or the one it names; None after a fault."""
        free = [
            i for i, axis in enumerate(type_.axes) if axis.names - self.walker.symbols and UNKNOWN not in axis.names
        ]
        if wire.axis:
            named = [i for i in free if str(type_.axes[i]) == wire.axis]
            if named:
                return named[0]
        elif len(free) == 1:
            return self._whole(wire, type_, free[0])
        what = (
            f"has no free axis '{wire.axis}'"
            if wire.axis
            else ("has no free axis" if not free else "has several free axes")
        )
        self.walker.fault(
            faults.DELAY_AXIS,
            f"the delay acts on '{wire.source}', which is {type_} and {what}",
            wire.span,
            hint='name an axis of time in the type, as in "real[T, 32]"'
            if not free
            else "name it: {from: .., to: .., kind: [delay], axis: T}",
        )
        return None

    def _whole(self, wire: Wire, type_: TensorType, axis: int) -> int | None:
        """The axis, unless it has segments: a delay would move one into the other."""
        if not type_.axes[axis].segments:
            return axis
        self.walker.fault(
            faults.DELAY_AXIS,
            f"the delay acts on '{wire.source}', which is {type_}: its segments would move into each other",
            wire.span,
            hint="delay it before something is put in front, or take one of the segments",
        )
        return None


def str_end(end: End) -> str:
    """An end as a key: the owner and the port."""
    return f"{end.owner}.{end.port}"


def _likely(leaf: Leaf, given: Values) -> Values:
    """What comes in; what a cycle feeds back, not known yet and unfit as guessed, is taken for what it meets."""
    every = [value.type for values in given.values() for value in values]
    known = next((type_ for type_ in every if not type_.unknown), None)
    if known is None or not any(type_.unknown for type_ in every):
        return given
    try:
        leaf.op.shape(_typed(given))
    except Mismatch:
        return {
            p: tuple(Value(known) if value.type.unknown else value for value in found) for p, found in given.items()
        }
    return given


def _typed(given: Values) -> Types:
    return {port: tuple(value.type for value in values) for port, values in given.items()}


def _start(made: TensorType, given: Values) -> int | None:
    """The start symbol of tokens that an operation gives: that of the tokens that it takes, as a corruption does."""
    if made.element != "tokens":
        return None
    same = (value.start for values in given.values() for value in values if value.type.classes == made.classes)
    return next((start for start in same if start is not None), None)


def _masks(value: Value) -> tuple[Mask | None, ...]:
    """A mask for each axis; what a cycle feeds back has none yet while its type is found."""
    return value.masks or (None,) * len(value.type.axes)


def _stacked(value: Value, count: int) -> Value:
    """Equal values of so many copies, along a new first axis."""
    axes = (Dim.number(count), *value.type.axes)
    time = {name: lags._replace(axis=None if lags.axis is None else lags.axis + 1) for name, lags in value.time.items()}
    return Value(value.type._replace(axes=axes), (None, *value.masks), time)


def _results(facts: BodyFacts) -> Mapping[str, Value]:
    return facts.results


def _given(facts: BodyFacts) -> Values:
    return facts.given


def _same(a: Values, b: Values) -> bool:
    return a.keys() == b.keys() and all(
        len(a[port]) == len(b[port]) and all(same_value(x, y) for x, y in zip(a[port], b[port], strict=True))
        for port in a
    )
