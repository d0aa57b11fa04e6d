"""What an operation says of itself: ports, arguments, shape, time, mask, code, counts and looks.

One file under `ops/` holds one subclass of `Operation` and names it in a constant `OPERATION`. The class is neutral
data and pure functions of it; the tensor mathematics lives in `nn/`, by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic.functional_validators import AfterValidator
from pydantic.json_schema import WithJsonSchema
from pydantic_core.core_schema import is_instance_schema

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, POINTWISE, Transfer
from archgraph.core.limits import SIZE
from archgraph.graph.masks import Mask, both
from archgraph.graph.memory import Saved
from archgraph.graph.types import TensorType

EXPRESSION = {"type": "string", "description": "arithmetic over params"}


def _sized(value: int | Dim) -> int | Dim:
    if isinstance(value, int) and not 1 <= value <= SIZE:
        raise ValueError(f"a size is 1 to {SIZE:,}")
    return value


# By itself pydantic would take a Dim apart, a dataclass, for each operation anew.
Symbolic = Annotated[Dim, GetPydanticSchema(lambda kind, _: is_instance_schema(kind))]
Size = Annotated[
    int | Symbolic,
    AfterValidator(_sized),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": SIZE}, EXPRESSION]}),
]
Count = Annotated[
    int,
    Field(ge=1, le=1_000_000),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1_000_000}, EXPRESSION]}),
]
Index = Annotated[int, Field(ge=0, le=SIZE), WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, EXPRESSION]})]
Rate = Annotated[
    float,
    Field(ge=0, lt=1, allow_inf_nan=False),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "exclusiveMaximum": 1}, EXPRESSION]}),
]
Positive = Annotated[
    float,
    Field(gt=0, allow_inf_nan=False),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, EXPRESSION]}),
]
Flag = bool
Activation = Literal["relu", "gelu", "silu", "tanh", "sigmoid", "gelu_tanh", "gelu_quick", "squared_relu"]


def dim(value: int | Dim) -> Dim:
    """A size argument as a Dim."""
    return value if isinstance(value, Dim) else Dim.number(value)


class Port(NamedTuple):
    """A named input or output. `many` takes several tensors in the order of the file.

    `copies` says how an output of the copies of a repeat becomes one of the whole: "sum", or "stack" along a new first
    axis; "" is for outputs that only a copy has.
    """

    name: str
    required: bool = True
    many: bool = False
    copies: str = ""


class Mismatch(Exception):
    """Raised by a shape rule: what does not fit, which fault it is, and what would mend it."""

    def __init__(self, message: str, *, hint: str = "", code: str = "shape", field: str = "", port: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.code, self.field, self.port = message, hint, code, field, port


Types = Mapping[str, tuple[TensorType, ...]]
Masks = Mapping[str, tuple[tuple[Mask | None, ...], ...]]


class Flow(NamedTuple):
    """How dependence moves from one input to one output: per input axis a transfer and the axis it becomes.

    An output axis of None says that the axis is gone, so what was known along it no longer moves with anything.
    `stands` is an output axis, and its segments, at which all of the input comes to stand; by default everywhere.
    """

    axes: tuple[tuple[Transfer, int | None], ...]
    stands: tuple[int, tuple[int, ...]] | None = None


@dataclass(frozen=True)
class Parameter:
    """A learned tensor of an operation: its name below the node, and its shape."""

    name: str
    shape: tuple[Dim, ...]

    @property
    def count(self) -> Dim:
        """How many numbers it holds."""
        total = Dim.number(1)
        for axis in self.shape:
            total = total * axis
        return total


class Site(Protocol):
    """What an operation may ask for while it writes its code: names of tensors, never tensors."""

    @property
    def types(self) -> Types:
        """The types at the input ports."""

    @property
    def results(self) -> Mapping[str, TensorType]:
        """The types of the outputs."""

    def module(self) -> str:
        """The expression of this operation's submodule, such as `self.linear`."""

    def given(self, port: str = "in") -> str:
        """The expression of the tensor at a port."""

    def all(self, port: str = "in") -> tuple[str, ...]:
        """The expressions of all tensors at a port that takes many."""

    def has(self, port: str) -> bool:
        """Whether a port is wired."""

    def real(self, port: str = "in", axis: int = -2) -> str:
        """The name of the padding mask (True: real) along an axis at a port, or ""."""

    def real_out(self, axis: int = -2) -> str:
        """The name of the padding mask along an axis of the first output, or ""."""

    def use(self, name: str) -> str:
        """Bring in `module.Name` of `archgraph.nn`; returns the name to write."""

    def call(self, *arguments: str) -> str:
        """A call of this operation's submodule; empty arguments are left out."""

    def method(self, name: str, *arguments: str) -> str:
        """A call of a method of this operation's submodule; empty arguments are left out."""

    def ahead(self, port: str, method: str, wish: str, kind: str = "Tensor") -> str:
        """The name, like `wish`, of what a method of the submodule makes of the tensor at a port once, before a loop.

        "" where there is no loop that brings the same to the port in each step. `kind` is the type of what is made.
        """

    def still(self, port: str) -> bool:
        """Whether a loop brings the same to a port in each step."""

    def first(self) -> str:
        """While steps are written: the name of the place of the first of them, counted from 0."""

    def tied(self, parameter: str) -> str:
        """The expression of a tied parameter that another operation owns, or ""."""

    def size(self, axis: str) -> str:
        """The expression of the length of a free axis, which an observed variable binds."""

    def counted(self) -> str:
        """The mask of the positions that an objective counts: padding of all its inputs, and `where`; "" for all."""

    def corrupt(self) -> str:
        """The name of the argument, true or false, that says whether to corrupt."""

    def generator(self) -> str:
        """The name of the random generator argument of the whole model."""


class Operation(BaseModel):
    """Base of every operation; the fields of a subclass are its arguments.

    Class attributes describe it: `name` (as in YAML), `summary` (a line for the reference), `reference` (paper or
    equation), `obvious` (the argument that may stand alone), `meanings` (of its arguments), `inputs` and `outputs`
    (ports), `glyph` (box, circle, attention, norm, convolution, plain) and `words` (its label in a picture).
    """

    # Built when first validated: a base class never is, and a command waits for each.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True, defer_build=True)

    name: ClassVar[str]
    summary: ClassVar[str]
    reference: ClassVar[str] = ""
    example: ClassVar[str] = ""
    obvious: ClassVar[str] = ""
    meanings: ClassVar[Mapping[str, str]] = {}
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("out"),)
    glyph: ClassVar[str] = "plain"
    words: ClassVar[str] = ""
    wraps: ClassVar[bool] = False  # takes layers, and joins what they give with what went in
    objective: ClassVar[bool] = False  # gives energies
    corrupts: ClassVar[bool] = False
    numbers: ClassVar[str] = ""  # "probabilities" where it gives them, "logits" where it is a cost that takes those
    ends: ClassVar[bool] = False  # ends a body: its outputs are the body's, under their own names
    tieable: ClassVar[tuple[str, ...]] = ()
    block: ClassVar[bool] = False  # keeps its own call, where hooks and sharding attach

    def __hash__(self) -> int:
        """Equal operations have one hash; pydantic's own refuses arguments that are mappings."""
        return hash((type(self), *(frozenset(v.items()) if isinstance(v, dict) else v for v in self.__dict__.values())))

    @classmethod
    def meaning(cls, argument: str) -> str:
        """What an argument is for, in a few words; "" where no class says."""
        tables = (vars(base).get("meanings", {}) for base in cls.__mro__)
        return next((table[argument] for table in tables if argument in table), "")

    def ports_in(self) -> tuple[Port, ...]:
        """The input ports under these arguments."""
        return self.inputs

    def ports_out(self) -> tuple[Port, ...]:
        """The output ports under these arguments."""
        return self.outputs

    def shape(self, given: Types) -> dict[str, TensorType]:
        """The types of the outputs; raises Mismatch where the inputs do not fit."""
        return {"out": given["in"][0]}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """How dependence on time moves from inputs to outputs; by default nothing mixes."""
        return {(port, "out"): pointwise(types[0]) for port, types in given.items() if types}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The padding masks of the outputs, one per axis; by default those of the inputs, real in each."""
        return {"out": meet_masks(masks for port in given.values() for masks in port)}

    def make(self, site: Site) -> str:
        """The constructor of the submodule, or "" where there is none."""
        return ""

    def emit(self, site: Site) -> str:
        """The expression of the outputs for a whole sequence; a tuple in the order of the ports."""
        raise NotImplementedError(self.name)

    def remembers(self, given: Types) -> bool:
        """Whether a step needs more than its inputs: a state or its place; then `step` is not `emit` on what is new."""
        return False

    def longest(self) -> int | None:
        """The longest sequence that it has a table for; None where it needs none."""
        return None

    def start(self, site: Site) -> str:
        """The expression of the state before the first step, a dictionary of tensors, batch first; "" for none.

        It may speak of `batch` and `capacity` (samples, and steps at most), and of inputs that do not move with time,
        which are computed once; of those that do, nothing is known yet.
        """
        return ""

    def step(self, site: Site, state: str) -> str:
        """The expression of the outputs of the next n steps, on tensors (B, n, ...) of these; it updates the state.

        What does not mix along time does the same for some positions as for all.
        """
        return self.emit(site)

    def front(self, site: Site) -> str:
        """The expression of what it puts in front of a sequence that comes step by step, (B, n, ...); "" for nothing.

        As `start`, it may speak of `batch`, and of inputs that do not move with time.
        """
        return ""

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The learned tensors, in the order of the state dict."""
        return ()

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """Floating-point operations of matrix products per sample, 2 a multiply-add, as a formula."""
        return Dim.number(0)

    def ahead(self, given: Types) -> Mapping[str, Dim]:
        """By port, how much of `flops` a loop that brings the same to it in each step does once, before it starts."""
        return {}

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """What a backward pass reads again; by default the inputs of what learns or compares, else nothing."""
        return Saved(tuple(given)) if self.objective or self.parameters(given) else Saved()

    def state(self, given: Types, masks: Masks, capacity: Dim) -> Dim:
        """The bytes in float32, per sample, of what `start` makes for `capacity` steps, as a formula."""
        return Dim.number(0)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        r"""What it computes, in TeX: lines `left = right` that name parts, and the expression of the output.

        Atoms stand apart: `<port>` is what is wired there, `[W]` a learned tensor, `<out>` the output itself, of which
        `\zeta^{-1} <out>` is the last value, and `<out.mask>` another output. For example `[W] <in> + [b]`. With
        `\sim` in the place of the sign of equality a part is drawn at random. What has no lines is called by its name.

        Args:
            wired: the optional input ports that are fed.
        """
        return ()

    def title(self) -> str:
        """The words in a picture."""
        return self.words or self.name.replace("_", " ").capitalize()

    @classmethod
    @cache
    def numeric(cls) -> dict[str, str]:
        """The arguments that take arithmetic, each with "int" or "float"."""
        found: dict[str, str] = {}
        for field, info in cls.model_fields.items():
            text = str(info.annotation)
            if "int" in text and "Literal" not in text:
                found[field] = "int"
            elif "float" in text:
                found[field] = "float"
        return found

    def arguments(self) -> dict[str, Any]:
        """The arguments that differ from their defaults."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


def pointwise(given: TensorType) -> Flow:
    """Every axis kept in its place, nothing mixed."""
    return Flow(tuple((POINTWISE, index) for index in range(len(given.axes))))


def featurewise(given: TensorType) -> Flow:
    """The last axis mixed, every other kept in its place."""
    last = len(given.axes) - 1
    return Flow(tuple((EVERYTHING if index == last else POINTWISE, index) for index in range(len(given.axes))))


def along(given: TensorType, axis: int, transfer: Transfer, to: int | None = None) -> Flow:
    """Features mixed, `transfer` along `axis` (negative counts from the end), which stays or moves to `to`."""
    place = axis % len(given.axes)
    kept: dict[int, tuple[Transfer, int | None]] = {
        index: (EVERYTHING if index == len(given.axes) - 1 else POINTWISE, index) for index in range(len(given.axes))
    }
    kept[place] = (transfer, place if transfer.keeps else to)
    return Flow(tuple((transfer_, out) for transfer_, out in kept.values()))


def meet_masks(found: Any) -> tuple[Mask | None, ...]:
    """Masks of tensors that meet, aligned at the last axis: real is what is real in each."""
    result: list[Mask | None] = []
    for masks in found:
        result = [None] * (len(masks) - len(result)) + result
        for index in range(1, len(masks) + 1):
            result[-index] = both(result[-index], masks[-index])
    return tuple(result)


def need_features(given: TensorType, name: str) -> Dim:
    """The last axis of a real tensor; raises Mismatch where there is none or the tensor holds symbols."""
    if given.element in ("tokens", "class"):
        raise Mismatch(f"'{name}' takes real numbers, and gets {given}", hint="put an embedding in front")
    if given.element == "mask":
        hint = "a mask tells what counts: wire it to the 'where' of a cost"
        raise Mismatch(f"'{name}' takes real numbers, and gets {given}", hint=hint)
    if not given.axes:
        raise Mismatch(f"'{name}' needs an axis of features, and gets {given}")
    return given.features


def need_sequence(given: TensorType, name: str) -> tuple[Dim, Dim]:
    """The last two axes (positions, features) of a real sequence; raises Mismatch where there are fewer."""
    features = need_features(given, name)
    if len(given.axes) < 2:
        raise Mismatch(f"'{name}' needs a sequence [T, features], and gets {given}")
    return given.axes[-2], features


def need_heads(width: Dim, heads: int) -> None:
    """Raise Mismatch unless the heads divide the width; the hint names the nearest numbers that do."""
    size = width.constant
    if size is None or size % heads == 0:
        return
    limit = min(size, 4096)
    divisors = [number for number in range(1, limit + 1) if size % number == 0]
    near = sorted(divisors, key=lambda number: abs(number - heads))[:2]
    raise Mismatch(
        f"{heads} heads do not divide the width {size}",
        hint=f"write heads: {' or '.join(str(number) for number in sorted(near))}",
        code="heads",
        field="heads",
    )
