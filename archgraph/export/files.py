"""Writing an exported model, and holding it against the module that it came from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from archgraph.core.dims import Dim
from archgraph.export.errors import ExportError
from archgraph.export.face import BATCH, Face, inputs_of
from archgraph.export.trace import Axis, Traced, trace
from archgraph.graph.program import Program

TOLERANCE = 1e-4  # in units of the largest absolute value, where that is above 1
FORMATS = {"onnx": ".onnx", "torch": ".pt2"}
Outputs = Mapping[str, Tensor]


@dataclass(frozen=True)
class Request:
    """What to export.

    Attributes:
        to: one of FORMATS.
        given: the observed variables that the file takes; empty for all.
        lengths: of free axes that do not stay open, besides those that the spec fixes.
        spec: the resolved text of the spec, which an ONNX file keeps among its properties; "" to leave it out.
    """

    to: str
    given: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)
    spec: str = ""


@dataclass(frozen=True)
class Exported:
    """A written file.

    Attributes:
        path: of the file.
        inputs: shapes by name, open axes by theirs.
        outputs: shapes by name.
        axes: the open axes with their limits.
        difference: the largest one between the file and the module, over all outputs at two shapes.
    """

    path: Path
    inputs: Mapping[str, tuple[str, ...]]
    outputs: tuple[str, ...]
    axes: Mapping[str, Axis]
    difference: float


def export(model: nn.Module, program: Program, path: Path, request: Request) -> Exported:
    """Write a model to a file, run the file at two shapes, and keep it if it agrees with the module.

    Args:
        model: of the program, in any mode; `eval` counts, and corruption is left out.
        program: the checked spec.
        path: where to write.
        request: the format and what is asked of it.

    Raises:
        ExportError: the model cannot be exported, or the file does not agree, or cannot be written.
    """
    training = model.training
    face = Face(model.eval()).eval()
    try:
        inputs = inputs_of(program, request.given)
        named = {name for item in inputs for axis in item.axes for name in axis.names}
        sizes = {name: size for name, size in program.graph.sizes.items() if name in named}
        traced = trace(face, inputs, {**sizes, **request.lengths})
        _gives_something(traced)
        difference = _written(face, traced, path, request)
    finally:
        model.train(training)
    spec = traced.program.call_spec.out_spec
    fixed = {name: Dim.number(length) for name, length in traced.fixed.items()}
    shapes = {item.name: (BATCH, *(str(axis.replace(fixed)) for axis in item.axes)) for item in traced.inputs}
    return Exported(path, shapes, tuple(spec.context) if spec else (), traced.axes, difference)


def _gives_something(traced: Traced) -> None:
    """Raise ExportError where all that the model computes needs what is not given."""
    spec = traced.program.call_spec.out_spec
    if spec is None or not spec.context:
        names = ", ".join(item.name for item in traced.inputs)
        raise ExportError(f"nothing can be computed from {names} alone", "name more of what is observed by --given")


def _written(face: Face, traced: Traced, path: Path, request: Request) -> float:
    """Write beside the place under another name, run that, and rename."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".exporting-", dir=path.parent) as folder:
            draft = Path(folder) / path.name
            run = _save_onnx(traced, draft, request.spec) if request.to == "onnx" else _save_torch(traced, draft)
            difference = max(_difference(face, run, example) for example in traced.examples)
            del run  # Windows renames no file that is open
            for file in sorted(Path(folder).iterdir(), key=lambda file: file.name == path.name):
                os.replace(file, path.parent / file.name)
    except OSError as fault:
        raise ExportError(f"cannot write {path.as_posix()}: {(fault.strerror or str(fault)).lower()}") from fault
    return difference


def _save_torch(traced: Traced, path: Path) -> Callable[[Outputs], Outputs]:
    torch.export.save(traced.program, path)
    module = torch.export.load(path).module()
    return lambda given: module(dict(given))


def _save_onnx(traced: Traced, path: Path, spec: str) -> Callable[[Outputs], Outputs]:
    import onnxruntime

    from archgraph.export.onnx import convert

    found = convert(traced)
    found.model.producer_name, found.model.producer_version = "archgraph", ""
    if spec:
        found.model.metadata_props["archgraph.spec"] = spec
    found.save(path)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(given: Outputs) -> Outputs:
        results: Any = session.run(None, {name: value.numpy() for name, value in given.items()})
        names = [output.name for output in session.get_outputs()]
        return {name: torch.from_numpy(result) for name, result in zip(names, results, strict=True)}

    return run


def _difference(face: Face, run: Callable[[Outputs], Outputs], example: dict[str, Tensor]) -> float:
    with torch.no_grad():
        wanted, found = face(example), run(example)
    worst = 0.0
    for name, value in wanted.items():
        apart = _apart(value, found[name])
        if not apart <= TOLERANCE:
            shapes = ", ".join(f"{key} {tuple(each.shape)}" for key, each in example.items())
            raise ExportError(f"the file gives another '{name}' than the module: {apart:.2g} apart at {shapes}")
        worst = max(worst, apart)
    return worst


def _apart(wanted: Tensor, found: Tensor) -> float:
    if wanted.shape != found.shape:
        return float("inf")
    if not wanted.numel():
        return 0.0
    scale = max(1.0, float(wanted.abs().max()))
    return float((wanted.double() - found.double()).abs().max()) / scale
