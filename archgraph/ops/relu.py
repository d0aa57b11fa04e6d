"""The rectified linear unit."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.elementwise import Elementwise


class Relu(Elementwise):
    """`max(x, 0)`."""

    name: ClassVar[str] = "relu"
    summary: ClassVar[str] = "zero what is negative"
    reference: ClassVar[str] = "y = max(x, 0); Nair and Hinton 2010"
    example: ClassVar[str] = "relu"
    function: ClassVar[str] = "torch.relu"
    by_value: ClassVar[bool] = True
    words: ClassVar[str] = "ReLU"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """What is positive."""
        return (r"\mathrm{max} ( <in> , 0 )",)


OPERATION = Relu
