"""The distance of target and prediction, number by number."""

from __future__ import annotations

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


OPERATION = AbsoluteError
