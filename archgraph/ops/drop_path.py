"""Whole branches left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.notation import decimal
from archgraph.graph.operation import Operation, Rate, Site, Types, need_features
from archgraph.graph.types import TensorType


class DropPath(Operation):
    """In training, zero a sample as a whole with the given rate and scale the rest; it ends a residual's layers."""

    name: ClassVar[str] = "drop_path"
    summary: ClassVar[str] = "leave out a branch for some samples while training"
    reference: ClassVar[str] = "stochastic depth: Huang et al. 2016"
    example: ClassVar[str] = "drop_path: 0.1"
    obvious: ClassVar[str] = "rate"
    words: ClassVar[str] = "Drop path"
    meanings: ClassVar[Mapping[str, str]] = {
        "rate": "the chance of a sample to go without the branch",
    }

    rate: Rate

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[...]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def emit(self, site: Site) -> str:
        """The call of the function."""
        return f"{site.use('noise.drop_path')}({site.given()}, {self.rate}, self.training)"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """A sample kept or not as a whole, and scaled; in training."""
        if not self.rate:
            return ("<in>",)
        kept = decimal(1 - self.rate)
        return (rf"m \sim \mathrm{{Bernoulli}} ( {kept} )", rf"m <in> / {kept}")


OPERATION = DropPath
