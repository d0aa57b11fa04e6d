"""What stands in front of a target's positions, by itself: written into `start` where something takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archgraph.core.dims import Dim
from archgraph.emit.code import Spot
from archgraph.emit.scope import Scope
from archgraph.emit.site import Place
from archgraph.emit.statements import Statements
from archgraph.emit.steps.clocks import written
from archgraph.emit.steps.flows import NONE, Flowing, Given, Texts
from archgraph.graph.advance import looks_ahead
from archgraph.graph.module import End, Node
from archgraph.graph.program import LeafFacts


@dataclass
class FrontPlace(Place):
    """The place of an operation that is written for what stands in front of the axis `along`: all of it is real."""

    along: Dim

    def real(self, port: str = "in", axis: int = -2) -> str:
        """The mask along any other axis."""
        return "" if self._ends(self.types[port][0].axes, axis) else super().real(port, axis)

    def real_out(self, axis: int = -2) -> str:
        """As `real`."""
        return "" if self._ends(next(iter(self.results.values())).axes, axis) else super().real_out(axis)

    def _ends(self, axes: tuple[Dim, ...], axis: int) -> bool:
        return -len(axes) <= axis < len(axes) and axes[axis].parts[-1].size == self.along

    def corrupt(self) -> str:
        """A stream reads what it is given as it is."""
        return "False"

    def generator(self) -> str:
        """Nothing is drawn."""
        return "None"


@dataclass
class Front:
    """Writes operations into `start` for what stands in front alone; `paths` are those of which that is needed."""

    start: Scope
    once: Statements
    ties: Mapping[str, str]
    axis: Dim
    paths: frozenset[str]
    mirrors: dict[str, str] = field(default_factory=dict)

    def leaf(self, node: Node, body: LeafFacts, given: Given, spot: Spot) -> str:
        """The name of what an operation makes of it; "" where nothing asks for that, or `start` cannot know it."""
        asked = spot.path in self.paths and any(flowing.front != NONE for found in given.values() for flowing in found)
        inputs = self.inputs(body, given) if asked and not looks_ahead(body) else None
        if inputs is None:
            return ""
        expression = body.leaf.op.emit(self.place(body, inputs, spot))
        ports = [port.name for port in body.leaf.outputs if port.name in body.results]
        outputs = tuple(port if port == "out" or len(ports) == 1 else "" for port in ports)
        found: dict[End, tuple[str, ...]] = {}
        name = self.mirror(spot.flow)
        self.once.assign(node.name, outputs, expression, found, spot._replace(flow=name, named=()))
        return name

    def put(self, added: str, source: Flowing, spot: Spot) -> str:
        """The name of what stands in front of a sequence that something was put in front of."""
        if spot.path not in self.paths or (source.front != NONE and not source.early):
            return ""
        whole = f"torch.cat(({added}, {source.early}), 1)" if source.early else added
        self.once.write(self.mirror(spot.flow), whole)
        return self.mirror(spot.flow)

    def take(self, body: LeafFacts, source: Flowing, spot: Spot) -> Flowing:
        """A part of it, which no longer moves."""
        expression = body.leaf.op.emit(self.place(body, {"in": (source.early,)}, spot))
        name = self.start.names.new(spot.flow)
        self.once.write(name, expression)
        return Flowing(name, moves=False)

    def mirror(self, flow: str) -> str:
        """What is called `flow` in `step`, as `start` calls what stands in front of it."""
        if flow not in self.mirrors:
            self.mirrors[flow] = self.start.names.new(f"{flow}_front")
        return self.mirrors[flow]

    def place(self, body: LeafFacts, inputs: Texts, spot: Spot) -> FrontPlace:
        """Where an operation is written."""
        return FrontPlace(body, self.start, spot.path, spot.module, inputs, self.ties, self.axis)

    def inputs(self, body: LeafFacts, given: Given) -> Texts | None:
        """What arrives of it at the ports of an operation, in `start`; None where that is not known."""
        found = {
            port: tuple(self._early(flowing, body, port, index) for index, flowing in enumerate(flows))
            for port, flows in given.items()
        }
        return found if all(all(each) for each in found.values()) else None

    def _early(self, flowing: Flowing, body: LeafFacts, port: str, index: int) -> str:
        if flowing.moves:
            return flowing.early
        axes = body.given[port][index].type.axes
        if not axes or axes[0].parts[-1].size != self.axis:
            return flowing.text
        size = axes[0] - self.axis
        sizes = {name: self.start.demand("size", name, f"size_{name}".lower()) for name in sorted(size.names)}
        return f"{flowing.text}[:, : {written(size, sizes)}]"
