"""Dropout."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved, count
from archgraph.graph.notation import decimal
from archgraph.graph.operation import Operation, Rate, Site, Types
from archgraph.graph.types import TensorType


class Dropout(Operation):
    """In training, zero each number with the given rate and scale the rest."""

    name: ClassVar[str] = "dropout"
    summary: ClassVar[str] = "zero numbers at random while training"
    reference: ClassVar[str] = "Srivastava et al. 2014"
    example: ClassVar[str] = "dropout: 0.1"
    obvious: ClassVar[str] = "rate"
    words: ClassVar[str] = "Dropout"
    meanings: ClassVar[Mapping[str, str]] = {
        "rate": "the chance of each number to become zero in training",
    }

    rate: Rate

    def emit(self, site: Site) -> str:
        """The call of the function: a module would cost a call, and has nothing to keep."""
        return f"F.dropout({site.given()}, {self.rate}, self.training)"

    def step(self, site: Site, state: str) -> str:
        """Nothing is dropped in use, where steps are taken."""
        return site.given()

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """What each number was multiplied by; on a GPU a bool stands for it."""
        return Saved(numbers=count(given["in"][0])) if self.rate else Saved()

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Each number kept or not, and scaled; in training."""
        if not self.rate:
            return ("<in>",)
        kept = decimal(1 - self.rate)
        return (rf"\boldsymbol{{m}} \sim \mathrm{{Bernoulli}} ( {kept} )", rf"\boldsymbol{{m}} \odot <in> / {kept}")


OPERATION = Dropout
