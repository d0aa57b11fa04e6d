"""Cycles: the types of what is fed back, whether a step needs its own future, and what each step reads whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from archgraph.check import faults
from archgraph.check.order import shortest_cycle
from archgraph.check.transfer import step
from archgraph.core.dims import Dim
from archgraph.core.lags import Bound, Lags, meet
from archgraph.graph.module import End, Net, Wire
from archgraph.graph.program import Group, Value
from archgraph.graph.types import UNKNOWN, TensorType


class Walk(Protocol):
    """The walk through the body that a cycle stands in."""

    walker: Any  # records faults; `quietly()` gives one that does not
    net: Net
    values: dict[End, tuple[Value, ...]]
    looped: frozenset[str]
    probed: frozenset[str]

    def member(self, name: str) -> None:
        """Compute one member."""

    def read(self, wire: Wire) -> tuple[Value, ...]:
        """What a wire brings."""


@dataclass
class Loop:
    """The members of a cycle: types by trial, then time until nothing new is learned."""

    walk: Walk
    group: Group
    axis: str = ""  # of the delays, where they name one

    def run(self) -> Group:
        """Find the types of what is fed back, check that the cycle needs no future, and compute the members."""
        back = self._back()
        seeds = self._types(back)
        if seeds is None or self._explained(seeds) or not self._one_axis(back) or not self._driven(back, seeds):
            return self.group
        self.walk.looped = self.walk.looped | set(self.group.members)
        found = self._probe(seeds)
        if self._needs_future(back, found):
            return self.group
        self._settle(seeds)
        types = [seeds[wire.source].type for wire in back]
        axis = next((type_.axes[at] for type_ in types if (at := self._time_axis(type_)) is not None), None)
        return self.group._replace(whole=self._whole(found) | self._steady(axis), axis=axis)

    def _back(self) -> list[Wire]:
        """The delayed wires among the members: what a step takes from the steps before."""
        members = set(self.group.members)
        wires = self.walk.net.wires
        return [w for w in wires if w.delay and w.source.owner in members and w.target.owner in members]

    def _one_axis(self, back: list[Wire]) -> bool:
        """Whether all delays go along one axis: a step of the cycle is one place of that."""
        named = {wire.axis: wire for wire in back if wire.axis}
        if len(named) < 2:
            self.axis = next(iter(named), "")
            return True
        first, second, *_ = named.values()
        self.walk.walker.fault(
            faults.LATER,
            f"this cycle is delayed along '{first.axis}' and along '{second.axis}'",
            second.span,
            hint="a cycle goes along one axis, step by step: make two nodes of it, one after the other",
        )
        return False

    def _types(self, back: list[Wire]) -> dict[End, Value] | None:
        """The type of every tensor that is fed back: as stated, or found by trying."""
        seeds: dict[End, Value] = {}
        for wire in back:
            seeds[wire.source] = Value(self._stated(wire) or self._guess(wire))
        walker, self.walk.walker = self.walk.walker, self.walk.walker.quietly()
        for _ in range(3):
            found = self._once(seeds)
            seeds = {end: Value(value.type) for end, value in found.items()}
        self.walk.walker = walker
        unknown = [end for end, value in seeds.items() if value.type.unknown]
        if not unknown:
            return seeds
        wire = next(w for w in back if w.source == unknown[0])
        if self._explained(seeds) or not all(self.walk.read(into) for into in self._outer()):
            return None  # a fault was told, inside or before the cycle
        self.walk.walker.fault(
            faults.UNKNOWN_TYPE,
            f"the type of '{wire.source}' on this cycle cannot be inferred",
            wire.span,
            hint='state it on a variable of the cycle: {kind: hidden, type: "real[T, width]"}',
        )
        return None

    def _driven(self, back: list[Wire], seeds: Mapping[End, Value]) -> bool:
        """Whether something from outside has the axis of the cycle: it tells how many steps there are."""
        found = [(value.type, self._time_axis(value.type)) for value in seeds.values()]
        axes = {type_.axes[axis] for type_, axis in found if axis is not None}
        read = [value.type for into in self._outer() for value in self.walk.read(into)]
        if any(axis in type_.axes for type_ in read for axis in axes):
            return True
        names = [wire.source.owner for wire in shortest_cycle(list(self.group.members), self.walk.net.wires)]
        self.walk.walker.fault(
            faults.UNKNOWN_TYPE,
            f"nothing tells how many steps the cycle {' -> '.join([*names, names[0]])} takes",
            back[0].span,
            hint=f"feed it something along '{next(iter(axes), 'T')}' from outside, such as a delayed target",
        )
        return False

    def _explained(self, seeds: dict[End, Value]) -> bool:
        """Whether walking the members aloud records a fault that says more."""
        before = len(self.walk.walker.into.items)
        self._once(seeds)
        return len(self.walk.walker.into.items) > before

    def _stated(self, wire: Wire) -> TensorType | None:
        variable = self.walk.walker.variables.get(wire.source.owner)
        return variable.type if variable else None

    def _guess(self, wire: Wire) -> TensorType:
        """A sequence along the axis of what flows into the cycle, its width unknown; contexts have their own axes."""
        for into in sorted(self._outer(), key=lambda w: w.context or w.target.port == "context"):
            for value in self.walk.read(into):
                free = [a for a in value.type.axes if a.names - self.walk.walker.symbols]
                if len(free) == 1:
                    return TensorType("real", (free[0], Dim.name(UNKNOWN)))
        return TensorType("real", (Dim.name(wire.axis or "T"), Dim.name(UNKNOWN)))

    def _outer(self) -> list[Wire]:
        """The wires that bring what the cycle reads from outside."""
        members, wires = set(self.group.members), self.walk.net.wires
        return [w for w in wires if w.target.owner in members and w.source.owner not in members and not w.initial]

    def _once(self, seeds: Mapping[End, Value]) -> dict[End, Value]:
        """Compute the members once with the given values fed back; what they then give."""
        for end, value in seeds.items():
            self.walk.values[end] = (value,)
        for member in self.group.members:
            self.walk.member(member)
        return {end: self.walk.values[end][0] for end in seeds}

    def _probe(self, seeds: Mapping[End, Value]) -> list[Mapping[str, Lags]]:
        """The time of every member's results, with a mark on what is fed back and on what comes from outside."""
        marked = {}
        for index, (end, value) in enumerate(seeds.items()):
            mark = Lags(self._time_axis(value.type), (step(Bound(), f"{end}", None),))
            marked[end] = Value(value.type, value.masks, {f"{UNKNOWN}{index}": mark})
        walk = self.walk
        walker, walk.walker, walk.probed = (
            walk.walker,
            walk.walker.quietly(),
            frozenset(self.group.members),
        )
        found = self._once(marked)
        walk.walker, walk.probed = walker, frozenset()
        inner = [value for member in self.group.members for value in _outputs(walk, member)]
        return [value.time for end, value in found.items() if value is not marked[end]] + [v.time for v in inner]

    def _needs_future(self, back: list[Wire], found: list[Mapping[str, Lags]]) -> bool:
        """Whether some operation on the cycle looks ahead or changes the rate, or a port is read both whole and not."""
        for time in found:
            for name, lags in time.items():
                if not name.startswith(UNKNOWN):
                    continue
                # what is fed back must be older; what comes from outside may be read whole only as a context,
                # whose axis is gone afterwards: else a step would need later positions of its own axis
                latest = 0 if "." in name else -1
                ahead = [b for b in lags.bounds if b.offset is None or b.rate != 1 or b.offset > latest]
                if ahead and (lags.axis is not None or "." not in name):
                    self._future(back, ahead[0])
                    return True
        return False

    def _whole(self, found: list[Mapping[str, Lags]]) -> frozenset[tuple[str, str]]:
        """The ports that read all of what comes from outside."""
        names = {
            name.removeprefix(UNKNOWN)
            for time in found
            for name, lags in time.items()
            if name.startswith(UNKNOWN) and "." in name and any(b.offset is None for b in lags.bounds)
        }
        return frozenset((owner, port) for name in sorted(names) for owner, _, port in [name.partition(".")])

    def _steady(self, axis: Dim | None) -> frozenset[tuple[str, str]]:
        """The ports to which the outside brings what has no place along the axis, such as a context of so many rows."""
        read = ((wire.target, value.type) for wire in self._outer() for value in self.walk.read(wire))
        return frozenset((end.owner, end.port) for end, type_ in read if axis not in type_.axes)

    def _time_axis(self, type_: TensorType) -> int | None:
        free = [
            i
            for i, axis in enumerate(type_.axes)
            if axis.names - self.walk.walker.symbols and UNKNOWN not in axis.names and self.axis in ("", str(axis))
        ]
        return free[0] if free else None

    def _future(self, back: list[Wire], bound: Bound) -> None:
        cycle = shortest_cycle(list(self.group.members), self.walk.net.wires)
        names = [wire.source.owner for wire in cycle]
        self.walk.walker.fault(
            faults.LATER,
            f"the cycle {' -> '.join([*names, names[0]])} needs its own future: "
            "something on it does not keep time step by step",
            back[0].span,
            hint="only operations that read nothing later may stand on a cycle: causal: true, or outside the cycle",
            trail=tuple(s.text for s in bound.path.chain()) if bound.path else (),
            way=(*names, names[0]),
        )

    def _settle(self, seeds: Mapping[End, Value]) -> None:
        """Walk until the dependences no longer grow; what is fed back adds only what is older or crossed more."""
        current, settled = {end: Value(value.type) for end, value in seeds.items()}, False
        while not settled:
            found = self._once(current)
            grown = {
                end: Value(found[end].type, found[end].masks, meet((current[end].time, found[end].time)))
                for end in current
            }
            settled = all(same_value(grown[end], current[end]) for end in current)
            current = grown


def same_value(a: Value, b: Value) -> bool:
    """Whether two tensors are known to be alike: type, masks and bounds, by whatever paths they came."""
    return a.static == b.static and {n: set(lag.bounds) for n, lag in a.time.items()} == {
        n: set(lag.bounds) for n, lag in b.time.items()
    }


def _outputs(walk: Walk, member: str) -> list[Value]:
    """What a member gives at all of its ports."""
    return [values[0] for end, values in walk.values.items() if end.owner == member and values]
