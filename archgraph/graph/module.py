"""The hierarchical graph: variables, and nodes whose bodies are operations or nets of further nodes.

Everything a spec can say becomes one of two bodies: a `Leaf` holds one operation, a `Net` holds named nodes joined
by wires. A chain of layers, a residual, a block and a group are all nets; `style` remembers which, for the picture
and for the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Union

from archgraph.core.dims import Dim
from archgraph.core.source import Span
from archgraph.graph.operation import Operation, Port
from archgraph.graph.staging import Staging
from archgraph.graph.types import TensorType
from archgraph.graph.weights import WeightRules

ROLES = (
    "encoder",
    "predictor",
    "decoder",
    "corruption",
    "sampler",
    "projector",
    "cost",
    "regulariser",
    "loss",
)
OBJECTIVES = ("cost", "regulariser", "loss")
KINDS = ("input", "target", "latent", "hidden", "prediction", "contrastive", "parameter")
OBSERVED = ("input", "target")


class Variable(NamedTuple):
    """A tensor of the spec: a circle."""

    name: str
    kind: str
    span: Span
    type: TensorType | None = None
    pad: int | str | None = None
    start: int | None = None
    stop: int | None = None
    label: str = ""
    math: str = ""
    codec: str = ""

    @property
    def observed(self) -> bool:
        """Whether the variable is given from outside, at least in training."""
        return self.kind in OBSERVED


class End(NamedTuple):
    """One end of a wire: a port of a sibling, or (owner "") a port of the body itself."""

    owner: str
    port: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.port}" if self.owner and self.port not in ("in", "out") else self.owner or self.port


class Wire(NamedTuple):
    """An edge between two ports of one body. `delay` counts steps of ζ⁻¹; 0 is none."""

    source: End
    target: End
    span: Span
    delay: int = 0
    axis: str = ""
    context: bool = False
    initial: bool = False
    stop: bool = False


class Leaf(NamedTuple):
    """A body of one operation, its arguments settled; `places` tells where each is written."""

    op: Operation
    span: Span
    places: tuple[tuple[str, Span], ...] = ()

    def place(self, argument: str) -> Span:
        """Where an argument is written, or the operation where it is not."""
        return dict(self.places).get(argument, self.span)

    @property
    def inputs(self) -> tuple[Port, ...]:
        """The input ports."""
        return self.op.ports_in()

    @property
    def outputs(self) -> tuple[Port, ...]:
        """The output ports."""
        return self.op.ports_out()


@dataclass(frozen=True)
class Net:
    """A body of nodes and wires. `style`: layers (a chain), residual (a chain joined with what went in) or nodes."""

    style: str
    nodes: dict[str, Node]
    wires: tuple[Wire, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    span: Span

    @cached_property
    def _arriving(self) -> dict[str, tuple[Wire, ...]]:
        return _grouped((wire.target.owner, wire) for wire in self.wires)

    @cached_property
    def _leaving(self) -> dict[str, tuple[Wire, ...]]:
        return _grouped((wire.source.owner, wire) for wire in self.wires)

    def into(self, owner: str) -> tuple[Wire, ...]:
        """The wires that end in a member ("": in the body's own ports), in the order of the file."""
        return self._arriving.get(owner, ())

    def outof(self, owner: str) -> tuple[Wire, ...]:
        """The wires that start at a member ("": at the body's own ports), in the order of the file."""
        return self._leaving.get(owner, ())


def _grouped(found: Iterable[tuple[str, Wire]]) -> dict[str, tuple[Wire, ...]]:
    """Wires by the name of a member, looked up once for each body: a search for each member grows with its square."""
    groups: dict[str, list[Wire]] = {}
    for name, wire in found:
        groups.setdefault(name, []).append(wire)
    return {name: tuple(wires) for name, wires in groups.items()}


Body = Union[Leaf, Net]


class Node(NamedTuple):
    """A named part of a body.

    `repeat` None is a plain node. Otherwise `copies` holds the bodies of the copies: one body for all of them, or one
    each where `index` made them differ. `shared` says that all copies have the same weights. `share` is the name of
    the node beside it whose weights this one uses; with `rounds` its body holds that node, which runs again in each
    copy. `weight` is that of an objective.
    """

    name: str
    body: Body
    span: Span
    role: str = ""
    repeat: int | None = None
    copies: tuple[Body, ...] = ()
    shared: bool = False
    share: str = ""
    rounds: bool = False
    weight: float = 1.0
    label: str = ""
    math: str = ""
    block: str = ""

    @property
    def outputs(self) -> tuple[Port, ...]:
        """The output ports. Of a repeat `out`, and what its copies give together: the rest is read inside."""
        found = self.body.outputs
        if self.repeat is None:
            return found
        return tuple(port for port in found if port.name == "out" or (port.copies and self.repeat))

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The body of each copy in order; one where the node is not repeated."""
        if self.repeat is None:
            return (self.body,)
        return self.copies if len(self.copies) == self.repeat else (self.body,) * self.repeat


class Tie(NamedTuple):
    """Parameters that are one: the first path owns."""

    paths: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class Graph:
    """A spec with everything resolved: variables and nodes of the top body, joined by wires."""

    name: str
    title: str
    span: Span
    variables: dict[str, Variable]
    nodes: dict[str, Node]
    wires: tuple[Wire, ...]
    params: dict[str, int | float | Dim | str | bool | None] = field(default_factory=dict)
    waiting: dict[str, Span] = field(default_factory=dict)  # the params that only data can tell, where they say so
    sizes: dict[str, int] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    weights: WeightRules | None = None
    allow: tuple[tuple[str, Span], ...] = ()  # codes that the spec accepts, where it says so
    staging: Staging = field(default_factory=Staging)

    @cached_property
    def net(self) -> Net:
        """The top body: nodes only, whose wires may end in variables."""
        return Net("nodes", self.nodes, self.wires, (), (), self.span)

    def into(self, owner: str) -> tuple[Wire, ...]:
        """The wires that end in a variable or node of the top body."""
        return self.net.into(owner)

    def outof(self, owner: str) -> tuple[Wire, ...]:
        """The wires that start at a variable or node of the top body."""
        return self.net.outof(owner)


def walk(nodes: dict[str, Node], prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Every node below, with its path, parents first; copies of a repeat are visited once under `*`."""
    for node in nodes.values():
        path = f"{prefix}{node.name}"
        yield path, node
        star = f"{path}.*" if node.repeat is not None else path
        if isinstance(node.body, Net):
            yield from walk(node.body.nodes, f"{star}.")
