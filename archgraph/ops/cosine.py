"""The angle between target and prediction."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Comparison


class Cosine(Comparison):
    """The energy `Σ 1 - cos` of the angle between the features, summed over positions."""

    name: ClassVar[str] = "cosine"
    summary: ClassVar[str] = "1 − cosine of the angle between target and prediction"
    reference: ClassVar[str] = "C(y, ỹ) = Σ_t 1 − y_t · ỹ_t / (|y_t| |ỹ_t|)"
    example: ClassVar[str] = "cosine"
    words: ClassVar[str] = "Cosine distance"
    function: ClassVar[str] = "cosine"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """One less the cosine, at each position."""
        return (r"1 - <target> ^{\top} <prediction> / ( \lVert <target> \rVert \lVert <prediction> \rVert )",)


OPERATION = Cosine
