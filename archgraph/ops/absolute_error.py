"""The distance of target and prediction, number by number."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Comparison


class AbsoluteError(Comparison):
    """The energy `Σ |target - prediction|` over features and positions."""

    name: ClassVar[str] = "absolute_error"
    summary: ClassVar[str] = "sum of the distances of target and prediction"
    reference: ClassVar[str] = "C(y, ỹ) = Σ |y - ỹ|"
    example: ClassVar[str] = "absolute_error"
    words: ClassVar[str] = "Absolute error"
    function: ClassVar[str] = "absolute_error"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The sum of the distances."""
        return (r"\lVert <target> - <prediction> \rVert _{1}",)


OPERATION = AbsoluteError
