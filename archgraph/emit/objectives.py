"""Energies and losses: what each objective adds, what its part of the loss is divided by, and the totals."""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.emit.layout import joined
from archgraph.emit.scope import Scope
from archgraph.emit.site import Place
from archgraph.graph.module import Node
from archgraph.graph.program import LeafFacts, NetFacts, Program

Inputs = dict[str, tuple[str, ...]]


@dataclass
class Objectives:
    """Collects the objectives of a model in the order in which they are computed."""

    program: Program
    scope: Scope
    energies: dict[str, str] = field(default_factory=dict)
    losses: dict[str, str] = field(default_factory=dict)

    def add(self, node: Node, inputs: Inputs, result: str) -> None:
        """An objective whose result was just computed under the name `result`."""
        body = self.program.net.nodes[node.name].copies[0]
        divisor = self._summed(node, body, result) if isinstance(body, NetFacts) else self._counted(body, inputs)
        self.energies[node.name] = result
        mean = f"{result}.sum() / {divisor}" if node.role != "loss" else f"{result}.sum()"
        self.losses[node.name] = f"{_weight(node)}{mean}"

    def _summed(self, node: Node, body: NetFacts, result: str) -> str:
        """A cost with a body of its own gives width 1 at each position, which is summed; its divisor."""
        value = body.results["out"]
        if not value.type.axes:  # a loss that combines energies
            return "1"
        mask = value.masks[-2] if len(value.masks) > 1 else None
        real = self.scope.mask(mask) if mask is not None else ""
        count = self.scope.names.new(f"{node.name}_count")
        self.scope.write(f"{count} = {f'{real}.sum().clamp_min(1)' if real else f'max({result}.numel(), 1)'}")
        arguments = ", ".join(word for word in (f"{result}.squeeze(-1)", real) if word)
        self.scope.write(f"{result} = {self.scope.function('costs.sum_energy')}({arguments})")
        return count

    def _counted(self, body: LeafFacts, inputs: Inputs) -> str:
        """What a cost's energies are divided by: its real positions in the batch; an empty batch counts as one."""
        counted = Place(body, self.scope, "", "", inputs, {}).counted()
        if counted:
            return f"{f'({counted})' if '&' in counted else counted}.sum().clamp_min(1)"
        port = "target" if "target" in inputs else next(iter(inputs))
        axes, name = body.given[port][0].type.axes, inputs[port][0]
        free = [index for index, axis in enumerate(axes) if axis.names]
        if free and len(free) == len(axes):
            return f"max({name}.numel(), 1)"
        return f"max({' * '.join([f'{name}.shape[0]', *[f'{name}.shape[{index + 1}]' for index in free]])}, 1)"

    def totals(self) -> None:
        """The losses by name."""
        if self.losses:
            items = [f'"{name}": {loss}' for name, loss in self.losses.items()]
            self.scope.lines += joined("losses = {BODY}".replace("BODY", "{}"), items, self.scope.depth)

    @property
    def energy(self) -> str:
        """The expression of the whole energy per sample: costs and regularisers by their weights."""
        nodes = [node for node in self.program.objectives if node.role != "loss" and node.name in self.energies]
        return " + ".join(f"{_weight(node)}{self.energies[node.name]}" for node in nodes) or "None"

    @property
    def loss(self) -> str:
        """The expression of the whole loss."""
        return " + ".join(f'losses["{name}"]' for name in self.losses) or "None"


def _weight(node: Node) -> str:
    return "" if node.weight == 1 else f"{node.weight!r} * "
