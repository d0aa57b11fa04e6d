"""The written form as pydantic models: they validate what the author wrote, and give the JSON schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from archgraph.graph.module import KINDS, ROLES

Text = Annotated[str, Field(max_length=500)]
Number = Annotated[
    Any, WithJsonSchema({"type": ["number", "string"], "description": "a number or arithmetic over params"})
]


Layers: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "layers"})]
Nodes: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "nodes"})]
Edges: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "edges"})]
Weights: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "weights"})]
Op: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "operation"})]
# Read over the located tree by staging.py, so that a fault inside has its own place.
Layout: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "layout"})]
Callouts: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "callouts"})]
Builds: TypeAlias = Annotated[Any, WithJsonSchema({"x-part": "builds"})]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True, defer_build=True)


class VariableModel(_Strict):
    """A variable: a circle of the picture."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    type: str | None = Field(None, description="ELEMENT[axes], as tokens(vocab)[T] or real[T, width]")
    pad: Number = None
    start: Number = None
    stop: Number = None
    label: Text = ""
    math: Text = ""
    codec: Text = ""


class BodyModel(_Strict):
    """The bodies that a node, a layer or a block may have; exactly one of them."""

    op: Op = None
    layers: Layers = None
    nodes: Nodes = None
    edges: Edges = None
    use: str | None = None
    with_: Annotated[dict[str, Any], Field()] | None = Field(None, alias="with")
    share: str | bool | None = None
    repeat: Number = None
    ports: dict[str, Any] | None = None


class NodeModel(BodyModel):
    """A node: a function, drawn by its role."""

    role: Literal[ROLES] | None = None  # type: ignore[valid-type]
    weight: Number = None
    label: Text = ""
    math: Text = ""


class BlockModel(BodyModel):
    """A named body with params of its own."""

    params: dict[str, Any] | None = None


class EdgeModel(_Strict):
    """The long form of an edge."""

    from_: str = Field(alias="from")
    to: str
    kind: list[Literal["delay", "context", "initial", "stop"]] = []
    steps: Number = None
    axis: str | None = None


class CalloutModel(_Strict):
    """A dashed box of the picture around variables and nodes, with a caption."""

    around: Annotated[
        Any,
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
    ]
    caption: Text


class OriginModel(_Strict):
    """Where weights come from that a published checkpoint holds in another form."""

    from_: str = Field(alias="from")
    split: list[str] = []
    transposed: bool = False
    reshape: bool = False
    axes: list[int] = []


class WeightsModel(_Strict):
    """How a published checkpoint becomes the weights of the spec."""

    family: str | list[str] = []
    params: dict[str, Any] = {}
    requires: dict[str, Any] = {}
    prefixes: list[str] = []
    aliases: dict[str, str] = {}
    names: dict[str, Any] = {}
    tied: dict[str, str] = {}
    unused: list[str] = []


class SpecModel(_Strict):
    """A whole spec."""

    archgraph: Literal[1]
    name: str = ""
    title: Text = ""
    extends: str | None = None
    include: list[str] | None = None
    params: dict[str, Any] | None = None
    variants: dict[str, Any] | None = None
    dims: dict[str, Any] | None = None
    variables: dict[str, Any] | None = None
    nodes: Nodes = None
    edges: Edges = None
    blocks: dict[str, Any] | None = None
    tie: list[Any] | None = None
    weights: Weights = None
    allow: list[str] | None = None
    layout: Layout = None
    callouts: Callouts = None
    builds: Builds = None


RESERVED_NODE = frozenset({"trains", "ema", "plate", "init", "freeze"})
RESERVED_VARIABLE = frozenset({"prior", "infer", "reveals"})
RESERVED_TOP = frozenset({"data"})
RESERVED_OPERATIONS = frozenset({"switch"})
