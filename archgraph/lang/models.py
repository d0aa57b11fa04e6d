"""The written form as pydantic models: they validate what the author wrote, and give the JSON schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional, Union

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from archgraph.graph.module import KINDS, ROLES

Text = Annotated[str, Field(max_length=500)]
Number = Annotated[Any, WithJsonSchema({"type": ["number", "string"], "description": "a number or arithmetic over params"})]


def _pointer(name: str) -> Any:
    return Annotated[Any, WithJsonSchema({"$ref": f"#/$defs/{name}"})]


Layers = _pointer("layers")
Nodes = _pointer("nodes")
Edges = _pointer("edges")
Op = _pointer("operation")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class VariableModel(_Strict):
    """A variable: a circle of the picture."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    type: Optional[str] = Field(None, description="ELEMENT[axes], as tokens(vocab)[T] or real[T, width]")
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
    use: Optional[str] = None
    with_: Optional[Annotated[dict[str, Any], Field()]] = Field(None, alias="with")
    share: Union[str, bool, None] = None
    repeat: Number = None
    ports: Optional[dict[str, Any]] = None


class NodeModel(BodyModel):
    """A node: a function, drawn by its role."""

    role: Optional[Literal[ROLES]] = None  # type: ignore[valid-type]
    weight: Number = None
    label: Text = ""
    math: Text = ""


class BlockModel(BodyModel):
    """A named body with params of its own."""

    params: Optional[dict[str, Any]] = None


class EdgeModel(_Strict):
    """The long form of an edge."""

    from_: str = Field(alias="from")
    to: str
    kind: list[Literal["delay", "context", "initial", "stop"]] = []
    steps: Number = None
    axis: Optional[str] = None


class SpecModel(_Strict):
    """A whole spec."""

    archgraph: Literal[1]
    name: str = ""
    title: Text = ""
    extends: Optional[str] = None
    include: Optional[list[str]] = None
    params: Optional[dict[str, Any]] = None
    variants: Optional[dict[str, Any]] = None
    dims: Optional[dict[str, Any]] = None
    variables: Optional[dict[str, Any]] = None
    nodes: Nodes = None
    edges: Edges = None
    blocks: Optional[dict[str, Any]] = None
    tie: Optional[list[Any]] = None
    allow: Optional[list[str]] = None


RESERVED_NODE = frozenset({"trains", "ema", "plate", "init", "freeze"})
RESERVED_VARIABLE = frozenset({"prior", "infer", "reveals"})
RESERVED_TOP = frozenset({"weights", "layout", "builds", "callouts", "data"})
RESERVED_OPERATIONS = frozenset({"positions", "prepend", "take", "gather", "scatter", "switch"})
