"""The spec: what the author wrote, typed, every part with its place in the file. Names are not resolved yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Union

from archgraph.core.source import Mapping, Scalar, Span, Tree


class VariableSpec(NamedTuple):
    """A variable as written; `type` is read when params are known."""

    name: str
    kind: str
    span: Span
    type: Scalar | None = None
    pad: Scalar | None = None
    start: Scalar | None = None
    stop: Scalar | None = None
    label: str = ""
    math: str = ""
    codec: Scalar | None = None


class OpSpec(NamedTuple):
    """One operation with its argument as written."""

    name: str
    argument: Tree | None
    span: Span
    called: str = ""  # the name of the layer that it is, where one was written


class LayersSpec(NamedTuple):
    """A chain of layers."""

    layers: tuple[NodeSpec, ...]
    span: Span


class NetSpec(NamedTuple):
    """A body of nodes and edges, with the ports it lists beyond `in`, `out` and `context`."""

    nodes: tuple[NodeSpec, ...]
    edges: tuple[EdgeSpec, ...]
    ports: dict[str, str]
    span: Span
    written: frozenset[str] = frozenset()  # the names of all nodes and ports, those with faults too


class UseSpec(NamedTuple):
    """A block with its arguments."""

    block: str
    arguments: Mapping | None
    span: Span


class ShareSpec(NamedTuple):
    """The weights of another node."""

    owner: str
    span: Span


BodySpec = Union[OpSpec, LayersSpec, NetSpec, UseSpec, ShareSpec]


class NodeSpec(NamedTuple):
    """A node or a layer. A layer without a name of its own has `name` "" and is named when the graph is built."""

    name: str
    body: BodySpec
    span: Span
    role: str = ""
    repeat: Scalar | None = None
    shared: bool = False
    weight: Scalar | None = None
    label: str = ""
    math: str = ""
    broken: bool = False  # its own keys had faults: it is built for those in its body, and left out


class EndSpec(NamedTuple):
    """One end of an edge: a name, perhaps with a port."""

    name: str
    port: str
    span: Span


class EdgeSpec(NamedTuple):
    """One elementary edge. `steps` is the delay as written ("" for one step); kinds say whether it is one."""

    source: EndSpec
    target: EndSpec
    kinds: frozenset[str]
    span: Span
    steps: str = ""
    axis: str = ""


class BlockSpec(NamedTuple):
    """A named body with params of its own."""

    name: str
    params: Mapping | None
    body: BodySpec
    span: Span


class PinSpec(NamedTuple):
    """A place in u for something named."""

    name: Scalar
    place: tuple[float, float]
    span: Span


class CalloutSpec(NamedTuple):
    """What a dashed box goes around, and what it says."""

    around: tuple[Scalar, ...]
    caption: str


class StagingSpec(NamedTuple):
    """What is said of the picture alone."""

    pins: tuple[PinSpec, ...] = ()
    callouts: tuple[CalloutSpec, ...] = ()
    builds: tuple[tuple[Scalar, ...], ...] = ()


@dataclass(frozen=True)
class Spec:
    """A whole spec after `extends` and `include`."""

    name: str
    title: str
    span: Span
    params: Mapping | None
    variants: Mapping | None
    dims: Mapping | None
    variables: tuple[VariableSpec, ...]
    nodes: tuple[NodeSpec, ...]
    edges: tuple[EdgeSpec, ...]
    blocks: dict[str, BlockSpec] = field(default_factory=dict)
    ties: tuple[tuple[Scalar, ...], ...] = ()
    allow: tuple[Scalar, ...] = ()
    staging: StagingSpec = field(default_factory=StagingSpec)
    weights: Tree | None = None
    written: frozenset[str] = frozenset()  # the names of all variables and nodes, those with faults too
    faulty: frozenset[str] = frozenset()  # the names of blocks that have faults
