"""The copies of a repeated node in the streaming form: a loop where they are alike, else one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archgraph.emit.code import Spot
from archgraph.emit.scope import INDENT, Scope
from archgraph.emit.steps.flows import Flowing, Flows, Given, Kept, Walker, shifts
from archgraph.graph.module import End
from archgraph.graph.program import NetFacts, NodeFacts


@dataclass
class Copies:
    """Writes the copies of one node."""

    walker: Walker
    facts: NodeFacts

    def write(self, given: Given, spot: Spot) -> Flowing:
        """All copies; what comes out of the last."""
        if not self.facts.copies:
            return given["in"][0]
        return self._loop(given, spot) if self._alike(given, spot.path) else self._unrolled(given, spot)

    def _alike(self, given: Given, path: str) -> bool:
        """Whether the copies can go in a loop: one code, one clock."""
        classes, copies = self.walker.classes, self.facts.copies
        places = {(flowing.behind, flowing.front) for found in given.values() for flowing in found if flowing.moves}
        tied = any(name.startswith(f"{path}.") for name in classes.ties)
        same = len({classes.likeness(body) for body in copies}) == 1 and given["in"][0].moves
        return same and len(copies) > 1 and not tied and len(places) == 1 and not shifts(copies[0])

    def _unrolled(self, given: Given, spot: Spot) -> Flowing:
        for index in range(len(self.facts.copies)):
            given = {**given, "in": (self._copy(index, given, self._at(index, spot)),)}
        return given["in"][0]

    def _at(self, index: int, spot: Spot) -> Spot:
        """Where a copy stands; the rounds of a node that has the weights of another stand where that one does."""
        if self.facts.node.rounds:
            return spot
        return spot.copy(index, f"{spot.module}[{0 if self.facts.node.shared else index}]")

    def _copy(self, index: int, given: Given, spot: Spot) -> Flowing:
        body, node = self.facts.copies[index], self.facts.node._replace(repeat=None)
        if isinstance(body, NetFacts) and node.rounds:
            found: Flows = {}
            self.walker.node(body.nodes[node.share], given, found, spot)
            return found[End(node.share, "out")][0]
        if isinstance(body, NetFacts):
            inside: Flows = {End("", port): found for port, found in given.items()}
            return self.walker.net(body, inside, spot._replace(attributes=True))["out"]
        values: Flows = {}
        self.walker.leaf(node, body, given, values, spot)
        return values[End(node.name, "out")][0]

    def _loop(self, given: Given, spot: Spot) -> Flowing:
        walker, source, shared = self.walker, given["in"][0], self.facts.node.shared
        walker.clock(source.behind, source.front)
        walker.moving.write(spot.flow, source.text)
        names = walker.step.names
        layer, first = names.new("layer"), self._at(0, spot)
        kept = Kept(names.new("kept"), f"{first.path}.")
        outer, walker.kept = walker.kept, kept
        with _apart(walker.start) as early, _apart(walker.step) as late:
            front = walker.fronts.mirror(spot.flow) if source.early else ""
            flowing = source._replace(text=spot.flow, early=front)
            result = self._copy(0, {**given, "in": (flowing,)}, first if shared else spot.copy(0, layer))
            if result.text != spot.flow:
                walker.moving.write(spot.flow, result.text)
            if result.early not in ("", front):
                walker.once.write(front, result.early)
        walker.kept = outer
        if result.early:
            walker.once.write(front, source.early)
        layers = f"range({len(self.facts.copies)})" if shared else spot.module
        state = self._states(kept, early, f"for {'_' if shared else layer} in {layers}", spot)
        if late:
            walker.step.write(_header(layer, kept.name, layers, state, shared=shared))
        walker.step.lines += late
        names.taken -= {layer, kept.name}
        return source._replace(text=spot.flow, early=result.early and front)

    def _states(self, kept: Kept, made: list[str], loop: str, spot: Spot) -> str:
        """The states of the copies, in a list; the expression that `step` reads it by, "" for none."""
        walker, node = self.walker, self.facts.node
        key = node.name if node.rounds else walker.key(spot.path)
        if kept.items and not made:
            return walker.kept.put(key, f"[{kept.text} {loop}]")
        name, start = walker.start.names.new(f"{key}_states") if kept.items else "", walker.start
        if name:
            start.write(f"{name} = []")
            made = [*made, f"{INDENT * (start.depth + 1)}{name}.append({kept.text})"]
        start.lines += [f"{INDENT * start.depth}{loop}:", *made] if made else []
        return walker.kept.put(key, name) if name else ""


def _header(layer: str, kept: str, layers: str, state: str, *, shared: bool) -> str:
    if not state:
        return f"for {layer} in {layers}:"
    return f"for {kept} in {state}:" if shared else f"for {layer}, {kept} in zip({layers}, {state}, strict=True):"


@contextmanager
def _apart(scope: Scope) -> Iterator[list[str]]:
    """Write deeper, and apart from what is written so far; gives the lines that were written so."""
    before: list[str] = scope.lines
    found: list[str] = []
    scope.lines, scope.depth = found, scope.depth + 1
    yield found
    scope.lines, scope.depth = before, scope.depth - 1
