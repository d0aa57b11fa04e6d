"""The distance of a variance from one."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Penalty


class UnitVariance(Penalty):
    """The energy `½ Σ (e^v − v − 1)` of log-variances v: zero where every variance is one.

    With half an `l2` on the mean it is the divergence of a normal latent from the standard normal.
    """

    name: ClassVar[str] = "unit_variance"
    summary: ClassVar[str] = "keeps log-variances near 0, so that a latent stays uncertain"
    reference: ClassVar[str] = "V(v) = ½ Σ (e^v − v − 1); Kingma & Welling 2014, appendix B"
    example: ClassVar[str] = "unit_variance"
    words: ClassVar[str] = "Unit variance"
    function: ClassVar[str] = "unit_variance"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """What the divergence from a unit normal owes to the variance."""
        return (r"1 ^{\top} ( \mathrm{exp} ( <in> ) - <in> - 1 ) / 2",)


OPERATION = UnitVariance
