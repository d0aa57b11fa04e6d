"""ONNX files: nodes, weights, inputs, outputs and axes are named as in the spec."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from archgraph.export.errors import ExportError
from archgraph.export.face import BATCH
from archgraph.export.rewrites import REWRITES
from archgraph.export.trace import Traced

SCOPES = "pkg.torch.onnx.name_scopes"  # where torch notes the submodules that a node stems from
_NOWHERE = "_empty_nn_module_stack_from_metadata_hook"  # torch's word for code outside of all submodules
TURNED = ".transposed"  # behind the name of a weight that a file has the other way round
_SYMBOL = re.compile(r"\bs\d+\b")
_PARAMETER = re.compile(r"^(.*)\.(?:weight|bias|tokens|table|positions)(?:\.transposed)?$")


def convert(traced: Traced) -> Any:
    """The model as torch's `ONNXProgram`.

    Raises:
        ExportError: an operation that ONNX has no form for.
    """
    with _quiet():
        try:
            plain = traced.program.run_decompositions(REWRITES)
            found = torch.onnx.export(plain, dynamo=True, optimize=False, verbose=False)
        except torch.onnx.errors.OnnxExporterError as fault:
            raise ExportError(f"ONNX has no form for this model: {_cause(fault)}", "try --to torch") from fault
        assert found is not None
        _name_transposed(found.model.graph)
        found.optimize()
        _share_tied(found.model.graph)
    _name_ends(found.model.graph, traced)
    _name_axes(found.model.graph, traced)
    _name_nodes(found.model.graph)
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep torch from reporting on itself; it notes each operation of other packages that are not installed."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            log.setLevel(before)


def _cause(fault: BaseException) -> str:
    """The first line of what began it."""
    while fault.__cause__ is not None:
        fault = fault.__cause__
    return str(fault).strip().partition("\n")[0]


def _name_transposed(graph: Any) -> None:
    """Let weights that are stored the other way round keep their names, one copy of each."""
    found: dict[str, Any] = {}
    for node in list(graph):
        given = node.inputs[0] if node.inputs else None
        if node.op_type != "Transpose" or given is None or given.name not in graph.initializers:
            continue
        name = given.name + TURNED
        first = found.setdefault(name, node.outputs[0])
        if first is node.outputs[0]:
            first.name = name
        else:
            node.outputs[0].replace_all_uses_with(first)
            graph.remove(node)


def _share_tied(graph: Any) -> None:
    """Turn a matrix where it is read, if others read it as it is: a table tied to a map is stored once."""
    import onnx_ir

    for name, turned in list(graph.initializers.items()):
        kept = graph.initializers.get(name.removesuffix(TURNED))
        if not name.endswith(TURNED) or kept is None or not kept.uses():
            continue
        first = min((use.node for use in turned.uses()), key=list(graph).index)
        back = [onnx_ir.AttrInt64s("perm", [1, 0])]
        node = onnx_ir.Node("", "Transpose", [kept], back, metadata_props=dict(first.metadata_props))
        node.outputs[0].shape, node.outputs[0].dtype = turned.shape, turned.dtype
        graph.insert_before(first, node)
        turned.replace_all_uses_with(node.outputs[0])
        del graph.initializers[name]
        node.outputs[0].name = name


def _name_ends(graph: Any, traced: Traced) -> None:
    for value, item in zip(graph.inputs, traced.inputs, strict=True):
        value.name = item.name
    spec = traced.program.call_spec.out_spec
    assert spec is not None
    taken = {value.name: value for node in graph for value in node.outputs}
    for value, name in zip(graph.outputs, spec.context, strict=True):
        other = taken.get(name)
        if other is not None and other is not value:
            other.name = f"{name}.inner"
        value.name = name


def _name_axes(graph: Any, traced: Traced) -> None:
    """Rename torch's symbols to the free axes of the spec wherever they occur."""
    names: dict[str, str] = {}
    for value, item in zip(graph.inputs, traced.inputs, strict=True):
        for size, axis in zip(value.shape, (BATCH, *map(str, item.axes)), strict=True):
            for symbol in _SYMBOL.findall(str(getattr(size, "value", ""))):
                divisor = traced.axes[axis].divisor if axis in traced.axes else 1
                names[symbol] = axis if divisor == 1 else f"({axis}/{divisor})"
    for value in _values(graph):
        if value.shape is not None:
            value.shape = type(value.shape)([_renamed(size, names) for size in value.shape])
    for value, item in zip(graph.inputs, traced.inputs, strict=True):
        axes = [BATCH, *(str(axis) if axis.constant is None else axis.constant for axis in item.axes)]
        known = [
            axis if isinstance(size, str) or not isinstance(size, int) else size
            for size, axis in zip(value.shape, axes, strict=True)
        ]
        value.shape = type(value.shape)(known)


def _renamed(size: Any, names: Mapping[str, str]) -> Any:
    text = getattr(size, "value", None)
    if not isinstance(text, str):
        return size
    return _SYMBOL.sub(lambda found: names.get(found[0], found[0]), text)


def _values(graph: Any) -> Iterator[Any]:
    yield from graph.inputs
    for node in graph.all_nodes():
        yield from node.outputs


def _name_nodes(graph: Any) -> None:
    """Name each node by the submodule that it stems from and its operation: `decoder.linear/MatMul`."""
    counts: dict[str, int] = {}
    for node in graph.all_nodes():
        path = _path(node)
        stem = f"{path}/{node.op_type}" if path else node.op_type
        counts[stem] = counts.get(stem, 0) + 1
        node.name = stem if counts[stem] == 1 else f"{stem}_{counts[stem]}"
        node.metadata_props.clear()  # stack traces name files of this machine


def _path(node: Any) -> str:
    """The deepest submodule known: that of the weights, which may stand in its parent's own code, or of the call."""
    owners = [_PARAMETER.match(value.name) for value in node.inputs if value is not None and value.is_initializer()]
    found = [match[1] for match in owners if match]
    scopes = re.findall(r"'([^']*)'", node.metadata_props.get(SCOPES, ""))
    called = scopes[-2] if len(scopes) > 1 else ""
    return max(["" if called == _NOWHERE else called, *found], key=len)
