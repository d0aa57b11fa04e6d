"""A model as torch's own exported program, its free axes open under their names in the spec."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from archgraph.export.errors import ExportError, RequestError
from archgraph.export.face import BATCH, Face, Input

BATCHES = (3, 5)
STEP = 16  # example lengths are multiples of it, so that patches and strides divide them
TRIES = 8
_FIX = re.compile(r"^\s*(\w+) = (.+)$", re.MULTILINE)
_BOUND = re.compile(r"(min|max)=(\d+)")
_MULTIPLE = re.compile(r"(\d+)\*_\w+")


@dataclass(frozen=True)
class Axis:
    """What torch found of a free axis: the lengths that it may have, and what must divide them."""

    least: int = 1
    most: int = 0  # 0 for no limit
    divisor: int = 1


@dataclass(frozen=True)
class Traced:
    """An exported program with what it takes.

    Attributes:
        program: torch's `ExportedProgram`.
        inputs: by position, with example values in `examples`, one mapping a shape.
        axes: the open axes by name.
        fixed: the axes with a length given by the user.
    """

    program: torch.export.ExportedProgram
    inputs: tuple[Input, ...]
    examples: tuple[dict[str, Tensor], ...]
    axes: Mapping[str, Axis] = field(default_factory=dict)
    fixed: Mapping[str, int] = field(default_factory=dict)


def trace(face: Face, inputs: tuple[Input, ...], fixed: Mapping[str, int]) -> Traced:
    """Export a face with every free axis open but those that `fixed` gives a length.

    Raises:
        RequestError: no input has an axis that `fixed` names.
        ExportError: an axis cannot stay open, or torch cannot export the model at all.
    """
    names = list(dict.fromkeys(name for item in inputs for axis in item.axes for name in sorted(axis.names)))
    for name in fixed:
        if name not in names:
            raise RequestError(f"no input has an axis '{name}'", f"the free axes are: {', '.join(names) or 'none'}")
    axes = {name: Axis() for name in (BATCH, *names) if name not in fixed}
    example = _examples(inputs, _sizes(names, axes, fixed, 0), BATCHES[0], seed=0)
    for _ in range(TRIES):
        try:
            program = _exported(face, example, _shapes(inputs, axes))
        except torch._dynamo.exc.UserError as fault:
            axes = _refined(axes, str(fault))
            example = _examples(inputs, _sizes(names, axes, fixed, 0), BATCHES[0], seed=0)
            continue
        other = _examples(inputs, _sizes(names, axes, fixed, 1), BATCHES[1], seed=1)
        return Traced(program, inputs, (example, other), axes, dict(fixed))
    raise ExportError("torch finds no lengths for which the model can be exported", "fix one: --length T=16")


def _exported(face: Face, example: dict[str, Tensor], shapes: dict[str, Any]) -> torch.export.ExportedProgram:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, about itself
        try:
            return torch.export.export(face, (example,), dynamic_shapes=(shapes,))
        except (ValueError, RuntimeError) as fault:
            if isinstance(fault, torch._dynamo.exc.UserError):
                raise
            first = str(fault).strip().partition("\n")[0]
            raise ExportError(f"torch cannot export this model: {first}") from fault


def _shapes(inputs: tuple[Input, ...], axes: Mapping[str, Axis]) -> dict[str, Any]:
    dims = {name: _dim(name, axis) for name, axis in axes.items()}
    found = {}
    for item in inputs:
        named = {index + 1: dims[str(axis)] for index, axis in enumerate(item.axes) if str(axis) in dims}
        found[item.name] = {0: dims[BATCH], **named}
    return found


def _dim(name: str, axis: Axis) -> Any:
    if axis.divisor > 1:
        return axis.divisor * torch.export.Dim(f"_{name}")
    limits = {"min": axis.least} | ({"max": axis.most} if axis.most else {})
    return torch.export.Dim(name, **limits)


def _refined(axes: Mapping[str, Axis], message: str) -> dict[str, Axis]:
    """The axes under what torch suggests for them; it has no other form for this than its message."""
    fixes = _FIX.findall(message.rpartition("Suggested fixes:")[2].partition("\n\n")[0])
    found = dict(axes)
    for name, value in fixes:
        bounds = {word: int(number) for word, number in _BOUND.findall(value)}
        multiple = _MULTIPLE.fullmatch(value.strip())
        if name not in axes or not (bounds or multiple):
            raise _closed(name, value, axes)
        if multiple:
            found[name] = Axis(divisor=int(multiple[1]))
        else:
            found[name] = Axis(bounds.get("min", axes[name].least), bounds.get("max", axes[name].most))
    if found == axes:
        raise ExportError(f"torch cannot export this model: {message.strip().partition(chr(10))[0]}")
    return found


def _closed(name: str, value: str, axes: Mapping[str, Axis]) -> ExportError:
    if name in axes and value.strip().isdigit():
        why = "the model goes along it step by step, or needs exactly this length"
        return ExportError(f"the axis '{name}' cannot stay open: {why}", f"fix it: --length {name}={value.strip()}")
    return ExportError(f"torch wants {name} = {value}, which no free axis can be", "fix a length: --length T=16")


def _sizes(names: list[str], axes: Mapping[str, Axis], fixed: Mapping[str, int], turn: int) -> dict[str, int]:
    """Example lengths: of each axis another one where that may be, and other ones in another turn."""
    found = dict(fixed)
    for index, name in enumerate(names):
        if name not in fixed:
            wanted = STEP * (index + 1 + 2 * turn)
            found[name] = min(wanted, axes[name].most - turn) if axes[name].most else wanted
    return found


def _examples(inputs: tuple[Input, ...], sizes: Mapping[str, int], batch: int, *, seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {item.name: item.example(sizes, batch, generator) for item in inputs}
