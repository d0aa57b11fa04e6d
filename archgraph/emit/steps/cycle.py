"""A cycle in the streaming form: position by position, what is delayed taken from the state."""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.emit.code import NotCausal, Spot
from archgraph.emit.steps.flows import Clock, Flowing, Flows, Given, Walker, word
from archgraph.graph.module import End, Wire
from archgraph.graph.program import Group, NetFacts


@dataclass
class Cycle:
    """Writes one cycle of a body."""

    walker: Walker
    facts: NetFacts
    group: Group
    brought: dict[Wire, Flowing] = field(default_factory=dict)  # from outside, all positions of a call
    states: dict[tuple[End, int], str] = field(default_factory=dict)
    local: Flows = field(default_factory=dict)

    def write(self, values: Flows, spot: Spot) -> None:
        """The loop, and what is read of it outside, known under `values` afterwards."""
        wires = [wire for wire in self.facts.net.wires if wire.target.owner in self.group.members]
        outside = [(wire, values[wire.source][0]) for wire in wires if self._enters(wire) and wire.source in values]
        if any(flowing.moves for _, flowing in outside):
            self._moving([pair for pair in outside if not pair[0].initial], values, spot)
        else:
            self._still(values, spot)

    def _enters(self, wire: Wire) -> bool:
        return wire.source.owner not in self.group.members

    def _still(self, values: Flows, spot: Spot) -> None:
        """A cycle that does not move with the target is run where the rest of that is."""
        known = {end: tuple(flowing.text for flowing in found) for end, found in values.items()}
        self.walker.once.scan(self.facts, self.group, known, spot)
        for end, texts in known.items():
            if end.owner in self.group.members:
                values[end] = tuple(Flowing(text, moves=False) for text in texts)

    def _moving(self, outside: list[tuple[Wire, Flowing]], values: Flows, spot: Spot) -> None:
        walker, step = self.walker, self.walker.step
        if self.group.axis != walker.axis:
            ways = " -> ".join((*self.group.members, self.group.members[0]))
            raise NotCausal(f"the cycle {ways} goes along '{self.group.axis}', and the steps along '{walker.axis}'")
        floor = min(walker.floor(f"{spot.path}.{name}".lstrip(".")) for name in self.group.members)
        behind = walker.place(outside, floor)
        self.brought = {wire: walker.bring(wire, flowing, behind, self.facts) for wire, flowing in outside}
        front = next(flowing.front for flowing in self.brought.values() if flowing.moves)
        clock, index = walker.clock(behind, front), step.names.new("i")
        lists = {end: step.names.new(f"{word(end)}s") for end in self._shown()}
        for name in lists.values():
            step.write(f"{name} = []")
        step.write(f"for {index} in range({clock.length}):")
        step.depth += 1
        before, walker.inside = walker.inside, Clock(behind, "1", f"{clock.first} + {index}", front)
        self._members(index, spot)
        for end, name in lists.items():
            step.write(f"{name}.append({self.local[end][0].text})")
        walker.inside = before
        step.depth -= 1
        for end, name in lists.items():
            whole = step.names.new(word(end))
            step.write(f"{whole} = torch.cat({name}, 1)")
            values[end] = (Flowing(whole, behind=behind, front=front),)

    def _shown(self) -> list[End]:
        """What members give that is read outside."""
        read = dict.fromkeys(
            wire.source for wire in self.facts.net.wires if wire.target.owner not in self.group.members
        )
        return [end for end in read if end.owner in self.group.members]

    def _members(self, index: str, spot: Spot) -> None:
        """The members in their order, then what the next position reads of this one."""
        step = self.walker.step
        for name in self.group.members:
            given, node = self._given(name, index), self.facts.nodes.get(name)
            if node is None:
                self.local[End(name, "out")] = given["in"]
                continue
            inside = spot.inside(self.facts, name, step.names.new(f"{name}_t"))
            self.walker.node(node, given, self.local, inside)
        for (end, steps), state in self.states.items():
            new = self.local[end][0].text
            step.write(f"{state} = {new if steps == 1 else f'torch.cat(({state}[:, 1:], {new}), 1)'}")

    def _given(self, name: str, index: str) -> Given:
        """What a member is given at one position."""
        found: Given = {}
        for wire in self.facts.net.into(name):
            if wire.initial or (self._enters(wire) and wire not in self.brought):
                continue
            flowing = self.brought[wire] if self._enters(wire) else self._own(wire)
            if self._enters(wire) and flowing.moves:
                flowing = flowing._replace(text=f"{flowing.text}[:, {index} : {index} + 1]")
            found[wire.target.port] = (*found.get(wire.target.port, ()), flowing)
        return found

    def _own(self, wire: Wire) -> Flowing:
        """What a member gives another: now, or some positions ago."""
        if not wire.delay:
            return self.local[wire.source][0]
        key = (wire.source, wire.delay)
        if key not in self.states:
            before = self.walker.before(wire.source, wire.delay, self.facts)
            self.states[key] = self.walker.kept.put(word(wire.source), before)
        return Flowing(self.states[key] if wire.delay == 1 else f"{self.states[key]}[:, :1]")
