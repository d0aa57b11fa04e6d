"""The face that an exported model shows: tensors by name in, tensors by name out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from archgraph.core.dims import Dim
from archgraph.export.errors import RequestError
from archgraph.graph.program import Program

LENGTHS = "_lengths"  # of `x`, where it is padded by lengths: an input `x_lengths` (B,)
BATCH = "batch"


class _Undrawn(TorchFunctionMode):
    """Draws nothing: without corruption what is drawn goes unused, and torch exports no draw of an open length."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[Any], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        still = {torch.rand: torch.ones, torch.randn: torch.zeros}.get(func)
        if still is None:
            return func(*args, **kwargs)
        kwargs.pop("generator", None)
        return still(*args, **kwargs)


class Face(nn.Module):
    """Gives a model a mapping of names to tensors as its one argument and its result.

    The parts of the model are this module's own, so that parameters and submodules keep the names of the spec.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        for name, part in model.named_children():
            self.add_module(name, part)
        for name, parameter in model.named_parameters(recurse=False):
            self.register_parameter(name, parameter)
        for name, buffer in model.named_buffers(recurse=False):
            self.register_buffer(name, buffer)
        self.compute = model.forward
        # Corruption is drawn anew in each call: what is exported is without it.
        corrupts = "corrupt" in inspect.signature(model.forward).parameters
        self.options = {"corrupt": False} if corrupts else {}

    def forward(self, given: dict[str, Tensor]) -> dict[str, Tensor]:
        """Variables, energies and the loss by name, those alone that can be computed from what is given."""
        lengths = {name.removesuffix(LENGTHS): given[name] for name in given if name.endswith(LENGTHS)}
        values = {name: value for name, value in given.items() if not name.endswith(LENGTHS)}
        more = {"lengths": lengths} if lengths else {}
        with _Undrawn():
            found = self.compute(**values, **more, **self.options)._asdict()
        kept: dict[str, Tensor] = {}
        for name, value in found.items():
            if isinstance(value, Tensor):
                # The energy of a single cost is that cost: one tensor may not be two outputs of a file.
                kept[name] = value.clone() if any(value is other for other in kept.values()) else value
        return kept


@dataclass(frozen=True)
class Input:
    """What an exported model takes under a name.

    Attributes:
        name: the variable, or `x_lengths`.
        axes: behind the batch, as in the spec.
        element: of the type: real, tokens, class, mask or length.
        classes: how many symbols there are, for tokens and classes; how long the variable is at most, for lengths.
        pad: the symbol of padding, where there is one.
    """

    name: str
    axes: tuple[Dim, ...]
    element: str
    classes: Dim | None = None
    pad: int | None = None

    def example(self, sizes: Mapping[str, int], batch: int, generator: torch.Generator) -> Tensor:
        """A made-up value, its first row padded; symbols for start and stop do not occur if there are others."""
        shape = (batch, *(int(axis.value(sizes)) for axis in self.axes))
        if self.element == "real":
            return torch.randn(shape, generator=generator)
        if self.element == "mask":
            return torch.rand(shape, generator=generator) < 0.5
        count = int(self.classes.value(sizes)) if self.classes is not None else 1
        first = {"tokens": 3, "length": 1}.get(self.element, 0)
        above = count + 1 if self.element == "length" else count
        value = torch.randint(min(first, above - 1), above, shape, generator=generator)
        if self.pad is not None and len(shape) == 2:
            value[0, shape[1] // 2 :] = self.pad
        return value


def inputs_of(program: Program, given: tuple[str, ...]) -> tuple[Input, ...]:
    """The inputs of an exported model: the observed variables, or those named by `given`, in the spec's order.

    Raises:
        RequestError: `given` names what is no observed variable.
    """
    known = {name: variable for name, variable in program.graph.variables.items() if variable.observed}
    for name in given:
        if name not in known:
            raise RequestError(f"'{name}' is no observed variable", f"choose among {', '.join(known)}")
    found = []
    for name, variable in known.items():
        type_ = program.variables[name].type
        if given and name not in given:
            continue
        pad = variable.pad if isinstance(variable.pad, int) else None
        found.append(Input(name, type_.axes, type_.element, type_.classes, pad))
        if variable.pad == "lengths":
            found.append(Input(name + LENGTHS, (), "length", type_.axes[0]))
    return tuple(found)
