"""The logistic sigmoid."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.elementwise import Elementwise


class Sigmoid(Elementwise):
    """`1 / (1 + exp(-x))`, from 0 to 1."""

    name: ClassVar[str] = "sigmoid"
    summary: ClassVar[str] = "squash each number into 0 to 1"
    reference: ClassVar[str] = "y = 1 / (1 + exp(-x))"
    example: ClassVar[str] = "sigmoid"
    function: ClassVar[str] = "torch.sigmoid"
    by_value: ClassVar[bool] = True
    words: ClassVar[str] = "Sigmoid"
    numbers: ClassVar[str] = "probabilities"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The logistic function."""
        return (r"\sigma ( <in> )",)


OPERATION = Sigmoid
