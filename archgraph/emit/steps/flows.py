"""What flows in the streaming form: tensors that move or stand still, when they are there, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from archgraph.core.dims import Dim
from archgraph.emit.code import Spot, Writer
from archgraph.emit.scope import Scope
from archgraph.emit.statements import Statements
from archgraph.graph.advance import looks_ahead, segmented
from archgraph.graph.module import End, Node, Wire
from archgraph.graph.program import BodyFacts, LeafFacts, NetFacts, NodeFacts

NONE = Dim.number(0)
Texts = dict[str, tuple[str, ...]]


class Flowing(NamedTuple):
    """A tensor in the streaming form.

    `moves` says whether it comes in steps, `behind` how many positions it stands behind the one that is predicted
    (negative: ahead of it), `front` how many positions stand in front of its axis, which come with the first step.
    What does not move is known in `start` by the name `text`; of what moves, `early` is the name there of what stands
    in front, where that is asked for and known.
    """

    text: str
    moves: bool = True
    behind: int = 0
    front: Dim = NONE
    early: str = ""

    @property
    def ahead(self) -> Dim:
        """How many positions more than it predicts the first step has of it; of less than none, that many later."""
        return self.front - self.behind


class Clock(NamedTuple):
    """Which positions a step is about: how far behind, how many, the place of the first, and what is in front."""

    behind: int
    length: str
    first: str
    front: Dim = NONE


Flows = dict[End, tuple[Flowing, ...]]
Given = dict[str, tuple[Flowing, ...]]


@dataclass
class Kept:
    """A part of the state: the name that `step` knows it by, and its items by key with what `start` puts there."""

    name: str
    path: str = ""
    items: dict[str, str] = field(default_factory=dict)
    tensors: dict[str, str] = field(default_factory=dict)  # what is kept already: text to key

    def put(self, wish: str, value: str) -> str:
        """Keep a value; the expression that `step` reads it by."""
        key, number = wish, 2
        while key in self.items:
            key, number = f"{wish}_{number}", number + 1
        self.items[key] = value
        return f'{self.name}["{key}"]'

    @property
    def text(self) -> str:
        """The state as an expression of `start`."""
        return "{" + ", ".join(f'"{key}": {value}' for key, value in self.items.items()) + "}"


class Fronting(Protocol):
    """Who writes what stands in front into `start`, as copies need it."""

    def mirror(self, flow: str) -> str:
        """How `start` calls what stands in front of what is called `flow` in `step`."""


class Walker(Protocol):
    """Who writes the streaming form, as copies and cycles need it."""

    axis: Dim
    classes: Writer
    start: Scope
    step: Scope
    once: Statements
    moving: Statements
    kept: Kept
    inside: Clock | None

    @property
    def fronts(self) -> Fronting:
        """Who writes what stands in front into `start`."""

    def clock(self, behind: int, front: Dim = NONE) -> Clock:
        """The positions that stand so far behind."""

    def place(self, wires: list[tuple[Wire, Flowing]], floor: int = 0) -> int:
        """How far behind what these wires meet in must stand."""

    def floor(self, path: str, port: str = "") -> int:
        """Where a node must stand at the latest."""

    def bring(self, wire: Wire, flowing: Flowing, behind: int, facts: NetFacts) -> Flowing:
        """What a wire makes of a tensor."""

    def before(self, end: End, steps: int, facts: NetFacts) -> str:
        """What stands before the first position."""

    def key(self, path: str) -> str:
        """The key of a state."""

    def node(self, facts: NodeFacts, given: Given, values: Flows, spot: Spot) -> None:
        """Write one node."""

    def net(self, facts: NetFacts, values: Flows, spot: Spot) -> dict[str, Flowing]:
        """Write the nodes of a body."""

    def leaf(self, node: Node, body: LeafFacts, given: Given, values: Flows, spot: Spot) -> None:
        """Write one operation."""


def arriving(facts: NetFacts, name: str, values: Flows) -> Iterator[tuple[Wire, Flowing]]:
    """What the wires into a node bring."""
    for wire in facts.net.into(name):
        if not wire.initial:
            for flowing in values.get(wire.source, ()):
                yield wire, flowing


def texts(given: Given) -> Texts:
    """What is given, as expressions."""
    return {port: tuple(flowing.text for flowing in found) for port, found in given.items()}


def word(end: End) -> str:
    """An end as a part of a name."""
    return end.owner if end.port == "out" else f"{end.owner}_{end.port.replace('.', '_')}"


def delays(body: BodyFacts) -> bool:
    """Whether there is a delay inside a body."""
    if isinstance(body, LeafFacts):
        return False
    return any(wire.delay for wire in body.net.wires) or any(
        delays(copy) for node in body.nodes.values() for copy in node.copies[:1]
    )


def shifts(body: BodyFacts) -> bool:
    """Whether what comes out of a body stands at other positions than what went in, or something inside does."""
    if isinstance(body, LeafFacts):
        return looks_ahead(body) > 0 or segmented(body)
    return delays(body) or any(shifts(copy) for node in body.nodes.values() for copy in node.copies[:1])


def remembers(body: BodyFacts) -> bool:
    """Whether something in a body looks back: an operation with a memory or a place, a delay, a cycle."""
    if isinstance(body, LeafFacts):
        types = {port: tuple(value.type for value in found) for port, found in body.given.items()}
        return body.leaf.op.remembers(types) or shifts(body)
    loops = any(group.scan for group in body.order)
    return loops or delays(body) or any(remembers(copy) for node in body.nodes.values() for copy in node.copies)
