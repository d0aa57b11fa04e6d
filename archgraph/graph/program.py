"""The program: the graph with shapes, masks, lags, order and classification known. Every back end reads only this."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Union

from archgraph.core.dims import Dim
from archgraph.core.lags import Lags
from archgraph.graph.masks import Mask
from archgraph.graph.module import OBJECTIVES, End, Graph, Leaf, Net, Node, Wire
from archgraph.graph.operation import Parameter
from archgraph.graph.types import TensorType


class Value(NamedTuple):
    """What is known of a tensor: its type, a padding mask per axis, and what it may depend on over time.

    `start` is the symbol that stands before tokens when they are delayed.
    """

    type: TensorType
    masks: tuple[Mask | None, ...] = ()
    time: Mapping[str, Lags] = {}
    start: int | None = None

    @property
    def static(self) -> tuple[TensorType, tuple[Mask | None, ...], int | None]:
        """What code depends on: type, masks and start symbol."""
        return self.type, self.masks, self.start


Values = Mapping[str, tuple[Value, ...]]


class LeafFacts(NamedTuple):
    """One operation in its place."""

    leaf: Leaf
    given: Values
    results: Mapping[str, Value]

    def parameters(self) -> tuple[Parameter, ...]:
        """Its learned tensors."""
        return self.leaf.op.parameters({port: tuple(v.type for v in found) for port, found in self.given.items()})


class Group(NamedTuple):
    """Members of a body that are computed together: one, or all those on one cycle, in the order within a step.

    `whole` names the input ports of a cycle's members that read all of a tensor from outside in each step, `axis` what
    the cycle goes along.
    """

    members: tuple[str, ...]
    scan: bool = False
    whole: frozenset[tuple[str, str]] = frozenset()
    axis: Dim | None = None


class NetFacts(NamedTuple):
    """A body of nodes in its place: what flows in, each node's facts, the order, and what flows out."""

    net: Net
    given: Values
    nodes: Mapping[str, NodeFacts]
    order: tuple[Group, ...]
    results: Mapping[str, Value]
    values: Mapping[str, Value]  # of every end inside, by `str(End)` with its port


BodyFacts = Union[LeafFacts, NetFacts]


class NodeFacts(NamedTuple):
    """A node in its place, with the facts of each copy; equal copies share one object."""

    node: Node
    copies: tuple[BodyFacts, ...]
    given: Values
    results: Mapping[str, Value]


@dataclass(frozen=True)
class Program:
    """A checked graph."""

    graph: Graph
    net: NetFacts
    variables: Mapping[str, Value]
    classification: str = ""
    axes: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # free axes and the observed variables that bind them

    def nodes(self) -> Iterator[tuple[str, NodeFacts]]:
        """Every node with its path, copies counted from 0, parents first."""
        yield from _nodes(self.net, "")

    def leaves(self) -> Iterator[tuple[str, LeafFacts]]:
        """Every operation with its path, each copy by itself."""
        yield from _leaves(self.net, "")

    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every learned tensor under the path of its owner; shared and tied ones once."""
        tied = self.ties()
        for path, facts in _leaves(self.net, "", owned=True):
            for parameter in facts.parameters():
                name = f"{path}.{parameter.name}"
                if name not in tied:
                    yield name, parameter
        for name, axes in self.learned.items():
            yield name, Parameter(name, axes)

    def count(self) -> Dim:
        """How many learned numbers there are."""
        if self.graph.ties:
            return sum((parameter.count for _, parameter in self.parameters()), Dim.number(0))
        leaves = [facts for _, facts in _leaves(self.net, "", owned=True)]
        times = Counter(map(id, leaves))  # copies of a repeat are one object, and may be many
        total = Dim.number(0)
        for facts in {id(facts): facts for facts in leaves}.values():
            total = sum((parameter.count for parameter in facts.parameters()), Dim.number(0)) * times[id(facts)] + total
        return sum((Parameter(name, axes).count for name, axes in self.learned.items()), total)

    @property
    def learned(self) -> dict[str, tuple[Dim, ...]]:
        """The variables that are learned themselves, with their axes as numbers."""
        sizes = {name: Dim.number(size) for name, size in self.graph.sizes.items()}
        found = {name: v.type for name, v in self.graph.variables.items() if v.kind == "parameter"}
        return {name: tuple(axis.replace(sizes) for axis in type_.axes) for name, type_ in found.items() if type_}

    @property
    def objectives(self) -> tuple[Node, ...]:
        """The costs, regularisers and losses, in the order of the file."""
        return tuple(node for node in self.graph.nodes.values() if node.role in OBJECTIVES)

    def ties(self) -> dict[str, str]:
        """Tied parameters, each with the path of the one that owns it; `*` in a path stands for every copy."""
        return self._ties

    @cached_property
    def _ties(self) -> dict[str, str]:
        if not any("*" in path for tie in self.graph.ties for path in tie.paths):
            return {path: tie.paths[0] for tie in self.graph.ties for path in tie.paths[1:]}
        names = [f"{path}.{each.name}" for path, leaf in self.leaves() for each in leaf.parameters()]
        found: dict[str, str] = {}
        for tie in self.graph.ties:
            spread = [name for path in tie.paths for name in spread_path(path, names)]
            found |= {name: spread[0] for name in spread[1:] if name != spread[0]}
        return found


def unmoved(net: NetFacts, name: str, around: frozenset[str] = frozenset()) -> frozenset[str]:
    """The input ports of a node to which a loop brings the same in each step; none of a node with another's weights.

    Args:
        net: the body that the node is in.
        name: of the node.
        around: such ports of the body itself, where a loop calls it.
    """
    if name in net.nodes and net.nodes[name].node.share:
        return frozenset()
    for group in net.order:
        if group.scan and name in group.members:
            return frozenset(port for member, port in group.whole if member == name)
    wires = net.net.into(name)
    same = {End("", port) for port in around}
    moved = {w.target.port for w in wires if w.source not in same or w.delay or w.stop or w.initial}
    return frozenset(wire.target.port for wire in wires) - moved


def spread_path(path: str, names: list[str]) -> list[str]:
    """The names that a path with `*` for copies stands for, in their order; the path itself if it has none."""
    if "*" not in path:
        return [path]
    pattern = re.compile(re.escape(path).replace(r"\*", r"\d+"))
    return [name for name in names if pattern.fullmatch(name)]


def paths(name: str, facts: NodeFacts, *, owned: bool = False) -> Iterator[tuple[str, BodyFacts]]:
    """The bodies of a node with their paths: its own, or one per copy (one alone where copies share weights)."""
    if facts.node.repeat is None:
        yield name, facts.copies[0]
        return
    copies = facts.copies[:1] if owned and facts.node.shared else facts.copies
    for index, copy in enumerate(copies):
        yield f"{name}.{index}", copy


def _nodes(net: NetFacts, prefix: str) -> Iterator[tuple[str, NodeFacts]]:
    for name, facts in net.nodes.items():
        yield f"{prefix}{name}", facts
        for path, body in paths(f"{prefix}{name}", facts):
            if isinstance(body, NetFacts):
                yield from _nodes(body, f"{path}.")


def _leaves(net: NetFacts, prefix: str, *, owned: bool = False) -> Iterator[tuple[str, LeafFacts]]:
    for name, facts in net.nodes.items():
        if owned and facts.node.share:
            continue
        for path, body in paths(f"{prefix}{name}", facts, owned=owned):
            if isinstance(body, LeafFacts):
                yield path, body
            else:
                yield from _leaves(body, f"{path}.", owned=owned)


def incoming(wires: tuple[Wire, ...], owner: str) -> tuple[Wire, ...]:
    """The wires that end in `owner`."""
    return tuple(wire for wire in wires if wire.target.owner == owner)
