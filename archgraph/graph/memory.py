"""What tensors weigh: the numbers in a type, their bytes, and what a backward pass reads again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archgraph.core.dims import Dim
from archgraph.graph.types import TensorType

NUMBER, SYMBOL, FLAG = 4, 8, 1  # bytes of a float32, of an int64, of a bool


def product(axes: Iterable[Dim]) -> Dim:
    """How many numbers axes span."""
    total = Dim.number(1)
    for axis in axes:
        total = total * axis
    return total


def count(given: TensorType) -> Dim:
    """How many numbers a tensor holds, per sample."""
    return product(given.axes)


def weigh(given: TensorType) -> Dim:
    """The bytes of a tensor, per sample: float32, int64 for symbols, bool for masks."""
    return count(given) * {"real": NUMBER, "mask": FLAG}.get(given.element, SYMBOL)


class Saved(NamedTuple):
    """What the backward pass of an operation reads again.

    Attributes:
        inputs: ports whose tensors it reads; a tensor that several operations read is kept once.
        outputs: ports of results that it reads.
        numbers: how many float32 it keeps beside those, per sample.
    """

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    numbers: Dim = Dim.number(0)
