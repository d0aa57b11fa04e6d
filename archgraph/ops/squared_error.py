"""The squared distance of target and prediction."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.energies import Comparison


class SquaredError(Comparison):
    """The energy `Σ (target - prediction)²` over features and positions."""

    name: ClassVar[str] = "squared_error"
    summary: ClassVar[str] = "squared distance of target and prediction"
    reference: ClassVar[str] = "C(y, ỹ) = Σ (y - ỹ)²"
    example: ClassVar[str] = "squared_error"
    words: ClassVar[str] = "Squared error"
    function: ClassVar[str] = "squared_error"

    def equations(self) -> tuple[str, ...]:
        """The squared distance."""
        return (r"\lVert <target> - <prediction> \rVert ^{2}",)


OPERATION = SquaredError
