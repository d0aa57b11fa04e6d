"""The sum of squares."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Penalty


class L2(Penalty):
    """The energy `Σ x²` over features and positions: it favours small numbers."""

    name: ClassVar[str] = "l2"
    summary: ClassVar[str] = "sum of squares: favours small numbers"
    reference: ClassVar[str] = "R(x) = Σ x²"
    example: ClassVar[str] = "l2"
    words: ClassVar[str] = "L2"
    function: ClassVar[str] = "l2"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The squared length."""
        return (r"\lVert <in> \rVert ^{2}",)


OPERATION = L2
