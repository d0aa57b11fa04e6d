"""The sum of magnitudes."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Penalty


class L1(Penalty):
    """The energy `Σ |x|` over features and positions: it favours zeros."""

    name: ClassVar[str] = "l1"
    summary: ClassVar[str] = "sum of magnitudes: favours zeros"
    reference: ClassVar[str] = "R(x) = Σ |x|"
    example: ClassVar[str] = "l1"
    words: ClassVar[str] = "L1"
    function: ClassVar[str] = "l1"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The sum of magnitudes."""
        return (r"\lVert <in> \rVert _{1}",)


OPERATION = L1
