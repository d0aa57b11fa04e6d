"""The squared distance of target and prediction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.energies import Comparison
from archgraph.graph.memory import Saved, count
from archgraph.graph.operation import Types
from archgraph.graph.types import TensorType


class SquaredError(Comparison):
    """The energy `Σ (target - prediction)²` over features and positions."""

    name: ClassVar[str] = "squared_error"
    summary: ClassVar[str] = "squared distance of target and prediction"
    reference: ClassVar[str] = "C(y, ỹ) = Σ (y - ỹ)²"
    example: ClassVar[str] = "squared_error"
    words: ClassVar[str] = "Squared error"
    function: ClassVar[str] = "squared_error"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The difference."""
        return Saved(numbers=count(given["prediction"][0]))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The squared distance."""
        return (r"\lVert <target> - <prediction> \rVert ^{2}",)


OPERATION = SquaredError
