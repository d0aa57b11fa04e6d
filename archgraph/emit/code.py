"""What an emitted class is, and what statements ask of those who write classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from archgraph.emit.scope import Demand
from archgraph.graph.program import BodyFacts, NetFacts, NodeFacts, Program, unmoved


@dataclass(frozen=True)
class Argument:
    """A tensor that a class's forward takes: the port and the place at it."""

    port: str
    index: int
    name: str


class ClassCode(NamedTuple):
    """An emitted class."""

    name: str
    lines: tuple[str, ...]
    arguments: tuple[Argument, ...]
    demands: tuple[Demand, ...]
    outputs: tuple[str, ...]
    form: object = None  # what the code depends on, whatever its axes are called


class Spot(NamedTuple):
    """Where a node stands: its submodule, its path, the name for its result, and which outputs are read.

    `lent` says that the submodule is another node's, whose class may have been written for other types and masks.
    `unmoved` are the input ports to which a loop around brings the same in each step.
    """

    module: str
    path: str
    flow: str
    outputs: tuple[str, ...] = ("out",)
    named: tuple[tuple[str, str], ...] = ()  # names for single outputs, where something knows better than the node
    lent: bool = False
    attributes: bool = False  # whether the submodule is of a class of its own, and those inside are its attributes
    unmoved: frozenset[str] = frozenset()

    def inside(self, net: NetFacts, name: str, flow: str) -> Spot:
        """The spot of a node of the body that stands here."""
        found = self.child(name, flow, read_outputs(net, name, self.outputs))
        return found._replace(unmoved=unmoved(net, name, self.unmoved))

    def child(self, name: str, flow: str, outputs: tuple[str, ...]) -> Spot:
        """The spot of a node inside: an attribute of a class, an item of what holds layers."""
        held = self.attributes or self.module == "self"
        module = f"{self.module}.{name}" if held else f'{self.module}["{name}"]'
        return Spot(module, f"{self.path}.{name}".lstrip("."), flow, outputs, lent=self.lent)

    def sibling(self, name: str) -> Spot:
        """The spot of a node beside this one."""
        path = f"{self.path.rpartition('.')[0]}.{name}".lstrip(".")
        if self.module.endswith('"]'):
            return self._replace(module=f'{self.module[: self.module.rindex("[")]}["{name}"]', path=path, lent=True)
        return self._replace(module=f"{self.module.rpartition('.')[0]}.{name}", path=path, lent=True)

    def copy(self, index: int, module: str) -> Spot:
        """The spot of one copy of a repeat."""
        return self._replace(module=module, path=f"{self.path}.{index}", unmoved=frozenset())


class NotCausal(Exception):
    """A graph cannot go step by step; the text says what forbids it, `path` at which node, where it is one."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class Writer(Protocol):
    """Who writes classes."""

    @property
    def program(self) -> Program:
        """The program that is written."""

    @property
    def ties(self) -> Mapping[str, str]:
        """Tied parameters with their owners."""

    @property
    def recompute(self) -> bool:
        """Whether repeated blocks run again for the gradient."""

    def needs_class(self, facts: NodeFacts) -> bool:
        """Whether a node's body gets a class."""

    def named(self, body: BodyFacts, owner: str, facts: NodeFacts, spot: Spot) -> ClassCode:
        """The class of a node's body."""

    def likeness(self, body: BodyFacts) -> object:
        """What the code of a body depends on: equal for bodies that are written alike."""

    def fitting(self, body: BodyFacts, spot: Spot) -> ClassCode | None:
        """The class that stands at a spot, if it can be called for a body."""

    def make(self, facts: NodeFacts, owner: str, spot: Spot) -> str:
        """The constructor expression of a node's submodule."""


def read_outputs(net: NetFacts, name: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The outputs of a node that something reads: a sibling, or an output of the body that is wanted itself."""
    read = {
        wire.source.port
        for wire in net.net.wires
        if wire.source.owner == name and (wire.target.owner or wire.target.port in wanted)
    }
    node = net.nodes[name].node
    found = tuple(port.name for port in node.body.outputs if port.name in read)
    return ("out", *found) if node.repeat is not None and "out" not in found else found or ("out",)


def needed_members(net: NetFacts, wanted: tuple[str, ...]) -> set[str]:
    """The members of a body that the outputs wanted depend on: others who use a block may want more of it."""
    ends = [wire.source.owner for wire in net.net.into("") if wire.target.port in wanted]
    found: set[str] = set()
    while ends:
        name = ends.pop()
        if name and name not in found:
            found.add(name)
            ends += [wire.source.owner for wire in net.net.into(name)]
    return found
