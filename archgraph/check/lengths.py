"""Lengths of axes: which are free, those that the spec fixes, and whether a stated length is the computed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archgraph.core.dims import Dim
from archgraph.graph.operation import Mismatch
from archgraph.graph.types import TensorType


def fixed(operation: str, types: Mapping[str, TensorType], sizes: Mapping[str, int]) -> Mapping[str, TensorType]:
    """What an operation gives, without rounding where all sizes are known; raises Mismatch for what is no length."""
    if not sizes:
        return types
    found = {}
    for port, type_ in types.items():
        axes = tuple(axis.fixed(sizes) if axis.names & sizes.keys() else axis for axis in type_.axes)
        for axis in axes:
            _is_length(operation, axis, sizes)
        found[port] = type_._replace(axes=axes)
    return found


def _is_length(operation: str, axis: Dim, sizes: Mapping[str, int]) -> None:
    if not axis.names or not axis.names <= sizes.keys():
        return
    length = axis.value(sizes)
    if length < 1 or length.denominator != 1:
        known = ", ".join(f"{name} = {sizes[name]}" for name in sorted(axis.names))
        hint = "choose a size in dims that leaves a whole number" if length > 0 else "choose a larger size in dims"
        raise Mismatch(
            f"'{operation}' makes an axis of length {axis}, which is {float(length):g} where {known}", hint=hint
        )


def agrees(stated: TensorType, found: TensorType, sizes: Mapping[str, int]) -> bool:
    """Whether a computed type is the stated one; logits are what a prediction of tokens is computed as."""
    if stated.element in ("tokens", "class") and stated.classes is not None and found.element == "real":
        stated = TensorType("real", (*stated.axes, stated.classes))
    alike = (stated.element, stated.classes, len(stated.axes)) == (found.element, found.classes, len(found.axes))
    return alike and all(_as_long(*axes, sizes) for axes in zip(stated.axes, found.axes, strict=True))


def _as_long(stated: Dim, found: Dim, sizes: Mapping[str, int]) -> bool:
    """Whether two axes are equally long for all data, however that is written; segments are kept."""
    if stated == found:
        return True
    if stated.segments or found.segments:
        return False
    if stated.constant is not None and found.names and found.names <= sizes.keys():
        return found.value(sizes) == stated.constant
    return stated.fixed(sizes).settled == found.settled


def free_axes(types: Iterable[tuple[str, TensorType]], symbols: frozenset[str]) -> dict[str, set[str]]:
    """Free axes by name, each with the variables that bind it."""
    found: dict[str, set[str]] = {}
    for name, type_ in types:
        for axis in type_.axes:
            for free in sorted(axis.names - symbols):
                found.setdefault(free, set()).add(name)
    return found
