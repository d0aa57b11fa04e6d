"""A place where an operation writes its code by itself, and the module that comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.core.dims import Dim, Segment
from archgraph.graph.operation import Operation, Types
from archgraph.graph.types import TensorType

TYPE = re.compile(r"(\w+)(?:\((\d+)\))?\[(.*)\]")


def dims(text: str) -> Dim:
    """A number, a name, or `name/number`, `name*number`, `ceil(name/number)`, `name-number`; `cls | T`, `m(4) | T`."""
    if "|" in text:
        *before, last = (part.strip() for part in text.split("|"))
        found = [re.fullmatch(r"(\w+)(?:\((\w+)\))?", part) for part in before]
        return Dim.joined((*(Segment(part[1], dims(part[2] or "1")) for part in found if part), *dims(last).parts))
    if found := re.fullmatch(r"ceil\((\w+)/(\d+)\)", text):
        return Dim.name(found[1]).rounded(int(found[2]))
    if found := re.fullmatch(r"(\w+)([-*/])(\d+)", text):
        name, number = Dim.name(found[1]), int(found[3])
        return {"-": name - number, "*": name * number, "/": name.exactly(number)}[found[2]]
    return Dim.number(int(text)) if text.isdigit() else Dim.name(text)


def tensor_type(text: str) -> TensorType:
    """`tokens(5)[T]` or `real[T, 8]`."""
    found = TYPE.fullmatch(text)
    assert found is not None, text
    axes = tuple(dims(axis.strip()) for axis in found[3].split(",") if axis.strip())
    return TensorType(found[1], axes, Dim.number(int(found[2])) if found[2] else None)


def types(**given: str) -> Types:
    """Ports to types; several at one port are divided by `;`. The port `in` is written `x`."""
    return {
        "in" if port == "x" else port: tuple(tensor_type(text.strip()) for text in written.split(";"))
        for port, written in given.items()
    }


@dataclass
class FakeSite:
    """Implements `archgraph.graph.operation.Site`; every tensor and mask has a name of its own."""

    op: Operation
    types: Types
    masked: tuple[str, ...] = ()
    runtime: dict[str, Any] = field(default_factory=dict)
    results: Mapping[str, TensorType] = field(init=False)

    def __post_init__(self) -> None:
        self.results = self.op.shape(self.types)

    def module(self) -> str:
        return "self.layer"

    def given(self, port: str = "in") -> str:
        return f"{port}_0"

    def all(self, port: str = "in") -> tuple[str, ...]:
        return tuple(f"{port}_{index}" for index in range(len(self.types[port])))

    def has(self, port: str) -> bool:
        return bool(self.types.get(port))

    def real(self, port: str = "in", axis: int = -2) -> str:
        axes = self.types[port][0].axes
        name = f"real_{axes[axis]}" if -len(axes) <= axis else ""
        return name if name in self.masked else ""

    def real_out(self, axis: int = -2) -> str:
        return ""

    def use(self, name: str) -> str:
        module, word = name.split(".")
        self.runtime[word] = getattr(import_module(f"archgraph.nn.{module}"), word)
        return word

    def call(self, *arguments: str) -> str:
        return f"self.layer({', '.join(part for part in arguments if part)})"

    def method(self, name: str, *arguments: str) -> str:
        return f"self.layer.{name}({', '.join(part for part in arguments if part)})"

    def first(self) -> str:
        return "first"

    def tied(self, parameter: str) -> str:
        return ""

    def still(self, port: str) -> bool:
        return False

    def ahead(self, port: str, method: str, wish: str, kind: str = "Tensor") -> str:
        return ""

    def counted(self) -> str:
        return self.given("where") if self.has("where") else ""

    def size(self, axis: str) -> str:
        return str({"T": 12, "S": 7}[axis])

    def corrupt(self) -> str:
        return "corrupt"

    def generator(self) -> str:
        return "generator"


@dataclass
class Built:
    """An operation made into a module, ready to run."""

    op: Operation
    site: FakeSite
    layer: nn.Module | None

    def evaluate(self, names: Mapping[str, Any], *, corrupt: bool = True, code: str) -> Any:
        """What the code comes to; the same draws of noise each time."""
        torch.manual_seed(1)
        flags = {"corrupt": corrupt, "generator": torch.Generator().manual_seed(1), "batch": 2, "capacity": 16}
        scope = {
            "torch": torch,
            "F": F,
            "self": SimpleNamespace(layer=self.layer, training=True),
            **self.site.runtime,
            **flags,
        }
        # The code is that of the operation under test, and nothing else.
        return eval(code, {**scope, **names})

    def run(self, tensors: Mapping[str, Tensor], *, corrupt: bool = True, code: str = "") -> dict[str, Tensor]:
        """The outputs by port, of a whole sequence unless other code is given."""
        result = self.evaluate(tensors, corrupt=corrupt, code=code or self.op.emit(self.site))
        ports = list(self.site.results)
        return dict(zip(ports, result, strict=True)) if len(ports) > 1 else {ports[0]: result}


def build(op: Operation, given: Types, masked: tuple[str, ...] = ()) -> Built:
    """The module that an operation makes for its input types, seeded."""
    site = FakeSite(op, given, masked)
    made = op.make(site)
    op.emit(site)
    torch.manual_seed(0)
    layer = eval(made, {"nn": nn, **site.runtime}) if made else None
    return Built(op, site, layer)


def shape_of(given: TensorType, sizes: Mapping[str, int], batch: int = 2) -> tuple[int, ...]:
    """The shape at run time."""
    return (batch, *(int(axis.value(sizes)) for axis in given.axes))


def sample(given: TensorType, sizes: Mapping[str, int]) -> Tensor:
    """A random tensor of a type."""
    shape = shape_of(given, sizes)
    if given.element == "real":
        return torch.randn(shape)
    if given.element == "mask":
        return torch.rand(shape) < 0.5
    classes = given.classes.constant if given.classes else None
    return torch.randint(classes or 2, shape)


def samples(given: Types, sizes: Mapping[str, int]) -> dict[str, Tensor]:
    """Random tensors for every port, under the names that FakeSite gives them."""
    torch.manual_seed(2)
    return {f"{port}_{i}": sample(each, sizes) for port, found in given.items() for i, each in enumerate(found)}
